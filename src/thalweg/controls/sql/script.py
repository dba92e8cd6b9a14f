"""The rulebook as one SQL script: input tables, reference tables, the truths of rules, and outcomes."""

from __future__ import annotations

import datetime as dt

from sqlglot import exp

from thalweg.controls.program import Rulebook
from thalweg.controls.run import UNDETERMINED
from thalweg.controls.sql import names, stated_entries
from thalweg.controls.sql.chart import Chart
from thalweg.controls.sql.dialects import known, view, written
from thalweg.controls.sql.expressions import Expr, any_of, case, column, compared, day, equals, literal
from thalweg.controls.sql.header import header
from thalweg.controls.sql.inputs import KEY, columns
from thalweg.controls.sql.law import SUFFIX, Ground, Law
from thalweg.controls.sql.outcome import Outcome
from thalweg.controls.sql.reference import create, drop, tables
from thalweg.controls.sql.relation import Layer
from thalweg.evidence import OPEN_END


def compile_sql(book: Rulebook, dialect: str, *, known_on: dt.date | None = None) -> str:
    """Compile a rulebook to a script of one dialect.

    Args:
        book: the rulebook of a pack, with its overlays.
        dialect: duckdb, postgres, spark, snowflake or bigquery.
        known_on: leave out what was published after this day.

    Raises:
        BadInput: for another dialect, or a rule that SQL cannot hold.
    """
    dialect = known(dialect)
    script = _Script(book, OPEN_END if known_on is None else known_on.toordinal())
    parts = [header(book.pack, dialect, known_on)]
    for title, statements in script.sections(dialect):
        parts.append("\n".join([f"-- {title}", *(written(s, dialect) + ";" for s in statements)]))
    return "\n\n".join(parts) + "\n"


class _Script:
    def __init__(self, book: Rulebook, known_on: int) -> None:
        self.book = book
        self.pack = book.pack
        self.ground = Ground(book, known_on)
        self.laws = {axis: Law(self.ground, axis) for axis in ("enforced", "text")}
        chart = Chart(self.pack, self.ground.main)
        self.outcomes = {axis: Outcome(law, chart.read(law)) for axis, law in self.laws.items()}
        self.enforced = self.outcomes["enforced"]

    def sections(self, dialect: str) -> list[tuple[str, list[Expr | str]]]:
        made = (names.OUTCOMES, names.TRUTHS)
        reference = (
            names.RULES, names.GROUP_MEMBERS, names.SET_MEMBERS, names.LISTINGS, names.PLACE_CODES, names.CHART, names.REASONS,
            names.REASON_SCOPES, names.PLACES, names.NAMES,
        )  # fmt: skip
        return [
            ("Input tables. A fact that is not known is NULL.", [create(t, c, if_missing=True) for t, c in columns(self.pack).items()]),
            ("What an earlier run of this script left.", [*(drop("VIEW", v) for v in made), *(drop("TABLE", t) for t in reference)]),
            ("What rules look up.", [*tables(self.book, self._columns_of())]),
            ("The truth of every rule: TRUE, FALSE, or NULL where it is unknown.", [self._truths(dialect)]),
            ("Outcomes.", [self._outcomes(dialect)]),
        ]

    def _columns_of(self) -> dict[str, tuple[str, str]]:
        """Return the columns of each rule, as enforced and as printed; one column where they agree on every day."""
        found: dict[str, tuple[str, str]] = {}
        for rule in self.laws["enforced"].truth:
            name = self.ground.names[rule]
            enforced, text = (self.laws[axis].truth[rule] for axis in ("enforced", "text"))
            found[rule] = (name, name if enforced == text else name + SUFFIX["text"])
        return found

    def _truths(self, dialect: str) -> str:
        shown: dict[str, Expr] = {}
        for rule, both in self._columns_of().items():
            for axis, name in zip(("enforced", "text"), both, strict=True):
                shown[name] = self.laws[axis].truth[rule]
        selected = [column(KEY), *(exp.alias_(truth, name) for name, truth in shown.items())]
        return view(names.TRUTHS, self._layers(selected), selected, dialect)

    def _outcomes(self, dialect: str) -> str:
        date = self.ground.reading.date
        early = compared("<", date, day(self.pack.covers_from.toordinal()))
        verified = self.pack.verified_through.get("us-ear", min(self.pack.verified_through.values()))
        decided, codified = self.enforced.outcome(), self.outcomes["text"].outcome()
        open_ = any_of([equals(decided, UNDETERMINED), equals(codified, UNDETERMINED)])
        nothing = exp.cast(exp.null(), "text")
        reason = case(
            [
                (early, literal(f"before {self.pack.covers_from}, the first day that the rules cover")),
                (open_, literal("a fact that is not known may decide; the engine goes through its cases and can be sharper")),
            ],
            nothing,
        )
        answers = {
            "outcome": decided,
            "codified_outcome": codified,
            "review_policy": self.enforced.review_policy(),
            "requirements": self.enforced.requirements(),
            "exceptions": self.enforced.exceptions(),
        }
        selected = [column(KEY), *(exp.alias_(case([(early, nothing)], e), n) for n, e in answers.items())]
        selected.append(exp.alias_(compared(">", date, day(verified.toordinal())), "beyond_verified"))
        selected.append(exp.alias_(reason, "reason"))
        return view(names.OUTCOMES, self._layers(selected), selected, dialect)

    def _layers(self, selected: list[Expr]) -> list[Layer]:
        ground = self.ground
        wanted = ground.main.wanted(selected)
        layers = [*ground.parties.layers(wanted), *ground.components.layers(wanted)]
        if wanted & {"stated_entry", "stated_entry_unread"}:
            layers += stated_entries.layers(self.book)
        return [*layers, *ground.main.layers(selected)]
