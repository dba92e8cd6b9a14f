"""The rows of the name tables: words, legal forms, brands, places and the names of persons.

One dataclass a table; its fields are the columns, in order. They are frozen, hold tuples, and validate when the tables are compiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter


def _split(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(";") if part.strip()) if isinstance(value, str) else value


def _yes(value: Any) -> Any:
    if value not in ("yes", "", True, False):
        message = "should be 'yes' or empty"
        raise ValueError(message)
    return value in ("yes", True)


Text = Annotated[str, Field(min_length=1, max_length=200)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Reading = Annotated[str, Field(pattern=r"^[a-z0-9ü'’ -]+$", max_length=120)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Many = Annotated[tuple[Text, ...], BeforeValidator(_split)]
Some = Annotated[tuple[Text, ...], BeforeValidator(_split), Field(min_length=1)]
Readings = Annotated[tuple[Reading, ...], BeforeValidator(_split)]
Countries = Annotated[tuple[Country, ...], BeforeValidator(_split)]
Flag = Annotated[bool, BeforeValidator(_yes)]

WordKind = Literal[
    "industry", "product", "organization", "structure", "adjective", "direction", "number", "state", "activity", "link", "nature"
]
FormKind = Literal[
    "joint_stock",
    "limited_liability",
    "partnership",
    "limited_partnership",
    "sole",
    "state_enterprise",
    "cooperative",
    "foundation",
    "association",
    "branch",
    "company",
]


@dataclass(frozen=True, slots=True)
class NameSource:
    """A work that rows cite by its id."""

    id: Key
    citation: Text
    url: str
    license: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word of organization names with its readings and English renderings; the first of each is the usual one."""

    language: Language
    word: Text
    reading: Readings
    renderings: Some
    kind: WordKind
    generic: Flag
    source: Some


@dataclass(frozen=True, slots=True)
class LegalForm:
    """A legal form as written: lower case, no dots, single spaces."""

    form: Annotated[str, Field(pattern=r"^[^.A-Z]+$", min_length=1, max_length=120)]
    code: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]*$", max_length=24)]
    kind: FormKind
    language: Annotated[str, Field(pattern=r"^([a-z]{2,3})?$")]
    countries: Countries
    position: Literal["suffix", "prefix", "any"]
    source: Some


@dataclass(frozen=True, slots=True)
class Brand:
    """One organization with every name it goes by; ``unverified`` are those of them that no source was found for."""

    id: Key
    canonical: Text
    zh: Many
    pinyin: Readings
    stem: Many
    stem_zh: Many
    aliases: Many
    kind: Literal["company", "group", "university", "institute", "agency", "bank", "military"]
    country: Country
    source: Some
    unverified: Many
    note: str


@dataclass(frozen=True, slots=True)
class AmbiguousAlias:
    """A name that stands for more than one organization."""

    alias: Text
    brands: Annotated[tuple[Key, ...], BeforeValidator(_split), Field(min_length=2)]
    note: str
    source: Some


@dataclass(frozen=True, slots=True)
class NamePlace:
    """A place whose name tells organizations apart."""

    code: Annotated[str, Field(pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$")]
    zh: str
    pinyin: Readings
    english: Text
    aliases: Many
    kind: Literal["country", "province", "city", "district", "region", "nature"]
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]
    source: Some


@dataclass(frozen=True, slots=True)
class Surname:
    """A Chinese surname: its reading as a surname, the usual reading where another, and the spellings met."""

    zh: Annotated[str, Field(min_length=1, max_length=2)]
    pinyin: Reading
    irregular: Annotated[str, Field(pattern=r"^[a-zü]*$")]
    wade_giles: Readings
    cantonese: Readings
    taiwanese: Readings
    korean: Readings
    vietnamese: Readings
    source: Some


@dataclass(frozen=True, slots=True)
class NameVariants:
    """Spellings of one given or family name."""

    group: Key
    variants: Annotated[tuple[Text, ...], BeforeValidator(_split), Field(min_length=2)]
    kind: Literal["given", "family", "both"]
    source: Some


@dataclass(frozen=True, slots=True)
class NamePart:
    """A particle, title or suffix of personal names."""

    word: Text
    kind: Literal["particle", "title", "suffix"]
    language: Language
    meaning: Text
    source: Some


@dataclass(frozen=True, slots=True)
class Syllable:
    """A syllable of Mandarin in the romanizations it is met in, without tones."""

    pinyin: Reading
    wade_giles: Readings
    tongyong: Readings
    yale: Readings
    other: Readings
    source: Some


@dataclass(frozen=True, slots=True)
class CantoneseSyllable:
    """A syllable of Cantonese in Jyutping, and the spellings met in names."""

    jyutping: Reading
    forms: Annotated[tuple[Reading, ...], BeforeValidator(_split), Field(min_length=1)]
    source: Some


TABLES: dict[str, type[Any]] = {
    "sources": NameSource,
    "words": Word,
    "legal_forms": LegalForm,
    "brands": Brand,
    "ambiguous": AmbiguousAlias,
    "places": NamePlace,
    "surnames": Surname,
    "name_variants": NameVariants,
    "name_parts": NamePart,
    "syllables": Syllable,
    "cantonese": CantoneseSyllable,
}

# What may stand only once in a table.
UNIQUE: dict[str, tuple[str, ...]] = {
    "sources": ("id",),
    "words": ("language", "word"),
    "legal_forms": ("form",),
    "brands": ("id",),
    "ambiguous": ("alias",),
    "places": ("zh", "english", "kind"),
    "surnames": ("zh", "pinyin"),
    "name_variants": ("group",),
    "name_parts": ("word", "kind", "language"),
    "syllables": ("pinyin",),
    "cantonese": ("jyutping",),
}


def names_schema() -> dict[str, Any]:
    """Return the JSON Schema of the tables as they are compiled: rows by the name of the file, a cell of several values as an array."""
    properties: dict[str, Any] = {}
    for name, row in TABLES.items():
        schema = TypeAdapter(row).json_schema()
        properties[name] = {"type": "array", "items": {"additionalProperties": False, **schema}}
    return {"title": "Name tables", "type": "object", "additionalProperties": False, "properties": properties}
