"""One pass over many rows on one axis: the truth of every rule, and the result that follows, as arrays.

This is :mod:`thalweg.controls.run` for columns, stratum by stratum; a truth that is nowhere above 0 is left out.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from thalweg.controls.many.charted import Charted
from thalweg.controls.many.columns import UNKNOWN_CODE, Bytes, Codes, Columns
from thalweg.controls.many.entries import entry_levels
from thalweg.controls.many.kleene import Sheet
from thalweg.controls.many.law import Guarded, Law, Ruled
from thalweg.controls.many.sums import Hash, Sums
from thalweg.controls.program import POLICIES, Axis
from thalweg.controls.run import UNDETERMINED, Result, is_entry

Before = tuple["Tested", Codes]
"""A look at some rows, and for each row of another which of them it refines."""
OUTCOMES: Final = ("prohibited", "license_required", UNDETERMINED, "not_modeled", "license_exception", "no_license_required")
_PROHIBITED, _REQUIRED, OPEN, _NOT_MODELED, _EXCEPTED, _FREE = range(6)


class Tested:
    """Rules tested over some rows on one axis, the classes of the item first.

    ``truth`` holds what counts by rule, ``tested`` what the tests said by rule and component. A truth that an earlier look at the row has
    settled stands (``told``). A look that is ``like`` it but for the axis is taken over up to what is presumed, with all that was worked
    out for it. Of a look ``before`` it at the rows that these refine, what was settled is settled: truth only ever sharpens.
    """

    def __init__(self, law: Law, columns: Columns, axis: Axis, *, like: Tested | None = None, before: Before | None = None) -> None:
        self.law = law
        self.axis = axis
        self.columns = columns
        self.height = columns.height
        self.epochs = law.epochs(columns.day)
        self.here = np.unique(self.epochs).tolist()
        self.none: Bytes = np.zeros(self.height, dtype=np.uint8)
        self.truth: dict[str, Bytes] = {}
        self.of_components: list[dict[str, Bytes]] = []
        self.tested: dict[tuple[str, int | None], Bytes] = {}
        self._before = before
        self._guards: dict[int, Bytes] = {}
        if like is None:
            self.sheet = Sheet(law.book, law.reader, columns, self.epochs, law.tables)
            self._classify()
        else:
            self.sheet, self.of_components = like.sheet, like.of_components
            shared = {r.id for r in (*law.classes, *law.presumptions)}
            self.truth.update((i, t) for i, t in like.truth.items() if i in shared)
            self.tested.update((k, t) for k, t in like.tested.items() if k[0] in shared)

    def of(self, ruled: Ruled) -> Bytes:
        """Return the truth of a rule that counts."""
        return self.truth.get(ruled.id, self.none)

    def guard(self, version: Guarded) -> Bytes:
        """Return where a version acts; where it may, what the row takes it to."""
        acting = self._guards.get(id(version))
        if acting is None:
            acting = version.guards[self.axis][self.epochs]
            told = self.columns.told.get(("posture", version.rule.id))
            acting = self._guards[id(version)] = acting if told is None else np.where(acting == 1, told, acting)
        return acting

    def acts(self, version: Guarded) -> bool:
        """Say whether a version acts on some row."""
        return not version.stretches[self.axis].isdisjoint(self.here)

    def test(self, ruled: Ruled) -> Bytes | None:
        """Return the truth of a rule; None if it holds or is open nowhere."""
        key = (ruled.id, self.sheet.component)
        total: Bytes | None = None
        if self._before is not None:
            above, at = self._before
            if key not in above.tested:
                return None
            total = above.tested[key][at]
        if total is None or (total == 1).any():
            total = self._test(ruled)
        if total is None or not total.any():
            return None
        self.tested[key] = total
        return total

    def _test(self, ruled: Ruled) -> Bytes | None:
        total: Bytes | None = None
        for version in ruled.versions:
            if self.acts(version):
                truth = self.sheet.truth(version.when)
                if truth.any():
                    truth = np.minimum(truth, self.guard(version))
                    total = truth if total is None else np.maximum(total, truth)
        told = self.columns.told.get(("truth", ruled.id)) if self.sheet.component is None else None
        if told is not None:
            total = np.where(told == 1, self.none if total is None else total, told)
        return total

    def _classify(self) -> None:
        sheet = self.sheet
        for k in range(len(sheet.c.items.components)):
            sheet.component = k
            known: dict[str, Bytes] = {}
            sheet.component_classes.append(known)
            self.of_components.append({})
            self._assign(known, self.of_components[k])
            sheet.component = None
        self._assign(sheet.classes, self.truth)

    def _assign(self, known: dict[str, Bytes], truths: dict[str, Bytes]) -> None:
        for ruled in self.law.classes:
            truth = self.test(ruled)
            if truth is not None:
                name = ruled.keys["assigns"]
                truths[ruled.id] = truth
                known[name] = np.maximum(known[name], truth) if name in known else truth


class Assessed(Tested):
    """The truths of the rules over some rows, and what they come to.

    ``raw`` holds what the condition of a requirement says before it is asked if the item is subject to the law.
    """

    def __init__(
        self, law: Law, charted: Charted, columns: Columns, axis: Axis, *, like: Tested | None = None, before: Before | None = None
    ) -> None:
        super().__init__(law, columns, axis, like=like, before=before)
        self.raw: dict[str, Bytes] = {}
        if like is None:
            self._presume()
        self._subject()
        self._require()
        self._chart(charted)
        self._lift()
        self._conclude()
        self._before = None  # the looks above are not held on to

    def _presume(self) -> None:
        sheet = self.sheet
        for ruled in self.law.presumptions:
            truth = self.test(ruled)
            if truth is None:
                continue
            self.truth[ruled.id] = truth
            asserts = ruled.keys["asserts"]
            name = asserts.get("class")
            if name:
                sheet.classes[name] = np.maximum(sheet.classes.get(name, self.none), truth)
            for fact, value in (asserts.get("facts") or {}).items():
                sheet.asserted[fact] = asserted(self.law, fact, value, sheet.fact(fact), truth)

    def carry(self) -> None:
        """Write into the columns what is presumed, and the truths that were settled before that."""
        if self.sheet.asserted:
            self.columns.items.facts.update(self.sheet.asserted)
            for ruled in (*self.law.classes, *self.law.presumptions):
                self.columns.told["truth", ruled.id] = self.of(ruled)

    def _subject(self) -> None:
        inside, outside = self.none, self.none
        for ruled in self.law.jurisdiction:
            truth = self.test(ruled)
            if truth is None:
                continue
            self.truth[ruled.id] = truth
            if ruled.keys["ground"] == "not_subject":
                outside = np.maximum(outside, truth)
            else:
                inside = np.maximum(inside, truth)
        self.subject: Bytes = np.minimum(inside, np.uint8(2) - outside)
        stated = self.columns.tx.get("subject_to_ear")
        if stated is not None:
            self.subject = np.where(stated == 1, self.subject, stated)

    def _require(self) -> None:
        for ruled in self.law.requirements:
            raw = self.test(ruled)
            if raw is None:
                continue
            self.raw[ruled.id] = raw
            truth = raw if ruled.keys.get("of_persons") else np.minimum(raw, self.subject)
            if truth.any():
                self.truth[ruled.id] = truth
        self.asked = [self.truth.get(r.id) for r in self.law.requirements]
        self.wanted = np.logical_or.reduce([t > 0 for t in self.asked if t is not None] or [self.none > 0])

    def _chart(self, charted: Charted) -> None:
        """Read the chart for the first class of each entry that the item has or may have."""
        self.chart = self.none
        self.not_modeled = self.none > 0
        self.charted: dict[str, Codes] = {}
        law, classes = self.law, self.sheet.classes
        words = law.reader.words
        if law.chart is None:
            return
        guards = [v.guards[self.axis][self.epochs] for v in law.chart.versions]
        rows = (np.maximum.reduce(guards) > 0) & (self.subject > 0)
        rows &= self.columns.tx["activity"] != words.code("remote_access")
        rows &= self.sheet.fact("eccn") != words.code("EAR99")
        for names in charted.roots.values():
            left = rows.copy()
            for name in names:
                if name not in classes:
                    continue
                value = np.where(left, np.minimum(classes[name], self.subject), 0)
                left &= classes[name] == 0
                for ceiling in (1, 2):
                    at = np.nonzero(value == ceiling)[0]
                    if len(at):
                        cells = charted.read(name, ceiling, self.epochs[at], self.columns.tx["destination"][at])
                        self._charted(charted, name, at, cells)

    def _charted(self, charted: Charted, name: str, at: Any, cells: Codes) -> None:
        if not cells.any():
            return
        self.charted.setdefault(name, np.zeros(self.height, dtype=np.int32))[at] = cells
        self.chart = self.chart.copy()
        self.chart[at] = np.maximum(self.chart[at], charted.truth(cells))
        self.not_modeled = self.not_modeled.copy()
        self.not_modeled[at] |= charted.not_modeled(cells)

    def touched(self, ruled: Ruled, left: list[Bytes | None]) -> Any:
        """Return the rows on which a requirement that a rule touches is above 0; None if there is none."""
        found = [t > 0 for n in ruled.touches if (t := left[n]) is not None]
        return np.logical_or.reduce(found) if found else None

    def _lift(self) -> None:
        """Work out which exceptions are available, by rule, and what remains of each requirement."""
        law, asked = self.law, self.asked
        remaining = [self.none if t is None else t for t in asked]
        bars: list[tuple[Ruled, Bytes]] = []
        for gate in law.gates:
            if self.touched(gate, asked) is not None and (truth := self.test(gate)) is not None:
                self.truth[gate.id] = truth
                bars.append((gate, np.uint8(2) - truth))
        available: dict[str, Bytes] = {}
        for ruled in law.exceptions:
            counts = self.touched(ruled, asked)
            truth = self.test(ruled) if counts is not None else None
            if truth is None:
                continue
            self.truth[ruled.id] = truth
            best = self.none
            for n in sorted(ruled.touches):
                if (held := asked[n]) is None:
                    continue
                lifted = np.where(held > 0, truth, np.uint8(0))
                for gate, ceiling in bars:
                    if n in gate.touches and ruled.keys["exception"] not in gate.keys["only"]:
                        lifted = np.minimum(lifted, ceiling)
                best = np.maximum(best, lifted)
                remaining[n] = np.minimum(remaining[n], np.uint8(2) - lifted)
            available[ruled.id] = best
        stands = np.logical_or.reduce([t == 2 for t in remaining] or [self.none > 0])
        self.available = {i: np.where(stands, np.uint8(0), v) for i, v in available.items()}
        self.remaining: list[Bytes | None] = [None if a is None else np.where(stands, a, t) for t, a in zip(remaining, asked, strict=True)]

    def _conclude(self) -> None:
        prohibited, left, asked = self.none, self.chart, self.chart
        for ruled, truth, remains in zip(self.law.requirements, self.asked, self.remaining, strict=True):
            if truth is None or remains is None:
                continue
            left, asked = np.maximum(left, remains), np.maximum(asked, truth)
            if ruled.keys.get("effect") == "prohibition":
                prohibited = np.maximum(prohibited, truth)
        outcome = np.where(asked == 2, np.uint8(_EXCEPTED), np.uint8(_FREE))
        outcome = np.where(self.not_modeled, np.uint8(_NOT_MODELED), outcome)
        outcome = np.where((left == 1) | (asked == 1), np.uint8(OPEN), outcome)
        outcome = np.where(left == 2, np.uint8(_REQUIRED), outcome)
        outcome = np.where(prohibited == 1, np.uint8(OPEN), outcome)
        self.outcome: Bytes = np.where(prohibited == 2, np.uint8(_PROHIBITED), outcome)
        self.policy = np.where(self.outcome == _REQUIRED, self._policy(), 0)

    def _policy(self) -> Any:
        """Return the number of the review policy, 0 for none: of each standing requirement what none overrides, the strictest of all."""
        law = self.law
        considered: list[tuple[Ruled, Bytes, Any]] = []
        for ruled in law.policies:
            if self.touched(ruled, self.asked) is not None and (truth := self.test(ruled)) is not None:
                self.truth[ruled.id] = truth
                standing = [t == 2 for n in ruled.touches if (t := self.remaining[n]) is not None]
                considered.append((ruled, truth, np.logical_or.reduce(standing)))
        overridden: dict[str, Any] = {}
        for ruled, truth, counts in considered:
            for other in ruled.keys.get("overrides") or ():
                overridden[other] = overridden.get(other, self.none > 0) | (counts & (truth == 2))
        entries = entry_levels(law.book, self.columns, self.sheet.rows_of)
        strictest = np.zeros(self.height, dtype=np.int64)
        for n, remains in enumerate(self.remaining):
            if remains is None or not (remains == 2).any():
                continue
            held, best, possible = self.none > 0, np.zeros(self.height, dtype=np.int64), np.zeros(self.height, dtype=np.int64)
            for ruled, truth, _ in considered:
                if n not in ruled.touches:
                    continue
                level = entries if ruled.keys.get("policy_from") else _level(ruled.keys.get("policy"))
                free = ~overridden[ruled.id] if ruled.id in overridden else True
                held = held | ((truth == 2) & free)
                best = np.maximum(best, np.where((truth == 2) & free, level, 0))
                possible = np.maximum(possible, np.where((truth == 1) & free, level, 0))
            strictest = np.maximum(strictest, np.where(remains == 2, np.where(held, best, possible), 0))
        return strictest

    def usable(self) -> dict[str, Any]:
        """Return the rows on which each exception is available, by its name."""
        found: dict[str, Any] = {}
        for ruled in self.law.exceptions:
            value = self.available.get(ruled.id)
            if value is not None and (value == 2).any():
                name = ruled.keys["exception"]
                found[name] = found[name] | (value == 2) if name in found else value == 2
        return found

    def results(self, at: Codes) -> Hash:
        """Return sums over what the results of some rows hold."""
        sums = Sums(len(at))
        sums.add(self.outcome[at] + np.uint8(1), "outcome")
        sums.add(self.policy[at], "policy")
        for name, truth in self.sheet.classes.items():
            if is_entry(name):
                sums.add(truth[at] == 2, "class", name)
        for name, rows in self.usable().items():
            sums.add(rows[at], "exception", name)
        return sums.of

    def result(self, at: int) -> Result:
        """Return the result of one row."""
        classes = tuple(sorted(c for c, t in self.sheet.classes.items() if is_entry(c) and t[at] == 2))
        usable = tuple(sorted(name for name, rows in self.usable().items() if rows[at]))
        level = int(self.policy[at])
        return Result(OUTCOMES[self.outcome[at]], classes, POLICIES[level - 1] if level else None, usable)


def asserted(law: Law, fact: str, value: Any, column: Any, truth: Bytes) -> Any:
    """Return a fact as a presumption leaves it: asserted where it holds, unknown where it may hold and the fact says otherwise."""
    found = np.array(column)
    code = law.reader.encode(fact, [value])[0]
    found[truth == 2] = code
    found[(truth == 1) & (found != code)] = {"u": 1, "i": UNKNOWN_CODE, "f": np.nan}[found.dtype.kind]
    return found


def _level(policy: str | None) -> int:
    return POLICIES.index(policy) + 1 if policy in POLICIES else 0
