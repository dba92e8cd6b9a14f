"""The key of an entry whose issuer gives it no number."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from thalweg.nouns.listing import ListEntry

_WORDS = re.compile(r"[^\w]+")


def entry_key(list_id: str, name: str, countries: Iterable[str]) -> str:
    """Return list and hash of the normalized name and countries: `entity_list-07b013625d`.

    Case, width, punctuation and order of the countries do not count. Hong Kong counts as China, because the Entity List prints
    it under China and the screening list prints either or both.
    """
    words = " ".join(w for w in _WORDS.split(unicodedata.normalize("NFKC", name).casefold()) if w)
    places = ",".join(sorted({"CN" if c == "HK" else c for c in countries}))
    return f"{list_id}-{hashlib.sha256(f'{words}|{places}'.encode()).hexdigest()[:10]}"


def keyed(entries: Sequence[ListEntry]) -> tuple[ListEntry, ...]:
    """Give every entry of one list a key of its own; order is kept.

    Entries that share a key (one person at two addresses, say) are told apart by what else they hold: the first of them by content
    keeps the key, each other has a hash of its content behind it. Entries equal in everything are counted: -2, -3. So the order of
    the file does not matter, and an entry keeps its key when one that shared it goes, unless that one came first.
    """
    shared: defaultdict[str, list[int]] = defaultdict(list)
    for i, entry in enumerate(entries):
        shared[entry.entry_id].append(i)
    if len(shared) == len(entries):
        return tuple(entries)
    result = list(entries)
    taken = set(shared)
    for key, places in shared.items():
        if len(places) == 1:
            continue
        seen: defaultdict[str, int] = defaultdict(int)
        for rank, (content, i) in enumerate(sorted((_content(entries[i]), i) for i in places)):
            seen[content] += 1
            if rank == 0:
                continue
            wanted = key if content == _first(seen) else f"{key}-{hashlib.sha256(content.encode()).hexdigest()[:6]}"
            count = seen[content]
            name = wanted if count == 1 else f"{wanted}-{count}"
            while name in taken:
                count += 1
                name = f"{wanted}-{count}"
            taken.add(name)
            result[i] = replace(entries[i], entry_id=name)
    return tuple(result)


def _first(seen: dict[str, int]) -> str:
    return next(iter(seen))


def _content(entry: ListEntry) -> str:
    return repr(
        (
            entry.name,
            entry.addresses,
            entry.notices,
            entry.listed_on,
            entry.ends_on,
            sorted(entry.aliases),
            entry.birth_dates,
            entry.countries,
        )
    )
