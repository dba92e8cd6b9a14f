"""Parties, authorities and persons that sentences name, and their part in an event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from thalweg.nouns.news import Actor, EventType
from thalweg.watch.extraction import han_names
from thalweg.watch.extraction.lexicon import Lexicon, Name
from thalweg.watch.extraction.marks import Marked
from thalweg.watch.extraction.match import Found

_PERSON_RUN: Final = re.compile(
    r"(?<![\w.\-])[A-Z][a-z]+(?:-[A-Z]?[a-z]+)*(?: (?:[A-Z]\.|\"[A-Z][a-z]+\"|'[A-Z][a-z]+'|bin|van|de|"
    r"[A-Z][a-z]+(?:-[A-Z]?[a-z]+)*))* [A-Z][A-Za-z]+(?:-[A-Z]?[a-z]+)*(?![\w\-])"
)
_FIRM_RUN: Final = re.compile(
    r"(?<![\w.\-&])(?:[A-Z0-9][\w\-&]*(?: |, )){0,6}?[A-Z0-9][\w\-&]*,? (?P<end>Inc|Corp|Corporation|Ltd|Limited|LLC|GmbH|PLC|Pte|Co|"
    r"Company|B\.V|N\.V|S\.A)\b\.?(?:,? (?:Ltd|Inc|LLC|Pte|Limited)\b\.?)*"
)
_PLACED: Final = re.compile(
    r"(?P<place>[A-Z][a-z]+(?: [A-Z][a-z]+)?) (?P<what>prosecutors|District Prosecutors Office|District Prosecutors' Office|police)\b"
)
_OFFICIALS: Final = re.compile(r"\b(?:officials|Officials|authorities|regulators)\b")
_MANY: Final = 40
"""Actors that one event keeps; a notice that lists more names them in its own list."""


@dataclass(slots=True)
class Cast:
    """Actors as they are found: by key, with the sentence that first named them."""

    rows: dict[str, tuple[Actor, str]] = field(default_factory=dict)

    def add(self, actor: Actor, sentence: str) -> None:
        """Add an actor, unless it is there; a first part that says little gives way."""
        key = actor.name.casefold()
        if key not in self.rows and len(self.rows) < _MANY:
            self.rows[key] = (actor, sentence)


def actors(sentences: Sequence[Marked], event: EventType, lexicon: Lexicon) -> list[tuple[Actor, str]]:
    """Return the actors of an event, each once, with the sentence that names it first."""
    cast = Cast()
    for marked in sentences:
        for name in marked.names:
            if actor := _named(name, marked, event):
                cast.add(actor, marked.sentence.text)
        taken = [(n.start, n.end) for n in marked.names if n.value.kind != "city"]
        _add_prosecutors(cast, marked)
        _add_speakers(cast, marked)
        _add_firms(cast, marked, taken, event, lexicon)
        _add_persons(cast, marked, taken, event, lexicon)
        for person, role in han_names.persons(marked.sentence):
            if not any(person in marked.sentence.text[start:end] for start, end in taken):
                cast.add(Actor(person, role), marked.sentence.text)
    _add_ministries(cast, sentences, lexicon)
    if event in ("regulation", "listing", "licence", "de_escalation"):
        _add_officials(cast, sentences)
    return _merged(cast.rows.values())


def _named(found: Found[Name], marked: Marked, event: EventType) -> Actor | None:
    name = found.value
    if name.kind == "chip" and name.role in ("NVIDIA", "AMD", "Huawei", "Intel"):
        shown = {"NVIDIA": "Nvidia"}.get(name.role, name.role)
        return Actor(shown, "manufacturer", "CN" if shown == "Huawei" else "US") if shown.lower() in marked.sentence.lower else None
    if name.kind == "item" and name.name in ("Nvidia GPUs", "servers with Nvidia GPUs") and "nvidia" in marked.sentence.lower:
        return Actor("Nvidia", _maker(event), "US")
    if name.kind == "item" and name.name == "Super Micro AI servers":
        return Actor("Super Micro", _maker(event), "US")
    if name.kind == "item" and name.name == "AMD chips":
        return Actor("AMD", _maker(event), "US")
    if name.kind == "item" and name.name == "Huawei Ascend chips" and "huawei" in marked.sentence.lower:
        return Actor("Huawei", "manufacturer", "CN")
    if name.kind == "agency":
        if name.role == "legislature" and re.match(
            r" (?:panel|committee|subcommittee|Committee|Foreign Affairs|Banking|Select)\b",
            marked.sentence.text[found.end : found.end + 20],
        ):
            return None
        if name.role == "body":
            return Actor(name.name, "party", name.country)
        if name.role == "imposer" and event == "enforcement":
            return Actor(name.name, "enforcer", name.country)
        return Actor(name.name, name.role, name.country)
    if name.kind == "person":
        return Actor(name.name, name.role, name.country)
    if name.kind != "company":
        return None
    return Actor(name.name, _part(found, marked, event), name.country, name.role)


def _maker(event: EventType) -> str:
    return "manufacturer_not_accused" if event == "enforcement" else "manufacturer"


_PARTS: Final[dict[str, str]] = {
    "listing": "listed_party", "enforcement": "affected", "corporate_disclosure": "discloser", "licence": "licensee",
    "partnership": "party", "supply_deal": "party",
    "guidance": "affected", "legislation": "affected", "alliance": "party", "de_escalation": "affected",
    "diversion_report": "affected", "regulation": "affected",
}  # fmt: skip
_ACCUSED: Final = re.compile(
    r"\b(?:settles?|settled|to pay|agreed to pay|agrees to pay|fined|pleads? guilty|pleaded guilty|charged|indicted|penalty|penalt|"
    r"pays?|violat)"
)


def _part(found: Found[Name], marked: Marked, event: EventType) -> str:
    after = marked.sentence.text[found.end : found.end + 40].lstrip("' s")
    if re.match(r"(?:AI |artificial intelligence |advanced )?(?:chips?|GPUs?|processors?|servers?|accelerators?|graphics)\b", after):
        return _maker(event)
    if event == "enforcement":
        if _ACCUSED.search(marked.sentence.lower):
            return "respondent" if marked.has("settle", "civil") else "defendant"
        return "affected"
    if event == "supply_deal":
        before = marked.sentence.lower[: found.start]
        return (
            "buyer"
            if re.search(r"\b(?:to|for|with|sell|supply)\s+\S*\s*$", before)
            or re.search(r"\b(?:buy|purchase|order|deploy)", marked.sentence.lower[found.end : found.end + 30])
            else "supplier"
        )
    return _PARTS[event]


def _add_prosecutors(cast: Cast, marked: Marked) -> None:
    for match in _PLACED.finditer(marked.sentence.text):
        country = next((n.value.country for n in marked.names if n.start <= match.start("place") < n.end), "")
        place = match["place"]
        if country == "TW" and match["what"] != "police":  # prosecutors of a place in Taiwan sit in the office of that district
            cast.add(Actor(f"{place} District Prosecutors Office", "enforcer", country), marked.sentence.text)
        elif country and match["what"] == "prosecutors":
            cast.add(Actor(f"{place} prosecutors", "enforcer", country), marked.sentence.text)
        elif country:
            cast.add(Actor(f"{place} police", "enforcer", country), marked.sentence.text)


_SPEAKER: Final = re.compile(r"\b(?:Mr|Ms|Mrs)\. ([A-Z]{3,})\b")


def _add_speakers(cast: Cast, marked: Marked) -> None:
    """Members who speak in the Congressional Record: Mr. LAWLER."""
    for match in _SPEAKER.finditer(marked.sentence.text):
        if match[1] not in ("SPEAKER", "PRESIDENT", "CHAIR", "CHAIRMAN"):
            cast.add(Actor(match[1].title(), "speaker"), marked.sentence.text)


_MINISTRY: Final = re.compile(r"\b([Cc]ommerce|[Tt]rade|[Ee]conomy|[Ii]ndustry) (?:ministry|minister|Ministry)\b")


def _add_ministries(cast: Cast, sentences: Sequence[Marked], lexicon: Lexicon) -> None:
    """A ministry by its subject alone is that of the state that the text names first: the trade ministry in a text on Korea."""
    for marked in sentences[:5]:
        match = _MINISTRY.search(marked.sentence.text)
        if match is None or any(n.start <= match.start() < n.end for n in marked.names):
            continue
        nearest = [n.value.country for n in marked.names if n.value.kind in ("place", "demonym", "state")]
        first = [n.value.country for m in sentences for n in m.names if n.value.kind in ("place", "demonym", "state")]
        for country in (*nearest, *first):
            if name := lexicon.ministries.get(f"{country} {match[1].lower()}"):
                cast.add(Actor(name, "imposer", country), marked.sentence.text)
                break


def _add_firms(cast: Cast, marked: Marked, taken: Sequence[tuple[int, int]], event: EventType, lexicon: Lexicon) -> None:
    text = marked.sentence.text
    for match in _FIRM_RUN.finditer(text):
        name = match.group().strip(" ,")
        start = match.start()
        words, start = _unplaced(name.split(), start)
        while words and words[0].strip(",") in lexicon.not_person - {
            "Super",
            "Advanced",
            "Global",
            "International",
            "Silicon",
            "Pacific",
            "North",
            "South",
            "Hong",
            "Beijing",
            "Shanghai",
            "Shenzhen",
        }:
            start += len(words[0]) + 1
            words = words[1:]
        if len(words) < 2 or _overlaps(start, match.end(), taken):
            continue
        cast.add(Actor(" ".join(words).rstrip("."), _unknown_part(event, marked), _country_before(start, marked)), text)
    if event in ("listing", "enforcement", "diversion_report", "partnership", "supply_deal"):
        endings = lexicon.firm_endings | lexicon.school_endings
        for match in _TIGHT.finditer(text):
            words, start = _unplaced(match.group().split(), match.start())
            known = all(w in lexicon.not_person for w in words) or _overlaps(start, match.end(), taken)
            if len(words) >= 2 and words[-1] in endings and not known:
                cast.add(Actor(" ".join(words), _unknown_part(event, marked), _country_before(start, marked)), text)
    if event == "listing" and marked.has("list_add", "list_remove", "list_name"):
        _add_listed(cast, marked, taken, lexicon)


def _unplaced(words: list[str], start: int) -> tuple[list[str], int]:
    """Return the words of a name without the place before it: California-based Example Instruments."""
    while len(words) > 2 and words[0].endswith(("-based", "-owned", "-linked")):
        start += len(words[0]) + 1
        words = words[1:]
    return words, start


_TIGHT: Final = re.compile(r"(?<![\w.\-])[A-Z][\w\-]*(?: (?:of |and |& )?[A-Z][\w\-]*)+")


_AMONG: Final = re.compile(r"\b(?:including|include|includes|among them|such as|namely|are|adds|added)\b:?|:")
_BETWEEN: Final = re.compile(r", and |, | and |; ")
_PARTY: Final = re.compile(r"[A-Z][\w\-.&']*(?: (?:of |for )?[A-Z0-9(][\w\-.&')]*){0,6}")
_AFTER_LIST: Final = 400


def _add_listed(cast: Cast, marked: Marked, taken: Sequence[tuple[int, int]], lexicon: Lexicon) -> None:
    """Names between commas where parties are put on a list: X, Y and Z, none of which the gazetteer knows."""
    if marked.sentence.title:
        return
    text = marked.sentence.text
    lead = _AMONG.search(text)
    if lead is None:
        return
    at = lead.end()
    pieces = _BETWEEN.split(text[at : at + _AFTER_LIST])
    if len(pieces) < 2:
        return
    for piece in pieces:
        start = text.find(piece, at)
        at = start + len(piece)
        party = _PARTY.match(piece.strip())
        if party is None:
            continue
        name = party.group().strip(" .")
        start += len(piece) - len(piece.lstrip())
        if len(name) > 2 and not all(w in lexicon.not_person for w in name.split()) and not _overlaps(start, start + len(name), taken):
            cast.add(Actor(name, "listed_party", _country_before(start, marked)), text)


def _unknown_part(event: EventType, marked: Marked) -> str:
    if event == "enforcement":
        return "respondent" if marked.has("settle") else "affected"
    return _PARTS[event]


def _country_before(start: int, marked: Marked) -> str:
    """Return the country of the adjective or place just before a name: Singapore's Example Ltd."""
    for name in marked.names:
        if name.value.kind in ("place", "demonym", "city", "state") and 0 <= start - name.end <= 24:
            between = marked.sentence.text[name.end : start]
            if not any(c in between for c in ",;.") and between.count(" ") <= 3:
                return name.value.country
    return ""


