"""Rules that an official document amended after their review: the pack may no longer say what the code says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final, Literal

from thalweg.nouns.news import Document
from thalweg.pack import Rule
from thalweg.watch.index import ECCN, PackIndex, named_places
from thalweg.watch.model import Amended

_PART: Final = re.compile(r"\b15:(7[3-7]\d)\b")
_PROPOSED: Final = re.compile(r"propos|advance notice|request for comment", re.IGNORECASE)
_WORD_OF_AMENDING: Final = r"[^.;\n]{0,160}?\b(?:is|are|by|amended|revis|add|remov|redesignat|suspend|stay)"
_AMENDS: Final = re.compile(
    r"(?:(?:Section|§+|Sections)\s*(7[3-7]\d\.\d{1,2})|Supp(?:lement|\.) No\. (\d) to part (7[3-7]\d))" + _WORD_OF_AMENDING, re.IGNORECASE
)
_ENTRY: Final = re.compile(r"ECCNs? ([0-9][A-E]\d{3})" + _WORD_OF_AMENDING, re.IGNORECASE)
_IN_CODE: Final = frozenset({"federal_register", "federal_register_inspection", "ecfr"})


def amends(document: Document) -> tuple[set[str], set[str], str]:
    """Return the places of the code that a document amends, the parts, and the day; nothing where it amends none.

    A document counts where its source is the Federal Register or the eCFR, or states parts of Title 15, and it is no proposal, not
    withdrawn, and no change of form alone. Places are those that the source states (`sections`, `appendices`, `eccns`), else those that
    the text names beside a word of amending; entries of the control list are those of the text as well; parts are what is left without a
    place.
    """
    facts = document.facts
    parts = set(_PART.findall(facts.get("cfr", "")))
    if facts.get("substantive") == "no" or facts.get("withdrawn"):
        return set(), set(), ""
    named = "; ".join(facts.get(key, "") for key in ("sections", "appendices", "eccns"))
    stated = named_places(named) | {m[1] for m in ECCN.finditer(named)}
    if document.kind != "official" or not (parts or stated or document.source in _IN_CODE):
        return set(), set(), ""
    kind = facts.get("type", "").casefold()
    if (kind and not kind.startswith(("rule", "final", "presid", "section", "amend", "version"))) or _PROPOSED.search(
        facts.get("action", "") if "final" not in facts.get("action", "").casefold() else ""
    ):
        return set(), set(), ""
    if parts or document.source in _IN_CODE:
        stated = stated or {m[1] or f"{m[3]} supp {m[2]}" for m in _AMENDS.finditer(document.text)}
        stated |= {m[1].upper() for m in _ENTRY.finditer(document.text)}
    places = stated
    on = facts.get("effective_on") or facts.get("amended_on") or facts.get("publication_date") or str(document.published or "")
    return places, parts - {p[:3] for p in places if not ECCN.fullmatch(p)}, on


def stale(document: Document, index: PackIndex) -> tuple[Amended, ...]:
    """Return the rules of the pack that a document amends after the review of their last wording, each once.

    A rule that rests on the document itself was written from it and is not stale by it.
    """
    places, parts, on = amends(document)
    if not on:
        return ()
    own = {f"fr:{document.facts.get('number', '')}", f"frcite:{document.facts.get('citation', '').replace(' FR ', ' ')}"}
    written = {i for n in own for i in index.rules_by_number.get(n, ())}
    found: dict[str, Amended] = {}
    for level, i in _rules(places, parts, index):
        rule = index.pack.rules[i]
        reviewed = max((v.reviewed for v in rule.versions), default="")
        if i in found or i in written or not reviewed or on <= reviewed or not _stands(rule, on):
            continue
        citation = document.facts.get("citation") or document.facts.get("number") or document.title
        found[i] = Amended(i, document.id, on, reviewed, level, citation, document.url, document.title)
    return tuple(found.values())


def _rules(places: set[str], parts: set[str], index: PackIndex) -> Iterator[tuple[Literal["section", "part"], str]]:
    for place in sorted(places):
        yield from (("section", i) for i in index.rules_at.get(place, ()))
        if place == "774 supp 1" and not any(ECCN.fullmatch(p) for p in places):
            yield from (("part", i) for i in index.rules_in.get("774", ()))
    for part in sorted(parts):
        yield from (("part", i) for i in index.rules_in.get(part, ()))


def _stands(rule: Rule, on: str) -> bool:
    """Say whether a rule stands in print or in practice on a day: what has ended is not amended."""
    day = dt.date.fromisoformat(on).toordinal()
    return any((v.text and v.text[1] >= day) or any(end >= day for _, end, _ in v.enforced) for v in rule.versions)
