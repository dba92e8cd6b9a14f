"""What every section of a briefing is made of: statements with their sources, and the facts that it asks for."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A part of a briefing; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Frozen):
    """Where a statement is read."""

    citation: str
    url: str = ""
    basis: str = ""


class Claim(Frozen):
    """One statement with its sources.

    ``overlay`` is the id of the overlay whose rule makes it, ``note`` what its reader must know, ``depends`` the condition for it.
    """

    text: str
    sources: list[Source] = []
    overlay: str = ""
    note: str = ""
    depends: str = ""


class Hit(Claim):
    """An entry under which a party of a deal stands, may stand, or which reaches it through its owners."""

    party: str
    standing: Literal["listed", "open", "owner"]


class Sale(Frozen):
    """A product sold by the firm to a local buyer at a destination."""

    product: str
    place: str


class FactToCollect(Frozen):
    """A fact, with the value of the deals whose verdict by law it decides, and whom to ask."""

    question: str
    of: str
    decides: list[str]
    deals: list[str]
    ask: list[str]
    value_usd: float
    note: str = ""
    sources: list[Source] = []
