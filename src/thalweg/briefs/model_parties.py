"""The section on counterparties, as people and programs receive it."""

from __future__ import annotations

from typing import Literal

from thalweg.briefs.model_base import Claim, FactToCollect, Frozen, Source


class CopyUsed(Frozen):
    """A copy of a list that names were screened against; its age is in days on the date of the briefing, None if its own is not known."""

    list_id: str
    title: str
    data_date: str
    age_days: int | None
    rows: int
    note: str = ""


class EntryFound(Frozen):
    """An entry under which a customer, or an owner that the portfolio states, stands or may stand.

    ``level`` is ``exact`` where the names are equal and nothing else was compared. ``open`` says what is not known of it, and ``settled``
    what the portfolio, or a reviewer, decided on it.
    """

    party: str
    owner: bool = False
    list_id: str
    title: str
    entry_id: str
    name: str
    country: str
    since: str
    until: str
    level: Literal["exact", "strong", "possible"]
    score: float | None
    why: list[str]
    open: Literal["", "party", "address", "day", "items", "posture"]
    settled: Literal["", "same", "not_same"]
    policy: str
    requirement: str
    footnotes: list[str]
    sources: list[Source]
    note: str = ""


class OwnersFound(Frozen):
    """What holdings say of a customer on a day, under the rule on companies that listed parties own.

    ``if_acting`` is the status if the rule acts, where it does not or may not; shares are the least and the most that listed owners hold.
    """

    status: str
    if_acting: str = ""
    low: float
    high: float
    chains: list[str]
    listed_owners: list[str]
    takes_on: str
    red_flags: list[Claim]
    questions: list[str]
    notes: list[str]
    sources: list[Source]


class RulePosture(Frozen):
    """Whether the rule on companies that listed parties own acts on the date of the briefing, and what comes next, in words."""

    title: str
    today: str
    next: str = ""
    switch: str = ""
    sources: list[Source]


class Counterparty(Frozen):
    """A customer: the entries found, its owners, what calls for diligence, and what to ask, the most decisive first.

    ``unmatched`` says against which lists no entry was found; that is no all-clear.
    """

    id: str
    name: str
    place: str
    deals: list[str]
    value_usd: float
    entries: list[EntryFound]
    unmatched: str
    owners: OwnersFound | None
    stated_owners: list[str]
    red_flags: list[Claim]
    ask: list[FactToCollect]


class Counterparties(Frozen):
    """Who the customers are: the copies of lists that were used, the lists of the pack beside them, and a row for each customer."""

    copies: list[CopyUsed]
    beside: str
    rule: RulePosture | None
    rows: list[Counterparty]
