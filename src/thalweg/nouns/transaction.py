"""A transaction as people and programs send it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from thalweg.nouns.listing import PARTY_TYPES, PartyType

Activity = Literal["export", "reexport", "transfer", "deemed_export", "remote_access"]
Role = Literal["end_user", "ultimate_consignee", "intermediate_consignee", "purchaser", "payer", "forwarder", "exporter", "designer"]
Kind = Literal["integrated_circuit", "computer", "hbm", "model_weights", "equipment", "software", "technology", "other"]


def _not_bool(value: Any) -> Any:
    if isinstance(value, bool):
        message = "must be a number, not true or false"
        raise ValueError(message)  # noqa: TRY004  (pydantic turns ValueError into its own message)
    return value


def _day(value: Any) -> Any:
    """Let only dates and text in ISO form pass: a bare number would be taken as seconds since 1970."""
    if value is None or isinstance(value, dt.date) or (isinstance(value, str) and _ISO.match(value)):
        return value
    message = f"{value!r} is not a date; write it as YYYY-MM-DD"
    raise ValueError(message)


def _type(value: Any) -> Any:
    """Let a type of party go by the names that screening takes for it."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    found = PARTY_TYPES.get(value.strip().casefold()) if isinstance(value, str) else None
    if found is None:
        message = f"{value!r} is not a type of party; use individual, entity, vessel or aircraft, or a name for one of these, as {_NAMED}"
        raise ValueError(message)
    return found


_NAMED = "person, company, ship"
_ISO = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}")
_Amount = Annotated[float, Field(ge=0, le=1e32, allow_inf_nan=False)]
_Count = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
_Part = Annotated[float, Field(ge=0, le=1)]
Measure = Annotated[_Amount | None, BeforeValidator(_not_bool)]
Quantity = Annotated[_Count | None, BeforeValidator(_not_bool)]
Share = Annotated[_Part | None, BeforeValidator(_not_bool)]


class _Edge(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)


class Throughput(_Edge):
    """Dense (and, for the record, sparse) operations a second at one bit length."""

    bits: Annotated[float, BeforeValidator(_not_bool), Field(gt=0, le=128)]
    dense_tops: Measure = None
    sparse_tops: Measure = None


class Content(_Edge):
    """One kind of component inside an item."""

    item: str | Item
    quantity: Annotated[float, BeforeValidator(_not_bool), Field(gt=0, le=1e9)] = 1


class Item(_Edge):
    """An item described by its specifications; everything not stated is unknown."""

    name: str = Field("item", max_length=400)
    kind: Kind
    eccn: str | None = Field(None, max_length=40)
    tpp: Measure = None
    performance_density: Measure = None
    throughput: list[Throughput] | None = None
    die_area_mm2: Measure = None
    io_bandwidth_gb_s: Measure = None
    dram_bandwidth_gb_s: Measure = None
    hbm_density_gb_s_mm2: Measure = None
    datacenter: bool | None = None
    node_nm: Measure = None
    planar: bool | None = None
    transistors_bn: Measure = None
    hbm_copackaged: bool | None = None
    designer: str | None = None
    designer_headquarters: str | None = None
    designer_ultimate_parent_headquarters: str | None = None
    training_operations: Measure = None
    weights_published: bool | None = None
    contains: list[Content] | None = None


class Owner(_Edge):
    """An owner of a party with the share it holds (null where it is not known)."""

    name: str = Field(min_length=1, max_length=400)
    share: Share = None


class Party(BaseModel):
    """A party; facts declared for parties may be given by name beside these keys."""

    model_config = ConfigDict(frozen=True, extra="allow", str_strip_whitespace=True)

    role: Role
    name: str | None = Field(None, max_length=400)
    country: str | None = None
    headquarters: str | None = None
    ultimate_parent_headquarters: str | None = None
    owners: list[Owner] | None = None
    type: Annotated[PartyType | None, BeforeValidator(_type)] = None
    address: str | None = Field(None, max_length=1000)
    birth_date: str | None = Field(None, max_length=10)
    lei: str | None = Field(None, max_length=40)
    uscc: str | None = Field(None, max_length=40)
    imo: str | None = Field(None, max_length=40)
    tax_id: str | None = Field(None, max_length=60)
    passport: str | None = Field(None, max_length=60)
    same_as: list[str] = Field(default_factory=list)
    """Entries that this party is known to be, as ``list:entry_id``."""
    not_same_as: list[str] = Field(default_factory=list)
    """Entries that this party is known not to be."""


class Exporter(_Edge):
    """Who exports."""

    name: str | None = Field(None, max_length=400)
    country: str | None = None


class Transaction(BaseModel):
    """One transaction to decide."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)

    id: str | None = None
    date: Annotated[dt.date, BeforeValidator(_day)]
    activity: Activity = "export"
    item: str | Item
    quantity: Quantity = None
    value_usd: Measure = None
    export_from: str | None = Field(None, alias="from")
    to: str
    exporter: Exporter | None = None
    parties: list[Party] | None = None
    facts: dict[str, Any] = Field(default_factory=dict)


Content.model_rebuild()
Item.model_rebuild()
