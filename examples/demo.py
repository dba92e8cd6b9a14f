"""Write the briefings of the two example portfolios and print what the terminal shows of the first."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import thalweg as tw
from thalweg.briefs import brief, write_briefing
from thalweg.briefs.render_terminal import render_terminal
from thalweg.pack import load_pack

HERE = Path(__file__).resolve().parent
DATE = dt.date(2026, 11, 25)


def main() -> None:
    """Write both briefings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("demo-output"))
    output: Path = parser.parse_args().output
    pack = load_pack()
    first = brief(HERE / "gpu-designer" / "portfolio.toml", pack=pack, date=DATE)
    maker = HERE / "server-maker"
    second = tw.brief(maker, date=DATE, lists=[maker / "lists"], holdings=maker / "holdings.csv")
    print(render_terminal(first))
    for name, made in (("gpu-designer", first), ("server-maker", second)):
        print(write_briefing(made, output / name)[0])


if __name__ == "__main__":
    main()
