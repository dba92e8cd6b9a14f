"""Countries by their part in an event: whose authority acts, whose goods are controlled, the route, and where they aim."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from thalweg.nouns.news import Actor, EventCountries, EventType, MeasureType
from thalweg.watch.extraction.lexicon import Name
from thalweg.watch.extraction.marks import Marked
from thalweg.watch.extraction.match import Found
from thalweg.watch.extraction.mention import part_of

_KINDS: Final = frozenset(("place", "demonym", "city", "state", "agency"))


def countries(
    sentences: Sequence[Marked],
    event: EventType,
    measure: MeasureType,
    actors: Sequence[Actor],
    makers: Sequence[str],
    publisher: str = "",
) -> tuple[EventCountries, dict[str, str]]:
    """Return the countries by role, and the sentence that supports each role; a state that acts may also be on the route.

    Args:
        sentences: those that tell of the event, the title first.
        event: its kind.
        measure: its measure.
        actors: who was found.
        makers: the countries whose goods the items are, by their makers.
        publisher: the country of the authority that itself publishes the text; it acts where the text names none.
    """
    seen: dict[str, dict[str, float]] = {}
    support: dict[tuple[str, str], str] = {}
    for at, marked in enumerate(sentences):
        weight = 3.0 if marked.sentence.title else (2.0 if at < 3 else 1.0)
        before: tuple[Found[Name], str, float] | None = None
        for name in marked.names:
            if name.value.kind not in _KINDS or not name.value.country:
                continue
            role, strength = part_of(name, marked, event)
            if (
                before is not None
                and _JOINED.fullmatch(marked.sentence.text[before[0].end : name.start])
                and role in ("other", "destination", "transit")
            ):
                role, strength = before[1], before[2]  # countries in one list have one part: to China, Russia and Iran
            before = (name, role, strength)
            by_role = seen.setdefault(name.value.country, {})
            by_role[role] = by_role.get(role, 0.0) + weight * strength
            support.setdefault((name.value.country, role), marked.sentence.text)
    imposer = _imposer(seen, event, measure, actors, sentences) or publisher
    roles = {country: max(by_role, key=lambda r: by_role[r]) for country, by_role in seen.items()}
    for country, role in list(roles.items()):
        if role == "imposer" and country != imposer:
            roles[country] = "destination" if seen[country].get("destination") else "other"
    destination = _destinations(roles, seen, imposer, event, measure, sentences)
    transit = [c for c, r in roles.items() if r == "transit" and c not in destination]
    if imposer not in ("", "US", *transit) and _passes(imposer, event, makers, destination, sentences):
        transit.append(imposer)
    source = _source(seen, imposer, event, measure, makers, sentences)
    if not destination:
        destination = _by_party(sentences, imposer, event)
    if not destination and event in ("diversion_report", "corporate_disclosure"):
        destination = ["CN"] if imposer != "CN" and "CN" in seen else []
    if not destination and event in ("regulation", "licence", "de_escalation"):
        titled = [n.value.country for m in sentences[:1] for n in m.names if n.value.kind == "place"]
        rest = [c for c in dict.fromkeys(titled) if c != imposer and roles.get(c) == "other"]
        destination = rest if len(rest) == 1 and measure not in ("blocking_law", "investment_screening") else []
    if event == "licence" and imposer and not destination and makers and imposer not in makers:
        destination = [imposer]  # leave to import: the goods aim at the state that lets them in
    if event == "listing":
        _add_listed(destination, actors, imposer)
    used = {*destination, *transit, *([imposer] if imposer else ())}
    other = [c for c in roles if c not in used and c not in source]
    other = [c for c in other if roles[c] != "excluded"]
    found = EventCountries((imposer,) if imposer else (), tuple(source), tuple(transit), tuple(destination), tuple(other))
    return found, _evidence(found, support, sentences)


_JOINED: Final = re.compile(r"(?: \([^)]{1,30}\))*(?:,| and| or|, and|/|、|和|及|与)(?: the| the Republic of| \w+'s)? ?")


def _passes(imposer: str, event: EventType, makers: Sequence[str], destination: Sequence[str], sentences: Sequence[Marked]) -> bool:
    """Whether the goods pass through the state that acts: it controls transit, or stops goods of another on their way to a third."""
    if event == "regulation":
        return any(m.has("transit_word") for m in sentences[:3])
    abroad = bool(makers) and imposer not in makers and bool(destination) and imposer not in destination
    return event == "enforcement" and abroad and any(m.has("smuggle", "false_papers", "export_control", "bound_for") for m in sentences[:4])


def _imposer(
    seen: dict[str, dict[str, float]], event: EventType, measure: MeasureType, actors: Sequence[Actor], sentences: Sequence[Marked]
) -> str:
    if (
        measure != "subsidy_infrastructure"
        and event in ("partnership", "supply_deal")
        and not any(m.has("licence_given", "grant_verb") and m.has("state", "agency") for m in sentences[:4])
    ):
        return ""
    scores = {c: roles.get("imposer", 0.0) for c, roles in seen.items() if roles.get("imposer")}
    for actor in actors:
        if actor.role in ("imposer", "enforcer", "legislature") and actor.country:
            scores[actor.country] = scores.get(actor.country, 0.0) + 1.5
        elif actor.role == "official" and actor.country:
            scores[actor.country] = scores.get(actor.country, 0.0) + 0.8
    if event == "alliance":
        return ""
    for country in _state_acts(sentences):
        scores[country] = scores.get(country, 0.0) + 1.0
    if event in ("regulation", "de_escalation", "partnership") and (subject := _acts_first(sentences)):
        scores[subject] = scores.get(subject, 0.0) + 1.5
    if event == "diversion_report":
        scores = {c: s for c, s in scores.items() if c not in ("CN", "HK", "RU", "MY", "SG", "TH", "IN", "ID", "VN")}
    if not scores:
        return _presumed(event, sentences)
    best = max(scores, key=lambda c: scores[c])
    return "CN" if best == "HK" and "CN" in scores else best


_ORGAN: Final = re.compile(
    r"^(?:'s)? (?:[Ff]ederal |[Uu]nion |[Ss]upreme |[Hh]igh |[Nn]ational )?(?:[Cc]abinet|[Gg]overnment|[Pp]arliament|[Aa]ssembly|[Cc]ourt|"
    r"[Ll]awmakers|[Ll]egislature|[Cc]ouncil of [Mm]inisters)\b(?! of)"
)


_ADDRESSED: Final = re.compile(r"\b(?:to|for|with|from|of|against|on behalf of)(?: the)? $")


def _state_acts(sentences: Sequence[Marked]) -> list[str]:
    """Return the states whose cabinet, parliament or court the head of a text names."""
    return [
        n.value.country
        for m in sentences[:3]
        for n in m.names
        if n.value.kind in ("place", "demonym") and n.value.country and _ORGAN.match(m.sentence.text[n.end : n.end + 40])
        if not _ADDRESSED.search(m.sentence.text[: n.start])
    ]


def _acts_first(sentences: Sequence[Marked]) -> str:
    """Return the state that a title names first and whose act it tells of."""
    if not sentences or not sentences[0].sentence.title or not sentences[0].has("first_state", "first_agency"):
        return ""
    named = [n for n in sentences[0].names if n.value.kind in ("place", "state", "agency")]
    return named[0].value.country if named and named[0].start == 0 else ""


def _presumed(event: EventType, sentences: Sequence[Marked]) -> str:
    """Return the United States where a court case or a rule on its makers' chips names no authority: its law controls them."""
    known = ("50 percent Affiliates Rule", "AI Diffusion Rule")
    american = any("US" in (n.value.country, n.value.origin) or n.value.name in known for m in sentences for n in m.names)
    if american and event in ("enforcement", "licence", "corporate_disclosure", "regulation", "legislation"):
        return "US"
    return ""


