"""A sentence with what was found in it: names, cues, and the marks that the rows of rules.yaml ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from thalweg.watch.extraction.lexicon import Lexicon, Name
from thalweg.watch.extraction.match import Found
from thalweg.watch.extraction.numbers import Number, numbers
from thalweg.watch.extraction.text import Sentence

_STATE: Final = frozenset(("place", "state"))
_CHIP_WORDS: Final = frozenset(("3A090", "4A090", "3A090.c", "4A003", "3A991", "3B001", "3B001.f"))


MOST: Final = 80
"""Names that are kept of one sentence."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence that was read; `marks` holds its cues and marks."""

    sentence: Sentence
    names: tuple[Found[Name], ...]
    marks: frozenset[str]
    numbers: tuple[Number, ...]

    def has(self, *marks: str) -> bool:
        """Whether any of some marks is set."""
        return not self.marks.isdisjoint(marks)


def marked(sentence: Sentence, lexicon: Lexicon) -> Marked:
    """Read one sentence."""
    names = tuple(lexicon.names.longest(sentence)[:MOST])
    found = {f.value for f in lexicon.cues.every(sentence)}
    counted = tuple(numbers(sentence))
    if "not_tech" in found:
        names = tuple(n for n in names if n.value.kind not in ("item", "chip"))
        found -= {"tech"}
    if _TOLD_PARLIAMENT.search(sentence.lower):
        found -= {"bill", "chamber", "pass", "bill_step", "committee_step"}
    if "list_proper" not in found and _LISTED_PARTY.search(sentence.lower):
        found -= {"blacklist_verb", "list_add", "list_verb", "list_name", "sanctions"}
    found -= _past(sentence, lexicon, found)
    found |= _marks(sentence, names, counted)
    if _LICENCE_LOST.search(sentence.lower):
        found.add("permission_lost")
    elif _LICENCE_GIVEN.search(sentence.lower):
        found |= {"licence_given", "grant"}
    if _SIGNED_ACT.search(sentence.text):
        found |= {"bill", "signed", "signed_act"}
    if _TO_RESULTS.search(sentence.lower):
        found -= {"charge", "charged_word", "arrest_strong"}
        found.add("effect_strong")
    if "charge_any" in found and "persons" in found and "effect_strong" not in found:
        found |= {"charge", "charged_word", "criminal", "arrest_strong"}
    if "rule_make" in found and ("imposer" in found or "first_state" in found):
        found.add("rule_of_authority")
    return Marked(sentence, names, frozenset(found), counted)


def spoken(read: Marked) -> Marked:
    """Return a sentence as one that an authority says, where it names no subject of its own."""
    if any(mark.startswith("first_") for mark in read.marks):
        return read
    added = {"first_agency", "agency", "imposer"} | ({"rule_of_authority"} if "rule_make" in read.marks else set())
    return replace(read, marks=read.marks | added)


