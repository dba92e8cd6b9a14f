"""Pull a source: fetch each of its files into a folder of its own."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from pathlib import Path

from thalweg.evidence import BadInput
from thalweg.sources.catalogue import Source
from thalweg.sources.download import Fetched, Progress, fetch
from thalweg.sources.transport import CONTACT, Patience


def pull(
    source: Source,
    folder: Path,
    *,
    allow: Collection[str] = (),
    contact: str = CONTACT,
    patience: Patience | None = None,
    progress: Progress | None = None,
) -> tuple[Fetched, ...]:
    """Fetch the files of a source into `folder/ID` and return them in the order of its downloads.

    Where the address of a file names a day, it is the last day that the source's own index has.

    Raises:
        BadInput: for a source without an address, or as `fetch` does.
    """
    if not source.downloads:
        raise BadInput(f"{source.id}: has no address to fetch from. {source.by_hand}")
    home = folder / source.id
    date = _last_day(source, home, allow, contact, patience) if source.dated_by else ""
    return tuple(
        fetch(
            download.url.replace("{date}", date),
            home,
            name=download.file.replace("{date}", date),
            allow=allow,
            contact=contact,
            patience=patience,
            progress=progress,
        )
        for download in source.downloads
    )


def _last_day(source: Source, home: Path, allow: Collection[str], contact: str, patience: Patience | None) -> str:
    """Return the last day for which the eCFR has Title 15."""
    index = fetch(source.dated_by, home, name=".titles.json", allow=allow, contact=contact, patience=patience)
    try:
        titles = json.loads(index.path.read_bytes())["titles"]
        day = next(t["up_to_date_as_of"] for t in titles if t["number"] == 15)
        return dt.date.fromisoformat(day).isoformat()
    except (ValueError, KeyError, TypeError, StopIteration, RecursionError) as error:
        raise BadInput(f"{source.dated_by}: does not say for which day Title 15 is there; the form of the index has changed") from error
