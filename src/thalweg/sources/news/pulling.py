"""Pull a source of news: by the client that its metadata names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final, cast

from thalweg.evidence import BadInput
from thalweg.sources.caller import Caller
from thalweg.sources.news.catalogue import NewsSource
from thalweg.sources.news.reach import Batch, Reach

__all__ = ["HOMES", "Batch", "Reach", "pull"]

HOMES: Final = {
    "federal_register": "federal_register.client",
    "federal_register_inspection": "federal_register_inspection.client",
    "ecfr": "ecfr.client",
    "gdelt": "gdelt.client",
    "edgar": "edgar.client",
    "feed": "feeds",
    "page": "pages",
    "index": "pages",
    "folder": "folders",
}


def pull(source: NewsSource, since: dt.date, caller: Caller, *, until: dt.date | None = None) -> Iterator[Batch]:
    """Yield the documents of a source from a day on, in batches that are each complete.

    After a batch is stored, the source is read through the day that the batch names.

    Raises:
        BadInput: with the address and the reason, if the source cannot be read; batches that were yielded before stand.
    """
    if source.client not in HOMES:
        raise BadInput(f"{source.id}: is not fetched; it is made of the lists in the store")
    last = until or caller.clock().date()
    module = import_module(f"thalweg.sources.news.{HOMES[source.client]}")
    client = cast("Callable[[Reach], Iterator[Batch]]", module.pull)
    yield from client(Reach(source, caller, min(since, last), last))
