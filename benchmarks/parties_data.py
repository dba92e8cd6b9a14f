"""Labelled pairs and unlisted names as arrays: what the fit learns from and the benchmark measures on.

A *row* is one reading of a name beside one listed name: the values of the features, and what the rules make of it.
"""

from __future__ import annotations

import csv
import hashlib
import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.parties_noise import letters, noisy
from thalweg.desk.list_taking import lookups
from thalweg.desk.packs import the_pack
from thalweg.nouns.listing import ListEntry, PartyType
from thalweg.pack.names import load_names
from thalweg.parties.compare import align
from thalweg.parties.features import measure
from thalweg.parties.index import Index, build
from thalweg.parties.lexicon import lexicon
from thalweg.parties.name import Name, Reader, is_of_person
from thalweg.parties.recall import candidates
from thalweg.parties.rules import bounds, is_exact, least_of_exact
from thalweg.parties.screen import fits
from thalweg.parties.text import clean, words
from thalweg.sources import read_lists

LIST = "lists/csl_2026-07-31.csv"
PAIRS = "names/name_pairs.csv"
PERSONS = ("names/synthetic_negatives_global.csv", "names/synthetic_negatives_us.csv")
COMPANIES = "names/unlisted_companies.csv"
COMMON = 0.9
"""A word of this weight or more is as good as one that no name holds."""
TYPES: dict[str, PartyType] = {"Person": "individual", "Vessel": "vessel", "LegalEntity": ""}


@dataclass(frozen=True)
class Rows:
    """Rows with the values of the features, the case each belongs to, and what the rules say of the level.

    ``bound`` is 1 for weak at most and 2 for possible at most, ``exact`` 1 for possible at least and 2 for strong at least.
    .
    """

    values: NDArray[np.float64]
    case: NDArray[np.intp]
    person: NDArray[np.bool_]
    bound: NDArray[np.int8]
    exact: NDArray[np.int8]
    text: list[tuple[str, str]]


@dataclass(frozen=True)
class Labelled:
    """Pairs with their labels, and a group for each pair: no name stands in two groups."""

    rows: Rows
    match: NDArray[np.bool_]
    group: NDArray[np.intp]
    schema: list[str]


@dataclass(frozen=True)
class Unlisted:
    """Rows of the candidates of unlisted names; ``names`` are the cases."""

    rows: Rows
    names: list[str]


def entries(data: Path) -> tuple[ListEntry, ...]:
    return tuple(e for copy in read_lists(data / LIST, lookups(the_pack())) for e in copy.entries)


def frequencies(listed: Iterable[ListEntry]) -> dict[str, float]:
    """Return the weight of each word that stands in two names or more: 1 for a rare word, towards 0 for one of all."""
    counts: Counter[str] = Counter()
    total = 0
    for entry in listed:
        for name in (entry.name, *entry.aliases):
            total += 1
            counts.update(set(words(clean(name))))
    most = math.log(total + 1)
    weights = {word: round((most - math.log(count + 1)) / most, 3) for word, count in sorted(counts.items())}
    return {word: weight for word, weight in weights.items() if weight < COMMON}


def reader(weights: dict[str, float]) -> Reader:
    return Reader(lexicon(load_names()), weights)


def index(listed: Sequence[ListEntry], weights: dict[str, float]) -> Index:
    return build(listed, reader(weights))


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Gathered:
    def __init__(self, lexicon_: object) -> None:
        self.lexicon = lexicon_
        self.columns: list[tuple[object, ...]] = []

    def add(self, case: int, query: Name, listed: Name, person: bool, listed_type: str = "") -> None:
        found = align(query, listed)
        values = measure(query, listed, found, self.lexicon)  # type: ignore[arg-type]
        held = [{"weak": 1, "possible": 2}[b.level] for b in bounds(query, listed, found, self.lexicon, listed_type)]  # type: ignore[arg-type]
        exact = (
            {"possible": 1, "strong": 2}[least_of_exact(query, found)] if is_exact(query, listed, found, self.lexicon, listed_type) else 0
        )  # type: ignore[arg-type]
        self.columns.append((values, case, person, min(held, default=0), exact, (query.text, listed.text)))

    def rows(self) -> Rows:
        values, case, person, bound, exact, text = zip(*self.columns, strict=True)
        return Rows(
            np.array(values, float), np.array(case), np.array(person), np.array(bound, np.int8), np.array(exact, np.int8), list(text)
        )


def labelled(data: Path, read: Reader) -> Labelled:
    """Return the labelled pairs; the best of the readings is taken later, by score."""
    found = read_csv(data / PAIRS)
    gathered = _Gathered(read.lexicon)
    for number, row in enumerate(found):
        kind = TYPES.get(row["schema"], "entity")
        for query in read.read(row["name1"], kind):
            for listed in read.read_listed(row["name2"], kind):
                gathered.add(number, query, listed, is_of_person(query, kind) and is_of_person(listed, kind))
    match = np.array([row["is_match"] == "true" for row in found])
    return Labelled(gathered.rows(), match, _groups(found), [row["schema"] for row in found])


def _groups(found: Sequence[dict[str, str]]) -> NDArray[np.intp]:
    above: dict[str, str] = {}

    def top(key: str) -> str:
        while above.setdefault(key, key) != key:
            key = above[key]
        return key

    keys = [[" ".join(sorted(words(clean(row[c])))) for c in ("name1", "name2")] for row in found]
    for one, other in keys:
        above[top(one)] = top(other)
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(top(one), len(numbers)) for one, _ in keys])


def unlisted(names: Sequence[str], kind: PartyType, known: Index, floor: float = 0.3, most: int = 15) -> Unlisted:
    """Return rows for the candidates of names that are not listed, those of another type left out."""
    gathered = _Gathered(known.reader.lexicon)
    for number, text in enumerate(names):
        for query in known.reader.read(text, kind):
            taken = 0
            for candidate, shared in zip(*(a.tolist() for a in candidates(known, query)[:2]), strict=True):
                entry = known.entries[known.entry_of[candidate]]
                if shared < floor or taken >= most:
                    break
                if not fits(kind, query, entry):
                    continue
                listed = known.name(candidate)
                gathered.add(number, query, listed, is_of_person(query, kind) and is_of_person(listed, entry.type), entry.type)
                taken += 1
    return Unlisted(gathered.rows(), list(names))


def noisy_rows(known: Index, count: int, seed: int) -> Rows:
    """Return rows of listed names of nine letters and more with one or two errors, beside the name itself."""
    draw = random.Random(seed)  # noqa: S311  (a sample, not a secret)
    gathered = _Gathered(known.reader.lexicon)
    case = 0
    while case < count:
        number = draw.randrange(len(known.names))
        listed, entry = known.name(number), known.entries[known.entry_of[number]]
        if letters(listed) < LONG:
            continue
        text, _ = noisy(listed, draw)
        for query in known.reader.read(text, entry.type):
            gathered.add(case, query, listed, is_of_person(query, entry.type) and is_of_person(listed, entry.type), entry.type)
        case += 1
    return gathered.rows()


LONG = 9
"""Letters from which a name is long enough to be found with two errors."""


def persons(data: Path) -> list[str]:
    return list(dict.fromkeys(row["full_name"] for file in PERSONS for row in read_csv(data / file)))


def companies(data: Path) -> list[str]:
    return [row["name"] for row in read_csv(data / COMPANIES)]
