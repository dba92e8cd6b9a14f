"""Countries by their part in an event: whose authority acts, whose goods are controlled, the route, and where they aim."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from thalweg.nouns.news import Actor, EventCountries, EventType, MeasureType
from thalweg.watch.extraction.lexicon import Name
from thalweg.watch.extraction.marks import ACTS, Marked
from thalweg.watch.extraction.match import Found

_KINDS: Final = frozenset(("place", "demonym", "city", "state", "agency"))
_TO: Final = re.compile(
    r"(?:\b(?:to|into|towards|toward|against|reaching|reach|bound for|destined for|for|at|of|in|from accessing|on)(?: the| mainland|"
    r" military end users in| customers in| firms in| several| some| companies in| buyers in| a| its)? ?$)"
)
_DIRECT: Final = re.compile(
    r"(?:\b(?:to|into|towards|toward|reaching|bound for|destined for|against)(?: the| mainland| customers in| companies in| firms in|"
    r" buyers in| end users in| military end users in)? ?$)"
)
_VIA: Final = re.compile(
    r"(?:\b(?:through|via|by way of|routed through|transiting|transited|transshipped through|trans-shipped through|passing through|"
    r"from|using|stop in|stopover in|first to|shipped first to|with|intermediaries in|companies in|company in|firms in|hub in|"
    r"subsidiaries in|subsidiary in|affiliate in|entities in)(?: the| a| its)? ?$)"
)
_ROUTE: Final = re.compile(
    r"(?:\b(?:through|via|by way of|routed through|transiting|transited|transshipped through|trans-shipped through|passing through|"
    r"routed via|stop in|intermediaries in|intermediary in|and)(?: the| companies in| firms in| its| a)? ?$)"
)
_DECLARED: Final = re.compile(
    r"^ (?:was |were )?(?:declared|listed|named|stated) as (?:the )?(?:destination|final destination|end destination)|"
    r"^ as (?:the )?declared destination"
)
_ORIGIN: Final = re.compile(r"^(?:[ -]origin\b|[ -]made\b|[ -]developed\b|[ -]designed\b)")
_OF_ORIGIN: Final = re.compile(r"\b(?:of|made in|originating in|produced in|manufactured in|designed in)(?: the)? ?$")
_BUYERS: Final = re.compile(
    r"^ (?:customers?|buyers?|firms?|compan(?:y|ies)|entit(?:y|ies)|clients?|military|tech|AI|chipmakers?|chip|labs?|universit(?:y|"
    r"ies)|end users?|market|state|government|army|hands|startups?|data cent|military|importers?|importer|internet|cloud|online|"
    r"partners?)"
)
_DEMONYM_ACTORS: Final = re.compile(
    r"^ (?:officials?|government|authorit|regulator|minist|member|customs|prosecutors?|police|trade|commerce|cabinet|court|president|"
    r"lawmakers?|parliament|administration|export controls?|export curbs?|export restrictions?|curbs|controls|restrictions|rules|ban|"
    r"law)"
)
_OTHERS: Final = ("listing",)


def countries(
    sentences: Sequence[Marked], event: EventType, measure: MeasureType, actors: Sequence[Actor], makers: Sequence[str]
) -> tuple[EventCountries, dict[str, str]]:
    """Return the countries by role, and the sentence that supports each role; a state that acts may also be on the route.

    Args:
        sentences: those that tell of the event, the title first.
        event: its kind.
        measure: its measure.
        actors: who was found.
        makers: the countries whose goods the items are, by their makers.
    """
    seen: dict[str, dict[str, float]] = {}
    support: dict[tuple[str, str], str] = {}
    for at, marked in enumerate(sentences):
        weight = 3.0 if marked.sentence.title else (2.0 if at < 3 else 1.0)
        before: tuple[Found[Name], str, float] | None = None
        for name in marked.names:
            if name.value.kind not in _KINDS or not name.value.country:
                continue
            role, strength = _role(name, marked, event)
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
    imposer = _imposer(seen, event, measure, actors, sentences)
    roles = {country: max(by_role, key=lambda r: by_role[r]) for country, by_role in seen.items()}
    for country, role in list(roles.items()):
        if role == "imposer" and country != imposer:
            roles[country] = "destination" if seen[country].get("destination") else "other"
    destination = _destinations(roles, seen, imposer, event, measure)
    transit = [c for c, r in roles.items() if r == "transit" and c not in destination]
    if imposer and imposer not in transit and _passes(imposer, event, makers, destination, sentences):
        transit.append(imposer)
    source = _source(seen, imposer, event, measure, makers, sentences)
    if not destination:
        destination = _by_party(sentences, imposer, event)
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
_OUTSIDE: Final = re.compile(
    r"\b(?:outside|except|excluding|other than|beyond|retaliation (?:to|against|for)|response to|despite|answer to)(?: the| of the| of)? ?$"
)


def _role(name: Found[Name], marked: Marked, event: EventType) -> tuple[str, float]:
    """Return the part that the words around a country give it, and how strongly."""
    text, kind = marked.sentence.text, name.value.kind
    before, after = text[max(0, name.start - 45) : name.start], text[name.end : name.end + 45]
    if marked.sentence.han and (role := _han_role(before, after, name)):
        return role
    if event in ("partnership", "supply_deal"):
        return _built(name, before, after)
    if event == "listing" and _UNDER.search(before):
        return "destination", 2.5
    if kind == "state" and _SEAT.search(before):
        return "excluded", 0.1
    if kind in ("agency", "state") and not _DIRECT.search(before):
        return "imposer", 1.0 if event == "alliance" else 2.0  # of an alliance the state that joins acts
    if role := _stated(before, after):
        return role
    if event == "corporate_disclosure" and (role := _disclosed(name, before, after)):
        return role
    if (
        event == "listing"
        and kind == "demonym"
        and not marked.sentence.title
        and not _BUYERS.match(after)
        and not _DEMONYM_ACTORS.match(after)
    ):
        return "other", 0.5
    return _people(name, after) if kind == "demonym" else _place(name, marked, event, before, after)


_MIDDLEMAN: Final = re.compile(
    r"\b(?:brokers?|intermediar(?:y|ies)|middlem[ae]n|affiliates?|resellers?|distributors?|(?:shell|front|trading) "
    r"(?:firms?|compan(?:y|ies))) (?:in|based in)(?: the)? $"
)
_SEAT: Final = re.compile(r"\b(?:in|at|near) $")


def _stated(before: str, after: str) -> tuple[str, float] | None:
    """Return a part that the words say outright: left out, on the route, where the goods come from."""
    if _OUTSIDE.search(before) or _BURDEN.match(after):
        return "excluded", 1.0
    if _DONE_BY.search(before) or _ITS_ACT.match(after):
        return "imposer", 2.5
    if _MIDDLEMAN.search(before):
        return "transit", 2.0
    if _DECLARED.search(after) or (_ROUTE.search(before) and not before.rstrip().endswith("and")):
        return "transit", 3.0
    if _ORIGIN.match(after) or (_OF_ORIGIN.search(before) and after.startswith(" origin")):
        return "source", 3.0
    return None


_DONE_BY: Final = re.compile(
    r"\b(?!owned|used|bought|made|acquired|backed|funded|led|controlled|held|developed|designed)(?:\w+ed|put|hit|cut|set|forbidden)"
    r"(?: \w+){0,2} by (?:the )?$"
)
_ITS_ACT: Final = re.compile(
    r"^'s (?:[\w-]+ )?(?:answer|response|reply|decision|order|plan|ban|curbs?|controls?|restrictions?|crackdown|retaliation|blacklist|"
    r"notice|rules?|suspension|export)\b"
)
_BURDEN: Final = re.compile(r"^(?:'s)? (?:tariffs?|duty|duties|sanctions|penalties|penalty|levy|levies)\b")
"""What another state lays on, as the occasion: "as US tariffs kick in"."""
_SOLD: Final = re.compile(r"^ (?:revenue|sales|business|market|data cent|customers|share|chip plant|plant)")
_SOLD_TO: Final = re.compile(r"\b(?:from|in|to|of|excludes?|include|for|expects) $")


def _disclosed(name: Found[Name], before: str, after: str) -> tuple[str, float] | None:
    """Return the part of a country in what a firm says of itself: where it sells; its own country has none."""
    if name.value.kind not in ("place", "demonym") or name.value.country == "US":
        return None
    if name.value.kind == "demonym" and _OWN.match(after):
        return "excluded", 1.0
    return ("destination", 2.0) if _SOLD.match(after) or _SOLD_TO.search(before) else None


_RULES_OF: Final = re.compile(r"^ [\w\- ]{0,20}?restrictions|^ [\w\- ]{0,12}?(?:curbs|controls)")


def _people(name: Found[Name], after: str) -> tuple[str, float]:
    """Return the part of a country that an adjective names: Chinese customers, Dutch curbs."""
    if name.start == 0 and ACTS.match(after):
        return "imposer", 2.0
    if _DEMONYM_ACTORS.match(after):
        return "imposer", 1.5
    if _RULES_OF.match(after):
        return "imposer", 1.0
    return "destination", 1.4 if _BUYERS.match(after) else 0.7


_WILL: Final = re.compile(
    r"^ (?:will|would|agrees?|agreed|has|had|plans?|intends?|vows?|confirms?|suspends?|pauses?|bans?|imposes?|requires?|lifts?) "
)
_ARRESTED_IN: Final = re.compile(r"\b(?:arrest(?:s|ed)?|raids?|police|prosecutors|court|charged|detained)\b.{0,30}\bin $")
_HAS: Final = re.compile(r"^'s (?:[A-Z]|tech|chip|AI|military|largest|biggest|access|ability|effort)")
_HAS_OFFICE: Final = re.compile(r"^'s (?:Ministry|Commerce|Customs|Department|Parliament|Senate|House|government)")


def _place(name: Found[Name], marked: Marked, event: EventType, before: str, after: str) -> tuple[str, float]:
    """Return the part of a country or city by the words before it, or by its place as the subject."""
    if _DEMONYM_ACTORS.match(after):
        return "imposer", 1.5
    if _WILL.match(after) and not _TO.search(before):
        return "imposer", 2.0
    if _DIRECT.search(before):
        return "destination", 2.5
    if _ARRESTED_IN.search(before) or (name.value.kind == "city" and event == "enforcement" and marked.has("arrest", "charge")):
        return "imposer", 1.0
    if _TO.search(before):
        return "destination", 1.2
    if after.startswith("'s "):
        return ("destination", 1.0) if _HAS.match(after) and not _HAS_OFFICE.match(after) else ("imposer", 1.2)
    return ("imposer", 1.5) if _subject(name, marked) else ("other", 0.6)


_OWN: Final = re.compile(r"^ (?:chip ?maker|tool ?maker|firm|company|maker|giant|group|startup|foundry|supplier|manufacturer|equipment)")
_UNDER: Final = re.compile(
    r"\b(?:under the destinations? of|destinations? of|entities (?:in|from|based in)|companies (?:in|from|based in)|firms (?:in|from|"
    r"based in)|organi[sz]ations (?:in|from)|parties (?:in|from))(?: the)? ?$"
)
_PLACE_OF: Final = re.compile(r"(?:\b(?:in|to|for|across|into|with|at)(?: the| a| its)? ?$)")


def _built(name: Found[Name], before: str, after: str) -> tuple[str, float]:
    """Return the part of a country in a deal: where the goods go or the site stands, else named only."""
    if name.value.kind in ("place", "city", "state") and (
        _PLACE_OF.search(before)
        or re.match(
            r"^(?:'s)? (?:data cent|AI campus|campus|site|plant|fab|government|firms|compan|sovereign|project|Humain)|^'s \w+", after
        )
    ):
        return "destination", 2.0
    if name.value.kind == "demonym" and re.match(
        r"^ (?:data cent|site|campus|plant|desert|grid|government|orders|customers|buyers|firms)", after
    ):
        return "destination", 1.5
    return "other", 0.5


_HAN_TO: Final = re.compile(r"(?:对|向|输往|运往|出口至|销往|流入|针对)$")
_HAN_VIA: Final = re.compile(r"(?:经|经由|通过|途经|借道)$")
_HAN_LISTED: Final = re.compile(r"^(?:等)?(?:的)?(?:企业|实体|公司|机构|军事用户|军方|商户|客户)")
_HAN_OFFICE: Final = re.compile(r"^(?:商务部|政府|财政部|司法部|国会|国务院|海关|方面|官员|总统|众议院|参议院)")


def _han_role(before: str, after: str, name: Found[Name]) -> tuple[str, float] | None:
    if name.value.kind not in ("place", "demonym", "city"):
        return None
    if _HAN_TO.search(before):
        return "destination", 2.5
    if _HAN_VIA.search(before):
        return "transit", 3.0
    if _HAN_OFFICE.match(after):
        return "imposer", 1.5
    if _HAN_LISTED.match(after):
        return "destination", 2.0
    return None


def _passes(imposer: str, event: EventType, makers: Sequence[str], destination: Sequence[str], sentences: Sequence[Marked]) -> bool:
    """Whether the goods pass through the state that acts: it controls transit, or stops goods of another on their way to a third."""
    if event == "regulation":
        return any(m.has("transit_word") for m in sentences[:3])
    abroad = bool(makers) and imposer not in makers and bool(destination) and imposer not in destination
    return event == "enforcement" and abroad and any(m.has("smuggle", "false_papers", "export_control", "bound_for") for m in sentences[:4])


def _subject(name: Found[Name], marked: Marked) -> bool:
    """Whether a state stands where the subject of the sentence stands: first of all names, before a verb."""
    before = [n for n in marked.names if n.end <= name.start and n.value.kind not in ("item", "chip")]
    return not before and len(marked.sentence.text[: name.start].split()) <= 5


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
    if event == "diversion_report":
        scores = {c: s for c, s in scores.items() if c not in ("CN", "HK", "RU", "MY", "SG", "TH", "IN", "ID", "VN")}
    if not scores:
        return _presumed(event, sentences)
    best = max(scores, key=lambda c: scores[c])
    return "CN" if best == "HK" and "CN" in scores else best


def _presumed(event: EventType, sentences: Sequence[Marked]) -> str:
    """Return the United States where a court case or a rule on its makers' chips names no authority: its law controls them."""
    known = ("50 percent Affiliates Rule", "AI Diffusion Rule")
    american = any("US" in (n.value.country, n.value.origin) or n.value.name in known for m in sentences for n in m.names)
    if american and event in ("enforcement", "licence", "corporate_disclosure", "diversion_report", "regulation", "legislation"):
        return "US"
    return ""


