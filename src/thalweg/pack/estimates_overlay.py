"""Other numbers laid over the estimates by an overlay folder, and what two sets of estimates differ in."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from thalweg.evidence import PackError, nearest
from thalweg.evidence.distribution_form import packed, words
from thalweg.evidence.estimate import Estimate, Value
from thalweg.pack import estimates_schema as s
from thalweg.pack import schema
from thalweg.pack.build import validated
from thalweg.pack.estimates import ESTIMATES, correlation_from
from thalweg.pack.estimates_build import SOURCES, Citer, citing, entries, plain, read_sources
from thalweg.pack.estimates_checks import indefinite
from thalweg.pack.estimates_model import Correlation, Estimates, Option, Switch
from thalweg.pack.overlay import find_overlay
from thalweg.pack.reader import read_yaml

CHANGES: dict[str, type[Any]] = {"switches": s.SwitchChange, "correlations": s.CorrelationFile}


def lay_estimates(estimates: Estimates, *names: str | Path) -> Estimates:
    """Lay the estimates of overlay folders over others, in order; an overlay without a folder ``estimates/`` changes nothing.

    Under ``estimates/`` an overlay holds lists of changes in files of any name, ``switches.yaml`` with other probabilities,
    ``correlations.yaml`` with other or more correlations (zero takes one away), and ``sources.yaml`` with works of its own.

    Raises:
        PackError: with file and line, for a range that is inverted, an unknown name, another unit, a value outside its support, something
            that an overlay before it changed, or correlations that cannot hold together.
        BadInput: if there is no such overlay.
    """
    for name in names:
        estimates = _lay(estimates, find_overlay(name))
    return estimates


def _lay(base: Estimates, root: Path) -> Estimates:
    head_document = read_yaml(root / "overlay.yaml", name=f"{root.name}/overlay.yaml")
    head = validated(schema.OverlayFile, head_document, head_document.data)
    files = _files(root)
    if not files:
        return base
    documents = {p.stem: read_yaml(p, name=f"{root.name}/{ESTIMATES.name}/{p.name}") for p in files}
    problems: list[PackError] = []
    sources = dict(base.sources)
    if SOURCES in documents:
        sources |= dict(read_sources(documents.pop(SOURCES), problems))
    laid = _Laid(head.id, citing(sources), dict(base.estimates), dict(base.switches), {frozenset(c.of): c for c in base.correlations})
    last: dict[str, Any] = {"file": f"{root.name}/{ESTIMATES.name}/correlations.yaml", "line": 1}
    for stem, document in documents.items():
        for found, line in entries(CHANGES.get(stem, s.EstimateChange), document, problems):
            where: dict[str, Any] = {"file": document.file, "line": line}
            if stem == "correlations":
                last = where
            try:
                laid.change(found)
            except ValueError as error:
                problems.append(PackError(str(error), **where))
    correlations = tuple(laid.correlations.values())
    fixed = sorted({n for c in correlations for n in c.of if laid.always_fixed(n)})
    problems += [PackError(f"of: {name!r} is fixed, and a fixed number has no correlation", **last) for name in fixed]
    if not problems:
        problems += indefinite([{"of": c.of, "rank": c.rank, "where": last} for c in correlations])
    if problems:
        raise problems[0]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return dataclasses.replace(
        base,
        sha256=hashlib.sha256(f"{base.sha256} {digest.hexdigest()}".encode()).hexdigest(),
        estimates=laid.estimates,
        switches=laid.switches,
        correlations=correlations,
        sources=sources,
        overlays=(*base.overlays, (head.id, digest.hexdigest())),
    )


def _files(root: Path) -> list[Path]:
    found = sorted(p for p in (root / ESTIMATES.name).rglob("*") if p.is_file())
    for path in found:
        label = f"{root.name}/{path.relative_to(root).as_posix()}"
        if not path.resolve().is_relative_to(root.resolve()):
            raise PackError("links out of the overlay folder", file=label)
        if path.suffix != ".yaml" or path.parent != root / ESTIMATES.name:
            raise PackError(f"an overlay holds YAML files alone under {ESTIMATES.name}/, and no folders there", file=label)
        if path.stem in ("history", "anchors", "chances"):
            raise PackError(f"an overlay cannot change {path.stem}", file=label, line=1)
    return found


@dataclass(slots=True)
class _Laid:
    """What an overlay has made of the estimates so far."""

    overlay: str
    cite: Citer
    estimates: dict[str, Estimate]
    switches: dict[str, Switch]
    correlations: dict[frozenset[str], Correlation]

    def always_fixed(self, name: str) -> bool:
        """Say whether an estimate is one number for everyone and at every vintage."""
        e = self.estimates[name]
        return all(v.distribution.kind == "point" for v in (e.value, *e.rivals, *e.vintages))

    def change(self, found: Any) -> None:
        """Lay one change; a ``ValueError`` says why it does not hold."""
        if isinstance(found, s.SwitchChange):
            self._switch(found)
        elif isinstance(found, s.CorrelationFile):
            self._correlation(found)
        else:
            self._estimate(found)

    def _estimate(self, change: s.EstimateChange) -> None:
        old = self.estimates.get(change.id)
        if old is None:
            message = f"there is no estimate {change.id!r}{nearest(change.id, self.estimates)}"
            raise ValueError(message)
        self._refuse_twice(change.id, old.overlay)
        if change.unit != old.unit:
            message = f"unit: {change.id} is in {old.unit!r}, not in {change.unit!r}"
            raise ValueError(message)
        distribution = change.distribution.made()
        s.refuse_outside(distribution, old.support, strictly=old.above)
        sources = tuple(self.cite(c) for c in change.sources)
        end = old.value.period_end if change.period_end is None else None if change.period_end == "timeless" else change.period_end
        read = max((dt.date.fromisoformat(x["accessed"]) for x in sources if "accessed" in x), default=None)
        value = Value(distribution, change.basis, sources, end, read, change.note, by=self.overlay)
        replaced = dataclasses.replace(old.value, by=old.value.by or "the pack")
        self.estimates[change.id] = dataclasses.replace(old, value=value, rivals=(*old.rivals, replaced), overlay=self.overlay)

    def _switch(self, change: s.SwitchChange) -> None:
        old = self.switches.get(change.id)
        if old is None:
            message = f"there is no switch {change.id!r}{nearest(change.id, self.switches)}"
            raise ValueError(message)
        self._refuse_twice(change.id, old.overlay)
        names = [o.name for o in old.options]
        if sorted(change.probabilities) != sorted(names):
            message = f"probabilities: {change.id} has the options {', '.join(names)}; give each its probability"
            raise ValueError(message)
        options = tuple(Option(o.name, change.probabilities[o.name], o.meaning) for o in old.options)
        data = plain(change, self.cite)
        self.switches[change.id] = dataclasses.replace(
            old, options=options, basis=change.basis, sources=tuple(data["sources"]), note=change.note, overlay=self.overlay
        )

    def _correlation(self, change: s.CorrelationFile) -> None:
        for name in change.of:
            if name not in self.estimates:
                message = f"of: there is no estimate {name!r}{nearest(name, self.estimates)}"
                raise ValueError(message)
        pair = frozenset(change.of)
        if len(pair) < 2:
            message = "of: two estimates are needed"
            raise ValueError(message)
        if pair in self.correlations:
            self._refuse_twice(" and ".join(change.of), self.correlations[pair].overlay)
        self.correlations[pair] = correlation_from(plain(change, self.cite), overlay=self.overlay)

    def _refuse_twice(self, name: str, before: str) -> None:
        if before == self.overlay:
            message = f"{name} stands twice in the overlay {before!r}"
            raise ValueError(message)
        if before:
            message = f"{name} was changed by the overlay {before!r} before; lay one of the two, not {self.overlay!r} as well"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two sets of estimates differ; empty text where one side has nothing."""

    id: str
    what: str
    before: str
    after: str


