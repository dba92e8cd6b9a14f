"""The index of listed names: words to names, and for a query the names that are worth a closer look."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from thalweg.nouns.listing import ListEntry
from thalweg.parties.evidence import number_keys
from thalweg.parties.lexicon import FORM, INITIAL, NUMBER, PARTICLE
from thalweg.parties.name import Name, Reader, Token, is_of_person
from thalweg.parties.near import Nearby

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Found = tuple[Ints, Floats]
"""Numbers of names, each once, and how much of a word they share."""

CANDIDATES: Final = 50
"""How many names are looked at closely for one reading of a query."""
DEEP_FROM: Final = 5
"""Words of this many letters are found with two edits."""
PRIMARY: Final = 0
ALIAS: Final = 1
WEAK_ALIAS: Final = 2


@dataclass(frozen=True, slots=True)
class ListStamp:
    """Which copy of a list was screened against.

    Before ``first_day`` no entry of the list can have stood; ``first_because`` says why, as a clause.
    """

    id: str
    data_date: dt.date | None
    rows: int
    note: str = ""
    first_day: dt.date | None = None
    first_because: str = ""


@dataclass(frozen=True, slots=True)
class Postings:
    """For each word, the names that hold it: ``names[starts[w]:starts[w + 1]]``."""

    starts: Ints
    names: Ints

    def of(self, word: int) -> Ints:
        """Return the names that hold a word."""
        return self.names[self.starts[word] : self.starts[word + 1]]


def _postings(words: Sequence[int], names: Sequence[int], count: int) -> Postings:
    key = np.array(words, np.int64)
    order = np.argsort(key, kind="stable")
    starts = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(key, minlength=count), out=starts[1:])
    return Postings(starts, np.array(names, np.int32)[order])


@dataclass(slots=True)
class Index:
    """Listed names, ready to be searched; made by :func:`build`."""

    reader: Reader
    entries: tuple[ListEntry, ...]
    lists: tuple[ListStamp, ...]
    names: list[str]
    vias: dict[int, str]
    entry_of: Ints
    standing: NDArray[np.int8]
    tokens: list[Token]
    texts: list[str]
    weights: Floats
    lengths: Ints
    special: NDArray[np.bool_]
    sounds: Ints
    name_tokens: Ints
    name_starts: Ints
    name_weights: Floats
    name_letters: Floats
    persons: NDArray[np.int8]
    of_person: NDArray[np.bool_]
    holders: Postings
    joined: Postings
    joined_texts: list[str]
    joined_weights: Floats
    surfaces: Ints
    near: Nearby
    near_joined: Nearby
    by_text: dict[str, list[int]]
    alike: Postings
    sound_ids: dict[str, int]
    by_group: dict[str, list[int]]
    by_number: dict[tuple[str, str], list[int]]
    addresses: tuple[int, ...]
    first_days: dict[str, dt.date] = field(default_factory=dict)
    expanded: dict[Token, Found] = field(default_factory=dict)
    expanded_joins: dict[str, Found] = field(default_factory=dict)
    kept: int = 0
    _read: dict[int, Name] = field(default_factory=dict)

    def name(self, number: int) -> Name:
        """Return a listed name as it was read."""
        found = self._read.get(number)
        if found is None:
            ids = self.name_tokens[self.name_starts[number] : self.name_starts[number + 1]]
            person = (None, True, False)[int(self.persons[number])]
            found = Name(self.names[number], tuple(self.tokens[i] for i in ids.tolist()), self.vias.get(number, ""), person)
            self._read[number] = found
        return found


def build(entries: Iterable[ListEntry], reader: Reader, lists: Sequence[ListStamp] = ()) -> Index:
    """Index the names of entries. Names that hold nothing to read are left out."""
    entries = tuple(entries)
    ids: dict[Token, int] = {}
    texts: list[str] = []
    vias: dict[int, str] = {}
    entry_of: list[int] = []
    standing: list[int] = []
    persons: list[int] = []
    of_person: list[bool] = []
    flat: list[int] = []
    starts: list[int] = [0]
    joins: dict[str, int] = {}
    join_words: list[int] = []
    join_names: list[int] = []
    join_weights: list[float] = []
    for number, entry in enumerate(entries):
        for rank, text in _names_of(entry):
            for name in reader.read_listed(text, entry.type):
                own = len(texts)
                texts.append(text)
                if name.via:
                    vias[own] = name.via
                entry_of.append(number)
                standing.append(rank)
                persons.append(0 if name.person is None else 1 if name.person else 2)
                of_person.append(is_of_person(name, entry.type))
                flat.extend([ids.setdefault(token, len(ids)) for token in name.tokens])
                starts.append(len(flat))
                for joined, weight in _joined(name.tokens):
                    join_words.append(joins.setdefault(joined, len(joins)))
                    if len(joins) > len(join_weights):
                        join_weights.append(weight)
                    join_names.append(own)
    return _assembled(
        reader,
        entries,
        lists,
        ids,
        texts,
        vias,
        (entry_of, standing, persons, of_person, flat, starts),
        (joins, join_words, join_names, join_weights),
    )


def _joined(tokens: Sequence[Token]) -> Iterable[tuple[str, float]]:
    """Return words of a name written as one, with their weight: neighbors; in a short name any two, and all."""
    held = [t for t in tokens if t.kind != FORM]
    count = len(held)
    if count < 2:
        return
    if count <= SHORT_NAME:
        for a in held:
            for b in held:
                if a is not b and not (a.kind in _NOT_JOINED and b.kind in _NOT_JOINED):
                    yield a.text + b.text, a.weight + b.weight
        if count > 2:
            yield "".join([t.text for t in held]), sum([t.weight for t in held])
        return
    for a, b in pairwise(held):
        if not (a.kind in _NOT_JOINED and b.kind in _NOT_JOINED):
            yield a.text + b.text, a.weight + b.weight


SHORT_NAME: Final = 3
_NOT_JOINED: Final = frozenset((PARTICLE, NUMBER, INITIAL))


def _names_of(entry: ListEntry) -> Iterable[tuple[int, str]]:
    """Yield the names of an entry; one that ends in brackets without these too, as a place or an abbreviation in them is not the name."""
    for standing, names in ((PRIMARY, (entry.name,)), (ALIAS, entry.aliases), (WEAK_ALIAS, entry.weak_aliases)):
        for name in names:
            yield standing, name
            if (bare := without_brackets(name)) != name:
                yield standing, bare


_BRACKETED: Final = re.compile(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]\s*$")


def without_brackets(name: str) -> str:
    """Return a name without the brackets that it ends in; as it is where little would be left."""
    bare = _BRACKETED.sub("", name)
    return bare if sum(c.isalpha() for c in bare) >= LEAST_BARE else name


LEAST_BARE: Final = 4
"""Letters that a name keeps at least when its brackets are left out."""


def _assembled(
    reader: Reader,
    entries: tuple[ListEntry, ...],
    lists: Sequence[ListStamp],
    ids: dict[Token, int],
    texts: list[str],
    vias: dict[int, str],
    columns: tuple[list[int], list[int], list[int], list[bool], list[int], list[int]],
    joins: tuple[dict[str, int], list[int], list[int], list[float]],
) -> Index:
    entry_of, standing, persons, of_person, flat, starts = columns
    tokens = list(ids)
    name_tokens, name_starts = np.array(flat, np.int32), np.array(starts, np.int32)
    counts = np.diff(name_starts)
    owner = np.repeat(np.arange(len(texts), dtype=np.int32), counts)
    minor = np.array([t.minor for t in tokens], np.bool_)
    weight = np.array([t.weight for t in tokens], np.float32)
    major = ~minor[name_tokens] if tokens else np.zeros(0, np.bool_)
    only_minor = np.bincount(owner[major], minlength=len(texts)) == 0
    held = major | only_minor[owner]  # a name of legal forms and particles alone is found by these
    lengths = np.array([len(t.text) for t in tokens], np.int32)
    letters = np.bincount(owner[held], weights=lengths[name_tokens[held]], minlength=len(texts)).astype(np.float32)
    weights = np.bincount(owner[held], weights=weight[name_tokens[held]], minlength=len(texts)).astype(np.float32)
    sound_ids: dict[str, int] = {}
    surfaces: list[tuple[str, int]] = []
    by_text: dict[str, list[int]] = {}
    by_group: dict[str, list[int]] = {}
    for number, token in enumerate(tokens):
        for text in (token.text, *token.others):
            surfaces.append((text, number))
            by_text.setdefault(text, []).append(number)
        for group in groups(token):
            by_group.setdefault(group, []).append(number)
    sounds = [sound_ids.setdefault(t.sound if len(t.sound) > 1 else t.text, len(sound_ids)) for t in tokens]
    return Index(
        reader, entries, tuple(lists), texts, vias,
        np.array(entry_of, np.int32), np.array(standing, np.int8),
        tokens, [t.text for t in tokens], weight, lengths, _special(tokens), np.array(sounds, np.int32),
        name_tokens, name_starts, weights, letters, np.array(persons, np.int8), np.array(of_person, np.bool_),
        _postings(name_tokens[held].tolist(), owner[held].tolist(), len(tokens)),
        _postings(joins[1], joins[2], len(joins[0])), list(joins[0]), np.array(joins[3], np.float32),
        np.array([n for _, n in surfaces], np.int32),
        Nearby([t for t, _ in surfaces], DEEP_FROM),
        Nearby(list(joins[0]), 99),
        by_text, _postings(sounds, range(len(tokens)), len(sound_ids)), sound_ids, by_group, _by_number(entries),
        tuple(n for n, e in enumerate(entries) if e.address_only),
        {s.id: s.first_day for s in lists if s.first_day is not None},
    )  # fmt: skip


def _special(tokens: Sequence[Token]) -> NDArray[np.bool_]:
    """Say which words answer others by more than their letters."""
    return np.array([bool(t.others or t.code or t.native or t.bones or t.kind in (NUMBER, INITIAL)) for t in tokens], np.bool_)


def _by_number(entries: Sequence[ListEntry]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for place, entry in enumerate(entries):
        for number in entry.identifiers:
            for key in number_keys(number.kind, number.value):
                found.setdefault(key, []).append(place)
    return found


def groups(token: Token) -> Iterable[str]:
    """Return what words of other writing share with a token."""
    if token.variants:
        yield from [f"v:{g}" for g in token.variants]
    if token.readings:
        yield from [f"r:{c}" for c in token.readings]
    if token.renderings:
        yield from [f"e:{c}" for c in token.renderings]
    if token.code:
        yield f"c:{token.code}"
    if token.bones:
        yield f"b:{token.bones}"
