"""The words by which a text is read, made into look-ups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from thalweg.hardware import Catalogue, catalogue
from thalweg.pack import Pack, load_pack
from thalweg.pack.names import Names, load_names
from thalweg.pack.news import NewsWords, load_news
from thalweg.watch.extraction.match import Phrases, forms
from thalweg.watch.extraction.weights import Weights, weights

NameKind = Literal["place", "demonym", "city", "agency", "state", "company", "person", "item", "chip"]
_GENERIC: Final = frozenset(
    ("co", "corp", "inc", "ltd", "limited", "company", "corporation", "technology", "technologies", "group", "holdings")
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a lexicon: what it names and its country; its part, the maker of a chip, or the id of a brand; the class of an item."""

    kind: NameKind
    name: str
    country: str = ""
    role: str = ""
    eccn: str = ""
    chip: str = ""
    weak: bool = False
    origin: str = ""
    """The country whose export control takes the goods of this maker as its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of rules.yaml."""

    event: str
    weight: float
    all_of: frozenset[str]
    any_of: frozenset[str]
    none_of: frozenset[str]
    test: str


@dataclass(frozen=True)
class Lexicon:
    """Every look-up that reading needs; see :func:`lexicon`."""

    sha256: str
    names: Phrases[Name]
    cues: Phrases[str]
    rows: tuple[Row, ...]
    units: Phrases[str]
    before: Phrases[str]
    after: Phrases[str]
    suffixes: Phrases[str]
    what: Phrases[str]
    in_words: frozenset[str]
    titles: Phrases[str]
    not_person: frozenset[str]
    firm_endings: frozenset[str]
    school_endings: frozenset[str]
    ministries: Mapping[str, str] = field(default_factory=dict)
    weights: Weights = field(default_factory=Weights)


def lexicon(words: NewsWords, pack: Pack, names: Names) -> Lexicon:
    """Make look-ups from the words of the news, the catalogue and places of a pack, and its name tables."""
    tables = words.tables
    units = tables["units"]
    persons = tables["persons"]
    found: Phrases[Name] = Phrases()
    _add_words(found, tables)
    _add_places(found, tables["places"], pack.places)
    _add_items(found, tables["items"])
    _add_chips(found, catalogue(pack), pack.hardware["ambiguous"])
    _add_brands(found, names, frozenset(str(n) for n in tables["not_names"]), tables)
    found.settle()
    return Lexicon(
        words.sha256,
        found,
        _phrases((cue, phrases) for cue, phrases in tables["cues"].items()),
        tuple(_row(row) for row in tables["rules"]),
        _phrases(units["units"].items(), literal=True),
        _phrases(units["before"].items()),
        _phrases(units["after"].items()),
        _phrases((k, units[k]) for k in ("per_customer", "installed", "per_year", "per_month", "total", "controlled")),
        _phrases(units["what"].items()),
        frozenset(units["in_words"]),
        _phrases(persons["titles"].items(), literal=True),
        frozenset(str(w) for w in persons["not_person"]),
        frozenset(persons["firm_endings"]),
        frozenset(persons["school_endings"]),
        {str(k): str(v) for k, v in persons["ministries"].items()},
        weights(tables["weights"]),
    )


@lru_cache(maxsize=4)
def load_lexicon(path: str | Path | None = None) -> Lexicon:
    """Return the lexicon of the embedded pack, or of the knowledge folder at ``path``; it is made once.

    Raises:
        PackError: if there is no such folder, or a list of words does not hold to its form.
    """
    return lexicon(load_news(path), load_pack(path), load_names(path))


def _phrases(groups: Iterable[tuple[str, Iterable[Any]]], *, literal: bool = False) -> Phrases[str]:
    made: Phrases[str] = Phrases()
    for value, phrases in groups:
        for phrase in phrases:
            for form in (str(phrase),) if literal else forms(str(phrase)):
                made.add(form, value)
    made.settle()
    return made


def _row(row: Mapping[str, Any]) -> Row:
    every, some, none = (frozenset(str(x) for x in row.get(key, ())) for key in ("all", "any", "none"))
    return Row(str(row["event"]), float(row["weight"]), every, some, none, str(row["test"]))


def _add_words(found: Phrases[Name], tables: Mapping[str, Any]) -> None:
    for row in tables["agencies"]:
        kind: NameKind = "state" if row.get("state") else "agency"
        name = Name(kind, row["name"], row["country"], row["kind"])
        for alias in (row["name"], *row["aliases"]):
            found.add(alias, name, proper=True)
    for row in tables["companies"]:
        name = Name("company", row["name"], row["country"], origin=row["country"] if row.get("origin") else "")
        for alias in (row["name"], *row["aliases"]):
            found.add(alias, name, proper=True, exact=bool(row.get("exact")))
    for row in tables["persons"]["known"]:
        name = Name("person", row["name"], row["country"], row["role"])
        for alias in (row["name"], *row["aliases"]):
            found.add(alias, name, proper=True)


