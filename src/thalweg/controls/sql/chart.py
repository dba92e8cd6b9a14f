"""The Commerce Country Chart in SQL: reasons for control of a stated or computed entry, read at the destination."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlglot import exp

from thalweg.controls.chart import covers
from thalweg.controls.sql.conditions import stated_at
from thalweg.controls.sql.expressions import (
    Expr,
    all_of,
    any_of,
    case,
    column,
    compared,
    decoded,
    equals,
    literal,
    missing,
    negated,
    one_of,
    possibly,
    surely,
    unknown,
)
from thalweg.controls.sql.inputs import ECCN_PRESUMED, KEY
from thalweg.controls.sql.law import Law
from thalweg.controls.sql.names import chart_flag
from thalweg.controls.sql.relation import Relation
from thalweg.controls.sql.scopes import Reading, T
from thalweg.controls.sql.windows import in_force
from thalweg.pack import Pack, ReasonRow

STATED: Final = "stated_entries"
HOME: Final = "US"
UNREAD: Final = "chart_unread"
_TRUTHS: Final = (0, 1, 2)


class Asks(NamedTuple):
    """Whether a row asks for a license at the destination, and whether it may in a way that the pack does not encode."""

    truth: Expr
    unread: Expr


class Read(NamedTuple):
    """What the rows of an entry come to: a truth, and whether a row may apply that the pack does not encode."""

    truth: Expr
    unread: Expr


def test_of(row: ReasonRow) -> str:
    """Return a short name of how a row is read at a destination; rows that are read alike share it."""
    if row.treatment == "chart":
        return f"chart {row.column}"
    if row.destinations and row.treatment not in ("rule", "none", "all_destinations", "macau_d5"):
        return f"destinations {' '.join(row.destinations)}"
    return row.treatment


def asks(pack: Pack, row: ReasonRow, reading: Reading) -> Asks:
    """Return how a row is read at the destination of a transaction."""
    place = reading.fact("destination")
    abroad = negated(equals(place, HOME))
    no = exp.false()
    if row.treatment == "rule":
        return Asks(no, no)
    if row.treatment == "none":
        return Asks(no, exp.true())
    if row.treatment == "chart":
        return Asks(reading.place("destination", chart_flag(row.column)), surely(reading.place("destination", UNREAD)))
    if row.treatment == "all_destinations":
        return Asks(abroad, no)
    if row.treatment == "macau_d5":
        return Asks(all_of([abroad, _named(pack, ("MO", "D:5"), reading)]), no)
    if row.destinations:
        return Asks(all_of([abroad, _named(pack, row.destinations, reading)]), no)
    if row.treatment == "cn_ru_ve":
        return Asks(one_of(place, ("CN", "RU", "VE")), no)
    return Asks(case([(missing(place), unknown())], no), surely(abroad))


def _named(pack: Pack, destinations: tuple[str, ...], reading: Reading) -> Expr:
    place = reading.fact("destination")
    named = [d for d in destinations if d in pack.places]
    groups = [reading.in_group("destination", d) for d in destinations if d in pack.groups]
    inside = exp.true() if "*" in destinations else any_of([one_of(place, named), *groups])
    left_out = [d[1:] for d in destinations if d.startswith("!") and d[1:] in pack.places]
    return all_of([inside, negated(one_of(place, left_out))])


class Chart:
    """Compiles the chart: stated entries by a join with the table of reasons, computed entries row by row."""

    def __init__(self, pack: Pack, main: Relation) -> None:
        self.pack = pack
        self.main = main
        here = compared("=", column(KEY, STATED), column(KEY, T))
        main.join(STATED, lambda: exp.Join(this=exp.to_table(STATED), side="LEFT", on=here))

    def read(self, law: Law) -> Read:
        """Return the truth of the chart for each transaction on one axis."""
        rule = next((r for r in self.pack.rules.values() if r.kind == "country_chart"), None)
        if rule is None:
            return Read(exp.false(), exp.false())
        eccn, reading = law.scope.fact("eccn"), law.ground.reading
        presumed = self.main.read(ECCN_PRESUMED, lambda: surely(reading.own(ECCN_PRESUMED)))
        on_the_day = in_force(reading.date, law.windows(rule))
        closed = any_of([negated(on_the_day), surely(equals(law.scope.fact("activity"), "remote_access")), surely(equals(eccn, "EAR99"))])
        silent = all_of([missing(eccn), negated(presumed)])
        stated = self._stated()
        computed = list(self._computed(law))
        asked = all_of([law.subject, any_of([stated.truth, *(c.truth for c in computed)])])
        unread = all_of([possibly(law.subject), any_of([stated.unread, *(c.unread for c in computed)])])
        truth = case([(closed, exp.false()), (silent, all_of([law.subject, unknown()]))], asked)
        return Read(
            self.main.add(f"chart{law.suffix}", truth),
            self.main.add(f"not_modeled{law.suffix}", case([(any_of([closed, silent]), exp.false())], unread)),
        )

    def _stated(self) -> Read:
        truth = self.main.read("stated_entry", lambda: decoded(column("truth", STATED)), STATED)
        unread = self.main.read("stated_entry_unread", lambda: surely(equals(column("unread", STATED), 1)), STATED)
        return Read(truth, unread)

    def _computed(self, law: Law) -> Iterable[Read]:
        """Yield the reading of each entry that rules compute; of several classes of an entry the first that may hold is read."""
        by_entry: dict[str, list[str]] = {}
        for name in law.scope.known:
            root = name.split(".")[0]
            if root in self.pack.reasons:
                by_entry.setdefault(root, []).append(name)
        eccn = law.scope.fact("eccn")
        for root, names in by_entry.items():
            said = surely(stated_at(eccn, (root,)))
            rows = [(name, self._entry(law, root, name)) for name in names]
            yield Read(*(self._first(law, said, [(n, r[i]) for n, r in rows], surely_held=i == 0) for i in (0, 1)))

    def _first(self, law: Law, said: Expr, rows: list[tuple[str, Expr]], *, surely_held: bool) -> Expr:
        branches = [(said, literal(False))]
        for name, found in rows:
            held = law.scope.known[name]
            branches.append((possibly(held), all_of([held, found]) if surely_held else found))
        return case(branches, exp.false())

    def _entry(self, law: Law, root: str, name: str) -> Read:
        truths: list[Expr] = []
        unread: list[Expr] = []
        for row in self.pack.reasons[root]:
            applies, asked = self._applies(law, row, name), asks(self.pack, row, law.ground.reading)
            if row.scope_kind == "text" or row.conditional:
                unread.append(all_of([possibly(applies), any_of([possibly(asked.truth), asked.unread])]))
            else:
                truths.append(all_of([applies, asked.truth]))
                unread.append(all_of([possibly(applies), asked.unread]))
        return Read(any_of(truths), any_of(unread))

    def _applies(self, law: Law, row: ReasonRow, name: str) -> Expr:
        if row.scope_kind == "entire":
            return exp.true()
        if row.scope_kind == "text":
            return unknown()
        if row.scope_kind == "for":
            values = self.pack.facts["technology_for"].values
            by_truth = {t: [v for v in values if covers(v, row.scope) == t] for t in _TRUTHS}
            subject = law.scope.fact("technology_for")
            return case([(any_of([missing(subject), one_of(subject, by_truth[1])]), unknown())], one_of(subject, by_truth[2]))
        inside = covers(name, row.scope)
        return (exp.false(), unknown(), exp.true())[2 - inside if row.scope_kind == "except" else inside]
