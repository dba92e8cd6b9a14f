"""Rows that no rule can tell apart: equal truths of every rule that counts, and equal facts wherever a rule is still open.

Such rows have the same tree of cases, hence the same answer. A signature is two 64-bit sums of mixed multiples of these
bytes and codes, by factors that depend on what a column holds.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

import numpy as np

from thalweg.controls.cells import Cut
from thalweg.controls.many.columns import UNKNOWN_CODE, Bytes, Codes, Columns, Reader, policies
from thalweg.controls.many.kleene import Sheet, Tables
from thalweg.controls.program import Rulebook, acting
from thalweg.controls.run import is_entry
from thalweg.pack import Rule, Version
from thalweg.pack.language import Ast, children, walk
from thalweg.pack.order import matches

Hash = np.ndarray[Any, np.dtype[np.uint64]]
_AXES: Final = ("enforced", "text")
_OPEN: Final = 5


class Guarded:
    """One version of a rule, and by stretch of days whether it acts (2), may act (1) or not (0), on each axis."""

    def __init__(self, rule: Rule, version: Version, guards: dict[str, Bytes], number: int, reads: frozenset[str]) -> None:
        self.rule = rule
        self.number = number
        self.reads = reads
        self.when: Ast = version.when if version.unless is None else ["and", version.when, ["not", version.unless]]
        self.guards = guards


class Signer:
    """Gives each row of a frame its signature, for one rulebook."""

    def __init__(self, book: Rulebook, known_on: int) -> None:
        self.book = book
        self.pack = book.pack
        self.reader = Reader(book)
        self.tables = Tables(book, self.reader)
        self.shelves: dict[str, list[list[Guarded]]] = {}
        for identity in book.order:
            rule = self.pack.rules[identity]
            if rule.kind != "country_chart":
                self.shelves.setdefault(rule.kind, []).append(self._guarded(rule, known_on))
        cuts = [Cut.of(self.pack, [a for a in (v.when, v.unless) if a]) for r in self.pack.rules.values() for v in r.versions]
        self.edges = {f.name: np.array(sorted({e for c in cuts for e in c.thresholds.get(f.name, ())})) for f in self.pack.facts.values()}
        self.law_of_places = self._stretches()
        self._factors: dict[tuple[Any, ...], Hash] = {}

    def factors(self, label: tuple[Any, ...]) -> Hash:
        """Return the two odd factors of a column by what it holds, so that chunks of rows can be compared."""
        found = self._factors.get(label)
        if found is None:
            digest = hashlib.blake2b(repr(label).encode(), digest_size=16).digest()
            found = self._factors[label] = np.frombuffer(digest, dtype=np.uint64) | np.uint64(1)
        return found

    def _guarded(self, rule: Rule, known_on: int) -> list[Guarded]:
        found: dict[int, dict[str, Bytes]] = {}
        for axis in _AXES:
            for number, day in enumerate(self.tables.days):
                version, uncertain = acting(rule, day, axis, known_on)
                if version is not None:
                    at = rule.versions.index(version)
                    guards = found.setdefault(at, {a: np.zeros(self.tables.epochs, dtype=np.uint8) for a in _AXES})
                    guards[axis][number] = 1 if uncertain else 2
        return [Guarded(rule, v := rule.versions[at], guards, at, self._reads(v)) for at, guards in sorted(found.items())]

    def _reads(self, version: Version) -> frozenset[str]:
        named = {n[1] for ast in (version.when, version.unless) if ast for n in walk(ast) if n[0] == "classified"}
        return frozenset(key for name in named for key in self.tables.classes_under(name)[0])

    def _stretches(self) -> Codes:
        """Number the stretches of days over which no group changes."""
        turns = sorted({d for members in self.pack.groups.values() for m in members for d in (m.start, m.end)})
        return np.searchsorted(np.array(turns), np.array(self.tables.days), side="right").astype(np.int32)

    def reading_codes(self, readings: list[str]) -> Codes:
        """Return a code for the disputed readings of each item that is the same in every chunk; 0 for none."""
        return np.array([self.reader.words.code(r) + 1 if r else 0 for r in readings], dtype=np.int32)

    def sign(self, columns: Columns) -> Hash:
        """Return two sums for each row, shape (rows, 2)."""
        epochs = np.searchsorted(self.tables.points, columns.day, side="right").astype(np.int32)
        sheet = Sheet(self.book, self.reader, columns, epochs, self.tables)
        return _Signing(self, sheet).run()


class _Signing:
    def __init__(self, signer: Signer, sheet: Sheet) -> None:
        self.signer = signer
        self.sheet = sheet
        self.height = sheet.c.height
        self.sums = np.zeros((self.height, 2), dtype=np.uint64)
        self.open: dict[str, Any] = {}
        self.pending: list[tuple[Guarded, Any]] = []
        self.classes_open: list[tuple[Guarded, Any, bool]] = []
        self.named = np.zeros(self.height, dtype=bool)
        self.unplaced = np.zeros(self.height, dtype=bool)
        self.epochs_here = np.unique(sheet.epochs)

    def run(self) -> Hash:
        self._classify()
        self._presume()
        for axis in _AXES:
            self._axis(axis)
        self._open_facts()
        self._chart_and_policies()
        return self.sums

    def add(self, column: Any, *label: Any) -> None:
        """Add a column of small codes to the signature."""
        if column.any():
            self.add_at(slice(None), column, *label)

    def add_at(self, at: Any, codes: Any, *label: Any) -> None:
        """Add codes to the signatures of some rows; a code of zero adds nothing."""
        factor = self.signer.factors(label)
        mixed = codes.astype(np.uint64) * factor[0]
        mixed ^= mixed >> np.uint64(29)
        self.sums[at, 0] += mixed * factor[1]
        self.sums[at, 1] += (mixed ^ (mixed >> np.uint64(32))) * factor[0]

    def _truth(self, versions: list[Guarded], axis: str) -> tuple[Bytes, list[tuple[Guarded, Bytes]]]:
        """Return the truth of a rule on an axis, and of each of its versions that acts somewhere in the chunk."""
        total = np.zeros(self.height, dtype=np.uint8)
        parts: list[tuple[Guarded, Bytes]] = []
        for version in versions:
            guard = version.guards[axis]
            if guard[self.epochs_here].any():
                truth = self.sheet.truth(version.when)
                if not truth.any():
                    continue
                truth = np.minimum(truth, guard[self.sheet.epochs])
                total = np.maximum(total, truth)
                parts.append((version, truth))
        return total, parts

    def _note(self, parts: list[tuple[Guarded, Bytes]], counts: Any = None) -> None:
        """Remember the rows on which a version is open and counts."""
        for version, truth in parts:
            rows = truth == 1
            if counts is not None:
                rows &= counts
            if rows.any():
                self.pending.append((version, rows))

    def _settle(self) -> None:
        """Gather the facts that open rules read; an open class counts where it is an entry's, or where an open rule reads it."""
        needed: dict[str, Any] = {}
        for version, rows in self.pending:
            self._reading(version, rows, needed)
        for version, rows, own in reversed(self.classes_open):
            name = version.rule.keys["assigns"]
            counts = rows if own and is_entry(name) else rows & needed[name] if name in needed else None
            if counts is not None and counts.any():
                self._reading(version, counts, needed)

    def _reading(self, version: Guarded, rows: Any, needed: dict[str, Any]) -> None:
        """Add what is left of an open version: which it is, and which of its parts are still open."""
        label = ("open", version.rule.id, version.number)
        at = np.nonzero(rows)[0]
        self.add_at(at, np.ones(len(at), dtype=np.uint8), *label)
        self._residue(version.when, at, needed, label)

    def _residue(self, ast: Ast, at: Any, needed: dict[str, Any], label: tuple[Any, ...]) -> None:
        """Add the truth of each part of a condition that is open on some rows, and go down into the parts that are open."""
        sheet = self.sheet
        match ast[0]:
            case "and" | "or" | "not":
                for number, part in enumerate(children(ast)):
                    self._part(part, at, sheet.truth(part), needed, (*label, number))
            case "any_party" | "all_parties":
                for slot in sheet.c.slots:
                    sheet.slot = slot
                    truth = np.where(slot.exists, sheet.truth(ast[1]), np.uint8(0 if ast[0] == "any_party" else 2))
                    self._part(ast[1], at, truth, needed, (*label, slot.label))
                sheet.slot = None
            case "any_component":
                for k, (held, _) in enumerate(sheet.c.items.components):
                    sheet.component = k
                    truth = np.where(held[sheet.c.item], sheet.truth(ast[1]), np.uint8(0))
                    self._part(ast[1], at, truth, needed, (*label, k))
                    sheet.component = None
            case _:
                self._last(ast, at, needed)

    def _part(self, part: Ast, at: Any, truth: Bytes, needed: dict[str, Any], label: tuple[Any, ...]) -> None:
        found = truth[at]
        self.add_at(at, found + np.uint8(1), *label)
        still = at[found == 1]
        if len(still):
            self._residue(part, still, needed, label)

    def _last(self, leaf: Ast, at: Any, needed: dict[str, Any]) -> None:
        """Note what an open smallest part waits for: a class, a name, a place, a bounded measure or a sum."""
        if leaf[0] == "classified":
            for name in self.signer.tables.classes_under(leaf[1])[0]:
                needed.setdefault(name, np.zeros(self.height, dtype=bool))[at] = True
        elif leaf[0] == "member_of":
            self.named[at] = True
        else:
            facts = [n[1] for n in walk(leaf) if n[0] in ("fact", "bool", "in_group", "isnull")]
            for name in facts:
                self.open.setdefault(name, np.zeros(self.height, dtype=bool))[at] = True
                if self.signer.pack.facts[name].type == "place":
                    self.unplaced[at] = True
            if leaf[0] == "cmp" and "arith" in (leaf[2][0], leaf[3][0]):
                rows = np.zeros(self.height, dtype=bool)
                rows[at] = True
                self._sum(leaf, rows)

    def _sum(self, node: Ast, rows: Any) -> None:
        """Add what an open comparison of sums depends on: where it turns, if one term is unknown; else the terms that are known."""
        facts = sorted({n[1] for n in walk(node) if n[0] == "fact"})
        pack = self.signer.pack
        if any(pack.facts[f].of != "transaction" and pack.facts[f].of != "item" for f in facts):
            return
        columns = {f: self.sheet.fact(f) for f in facts}
        at = {f: np.where(np.isnan(c), 0.0, c) for f, c in columns.items()}
        base = _difference(node, at, pack.parameters)
        for fact in facts:
            alone = rows & np.isnan(columns[fact])
            if alone.any():
                slope = _difference(node, {**at, fact: np.ones(self.height)}, pack.parameters) - base
                with np.errstate(divide="ignore", invalid="ignore"):
                    turn = np.where(slope == 0, np.nan, -base / slope)
                edges = np.unique(np.append(self.signer.edges[fact], 0.0))
                place = np.searchsorted(edges, turn, side="left") + np.searchsorted(edges, turn, side="right")
                self.add(np.where(alone, place + 2, 0), "turn", json.dumps(node), fact)

    def _classify(self) -> None:
        sheet = self.sheet
        for k in range(len(sheet.c.items.components)):
            sheet.component = k
            known: dict[str, Bytes] = {}
            sheet.component_classes.append(known)
            self._assign(known, own=False)
            sheet.component = None
        self._assign(sheet.classes, own=True)

    def _assign(self, known: dict[str, Bytes], *, own: bool) -> None:
        sheet_at = self.sheet.component
        for versions in self.signer.shelves.get("classification", []):
            if versions:
                truth, parts = self._truth(versions, "enforced")
                name = versions[0].rule.keys["assigns"]
                known[name] = np.maximum(known[name], truth) if name in known else truth
                self.add(truth, versions[0].rule.id, sheet_at)
                self.classes_open.extend((v, t == 1, own) for v, t in parts if (t == 1).any())

    def _presume(self) -> None:
        """Take in presumptions; rows on which the two axes presume differently are left to the slower path."""
        sheet = self.sheet
        for versions in self.signer.shelves.get("presumption", []):
            enforced, parts = self._truth(versions, "enforced")
            text, _ = self._truth(versions, "text")
            sheet.c.odd |= enforced != text
            self.add(enforced, "presumption", versions[0].rule.id if versions else "")
            self._note(parts)
            if not versions or not enforced.any():
                continue
            asserts = versions[0].rule.keys["asserts"]
            name = asserts.get("class")
            if name:
                sheet.classes[name] = np.maximum(sheet.classes.get(name, np.zeros_like(enforced)), enforced)
            for fact, value in (asserts.get("facts") or {}).items():
                column = sheet.fact(fact).copy()
                code = self.signer.reader.encode(fact, [value])[0]
                column[enforced == 2] = code
                column[(enforced == 1) & (column != code)] = 1 if column.dtype == np.uint8 else UNKNOWN_CODE
                sheet.asserted[fact] = column

    def _axis(self, axis: str) -> None:
        """Add the truths of one axis. Of the text only the outcome counts: where that is settled, nothing else is added."""
        subject, grounds = self._subject(axis)
        wanted: dict[str, Bytes] = {}
        found: list[tuple[str, Bytes, list[tuple[Guarded, Bytes]], Any]] = [("subject", subject, [], None)]
        found.extend((v.rule.id, t, [(v, t)], None) for v, t in grounds)
        for versions in self.signer.shelves.get("requirement", []):
            truth, parts = self._truth(versions, axis)
            of_persons = bool(versions and versions[0].rule.keys.get("of_persons"))
            truth = truth if of_persons else np.minimum(truth, subject)
            if truth.any():
                found.append((versions[0].rule.id, truth, parts, None if of_persons else subject > 0))
                wanted[versions[0].rule.id] = truth
        lifting: dict[str, list[tuple[Rule, Bytes]]] = {"gate": [], "exception": [], "review_policy": []}
        for kind, key in (("gate", "covers"), ("exception", "lifts"), ("review_policy", "reviews")):
            for versions in self.signer.shelves.get(kind, []):
                touched = [t for i, t in wanted.items() if versions and fits(versions[0].rule.keys.get(key) or ["*"], i)]
                if touched:
                    counts = np.maximum.reduce(touched) > 0
                    truth, parts = self._truth(versions, axis)
                    lifting[kind].append((versions[0].rule, truth))
                    found.append((versions[0].rule.id, np.where(counts, truth, np.uint8(0)), parts, counts))
        counted = None
        if axis == "text":
            outcome = self._outcome(wanted, lifting)
            self.add(outcome, "codified outcome")
            counted = outcome == _OPEN
        for name, truth, parts, counts in found:
            self.add(truth if counted is None else np.where(counted, truth, np.uint8(0)), axis, name)
            self._note(parts, counts if counted is None else counted if counts is None else counts & counted)

    def _outcome(self, wanted: dict[str, Bytes], lifting: dict[str, list[tuple[Rule, Bytes]]]) -> Bytes:
        """Return the three-valued outcome as a code; ``_OPEN`` where it is not settled."""
        asked = np.zeros(self.height, dtype=np.uint8)
        left = asked.copy()
        prohibited = asked.copy()
        for identity, truth in wanted.items():
            asked = np.maximum(asked, truth)
            if self.signer.pack.rules[identity].keys.get("effect") == "prohibition":
                prohibited = np.maximum(prohibited, truth)
            remains = truth
            for exception, available in lifting["exception"]:
                if not fits(exception.keys["lifts"], identity):
                    continue
                for gate, bars in lifting["gate"]:
                    if fits(gate.keys.get("covers") or ["*"], identity) and exception.keys["exception"] not in gate.keys["only"]:
                        available = np.minimum(available, np.uint8(2) - bars)  # noqa: PLW2901  (each gate narrows it)
                remains = np.minimum(remains, np.uint8(2) - available)
            left = np.maximum(left, remains)
        outcome = np.where(asked == 2, np.uint8(3), np.uint8(4))
        outcome = np.where((left == 1) | (asked == 1), np.uint8(_OPEN), outcome)
        outcome = np.where(left == 2, np.uint8(2), outcome)
        outcome = np.where(prohibited == 1, np.uint8(_OPEN), outcome)
        return np.where(prohibited == 2, np.uint8(1), outcome)

    def _subject(self, axis: str) -> tuple[Bytes, list[tuple[Guarded, Bytes]]]:
        """Return whether each row is subject to the EAR, and the truths of the grounds."""
        inside = np.zeros(self.height, dtype=np.uint8)
        outside = np.zeros(self.height, dtype=np.uint8)
        grounds: list[tuple[Guarded, Bytes]] = []
        for versions in self.signer.shelves.get("jurisdiction", []):
            truth, parts = self._truth(versions, axis)
            grounds.extend(parts)
            if versions and versions[0].rule.keys["ground"] == "not_subject":
                outside = np.maximum(outside, truth)
            else:
                inside = np.maximum(inside, truth)
        subject = np.minimum(inside, np.uint8(2) - outside)
        stated = self.sheet.c.tx.get("subject_to_ear")
        if stated is not None:
            subject = np.where(stated == 1, subject, stated)
        return subject, [(v, np.where(subject == 1, t, np.uint8(0))) for v, t in grounds]

    def _open_facts(self) -> None:
        """Add the bounds of unknown measures, the names that sets are asked for, and the days where an unknown place counts."""
        self._settle()
        sheet, items = self.sheet, self.sheet.c.items
        for name, bounds in items.minimum.items():
            if name in self.open:
                edges = self.signer.edges[name]
                cell = np.searchsorted(edges, bounds, side="left") + np.searchsorted(edges, bounds, side="right")
                self.add(np.where(self.open[name], np.where(np.isnan(bounds), 0, cell + 1)[sheet.c.item], 0), "bound", name)
        self.add(np.where(self.unplaced, self.signer.law_of_places[sheet.epochs] + 1, 0), "places")
        for slot in sheet.c.slots:
            self.add(np.where(self.named & slot.exists, slot.names == UNKNOWN_CODE, 0), "unnamed", slot.label)
        self.add(self.signer.reading_codes(items.readings)[sheet.c.item], "readings")

    def _chart_and_policies(self) -> None:
        """Add the destination where the Country Chart has no row for it, and the strictest policy of the parties' entries."""
        sheet = self.sheet
        pack, words = self.signer.pack, self.signer.reader.words
        missing = np.zeros(len(words.codes) + 1, dtype=bool)
        for place, held in pack.places.items():
            missing[words.codes[place]] = place != "US" and held["chart_row"] not in pack.chart
        self.add(np.where(missing[sheet.c.tx["destination"]], sheet.c.tx["destination"] + 2, 0), "no chart row")
        best = np.zeros(self.height, dtype=np.int32)
        for slot in sheet.c.slots:
            for name, rows in sheet.rows_of(slot).items():
                for start, end, level in policies(self.signer.book, sheet.c.names[name]):
                    day = sheet.c.day[rows]
                    at = rows[(start <= day) & (day < end) & slot.exists[rows]]
                    best[at] = np.maximum(best[at], level)
        self.add(best, "entry policy")


def fits(patterns: list[str], identity: str) -> bool:
    """Say whether an id fits one of several patterns; ``*`` alone fits all."""
    return any(p == "*" or matches(p, identity) for p in patterns)


def _difference(node: Ast, at: dict[str, Any], parameters: Any) -> Any:
    return _amount(node[2], at, parameters) - _amount(node[3], at, parameters)


def _amount(ast: Ast, at: dict[str, Any], parameters: Any) -> Any:
    if ast[0] == "fact":
        return at[ast[1]]
    if ast[0] in ("lit", "param"):
        return float(ast[1] if ast[0] == "lit" else parameters[ast[1]])
    a, b = _amount(ast[2], at, parameters), _amount(ast[3], at, parameters)
    if ast[1] == "+":
        return a + b
    if ast[1] == "-":
        return a - b
    with np.errstate(divide="ignore", invalid="ignore"):
        return a * b if ast[1] == "*" else a / b