_LISTED_PARTY: Final = re.compile(
    r"\b(?:to|for|from|of|with|by|at|helping|supplying|supplied|supply) (?:the |a |an )?(?:us-)?(?:blacklisted|sanctioned|listed) (?!by\b)"
)
"""A party that is on a list already, in passing: "shipments to blacklisted SMIC"."""
_TOLD_PARLIAMENT: Final = re.compile(
    r"\b(?:letters? to|told|tells|informed|informs|wrote to|briefed|testified (?:to|before)|hearing of) (?:the |a )?(?:\w+ ){0,2}?"
    r"(?:parliament|congress|lawmakers|mps|senators|house|senate|committee)\b"
)
"""A parliament that is only told something takes no step on a bill."""
_LICENCES: Final = r"(?:licen[cs]es?|permits?|authori[sz]ations?|waivers?|approvals?)"
_LICENCE_LOST: Final = re.compile(
    rf"\b(?:revok|withdr[ae]w|cancel|pull|rescind|suspend|refus|reject|den[yi])\w*(?: [\w-]+){{0,3}} {_LICENCES}\b|"
    rf"\b{_LICENCES}\b(?: [\w-]+){{0,6}} (?:lapse|(?:not|no longer) (?:be )?(?:renewed|issued|granted|extended)|"
    r"(?:been |were |was |are )?(?:revoked|withdrawn|turned down|refused|denied))\b"
)
"""A license is taken or refused, whatever stands between the two words: "revokes eight licenses", "licenses will not be renewed"."""
_LICENCE_GIVEN: Final = re.compile(
    rf"\b{_LICENCES}\b(?: [\w-]+){{0,5}} (?:(?:been |were |was |are )?(?:issued|granted|passed|received|cleared|approved))\b|"
    r"\b(?:approv|authori[sz]|clear|permit)\w*(?: the)? (?:exports?|sales?|shipments?|delivery|deliveries) of\b"
)
"""The same of a license that is given."""
_SIGNED_ACT: Final = re.compile(r"\b(?:signed|signs|enacted|enacts) (?:the )?(?:[A-Z][\w-]+ (?:and |of |for |in )?){1,8}(?:Act|Law)\b")
"""A named act that becomes law: "signed the CHIPS and Science Act"."""
_TO_RESULTS: Final = re.compile(
    r"\b(?:record|tak|book|took|recorded|incur|disclos|flag)\w* (?:an? )?(?:\S+ ){0,5}?charges?\b(?! with| against)"
)
_BEFORE: Final = re.compile(
    r"\b(?:\w+ (?:hours?|days?|weeks?|months?|years?)|shortly|soon|just|hours|days|weeks|months|years) after\b|\bwhich (?:was|"
    r"were) (?:added|placed|put)\b"
)
_DATED_ACTS: Final = frozenset(
    (
        "list_name",
        "list_add",
        "list_verb",
        "list_proper",
        "blacklist_verb",
        "charge",
        "arrest",
        "arrest_strong",
        "plea",
        "settle",
        "penalty",
    )
)


def _past(sentence: Sentence, lexicon: Lexicon, found: set[str]) -> set[str]:
    """Return the cues of acts that stand only in a clause on what came before: "a day after Washington put 140 firms on a blacklist"."""
    if found.isdisjoint(_DATED_ACTS) or (clause := _BEFORE.search(sentence.lower)) is None or clause.start() < 12:
        return set()
    before = {f.value for f in lexicon.cues.every(sentence) if f.start < clause.start()}
    return {cue for cue in _DATED_ACTS if cue in found and cue not in before}


def _of_name(name: Name) -> set[str]:
    """Return the marks that a name sets."""
    if name.kind == "company":
        return {"firm", "chip_firm"} if name.origin or name.name in _CHIP_FIRMS else {"firm"}
    if name.kind == "chip":
        return {"item", "chip", "chip_model"}
    if name.kind == "item":
        return {"item", "chip"} if name.eccn in _CHIP_WORDS or name.name == "semiconductors" else {"item"}
    if name.kind == "agency":
        return {"agency", name.role if name.role in ("legislature", "enforcer", "body") else "imposer"}
    if name.kind == "person":
        return {"person"}
    return {"state"} if name.kind in _STATE else set()


def _marks(sentence: Sentence, names: tuple[Found[Name], ...], counted: tuple[Number, ...]) -> set[str]:
    found: set[str] = set()
    states: set[str] = set()
    firms: set[str] = set()
    for name in names:
        found |= _of_name(name.value)
        if name.value.kind == "company":
            firms.add(name.value.name)
        elif name.value.kind not in ("item", "chip"):
            states.add(name.value.country)
    if len(states - {""}) > 1:
        found.add("state_pair")
    if len(firms) > 1:
        found.add("firm_pair")
    if any(n.currency for n in counted):
        found.add("money")
    if any(not n.currency and not n.percent for n in counted):
        found.add("count")
    if _CLASS_NUMBER.search(sentence.text):
        found |= {"export_law", "item"}
    if not states - {""}:
        found.add("no_state")
    if first := _first(sentence, names):
        found.add(first)
    elif _AUTHORITY.match(sentence.text):
        found.add("first_agency")
    if _BY_STATE.search(sentence.text) and any(n.value.kind in _STATE for n in names):
        found.add("by_state")
    if _UNNAMED.search(sentence.lower):
        found |= {"anonymous", "anonymous_strong"}
    return found


