"""The tables of the script that hold what rules look up: groups, sets, lists, the chart, reasons for control, and the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlglot import exp

from thalweg.controls.program import Rulebook
from thalweg.controls.sql import names
from thalweg.controls.sql.chart import HOME, UNREAD, test_of
from thalweg.controls.sql.expressions import (
    LAST_DAY,
    Expr,
    all_of,
    case,
    coalesce,
    column,
    compared,
    day,
    equals,
    greatest,
    literal,
    negated,
)
from thalweg.evidence import OPEN_END, OPEN_START, BadInput
from thalweg.pack import Pack
from thalweg.pack.language import walk

Columns = Mapping[str, str]
_BATCH = 1000
_LAST = LAST_DAY.toordinal()


def create(table: str, columns: Columns, *, if_missing: bool = False) -> Expr:
    """Return CREATE TABLE."""
    defined = [exp.ColumnDef(this=exp.to_identifier(n), kind=exp.DataType.build(t)) for n, t in columns.items()]
    return exp.Create(this=exp.Schema(this=exp.to_table(table), expressions=defined), kind="TABLE", exists=if_missing)


def drop(kind: str, name: str) -> Expr:
    """Return DROP ... IF EXISTS."""
    return exp.Drop(tables=[exp.to_table(name)], kind=kind, exists=True)


def filled(table: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> list[Expr]:
    """Return the statements that create a table and fill it."""
    listed = list(rows)
    kinds = list(columns.values())
    found = [create(table, columns)]
    for start in range(0, len(listed), _BATCH):
        tuples = [
            exp.Tuple(expressions=[_cell(v, kind) for v, kind in zip(row, kinds, strict=True)]) for row in listed[start : start + _BATCH]
        ]
        target = exp.Schema(this=exp.to_table(table), expressions=[exp.to_identifier(n) for n in columns])
        found.append(exp.Insert(this=target, expression=exp.Values(expressions=tuples)))
    return found


def _cell(value: Any, kind: str) -> Expr:
    return day(value) if kind == "date" else literal(value)


def tables(book: Rulebook, columns_of: Mapping[str, tuple[str, str]]) -> list[Expr]:
    """Return the statements that make every reference table.

    Args:
        book: the rulebook.
        columns_of: the columns of the view of truths that hold a rule, as enforced and as printed, by the rule's id.
    """
    pack = book.pack
    window = {"starts": "date", "ends": "date"}
    return [
        *filled(
            names.RULES,
            {"rule_id": "text", "kind": "text", "title": "text", "citation": "text", "enforced_column": "text", "text_column": "text"},
            ((r.id, r.kind, r.title, _citation(pack, r.id), *columns_of[r.id]) for r in pack.rules.values() if r.id in columns_of),
        ),
        *filled(
            names.GROUP_MEMBERS,
            {"group_id": "text", "place": "text", **window},
            ((g, m.member, m.start, m.end) for g, members in pack.groups.items() for m in members),
        ),
        *filled(
            names.SET_MEMBERS,
            {"set_id": "text", "name_key": "text", **window},
            ((s.id, key, m.start, m.end) for s in pack.sets.values() for key, held in s.members.items() for m in held),
        ),
        *filled(names.LISTINGS, {"list_id": "text", "name_key": "text", **window}, _listings(pack)),
        *filled(
            names.PLACE_CODES,
            {"place": "text", "title": "text", "on_chart": "boolean"},
            ((code, p["name"], p.get("chart_row", "") in pack.chart) for code, p in pack.places.items()),
        ),
        *filled(names.CHART, {"place": "text", "chart_column": "text"}, _chart(pack)),
        *_reasons(pack),
        places(pack),
        known_names(pack),
    ]


def _citation(pack: Pack, rule: str) -> str:
    sources = pack.rules[rule].versions[-1].sources if pack.rules[rule].versions else ()
    return "; ".join(str(s["citation"]) for s in sources if s.get("citation"))


def _listings(pack: Pack) -> Iterable[tuple[str, str, int, int]]:
    """Yield the days on which each name stands on each list; a footnote of an entry is a list of its own, ``entity_list:4``."""
    for listing in pack.listings:
        for key in dict.fromkeys(listing.keys):
            yield listing.list, key, listing.start, listing.end
            for note, since in listing.footnotes.items():
                if max(since, listing.start) < listing.end:
                    yield f"{listing.list}:{note}", key, max(since, listing.start), listing.end


def _chart(pack: Pack) -> Iterable[tuple[str, str]]:
    for code, place in pack.places.items():
        if code != HOME:
            for chart_column in sorted(pack.chart.get(place.get("chart_row", ""), ())):
                yield code, chart_column


def _reasons(pack: Pack) -> list[Expr]:
    rows = [(entry, row) for entry, found in sorted(pack.reasons.items()) for row in found]
    scopes = [
        (number, scope.removeprefix("!"), scope.startswith("!"))
        for number, (_, row) in enumerate(rows, 1)
        if row.scope_kind in ("for", "only", "except")
        for scope in row.scope
    ]
    return [
        *filled(
            names.REASONS,
            {"reason_id": "int", "entry": "text", "reason": "text", "scope_kind": "text", "in_words": "boolean", "test": "text"},
            ((n, entry, r.reason, r.scope_kind, bool(r.conditional), test_of(r)) for n, (entry, r) in enumerate(rows, 1)),
        ),
        *filled(names.REASON_SCOPES, {"reason_id": "int", "scope": "text", "negated": "boolean"}, scopes),
    ]


def places(pack: Pack) -> Expr:
    """Return CREATE TABLE of places by stretch of days: one truth for each group and for each column of the chart."""
    groups = [(names.group_flag(g), "group_id", g, "m") for g in pack.groups]
    columns = sorted({r.column for found in pack.reasons.values() for r in found if r.treatment == "chart"})
    charted = [(names.chart_flag(c), "chart_column", c, "c") for c in columns]
    flags = _flags([*groups, *charted])
    unread = all_of([negated(column("on_chart", "p")), negated(equals(column("place", "p"), HOME))])
    select = (
        exp.select("s.place", "s.starts", "s.ends", exp.alias_(unread, UNREAD), *flags)
        .from_(exp.to_table("stretches").as_("s"))
        .join(exp.to_table(names.PLACE_CODES).as_("p"), on="p.place = s.place")
        .join(
            exp.to_table(names.GROUP_MEMBERS).as_("m"),
            on="m.place = s.place AND m.starts <= s.starts AND s.starts < m.ends",
            join_type="left",
        )
        .join(exp.to_table(names.CHART).as_("c"), on="c.place = s.place", join_type="left")
        .group_by("s.place", "s.starts", "s.ends", "p.on_chart", "p.place")
    )
    every = exp.select("place", exp.alias_(day(OPEN_START), "starts")).from_(names.PLACE_CODES)
    return _by_stretch(names.PLACES, "place", select, [every, *_turns("place", names.GROUP_MEMBERS)])


def known_names(pack: Pack) -> Expr:
    """Return CREATE TABLE of names by stretch of days: one truth for each list and set that a rule reads."""
    read = {
        (n[0], n[1])
        for r in pack.rules.values()
        for v in r.versions
        for ast in (v.when, v.unless)
        if ast
        for n in walk(ast)
        if n[0] in ("listed", "member_of")
    }
    held_in = {"listed": ("list_id", "l"), "member_of": ("set_id", "m")}
    flags = _flags([(names.name_flag(kind, i), held_in[kind][0], i, held_in[kind][1]) for kind, i in sorted(read)])
    within = "{0}.name_key = s.name_key AND {0}.starts <= s.starts AND s.starts < {0}.ends"
    select = (
        exp.select("s.name_key", "s.starts", "s.ends", *flags)
        .from_(exp.to_table("stretches").as_("s"))
        .join(exp.to_table(names.LISTINGS).as_("l"), on=within.format("l"), join_type="left")
        .join(exp.to_table(names.SET_MEMBERS).as_("m"), on=within.format("m"), join_type="left")
        .group_by("s.name_key", "s.starts", "s.ends")
    )
    turns = [t for table in (names.LISTINGS, names.SET_MEMBERS) for t in _turns("name_key", table)]
    return _by_stretch(names.NAMES, "name_key", select, turns)


def _flags(wanted: Sequence[tuple[str, str, str, str]]) -> list[Expr]:
    """Return a truth for each (name, key, value, table): whether any row of the table has the value under the key."""
    named: dict[str, str] = {}
    found: list[Expr] = []
    for name, key, value, table in wanted:
        if named.setdefault(name, value) != value:
            message = f"{named[name]!r} and {value!r} would both be the column {name}: SQL needs ids that differ in letters or digits"
            raise BadInput(message)
        held = greatest(case([(equals(column(key, table), value), literal(1))], literal(0)))
        found.append(exp.alias_(equals(held, 1), name))
    return found


def _turns(key: str, table: str) -> list[exp.Select]:
    """Return the days on which something starts or ends for a key."""
    ends = exp.select(key, exp.alias_(column("ends"), "starts")).from_(table).where(compared("<", column("ends"), day(OPEN_END)))
    return [exp.select(key, "starts").from_(table), ends]


def _by_stretch(table: str, key: str, select: exp.Select, turns: Sequence[exp.Select]) -> Expr:
    """Return CREATE TABLE over the stretches between the days on which something turns for a key."""
    days = turns[0]
    for more in turns[1:]:
        days = exp.union(days, more, distinct=True)  # type: ignore[assignment]
    following = exp.Window(
        this=exp.Lead(this=column("starts")),
        partition_by=[column(key)],
        order=exp.Order(expressions=[exp.Ordered(this=column("starts"))]),
    )
    ends = coalesce(following, day(OPEN_END))
    stretches = exp.select(key, "starts", exp.alias_(ends, "ends")).from_("turns")
    query = select.with_("turns", as_=days).with_("stretches", as_=stretches)
    return exp.Create(this=exp.to_table(table), kind="TABLE", expression=query)