def _add_places(found: Phrases[Name], words: Mapping[str, Any], places: Iterable[Mapping[str, Any]] | Mapping[str, Any]) -> None:
    for code, row in words.items():
        for demonym in row["demonyms"]:
            found.add(demonym, Name("demonym", demonym, code), proper=True)
        for place in row.get("also", ()):
            found.add(place, Name("place", place, code), proper=True)
        for city in row["cities"]:
            found.add(city, Name("city", city, code), proper=True)
    for code, place in _places(places):
        for alias in place:
            if len(alias) > 3 or not alias.isascii() or alias in ("UAE", "UK", "PRC", "USA"):
                found.add(alias, Name("place", alias, code), proper=True)


def _places(places: Any) -> Iterable[tuple[str, tuple[str, ...]]]:
    rows = places.items() if isinstance(places, Mapping) else ((p["code"], p) for p in places)
    for code, row in rows:
        if code == "GE":  # the state of the United States is meant as often
            continue
        aliases = row["aliases"]
        yield code, (row["name"], *(aliases.split(";") if isinstance(aliases, str) else aliases))


def _add_items(found: Phrases[Name], rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        name = Name("item", row["name"], eccn=row["eccn"], weak=bool(row.get("weak")), origin=row.get("origin", ""))
        for term in row["terms"]:
            found.add(term, name)


_MAKERS: Final = {"NVIDIA": "Nvidia"}
_SERIES: Final = re.compile(r"\b(MI\d{3})(X)$")
_TOO_SHORT: Final = frozenset(
    ("l2", "t4", "a2", "l4", "a10", "a16", "a30", "a40", "cs", "lpu", "k100", "m100", "c500", "rubin", "helios", "ascend")
)
"""Model names that stand for other things as often: named only with their maker."""


def _add_chips(found: Phrases[Name], hardware: Catalogue, ambiguous: Iterable[Mapping[str, str]]) -> None:
    for table, eccn in (("chips", "3A090"), ("hbm", "3A090.c"), ("systems", "4A090")):
        for listed in hardware.names(table):
            row = hardware.row(listed)
            maker = row.get("designer") or row.get("maker") or ""
            home = row.get("designer_headquarters") or row.get("maker_headquarters") or ""
            by = (maker, home if len(home) == 2 else "")
            for alias in dict.fromkeys((listed, *row["aliases"].split(";"))):
                _add_chip(found, alias.strip(), by, listed, eccn)
                if short := _SERIES.search(alias):
                    _add_chip(found, short.group(1), by, listed, eccn)
                    _add_chip(found, short.group(1) + short.group(2), by, listed, eccn)
    for several in ambiguous:
        alias, candidates = several["name"], several["candidates"].split(";")
        makers = {c.split()[0] for c in candidates}
        maker = makers.pop() if len(makers) == 1 else ""
        home = hardware.row(candidates[0].strip()).get("designer_headquarters") or ""
        memory = alias.startswith("HBM")
        _add_chip(found, alias, ("", "") if memory or not maker else (maker, home), alias, "3A090.c" if memory else "3A090")


def _add_chip(found: Phrases[Name], alias: str, by: tuple[str, str], listed: str, eccn: str) -> None:
    """Add a name of a chip, memory or system, with its maker and the country of the maker."""
    maker, home = by
    if not alias:
        return
    shown_maker = _MAKERS.get(maker, maker)
    bare = alias.removeprefix(maker).strip() or alias
    shown = f"{shown_maker} {bare}" if maker and not alias.startswith("HBM") else alias
    name = Name("chip", shown, role=maker, eccn=eccn, chip=listed, origin=home)
    if bare.lower() not in _TOO_SHORT:
        found.add(bare, name, proper=True)
        if bare[-1].isdigit() or bare.endswith("X"):
            found.add(f"{bare}s", name, proper=True)
    if maker:
        for lead in {maker, shown_maker}:
            found.add(f"{lead} {bare}", name, proper=True)
            found.add(f"{lead}'s {bare}", name, proper=True)


def _add_brands(found: Phrases[Name], names: Names, refused: frozenset[str], tables: Mapping[str, Any]) -> None:
    known = {a.casefold() for row in tables["companies"] for a in (row["name"], *row["aliases"])}
    for brand in names.brands:
        for alias in (brand.canonical, *brand.zh, *brand.aliases):
            if alias in refused or alias.casefold() in known or (alias.isascii() and (len(alias) < 3 or alias.lower() in _GENERIC)):
                continue
            if alias.isascii() or len(alias) > 2:
                found.add(
                    alias, Name("company", alias, brand.country, role=brand.id), proper=True, exact=alias.isascii() and " " not in alias
                )
