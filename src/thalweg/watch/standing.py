"""What a document says of how its event stands: a proposal, a suspension, a denial, and days that are no days of effect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from thalweg.nouns.news import Event, EventType

OF_RULE: Final[frozenset[EventType]] = frozenset({"regulation", "listing", "guidance", "licence", "de_escalation"})
_PROPOSAL: Final = re.compile(r"\b(?:proposed rules?(?!\w)|rulemaking|prorule|notice of inquiry)\b", re.IGNORECASE)
_FINAL: Final = re.compile(r"\b(?:interim |direct |temporary )?final (?:rule|order)\b|\binterim rule\b", re.IGNORECASE)
_PROPOSES: Final = re.compile(
    r"^(?:proposed rule\b|(?:\S+ ){1,7}?(?:propos(?:es|ed|ing)(?! by| in| last)|issue[sd]? (?:a |the )?proposed rule|"
    r"seeks? (?:public )?comments? on)\b)",
    re.IGNORECASE,
)
_DONE_TOO: Final = re.compile(r"\b(?:finali[sz]e[sd]?|adopt(?:s|ed)|final rule|withdraw(?:s|n)?|withdrew|scraps?|drops?)\b", re.IGNORECASE)
_MADE: Final = re.compile(
    r"\b(?:finali[sz]e[sd]?|adopt(?:s|ed)|(?:issue[sd]?|publishe[sd]) (?:a |the |its )?(?:interim )?final rule)\b",
    re.IGNORECASE,
)
_ACTION: Final = re.compile(r"\bACTION:\s*([^\n]{3,120})")
_COMMENTS: Final = re.compile(r"\bcomments?\b[^.;]{0,60}\b(?:received|submitted|due|close[sd]?|by|until|before)\b", re.IGNORECASE)
_EFFECT: Final = re.compile(r"\b(?:effective|takes? effect|in force|into force|compliance)\b", re.IGNORECASE)
_DENIES: Final = re.compile(
    r"\b(?:den(?:y|ies|ied)|refute[sd]?|reject(?:s|ed)?|dismiss(?:es|ed)?) (?:(?:a|an|the|media|press|news|earlier) ){0,2}"
    r"(?:reports?|rumou?rs?|speculation)\b|\bden(?:ies|ied) (?:that (?:it|he|she|they|the)|it|having)\b",
    re.IGNORECASE,
)
_SUSPENDS: Final = re.compile(
    r"\b(?:suspend(?:s|ed)?|pause[sd]?|put(?:s)? on hold) (?:(?:a|an|the|its|new|export|us|u\.s\.|chip|ai) ){0,3}"
    r"(?:licen[sc](?:e|ing) (?:requirement|rule)|(?:export )?(?:rule|control|curb|restriction)|"
    r"entity[- ]list(?:ing)? (?:rule|addition))s?\b",
    re.IGNORECASE,
)


def proposal(facts: Mapping[str, str], text: str = "") -> bool | None:
    """Say whether a document is a proposed rule by what its source states, or its own line `ACTION:`; None if neither tells."""
    action = facts.get("action", "") or (m[1] if (m := _ACTION.search(text)) else "")
    if _PROPOSAL.search(action) or _FINAL.search(action):
        return not _FINAL.search(action) and "withdraw" not in action.casefold()
    kind = facts.get("type", "").replace("_", " ")
    if _PROPOSAL.search(kind):
        return "withdraw" not in action.casefold()
    return False if kind.casefold() in ("rule", "final rule") else None


def proposes(title: str, first: str) -> bool:
    """Say whether the title, or the first sentence where there is no title, tells of a proposal that is not decided upon."""
    line = title or first
    return bool(_PROPOSES.search(line)) and not _DONE_TOO.search(line)


def decides(title: str, first: str) -> bool:
    """Say whether the title, or the first sentence where there is no title, tells that what was proposed is made a rule."""
    return bool(_MADE.search(title or first))


def denial(title: str, first: str) -> str:
    """Return the sentence by which a document denies what others report; empty where it does not."""
    line = title or first
    return line if _DENIES.search(line) else ""


def suspends(title: str, first: str) -> bool:
    """Say whether the title, or the first sentence where there is no title, tells that a rule or a requirement is suspended."""
    return bool(_SUSPENDS.search(title or first))


def of_comments(sentence: str) -> bool:
    """Say whether a sentence dates the end of comments and not an effect."""
    return bool(_COMMENTS.search(sentence)) and not _EFFECT.search(sentence)


def is_proposal(event: Event, facts: Mapping[str, str]) -> bool:
    """Say whether what an account tells of is only proposed; what its source states beside the text goes before the text."""
    if event.event_type not in OF_RULE:
        return event.status == "proposed" and event.event_type != "legislation"
    said = proposal(facts)
    return event.status == "proposed" if said is None else said
