"""What changed between two copies of a list."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Final

from thalweg.nouns.listing import Identifier, ListEntry
from thalweg.nouns.names import name_key
from thalweg.store.model import Changed, FieldChange, ListDiff, Renamed, Snapshot

_COMPARED: Final = tuple(f.name for f in fields(ListEntry) if f.name not in ("list", "entry_id", "note", "url", "listed_basis"))
_PLAIN: Final = re.compile(r"[\W_]+")
_SHARED_BY_MANY: Final = 10_000
"""Pairs beyond which a mark that entries have in common says nothing of any two of them."""
_ALIKE: Final = 0.5
"""Share of words that two names have in common, from which a notice in common makes them one entry."""
_LONG_ALIAS: Final = 3
"""Words of an alias that two organizations do not share by chance."""
_ONE_EACH: Final = ("lei", "uscc", "imo")
"""Kinds of number of which a party has one at a time."""
_MANY: Final = 10
"""Entries that state a field in one copy, from which the other copy, where none does, is taken to lack it."""
_WHAT: Final = ("identifier", "name", "notice")

Pair = tuple[ListEntry, ListEntry, str]


def compare(before: tuple[Snapshot, Sequence[ListEntry]], after: tuple[Snapshot, Sequence[ListEntry]]) -> ListDiff:
    """Compare two copies, each given with at least the entries whose wording is not in the other."""
    a, b = before[0], after[0]
    unstated = not_stated(a.fields, b.fields)
    old, new = _by_id(before[1]), _by_id(after[1])
    added = [e for key, found in new.items() if key not in old for e in found]
    removed = [e for key, found in old.items() if key not in new for e in found]
    changed: list[Changed] = []
    for key in old.keys() & new.keys():
        pairs, more, less = _same_id(old[key], new[key])
        added += more
        removed += less
        changed += [Changed(key, x, y, found) for x, y in pairs if (found := field_changes(x, y, leave_out=unstated))]
    renamed = renames(removed, added)
    gone, come = {id(x) for x, _, _ in renamed}, {id(y) for _, y, _ in renamed}
    return ListDiff(
        a.list,
        a.data_date,
        b.data_date,
        a.rows,
        b.rows,
        added=tuple(sorted((e for e in added if id(e) not in come), key=_order)),
        removed=tuple(sorted((e for e in removed if id(e) not in gone), key=_order)),
        changed=tuple(sorted(changed, key=lambda c: _order(c.after))),
        renamed=tuple(
            sorted((Renamed(x, y, why, field_changes(x, y, leave_out=unstated)) for x, y, why in renamed), key=lambda r: _order(r.after))
        ),
        not_compared=tuple(sorted(unstated)),
    )


def field_changes(before: ListEntry, after: ListEntry, *, leave_out: frozenset[str] = frozenset()) -> tuple[FieldChange, ...]:
    """Return the fields that differ, the order within a field aside.

    The key, and what the reader of a file adds (`note`, `url`, `listed_basis`), are not compared; listing dates only where both have
    the same basis.
    """
    if before.listed_basis != after.listed_basis:
        leave_out |= {"listed_on"}
    return tuple(
        FieldChange(name, was, now)
        for name in _COMPARED
        if name not in leave_out and _settled(was := getattr(before, name)) != _settled(now := getattr(after, name))
    )


def not_stated(one: Mapping[str, int], other: Mapping[str, int]) -> frozenset[str]:
    """Return the fields that one of two copies states for no entry, as its form lacks them; given how many entries state each field."""
    return frozenset(n for n in _COMPARED if _lacks(one, other, n) or _lacks(other, one, n))


def _lacks(fields: Mapping[str, int], others: Mapping[str, int], name: str) -> bool:
    """Say whether a copy comes from a form without a field: no entry states what many state in the other copy."""
    return not fields.get(name) and others.get(name, 0) >= _MANY


def renames(removed: Sequence[ListEntry], added: Sequence[ListEntry]) -> list[Pair]:
    """Pair entries that are one party under two keys, each at most once; the strongest of three marks decides.

    1. An identifier in common.
    2. A name in common: the main name of one of the two, or, of organizations, an alias of three words or more. People share nicknames.
    3. A notice and a country in common, where the names have half of their words in common.

    Entries whose types, birth dates or numbers conflict are never one.
    """
    left, right = _by_mark(removed), _by_mark(added)
    found: list[tuple[int, bool, float, str, str, ListEntry, ListEntry, str]] = []
    for mark in left.keys() & right.keys():
        if len(left[mark]) * len(right[mark]) > _SHARED_BY_MANY:
            continue
        for old in left[mark]:
            for new in right[mark]:
                alike = _overlap(_words(old), _words(new))
                if _count(mark, old, new, alike) and not _conflict(old, new):
                    apart = 0.0 if set(old.countries) & set(new.countries) or not (old.countries and new.countries) else 1.0
                    why = f"{_WHAT[mark[0]]} in common: {mark[1]}"
                    found.append((mark[0], old.name != new.name, apart - alike, old.entry_id, new.entry_id, old, new, why))
    taken: set[int] = set()
    pairs: list[Pair] = []
    for *_, old, new, why in sorted(found, key=lambda f: (f[:5], f[7])):
        if id(old) not in taken and id(new) not in taken:
            taken |= {id(old), id(new)}
            pairs.append((old, new, why))
    return pairs


def _count(mark: tuple[int, str], old: ListEntry, new: ListEntry, alike: float) -> bool:
    """Say whether a mark in common makes two entries one."""
    tier, text = mark
    if tier == 1:
        main = text in (name_key(old.name), name_key(new.name))
        return main or ("individual" not in (old.type, new.type) and text.count(" ") >= _LONG_ALIAS - 1)
    return tier == 0 or alike >= _ALIKE


def _conflict(old: ListEntry, new: ListEntry) -> bool:
    if old.type and new.type and old.type != new.type:
        return True
    if old.birth_dates and new.birth_dates and not any(_same_day(a, b) for a in old.birth_dates for b in new.birth_dates):
        return True
    for kind in _ONE_EACH:
        olds, news = ({_number(i) for i in e.identifiers if i.kind == kind} for e in (old, new))
        if olds and news and not olds & news:
            return True
    return False


def _same_day(a: str, b: str) -> bool:
    """Whether two dates of birth can be one, each at its own precision."""
    return a.startswith(b) or b.startswith(a)


def _by_id(entries: Iterable[ListEntry]) -> dict[str, list[ListEntry]]:
    found: dict[str, list[ListEntry]] = {}
    for entry in entries:
        found.setdefault(entry.entry_id, []).append(entry)
    return found


def _same_id(old: list[ListEntry], new: list[ListEntry]) -> tuple[list[tuple[ListEntry, ListEntry]], list[ListEntry], list[ListEntry]]:
    """Pair entries under one key, equal names first; return the pairs, what came and what went."""
    rest = list(new)
    pairs: list[tuple[ListEntry, ListEntry]] = []
    alone: list[ListEntry] = []
    for entry in old:
        match = next((e for e in rest if e.name == entry.name), None)
        if match is None:
            alone.append(entry)
        else:
            rest.remove(match)
            pairs.append((entry, match))
    both = min(len(alone), len(rest))
    return pairs + list(zip(alone, rest, strict=False)), rest[both:], alone[both:]


def _by_mark(entries: Sequence[ListEntry]) -> dict[tuple[int, str], list[ListEntry]]:
    found: dict[tuple[int, str], list[ListEntry]] = defaultdict(list)
    for entry in entries:
        for mark in dict.fromkeys(_marks(entry)):
            found[mark].append(entry)
    return found


def _marks(entry: ListEntry) -> Iterator[tuple[int, str]]:
    for identifier in entry.identifiers:
        if value := _number(identifier):
            yield 0, f"{identifier.kind} {value}"
    for name in (entry.name, *entry.aliases):
        if len(key := name_key(name)) > 2:
            yield 1, key
    for notice in entry.notices:
        for country in entry.countries or ("",):
            yield 2, f"{notice} ({country})" if country else notice


def _number(identifier: Identifier) -> str:
    return _PLAIN.sub("", identifier.value).upper()


def _words(entry: ListEntry) -> frozenset[str]:
    return frozenset(name_key(entry.name).split())


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def _settled(value: object) -> object:
    """Return a value in which order does not count, so that an issuer who reorders aliases changes nothing."""
    return frozenset(value) if isinstance(value, tuple) else value


def _order(entry: ListEntry) -> tuple[str, str]:
    return entry.name, entry.entry_id
