"""The digest of a portfolio as a section of its briefing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thalweg.briefs import Portfolio
    from thalweg.briefs.model_base import Source
    from thalweg.briefs.model_news import NewsView
    from thalweg.pack import Pack

LINES = 12


def news_view(portfolio: Portfolio, *, pack: Pack, date: dt.date, since: dt.date, store: str | Path | None) -> NewsView:
    """Return what a store of the watch knows for a portfolio.

    Args:
        portfolio: what the firm deals with.
        pack: the knowledge.
        date: the day of the briefing.
        since: the first day that is told of.
        store: a path or a URL; the store of the user if None.

    Raises:
        StoreError: if there is no store, or it cannot be read.
    """
    from thalweg.briefs.model_news import NewsDay, NewsLine, NewsView
    from thalweg.desk.watch_digest import digest_of
    from thalweg.desk.watch_pack import interests
    from thalweg.store import open_store

    mine = interests(portfolio, pack, date)
    with open_store(store, create=False) as opened, opened.watch() as room:
        found = digest_of(room, pack, mine, date, since, limit=LINES)
    return NewsView(
        since=found.since,
        seen=found.seen,
        touching=found.touching,
        lines=[
            NewsLine(
                day=x.day,
                dated=x.dated,
                headline=x.headline,
                state=x.state,
                certainty=x.certainty,
                standing=x.standing,
                meaning=x.meaning,
                conflicts=x.conflicts,
                rules=x.rules,
                said=x.evidence,
                sources=_sources(x.sources),
            )
            for x in found.lines
        ],
        coming=[
            NewsDay(on=x.on, kind=x.kind, title=x.title, branches=x.branches, touches=x.touches, sources=_sources(x.sources))
            for x in found.coming
        ],
        stale=found.stale,
        not_known=found.not_known,
    )


def _sources(found: Sequence[dict[str, str]]) -> list[Source]:
    from thalweg.briefs.claims import sources

    return sources(found)
