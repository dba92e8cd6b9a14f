"""Events, numbers and names of the long texts that were labelled by hand: `python -m benchmarks.news_articles`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from thalweg.nouns.news import Document, Event
from thalweg.watch.extract import extract, load_lexicon

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "watch" / "data" / "articles"


def articles() -> list[tuple[dict[str, Any], Document]]:
    """Return each labelled text with its document; the first line of a file is its title."""
    rows = yaml.safe_load((FOLDER / "labels.yaml").read_text(encoding="utf-8"))["articles"]
    return [(row, _document(row)) for row in rows]


def _document(row: Mapping[str, Any]) -> Document:
    text = (FOLDER / row["file"]).read_text(encoding="utf-8").split("\n", 1)[1]
    published = dt.date.fromisoformat(str(row["published"]))
    return Document(f"article:{row['file']}", "article", "", row["title"], text, published, row["publisher"], row["kind"])


def compared(row: Mapping[str, Any], events: Sequence[Event]) -> dict[str, tuple[int, int, int]]:
    """Return (right, wanted, given) for events, numbers and names; what is optional and was found is not among the given."""
    left = list(events)
    right = _taken(left, row["events"])
    optional = _taken(left, row.get("optional_events", ()))
    numbers = {(float(n["value"]), n["unit"]) for n in row["numbers"]}
    passed = {float(n["value"]) for n in row.get("optional_numbers", ())}
    read = {(a.value, a.currency) for e in events for a in e.amounts} | {(q.value, q.unit) for e in events for q in e.quantities}
    read = {n for n in read if n in numbers or n[0] not in passed}
    names = {_folded(n) for n in row["names"]}
    other = {_folded(n) for n in row.get("optional_names", ())}
    given = {_folded(a.name) for e in events for a in e.actors}
    given = {g for g in given if any(_alike(n, g) for n in names) or not any(_alike(n, g) for n in other)}
    named = sum(any(_alike(n, g) for g in given) for n in names)
    known = sum(any(_alike(n, g) for n in names) for g in given)
    return {
        "events": (right, len(row["events"]), len(events) - optional),
        "numbers": (len(numbers & read), len(numbers), len(read)),
        "names": (min(named, known), len(names), len(given) - known + min(named, known)),
    }


def _taken(left: list[Event], labelled: Sequence[Mapping[str, Any]]) -> int:
    """Return how many labelled events are among those left, and take these away."""
    found = 0
    for wanted in labelled:
        match = next((e for e in left if _same(e, wanted)), None)
        if match is not None:
            left.remove(match)
            found += 1
    return found


def _same(event: Event, wanted: Mapping[str, Any]) -> bool:
    also = wanted.get("also", {})
    for key in ("event_type", "measure_type", "certainty"):
        if wanted[key] is not None and getattr(event, key) not in (wanted[key], also.get(key)):
            return False
    held = " ".join((event.headline, *(s for texts in event.evidence.values() for s in texts)))
    return wanted["holds"].casefold() in held.casefold()


def _folded(name: str) -> str:
    return name.casefold().replace("'", "").rstrip(".")


def _alike(one: str, other: str) -> bool:
    """A surname stands for the whole name."""
    return one == other or other.endswith(f" {one}") or one.endswith(f" {other}")


def table() -> str:
    """Return precision and recall by article and field, as lines of text."""
    lines = []
    for row, document in articles():
        lines.append(row["file"])
        for field, (right, wanted, given) in compared(row, extract(document, load_lexicon())).items():
            lines.append(
                f"  {field:<8} precision {right / max(1, given):.2f}  recall {right / wanted:.2f}  ({right} of {wanted}, {given} given)"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
