"""The Commerce Country Chart: reasons for control of a stated or computed entry, read at the destination."""

from __future__ import annotations

from typing import NamedTuple

from thalweg.controls.environment import Environment
from thalweg.controls.program import Program
from thalweg.pack import Pack, ReasonRow


class ChartRow(NamedTuple):
    """One reason for control of one entry, with its truth for the case."""

    entry: str
    row: ReasonRow
    truth: int
    modeled: bool


class Chart(NamedTuple):
    """All rows that may ask for a license; ``not_modeled`` is set where a row may apply that the pack cannot read."""

    rows: tuple[ChartRow, ...]
    truth: int
    not_modeled: bool


NOTHING = Chart((), 0, not_modeled=False)


def chart_rows(pack: Pack, program: Program, e: Environment, subject: int) -> Chart:
    """Read the chart for every entry the item may fall under."""
    if program.chart is None or subject == 0 or e.tx.get("activity") == "remote_access":
        return NOTHING
    stated = e.item.get("eccn")
    if stated == "EAR99":
        return NOTHING
    found: list[ChartRow] = []
    entries: dict[str, tuple[str, int]] = {}
    if stated is not None:
        entries[stated.split(".")[0]] = (stated, 2)
    elif not e.item.get("#eccn_presumed"):
        known = e.opaque.get(("eccn", "chart"), 1)
        return Chart((), min(known, subject), not_modeled=False)
    for name, value in e.classes.items():
        root = name.split(".")[0]
        if value and root not in entries and root in pack.reasons:
            entries[root] = (name, value)
    for root, (name, value) in entries.items():
        found.extend(_entry_rows(pack, program, e, root, name, min(value, subject)))
    if not found:
        return NOTHING
    truth = max((r.truth for r in found if r.modeled), default=0)
    return Chart(tuple(found), truth, not_modeled=any(r.truth and not r.modeled for r in found))


def reasons_at(pack: Pack, name: str, ceiling: int, destination: str | None, day: int) -> list[ChartRow]:
    """Return the rows that may ask for a license for a computed class at a destination, where nothing else is stated."""
    tx = {} if destination is None else {"destination": destination}
    return _rows(pack, Environment(tx, {}, {}, None, [], [], {}, {}, {}), name.split(".", maxsplit=1)[0], name, ceiling, day)


def _entry_rows(pack: Pack, program: Program, e: Environment, root: str, name: str, ceiling: int) -> list[ChartRow]:
    """Return the rows of one entry; those of a computed entry depend on the destination alone and are kept."""
    if root not in pack.computed_entries:
        return _rows(pack, e, root, name, ceiling, program.day)
    key = (name, e.tx.get("destination"), ceiling)
    found: list[ChartRow] | None = program.charted.get(key)
    if found is None:
        found = program.charted[key] = _rows(pack, e, root, name, ceiling, program.day)
    return found


def _rows(pack: Pack, e: Environment, root: str, name: str, ceiling: int, day: int) -> list[ChartRow]:
    rows: list[ChartRow] = []
    for row in pack.reasons.get(root, ()):
        applies, words = _applies(row, name, e)
        asks, readable = _asks(pack, row, e.tx.get("destination"), day)
        truth = min(applies, asks, ceiling)
        if not truth:
            continue
        in_words = words or row.conditional or not readable
        rows.append(ChartRow(name, row, 1 if in_words else truth, not in_words))
    return rows


def _applies(row: ReasonRow, name: str, e: Environment) -> tuple[int, bool]:
    """Return whether the row's scope covers the item, and whether only words (not paragraphs) could tell."""
    if row.scope_kind == "entire":
        return 2, False
    if row.scope_kind == "text":
        return 1, True
    if row.scope_kind == "for":
        subject = e.tx.get("technology_for", e.item.get("technology_for"))
        if subject is None:
            return 1, False
        return covers(subject, row.scope), False
    inside = covers(name, row.scope)
    if inside == 1:
        inside = e.opaque.get(("paragraph", "item"), 1)
    if row.scope_kind == "except":
        return 2 - inside, False
    return inside, False


def covers(name: str, scope: tuple[str, ...]) -> int:
    """Say whether an entry is within a scope; one stated less precisely than the scope is unknown."""
    if any(_under(name, s[1:]) for s in scope if s.startswith("!")):
        return 0
    plain = [s for s in scope if not s.startswith("!")]
    if any(s == "*" or _under(name, s) for s in plain):
        return 2
    return 1 if any(_under(s, name) for s in plain) else 0


def _under(name: str, scope: str) -> bool:
    return name == scope or name.startswith(scope + ".") or (len(scope) < 5 and name.startswith(scope))


def _asks(pack: Pack, row: ReasonRow, destination: str | None, day: int) -> tuple[int, bool]:
    """Return whether the row asks for a license at the destination, and whether the pack can read it."""
    if row.treatment == "rule":
        return 0, True
    if row.treatment == "none":
        return 1, False
    if destination is None:
        return 1, True
    if destination == "US":
        return 0, True
    if row.treatment == "chart":
        place = pack.places.get(destination, {}).get("chart_row", "")
        if place not in pack.chart:
            return 1, False
        return (2 if row.column in pack.chart[place] else 0), True
    if row.treatment == "all_destinations":
        return 2, True
    if row.treatment == "macau_d5":
        return (2 if destination == "MO" or pack.in_group(destination, "D:5", day) else 0), True
    if row.destinations:
        return (2 if _named(pack, row.destinations, destination, day) else 0), True
    if row.treatment == "cn_ru_ve":
        return (2 if destination in ("CN", "RU", "VE") else 0), True
    return 1, False


def _named(pack: Pack, destinations: tuple[str, ...], place: str, day: int) -> bool:
    if f"!{place}" in destinations:
        return False
    return any(d in ("*", place) or (":" in d and not d.startswith("!") and pack.in_group(place, d, day)) for d in destinations)
