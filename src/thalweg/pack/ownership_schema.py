"""The shape of an ownership regime's file: which listings count, from what share on, when, and what raises a red flag."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from thalweg.evidence import Basis, Source
from thalweg.pack.schema import EnforcedWindow, Policy, RuleId


def _text(value: Any) -> Any:
    """Let only text be a share: a bare number of YAML is binary, and 0.1 is none of those."""
    if not isinstance(value, str):
        message = "a share is text, so that it is exact: write '0.5'"
        raise ValueError(message)  # noqa: TRY004  (pydantic turns ValueError into its own message)
    return value


ListId = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Part = Annotated[Decimal, BeforeValidator(_text), Field(gt=0, le=1, allow_inf_nan=False, max_digits=10, decimal_places=9)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


class Counted(_Strict):
    """A list whose parties count as owners; with `programs`, only under one of these."""

    list: ListId
    programs: tuple[str, ...] | None = Field(None, min_length=1)
    duty: bool = Field(False, description="An unknown share of such an owner must be resolved before the act")
    policy: Policy | None = Field(None, description="Review policy of all its entries, where the entry does not carry one")
    sources: tuple[Source, ...] = ()


class NotCounted(_Strict):
    """A list whose parties do not count as owners, and why."""

    list: ListId
    because: str


class Minority(_Strict):
    """The red flag of a listed owner below the threshold."""

    share: Part
    text: str
    basis: Basis
    note: str = ""
    sources: list[Source] = Field(min_length=1)


class UnknownShare(_Strict):
    """The red flag of a listed owner whose share is not known."""

    text: str
    sources: list[Source] = Field(min_length=1)


class Related(_Strict):
    """The red flag of a party that owns a listed one by the threshold or more, and of what it owns beside it."""

    text: str
    sources: list[Source] = Field(min_length=1)


class RedFlags(_Strict):
    """What calls for diligence although the arithmetic does not cover."""

    minority: Minority
    unknown_share: UnknownShare
    related: Related | None = None


class Caveat(_Strict):
    """What the arithmetic does not see, said with every answer in which an owner counts."""

    text: str
    sources: list[Source] = Field(min_length=1)


class OwnershipFile(_Strict):
    """One rule on entities that listed parties own."""

    id: ListId
    title: str = Field(min_length=3)
    authority: str
    covers: str
    threshold: Part
    counts: list[Counted] = Field(min_length=1)
    never: list[NotCounted] = Field(default_factory=list)
    address_only: str = Field(description="Why an entry of an address does not count")
    not_in: list[str] = Field(default_factory=list, description="Places whose entities are never covered")
    passes_down: list[Literal["footnotes", "policy"]] = Field(default_factory=list)
    rule: RuleId | None = Field(None, description="The rule whose enforced windows are those of this regime")
    enforced: list[EnforcedWindow] | None = Field(None, description="The windows, where no rule of the pack has them")
    red_flags: RedFlags
    caveats: list[Caveat] = Field(default_factory=list)
    sources: list[Source] = Field(min_length=1)
    note: str = ""
    reviewed: dt.date | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> OwnershipFile:
        if (self.rule is None) == (self.enforced is None):
            message = "a regime has either a 'rule' or 'enforced' windows of its own"
            raise ValueError(message)
        if self.red_flags.minority.share >= self.threshold:
            message = f"red_flags.minority.share: {self.red_flags.minority.share} is not below the threshold {self.threshold}"
            raise ValueError(message)
        counted, never = [c.list for c in self.counts], [n.list for n in self.never]
        for name in (*counted, *never):
            if (*counted, *never).count(name) > 1:
                message = f"the list {name!r} stands twice under 'counts' and 'never'"
                raise ValueError(message)
        return self
