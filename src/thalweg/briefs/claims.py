"""What the rules of an answer say, as statements with their sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from thalweg.briefs.model_base import Claim, Source
from thalweg.briefs.words import by_strictness
from thalweg.controls import Determination
from thalweg.controls.determination import CitationModel, RuleModel
from thalweg.pack.model import Pack
from thalweg.pack.order import matches

_SECTION: Final = re.compile(r"/(\d{3})/(\d+)")


def settled(policy: str | None, possible: Iterable[str]) -> tuple[str, ...]:
    """Return the review policies, the mildest first: those possible if it is not settled, the one if it is, or none."""
    return tuple(by_strictness(possible)) or ((policy,) if policy else ())


def policies(found: Determination) -> tuple[str, ...]:
    """Return the review policies of an answer."""
    return settled(found.review_policy, found.possible_policies)


def acting(found: Determination) -> dict[str, RuleModel]:
    """Return the rules that act in an answer: requirements, review policies, and exceptions that can be used."""
    rules = {r.rule: r for r in (*found.requirements, *found.review_rules)}
    for e in found.exceptions:
        if e.available:
            rules[e.rule] = RuleModel(rule=e.rule, title=f"License Exception {e.exception}", citations=e.citations)
    return rules


def open_policies(found: Determination, pack: Pack) -> list[Claim]:
    """Return the review policies that missing facts keep open, each marked so."""
    return [
        Claim(
            text=pack.rules[i].title, sources=sources(cited), note=note, overlay=pack.rules[i].overlay, depends="if the missing facts fit"
        )
        for i, kind, truth, cited, _, note in found.trace["rules"]
        if kind == "review_policy" and truth == 1
    ]


def claim(rule: RuleModel) -> Claim:
    """Return a rule as a statement with its sources and what must be known of it."""
    return Claim(text=rule.title, sources=sources(rule.citations), overlay=rule.overlay, note=rule.note)


def sources(found: Iterable[CitationModel | Mapping[str, Any]]) -> list[Source]:
    """Return sources, each once; only web addresses become links."""
    rows = [c.model_dump() if isinstance(c, CitationModel) else c for c in found]
    made = [_source(str(c.get("citation") or c.get("title") or ""), str(c.get("url") or ""), str(c.get("basis") or "")) for c in rows]
    return list({s.citation: s for s in made if s.citation}.values())


def _source(citation: str, url: str, basis: str) -> Source:
    return Source(citation=citation, url=url if url.startswith(("https://", "http://")) else "", basis=basis)


def lifts_part(found: Determination, pack: Pack) -> list[Claim]:
    """Return the exceptions that would lift some of the requirements and not the others, which are of no use here."""
    if found.outcome != "license_required":
        return []
    holds = {i: kind for i, kind, truth, *_ in found.trace["rules"] if truth == 2}
    gates = [pack.rules[i].keys["only"] for i, kind in holds.items() if kind == "gate"]
    claims = []
    for e in found.exceptions:
        if e.rule not in holds or any(e.exception not in only for only in gates):
            continue
        patterns = pack.rules[e.rule].keys["lifts"]
        lifted = [r for r in found.requirements if any(matches(p, r.rule) for p in patterns)]
        left = [r for r in found.requirements if r not in lifted]
        if lifted and left:
            text = f"{e.exception} would lift {_sections(lifted)} alone, not {_sections(left)}"
            claims.append(Claim(text=text, sources=sources(e.citations)))
    return claims


def obligations(found: Determination, pack: Pack | None = None) -> list[Claim]:
    """Return the steps of an answer; those of an exception only where a license is not required all the same."""
    lifting = {e.rule for e in found.exceptions} if found.outcome == "license_required" else set()
    return [
        Claim(text=o.obligation, sources=sources(o.citations), overlay=pack.rules[o.rule].overlay if pack else "")
        for o in found.obligations
        if o.rule not in lifting
    ]


def flags_of(found: Determination, pack: Pack | None = None) -> list[Claim]:
    """Return the red flags of an answer."""
    return [Claim(text=f.flag, sources=sources(f.citations), overlay=pack.rules[f.rule].overlay if pack else "") for f in found.red_flags]


def _sections(rules: Iterable[RuleModel]) -> str:
    """Return the sections of the regulations in which rules stand, or their titles."""
    found = [(f"{m[1]}.{m[2]}" if (m := _SECTION.search(r.rule)) else r.title) for r in rules]
    return " and ".join(dict.fromkeys(found))


def once(claims: Iterable[Claim]) -> list[Claim]:
    """Return statements, each once."""
    return list({(c.text, c.depends): c for c in claims}.values())
