"""What a frame of answers holds of each row: from the pass over what is stated, and the trees of both axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from thalweg.controls.many.assess import Assessed
from thalweg.controls.many.charted import Charted
from thalweg.controls.many.columns import UNKNOWN_CODE, Codes, Columns, Mask
from thalweg.controls.many.forest import Forest
from thalweg.controls.many.law import Law
from thalweg.controls.many.resolved import Resolved, Whole, Wholes
from thalweg.controls.many.single import Answer
from thalweg.controls.many.spread import take
from thalweg.controls.many.stale import resting
from thalweg.controls.many.sums import Sums, distinct, keys
from thalweg.controls.program import POLICIES
from thalweg.controls.unknown import Unknown


class _Record(NamedTuple):
    """Of a pass: its review policy, the exceptions that are available, the requirements that hold, the stated entry, and stale rules."""

    policy: str | None
    usable: list[str]
    required: list[str]
    eccn: str | None
    rests: list[str]


class Answers:
    """Answers rows of columns by the law of a rulebook; what was worked out once is kept."""

    def __init__(self, law: Law) -> None:
        self.law = law
        charted = Charted(law)
        self.enforced = Wholes(Forest(law, charted, "enforced"))
        self.text = Wholes(Forest(law, charted, "text"))
        self.kept: list[Answer] = []
        self._numbers: dict[tuple[int, ...], int] = {}
        self._records: dict[tuple[int, int], int] = {}
        self._recorded: list[_Record] = []

    def size(self) -> int:
        """Return how much is kept."""
        return len(self.kept) + len(self._recorded) + self.enforced.size() + self.text.size()

    def number(self, own: Columns, alone: Callable[[int], Answer]) -> Codes:
        """Return the number of the answer of each row among ``kept``.

        Args:
            own: rows, each with an item of its own.
            alone: gives the answer of one of the rows; it is asked where a tree is too large to be grown with others.
        """
        epochs = self.law.epochs(own.day)
        differs, alike = ~self.law.same[epochs], self.law.alike[epochs]
        apart = np.nonzero(differs & ~alike)[0]
        beside = take(own, apart)
        found = Resolved(self.law, self.enforced, own)
        text = found.wholes
        if (differs & alike).any():
            text = np.where(differs & alike, found.on(self.text, differs & alike), text)
        if len(apart):
            text = text.copy()
            text[apart] = Resolved(self.law, self.text, beside).wholes
        wanted = np.stack([self._record(found), found.wholes, text, differs], axis=1)
        values, first, group = np.unique(wanted, axis=0, return_index=True, return_inverse=True)
        numbers: list[int] = []
        for value, row in zip(map(tuple, values.tolist()), first.tolist(), strict=True):
            known = self._numbers.get(value)
            if known is None:
                known = self._numbers[value] = len(self.kept)
                self.kept.append(self._answer(*value) or alone(row))
            numbers.append(known)
        numbered: Codes = np.array(numbers, dtype=np.int64)[group.reshape(-1)]
        return numbered

    def _record(self, found: Resolved) -> Codes:
        """Return the record of each row: that of its first reading where all agree on the outcome, else that with the facts unknown."""
        records: Codes = self._records_of(found.root)[found.first]
        if found.base is not None:
            base = self._records_of(found.base)
            records[found.disputed] = np.where(found.agree(), records[found.disputed], base)
        return records

    def _records_of(self, a: Assessed) -> Codes:
        """Return the number of the record of each row of a pass."""
        sums = Sums(a.height)
        sums.add(a.policy, "policy")
        sums.add(a.columns.items.facts["eccn"] - UNKNOWN_CODE, "eccn")
        for ruled in a.law.exceptions:
            if ruled.id in a.available:
                sums.add(a.available[ruled.id] == 2, ruled.id)
        for ruled in a.law.requirements:
            if ruled.id in a.truth:
                sums.add(a.truth[ruled.id] == 2, ruled.id)
        for name, cells in a.charted.items():
            sums.add(cells, "chart", name)
        rests = resting(a)
        for identity, rows in rests.items():
            sums.add(rows, "rests", identity)
        of = sums.of
        first, group = distinct(of)
        numbers: list[int] = []
        for key, row in zip(keys(of[first]), first.tolist(), strict=True):
            known = self._records.get(key)
            if known is None:
                known = self._records[key] = len(self._recorded)
                self._recorded.append(self._read(a, row, rests))
            numbers.append(known)
        numbered: Codes = np.array(numbers, dtype=np.int64)[group.reshape(-1)]
        return numbered

    def _read(self, a: Assessed, row: int, rests: Mapping[str, Mask]) -> _Record:
        law = self.law
        usable = [r.keys["exception"] for r in law.exceptions if r.id in a.available and a.available[r.id][row] == 2]
        required = [r.id for r in law.requirements if r.id in a.truth and a.truth[r.id][row] == 2]
        for name in law.named:
            if name in a.charted and law.chart is not None:
                held = self.enforced.forest.charted.cells[a.charted[name][row]].required
                required += [f"{law.chart.id}/{name}/{reason}" for reason in held]
        level = int(a.policy[row])
        eccn = int(a.columns.items.facts["eccn"][row])
        stated = None if eccn == UNKNOWN_CODE else next(word for word, code in law.reader.words.codes.items() if code == eccn)
        return _Record(POLICIES[level - 1] if level else None, usable, required, stated, [i for i, rows in rests.items() if rows[row]])

    def _answer(self, record: int, whole: int, text: int, printed: int) -> Answer | None:
        """Return an answer; None if a tree that it rests on was not grown."""
        of = self.enforced.of[whole]
        outcome, codified = self.enforced.outcome(whole), (self.text if printed else self.enforced).outcome(text)
        if outcome is None or codified is None:
            return None
        policy, usable, required, eccn, rests = self._recorded[record]
        forest = self.enforced.forest
        results = [forest.results[r] for t in of.trees for r in forest.trees[t].results]
        policies = {r.policy for r in results}
        if policy is None and len(policies) == 1:
            policy = next(iter(policies))
        possible = sorted({p for p in policies if p}, key=POLICIES.index)
        needed = outcome == "license_required"
        classes = set.intersection(*(set(r.classes) for r in results))
        return (
            outcome,
            codified,
            [*sorted(classes), *([eccn] if eccn and eccn not in classes else [])],
            policy if needed else None,
            possible if needed and len(possible) > 1 else [],
            usable,
            required,
            self._missing(of),
            rests,
            None,
        )

    def _missing(self, of: Whole) -> list[str]:
        """Return the facts on which an answer depends, by name."""
        forest = self.enforced.forest
        essential = {forest.unknowns.of[u] for t in of.trees for u in forest.trees[t].essential}
        if any(t != of.trees[0] for t in of.trees):
            essential.add(("conflict", *of.disputed))
        return sorted({name for u in essential if (name := self._asked(u))})

    def _asked(self, unknown: Unknown) -> str | None:
        """Return the name of the fact that an unknown asks for; None if no fact would answer it."""
        match unknown[0]:
            case "fact":
                return self.law.pack.facts[unknown[2]].asked_as
            case "member":
                return "exporter" if unknown[1] == "exporter" else "name"
            case "contents":
                return "contains"
            case "conflict":
                names = unknown[2].split(", ")
                return "tpp" if "tpp" in names else names[-1]
        return None
