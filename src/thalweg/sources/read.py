"""Read list files: recognize what each is by what it holds, and hand it to the reader of its source."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from thalweg.evidence import BadInput
from thalweg.nouns.listing import LIST_IDS, ListCopy
from thalweg.sources.cells import date_in_name
from thalweg.sources.files import RawFile, gather
from thalweg.sources.lookups import Lookups

if TYPE_CHECKING:
    from thalweg.sources.reading import Reader


def read_lists(path: str | Path, lookups: Lookups, *, list_id: str | None = None, data_date: dt.date | None = None) -> tuple[ListCopy, ...]:
    """Read a list file and return a copy of each list in it, in the order of `LIST_IDS`.

    A ZIP archive or a folder gives the copies of each list file in it, file by file: two files may hold the same list. `list_id` keeps
    one list. The data date is the one given, else the one that the content of the file states, else the one in its name.

    Raises:
        BadInput: with the file and what to do, for a file that cannot be read, is of no known form, or tells no date.
    """
    if list_id is not None and list_id not in LIST_IDS:
        raise BadInput(f"{list_id!r} is not a list; known are {', '.join(LIST_IDS)}")
    where = Path(path)
    files = gather(where)
    known = readers()
    copies: list[ListCopy] = []
    for file in files:
        for source in _sources_of(file, known, where):
            copies += _copies(file, source, known[source], lookups, data_date, where.name)
    if not copies:
        raise BadInput(f"{path}: holds no list")
    if list_id is not None and not (chosen := [c for c in copies if c.list == list_id]):
        raise BadInput(f"{path}: holds no row of {list_id}; it holds {', '.join(dict.fromkeys(c.list for c in copies))}")
    return tuple(copies if list_id is None else chosen)


def readers() -> dict[str, Reader]:
    """Return the reader of each source, in the order in which a file is offered to them."""
    from thalweg.sources.bis_dpl import read as bis_dpl
    from thalweg.sources.bis_entity_list import read as bis_entity_list
    from thalweg.sources.bis_meu import read as bis_meu
    from thalweg.sources.bis_uvl import read as bis_uvl
    from thalweg.sources.csl import read as csl
    from thalweg.sources.dod_1260h import read as dod_1260h
    from thalweg.sources.eu import read as eu
    from thalweg.sources.ofac import read as ofac
    from thalweg.sources.uk import read as uk
    from thalweg.sources.un import read as un

    modules: tuple[Reader, ...] = (csl, bis_entity_list, bis_meu, bis_uvl, bis_dpl, dod_1260h, ofac, un, eu, uk)
    return {module.ID: module for module in modules}


def _sources_of(file: RawFile, known: dict[str, Reader], where: Path) -> list[str]:
    """Return the sources whose form a file has: several for a part of the CFR, none for a file that is read with another."""
    if found := [source for source, reader in known.items() if reader.recognizes(file)]:
        return found
    if owner := belongs_to(file):
        if file.beside(owner) is None:
            raise BadInput(f"{file.name}: is only a part of a list; it is read with {owner}, which does not lie beside it")
        if where.is_file() and where.name == file.name:
            raise BadInput(f"{file.name}: is only a part of a list; give {owner}, and it is read with it")
        return []
    raise BadInput(f"{file.name}: is not a list in a form known here; known are the forms of {', '.join(known)}")


def belongs_to(file: RawFile) -> str | None:
    """Return the name of the main file of OFAC's delimited form that a file is a part of."""
    mark = re.fullmatch(r"(?:(?P<cons>cons_)(?:alt|add|comments)|(?:alt|add|sdn_comments))\.csv", file.name, re.IGNORECASE)
    return None if mark is None else "cons_prim.csv" if mark["cons"] else "sdn.csv"


def _copies(file: RawFile, source: str, reader: Reader, lookups: Lookups, given: dt.date | None, where: str) -> Iterator[ListCopy]:
    try:
        reading = reader.read(file, lookups)
    except BadInput as error:
        raise error if str(error).startswith(file.name) else BadInput(f"{file.name}: {error}") from error
    date = given or reading.data_date or date_in_name(file.name) or date_in_name(where)
    if not any(reading.entries.values()):
        raise BadInput(f"{file.name}: holds no rows; the last good copy stays")
    if date is None:
        raise BadInput(f"{file.name}: neither its content nor its name says of which day it is; give --data-date YYYY-MM-DD")
    for list_id in LIST_IDS:
        if entries := reading.entries.get(list_id):
            yield ListCopy(list_id, date, entries, source, file.name, file.sha256)