def diff_estimates(before: Estimates, after: Estimates) -> tuple[Difference, ...]:
    """Return what two sets of estimates differ in: values, evidence, switches and correlations, in the order of the first set.

    Numbers differ if they are not the same number, however near; where a few digits do not show it, all are written.
    """
    return tuple(_differences(_told(before), _told(after)))


class _Told(NamedTuple):
    """Something in words, and with all its digits."""

    words: str
    exactly: str


_NOTHING = _Told("", "")


def _differences(one: dict[tuple[str, str], _Told], other: dict[tuple[str, str], _Told]) -> Iterator[Difference]:
    for key in {**one, **other}:
        first, second = one.get(key, _NOTHING), other.get(key, _NOTHING)
        if first.exactly != second.exactly:
            plain = first.words != second.words
            yield Difference(*key, *((first.words, second.words) if plain else (first.exactly, second.exactly)))


def _told(estimates: Estimates) -> dict[tuple[str, str], _Told]:
    """Say everything that matters in words, by name and by what it is."""
    told: dict[tuple[str, str], _Told] = {}
    for name, e in estimates.estimates.items():
        texts = {
            "unit": e.unit,
            "basis": e.value.basis,
            "about": e.value.period_end.isoformat() if e.value.period_end else "no period",
            "sources": "; ".join(source_words(x) for x in e.value.sources),
        }
        told[name, "distribution"] = _spread(e.value)
        told |= {(name, what): _Told(text, text) for what, text in texts.items()}
        told |= {(name, f"{v.until} vintage"): _spread(v) for v in e.vintages}
        told |= {(name, f"rival {v.by}"): _spread(v) for v in e.rivals}
    for name, switch in estimates.switches.items():
        shown, exact = (", ".join(f"{o.name} {o.probability:{form}}" for o in switch.options) for form in ("g", ""))
        told[name, "probabilities"] = _Told(shown, exact)
    for c in estimates.correlations:
        told[" and ".join(sorted(c.of)), "rank correlation"] = _Told(f"{c.rank:g}", f"{c.rank}")
    return told


def _spread(value: Value) -> _Told:
    kind, *numbers = packed(value.distribution)
    return _Told(words(value.distribution), f"{kind} {', '.join(map(str, numbers))}")


def source_words(source: Any) -> str:
    """Say a source in a line: what it is and the place in it."""
    return ": ".join(x for x in (source.get("citation") or source.get("title") or source.get("url"), source.get("where")) if x)
