"""A document as a source published it, and the events that a document tells of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

DocumentKind = Literal["official", "filing", "media", "list_change", "file"]
"""Who speaks: an authority, a firm to its regulator, the press, a difference of two copies of a list, a file of unknown origin."""

EventType = Literal[
    "regulation",
    "listing",
    "guidance",
    "licence",
    "enforcement",
    "legislation",
    "partnership",
    "supply_deal",
    "alliance",
    "de_escalation",
    "corporate_disclosure",
    "diversion_report",
]
MeasureType = Literal[
    "export_control_rule",
    "licence_requirement",
    "licence_approval",
    "licence_condition",
    "entity_listing",
    "guidance",
    "suspension",
    "retaliation_control",
    "blocking_law",
    "investment_screening",
    "subsidy_infrastructure",
    "enforcement_criminal",
    "enforcement_civil",
    "legislation",
    "market_report",
    "partnership_deal",
    "supply_deal",
    "alliance_accession",
]
Certainty = Literal[
    "official_final",
    "official_announced",
    "passed_one_chamber",
    "alleged_charged",
    "admitted_plea",
    "settled",
    "company_filing",
    "company_claim",
    "analyst_estimate",
    "reported_anonymous",
    "contradicted",
]
Status = Literal["proposed", "announced", "published", "in_force", "stayed", "ended", "pending", "closed"]
Qualifier = Literal["exact", "approx", "nearly", "more_than", "at_least", "up_to", "upper_bound", "planned_total"]
DateKey = Literal["announced", "published", "effective", "expiry", "suspended", "event", "conduct_start", "conduct_end", "expected"]


@dataclass(frozen=True, slots=True)
class Document:
    """A text that a source published, ready to be read.

    `id` is the source's id, a colon, and the key of the document there (its number, else its address). `published` is the day that the
    source states. `facts` holds what the source states beside the text, as strings: for the Federal Register the number, the action, the
    effective date, the parts of the Code (`15:744 15:774`), the docket. `sha256` is of the raw bytes that the text was taken from, and
    `reader` the version of the reader that took it. `cut` says that the body went on and was cut.
    """

    id: str
    source: str
    url: str
    title: str
    text: str
    published: dt.date | None = None
    publisher: str = ""
    kind: DocumentKind = "file"
    language: str = ""
    fetched_at: dt.datetime | None = None
    sha256: str = ""
    reader: str = ""
    cut: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Actor:
    """A party to an event; `country` is ISO 3166-1 alpha-2 or empty, `party` an id of the pack or a list entry where it was linked."""

    name: str
    role: str
    country: str = ""
    party: str = ""


@dataclass(frozen=True, slots=True)
class EventCountries:
    """Countries by their part in an event, ISO 3166-1 alpha-2.

    A state may hold two parts: one that stops goods on their way is imposer and transit.
    """

    imposer: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    transit: tuple[str, ...] = ()
    destination: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventItem:
    """A thing that an event is about, in the words of the text, with the catalogue entry it names, or the class of what is no entry."""

    text: str
    chip: str = ""
    eccn: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money in units of its currency (ISO 4217), and what it is for."""

    value: float
    currency: str
    qualifier: Qualifier = "exact"
    what: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of things."""

    value: float
    unit: str
    qualifier: Qualifier = "exact"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, as one document tells it.

    Dates are ISO at the precision that the text states (2025, 2025-09, 2025-09-30), by what they date. `evidence` holds, for each field
    that is filled, the sentences that support it. `key` is stable for the document and the place of the event in it.
    """

    key: str
    document: str
    headline: str
    event_type: EventType
    measure_type: MeasureType
    certainty: Certainty
    status: Status
    actors: tuple[Actor, ...] = ()
    countries: EventCountries = field(default_factory=EventCountries)
    items: tuple[EventItem, ...] = ()
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    dates: Mapping[str, str] = field(default_factory=dict)
    contradicts: tuple[str, ...] = ()
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
