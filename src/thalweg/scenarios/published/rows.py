"""Published results, and rows that hold a number found here against each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from thalweg.pack.reader import parse_yaml

Column = Literal["calculation", "model"]
Status = Literal["within", "outside", "reported", "not done"]


@dataclass(frozen=True, slots=True)
class Published:
    """A published result: whose, what, its value where one is known, and how near is near enough."""

    id: str
    source: str
    where: str
    column: Column
    what: str
    unit: str
    published: float | None
    tolerance: Mapping[str, Any]
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the scoreboard.

    ``calculation`` rows re-do the arithmetic of a source and say nothing of this model; ``model`` rows are the medians of this model under
    the inputs of the source. ``status`` is ``within`` or ``outside`` of the tolerance, ``reported`` where there is none, and ``not done``
    where nothing could be worked out.
    """

    id: str
    source: str
    where: str
    column: Column
    what: str
    unit: str
    published: float | None
    found: float | None
    tolerance: str
    status: Status
    note: str


@cache
def read() -> tuple[Mapping[str, Any], tuple[Published, ...]]:
    """Return the stated inputs by source, and the results."""
    name = "results.yaml"
    text = files("thalweg.scenarios.published").joinpath(name).read_bytes()
    raw: Any = parse_yaml(text, name=name).data
    sources = raw["sources"]
    results = tuple(
        Published(
            id=r["id"],
            source=sources[r["source"]]["name"],
            where=sources[r["source"]]["where"],
            column=r["column"],
            what=r["what"],
            unit=r["unit"],
            published=None if r.get("published") is None else float(r["published"]),
            tolerance=r.get("tolerance", {}),
            note=r.get("note", ""),
        )
        for r in raw["results"]
    )
    return raw["inputs"], results


def held_against(result: Published, found: float | None) -> Row:
    """Return the row of a result, with what was found for it."""
    head = (result.id, result.source, result.where, result.column, result.what, result.unit, result.published)
    if found is None or result.published is None:
        return Row(*head, found, "", "not done", result.note)
    words, near = _judged(result, float(found), result.published)
    status: Status = "reported" if near is None else "within" if near else "outside"
    return Row(*head, float(found), words, status, result.note)


def _judged(result: Published, found: float, published: float) -> tuple[str, bool | None]:
    value: Any
    kind, value = next(iter(result.tolerance.items()), ("", None))
    if kind == "relative":
        return f"±{value:.0%}", abs(found - published) <= value * abs(published)
    if kind == "absolute":
        return f"±{value:g}", abs(found - published) <= value
    if kind == "above":
        return "above", found > published
    if kind == "below":
        return "below", found < published
    if kind == "between":
        low, high = value
        return f"{low:g} to {high:g}", low <= found <= high
    return "", None