def _overlaps(start: int, end: int, taken: Iterable[tuple[int, int]]) -> bool:
    return any(s < end and start < e for s, e in taken)


_REMARKS: Final = re.compile(r"^(?:Remarks|Speech|Testimony|Statement|Keynote|Address|Opening remarks)\b[^:]* (?:by|of|from) ")
"""A title that names who speaks."""


def _add_persons(cast: Cast, marked: Marked, taken: Sequence[tuple[int, int]], event: EventType, lexicon: Lexicon) -> None:
    if marked.sentence.shouted or (marked.sentence.title and event != "enforcement" and not _REMARKS.match(marked.sentence.text)):
        return
    text = marked.sentence.text
    titles = lexicon.titles.longest(marked.sentence)
    accused = event == "enforcement" and marked.has(
        "charge", "plea", "sentence_", "arrest", "arrest_strong", "names_word", "smuggle", "criminal"
    )
    for match in _PERSON_RUN.finditer(text):
        name, start = match.group(), match.start()
        words = name.split()
        while words and words[0] in lexicon.not_person:
            start += len(words[0]) + 1
            words = words[1:]
        while words and words[-1] in lexicon.not_person:
            words = words[:-1]
        name = " ".join(words)
        end = start + len(name)
        if (
            not 2 <= len(words) <= 4
            or any(w in lexicon.not_person or w in lexicon.firm_endings for w in words)
            or words[-1] in lexicon.school_endings
        ):
            continue
        if _overlaps(start, end, taken):
            continue
        role = _title_of(start, end, titles, text)
        if not role and not accused and not re.match(r"'s|, (?:\d{2}\b|who|the |a |an )", text[end:]):
            continue
        if marked.sentence.title and not role:
            continue
        if not role and event != "enforcement":
            continue
        aged = re.match(r", (?:also known as [^,]+, )?\d{2}\b", text[end:]) is not None
        cast.add(Actor(name, role or "defendant", _country_of_person(end, marked) if aged or not role else ""), text)