def _destinations(
    roles: dict[str, str],
    seen: dict[str, dict[str, float]],
    imposer: str,
    event: EventType,
    measure: MeasureType,
    sentences: Sequence[Marked],
) -> list[str]:
    found = [c for c, r in roles.items() if r == "destination" and c != imposer]
    if event == "guidance":
        return [c for c, r in roles.items() if c in _WATCHED and c != imposer and r in ("destination", "other")]
    if event == "diversion_report":
        return _diverted(roles, found)
    if measure == "investment_screening":
        return [c for c, r in roles.items() if c in (*_WATCHED, "HK", "MO") and c != imposer and r in ("destination", "other")]
    if event == "legislation" and _keeps(sentences):
        return [c for c, r in roles.items() if c in _WATCHED and r in ("destination", "other")]
    if event in ("legislation", "alliance") or measure == "blocking_law":
        strong = 5.0 if event == "legislation" else 99.0
        return [c for c in found if seen[c].get("destination", 0) >= strong]
    if measure == "suspension" and event == "regulation":
        return [c for c in found if seen[c].get("destination", 0) > 3]
    return found


_CONTROLLED: Final = re.compile(r"\b(?:controlled|export-controlled|dual-use) (?:electronics|goods|items|technology|products|parts)\b")
_EXPORTERS: Final = re.compile(r"\b(?:exporters?|exports?) of (?:[\w-]+ ){0,3}(?:chips?|semiconductors?|gpus|accelerators|processors)\b")
_KEPT: Final = re.compile(
    r"\b(?:bar|bars|block|blocks|keep|keeps|ban|bans|deny|stop|halt|cut off)\b[^.]{0,90}\b(?:from|to|in) (?:china|russia|chinese)\b|"
    r"\b(?:in|for) chinese (?:semiconductor|chip|ai|chips|technology|quantum)\b"
)
"""Goods or money that a bill would keep from a state."""


