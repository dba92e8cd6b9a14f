"""The rows of a portfolio, as people write them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from thalweg.nouns.listing import PartyType
from thalweg.nouns.transaction import Activity, Role

_BIRTH: Final = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_WHOLE: Final = 10


def _not_bool(value: Any) -> Any:
    if isinstance(value, bool):
        message = "should be a number, not true or false"
        raise ValueError(message)  # noqa: TRY004  (pydantic turns ValueError into its own message)
    return value


def _as_text(value: Any) -> Any:
    """Return a date, or a whole number of a spreadsheet, as it is written."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else value


Number = Annotated[float, BeforeValidator(_not_bool)]
_Code = Annotated[str | None, Field(max_length=60), BeforeValidator(_as_text)]


class Row(BaseModel):
    """A row of a table: unknown columns are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True, allow_inf_nan=False, coerce_numbers_to_str=True
    )


class Firm(Row):
    """Whose portfolio it is."""

    name: str
    country: str = "US"
    role: str = ""
    exporter: str | None = None
    revenue_usd: Number | None = Field(None, gt=0, le=1e15)
    rd_usd: Number | None = Field(None, ge=0, le=1e15)


class Product(Row):
    """A product: a catalogue name or a specification, with its price and its sales a year by destination where they are stated."""

    id: str
    item: str | None = None
    specification: dict[str, Any] | None = None
    price_usd: Number | None = Field(None, gt=0, le=1e12)
    sales_usd: dict[str, Annotated[Number, Field(ge=0, le=1e15)]] = Field(default_factory=dict)
    notes: str = ""


class Destination(Row):
    """A place the firm sells to."""

    place: str
    label: str = ""


class Customer(Row):
    """A party that buys, receives or handles, with what tells it from others of its name."""

    id: str
    name: str = Field(max_length=400)
    country: str
    headquarters: str | None = None
    ultimate_parent_headquarters: str | None = None
    owners: list[dict[str, Any]] | None = None
    role: Role = "end_user"
    type: PartyType | None = None
    address: str | None = Field(None, max_length=1000)
    birth_date: _Code = None
    lei: _Code = None
    uscc: _Code = None
    imo: _Code = None
    tax_id: _Code = None
    passport: _Code = None
    same_as: list[str] = Field(default_factory=list)
    not_same_as: list[str] = Field(default_factory=list)
    facts: dict[str, Any] = Field(default_factory=dict)

    @field_validator("birth_date")
    @classmethod
    def _born(cls, value: str | None) -> str | None:
        if value is not None and not _BIRTH.fullmatch(value):
            message = "should be a date, as YYYY, YYYY-MM or YYYY-MM-DD"
            raise ValueError(message)
        if value is not None and len(value) == _WHOLE:
            dt.date.fromisoformat(value)
        return value

    def party(self) -> dict[str, Any]:
        """Return the customer as a party of a transaction, without what is not stated."""
        stated = self.model_dump(exclude={"id", "facts"}, exclude_none=True)
        return {**self.facts, **{k: v for k, v in stated.items() if v != [] or k == "owners"}}


class Deal(Row):
    """A shipment, planned or made."""

    id: str
    product: str
    customer: str
    to: str | None = None
    export_from: str = Field("US", alias="from")
    activity: Activity = "export"
    quantity: Number | None = Field(None, gt=0, le=1e12)
    value_usd: Number = Field(0, ge=0, le=1e15)
    date: dt.date | None = None
    facts: dict[str, Any] = Field(default_factory=dict)


class License(Row):
    """A license held; an empty list of products, customers or destinations covers none of them."""

    id: str
    number: str = ""
    products: list[str] = Field(default_factory=list)
    customers: list[str] = Field(default_factory=list)
    destinations: list[str] = Field(default_factory=list)
    value_usd: Number | None = Field(None, ge=0)
    value_used_usd: Number = Field(0, ge=0)
    quantity: Number | None = Field(None, ge=0)
    quantity_used: Number = Field(0, ge=0)
    ends: dt.date | None = None


class Portfolio(Row):
    """A firm's products, places, customers, deals and licenses, with the rows that could not be read.

    ``rows`` says where each row stands, by table and id, so that what is found out later can be reported there too.
    """

    firm: Firm
    products: list[Product] = []
    destinations: list[Destination] = []
    customers: list[Customer] = []
    deals: list[Deal] = []
    licenses: list[License] = []
    watch: list[str] = []
    overlays: list[str] = []
    errors: list[str] = []
    rows: dict[str, str] = {}

    def where(self, table: str, identity: str) -> str:
        """Return where a row stands, in words."""
        return self.rows.get(f"{table}/{identity}", f"{table} {identity!r}")