def _title_of(start: int, end: int, titles: Sequence[Found[str]], text: str) -> str:
    for title in titles:
        if title.end <= start <= title.end + 3 and not text[title.end : start].strip(" .,"):
            return title.value
        if (
            title.end <= start <= title.end + 45
            and text[title.end : start].strip().startswith(("of ", "for "))
            and "," not in text[title.end : start]
        ):
            return title.value
        if end <= title.start <= end + 32 and text[end : end + 2] == ", ":
            return title.value
    return ""


def _country_of_person(end: int, marked: Marked) -> str:
    """Return the country in what follows a person's name: Jing Chen, 46, a citizen of China."""
    text = marked.sentence.text[end : end + 60]
    for name in marked.names:
        near = name.value.kind in ("place", "demonym", "city") and end <= name.start <= end + 60
        if near and re.search(r"\b(?:of|from|a|an|citizen|national|resident)\b", text[: name.start - end]):
            return name.value.country
    return ""


def _add_officials(cast: Cast, sentences: Sequence[Marked]) -> None:
    """Officials who are not named, of the state that the text names first: US officials."""
    if any(actor.role == "imposer" for actor, _ in cast.rows.values()):
        return
    for marked in sentences[:3]:
        if marked.has("mulls", "anonymous") and _OFFICIALS.search(marked.sentence.text):
            state = next((n.value for m in sentences[:2] for n in m.names if n.value.kind in ("place", "state")), None)
            if state is not None:
                name = f"{_ADJECTIVES.get(state.country, state.name)} officials"
                cast.add(Actor(name, "imposer", state.country), marked.sentence.text)
            return


_ADJECTIVES: Final = {
    "US": "US",
    "CN": "Chinese",
    "TW": "Taiwanese",
    "NL": "Dutch",
    "JP": "Japanese",
    "KR": "South Korean",
    "MY": "Malaysian",
    "GB": "British",
    "EU": "EU",
    "DE": "German",
}


def _merged(rows: Iterable[tuple[Actor, str]]) -> list[tuple[Actor, str]]:
    """Drop a name that another holds: Zheng beside Stanley Yi Zheng; a brand beside the same party by its list entry."""
    kept: list[tuple[Actor, str]] = []
    seen_party: set[str] = set()
    for actor, sentence in sorted(rows, key=lambda r: -len(r[0].name)):
        low = f" {actor.name.casefold()} "
        if any(low in f" {k[0].name.casefold()} " and k[0].role in (actor.role, "defendant") for k in kept):
            continue
        if actor.party and actor.party in seen_party:
            continue
        seen_party.add(actor.party)
        kept.append((actor, sentence))
    order = {actor.name: at for at, (actor, _) in enumerate(rows)}
    return sorted(kept, key=lambda r: order[r[0].name])
