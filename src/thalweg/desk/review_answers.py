"""Answers about reviewers' decisions: what was recorded, what stands, and what no longer does, with why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from thalweg.store import Disposition, Judged, Recorded

Decision = Literal["cleared", "confirmed", "withdrawn"]
State = Literal["standing", "lapsed", "replaced", "withdrawn"]
STATES: Final = get_args(State)
DECISIONS: Final = get_args(Decision)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StandingDecision(_Frozen):
    """A decision that holds for a party and an entry."""

    list: str
    entry_id: str
    decision: Literal["cleared", "confirmed"]
    reason: str
    who: str
    at: str

    @property
    def said(self) -> str:
        """The entry as ``same_as`` and ``not_same_as`` of a party name it."""
        return f"{self.list}:{self.entry_id}"

    def explain(self) -> str:
        """Return who decided what when, and why."""
        return f"{self.decision} by {self.who} on {self.at[:10]}: {self.reason}"

    @classmethod
    def of(cls, made: Disposition) -> StandingDecision:
        """Return a decision of the store as one that holds."""
        assert made.decision != "withdrawn"  # noqa: S101  (what was taken back does not stand)
        return cls(list=made.list, entry_id=made.entry_id, decision=made.decision, reason=made.reason, who=made.who, at=made.at)


class Reviewed(_Frozen):
    """One decision: on whom, on which entry, by whom, and what became of it.

    ``party`` is the party as it was described, ``entry`` the name of the entry. ``why`` says what changed where the decision has lapsed,
    and which one came after where it was replaced or withdrawn.
    """

    number: int
    at: str
    who: str
    decision: Decision
    state: State
    why: str
    query: str
    party: dict[str, Any]
    list: str
    entry_id: str
    entry: str
    reason: str

    @classmethod
    def of(cls, found: Judged, why: str = "") -> Reviewed:
        """Return a decision of the store; with `why`, as one that does not hold for the party asked about."""
        made = found.made
        party = party_of(made)
        lapsed = bool(why) and found.state in ("standing", "lapsed")
        return cls(
            number=made.number,
            at=made.at,
            who=made.who,
            decision=made.decision,
            state="lapsed" if lapsed else found.state,
            why="; ".join(w for w in (why, found.why) if w) if lapsed else found.why,
            query=shown_names(party),
            party=party,
            list=made.list,
            entry_id=made.entry_id,
            entry=found.entry.name if found.entry else "",
            reason=made.reason,
        )


class Reviews(_Frozen):
    """Decisions in the order in which they were recorded."""

    store: str
    reviews: tuple[Reviewed, ...]

    def explain(self) -> str:
        """Return a line for each decision."""
        return "\n".join(
            f"{r.at[:10]} {r.who}: {r.query} {_VERBS[r.decision]} {r.entry or r.entry_id} ({r.list}:{r.entry_id}); {r.state}"
            + (f": {r.why}" if r.why else "")
            for r in self.reviews
        )


_VERBS: Final = {"cleared": "is not", "confirmed": "is", "withdrawn": "is undecided against"}


class ReviewTaken(_Frozen):
    """What became of a decision that was handed in: ``recorded``, or ``same`` where it was on record before.

    ``note`` says why it does not hold for the last copy of the list, where the entry has changed or gone since what was looked at.
    """

    outcome: Literal["recorded", "same"]
    query: str
    party: dict[str, Any]
    list: str
    entry_id: str
    entry: str
    decision: Decision
    reason: str
    who: str
    at: str
    note: str = ""

    @classmethod
    def of(cls, done: Recorded) -> ReviewTaken:
        """Return a decision as the store recorded it."""
        made, party = done.made, party_of(done.made)
        return cls(
            outcome="recorded" if done.new else "same",
            query=shown_names(party),
            party=party,
            list=made.list,
            entry_id=made.entry_id,
            entry=done.entry.name,
            decision=made.decision,
            reason=made.reason,
            who=made.who,
            at=made.at,
            note=done.note,
        )

    def explain(self) -> str:
        """Return the decision as a sentence."""
        again = " (on record before)" if self.outcome == "same" else ""
        return f"{self.query} {_VERBS[self.decision]} {self.entry} ({self.list}:{self.entry_id}), by {self.who} on {self.at[:10]}{again}"


def party_of(made: Disposition) -> dict[str, Any]:
    """Return the party of a decision as it was described; one that another program recorded by a key of its own has that for a name."""
    try:
        found = json.loads(made.query)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"names": [made.query]}


def shown_names(party: Mapping[str, Any]) -> str:
    """Return the names of a party in one line."""
    return "; ".join(map(str, party.get("names", ())))
