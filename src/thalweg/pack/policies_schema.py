"""The shape of the files under ``policies/``, as models: they validate, and they make the JSON Schemas that editors use."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from thalweg.evidence import Basis
from thalweg.pack.estimates_schema import Cited, Key, Label, Number, Words

Quarter = Annotated[str, Field(pattern=r"^20[0-9]{2}Q[1-4]$")]
LeverName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*$", max_length=40)]
Text = Annotated[str, Field(min_length=3, max_length=2_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StepFile(_Strict):
    """A value that a lever has from a quarter on, and where it comes from; without a source it is an assumption of the policy."""

    value: Number | Literal["rulebook"]
    basis: Basis = "judgement"
    sources: list[Cited] = Field(default_factory=list)
    note: str = ""

    @model_validator(mode="after")
    def _sourced(self) -> StepFile:
        if not self.sources and self.basis != "judgement":
            message = f"basis: {self.basis} needs a source; a value without one is an assumption"
            raise ValueError(message)
        return self


def _step(value: object) -> object:
    """Let a bare number, or the word ``rulebook``, stand for a step that the policy assumes."""
    return value if isinstance(value, dict | StepFile) else {"value": value}


LeverPathFile = Annotated[dict[Quarter, Annotated[StepFile, BeforeValidator(_step)]], Field(min_length=1)]
"""The steps of a lever, by the quarter from which each holds."""


class LaidFile(_Strict):
    """A rulebook overlay that the policy lays, from a day on."""

    overlay: str = Field(min_length=1, description="A draft of the pack, a rulebook of the policies, or a folder beside the policy's file")
    from_: dt.date | None = Field(None, alias="from", description="The first day; the first day of the policy if left out")
    parameters: dict[str, float | str | bool] = Field(default_factory=dict)


class GrantFile(_Strict):
    """Chips for which licenses were or are granted, where the rules require one and leave open how it is reviewed."""

    items: list[str] = Field(min_length=1)
    from_: dt.date = Field(alias="from")
    to: dt.date | None = Field(None, description="The day after the last")
    because: Words
    basis: Basis = "judgement"
    sources: list[Cited] = Field(default_factory=list)


class TriggerFile(_Strict):
    """What a policy turns to, in each run, once an outcome passes a level.

    It stands on the policy, or on the trigger that it names with ``after``. Of two that do not name each other, the later in the file acts
    where both have fired.
    """

    id: Key
    because: Words
    outcome: str
    at_least: Number | None = None
    at_most: Number | None = None
    not_before: Quarter | None = None
    after: Key | None = Field(None, description="Another trigger, which must have fired before")
    levers: dict[LeverName, LeverPathFile | Number] = Field(default_factory=dict)
    rulebook: list[LaidFile] = Field(default_factory=list)
    basis: Basis = "judgement"
    sources: list[Cited] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_level(self) -> TriggerFile:
        if (self.at_least is None) == (self.at_most is None):
            message = "give one of at_least and at_most"
            raise ValueError(message)
        if not (self.levers or self.rulebook):
            message = "a trigger changes levers or lays a rulebook"
            raise ValueError(message)
        return self


class PolicyFile(_Strict):
    """A policy: levers by quarter, the rulebook it lays, and what triggers turn it to."""

    id: Key
    title: Label
    summary: Text
    based_on: str | None = Field(None, description="The policy whose levers and rulebook go on where this one says nothing")
    starts: Quarter = Field(description="The first quarter of the policy; it cannot change what was before")
    levers: dict[LeverName, LeverPathFile] = Field(default_factory=dict)
    rulebook: list[LaidFile] = Field(default_factory=list)
    grants: list[GrantFile] = Field(default_factory=list)
    triggers: list[TriggerFile] = Field(default_factory=list)
    assumes: list[Text] = Field(default_factory=list)
    not_expressed: list[Text] = Field(default_factory=list)


class SoldFile(_Strict):
    """A chip that is sold, and so can be the best that may legally go to China."""

    item: str
    price_usd: Number | None = Field(None, gt=0, description="Price of a chip; without one it is sold at the price of the frontier")
    sold_from: dt.date | None = Field(None, description="Where the day of release in the catalogue is not the first of its sales")
    basis: Basis
    sources: list[Cited] = Field(min_length=1)
    note: str = ""


class FadingFile(_Strict):
    """What is left of a generation of chips in the flow to US customers when the next is sold."""

    share_when_superseded: Number = Field(gt=0, le=1)
    superseded_by: Number = Field(gt=1, description="The ratio of 8-bit rates from which a chip is of a later generation")
    rate: str = Field(description="The estimate of how fast the share falls after that, per year")
    basis: Basis
    sources: list[Cited] = Field(min_length=1)
    note: str = ""


class FrontierFile(_Strict):
    """How the best chip goes on after the last one of the catalogue."""

    growth: Number = Field(ge=1, description="Factor per year on its usefulness")
    basis: Basis
    sources: list[Cited] = Field(min_length=1)
    note: str = ""


class ThresholdFile(_Strict):
    """What the threshold lever needs beside the rules and the hardware catalogue."""

    chips: list[SoldFile] = Field(min_length=1)
    fading: FadingFile
    frontier: FrontierFile
    met_conditions: dict[str, bool] = Field(description="Facts of a sale that sellers and buyers are taken to bring about")
    note: str = ""


class ResponseFile(_Strict):
    """A strategy of Beijing or of allies; what is left out stays as drawn."""

    id: Key
    who: Literal["beijing", "allies"]
    title: Label
    meaning: Words
    imports: Literal["open", "throttled"] | None = Field(None, description="Whether legal chips are let in, in every run")
    retaliation: Literal["never", "always"] | None = None
    deals: Literal["kept", "broken"] | None = Field(None, description="Verification deals and mutual caps, from when each is made")
    buys_ahead: int = Field(0, ge=0, le=40, description="Quarters in which buyers stock up as before a closing rule")
    raises: dict[str, Annotated[Number, Field(gt=0, lt=1)]] = Field(
        default_factory=dict, description="Estimates, each raised to at least this quantile of its distribution"
    )
    levers: dict[LeverName, Annotated[Number, Field(ge=0, le=1)]] = Field(
        default_factory=dict, description="Levers of the policy, each multiplied by a factor"
    )
    basis: Basis = "judgement"
    sources: list[Cited] = Field(default_factory=list)
    note: str = ""


def policy_schemas() -> dict[str, type[BaseModel]]:
    """Return the model of each sort of file under ``policies/``."""
    return {"policy": PolicyFile, "threshold": ThresholdFile, "response": ResponseFile}
