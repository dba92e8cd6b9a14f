"""What the hindcast missed, for the caveats of a memo: a short file in the pack, written from the published results.

Run ``python -m thalweg.desk.memo_past --write src/thalweg/knowledge/hindcast`` in the repository after ``docs/explanation/hindcast.json``
has been written anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from thalweg.evidence import PackError
from thalweg.pack.files import write_atomically
from thalweg.pack.load import EMBEDDED
from thalweg.pack.reader import read_yaml

NAME: Final = "scores.json"
EARLIER: Final = "earlier.yaml"
RESULTS: Final = Path("docs/explanation/hindcast.json")
AIM90: Final = 0.8
"""Share of the points that the 90 percent bands are asked to hold, by the protocol."""
KEPT: Final = ("tested", "in90", "in50", "judged", "failed", "too_wide")


def scores(results: Mapping[str, Any]) -> dict[str, Any]:
    """Return of published results what a memo says: for each run its coverage and verdict, and for the headline every series."""
    cases = [
        {"trial": c["trial"]["id"], "beijing_known": c["beijing_known"], "passed": c["passed"]}
        | {k: c["coverage"][k] for k in ("points", "share90", "share50")}
        for c in results["cases"]
    ]
    first = results["cases"][0]
    rows = [{"id": r["row"]["id"], "title": r["row"]["title"], **{k: r[k] for k in KEPT}} for r in first["rows"]]
    return {
        "protocol": results["protocol"],
        "estimates": results["estimates"],
        "fitted_to": first["trial"]["fitted_to"],
        "tested_to": first["trial"]["tested_to"],
        "cases": cases,
        "rows": rows,
        "limits": limits(results),
    }


def limits(results: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is at the edge in published results: each run with the reported zero that is no point of it, and the lowest reading."""
    with_zero = []
    for c in results["cases"]:
        points = c["coverage"]["points"]
        share = round(c["coverage"]["share90"] * points) / (points + 1)
        fails = bool(c["passed"]) and share < AIM90
        with_zero.append({"trial": c["trial"]["id"], "beijing_known": c["beijing_known"], "share90": round(share, 6), "fails": fails})
    readings = {v["what"]: v["coverage"]["share90"] for v in results.get("variants", ())}
    least = min([results["cases"][0]["coverage"]["share90"], *readings.values()])
    return {"with_zero": with_zero, "lowest": {"share90": least, "readings": [what for what, share in readings.items() if share == least]}}


def past(root: Path = EMBEDDED) -> dict[str, Any] | None:
    """Return the scores of a knowledge folder with how many trials passed in each run scored before, or None where it has none.

    Raises:
        PackError: if the file does not hold to its format.
    """
    path = root / "hindcast" / NAME
    if not path.is_file():
        return None
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not {"estimates", "cases", "rows", "tested_to"} <= found.keys():
            raise ValueError("a key is missing")
    except (ValueError, AttributeError) as error:
        raise PackError(f"hindcast/{NAME}: {error}; write it again with python -m thalweg.desk.memo_past") from None
    before = root / "hindcast" / EARLIER
    runs = read_yaml(before).data or [] if before.is_file() else []
    return found | {"earlier": [sum(c["passed"] == "yes" for c in r["cases"]) for r in runs]}


def text(found: Mapping[str, Any]) -> str:
    """Return scores as a file."""
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def main(arguments: Iterable[str] | None = None) -> int:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--from", dest="results", type=Path, default=RESULTS, help="published results")
    parser.add_argument("--write", type=Path, required=True, help=f"folder for {NAME}")
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    write_atomically(given.write / NAME, text(scores(json.loads(given.results.read_text(encoding="utf-8")))).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
