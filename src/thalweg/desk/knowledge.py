"""What a pack holds, as rows for a table, and the shapes of its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from thalweg.desk.packs import Overlays, the_pack
from thalweg.desk.staleness import notices
from thalweg.evidence import BadInput, iso, nearest


def describe(what: str, *, pack: str | Path | None = None, overlays: Overlays = ()) -> list[dict[str, Any]]:
    """Return rows on the summary, the rules, drafts, facts, events or estimates of a pack, or on one rule or estimate.

    `stale` are the rules that, by the store of the watch, an official document amended after their review; they say so wherever they stand.

    What there is of estimates stands in :data:`thalweg.desk.estimates.TABLES`; they are loaded where nothing else is meant.

    Raises:
        BadInput: if it is neither of these nor the id of a rule or an estimate.
    """
    from thalweg.pack.overlay import drafts

    found = the_pack(pack, overlays)
    stale: dict[str, list[str]] = {}
    for notice in notices():
        stale.setdefault(notice.rule, []).append(notice.said())
    if what == "stale":
        return [{"rule": rule, "notice": said} for rule, lines in stale.items() for said in lines]
    if what == "summary":
        stamp = found.stamp.as_dict()
        counts = {"rules": len(found.rules), "facts": len(found.facts), "events": len(found.events), "listings": len(found.listings)}
        counts |= {"entries of the control list": len(found.entries), "places": len(found.places)}
        counts |= {table: len(found.hardware[table]) for table in ("chips", "hbm", "systems")}
        counts |= {"rules that may be stale": len(stale)} if stale else {}
        return [{"what": k, "value": v} for k, v in {**stamp, **counts}.items()]
    if what == "rules":
        rows: list[dict[str, Any]] = [
            {"id": r.id, "kind": r.kind, "title": r.title, "versions": len(r.versions), "file": r.file} for r in found.rules.values()
        ]
        return [row | {"stale": "; ".join(stale.get(row["id"], ()))} for row in rows] if stale else rows
    if what == "drafts":
        return [{"id": i, "path": p.name} for i, p in drafts().items()]
    if what == "facts":
        return [{"name": f.name, "of": f.of, "type": f.type, "unit": f.unit, "meaning": f.meaning} for f in found.facts.values()]
    if what == "events":
        return [{k: e.get(k) for k in ("id", "jurisdiction", "title", "announced", "effective", "ended", "status")} for e in found.events]
    rule = found.rules.get(what)
    if rule is None:
        from thalweg.desk.estimates import estimate_tables

        return estimate_tables(what, pack=pack, overlays=overlays, known=found.rules)
    return [
        {
            "text": f"{iso(v.text[0]) or '...'} to {iso(v.text[1]) or '...'}" if v.text else "not printed",
            "enforced": "; ".join(f"{iso(a) or '...'} to {iso(b) or '...'} {p}" for a, b, p in v.enforced),
            "when": v.when_text,
            "unless": v.unless_text,
            "sources": "; ".join(str(s.get("citation", "")) for s in v.sources),
            "note": v.note,
            "reviewed": v.reviewed,
        }
        | ({"stale": "; ".join(stale[what])} if what in stale else {})
        for v in rule.versions
    ]


def schema_files() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each sort of knowledge file, by name; a sort that stands in lists has the schema of the list."""
    from pydantic import BaseModel

    from thalweg.pack.coverage_entries import EntryFile
    from thalweg.pack.estimates_schema import estimate_schemas
    from thalweg.pack.names_rows import names_schema
    from thalweg.pack.ownership_schema import OwnershipFile
    from thalweg.pack.policies_schema import policy_schemas
    from thalweg.pack.schema import schemas
    from thalweg.watch.alert_rules import AlertRules

    listed = ("fact", "event", "list", "coverage", "response", *estimate_schemas())
    more: dict[str, type[BaseModel]] = {
        "ownership": OwnershipFile,
        "coverage": EntryFile,
        "alerts": AlertRules,
        **estimate_schemas(),
        **policy_schemas(),
    }
    found = {**schemas(), **{name: model.model_json_schema(by_alias=True) for name, model in more.items()}, "names": names_schema()}
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {name: dialect | (_list_of(schema) if name in listed else schema) for name, schema in found.items()}


def _list_of(schema: dict[str, Any]) -> dict[str, Any]:
    entry = {k: v for k, v in schema.items() if k != "$defs"}
    return {"title": f"{schema['title']} list", "type": "array", "items": entry, "$defs": schema.get("$defs", {})}


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a sort of knowledge file.

    Raises:
        BadInput: if there is no such sort.
    """
    found = schema_files()
    if name not in found:
        message = f"{name!r}: there are schemas for {', '.join(found)}{nearest(name, found)}"
        raise BadInput(message)
    return found[name]


def write_schemas(folder: Path) -> list[Path]:
    """Write the JSON Schema of each sort of knowledge file to ``folder`` and return the paths.

    Raises:
        BadInput: if the folder cannot be written to.
    """
    from thalweg.pack.files import write_atomically

    written: list[Path] = []
    for name, schema in schema_files().items():
        path = folder / f"{name}.schema.json"
        text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        try:
            write_atomically(path, text.encode())
        except OSError as error:
            message = f"{path}: {error.strerror or error}"
            raise BadInput(message) from None
        written.append(path)
    return written


def declared_facts(*, pack: str | Path | None = None) -> list[dict[str, Any]]:
    """Return every declared fact with its values, meaning, derivations and presumption, in the order of the fact files."""
    return [
        {
            "name": f.name,
            "of": f.of,
            "type": f.type,
            "unit": f.unit,
            "values": list(f.values),
            "meaning": f.meaning,
            "asked_as": f.asked_as,
            "derived_by": [d["name"] for d in f.derived_by],
            "presumed": None if f.if_unstated is None else f.if_unstated["value"],
        }
        for f in the_pack(pack).facts.values()
    ]
