"""The name tables in memory, loaded when screening asks for them and at no other time.

They stand beside the pack, not in it: a decision that screens nobody neither reads nor builds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from thalweg.nouns.names import name_key
from thalweg.pack import load
from thalweg.pack.names_rows import (
    TABLES,
    AmbiguousAlias,
    Brand,
    CantoneseSyllable,
    LegalForm,
    NamePart,
    NamePlace,
    NameSource,
    NameVariants,
    Surname,
    Syllable,
    Word,
)
from thalweg.pack.part import Part

NAMES = Part("names", (".csv",), 64 * 1_048_576)

__all__ = [
    "AmbiguousAlias",
    "Brand",
    "CantoneseSyllable",
    "LegalForm",
    "NamePart",
    "NamePlace",
    "NameSource",
    "NameVariants",
    "Names",
    "Surname",
    "Syllable",
    "Word",
    "load_names",
]


@dataclass(frozen=True)
class Names:
    """Every name table, with the hash of what they were read from."""

    sha256: str
    sources: tuple[NameSource, ...] = ()
    words: tuple[Word, ...] = ()
    legal_forms: tuple[LegalForm, ...] = ()
    brands: tuple[Brand, ...] = ()
    ambiguous: tuple[AmbiguousAlias, ...] = ()
    places: tuple[NamePlace, ...] = ()
    surnames: tuple[Surname, ...] = ()
    name_variants: tuple[NameVariants, ...] = ()
    name_parts: tuple[NamePart, ...] = ()
    syllables: tuple[Syllable, ...] = ()
    cantonese: tuple[CantoneseSyllable, ...] = ()

    @cached_property
    def brands_by_name(self) -> Mapping[str, tuple[Brand, ...]]:
        """Brands under the matching key of each of their names; more than one only for a name declared ambiguous."""
        found: dict[str, dict[str, Brand]] = {}
        for brand in self.brands:
            for name in (brand.canonical, *brand.zh, *brand.aliases):
                found.setdefault(name_key(name), {})[brand.id] = brand
        return {key: tuple(brands.values()) for key, brands in found.items()}

    @cached_property
    def words_of(self) -> Mapping[str, Mapping[str, Word]]:
        """Words by language, then by the word."""
        found: dict[str, dict[str, Word]] = {}
        for word in self.words:
            found.setdefault(word.language, {})[word.word] = word
        return found


def load_names(path: str | Path | None = None) -> Names:
    """Load the name tables of the embedded pack, or of the knowledge folder at ``path``; a folder may have none.

    Raises:
        PackError: if there is no such folder, or a table does not hold to its format.
    """
    return _load(Path(path).resolve() if path else load.EMBEDDED)


@lru_cache(maxsize=8)
def _load(root: Path) -> Names:
    from thalweg.pack.names_build import build_names

    data = NAMES.compiled(root, build_names)
    return Names(data["sha256"], **{name: tuple(_rows(row, data["tables"][name])) for name, row in TABLES.items()})


def _rows(row: type[Any], values: Iterable[list[Any]]) -> Iterable[Any]:
    for cells in values:
        yield row(*[tuple(cell) if type(cell) is list else cell for cell in cells])
