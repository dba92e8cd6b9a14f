"""One rule file compiled: windows resolved to days, conditions parsed, overlaps and silent gaps refused."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from pydantic import BaseModel

from thalweg.evidence import OPEN_END, OPEN_START, PackError, day
from thalweg.pack import schema as s
from thalweg.pack.language import ConditionError, parse
from thalweg.pack.reader import Document
from thalweg.pack.vocabulary import Vocabulary


def source_dict(source: BaseModel) -> dict[str, Any]:
    """Return a source without its empty fields."""
    return {k: v for k, v in source.model_dump(mode="json").items() if v}


def parse_condition(text: str, vocabulary: Vocabulary, document: Document, path: tuple[str | int, ...], *, red_flag: bool) -> list[Any]:
    """Parse a condition of a rule file.

    Raises:
        PackError: with file and line.
    """
    try:
        return parse(text, vocabulary, allow_is_null=red_flag)
    except ConditionError as error:
        raise PackError(f"{path[-1]}: {error}", file=document.file, line=document.line(path)) from error


def compile_version(
    version: s.Version, vocabulary: Vocabulary, document: Document, path: tuple[str | int, ...], *, red_flag: bool
) -> dict[str, Any]:
    """Resolve the windows of a version and parse its conditions."""
    text = version.text
    printed = [day(text.from_, default=OPEN_START), day(text.to, default=OPEN_END)] if text else None
    published = day(text.published or text.from_, default=OPEN_START) if text else OPEN_START
    compliance = day(text.compliance or text.from_, default=OPEN_START) if text else OPEN_START
    if version.enforced is not None:
        enforced: list[tuple[int, int, str]] = [
            (day(w.from_, default=OPEN_START), day(w.to, default=OPEN_END), w.posture) for w in version.enforced
        ]
    else:
        assert printed is not None  # noqa: S101  (the schema refuses a version with neither)
        enforced = [(compliance, printed[1], "enforced")] if compliance < printed[1] else []
    if text is None:
        published = min((w[0] for w in enforced), default=OPEN_START)
    return {
        "text": printed,
        "published": published,
        "compliance": compliance,
        "enforced": enforced,
        "when": parse_condition(version.when, vocabulary, document, (*path, "when"), red_flag=red_flag),
        "unless": None
        if version.unless is None
        else parse_condition(version.unless, vocabulary, document, (*path, "unless"), red_flag=red_flag),
        "when_text": " ".join(version.when.split()),
        "unless_text": " ".join((version.unless or "").split()),
        "sources": [source_dict(x) for x in version.sources],
        "note": version.note,
        "line": document.line(path),
        "reviewed": version.reviewed.isoformat() if version.reviewed else "",
    }


def compile_rule(rule: s.RuleFile, vocabulary: Vocabulary, document: Document) -> dict[str, Any]:
    """Compile a rule file that already fits its schema."""
    keys = rule.model_dump(
        mode="json",
        by_alias=True,
        exclude_none=True,
        exclude={"id", "kind", "title", "versions", "gaps", "note"},
    )
    red_flag = rule.kind == "red_flag"
    versions = [compile_version(v, vocabulary, document, ("versions", i), red_flag=red_flag) for i, v in enumerate(rule.versions)]
    check_windows(rule, versions, document)
    return {
        "id": rule.id,
        "kind": rule.kind,
        "title": rule.title,
        "file": document.file,
        "versions": versions,
        "keys": keys,
        "note": rule.note,
    }


def check_windows(rule: s.RuleFile, versions: list[dict[str, Any]], document: Document) -> None:
    """Refuse overlaps on one axis, and holes that are not declared.

    Raises:
        PackError: with file and line.
    """
    declared = [(day(g.from_, default=OPEN_START), day(g.to, default=OPEN_END)) for g in rule.gaps]
    printed = sorted((v["text"][0], v["text"][1], i) for i, v in enumerate(versions) if v["text"])
    acting = sorted((a, b, i) for i, v in enumerate(versions) for a, b, posture in v["enforced"] if posture in ("enforced", "unknown"))
    known = sorted((a, b, i) for i, v in enumerate(versions) for a, b, _ in v["enforced"])
    for axis, windows in (("text", printed), ("enforced", acting)):
        for (_, end, _), (start, _, index) in itertools.pairwise(windows):
            if start < end:
                line = document.line(("versions", index))
                message = f"versions overlap on the {axis} axis from {dt.date.fromordinal(start)}"
                raise PackError(message, file=document.file, line=line)
    for axis, windows in (("text", printed), ("enforced", known if rule.kind != "classification" else [])):
        reach = windows[0][1] if windows else 0
        for start, end, index in windows[1:]:
            if start > reach and not any(a <= reach and start <= b for a, b in declared):
                line = document.line(("versions", index))
                first, last = dt.date.fromordinal(reach), dt.date.fromordinal(start)
                message = f"nothing is said of {first} to {last} on the {axis} axis; declare it under gaps with a reason"
                raise PackError(message, file=document.file, line=line)
            reach = max(reach, end)
