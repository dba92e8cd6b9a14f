"""Read raw bytes again that were fetched before: by the readers of today, without a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import cast

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.addresses import shown
from thalweg.sources.archive import Archive, Raw
from thalweg.sources.caller import MAX_BODY, Answer, Caller, Values, address_of
from thalweg.sources.news.catalogue import NewsSource
from thalweg.sources.news.pulling import HOMES
from thalweg.sources.news.reach import Reach


class Kept(Caller):
    """Answers out of the archive: what an address gave last; an address that was never fetched is refused."""

    def __init__(self, source: str, archive: Archive) -> None:
        super().__init__(source, archive=archive)
        self._held = archive

    def secure(self, url: str) -> str:
        """Return the address under which an article was fetched."""
        safe = super().secure(url)
        return safe if self._held.last(self.source, safe) else url

    def get(  # noqa: D102  (as of Caller)
        self,
        url: str,
        values: Values | None = None,
        *,
        accept: str = "*/*",
        again: bool = False,
        fresh_for: dt.timedelta | None = None,
        or_last: bool = False,
        missing: bool = False,
        max_bytes: int = MAX_BODY,
        check: Callable[[Answer], object] | None = None,
    ) -> Answer:
        del accept, again, fresh_for, or_last, missing, check
        raw = self._held.last(self.source, address_of(url, values))
        if raw is None:
            raise BadInput(f"{shown(url)}: was not fetched")
        return _answer(raw, self._held.read(raw.sha256)[:max_bytes])


def read_again(source: NewsSource, archive: Archive) -> Iterator[Document | BadInput]:
    """Yield the documents of what was fetched from a source, as its readers read them now; where it cannot be read, the reason.

    Of each address the last content is read.
    """
    if source.client not in HOMES or source.client == "folder":
        return
    module = import_module(f"thalweg.sources.news.{HOMES[source.client]}")
    read = cast("Callable[[Reach, Answer], list[Document]]", module.documents)
    holds: Callable[[str], bool] = getattr(module, "answers_documents", lambda url: (url == source.address) != (source.client == "index"))
    with Kept(source.id, archive) as caller:
        reach = Reach(source, caller, dt.date.min, dt.date.max)
        last = {raw.url: raw for raw in archive.all(source.id) if holds(raw.url)}
        for raw in last.values():
            try:
                yield from read(reach, _answer(raw, archive.read(raw.sha256)))
            except BadInput as error:
                yield error
            except Exception as error:  # noqa: BLE001  (an answer that was refused when it was fetched is kept too)
                yield BadInput(f"{shown(raw.url)}: what was fetched at {raw.last_at} cannot be read ({type(error).__name__})")


def _answer(raw: Raw, data: bytes) -> Answer:
    return Answer(raw.url, data, dt.datetime.fromisoformat(raw.last_at), 200, raw.media_type, raw.sha256, raw.cut, unchanged=True)
