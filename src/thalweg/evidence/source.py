"""Where a statement comes from and how far it can be trusted."""

from __future__ import annotations

import datetime as dt
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Basis = Literal["primary", "measured", "published", "reported", "derived", "recalled", "judgement"]
BASES: tuple[str, ...] = get_args(Basis)


class Source(BaseModel):
    """One source of one statement; ``basis`` says how it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    citation: str = Field("", description="Federal Register or CFR citation, or the name of the document")
    title: str = ""
    document: str = Field("", description="Federal Register document number")
    url: str = Field("", description="Where to read it", pattern=r"^(https?://\S+)?$")
    basis: Basis = Field("primary", description="How the source was read")
    accessed: dt.date | None = None
    note: str = ""

    @model_validator(mode="after")
    def _says_where(self) -> Source:
        if not (self.citation or self.url):
            message = "a source needs a citation or a url"
            raise ValueError(message)
        return self