def _destinations(
    roles: dict[str, str], seen: dict[str, dict[str, float]], imposer: str, event: EventType, measure: MeasureType
) -> list[str]:
    found = [c for c, r in roles.items() if r == "destination" and c != imposer]
    if event in ("legislation", "guidance", "alliance") or measure in ("blocking_law", "investment_screening"):
        strong = 5.0 if event in ("legislation", "guidance") else (2.4 if measure == "investment_screening" else 99.0)
        return [c for c in found if seen[c].get("destination", 0) >= strong]
    if measure == "suspension" and event == "regulation":
        return [c for c in found if seen[c].get("destination", 0) > 3]
    return found


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
    if event in ("listing", "alliance", "guidance", "partnership") or (
        measure in ("blocking_law", "investment_screening") and event == "regulation"
    ):
        return []
    if measure == "subsidy_infrastructure" or (
        event == "regulation" and measure != "retaliation_control" and any(m.has("tariff") for m in sentences[:1])
    ):
        return []
    if any(m.has("affiliates") for m in sentences[:2]) and event in ("regulation", "de_escalation"):
        return []
    stated = [c for c, by in seen.items() if by.get("source")]
    if stated:
        return stated
    if event == "enforcement" and any(m.has("antitrust") for m in sentences[:3]):
        return []
    if event == "de_escalation" and not any(m.has("item") for m in sentences[:3]):
        return []
    if makers and measure != "retaliation_control":
        return list(dict.fromkeys(makers))
    if event == "regulation" and any(m.has("procurement") for m in sentences[:1]):
        return []
    if event == "enforcement" and imposer != "US" and any(n.value.eccn in ("3A090", "4A090") for m in sentences[:3] for n in m.names):
        return []
    if event in ("legislation", "supply_deal"):
        return []
    if event == "corporate_disclosure" and not imposer:
        return list(dict.fromkeys(n.value.origin for m in sentences[:1] for n in m.names if len(n.value.origin) == 2))
    return [imposer] if imposer else []


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
