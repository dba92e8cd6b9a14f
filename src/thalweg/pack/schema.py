"""The shape of every knowledge file, as models: they validate, and they make the JSON Schemas that editors use."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from thalweg.evidence import Source

Posture = Literal["enforced", "not_enforced", "stayed", "unknown"]
Policy = Literal["presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial"]
RuleKind = Literal[
    "classification",
    "presumption",
    "jurisdiction",
    "requirement",
    "gate",
    "exception",
    "review_policy",
    "red_flag",
    "obligation",
    "duty",
    "country_chart",
]

STRATA: dict[str, int] = {
    "classification": 1,
    "presumption": 2,
    "jurisdiction": 3,
    "requirement": 4,
    "country_chart": 4,
    "gate": 5,
    "exception": 5,
    "review_policy": 6,
    "red_flag": 7,
    "obligation": 7,
    "duty": 7,
}

RuleId = Annotated[str, Field(pattern=r"^[a-z0-9][A-Za-z0-9._/-]*$", max_length=120)]
Pattern = Annotated[str, Field(pattern=r"^[a-z0-9][A-Za-z0-9._/-]*\*?$", max_length=120)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


class Window(_File):
    """Half open: holds from the first day and ends before the second."""

    from_: dt.date | None = Field(None, alias="from")
    to: dt.date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Window:
        if self.from_ and self.to and self.from_ >= self.to:
            message = f"the window starts on {self.from_} and ends on {self.to}; it must end later than it starts"
            raise ValueError(message)
        return self


class TextWindow(Window):
    """When the words are printed."""

    published: dt.date | None = None
    compliance: dt.date | None = Field(None, description="First day on which requirements bind, where later than `from`")


class EnforcedWindow(Window):
    """When, and whether, the words act."""

    posture: Posture = "enforced"
    because: str = ""


class Gap(Window):
    """A declared hole between two versions."""

    because: str


class Version(_File):
    """One wording of a rule, with its windows, condition and sources."""

    text: TextWindow | None = None
    enforced: list[EnforcedWindow] | None = Field(None, description="Leave out: as the text, from its compliance date")
    when: str = Field("TRUE", description="Condition under which the rule holds")
    unless: str | None = None
    sources: list[Source] = Field(min_length=1)
    note: str = ""
    reviewed: dt.date | None = None

    @model_validator(mode="after")
    def _has_a_window(self) -> Version:
        if self.text is None and not self.enforced:
            message = "a version without text needs an enforced window"
            raise ValueError(message)
        return self


class Asserted(_File):
    """What a presumption takes as shown."""

    class_: str | None = Field(None, alias="class")
    facts: dict[str, bool | float | str] = Field(default_factory=dict)


_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "classification": (("assigns",), ()),
    "presumption": (("asserts",), ()),
    "jurisdiction": (("ground",), ()),
    "requirement": (("reason",), ("effect", "of_persons")),
    "gate": (("only",), ("covers",)),
    "exception": (("exception", "lifts"), ("obligations", "notice_days")),
    "review_policy": (("reviews",), ("policy", "policy_from", "overrides")),
    "red_flag": (("text",), ("number", "knowledge")),
    "obligation": (("text",), ()),
    "duty": (("rate",), ("headings", "text")),
    "country_chart": (("table", "chart"), ()),
}
_KIND_KEYS = {key for needs, may in _KEYS.values() for key in (*needs, *may)}


class RuleFile(_File):
    """One rule: what it does, and its versions over time."""

    id: RuleId
    kind: RuleKind
    title: str = Field(min_length=3)
    versions: list[Version] = Field(min_length=1)
    gaps: list[Gap] = Field(default_factory=list)
    note: str = ""
    assigns: str | None = None
    asserts: Asserted | None = None
    ground: Literal["origin", "de_minimis", "direct_product", "not_subject"] | None = None
    reason: str | None = None
    effect: Literal["license", "prohibition"] | None = None
    of_persons: bool | None = Field(
        None, description="The act of a person needs the license, whether or not the item is subject to the regime"
    )
    only: list[str] | None = None
    covers: list[Pattern] | None = None
    exception: str | None = None
    lifts: list[Pattern] | None = None
    obligations: list[str] | None = None
    notice_days: int | None = Field(None, ge=1, description="Calendar days of notice before the exception may be used")
    reviews: list[Pattern] | None = None
    policy: Policy | None = None
    policy_from: Literal["list_entry"] | None = None
    overrides: list[RuleId] | None = None
    number: int | None = None
    text: str | None = None
    knowledge: bool | None = None
    rate: str | None = None
    headings: str | None = None
    table: str | None = None
    chart: str | None = None

    @model_validator(mode="after")
    def _keys_fit_the_kind(self) -> RuleFile:
        needs, may = _KEYS[self.kind]
        for key in needs:
            if getattr(self, key) is None:
                message = f"a {self.kind} needs {key!r}"
                raise ValueError(message)
        for key in sorted(_KIND_KEYS - {*needs, *may}):
            if getattr(self, key) is not None:
                message = f"{key!r} does not belong to a {self.kind}"
                raise ValueError(message)
        if self.kind == "review_policy" and (self.policy is None) == (self.policy_from is None):
            message = "a review_policy needs exactly one of 'policy' and 'policy_from'"
            raise ValueError(message)
        return self


class AmendFile(_File):
    """In an overlay: new versions of a rule that the pack or an earlier overlay holds."""

    amends: RuleId
    versions: list[Version] = Field(min_length=1)
    note: str = ""


class EndFile(_File):
    """In an overlay: the last day but one of a rule."""

    ends: RuleId
    on: dt.date
    sources: list[Source] = Field(min_length=1)
    note: str = ""


class Member(Window):
    """A member of a set, with the dates of its membership."""

    name: str
    aliases: list[str] = Field(default_factory=list)
    country: str | None = None
    note: str = ""


class SetFile(_File):
    """A named set of parties."""

    kind: Literal["set"]
    id: RuleId
    title: str
    of: Literal["party"] = "party"
    members: list[Member]
    sources: list[Source] = Field(min_length=1)
    note: str = ""


class Derivation(Window):
    """A computation that the engine does, by name and with its dates."""

    name: str
    because: str
    citation: str


class Presumption(_File):
    """What is taken as so where nothing is said."""

    value: bool | float | str
    because: str
    citation: str


class FactFile(_File):
    """A declared fact."""

    name: Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]*$")]
    of: Literal["transaction", "item", "party"]
    type: Literal["number", "boolean", "enum", "place", "date", "text"]
    unit: str = ""
    values: list[str] = Field(default_factory=list)
    meaning: str
    question: str
    source: Source
    derived_by: list[Derivation] = Field(default_factory=list)
    if_unstated: Presumption | None = None
    asked_as: str = ""

    @model_validator(mode="after")
    def _enum_has_values(self) -> FactFile:
        if (self.type == "enum") != bool(self.values):
            message = "an enum, and only an enum, lists its values"
            raise ValueError(message)
        return self


class Switch(_File):
    """A day on which something is printed to change."""

    on: dt.date
    printed: str
    expected: str = ""
    state: str = "unknown"


class EventFile(_File):
    """One dated event of the timeline."""

    id: str
    jurisdiction: str
    title: str
    announced: str | dt.date | None = None
    published: str | dt.date | None = None
    effective: str | dt.date | None = None
    compliance: str | dt.date | None = None
    ended: str | dt.date | None = None
    status: str
    effect: str = ""
    rules: list[str] = Field(default_factory=list)
    sources: list[Source] = Field(min_length=1)
    switch: Switch | None = None
    note: str = ""


class OverlayFile(_File):
    """The head of an overlay folder."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    kind: Literal["draft", "house_rule", "counsel", "what_if"]
    status: str = ""
    last_seen: str | dt.date | None = None
    assumed_from: dt.date | None = Field(None, description="Hypothetical first day of a draft")
    parameters: dict[str, float | str | bool] = Field(default_factory=dict)
    sources: list[Source] = Field(default_factory=list)
    not_expressed: list[str] = Field(default_factory=list)
    note: str = ""
    author: str = ""
    reason: str = ""
    decided: dt.date | None = None


