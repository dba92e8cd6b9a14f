"""What is known of each source of news before anything is fetched, and the sources that a user names in a file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from thalweg.evidence import BadInput
from thalweg.nouns.news import DocumentKind
from thalweg.sources.addresses import shown
from thalweg.sources.news.plain import plain_loader

SHIPPED: Final = ("federal_register", "federal_register_inspection", "ecfr", "list_changes", "mofcom", "edgar", "gdelt")
Client = Literal[
    "federal_register", "federal_register_inspection", "ecfr", "list_changes", "gdelt", "edgar", "feed", "page", "index", "folder"
]
_ID: Final = re.compile(r"^[a-z][a-z0-9_-]{0,39}$")
_SPAN: Final = re.compile(r"^(\d{1,5})\s*(minute|hour|day|week|m|h|d|w)s?$")
_UNITS: Final = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_MOST: Final = 200


class Volume(BaseModel):
    """How many documents a week of a source has; fewer or more is said with the pull."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    min: Annotated[int, Field(ge=0)] = 0
    max: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Volume:
        if self.min > self.max:
            raise ValueError(f"min {self.min} is over max {self.max}")
        return self


class NewsSource(BaseModel):
    """One source of news. Spans are written as `15 minutes`, `1 day`, `2 weeks` and held as timedelta."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str = Field(min_length=1)
    publisher: str = ""
    client: Client
    kind: DocumentKind = "media"
    address: str = Field("", description="An https address, or the path of a folder")
    cadence: dt.timedelta = Field(description="Between two issues, as the publisher keeps to it")
    stale_after: dt.timedelta = Field(description="Without a success, or without a new document, after which the silence is an alert")
    volume: Volume | None = None
    terms: str = ""
    pause: Annotated[float, Field(ge=0, le=3_600, description="Seconds between two requests to a host")] = 0.5
    default: bool = Field(True, description="Pulled where no source is named")
    language: str = ""
    options: Mapping[str, Any] = Field(default_factory=dict)
    documentation: tuple[str, ...] = ()
    own: bool = Field(False, description="Named by the user")

    @property
    def cadence_minutes(self) -> float:
        """Minutes between two issues."""
        return self.cadence.total_seconds() / 60

    @property
    def stale_after_hours(self) -> float:
        """Hours of silence that are an alert."""
        return self.stale_after.total_seconds() / 3_600

    @property
    def expected_per_week(self) -> float | None:
        """The middle of how many documents a week has; None where it is not known."""
        return (self.volume.min + self.volume.max) / 2 if self.volume else None

    @field_validator("cadence", "stale_after", mode="before")
    @classmethod
    def _span(cls, value: object) -> object:
        if isinstance(value, dt.timedelta):
            return value
        found = _SPAN.match(str(value).strip().casefold())
        if found is None or not int(found[1]):
            raise ValueError(f"{value!r} is no span; write it as `30 minutes`, `1 day` or `2 weeks`")
        return dt.timedelta(seconds=int(found[1]) * _UNITS[found[2][0]])

    @model_validator(mode="after")
    def _holds_together(self) -> NewsSource:
        if self.stale_after < self.cadence:
            raise ValueError("stale_after is under cadence")
        web = self.client not in ("folder", "list_changes")
        if web and not re.match(r"^(?:https://\S+|http://[^/\s:]+:\d+(?:/\S*)?)$", self.address):  # a mirror inside a firm may be plain
            raise ValueError(f"address {shown(self.address)!r}: is not an https address")
        if self.client == "folder" and not self.address:
            raise ValueError("address: names no folder")
        return self


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, NewsSource]:
    found: dict[str, NewsSource] = {}
    for source_id in SHIPPED:
        file = files(f"thalweg.sources.news.{source_id}") / "source.yaml"
        found[source_id] = _validated(
            {"id": source_id} | yaml.safe_load(file.read_text(encoding="utf-8")), f"sources/news/{source_id}/source.yaml"
        )
    return found


def news_sources(own: Path | None = None) -> Mapping[str, NewsSource]:
    """Return every source by id: those shipped, and those of a file of the user.

    Raises:
        BadInput: with the file, the source and the key that does not hold to the form.
    """
    return {**_shipped(), **(read_sources(own) if own else {})}


# ---------------------------------------------------------------- sources of the user

_OWN_KEYS: Final = frozenset(
    {"feed", "page", "index", "folder", "gdelt", "edgar", "federal_register"}
    | {"title", "publisher", "kind", "cadence", "stale_after", "terms", "pause", "language", "articles", "match", "volume", "forms"}
)
_WAYS: Final = ("feed", "page", "index", "folder", "gdelt", "edgar", "federal_register")
_BASES: Final = {"gdelt": "query", "edgar": "query", "federal_register": "searches"}
_DAY: Final = "1 day"


def read_sources(path: Path) -> dict[str, NewsSource]:
    """Return the sources of a file: a mapping `sources` from an id to what it is.

    One of `feed`, `page`, `index`, `folder`, `gdelt`, `edgar` and `federal_register` says where it is; the other keys have defaults.

    Raises:
        BadInput: with the file, the source and the key that does not hold to the form.
    """
    try:
        given = yaml.load(path.read_bytes().decode("utf-8-sig"), plain_loader())  # noqa: S506  (a safe loader with less)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        said = str(getattr(error, "problem", None) or error)  # without the text around it, which may hold a secret
        line = f":{mark.line + 1}" if mark else ""
        raise BadInput(f"{path}{line}: is not valid YAML ({' '.join(said.split())[:200]})") from None
    if not isinstance(given, dict) or set(given) != {"sources"} or not isinstance(given["sources"], dict):
        raise BadInput(f"{path}: begins with `sources:`, below it an id for each source, and below that `feed: https://...` or the like")
    if len(given["sources"]) > _MOST:
        raise BadInput(f"{path}: names {len(given['sources'])} sources; {_MOST} at most are read")
    return {str(source_id): _own(str(source_id), form, path) for source_id, form in given["sources"].items()}


def _own(source_id: str, form: Any, path: Path) -> NewsSource:
    where = f"{path}: sources.{source_id}"
    if not _ID.match(source_id):
        raise BadInput(f"{where}: an id begins with a small letter, and has small letters, digits, `_` and `-`, at most 40")
    if source_id in SHIPPED or source_id == "file":
        raise BadInput(f"{where}: that id is taken; name it otherwise")
    if not isinstance(form, dict):
        raise BadInput(f"{where}: say where it is, as `feed: https://...`")
    if unknown := sorted(str(k) for k in form if k not in _OWN_KEYS):
        raise BadInput(f"{where}: {unknown[0]!r} is no key; known are {', '.join(sorted(_OWN_KEYS))}")
    ways = [k for k in _WAYS if k in form]
    if len(ways) != 1:
        raise BadInput(f"{where}: has {' and '.join(ways) if ways else 'none of ' + ', '.join(_WAYS)}; give one of them")
    way = ways[0]
    rest = {k: v for k, v in form.items() if k != way and k not in ("articles", "match", "forms")}
    options = {k: form[k] for k in ("articles", "match", "forms") if k in form}
    base: dict[str, Any] = {"cadence": _DAY, "stale_after": "2 weeks", "kind": "file" if way == "folder" else "media", "title": source_id}
    if way in _BASES:
        shipped = _shipped()[way]
        base |= {
            "address": shipped.address,
            "pause": shipped.pause,
            "terms": shipped.terms,
            "kind": shipped.kind,
            "publisher": shipped.publisher,
        }
        options = dict(shipped.options) | options | {_BASES[way]: form[way]}
    elif not isinstance(form[way], str):
        raise BadInput(f"{where}.{way}: is no text")
    elif way == "folder":
        base["address"] = str((path.parent / Path(form[way]).expanduser()).resolve())
    else:
        base["address"] = form[way]
    if "match" in options:
        _pattern(options["match"], where)
    return _validated({"id": source_id, "client": way, "own": True, "options": options} | base | rest, where)


def _pattern(value: Any, where: str) -> None:
    try:
        re.compile(value)
    except (re.error, TypeError) as error:
        raise BadInput(f"{where}.match: is no regular expression ({error})") from None


def _validated(form: dict[str, Any], where: str) -> NewsSource:
    try:
        return NewsSource.model_validate(form)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ").replace("Input should be", "should be").replace("a valid string", "text")
        raise BadInput(f"{where}: {f'{key}: ' if key else ''}{said}{_given(first['type'], first['input'])}") from None


def _given(kind: str, given: Any) -> str:
    """Return what was given, where it is not in what is said of it."""
    if kind in ("value_error", "missing") or isinstance(given, (dict, list)):
        return ""
    return f", not {str(given)[:60]!r}"
