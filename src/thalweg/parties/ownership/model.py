"""The answer to a question of ownership, as people and programs receive it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Status = Literal["listed", "covered", "not_covered", "unknown"]
PostureState = Literal["enforced", "stayed", "not_enforced", "not_in_force", "unknown"]
FlagKind = Literal["minority", "unknown_share", "not_acting", "parent", "sister"]

STATUSES: tuple[Status, ...] = ("not_covered", "unknown", "covered", "listed")
"""Every status; its place is its code in arrays."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Posture(_Frozen):
    """Whether the rule acts on the day asked about; ``until`` is the first day on which that no longer holds, None for no known end."""

    state: PostureState
    since: str | None = None
    until: str | None = None
    because: str = ""


class Bounds(_Frozen):
    """The least and the most that listed and covered owners hold of a party, added up; 1 is all of it."""

    min: float
    max: float


class RedFlag(_Frozen):
    """What calls for diligence although the party is not shown to be covered."""

    party: str
    why: str
    kind: FlagKind
    owner: str | None = None
    share: str | None = None

    @property
    def brief(self) -> str:
        """The flag in a few words, for a cell of a table."""
        if self.kind == "minority":
            return f"{self.owner} holds {self.share}"
        if self.kind in ("parent", "sister"):
            return f"{self.kind} of {self.owner}"
        return f"share of {self.owner} not known" if self.kind == "unknown_share" else "would be covered if the rule acted"


class Inherited(_Frozen):
    """What a covered party takes from the listed owners above it: the strictest of their policies, and every footnote."""

    lists: list[str]
    footnotes: list[str]
    policy: str | None
    listed_owners: list[str]
    footnotes_of: dict[str, list[str]] = {}
    """For each footnote the listed owners whose entries have it."""
    citations: list[dict[str, Any]] = []
    note: str = ""


class OwnerQuestion(_Frozen):
    """What to find out where the answer is unknown."""

    party: str
    owner: str
    question: str


class OwnershipStatus(_Frozen):
    """The status of every party of a graph that is owned, under one regime on one day."""

    id: str | None
    regime: str
    as_of: str
    posture: Posture
    status: dict[str, Status]
    chains: dict[str, list[str]]
    listed_share: dict[str, Bounds]
    """For each owned party of which listed or covered owners hold, or may hold, a part."""
    red_flags: list[RedFlag]
    inherits: dict[str, Inherited]
    if_in_force: dict[str, Status] | None = None
    """Where the rule does not act, or may not: what the arithmetic gives if it does."""
    questions: list[OwnerQuestion] = []
    reports: list[str] = []
    assumptions: list[str] = []
    caveats: list[str] = []
    """What the arithmetic does not see, and general licenses that lift the rule or no longer do; where an owner counts."""
    citations: list[dict[str, Any]]
    beyond_verified: bool
    pack: dict[str, Any]

    def explain(self) -> str:
        """Return the answer as text: the regime and its posture, each party with its chains, and what is left open."""
        until = f" until {self.posture.until}" if self.posture.until else ""
        lines = [f"{self.regime} on {self.as_of}: {self.posture.state.replace('_', ' ')}{until}"]
        if self.posture.because:
            lines.append(f"    {self.posture.because}")
        for party, status in self.status.items():
            share = self.listed_share.get(party)
            lines.append(f"{party}: {status.replace('_', ' ')}" + (f" (listed owners hold {_percent(share)})" if share else ""))
            lines.extend(f"    {chain}" for chain in self.chains.get(party, ()))
            if (taken := self.inherits.get(party)) is not None:
                lines.append(f"    {'takes on' if status == 'covered' else 'would take on'}: {_taken(taken)}")
        lines.extend(f"red flag, {f.party}: {f.why}" for f in self.red_flags)
        lines.extend(f"to find out, {q.party}: {q.question}" for q in self.questions)
        lines.extend(f"noted: {text}" for text in self.reports)
        lines.extend(f"assumed: {text}" for text in self.assumptions)
        lines.extend(f"beside this: {text}" for text in self.caveats)
        lines.append("sources: " + "; ".join(c["citation"] for c in self.citations if c.get("citation")))
        if self.beyond_verified:
            lines.append(f"The rules are verified through {self.pack['verified_through']} only.")
        return "\n".join(lines)


def _percent(share: Bounds) -> str:
    low, high = f"{share.min * 100:.6g}%", f"{share.max * 100:.6g}%"
    return low if low == high else f"{low} to {high}"


def _named(owners: Sequence[str]) -> str:
    return ", ".join(owners[:3]) + (f" and {len(owners) - 3:,} more" if len(owners) > 3 else "") if owners else "a listed owner"


def _taken(taken: Inherited) -> str:
    said = [", ".join(taken.lists)]
    said.extend(f"footnote {note} of {_named(taken.footnotes_of.get(note, ()))}" for note in taken.footnotes)
    if taken.policy:
        said.append(taken.policy.replace("_", " "))
    return "; ".join(said)
