"""The answers of the controls engine beside a determination."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from thalweg.controls.determination import CitationModel, Determination, MissingFact


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Turn(_Frozen):
    """A rule that starts or stops acting on a case at the start of a segment."""

    rule: str
    title: str
    change: str
    citations: list[CitationModel] = []


class Segment(_Frozen):
    """Days over which the verdict stays the same; ``end`` is the first day after, None at the end of what was asked."""

    start: str
    end: str | None
    outcome: str
    codified_outcome: str
    review_policy: str | None
    classification: list[str]
    requirements: list[str]
    exceptions: list[str]
    beyond_verified: bool
    turned_by: list[Turn]
    may_be_stale: list[str] = []
    """Rules it rests on that an official document amended after their review, in words."""


class Timeline(_Frozen):
    """The verdict on one item and destination over time."""

    item: str
    to: str
    as_of: str
    segments: list[Segment]
    assumptions: list[str]
    pack: dict[str, Any]

    def explain(self) -> str:
        """Return the timeline as text."""
        lines = [f"{self.item} to {self.to}"]
        for s in self.segments:
            policy = f" ({s.review_policy})" if s.review_policy else ""
            lines.append(f"{s.start} to {s.end or '...'}  {s.outcome}{policy}  {', '.join(s.classification)}")
            lines.extend(f"    {t.change}: {t.title}  [{'; '.join(c.citation for c in t.citations)}]" for t in s.turned_by)
            lines.extend(f"    open: {said}" for said in s.may_be_stale)
        return "\n".join(lines)


class Distance(_Frozen):
    """One measure of an item against one threshold that rules name."""

    fact: str
    unit: str
    value: float | None
    threshold: float
    gap: float | None
    rules: list[str]
    flips_to: str | None


class Headroom(_Frozen):
    """How far an item is from every threshold, and the nearest single change that turns the verdict."""

    item: str
    to: str
    as_of: str
    outcome: str
    distances: list[Distance]
    nearest: Distance | None
    largest_free: str | None
    largest_free_tpp: float | None
    largest_with_exception: str | None
    largest_with_exception_tpp: float | None
    beyond_verified: bool
    assumptions: list[str]
    pack: dict[str, Any]
    may_be_stale: list[str] = []

    def explain(self) -> str:
        """Return the distances as text."""
        lines = [f"{self.item} to {self.to} on {self.as_of}: {self.outcome}"]
        for d in self.distances:
            value = "unknown" if d.value is None else f"{d.value:,.6g}"
            turn = f" -> {d.flips_to}" if d.flips_to else ""
            gap = "" if d.gap is None else f", {d.gap:+,.6g} away"
            lines.append(f"{d.fact} {value} {d.unit}; threshold {d.threshold:,.6g}{gap}{turn}  [{', '.join(d.rules)}]")
        if self.largest_free:
            lines.append(f"largest catalogue chip without a license: {self.largest_free} (TPP {self.largest_free_tpp:,.0f})")
        return "\n".join([*lines, *(f"open: {said}" for said in self.may_be_stale)])


class Classification(_Frozen):
    """The classes of an item on a day, with what each was read from."""

    item: str
    as_of: str
    classification: list[str]
    possible: list[str]
    measures: dict[str, Any]
    at_least: dict[str, float]
    """Measures of which only a lower bound is known."""
    rules: list[dict[str, Any]]
    missing_facts: list[MissingFact]
    sources: list[str]
    notes: list[str]
    conflict: dict[str, Any] | None
    beyond_verified: bool
    pack: dict[str, Any]
    may_be_stale: list[str] = []

    def explain(self) -> str:
        """Return the classes and measures as text."""
        lines = [f"{self.item} on {self.as_of}: {', '.join(self.classification) or 'no class that the pack computes'}"]
        if self.possible:
            lines.append(f"possible, depending on what is unknown: {', '.join(self.possible)}")
        lines.extend(f"{k} = {v}" for k, v in self.measures.items())
        lines.extend(f"{k} >= {v:g} (a lower bound; the value is not known)" for k, v in self.at_least.items())
        for rule in self.rules:
            lines.append(f"{rule['rule']}  [{'; '.join(rule['citations'])}]")
            lines.extend("  " + text for text in rule["clauses"])
        return "\n".join([*lines, *(f"open: {said}" for said in self.may_be_stale)])


class DiffRow(_Frozen):
    """One transaction before and after."""

    id: str
    item: str
    to: str
    value_usd: float | None
    before: str
    after: str
    before_policy: str | None
    after_policy: str | None
    changed: bool
    starts: list[Turn]
    ends: list[Turn]
    may_be_stale: list[str] = []
    """Rules that either answer rests on and that an official document amended after their review, in words."""


class Diff(_Frozen):
    """What changes between two dates, or between two stacks of rules."""

    before: dict[str, Any]
    after: dict[str, Any]
    rows: list[DiffRow]
    value_changed_usd: float
    not_expressed: list[str]
    acts_from: str | None = None
    """The first day on which a rule that the overlays add acts, where none acts yet."""

    @property
    def changed(self) -> list[DiffRow]:
        """Return the rows that change state."""
        return [r for r in self.rows if r.changed]

    def explain(self) -> str:
        """Return the rows that change as text."""
        lines = [f"{len(self.changed)} of {len(self.rows)} change; value {self.value_changed_usd:,.0f} USD"]
        for r in self.changed:
            lines.append(f"{r.id} {r.item} to {r.to}: {r.before} -> {r.after}")
            lines.extend(f"    starts: {t.title}" for t in r.starts)
            lines.extend(f"    ends: {t.title}" for t in r.ends)
            lines.extend(f"    open: {said}" for said in r.may_be_stale)
        return "\n".join(lines)


__all__ = [
    "CitationModel",
    "Classification",
    "Determination",
    "Diff",
    "DiffRow",
    "Distance",
    "Headroom",
    "MissingFact",
    "Segment",
    "Timeline",
    "Turn",
]
