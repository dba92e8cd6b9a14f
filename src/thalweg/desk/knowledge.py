"""What a pack holds, as rows for a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from thalweg.desk.answer import Overlays, the_pack
from thalweg.evidence import BadInput, iso, nearest


def describe(what: str, *, pack: str | Path | None = None, overlays: Overlays = ()) -> list[dict[str, Any]]:
    """Return rows on the summary, the rules, drafts, facts or events of a pack, or on one rule.

    Raises:
        BadInput: if it is neither of these nor the id of a rule.
    """
    from thalweg.pack.overlay import drafts

    found = the_pack(pack, overlays)
    if what == "summary":
        stamp = found.stamp.as_dict()
        counts = {"rules": len(found.rules), "facts": len(found.facts), "events": len(found.events), "listings": len(found.listings)}
        counts |= {"entries of the control list": len(found.entries), "places": len(found.places)}
        counts |= {table: len(found.hardware[table]) for table in ("chips", "hbm", "systems")}
        return [{"what": k, "value": v} for k, v in {**stamp, **counts}.items()]
    if what == "rules":
        return [{"id": r.id, "kind": r.kind, "title": r.title, "versions": len(r.versions), "file": r.file} for r in found.rules.values()]
    if what == "drafts":
        return [{"id": i, "path": p.name} for i, p in drafts().items()]
    if what == "facts":
        return [{"name": f.name, "of": f.of, "type": f.type, "unit": f.unit, "meaning": f.meaning} for f in found.facts.values()]
    if what == "events":
        return [{k: e.get(k) for k in ("id", "jurisdiction", "title", "announced", "effective", "ended", "status")} for e in found.events]
    rule = found.rules.get(what)
    if rule is None:
        message = f"{what!r}: neither summary, rules, drafts, facts, events nor the id of a rule{nearest(what, found.rules)}"
        raise BadInput(message)
    return [
        {
            "text": f"{iso(v.text[0]) or '...'} to {iso(v.text[1]) or '...'}" if v.text else "not printed",
            "enforced": "; ".join(f"{iso(a) or '...'} to {iso(b) or '...'} {p}" for a, b, p in v.enforced),
            "when": v.when_text,
            "unless": v.unless_text,
            "sources": "; ".join(str(s.get("citation", "")) for s in v.sources),
            "note": v.note,
        }
        for v in rule.versions
    ]


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a sort of knowledge file.

    Raises:
        BadInput: if there is no such sort.
    """
    from thalweg.pack.schema import schemas

    found = schemas()
    if name not in found:
        message = f"{name!r}: there are schemas for {', '.join(found)}{nearest(name, found)}"
        raise BadInput(message)
    return found[name]
