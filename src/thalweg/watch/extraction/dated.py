"""What the dates of a text date: announced, effective, expiry, the act itself, the conduct, what is expected."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

from thalweg.nouns.news import Certainty, DateKey, Document, EventType
from thalweg.watch.extraction.dates import Date
from thalweg.watch.extraction.marks import Marked

_EFFECTIVE: Final = re.compile(
    r"\b(?:effective|takes? effect|took effect|taking effect|comes? into (?:force|effect)|came into (?:force|effect)|"
    r"enters? into (?:force|effect)|entered into (?:force|effect)|"
    r"goes? into (?:force|effect)|went into effect|in force|apply from|applies from|applied from|starting|beginning|begins|as of|from|"
    r"on and after|compliance date|implemented)(?: on| from| as of| in| since| the)*\W*$"
)
_EFFECTIVE_AFTER: Final = re.compile(
    r"^\W*(?:when [^.;]{3,60} into (?:force|effect)\b|"
    r"takes? effect|it takes? effect|the rule takes? effect|起施行|起实施|起生效|起正式实施|起)"
)
_EXPIRY: Final = re.compile(
    r"\b(?:until|till|through|expires?|expiring|expired|ends?|ending|lapses?|runs? (?:to|until|through)|sunsets?|valid (?:until|"
    r"through)|extended (?:to|until|through)|by the end of|end of)(?: on| in| the)*\W*$"
)
_EXTENDED: Final = re.compile(
    r"\b(?:exten(?:d|ds|ded|ding|sion)|prolong\w*|renew\w*|suspen(?:d|ds|ded|sion)|paus(?:e|es|ed)|stay(?:s|ed)?|truce|freeze|reprieve|"
    r"waivers?|shelved?)\b[^.;,]{0,50}\b(?:to|into|till|until|through|before)(?: the)?\W*$|\bnot apply (?:before|until|till)\W*$"
)
"""To which day something that is put off or kept runs: that day ends it and begins nothing."""
_DUE: Final = re.compile(
    r"\b(?:due|expected|planned|scheduled|slated|to open|to begin|to start|to be ready|online|operational|completed?|"
    r"ready|produc\w+|deliver\w+)"
    r"\b[^.;,]{0,24}\b(?:at|by|before|around|towards) (?:the )?(?:end|close|middle|start|beginning) of(?: the)?\W*$"
)
_NEED_NOT: Final = re.compile(r"\b(?:need not|not have to|not required to|compliance)\b[^.;]{0,50}\b(?:until|before|till|by|from)\W*$")
"""From which day a rule that is out must be followed."""
_EXPIRY_HAN: Final = re.compile(r"(?:至|到|截至|有效期至)\s*$")
_SPAN_KEEP: Final = re.compile(r"\b(?:suspend|pause|stay|truce|extend|valid|hold|defer|delay|waive|exempt|lift)")
_SUSPENDED: Final = re.compile(r"\b(?:suspended|paused|stayed|suspends|suspension)(?: on| from| since| as of)*\W*$")
_EXPECTED: Final = re.compile(
    r"\b(?:expected|due|scheduled|planned|slated|set|come online|comes online|online|second half of|first half of|end of|will begin|"
    r"to begin|will start|to start|deliver(?:y|ies)|deliver|ship|operational|online|complete(?:d)?|by|later|deploy(?:ed|ment)?|"
    r"comments? (?:are )?due|trial|hearing|sentencing)"
    r"(?: (?:on|in|by|for|to|the|be|is|are|begin|start|from|operations?))*\W*$"
)
_ANNOUNCED: Final = re.compile(
    r"\b(?:announced|said|published|issued|unveiled|released|stated|disclosed|told|confirmed|notified|notice|dated|signed|posted|wrote|"
    r"explained|adopted|promulgated|clarified|made public|"
    r"according to a (?:statement|notice|filing)|says?)(?: (?:that|late|early|last|it|a|the|statement|a statement|rule|rules))?(?: on|"
    r" in| the| of)*\W*$"
)
_NOTICE: Final = re.compile(r"^(?:'s)? (?:notice|announcement|statement|press release|release|ruling|order|letter|decree)\b")
_CONDUCT: Final = re.compile(
    r"\b(?:between|from|beginning in|starting in|since|as early as|dating (?:back )?to|began in|in or around|around)\W*$"
)
_CONDUCT_END: Final = re.compile(r"\b(?:and|to|until|through|and continuing (?:until|through|to))\W*$")
_PAST_RULE: Final = re.compile(
    r"\b(?:rule|controls?|restrictions?|law|act|agreement|order|list|regulations?) (?:of|from|in|since|issued in|imposed in|"
    r"introduced in|adopted in|published in|announced in|first imposed in) *$"
)
_OLD_RULE: Final = re.compile(
    r"^(?:'s)? (?:export |chip |interim |advanced[- ]computing |licen[cs]ing |original )*(?:controls?|rules?|restrictions?|curbs|"
    r"measures|bans?|notice that|deal|truce|agreement|law|regulations?)\b"
)
_EVENT: Final = re.compile(
    r"\b(?:on|in|granted|approved|arrested|charged|pleaded guilty|sentenced|indicted|unsealed|filed|passed|voted|took place|occurred|"
    r"seized|detained|summoned|met)(?: on| in| last| the| late| early)*\W*$"
)


def dated(
    sentences: Sequence[tuple[Marked, list[Date]]], event: EventType, certainty: Certainty, document: Document
) -> dict[DateKey, tuple[str, str]]:
    """Return the dates by what they date, each with the sentence that supports it; the first that fits a key is kept."""
    found: dict[DateKey, tuple[str, str]] = {}
    day = document.published.isoformat() if document.published else ""
    for marked, spans in sentences:
        text = marked.sentence.text
        for at, date in enumerate(spans):
            key = _key(date, at, spans, marked, event, day)
            if key in ("announced", "event") and len(date.value) == 10 and day and date.value > day:
                key = "expected"
            if key and (key not in found or key == "conduct_end" or _nearer(date.value, found[key][0])):
                found[key] = (date.value, text)
    _add_facts(found, document)
    _add_published(found, event, certainty, document, sentences)
    _add_at_once(found, event, sentences)
    return found


_AT_ONCE: Final = re.compile(r"\bwith immediate effect\b|\beffective immediately\b|自(?:公布|发布)之日起|即日起(?:实施|施行|生效)")


def _add_at_once(found: dict[DateKey, tuple[str, str]], event: EventType, sentences: Sequence[tuple[Marked, list[Date]]]) -> None:
    """A rule that is in force at once is so from the day on which it is announced."""
    if event != "regulation" or "effective" in found or "announced" not in found:
        return
    said = next((m.sentence.text for m, _ in sentences[:4] if _AT_ONCE.search(m.sentence.text)), "")
    if said:
        found["effective"] = (found["announced"][0], said)


def _nearer(value: str, known: str) -> bool:
    """Whether a date says more exactly what another says."""
    return len(value) > len(known) and value.startswith(known)


def _key(date: Date, at: int, spans: Sequence[Date], marked: Marked, event: EventType, published: str) -> DateKey | None:
    text = marked.sentence.text
    before = text[max(0, date.start - 70) : date.start].lower()
    after = text[date.end : date.end + 40]
    if date.span:
        lasts = len(date.value) == 10 and (_SPAN_KEEP.search(before) or marked.has("suspend"))
        return "expiry" if lasts and re.match(r"^(?:for|within|\W)", text[date.start : date.start + 3].lower()) is not None else None
    if re.match(r"^(?:公布|发布|出台)的", after) or (event in _LAW and _IT_ANNOUNCED.search(before)):
        return None
    if _EFFECTIVE_AFTER.match(after):
        return "effective"
    if _PAST_RULE.search(before) or _OLD_RULE.match(after):
        return "announced" if event in _LAW and _recent(date.value, published) and _BY_RULE.search(before) else None
    previous = spans[at - 1] if at else None
    joined = (
        previous is not None
        and re.fullmatch(
            r"\W*(?:and|to|until|through|-|and continuing (?:until|through|to)(?: about| approximately| at least| in or around)?|"
            r"to at least|through at least)\W*",
            text[previous.end : date.start],
        )
        is not None
    )
    if joined and event in ("enforcement", "diversion_report"):
        return "conduct_end"
    follows = spans[at + 1] if at + 1 < len(spans) else None
    ranged = (
        follows is not None
        and re.fullmatch(r"\W*(?:and|to|until|through|-|and continuing .{0,30})\W*", text[date.end : follows.start]) is not None
    )
    if event in ("enforcement", "diversion_report") and (
        ranged or re.search(r"\b(?:since|beginning in|as early as|starting in|starting around|dating (?:back )?to|began in)\W*$", before)
    ):
        return "conduct_start"
    if event in ("enforcement", "diversion_report") and re.search(r"\b(?:until|through)\W*$", before):
        return "conduct_end"
    if _DUE.search(before):
        return "expected"
    if _NEED_NOT.search(before):
        return "effective"
    if _EXPIRY.search(before) or _EXTENDED.search(before) or _EXPIRY_HAN.search(before):
        return None if event == "diversion_report" and re.search(r"\bend of\W*$", before) else "expiry"
    if _SUSPENDED.search(before):
        return "suspended"
    if _EFFECTIVE.search(before):
        return (
            "effective"
            if event not in ("enforcement", "diversion_report", "corporate_disclosure", "legislation") or "effect" in before[-24:]
            else ("event" if event == "enforcement" else None)
        )
    return _said_or_done(date, before, after, event, marked, published)


_SAYS_AFTER: Final = re.compile(r"^ (?:announced|announces|said it|unveiled|made public)\b")
_GIVEN: Final = re.compile(r"\b(?:issued|granted|approved)(?: \w+)? in\W*$")
_BEGINS: Final = re.compile(r"\b(?:start|begin|apply)(?: in| on| from)?\W*$")


_IT_ANNOUNCED: Final = re.compile(
    r"\b(?:controls?|curbs?|restrictions?|rules?|measures?|bans?|duties|tariffs?) (?:that |which )?(?:it|they|he|she|Beijing|"
    r"Washington)(?: had)? "
    r"(?:announced|imposed|issued|introduced|unveiled)(?: on| in)?(?: early| late| mid)?\W*$",
    re.IGNORECASE,
)
"""An act of before, in passing: "the controls that it announced in October"."""
_BY_RULE: Final = re.compile(
    r"\b(?:by|in|under|through|with) (?:a|an|its|the) (?:\w+ ){0,3}?(?:rule|notice|order|announcement|decree|"
    r"statement|guidance|regulation)s? "
    r"(?:of|dated|from|published on|issued on) *$"
)
_RECENT: Final = 45


def _recent(value: str, published: str) -> bool:
    """Whether a day lies in the weeks before the publication."""
    if len(value) != 10 or not published or value > published:
        return False
    return (dt.date.fromisoformat(published) - dt.date.fromisoformat(value)).days <= _RECENT


def _said_or_done(date: Date, before: str, after: str, event: EventType, marked: Marked, published: str) -> DateKey | None:
    if event == "licence" and _GIVEN.search(before):
        return "event"
    if _SAYS_AFTER.match(after):
        return "announced"
    if _NOTICE.match(after) or _ANNOUNCED.search(before):
        return "announced"
    if _EXPECTED.search(before):
        return "effective" if event in _LAW and _BEGINS.search(before) else "expected"
    if _EVENT.search(before) or date.relative or len(date.value) > 4:
        return _act(date, event, marked, published)
    return None


_LAW: Final = frozenset(("regulation", "listing", "guidance", "licence", "de_escalation"))


def _act(date: Date, event: EventType, marked: Marked, published: str) -> DateKey | None:
    if len(date.value) == 4:
        return None
    if date.value == published and event in _LAW:
        return "announced"
    if published and date.value > published:
        return "effective" if event in _LAW else "expected"
    if event in ("regulation", "listing", "guidance", "de_escalation", "partnership", "supply_deal"):
        return "announced" if len(date.value) == 10 and not marked.has("past_context") else ("event" if len(date.value) == 7 else None)
    return "event"


_FACTS: Final[dict[str, DateKey]] = {
    "effective": "effective",
    "effective_on": "effective",
    "effective_date": "effective",
    "publication_date": "published",
    "signing_date": "announced",
}


def _add_facts(found: dict[DateKey, tuple[str, str]], document: Document) -> None:
    """Dates that an official source states beside the text."""
    for fact, key in _FACTS.items():
        value = document.facts.get(fact, "")
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            found[key] = (value, f"{fact}: {value}")


_COMMENT: Final = re.compile(
    r"\b(?:law|llp|insights?|alert|client|fenwick|akin|covington|cooley|morgan lewis|gibson dunn|sidley|wilmerhale|crowell|skadden|"
    r"torres|baker mckenzie|hogan lovells|thompson hine|worldecr|counsel|export compliance|white & case|mayer brown|steptoe|ropes|dentons|"
    r"freshfields|linklaters|clifford chance|allen overy|latham|kirkland|arnold porter|sanctionsalert|law360|lexology|jd supra|"
    r"compliance daily|king & wood|advisors?)\b",
    re.IGNORECASE,
)


_GAZETTE: Final = re.compile(r"^(?:Federal Register|Official Journal)\b")


def _add_published(
    found: dict[DateKey, tuple[str, str]],
    event: EventType,
    certainty: Certainty,
    document: Document,
    sentences: Sequence[tuple[Marked, list[Date]]],
) -> None:
    """The day of publication, as what it dates: the announcement where the text tells one as news, a vote that a record reports.

    A comment on an act of before, and a case in court, give no date of the act. What unnamed sources say was not announced.
    """
    if document.published is None or not sentences:
        return
    day = document.published.isoformat()
    line = f"{document.publisher or document.source}, {day}"
    if certainty == "reported_anonymous" or event == "diversion_report":
        found.setdefault("published", (day, line))
        return
    if _GAZETTE.search(document.publisher) and "announced" in found:
        found.setdefault("published", (day, line))
    if "announced" in found or "published" in found or (event == "alliance" and "event" in found):
        return
    if event in (
        "regulation",
        "listing",
        "guidance",
        "licence",
        "corporate_disclosure",
        "de_escalation",
        "alliance",
        "partnership",
        "supply_deal",
    ):
        if not _COMMENT.search(document.publisher):
            found["announced"] = (day, line)
    elif event == "legislation" and "event" not in found:
        found["event"] = (day, line)


def later_than(found: dict[DateKey, tuple[str, str]], published: dt.date | None) -> bool:
    """Whether the effect is dated after the publication."""
    effective = found.get("effective")
    return effective is not None and published is not None and effective[0] > published.isoformat()[: len(effective[0])]
