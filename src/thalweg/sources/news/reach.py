"""What a client of a source is handed, and what it gives back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from thalweg.nouns.news import Document
from thalweg.sources.addresses import without_secrets
from thalweg.sources.caller import Answer, Caller
from thalweg.sources.documents import Origin
from thalweg.sources.news.catalogue import NewsSource


@dataclass(frozen=True, slots=True)
class Reach:
    """A source, the way to it, and the days to read: from `since` through `until`."""

    source: NewsSource
    caller: Caller
    since: dt.date
    until: dt.date

    def origin(self, answer: Answer | None = None) -> Origin:
        """Return what is known of a document of the source that comes with an answer."""
        known = Origin(source=self.source.id, publisher=self.source.publisher, kind=self.source.kind, language=self.source.language)
        if answer is None:
            return known
        from dataclasses import replace

        return replace(
            known,
            url=without_secrets(answer.url),
            charset=answer.charset,
            media_type=answer.media_type,
            fetched_at=answer.at,
            sha256=answer.sha256,
            cut=answer.cut,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents of a source, and the day through which it is read once they are stored; `note` says what a person should know.

    `fresh` says that the source answered with something new, as far as it can be told without the store.
    """

    documents: tuple[Document, ...]
    through: str
    note: str = ""
    fresh: bool = True