def _keeps(sentences: Sequence[Marked], *, goods: bool = False) -> bool:
    """Whether a bill would keep something from a state: goods, or money too."""
    head = sentences[:3]
    if goods and (not any(m.has("item") for m in head) or any(m.has("investment") for m in head)):
        return False
    return any(_KEPT.search(m.sentence.lower) for m in head)


_WATCHED: Final = frozenset(("CN", "RU", "IR", "KP", "BY"))


def _diverted(roles: dict[str, str], found: list[str]) -> list[str]:
    """Return where diverted goods ended up; a third state in which they are held or used for a watched one is on their route."""
    ends = [c for c in found if c in _WATCHED] or [c for c, r in roles.items() if c in _WATCHED and r in ("other", "transit")]
    if not ends:
        return found
    for country in found:
        if country not in ends:
            roles[country] = "transit"
    return ends


_SOUGHT: Final = re.compile(r"(?:\b(?:to|sold to|supply|supplied|supplies|for|reached|reach|let|allow)(?: \w+(?:'s)?)? ?$)")


def _by_party(sentences: Sequence[Marked], imposer: str, event: EventType) -> list[str]:
    """Return the countries of the parties that goods went to, where no country is named: disk drives to Huawei."""
    if event not in ("enforcement", "licence", "diversion_report", "supply_deal"):
        return []
    found: list[str] = []
    for marked in sentences[:4]:
        for name in marked.names:
            value = name.value
            if value.kind != "company" or not value.country or value.country == imposer or value.country in found:
                continue
            before = marked.sentence.text[max(0, name.start - 24) : name.start]
            joined = bool(found) and re.search(r"(?:,| and) $", before)
            if _SOUGHT.search(before) or joined:
                found.append(value.country)
    return found


