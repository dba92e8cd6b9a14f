"""The JSON form in which lists of US agencies are passed on: one list a file, its entities with the same eight fields each."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.listing import ListEntry
from thalweg.sources import cells
from thalweg.sources.files import RawFile, json_value
from thalweg.sources.keys import entry_key
from thalweg.sources.lookups import Lookups
from thalweg.sources.names import printed_aliases, printed_name
from thalweg.sources.places import Places
from thalweg.sources.reading import note

FIELDS: Final = ("name", "aliases", "country", "address", "effective_date", "federal_register", "notes")
_LIST: Final = re.compile(r'"list_id"\s*:\s*"([^"]+)"')
_SEE: Final = re.compile(r"\s*\(\s*see [^)]{0,500}\)\.?", re.IGNORECASE)
_ADDRESSES: Final = re.compile(r";\s+(?:and\s+)?|,\s+and\s+(?=(?:No\.|Room|Unit|Flat|P\.?O)\b)")


def is_extract(file: RawFile, list_id: str) -> bool:
    """Tell whether a file begins as the extract of a list by its id."""
    head = file.head(2_048)
    mark = _LIST.search(head)
    return head.lstrip().startswith("{") and mark is not None and mark[1] == list_id


@dataclass(frozen=True, slots=True)
class Extract:
    """The entities of an extract, and the day of the text that it was taken from."""

    entities: tuple[dict[str, Any], ...]
    data_date: dt.date | None


def read_extract(file: RawFile, source: str) -> Extract:
    """Read an extract. Its date is the one in the name of the file it was taken from, else that of the taking.

    Raises:
        BadInput: naming the field that is missing, or where the count says that entities are.
    """
    data = json_value(file)
    entities = data.get("entities") if isinstance(data, dict) else None
    if not isinstance(entities, list):
        raise BadInput(f"{file.name}: {source}: 'entities' is missing; the form of the list has changed, so it is not read")
    for number, entity in enumerate(entities, 1):
        if missing := [f for f in FIELDS if not isinstance(entity, dict) or f not in entity]:
            raise BadInput(
                f"{file.name}: entity {number:,}: {source}: field {', '.join(map(repr, missing))} is missing; "
                "the form of the list has changed, so it is not read"
            )
    if (count := data.get("count")) is not None and count != len(entities):
        said = f"{count:,}" if isinstance(count, int) else repr(count)[:40]
        raise BadInput(f"{file.name}: holds {len(entities):,} entities and says that it has {said}; it may be cut off")
    date = cells.date_in_name(str(data.get("source_file") or "")) or cells.full_date(str(data.get("extracted") or ""))
    return Extract(tuple(entities), date)


def text(entity: dict[str, Any], field: str) -> str:
    """Return a field of an entity as one line; empty for null."""
    value = entity[field]
    return cells.clean(value) if isinstance(value, str) else ""


def addresses(cell: str) -> tuple[str, ...]:
    """Split addresses that are joined by `; and`, without the references to other entries."""
    found = (cells.clean(_SEE.sub("", a)).strip(" ;").removesuffix(".") for a in _ADDRESSES.split(_SEE.sub("", cell)))
    return cells.unique(a for a in found if len(a) > 1)


def address_countries(found: Sequence[str], places: Places) -> tuple[str, ...]:
    """Return the countries at the ends of addresses, where they can be read."""
    return cells.unique(places.code(a.rpartition(",")[2].strip(" .")) for a in found)


def entry(list_id: str, entity: dict[str, Any], lookups: Lookups, places: Places, **rest: Any) -> ListEntry:
    """Make an entry of what every extract has: names, country, addresses, notices and the date of listing; `rest` are further fields."""
    printed = printed_name(text(entity, "name"))
    raw = entity["aliases"]
    aliases = printed_aliases(tuple(a for a in raw if isinstance(a, str))) if isinstance(raw, list) else ()
    where = addresses(text(entity, "address"))
    countries, unread = places.codes([text(entity, "country")])
    found = address_countries(where, places)
    elsewhere = (
        f"printed under {text(entity, 'country')}, no address there" if countries and found and not set(countries) & set(found) else ""
    )
    if countries == ("CN",) and found == ("HK",):
        elsewhere = ""
    own = rest.pop("own", None)
    cited = cells.notices(text(entity, "federal_register"))
    listed_on, basis, dated = cells.listing_date(own, cited, lookups)
    return ListEntry(
        list=list_id,
        entry_id=entry_key(list_id, text(entity, "name"), countries),
        name=printed.name,
        aliases=_others(printed.name, (*printed.aliases, *aliases)),
        countries=cells.unique((*countries, *found)),
        addresses=where,
        notices=tuple(n.citation for n in cited),
        listed_on=listed_on,
        listed_basis=basis,
        linked_to=cells.unique((*printed.parents, *rest.pop("parents", ()))),
        note=note(rest.pop("dated", "") or dated, unread, elsewhere, printed.note),
        **rest,
    )


def _others(name: str, aliases: Iterable[str]) -> tuple[str, ...]:
    return tuple(a for a in dict.fromkeys(aliases) if a != name)
