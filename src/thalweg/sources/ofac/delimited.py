"""Read OFAC's delimited files: a main file, one of addresses and one of other names, no header row, `-0-` for nothing.

SDN data specification, https://webarchive.library.unt.edu/eot2008/20090109015951/http:/treasury.gov/offices/enforcement/ofac/sdn/dat_spec.txt,
and https://moov-io.github.io/watchman/file-structure for the columns.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from thalweg.evidence import BadInput
from thalweg.nouns.listing import ListEntry, PartyType
from thalweg.sources import cells
from thalweg.sources.files import RawFile, records
from thalweg.sources.identifiers import unique_identifiers
from thalweg.sources.lookups import Lookups
from thalweg.sources.ofac.lists import is_consolidated, lists_of
from thalweg.sources.ofac.remarks import read_remarks, to_identifier
from thalweg.sources.places import Places
from thalweg.sources.reading import Collected, Reading, joined, note

_NULL: Final = "-0-"
_MAIN: Final = re.compile(r'\s*\d+\s*,\s*(?:"[^"]*"|[^,"]*)\s*,\s*(?:-0-|"[^"]*")\s*,')
_TYPES: Final[dict[str, PartyType]] = {"": "entity", "individual": "individual", "vessel": "vessel", "aircraft": "aircraft"}
_PARTS: Final = {"sdn": ("alt.csv", "add.csv", "sdn_comments.csv"), "cons_prim": ("cons_alt.csv", "cons_add.csv", "cons_comments.csv")}
SDN_URL: Final = "https://sanctionslist.ofac.treas.gov/Home/SdnList"
CONSOLIDATED_URL: Final = "https://sanctionslist.ofac.treas.gov/Home/ConsolidatedList"


def recognizes(file: RawFile) -> bool:
    """Tell whether a file is the main file of the SDN List or of the consolidated non-SDN list."""
    line = file.head().partition("\n")[0]
    return _MAIN.match(line) is not None and line.count(_NULL) + line.count('"') // 2 >= 9


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of a main file with the names and addresses of the files beside it. The files state no date.

    Raises:
        BadInput: if a file of names or addresses is missing, a record has another number of fields, or one stands without its party.
    """
    main = list(records(file, "ofac", 12, fallback="cp1252"))
    consolidated = is_consolidated([_programs(record[3]) for _, record in main])
    alt, add, comments = _PARTS["cons_prim" if file.name.casefold().startswith("cons") else "sdn"]
    known = {record[0].strip() for _, record in main}
    names, addresses = (_grouped(_companion(file, n), w, known) for n, w in ((alt, 5), (add, 6)))
    more = file.beside(comments)
    extended = {r[0].strip(): _value(r[1]) for _, r in records(more, "ofac", 2, fallback="cp1252")} if more else {}
    places = Places(lookups)
    found = Collected()
    for line, record in main:
        number = record[0].strip()
        where = f"{file.name}: line {line}"
        entry = _entry(record, names[number], addresses[number], extended.get(number, ""), consolidated, places, where)
        for list_id in lists_of(entry.programs, entry.remarks) if consolidated else ("sdn",):
            found.add(replace(entry, list=list_id))
    return found.reading()


def _companion(file: RawFile, name: str) -> RawFile:
    companion = file.beside(name)
    if companion is None:
        raise BadInput(f"{file.name}: {name} does not lie beside it; without it the names or addresses of the list would be missing")
    return companion


def _grouped(file: RawFile, width: int, known: set[str]) -> defaultdict[str, list[list[str]]]:
    grouped: defaultdict[str, list[list[str]]] = defaultdict(list)
    for line, record in records(file, "ofac", width, fallback="cp1252"):
        number = record[0].strip()
        if number not in known:
            raise BadInput(f"{file.name}: line {line}: entry {number} is not in the main file; the files are not of one day")
        grouped[number].append(record)
    return grouped


def _value(text: str) -> str:
    clean = cells.clean(text)
    return "" if clean == _NULL else clean


def _programs(cell: str) -> tuple[str, ...]:
    """Split `NPWMD] [IFSR`."""
    return cells.unique(p.strip(" []") for p in _value(cell).split("] ["))


def _entry(
    record: Sequence[str],
    names: Sequence[Sequence[str]],
    addresses: Sequence[Sequence[str]],
    extended: str,
    consolidated: bool,
    places: Places,
    where: str,
) -> ListEntry:
    number, name, kind, program, title, call_sign, vessel_type, _, _, flag, owner, remark = map(_value, record)
    if kind.casefold() not in _TYPES:
        raise BadInput(f"{where}: ofac: type {kind!r} is not known; known are {', '.join(t for t in _TYPES if t)}")
    programs = _programs(program)
    said = read_remarks(f"{remark}{extended}")
    written = [_value(a[4]) for a in addresses]
    countries, unread = places.codes([*written, *said.places])
    listed_on = cells.full_date(said.listed_on)
    return ListEntry(
        list="sdn",
        entry_id=number,
        name=name,
        aliases=cells.unique(a for n in names if (a := _value(n[3])) != name),
        weak_aliases=cells.unique(said.weak_aliases),
        type=_TYPES[kind.casefold()],
        countries=countries,
        addresses=cells.unique(joined((_value(a[2]), _value(a[3]), _value(a[4]))) for a in addresses),
        birth_dates=cells.unique(said.birth_dates),
        identifiers=unique_identifiers(to_identifier(t, n, places.code(c) or "" if c else "") for t, n, c in said.identifiers),
        programs=programs,
        listed_on=listed_on,
        listed_basis="list" if listed_on else "",
        linked_to=cells.unique(said.linked_to),
        remarks=joined(
            (title, vessel_type, f"call sign {call_sign}" if call_sign else "", f"flag: {flag}" if flag else "", owner, remark + extended),
            "; ",
        ),
        note=note("" if listed_on else cells.NO_DATE, unread, *said.notes),
        url=CONSOLIDATED_URL if consolidated else SDN_URL,
    )
