"""The facts to ask for: what is unknown and decides something, as questions to a person."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, Final

from thalweg.controls.case import Case
from thalweg.controls.unknown import Unknown
from thalweg.pack import Pack

_ORDER: Final = ("outcome", "exception", "review_policy", "classification")


def missing_facts(pack: Pack, case: Case, essential: Mapping[Unknown, Set[str]]) -> list[dict[str, Any]]:
    """Return each fact that decides something once, with all that it decides; the most decisive first."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for unknown, decides in essential.items():
        entry = _ask(pack, case, unknown)
        if entry is not None:
            known = found.setdefault((entry["fact"], entry["of"], *unknown[2:] * (unknown[0] == "entry")), {**entry, "decides": set()})
            known["decides"] |= decides
    listed = [{**m, "decides": sorted(m["decides"], key=_ORDER.index)} for m in found.values()]
    return sorted(listed, key=lambda m: [_ORDER.index(d) for d in m["decides"]][:1])


def _ask(pack: Pack, case: Case, unknown: Unknown) -> dict[str, Any] | None:
    """Return the question that an unknown puts to a person; None if no fact would answer it."""
    kind = unknown[0]
    if kind == "fact":
        _, where, name = unknown
        fact = pack.facts[name]
        of, path = _whose(case, where, name)
        return {"fact": fact.asked_as, "of": of, "question": fact.question, "state_as": path}
    if kind == "member":
        of, _ = _whose(case, f"party:{unknown[1]}", "name")
        party_set = pack.sets[unknown[2]]
        path = f"parties[{unknown[1]}].name" if of not in ("exporter", "designer") else f"{of}.name"
        return {
            "fact": "name" if of != "exporter" else "exporter",
            "of": of,
            "question": f"What is the name of the {of.replace('_', ' ')}? It matters for: {party_set.title}",
            "state_as": path,
        }
    if kind == "entry":
        return _same(pack, case, unknown)
    if kind == "contents":
        return {
            "fact": "contains",
            "of": "item",
            "question": "Which integrated circuits does the item contain?",
            "state_as": "item.contains",
        }
    if kind == "eccn":
        return {"fact": "eccn", "of": "item", "question": pack.facts["eccn"].question, "state_as": "item.eccn"}
    if kind == "paragraph":
        return {
            "fact": "eccn",
            "of": "item",
            "question": "Which paragraph of the ECCN does the item fall under?",
            "state_as": "item.eccn",
        }
    if kind == "conflict":
        names = unknown[2].split(", ")
        return {
            "fact": names[-1] if "tpp" not in names else "tpp",
            "of": "item",
            "question": f"Sources dispute {unknown[2]}: which value do the maker's own documents give?",
            "state_as": f"facts.{names[-1]}",
            "note": "sources conflict",
        }
    return None


def _same(pack: Pack, case: Case, unknown: Unknown) -> dict[str, Any]:
    """Ask if a party is the one of an entry that its name looks like."""
    party, role, entry = case.doubts[unknown]
    of = ", ".join(filter(None, [entry.country, entry.entry_id]))
    listed = f"{entry.name} ({of}) on the {pack.lists.get(entry.list, {}).get('title', entry.list)}"
    question = {
        "party": f"Is {party} the same as {listed}? {'; '.join(entry.why)}",
        "address": f"Is {party} at the address that is listed as {listed}? {'; '.join(entry.why)}",
        "day": f"Was {listed} already listed on {case.date}? {entry.note}",
        "posture": f"Does the rule on companies that listed parties own act on {case.date}? If it does, {party} takes on what"
        f" {entry.name} is listed with: footnote {', '.join(sorted(entry.footnotes))}. {entry.note}",
        "items": f"Is the item one for which {listed} needs a license? The entry says: {entry.requirement}",
    }[str(entry.doubt)]
    return {
        "fact": "party_listed",
        "of": role,
        "question": question.rstrip(),
        "state_as": f"same_as or not_same_as of the party: {unknown[2]}",
    }


def _whose(case: Case, where: str, name: str) -> tuple[str, str]:
    """Return whose a fact is, and the key under which it is stated."""
    if where == "tx":
        return "transaction", {"export_from": "from", "destination": "to"}.get(
            name, name if name in ("quantity", "value_usd") else f"facts.{name}"
        )
    if where == "item":
        return "item", f"item.{name}" if name != "eccn" else "item.eccn"
    kind, _, index = where.partition(":")
    if kind == "component":
        return "component", f"item.contains[{index}].item.{name}"
    party = case.parties[int(index)]
    return str(party["role"]), f"parties[{index}].{name}" if int(index) < len(case.parties) else name
