"""A folder of files as a source: what a person saves there is read at each pull, new and changed files are new documents and versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.documents import read_folder
from thalweg.sources.news.reach import Batch, Reach


def pull(reach: Reach) -> Iterator[Batch]:
    """Yield the documents of a folder; files that cannot be read are named in the note.

    Raises:
        BadInput: if the folder cannot be read or holds nothing, or none of its files can be read.
    """
    found: list[Document] = []
    failed: list[str] = []
    for _, read in read_folder(Path(reach.source.address), reach.origin()):
        if isinstance(read, BadInput):
            failed.append(str(read))
        else:
            found += read
    if failed and not found:
        raise BadInput(f"{reach.source.address}: none of its {len(failed)} files can be read; the first: {failed[0]}")
    note = f"{len(failed)} files could not be read; the first: {failed[0]}" if failed else ""
    yield Batch(tuple(found), reach.until.isoformat(), note, fresh=False)
