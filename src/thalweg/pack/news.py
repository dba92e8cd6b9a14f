"""The words by which news is read, loaded when a text is read for events and at no other time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from thalweg.evidence import PackError
from thalweg.pack import load
from thalweg.pack.files import write_atomically
from thalweg.pack.part import Part
from thalweg.pack.reader import read_yaml

NEWS = Part("news", (".yaml",), 1_048_576)
TABLES = ("agencies", "companies", "cues", "items", "not_names", "persons", "places", "rules", "units")


@dataclass(frozen=True)
class NewsWords:
    """The word lists of `knowledge/news`, by file, with the hash of what they were read from."""

    sha256: str
    tables: dict[str, Any]


def build_news(root: Path, out: Path | None = None) -> dict[str, Any]:
    """Read the word lists of a knowledge folder; write them to ``out`` if given.

    Raises:
        PackError: if a list is missing, or does not hold to its form.
    """
    tables: dict[str, Any] = {}
    for name in TABLES:
        path = root / NEWS.name / f"{name}.yaml"
        if not path.is_file():
            raise PackError("is missing: news cannot be read without it", file=f"{NEWS.name}/{name}.yaml")
        tables[name] = read_yaml(path, name=f"{NEWS.name}/{name}.yaml").data
        kind = list if name in ("agencies", "companies", "items", "not_names", "rules") else dict
        if not isinstance(tables[name], kind) or not tables[name]:
            raise PackError(f"is no {'list' if kind is list else 'mapping'} of words", file=f"{NEWS.name}/{name}.yaml")
    data = {"sha256": NEWS.sha256(root), "format": NEWS.format, "tables": tables}
    if out is not None:
        write_atomically(out, NEWS.packed(data))
    return data


def load_news(path: str | Path | None = None) -> NewsWords:
    """Load the words of the embedded pack, or of the knowledge folder at ``path``.

    Raises:
        PackError: if there is no such folder, or a list does not hold to its form.
    """
    return _load(Path(path).resolve() if path else load.EMBEDDED)


@lru_cache(maxsize=4)
def _load(root: Path) -> NewsWords:
    data = NEWS.compiled(root, build_news)
    return NewsWords(data["sha256"], data["tables"])