def _source(
    seen: dict[str, dict[str, float]],
    imposer: str,
    event: EventType,
    measure: MeasureType,
    makers: Sequence[str],
    sentences: Sequence[Marked],
) -> list[str]:
    if event == "guidance":
        return _explained(seen, imposer, sentences)
    if event == "partnership" and measure != "subsidy_infrastructure":
        return list(dict.fromkeys(m for m in makers if m))
    affiliates = event in ("regulation", "de_escalation") and any(m.has("affiliates") for m in sentences[:2])
    if affiliates or _without_goods(event, measure, sentences):
        return []
    stated = [c for c, by in seen.items() if by.get("source")]
    if stated:
        return stated
    if _no_item(event, sentences):
        return []
    if event == "de_escalation" and imposer == "CN" and any(m.has("mineral") for m in sentences[:2]):
        return ["CN"]
    if makers and measure != "retaliation_control":
        return list(dict.fromkeys(makers))
    if event == "regulation" and any(m.has("procurement") for m in sentences[:1]):
        return []
    if event == "enforcement" and imposer != "US" and any(n.value.eccn in ("3A090", "4A090") for m in sentences[:3] for n in m.names):
        return []
    if event == "diversion_report" and not imposer and _foreign_goods(sentences):
        return ["US"]
    if event in ("legislation", "supply_deal"):
        return [imposer] if imposer == "US" and event == "legislation" and _of_goods(sentences) else []
    if event == "corporate_disclosure" and not imposer:
        return list(dict.fromkeys(n.value.origin for m in sentences[:1] for n in m.names if len(n.value.origin) == 2))
    return [imposer] if imposer else []


def _no_item(event: EventType, sentences: Sequence[Marked]) -> bool:
    """Whether an act is on competition, or takes something back that names no goods."""
    if event == "enforcement":
        return any(m.has("antitrust") for m in sentences[:3])
    return event == "de_escalation" and not any(m.has("item", "mineral") for m in sentences[:3])


def _explained(seen: dict[str, dict[str, float]], imposer: str, sentences: Sequence[Marked]) -> list[str]:
    """Return whose goods guidance is about: those that it names as of a state, else those of the state that explains its law."""
    stated = [c for c, by in seen.items() if by.get("source") and c != imposer]
    if stated:
        return stated
    return [imposer] if imposer and any(m.has("item") or _CONTROLLED.search(m.sentence.lower) for m in sentences[:3]) else []


def _of_goods(sentences: Sequence[Marked]) -> bool:
    """Whether a bill is about goods that leave the state."""
    return _keeps(sentences, goods=True) or any(_EXPORTERS.search(m.sentence.lower) for m in sentences[:4])


def _foreign_goods(sentences: Sequence[Marked]) -> bool:
    """Whether a report on diverted chips names no maker of China: what is diverted is held back by the law of the United States."""
    titled = [n.value for m in sentences[:1] for n in m.names]
    return any(m.has("chip", "item") for m in sentences[:3]) and not any(
        v.kind in ("company", "chip") and "CN" in (v.country, v.origin) for v in titled
    )


def _without_goods(event: EventType, measure: MeasureType, sentences: Sequence[Marked]) -> bool:
    """Whether an event is about parties, money or duties, and not about the goods of a state."""
    if event in ("listing", "alliance", "partnership") or measure == "subsidy_infrastructure":
        return True
    if event != "regulation":
        return False
    return measure in ("blocking_law", "investment_screening") or (
        measure != "retaliation_control" and any(m.has("tariff") for m in sentences[:1])
    )


def _add_listed(destination: list[str], actors: Sequence[Actor], imposer: str) -> None:
    for actor in actors:
        if (
            actor.role == "listed_party"
            and actor.country
            and actor.country != imposer
            and actor.country not in destination
            and not destination
        ):
            destination.append(actor.country)


def _evidence(found: EventCountries, support: dict[tuple[str, str], str], sentences: Sequence[Marked]) -> dict[str, str]:
    evidence: dict[str, str] = {}
    for role in ("imposer", "source", "transit", "destination", "other"):
        for country in getattr(found, role):
            text = support.get((country, role)) or next((s for (c, _), s in support.items() if c == country), "")
            evidence.setdefault(role, text or (sentences[0].sentence.text if sentences else ""))
    return evidence
