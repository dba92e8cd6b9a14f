"""What is known of each source before anything is fetched: who publishes it, where, how often, and how many rows each list should have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from thalweg.evidence import BadInput
from thalweg.nouns.listing import LIST_IDS, ListCopy

IDS: Final = ("csl", "bis_entity_list", "bis_meu", "bis_uvl", "bis_dpl", "dod_1260h", "ofac", "un", "eu", "uk")


class Implausible(BadInput):
    """A copy of a list with fewer or more rows than the list can have; the last good copy stays."""


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(_Closed):
    """How many rows a list has, from a date on."""

    from_: dt.date | None = Field(None, alias="from")
    min: Annotated[int, Field(ge=0)]
    max: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Band:
        if self.min > self.max:
            raise ValueError(f"min {self.min} is over max {self.max}")
        return self


class Download(_Closed):
    """A file of a source: where it is, and under which name it is kept. `{date}` in both is the day that `dated_by` gives."""

    url: str = Field(pattern=r"^https://[^\s]+$")
    file: str = Field(pattern=r"^[\w.{}-]+$")


class Source(_Closed):
    """One outside source."""

    id: str
    title: str
    publisher: str
    page: str = Field(pattern=r"^https://\S+$")
    terms: str
    cadence_days: Annotated[int, Field(ge=1, description="Days between two issues, as the publisher keeps to it")]
    stale_after_days: Annotated[int, Field(ge=1, description="Age in days from which a copy is called stale")]
    downloads: tuple[Download, ...] = ()
    dated_by: str = Field("", pattern=r"^(https://\S+)?$")
    by_hand: str = ""
    one_file: bool = Field(False, description="One file holds every list of the source, so that a list without rows is missing")
    formats: tuple[str, ...] = Field(min_length=1)
    documentation: tuple[str, ...] = ()
    lists: Mapping[str, tuple[Band, ...]] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> Source:
        if unknown := [i for i in self.lists if i not in LIST_IDS]:
            raise ValueError(f"lists: {unknown[0]!r} is not a list")
        if self.stale_after_days < self.cadence_days:
            raise ValueError("stale_after_days is under cadence_days")
        if any("{date}" in d.url for d in self.downloads) and not self.dated_by:
            raise ValueError("a url has {date}, and dated_by is empty")
        if not self.downloads and not self.by_hand:
            raise ValueError("a source without downloads says in by_hand how its file is got")
        return self

    def band(self, list_id: str, date: dt.date) -> Band | None:
        """Return the band of a list on a date: the latest that has begun."""
        begun = [b for b in self.lists.get(list_id, ()) if b.from_ is None or b.from_ <= date]
        return max(begun, key=lambda b: b.from_ or dt.date.min, default=None)


@lru_cache(maxsize=1)
def sources() -> Mapping[str, Source]:
    """Return every source by id, validated.

    Raises:
        BadInput: with the file and the key that does not hold to the form.
    """
    found: dict[str, Source] = {}
    for source_id in IDS:
        file = files(f"thalweg.sources.{source_id}") / "source.yaml"
        try:
            found[source_id] = Source.model_validate({"id": source_id} | yaml.safe_load(file.read_text(encoding="utf-8")))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise BadInput(f"sources/{source_id}/source.yaml: {key}: {first['msg'].removeprefix('Value error, ')}") from error
    return found


def check_band(copy: ListCopy) -> None:
    """Refuse a copy whose number of rows its list cannot have on that day.

    Raises:
        Implausible: with the list, the rows and the band.
    """
    source = sources().get(copy.source)
    band = source.band(copy.list, copy.data_date) if source else None
    if band is None:
        return
    rows = len(copy.entries)
    if not band.min <= rows <= band.max:
        raise Implausible(
            f"{copy.file or copy.source}: {copy.list} of {copy.data_date.isoformat()} has {rows:,} rows; "
            f"{band.min:,} to {band.max:,} are expected, so it is not taken and the last good copy stays"
        )


def missing_lists(copies: Iterable[ListCopy]) -> tuple[str, ...]:
    """Return the lists that a source should hold on the day of its copies and does not, as `csl: sdn`.

    A source with a file for each list is asked only for the lists of the files at hand, so it misses none.
    """
    held: dict[tuple[str, dt.date], set[str]] = {}
    for copy in copies:
        held.setdefault((copy.source, copy.data_date), set()).add(copy.list)
    return tuple(
        f"{source_id}: {list_id}"
        for (source_id, date), lists in held.items()
        if (source := sources().get(source_id)) and source.one_file
        for list_id in source.lists
        if list_id not in lists and (band := source.band(list_id, date)) and band.min > 0
    )
