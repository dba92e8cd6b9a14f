"""Overlays: drafts, bills, house rules, overrides and what-ifs laid over a pack, in order."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import itertools
import math
from pathlib import Path
from typing import Any

from thalweg.evidence import OPEN_END, BadInput, PackError, nearest
from thalweg.pack import schema as s
from thalweg.pack.build import compile_set, knowledge_files, validated
from thalweg.pack.check import cross_check
from thalweg.pack.compile_rule import compile_rule, compile_version, source_dict
from thalweg.pack.load import EMBEDDED, fact_from, rule_from, set_from, version_from
from thalweg.pack.model import Pack, Rule, Version
from thalweg.pack.reader import Document, read_yaml


def drafts() -> dict[str, Path]:
    """Return the drafts shipped with the pack, by id."""
    return {p.parent.name: p.parent for p in sorted((EMBEDDED / "drafts").glob("*/overlay.yaml"))}


def find_overlay(name: str | Path) -> Path:
    """Return the folder of an overlay given as a path or as the id of a shipped draft.

    Raises:
        BadInput: if there is none.
    """
    path = Path(name)
    with contextlib.suppress(OSError, ValueError):  # a name that no path can have
        if (path / "overlay.yaml").is_file():
            return path
    known = drafts()
    if str(name) in known:
        return known[str(name)]
    message = (
        f"overlay {str(name)!r}: neither a folder with overlay.yaml nor a shipped draft ({', '.join(known)}){nearest(str(name), known)}"
    )
    raise BadInput(message)


def overlay(pack: Pack, *names: str | Path, parameters: dict[str, Any] | None = None) -> Pack:
    """Lay overlays over a pack, in order.

    Raises:
        PackError: if one does not hold to its format, refers to nothing, or collides with one before it.
        BadInput: if a parameter is one that no overlay of the stack sets, or of another type.
    """
    for name in names:
        pack = _lay(pack, find_overlay(name), parameters or {})
    for name in parameters or {}:
        if name not in pack.parameters:
            raise BadInput(f"parameter {name!r}: no overlay of this stack sets it{nearest(name, pack.parameters)}")
    return pack


def _lay(pack: Pack, root: Path, parameters: dict[str, Any]) -> Pack:
    label = root.name
    head_document = read_yaml(root / "overlay.yaml", name=f"{label}/overlay.yaml")
    head = validated(s.OverlayFile, head_document, head_document.data)
    documents = [
        read_yaml(p, name=f"{label}/{p.relative_to(root).as_posix()}")
        for p in knowledge_files(root)
        if p.suffix == ".yaml" and p.name != "overlay.yaml" and p.relative_to(root).parts[0] not in ("estimates", "policies")
    ]
    facts, sets = dict(pack.facts), dict(pack.sets)
    for document in documents:
        if isinstance(document.data, list):
            for i, item in enumerate(document.data):
                fact = validated(s.FactFile, document, item, (i,))
                if fact.name in facts:
                    raise PackError(f"the fact {fact.name!r} is already declared", file=document.file, line=document.line((i,)))
                facts[fact.name] = fact_from(fact.model_dump(mode="json", by_alias=True) | {"source": source_dict(fact.source)})
        elif isinstance(document.data, dict) and document.data.get("kind") == "set":
            found = validated(s.SetFile, document, document.data)
            sets[found.id] = set_from(found.id, compile_set(found))
        elif not isinstance(document.data, dict):
            raise PackError("holds neither a rule, a set nor a list of facts", file=document.file, line=1)
    values = {**pack.parameters, **head.parameters, **_given(parameters, head)}
    laid = dataclasses.replace(pack, facts=facts, sets=sets, parameters=values)
    laid = dataclasses.replace(laid, rules=_with_new_classes(laid, documents))
    rules = dict(pack.rules)
    for document in documents:
        if isinstance(document.data, dict) and document.data.get("kind") != "set":
            _lay_rule(laid, rules, document, head)
    problems = list(cross_check({i: _as_data(r) for i, r in rules.items()}, facts))
    if problems:
        raise problems[0]
    digest = hashlib.sha256()
    for path in knowledge_files(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    digest.update(repr(sorted(values.items())).encode())
    stamp = dataclasses.replace(pack.stamp, overlays=(*pack.stamp.overlays, (head.id, digest.hexdigest())))
    summary = head.model_dump(mode="json", exclude_none=True) | {
        "sources": [source_dict(x) for x in head.sources],
        "sha256": digest.hexdigest(),
    }
    return dataclasses.replace(laid, rules=rules, stamp=stamp, overlays=(*pack.overlays, summary))


def _given(parameters: dict[str, Any], head: s.OverlayFile) -> dict[str, Any]:
    """Return the parameters given for this overlay; a whole number counts as a number.

    Raises:
        BadInput: if one is of another type than the overlay sets.
    """
    given: dict[str, Any] = {}
    for name, default in head.parameters.items():
        if name not in parameters:
            continue
        value = parameters[name]
        given[name] = float(value) if type(value) is int else value
        if isinstance(value, float) and not math.isfinite(value):
            raise BadInput(f"parameter {name!r}: {value!r} is not a number that a rule can be held to")
        if type(given[name]) is not type(default):
            sort = "a number" if isinstance(default, float) else "true or false" if isinstance(default, bool) else "text"
            raise BadInput(f"parameter {name!r}: {value!r} is not {sort}, which the overlay {head.id!r} needs")
    return given


def _with_new_classes(pack: Pack, documents: list[Document]) -> dict[str, Rule]:
    """Let conditions read the classes that this overlay itself assigns."""
    rules = dict(pack.rules)
    for document in documents:
        if isinstance(document.data, dict) and document.data.get("kind") == "classification" and document.data.get("assigns"):
            rules[str(document.data.get("id"))] = Rule(
                str(document.data.get("id")), "classification", "", "", (), {"assigns": str(document.data["assigns"])}
            )
    return rules


def _lay_rule(pack: Pack, rules: dict[str, Rule], document: Document, head: s.OverlayFile) -> None:
    data = document.data
    if "amends" in data:
        _amend(pack, rules, document, head)
    elif "ends" in data:
        end = validated(s.EndFile, document, data)
        target = _target(rules, end.ends, document, "ends", head.id)
        rules[target.id] = dataclasses.replace(
            target, versions=tuple(_cut(v, end.on.toordinal()) for v in target.versions), overlay=head.id
        )
    else:
        rule = validated(s.RuleFile, document, _assume(data, head))
        if rule.id in rules:
            raise PackError(
                f"there is already a rule {rule.id!r}; use `amends: {rule.id}`", file=document.file, line=document.line(("id",))
            )
        rules[rule.id] = rule_from(compile_rule(rule, pack.vocabulary, document), overlay=head.id)


def _amend(pack: Pack, rules: dict[str, Rule], document: Document, head: s.OverlayFile) -> None:
    amend = validated(s.AmendFile, document, _assume(document.data, head))
    target = _target(rules, amend.amends, document, "amends", head.id)
    red_flag = target.kind == "red_flag"
    new = [
        version_from(compile_version(v, pack.vocabulary, document, ("versions", i), red_flag=red_flag))
        for i, v in enumerate(amend.versions)
    ]
    _refuse_overlap(new, document)
    first = min(min([v.text[0]] if v.text else [OPEN_END] + [a for a, _, _ in v.enforced]) for v in new)
    kept = tuple(_cut(v, first) for v in target.versions)
    rules[target.id] = dataclasses.replace(target, versions=(*kept, *new), overlay=head.id)


def _refuse_overlap(versions: list[Version], document: Document) -> None:
    """Refuse versions that overlap on one axis.

    Raises:
        PackError: with file and line.
    """
    printed = sorted((v.text[0], v.text[1], v.line) for v in versions if v.text)
    acting = sorted((a, b, v.line) for v in versions for a, b, posture in v.enforced if posture in ("enforced", "unknown"))
    for axis, windows in (("text", printed), ("enforced", acting)):
        for (_, end, _), (start, _, line) in itertools.pairwise(windows):
            if start < end:
                message = f"versions overlap on the {axis} axis from {dt.date.fromordinal(start)}"
                raise PackError(message, file=document.file, line=line)


def _target(rules: dict[str, Rule], identity: str, document: Document, key: str, overlay_id: str) -> Rule:
    target = rules.get(identity)
    if target is None:
        raise PackError(f"{key}: there is no rule {identity!r}{nearest(identity, rules)}", file=document.file, line=document.line((key,)))
    if target.overlay:
        raise PackError(
            f"{key}: {identity!r} was changed by the overlay {target.overlay!r} before; lay one of the two, not {overlay_id!r} as well",
            file=document.file,
            line=document.line((key,)),
        )
    return target


def _assume(data: dict[str, Any], head: s.OverlayFile) -> dict[str, Any]:
    """Give versions without any window the overlay's hypothetical first day."""
    versions = data.get("versions")
    if head.assumed_from is None or not isinstance(versions, list):
        return data
    start: dt.date = head.assumed_from
    return data | {
        "versions": [
            v | {"text": {"from": start, "published": start}} if isinstance(v, dict) and not v.get("text") and not v.get("enforced") else v
            for v in versions
        ]
    }


def _cut(version: Version, on: int) -> Version:
    """End a version on a day."""
    text = (version.text[0], min(version.text[1], on)) if version.text and version.text[0] < on else None
    enforced = tuple((a, min(b, on), p) for a, b, p in version.enforced if a < on)
    return dataclasses.replace(version, text=text, enforced=enforced)


def _as_data(rule: Rule) -> dict[str, Any]:
    versions = [{"when": v.when, "unless": v.unless, "line": v.line, "text": v.text, "enforced": v.enforced} for v in rule.versions]
    return {"kind": rule.kind, "keys": rule.keys, "file": rule.file, "versions": versions}


__all__ = ["drafts", "find_overlay", "overlay"]
