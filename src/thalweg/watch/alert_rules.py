"""Alert rules as people write them: a short YAML file that says of which events to tell whom."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from thalweg.nouns.news import Certainty, EventType, MeasureType, Status

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
CERTAINTIES: tuple[str, ...] = get_args(Certainty)


class _Written(BaseModel):
    """Unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AlertRule(_Written):
    """Which events to tell of. Each key that stands narrows; within a key any of its values fits."""

    name: Name
    portfolio: str | None = Field(None, description="A portfolio, by its path from this file: its products, destinations and customers")
    products: list[Word] = Field(default_factory=list, description="Catalogue names or ECCNs")
    destinations: list[Code] = Field(default_factory=list)
    imposers: list[Code] = Field(default_factory=list, description="Countries whose authority acts")
    customers: list[Word] = Field(default_factory=list, description="Names of parties")
    event_types: list[EventType] = Field(default_factory=list)
    measures: list[MeasureType] = Field(default_factory=list)
    certainty: list[Certainty] = Field(default_factory=list)
    states: list[Status] = Field(default_factory=list, description="Tell when one of these is entered; when any is if left out")
    rules: list[Word] = Field(default_factory=list, description="Rules of the pack by id; a * at the end stands for any rest")
    words: list[Word] = Field(default_factory=list, description="Words in the headline or a supporting sentence")
    official_only: bool = Field(False, description="Only where the authority itself, or a filing, is among the accounts")
    kind: Literal["event", "silence", "stale", "any"] = Field(
        "event", description="event: what happened; silence: a source that fell silent; stale: a rule of the pack that may be stale"
    )
    send: list[Name] = Field(min_length=1, description="Outlets by name; terminal is always there")

    @model_validator(mode="after")
    def _narrows(self) -> Self:
        keys = self.model_fields_set - {"name", "send", "kind"}
        if self.kind in ("silence", "stale") and keys - {"rules"}:
            message = f"a rule of kind {self.kind} takes no {', '.join(sorted(keys - {'rules'}))}"
            raise ValueError(message)
        return self


class Email(_Written):
    """An outlet by mail; the password comes from the environment, never from the file."""

    to: list[Annotated[str, StringConstraints(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$")]] = Field(min_length=1)
    sender: Annotated[str, StringConstraints(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$")] = Field(alias="from")
    host: str
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password_env: str | None = Field(None, description="The variable of the environment that holds the password")

    @model_validator(mode="after")
    def _closed(self) -> Self:
        if self.user and self.security == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            message = "a user with security none sends the password in clear; use starttls or tls"
            raise ValueError(message)
        if self.user and not self.password_env:
            message = "a user needs password_env, the variable of the environment that holds the password"
            raise ValueError(message)
        return self


class Webhook(_Written):
    """An outlet by HTTP POST, signed with a secret from the environment."""

    url: str
    secret_env: str = Field(description="The variable of the environment that holds the secret of the signature")
    allow: list[str] = Field(default_factory=list, description="Hosts with port that may be private and without TLS")


class Outlet(_Written):
    """Where alerts go: exactly one of a file of JSON Lines, an RSS feed, mail, or a webhook."""

    jsonl: str | None = Field(None, description="A file that each alert is added to as a line, by its path from this file")
    rss: str | None = Field(None, description="A file that is written anew with the last alerts, by its path from this file")
    email: Email | None = None
    webhook: Webhook | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(x is not None for x in (self.jsonl, self.rss, self.email, self.webhook)) != 1:
            message = "an outlet is one of jsonl, rss, email and webhook"
            raise ValueError(message)
        return self


class AlertRules(_Written):
    """The file: the rules, and the outlets that they send to."""

    rules: list[AlertRule] = Field(min_length=1)
    outlets: dict[Name, Outlet] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Self:
        names = Counter(r.name for r in self.rules)
        if twice := sorted(n for n, times in names.items() if times > 1):
            message = f"two rules are named {twice[0]}; give each its own name"
            raise ValueError(message)
        if "terminal" in self.outlets:
            message = "the outlet terminal is always there; give yours another name"
            raise ValueError(message)
        for rule in self.rules:
            if unknown := sorted({*rule.send} - {*self.outlets, "terminal"}):
                message = f"rule {rule.name} sends to {unknown[0]}, which is no outlet of the file"
                raise ValueError(message)
        return self


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the file of alert rules."""
    return AlertRules.model_json_schema(by_alias=True)
