"""From knowledge files to one compiled pack: read, check, resolve, hash, write."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from thalweg.evidence import OPEN_END, OPEN_START, PackError, day
from thalweg.nouns.names import name_keys
from thalweg.pack import schema as s
from thalweg.pack.compile_rule import compile_rule, source_dict
from thalweg.pack.files import write_atomically
from thalweg.pack.notices import COLUMNS as NOTICE_COLUMNS
from thalweg.pack.notices import FILE as NOTICES
from thalweg.pack.notices import compile_notices
from thalweg.pack.ownership_build import compile_ownership
from thalweg.pack.ownership_schema import OwnershipFile
from thalweg.pack.reader import MAX_CSV_BYTES, Document, read_csv, read_yaml
from thalweg.pack.refusal import refusal, shown
from thalweg.pack.vocabulary import FactWord, Vocabulary

FORMAT = 7
COMPILED = "pack.json"
M = TypeVar("M", bound=BaseModel)


def knowledge_files(root: Path) -> list[Path]:
    """Return the YAML and CSV files of a knowledge folder in a fixed order; links out of it, and files too large to read, are refused."""
    found = [p for p in root.rglob("*") if p.suffix in (".yaml", ".csv") and p.is_file()]
    home = root.resolve()
    for path in found:
        if not path.resolve().is_relative_to(home):
            raise PackError("links out of the knowledge folder", file=str(path))
        if (size := path.stat().st_size) > MAX_CSV_BYTES:
            raise PackError(f"is {size:,} bytes; {MAX_CSV_BYTES:,} at most", file=str(path))
    return sorted(found, key=lambda p: p.relative_to(root).as_posix())


def content_hash(root: Path) -> str:
    """Return the SHA-256 over the names and contents of all knowledge files."""
    digest = hashlib.sha256(f"thalweg-pack {FORMAT}\n".encode())
    for path in knowledge_files(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build_pack(root: Path, out: Path | None = None) -> dict[str, Any]:
    """Compile a knowledge folder; write it to ``out`` if given.

    Raises:
        PackError: the first problem found, with file and line.
    """
    data, problems = compile_pack(root)
    if problems:
        raise problems[0]
    if out is not None:
        write_atomically(out, json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
    return data


def compile_pack(root: Path) -> tuple[dict[str, Any], list[PackError]]:
    """Compile a knowledge folder, gathering every problem instead of stopping at the first."""
    builder = Builder(root)
    return builder.run(), builder.problems


def validated(model: type[M], document: Document, data: Any, path: tuple[str | int, ...] = ()) -> M:
    """Hold data to a model; the error names the file, line and key.

    Raises:
        PackError: if it does not fit.
    """
    if not isinstance(data, dict):
        raise PackError(
            f"should be a mapping of keys, not {'a list' if isinstance(data, list) else shown(data)}",
            file=document.file,
            line=document.line(path),
        )
    try:
        return model.model_validate(data)
    except ValidationError as error:
        where, message = refusal(error, model, data)
        key = ".".join(str(w) for w in where)
        raise PackError(f"{key}: {message}" if key else message, file=document.file, line=document.line((*path, *where))) from error


class Builder:
    """Reads one knowledge folder; problems are gathered in ``problems``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[PackError] = []
        empty: dict[str, Any] = {
            k: {} for k in ("facts", "places", "groups", "lists", "sets", "chart", "reasons", "entries", "hardware", "rules", "notices")
        }
        self.data: dict[str, Any] = {"format": FORMAT, "listings": [], "events": [], **empty}
        self._rules: list[tuple[Document, s.RuleFile]] = []

    def run(self) -> dict[str, Any]:
        """Read everything and return the compiled data."""
        for step in (
            self._head,
            self._facts,
            self._places,
            self._groups,
            self._lists,
            self._notices,
            self._files,
            self._chart,
            self._hardware,
            self._events,
            self._conditions,
            self._ownership,
        ):
            try:
                step()
            except PackError as error:
                self.problems.append(error)
        self._finish()
        return self.data

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _yaml(self, path: Path) -> Document:
        return read_yaml(path, name=self._name(path))

    def _each(self, folder: str) -> Iterable[Document]:
        for path in sorted((self.root / folder).rglob("*.yaml")):
            try:
                yield self._yaml(path)
            except PackError as error:
                self.problems.append(error)

    def _csv(self, relative: str, *required: str) -> list[dict[str, str]]:
        path = self.root / relative
        if not path.exists():
            return []
        return read_csv(path, name=relative, required=required)

    def _head(self) -> None:
        document = self._yaml(self.root / "pack.yaml")
        head = validated(s.PackFile, document, document.data)
        self.data |= {
            "name": head.name,
            "version": head.version,
            "title": head.title,
            "computed_entries": head.computed_entries,
            "covers_from": head.covers_from.isoformat(),
            "verified_through": {k: r.verified_through.isoformat() for k, r in head.regimes.items()},
        }

    def _facts(self) -> None:
        facts: dict[str, Any] = {}
        for document in self._each("facts"):
            for i, item in enumerate(document.data or []):
                try:
                    fact = validated(s.FactFile, document, item, (i,))
                    if fact.name in facts:
                        raise PackError(f"the fact {fact.name!r} is declared twice", file=document.file, line=document.line((i,)))
                except PackError as error:
                    self.problems.append(error)
                    continue
                facts[fact.name] = fact.model_dump(mode="json", by_alias=True) | {"source": source_dict(fact.source)}
        self.data["facts"] = facts

    def _places(self) -> None:
        self.data["places"] = {
            row["code"]: {"name": row["name"], "aliases": _list(row["aliases"]), "chart_row": row["chart_row"]}
            for row in self._csv("places/places.csv", "code", "name", "aliases", "chart_row")
        }

    def _groups(self) -> None:
        groups: dict[str, list[Any]] = {}
        file = "places/groups.csv"
        for row in self._csv(file, "group", "place", "from", "to", "citation", "basis", "note"):
            line = int(row["#"])
            if row["place"] not in self.data["places"]:
                self.problems.append(PackError(f"{row['place']!r} is not a place", file=file, line=line))
            if not row["citation"]:
                self.problems.append(PackError("has no citation", file=file, line=line))
            start, end = self._window(row, file, line)
            groups.setdefault(row["group"], []).append([row["place"], start, end, row["citation"], row["note"]])
        for group, members in groups.items():
            _refuse_overlap(members, file, f"group {group}", self.problems)
        self.data["groups"] = groups

    def _window(self, row: dict[str, str], file: str, line: int) -> tuple[int, int]:
        try:
            start = dt.date.fromisoformat(row["from"]).toordinal() if row["from"] else OPEN_START
            end = dt.date.fromisoformat(row["to"]).toordinal() if row["to"] else OPEN_END
        except ValueError as error:
            self.problems.append(PackError(f"from/to: {error}", file=file, line=line))
            return OPEN_START, OPEN_END
        if start >= end:
            self.problems.append(PackError("ends before it starts", file=file, line=line))
        return start, end

    def _lists(self) -> None:
        heads: dict[str, Any] = {}
        path = self.root / "parties/lists.yaml"
        if path.exists():
            document = self._yaml(path)
            for i, item in enumerate(document.data or []):
                head = validated(s.ListHead, document, item, (i,))
                heads[head.id] = head.model_dump(mode="json") | {"sources": [source_dict(x) for x in head.sources]}
        entries: list[Any] = []
        for csv_path in sorted((self.root / "parties").glob("*.csv")):
            if self._name(csv_path) == NOTICES:
                continue
            entries.extend(self._listings(self._name(csv_path), heads))
        self.data["lists"] = heads
        self.data["listings"] = entries

    def _notices(self) -> None:
        self.data["notices"] = compile_notices(self._csv(NOTICES, *NOTICE_COLUMNS), self.problems)

    def _listings(self, file: str, heads: dict[str, Any]) -> Iterable[dict[str, Any]]:
        seen: set[str] = set()
        for row in self._csv(
            file, "list", "entry_id", "name", "aliases", "name_zh", "country", "from", "to", "citation", "footnotes", "policy", "basis"
        ):
            line = int(row["#"])
            if row["list"] not in heads:
                self.problems.append(PackError(f"the list {row['list']!r} is not declared in parties/lists.yaml", file=file, line=line))
            if not row["citation"]:
                self.problems.append(PackError("has no citation", file=file, line=line))
            if row["entry_id"] in seen:
                self.problems.append(PackError(f"entry_id {row['entry_id']!r} stands twice", file=file, line=line))
            seen.add(row["entry_id"])
            start, end = self._window(row, file, line)
            aliases = [*_list(row["aliases"]), *_list(row["name_zh"])]
            footnotes = {}
            for mark in _list(row["footnotes"]):
                number, _, since = mark.partition("@")
                footnotes[number] = dt.date.fromisoformat(since).toordinal() if since else start
            yield {
                "list": row["list"],
                "entry_id": row["entry_id"],
                "name": row["name"],
                "aliases": aliases,
                "keys": sorted(set().union(*(name_keys(n) for n in (row["name"], *aliases)))),
                "country": row["country"],
                "start": start,
                "end": end,
                "citation": row["citation"],
                "url": row.get("url", ""),
                "footnotes": footnotes,
                "policy": row["policy"],
                "requirement": row.get("license_requirement", ""),
                "basis": row["basis"],
                "note": row.get("note", ""),
            }

    def _files(self) -> None:
        sets: dict[str, Any] = {}
        for document in self._each("regimes"):
            try:
                if isinstance(document.data, dict) and document.data.get("kind") == "set":
                    found = validated(s.SetFile, document, document.data)
                    sets[found.id] = compile_set(found)
                else:
                    rule = validated(s.RuleFile, document, document.data)
                    expected = f"regimes/{rule.id}.yaml"
                    if document.file != expected:
                        raise PackError(f"the id {rule.id!r} belongs in {expected}", file=document.file, line=document.line(("id",)))
                    self._rules.append((document, rule))
            except PackError as error:
                self.problems.append(error)
        self.data["sets"] = sets

    def _chart(self) -> None:
        rows = self._csv("places/country_chart.csv", "row")
        self.data["chart"] = {r["row"]: [c for c, v in r.items() if v == "X"] for r in rows}
        reasons: dict[str, list[Any]] = {}
        file = "regimes/us-ear/774/ccl_reasons.csv"
        for row in self._csv(file, "eccn", "reason", "column", "treatment", "scope_kind", "scope", "destinations", "citation"):
            reasons.setdefault(row["eccn"], []).append(
                [
                    row["reason"],
                    row["column"],
                    row["treatment"],
                    row["scope_kind"],
                    _list(row["scope"]),
                    _list(row["destinations"]),
                    row.get("conditional", "") == "yes" or bool(row.get("for_reason")),
                    row["citation"],
                    row.get("note", ""),
                ]
            )
        self.data["reasons"] = reasons
        self.data["entries"] = {
            r["eccn"]: {k: v for k, v in r.items() if k not in ("eccn", "#")}
            for r in self._csv("regimes/us-ear/774/ccl_entries.csv", "eccn")
        }

    def _hardware(self) -> None:
        hardware: dict[str, Any] = {name: self._csv(f"hardware/{name}.csv", "name") for name in ("chips", "hbm", "systems", "ambiguous")}
        path = self.root / "hardware/conflicts.yaml"
        hardware["conflicts"] = self._yaml(path).data if path.exists() else []
        self.data["hardware"] = hardware

    def _events(self) -> None:
        events: list[Any] = []
        for document in self._each("events"):
            for i, item in enumerate(document.data or []):
                try:
                    event = validated(s.EventFile, document, item, (i,))
                except PackError as error:
                    self.problems.append(error)
                    continue
                events.append(event.model_dump(mode="json", exclude_none=True) | {"sources": [source_dict(x) for x in event.sources]})
        self.data["events"] = events

    def _conditions(self) -> None:
        vocabulary = self.vocabulary()
        rules: dict[str, Any] = {}
        for document, rule in self._rules:
            try:
                if rule.id in rules:
                    raise PackError(f"the rule {rule.id!r} stands twice", file=document.file, line=1)
                rules[rule.id] = compile_rule(rule, vocabulary, document)
            except PackError as error:
                self.problems.append(error)
        self.data["rules"] = rules

    def _ownership(self) -> None:
        regimes: dict[str, Any] = {}
        for document in self._each("ownership"):
            try:
                found = validated(OwnershipFile, document, document.data)
                if document.file != f"ownership/{found.id}.yaml":
                    raise PackError(
                        f"the id {found.id!r} belongs in ownership/{found.id}.yaml", file=document.file, line=document.line(("id",))
                    )
                regimes[found.id] = compile_ownership(found)
            except PackError as error:
                self.problems.append(error)
            except ValueError as error:
                self.problems.append(PackError(str(error), file=document.file, line=1))
        self.data["ownership"] = regimes

    def vocabulary(self) -> Vocabulary:
        """Return the words that the conditions of this folder may use."""
        classes = {rule.assigns for _, rule in self._rules if rule.assigns}
        return Vocabulary(
            facts={n: FactWord(n, f["of"], f["type"], tuple(f["values"])) for n, f in self.data["facts"].items()},
            groups=frozenset(self.data["groups"]),
            sets=frozenset(self.data["sets"]),
            lists=frozenset(self.data["lists"]),
            places=frozenset(self.data["places"]),
            classes=frozenset(classes) | frozenset(self.data["reasons"]),
        )

    def _finish(self) -> None:
        self.data["sha256"] = content_hash(self.root)


def compile_set(found: s.SetFile) -> dict[str, Any]:
    """Return a set with its members by matching key."""
    members: dict[str, list[Any]] = {}
    for member in found.members:
        window = [member.name, day(member.from_, default=OPEN_START), day(member.to, default=OPEN_END), "", member.note]
        for key in sorted(set().union(*(name_keys(n) for n in (member.name, *member.aliases)))):
            members.setdefault(key, []).append(window)
    return {"title": found.title, "members": members, "sources": [source_dict(x) for x in found.sources], "note": found.note}


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _refuse_overlap(members: list[Any], file: str, what: str, problems: list[PackError]) -> None:
    by_place: dict[str, list[Any]] = {}
    for member in members:
        by_place.setdefault(member[0], []).append(member)
    for place, windows in by_place.items():
        windows.sort(key=lambda w: w[1])
        for before, after in itertools.pairwise(windows):
            if after[1] < before[2]:
                problems.append(PackError(f"{place} stands in {what} twice over the same days", file=file))
