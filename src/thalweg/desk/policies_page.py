"""Write the reference page on policies: ``python -m thalweg.desk.policies_page --write docs/reference``."""

from __future__ import annotations

import argparse
from pathlib import Path

from thalweg.desk.policies import WORDS
from thalweg.pack.files import write_atomically
from thalweg.pack.policies_page import PAGE, policies_page


def main() -> None:
    """Print the page, or write it to a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    folder = parser.parse_args().write
    text = policies_page(WORDS)
    if folder is None:
        print(text, end="")  # noqa: T201  (this is what it is for)
    else:
        write_atomically(folder / PAGE, text.encode())


if __name__ == "__main__":
    main()