_CLASS_NUMBER: Final = re.compile(r"\b[0-9][A-E]\d{3}(?:\.[a-z])?\b")
_AUTHORITY: Final = re.compile(
    r"(?:(?:The|A|An|Its|Their|Trade|Export|Market|Financial|National|Federal|State|Local|Senior|Chip|Competition) )*(?:[a-z]+ ){0,2}?"
    r"(?:[Mm]inistry|[Mm]inister|[Dd]epartment|[Bb]ureau|[Aa]gency|[Cc]ommission|[Cc]abinet|[Gg]overnment|[Rr]egulators?|[Ww]atchdog|"
    r"[Aa]uthorit(?:y|ies)|[Pp]resident|[Oo]fficials|[Aa]dministration|[Cc]ustoms|[Pp]rosecutors?|[Pp]olice|[Pp]roclamation)\b"
)
"""An authority by a common noun as the subject: "The trade ministry", "Regulators"."""
_BY_STATE: Final = re.compile(
    r"\b(?!owned|used|bought|made|acquired|backed|funded|led|controlled|held|developed|designed)(?:\w+ed|put|hit|cut|set|"
    r"forbidden|drawn up)"
    r"(?: \w+){0,2} by (?:the )?[A-Z]"
)
"""A state that acts in the passive: "outlawed by China"."""
_UNNAMED: Final = re.compile(
    r"\b(?:people|persons?|sources?|insiders|individuals) (?:with (?:direct )?knowledge|familiar|briefed|close to|involved in|aware of|"
    r"said|told|say\b|who asked|who declined|in the industry|close to)|\b(?:officials?|executives?|someone|those) (?:who asked not|who "
    r"declined to be|familiar with|briefed on|speaking on condition)|\bnot (?:to be|be|being) (?:named|identified)\b"
)
"""Unnamed people who tell: "three people said", "officials who asked not to be identified"."""


_WHERE: Final = re.compile(r"\b(?:in|at|near|from) $")
_CHIP_FIRMS: Final = frozenset(
    (
        "Nexperia",
        "Wingtech",
        "SMIC",
        "YMTC",
        "CXMT",
        "Arm",
        "G42",
        "Humain",
        "Cambricon",
        "Biren",
        "Moore Threads",
        "Infineon",
        "STMicroelectronics",
        "NXP",
    )
)
ACTS: Final = re.compile(
    r" (?:to )?(?:suspend|take|seize|order|restrict|ban|impose|lift|add|approve|require|tighten|halt|charge|arrest|agree|join|sign|"
    r"block|hand|return|pause|ease|propose|plan|weigh|publish|amend|draft|outlaw|blacklist|list|sanction|extend|widen|widens|expand|"
    r"issue|revoke|rescind|adopt|announce|unveil|introduce|launch|set|names?|enact|put|allow|let|clear|grant|deny|raid|probe|stop|end)s?(?:d|ed|es)?\b"
)
"""What follows the name of a people that acts: Dutch suspend intervention."""
_ADJECTIVAL: Final = frozenset(("demonym", "city"))


def _first(sentence: Sentence, names: tuple[Found[Name], ...]) -> str:
    """Return the mark of what the sentence names first as its subject.

    A name that a possessive or a noun follows ("China's Huawei", "Nvidia GPUs") gives way to what follows it; an adjective of a country
    counts as the state where officials, a ministry or curbs follow.
    """
    for name in names:
        kind = name.value.kind
        if kind in ("item", "chip"):
            continue
        follows = sentence.text[name.end : name.end + 24]
        if kind in _ADJECTIVAL:
            if any(w in follows.lower() for w in _OFFICE) or (name.start == 0 and ACTS.match(follows)):
                return "first_state"
            continue
        if kind == "state" and _WHERE.search(sentence.text[: name.start]):
            continue
        if follows.startswith("'s ") and kind in _STATE:
            if any(w in follows.lower() for w in _OFFICE) or not any(
                n.start <= name.end + 4 and n.value.kind == "company" for n in names if n is not name
            ):
                return "first_state"
            continue
        return {"company": "first_firm", "agency": "first_agency", "person": "first_state"}.get(kind, "first_state")
    return ""


_OFFICE: Final = (
    "official", "government", "minist", "authorit", "customs", "regulator", "curb", "new ", "export", "prosecutor", "police", "trade",
    "court", "cabinet", "lawmaker", "parliament", "state", "watchdog", "president", "market regul", "commerce", "competition",
    "leader", "tariff",
)  # fmt: skip
