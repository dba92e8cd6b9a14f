"""An entry of a supplement of three columns: country, party with its address, citation."""

from __future__ import annotations

from thalweg.nouns.listing import ListEntry
from thalweg.sources import cells, ecfr, extract
from thalweg.sources.keys import entry_key
from thalweg.sources.lookups import Lookups
from thalweg.sources.places import Places
from thalweg.sources.reading import note


def entry_of(list_id: str, row: tuple[list[str], ...], lookups: Lookups, places: Places, url: str) -> ListEntry:
    """Make an entry of a row of the Unverified List or the Military End-User List."""
    country, party, cited = " ".join(row[0]), ecfr.party(row[1]), cells.notices(" ".join(row[2]))
    countries, unread = places.codes([country])
    listed_on, basis, dated = cells.listing_date(None, cited, lookups)
    return ListEntry(
        list=list_id,
        entry_id=entry_key(list_id, party.printed.name, countries),
        name=party.printed.name,
        aliases=tuple(a for a in (*party.printed.aliases, *party.aliases) if a != party.printed.name),
        countries=cells.unique((*countries, *extract.address_countries(party.addresses, places))),
        addresses=party.addresses,
        notices=tuple(n.citation for n in cited),
        listed_on=listed_on,
        listed_basis=basis,
        linked_to=party.printed.parents,
        note=note(dated, unread, party.printed.note),
        url=url,
    )