class Regime(_File):
    """A body of rules and the day up to which it was verified."""

    title: str
    verified_through: dt.date


class PackFile(_File):
    """The head of a pack."""

    name: str
    version: str
    title: str
    license: str
    covers_from: dt.date
    regimes: dict[str, Regime]
    computed_entries: list[str] = Field(default_factory=list, description="Entries that rules work out in full from specifications")


class ListHead(_File):
    """A list of parties, and how much of it the pack holds."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title: str
    authority: str
    url: str = ""
    partial: bool = True
    as_of: dt.date | None = None
    official_rows: int | None = None
    file: str = ""
    rows: int | None = Field(None, description="Rows that the pack holds")
    note: str = ""
    first_day: dt.date | None = Field(None, description="The day before which no entry of the list can have stood, by what created it")
    first_because: str = Field("", description="What created the list, with its citation, as a clause")
    sources: list[Source] = Field(default_factory=list)

    @model_validator(mode="after")
    def _first_day_is_cited(self) -> ListHead:
        if self.first_day and not (self.first_because and self.sources):
            message = "a first day needs first_because and sources"
            raise ValueError(message)
        return self


def schemas() -> dict[str, dict[str, Any]]:
    """Return a JSON Schema for each sort of knowledge file, by name."""
    models: dict[str, type[BaseModel]] = {
        "rule": RuleFile,
        "amend": AmendFile,
        "end": EndFile,
        "set": SetFile,
        "fact": FactFile,
        "event": EventFile,
        "overlay": OverlayFile,
        "pack": PackFile,
        "list": ListHead,
    }
    return {name: model.model_json_schema(by_alias=True) for name, model in models.items()}
