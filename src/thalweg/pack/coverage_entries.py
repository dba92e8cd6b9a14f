"""Coverage entries: for each statement of a fact file, what encodes it or why nothing does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from thalweg.evidence import PackError
from thalweg.pack.build import validated
from thalweg.pack.load import EMBEDDED
from thalweg.pack.reader import read_yaml

FOLDER = "coverage"


class EntryFile(BaseModel):
    """One entry as it stands in ``coverage/*.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(min_length=1)
    where: str
    encoded_by: tuple[str, ...] = ()
    not_encoded: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry and the place in the file where it stands."""

    key: str
    where: str
    encoded_by: tuple[str, ...]
    not_encoded: str
    note: str
    file: str
    line: int

    @property
    def section(self) -> str:
        """The number of the section, as ``1.1``."""
        return self.key.partition("/")[0]


def sources(root: Path = EMBEDDED) -> list[str]:
    """Return the names of the fact files that coverage answers for."""
    return [path.stem for path in sorted((root / FOLDER).glob("*.yaml"))]


def read_entries(source: str, root: Path = EMBEDDED) -> tuple[Entry, ...]:
    """Read the entries for one fact file.

    Raises:
        PackError: if the file is missing or an entry does not fit, with file and line.
    """
    name = f"{FOLDER}/{source}.yaml"
    document = read_yaml(root / name, name=name)
    if not isinstance(document.data, list):
        raise PackError("should be a list of entries", file=name)
    entries = []
    for index, item in enumerate(document.data):
        found = validated(EntryFile, document, item, (index,))
        entries.append(Entry(found.key, found.where, found.encoded_by, found.not_encoded, found.note, name, document.line((index,))))
    return tuple(entries)
