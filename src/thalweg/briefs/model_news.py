"""What happened, and what it means for a portfolio, as the pages of a briefing show it."""

from __future__ import annotations

from thalweg.briefs.model_base import Frozen, Source


class NewsLine(Frozen):
    """One thing that happened: its state on the day of the briefing, how sure it is, what of the portfolio it touches, where it is read.

    `day` is the day of the event, empty where no account gives one; `dated` says it, or when it was first read.
    `standing` is who says so by the nearest account.
    `conflicts` say where accounts differ, `said` is a sentence that supports it, `rules` are ids of rules of the pack.
    """

    day: str
    dated: str
    headline: str
    state: str
    certainty: str
    standing: str
    meaning: list[str]
    conflicts: list[str]
    rules: list[str]
    said: str
    sources: list[Source]


class NewsDay(Frozen):
    """A day that is coming by the news or the pack's events, and what of the portfolio it touches."""

    on: str
    kind: str
    title: str
    branches: list[str]
    touches: list[str]
    sources: list[Source]


class NewsView(Frozen):
    """What the watch knows for a portfolio: what happened since a day, what is coming, rules that may be stale, what is not known."""

    since: str
    seen: int
    touching: int
    lines: list[NewsLine]
    coming: list[NewsDay]
    stale: list[str]
    not_known: list[str]
