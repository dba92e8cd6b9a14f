"""A feed of anyone: RSS, Atom or RDF, each entry a document; the articles it links to are fetched where the source says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.answers import TryAgain
from thalweg.sources.caller import Answer
from thalweg.sources.documents.feed import feed_root, read_feed
from thalweg.sources.documents.items import read_items
from thalweg.sources.news.pages import with_bodies
from thalweg.sources.news.reach import Batch, Reach

_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"

_LARGE: Final = 8
"""Entries from which on a feed that shrinks is noticed."""
_SHRUNK: Final = 4
"""Times by which it shrinks."""


def pull(reach: Reach) -> Iterator[Batch]:
    """Yield the entries of a feed; all of them, as its publisher takes old ones out itself.

    Raises:
        BadInput: if it cannot be fetched, or no entry can be read.
    """
    before = reach.caller.last(reach.source.address)
    answer = reach.caller.get(reach.source.address, accept=_ACCEPT, again=True, check=_check)
    made, notes = _read(reach, answer)
    if before and not answer.unchanged and made and not _overlap(reach, before, made):
        notes.add("no entry of the last pull is left in the feed: some may have come and gone since; pull it more often")
    if before and not answer.unchanged and (had := _many(reach, before)) >= _LARGE and len(made) * _SHRUNK < had:
        notes.add(f"the feed had {had:,} entries and has {len(made):,} now: some may be missing")
    if answer.cut:
        notes.add("the feed is longer than is read, and was cut")
    yield Batch(tuple(made), reach.until.isoformat(), "; ".join(sorted(notes)), fresh=not answer.unchanged)


def _many(reach: Reach, before: Answer) -> int:
    """Return how many entries an earlier answer had; 0 where it cannot be read."""
    try:
        return len(_entries(reach, before))
    except BadInput:
        return 0


def documents(reach: Reach, answer: Answer) -> list[Document]:
    """Return the documents of a feed, with the articles where the source says so."""
    return _read(reach, answer)[0]


def _overlap(reach: Reach, before: Answer, made: Sequence[Document]) -> bool:
    """Tell whether an entry of an earlier answer is still there; so too where the earlier answer had none."""
    try:
        old = {d.id for d in _entries(reach, before)}
    except BadInput:
        return True
    return not old or any(d.id in old for d in made)


def _entries(reach: Reach, answer: Answer) -> list[Document]:
    origin = reach.origin(answer)
    if answer.text().lstrip("\ufeff \r\n\t")[:1] == "{":
        return read_items(answer.data, replace(origin, url=""))
    return read_feed(answer.data, origin)


def _read(reach: Reach, answer: Answer) -> tuple[list[Document], set[str]]:
    """Return the documents and what is to be said of the feed; the latter is no fact of its entries, which are the same a day later."""
    made = _entries(reach, answer)
    notes = {d.facts["feed_note"] for d in made if "feed_note" in d.facts}
    made = [replace(d, facts={k: v for k, v in d.facts.items() if k != "feed_note"}) for d in made]
    return with_bodies(made, reach) if reach.source.options.get("articles") else made, notes


def _check(answer: Answer) -> None:
    """Tell a feed from the page of an error that comes in its place.

    Raises:
        TryAgain: if the answer is no feed.
    """
    text = answer.text().lstrip("\ufeff \r\n\t")
    if not text:
        raise TryAgain("answered with nothing")
    if text[:1] == "{":
        if "items" not in answer.json():
            raise TryAgain("answered with JSON that is no feed")
    elif not feed_root(text):
        raise TryAgain(f"answered with what is no feed: {' '.join(text[:80].split())!r}")
