"""How sure an event is and how far it has come, by who says so and in what tense."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from thalweg.nouns.news import Certainty, Document, EventType, MeasureType, Status
from thalweg.watch.extraction.deeds import AGREEMENT, BILL, PUBLIC, SUPPLY, deed_of
from thalweg.watch.extraction.marks import Marked

_VERB: Final = (
    r"(?:require|restrict|ban|bar|block|curb|limit|cap|tighten|expand|extend|impose|issue|publish|adopt|introduce|unveil|amend|revise|"
    r"rescind|repeal|revoke|scrap|suspend|pause|lift|"
    r"ease|loosen|relax|remove|add|blacklist|list|allow|let|permit|approve|grant|authori[sz]e|clear|resume|restart|license|licence|"
    r"lose|expire|lapse|become|accept|admit|recogni[sz]e|return|scale|wind|unveil|strip|rein|"
    r"outlaw|prohibit|forbid|mandate|compel|"
    r"designate|sanction|delist|refuse|reject|deny|hand|swap|freeze|shelve|postpone|defer|prolong|renew|continue|close|monitor|track|"
    r"join|sign|accede|ship|sell|supply|buy|pay|charge|"
    r"investigate|review|probe|screen|control|stop|halt|end|withdraw|replace|exempt|waive|hit|target|levy|raise|set|make|take|create|"
    r"launch|offer|open|give|get|be|begin|start|"
    r"consider|propose|seek|ask|demand|order|keep|hold|cut|drop|move|build|invest|deploy|use|step|roll|crack|announce|implement|"
    r"enforce|subject|apply|delay|widen|broaden|toughen)"
)
_AHEAD: Final = re.compile(
    r"(?<!right )(?<!permission )(?<!licence )(?<!license )(?<!licences )(?<!licenses )(?<!approval )(?<!allowed )(?<!cleared )"
    r"(?<!authori[sz]ed )(?<!obligation )(?<!ordered )(?<!told )(?<!nod )(?<!permitted )(?<!way )(?<!asked )"
    rf"\bto {_VERB}\b|\bin \d+ days\b|"
    r"\b(?:is|are) (?:removing|preparing|working on|drafting|planning|considering|set|due|expected)\b|\b(?:will|would|may|"
    r"might|could|shall|should)\b(?! be (?:charged|sentenced))|\b(?:plans?|planned|planning|"
    rf"proposes?|proposed|intends?|vows?|promises?|pledges?|"
    r"drafts?|drafting|stud(?:y|ies) (?:whether|limits|caps|\w+ ceilings)|floats?|moots?|draws? up|"
    r"continues? (?:to work|work|working) on|sets? out (?:a )?plans?|about to|ready to|"
    r"prepares?|preparing|poised|considers?|mulls?|weighs?|eyes|threatens?|urges?|expects?|agrees? to|set to|draft|seeks? to|asks? for|"
    r"opens? (?:a |section |new )?(?:\S+ )?(?:probe|consultation|investigation))\b"
    r"|倡议|提议|拟|将于|计划|征求意见"
)
_DONE: Final = re.compile(
    r"\b(?:issued|issues|published|publishes|announced|imposed|imposes|adopted|adopts|added|adds|granted|grants|approved|approves|"
    r"suspended|suspends|rescinded|rescinds|requires|required|demands|"
    r"tightened|tightens|bans|banned|bars|barred|prohibited|prohibits|takes effect|took effect|in force|signed|signs|joined|joins|"
    r"lifts|lifted|implements|implemented|amends|amended|expanded|expands|"
    r"widens|widened|extends|extended|orders|ordered|tells|told|puts|put|places|placed|moves|moved|revokes|revoked|ends|ended|halts|"
    r"halted|pauses|paused|stays|stayed|launches|launched|"
    r"restricts|restricted|curbs|controls|controlled|explains|clarifies|clarified|releases|released|unveils|unveiled|finalizes|"
    r"finalized|authorized|authorizes|cleared|clears|blacklists|blacklisted|"
    r"removes|removed|modified|modifies|revises|revised|withdraws|withdrew|sets|introduces|introduced|updates|"
    r"updated|enacts|enacted|strengthens|designates|designated|"
    r"pulls|pulled|ditches|ditched|axes|axed|shelves|shelved|put on (?:hold|ice)|outlaws|outlawed|designates|"
    r"designated|sanctions|sanctioned|"
    r"signs off|signed off|gives|gave|given|gets|got|wins|won|loses|lost|lets|let|prolongs|prolonged|renews|renewed|refreshes|refreshed|"
    r"reins|curbed|clips|overhauls|overhauled|rejects|rejected|denies|denied|refuses|refused|strips|stripped|lands?|landed|"
    r"kicks? in|brings|brought|acted|acts|withdrawn|repealed|repeals|annulled|abolished|abolishes|terminates|terminated|codifies|"
    r"codified|delists|delisted|bless(?:es|ed)|enters|entered|becomes|welcomed|admitted|hits|hit|files|filed|names|named|"
    r"invoked|takes|took|became|listed|lists|replaces|replaced|"
    r"hits back|retaliates|slaps|halves|blocks|blocked|seizes|seized|waives|waived|exempts|exempted|drops|dropped|eases|eased|scraps|"
    r"scrapped|warns|warned|finds|found|closes|unwinds|converts|forbids|receives|received|won|wins)\b"
    r"|列入|发布|公布|实施|禁止|暂停|批准|决定|移出|通过"
)


SAID_BY: Final[dict[str, tuple[str, ...]]] = {
    "passed_one_chamber": ("pass", "passed_chamber"),
    "alleged_charged": ("charge", "arrest_strong", "probe_word"),
    "admitted_plea": ("plea",),
    "settled": ("settle",),
    "company_filing": ("discloses",),
    "company_claim": ("says", "company_speech"),
    "analyst_estimate": ("analyst", "investigates"),
    "reported_anonymous": ("anonymous_strong", "anonymous", "mulls"),
    "official_announced": ("planned", "proposed_rule"),
}
"""The cues by which a sentence supports a certainty."""


def certainty_of(event: EventType, sentences: Sequence[Marked], document: Document, *, later: bool) -> Certainty:
    """Return how sure an event is.

    Args:
        event: its kind.
        sentences: the sentences that tell of it, the title first.
        document: the document; a filing speaks for itself.
        later: whether the text dates its effect after its publication.
    """
    if (deed := next((m for m in sentences if deed_of(m) == event), None)) is not None:
        return _deed(deed)
    if event == "legislation":
        return _bill(sentences)
    if event == "enforcement":
        return _case(sentences)
    if event == "corporate_disclosure" and _any(sentences[:3], "anonymous_strong") and not _any(sentences, "discloses", "company_speech"):
        return "reported_anonymous"
    if event == "corporate_disclosure":
        return (
            "company_filing"
            if document.kind == "filing" or _any(sentences, "discloses") or _charged_to_results(sentences)
            else "company_claim"
        )
    if event == "diversion_report":
        return _reported(sentences)
    if event == "guidance" and not _any(sentences[:2], "proposed_rule", "anonymous_strong"):
        return "official_final"
    return _act(event, sentences, document, later=later and not any(_ISSUED.search(m.sentence.lower) for m in sentences[:3]))


def _act(event: EventType, sentences: Sequence[Marked], document: Document, *, later: bool) -> Certainty:
    """Return how sure an act of an authority or a deal is; `later` is whether it is still to take effect and not yet issued."""
    if document.kind == "official":
        ahead = later or _any(sentences[:2], "proposed_rule") or any(_SHALL.search(m.sentence.lower) for m in _telling(sentences))
        return "official_announced" if ahead else "official_final"
    if event == "supply_deal" and any(_FILED.search(m.sentence.lower) for m in sentences[:4]):
        return "company_filing"
    if _anonymous(sentences) and not (event == "listing" and _listed_outright(sentences)):
        return "reported_anonymous"
    if event in ("partnership", "supply_deal") and not _any(sentences[:1], "first_state", "first_agency"):
        return "company_claim" if _any(sentences, "firm") else ("official_announced" if _planned(sentences) else "official_final")
    if event == "licence" and _claimed(sentences):
        return "company_claim"
    if event == "de_escalation" and _any(sentences[:1], "person") and _any(sentences[:1], "truce"):
        return "official_announced"
    if immediate(sentences) or any(_ISSUED.search(m.sentence.lower) for m in sentences[:3]):
        return "official_final"
    if later or _planned(sentences) or any(_IN_DAYS.search(m.sentence.lower) for m in sentences[:3]):
        return "official_announced"
    return "official_final"


def _deed(marked: Marked) -> Certainty:
    """Return how sure a deed of a long text is: what firms agree among themselves they claim, what an authority awards it does."""
    if marked.has(BILL):
        return "official_final"
    stated = marked.has("first_agency", "first_state") or PUBLIC.search(marked.sentence.text[:80]) is not None
    if marked.has(SUPPLY) or (marked.has(AGREEMENT) and not stated):
        return "company_claim"
    return "official_announced" if tense_of(marked) == "ahead" else "official_final"


_ISSUED: Final = re.compile(
    r"\bpublished (?:\w+ )?in the (?:official journal|federal register|official gazette)\b|\b(?:revokes|revoked|revocation of|withdraws|"
    r"gives notice that)\b"
)
"""An act that is done when it is published, though it takes effect later."""
_SHALL: Final = re.compile(r"^(?:the )?(?:[\w.'-]+ ){1,4}will (?!not\b|no longer\b)(?:also |further )?[a-z]+")
"""An authority that says what it will do: "China will suspend"."""


def _telling(sentences: Sequence[Marked]) -> Sequence[Marked]:
    return [m for m in sentences if not m.sentence.title][:1] if sentences and sentences[0].sentence.title else sentences[:1]


def _any(sentences: Sequence[Marked], *marks: str) -> bool:
    return any(m.has(*marks) for m in sentences)


_COMMITTEE: Final = re.compile(
    r"\b(?:clears?|passes|advances?|approve[sd]?|backs?|out of|sails through|wins|cleared|passed|"
    r"gets through) (?:[\w'-]+ ){0,5}(?:committee|panel)\b|"
    r"\b(?:committee|panel) (?:[\w-]+ )?(?:clears?|passes|passed|advances?|approves?|backs?|votes?)\b"
)
_SOLE_CHAMBER: Final = re.compile(
    r"\b(?:(?:South Korea|Korea|Seoul)(?:'s|n)? (?:National Assembly|parliament)|Legislative Yuan|Knesset|Riksdag|Folketing|Storting|"
    r"(?:Singapore|Taiwan|Israel|Denmark|Sweden|Norway|Finland|New Zealand|Hungary|Vietnam|Portugal|Greece)(?:'s|n|ese|i)? "
    r"(?:[Pp]arliament|legislature|lawmakers)|National People's Congress)\b|立法院|韩国国会|全国人大"
)
"""Parliaments of one chamber, whose passage is final."""
_READING: Final = re.compile(r"\b(?:first|second|preliminary) reading\b|\b(?:committee|panel)\b|一读|初审")


def _bill(sentences: Sequence[Marked]) -> Certainty:
    head = sentences[:5]
    if _any(head, "signed"):
        return "official_final"
    if any(_COMMITTEE.search(m.sentence.lower) for m in sentences[:1]):
        return "official_announced"
    if (
        _any(head, "pass")
        and any(_SOLE_CHAMBER.search(m.sentence.text) for m in head)
        and not any(_READING.search(m.sentence.lower) for m in head)
    ):
        return "official_final"
    if (
        _any(head, "pass")
        and _any(head, "chamber", "legislature")
        and not (_any(head[:1], "committee_step") and not _any(head, "passed_chamber"))
    ):
        return "passed_one_chamber"
    return "official_announced"


def _case(sentences: Sequence[Marked]) -> Certainty:
    title = sentences[:1]
    head = sentences[:5]
    if _any(title, "anonymous_strong") and not _any(title, "charge", "arrest_strong", "plea", "settle"):
        return "reported_anonymous"
    known = ("charged_word", "plea", "settle", "sentence_", "fined", "debar")
    if _any(head, "anonymous_strong") and not _any(head, *known) and not _any(title, "charge", "arrest_strong"):
        return "reported_anonymous"
    for part in (title, head):
        if _any(part, "plea"):
            return "admitted_plea"
        if _any(part, "sentence_") and not _any(part, "faces_prison"):
            return "official_final"
        if _any(head, "settle") and not _any(title, "charge"):
            return "settled"
        if _any(part, "charge", "arrest_strong", "probe_word"):
            return "alleged_charged"
        if _any(part, "fined", "debar"):
            return "official_final"
    return "alleged_charged"


_CHARGED: Final = re.compile(r"\b(?:record|take|takes|book|books|recorded|took)s? (?:an? )?(?:about |nearly |up to )?(?:\S+ ){0,4}charge")


def _charged_to_results(sentences: Sequence[Marked]) -> bool:
    """A charge to results is told in a filing: firms whose shares are listed must file it."""
    return any(_CHARGED.search(m.sentence.lower) for m in sentences[:3])


def _reported(sentences: Sequence[Marked]) -> Certainty:
    estimated = sum(1 for m in sentences[:6] if m.has("analyst"))
    unnamed = sum(1 for m in sentences[:6] if m.has("anonymous"))
    if unnamed > estimated:
        return "reported_anonymous"
    return "analyst_estimate" if estimated or _any(sentences, "investigates") else "reported_anonymous"


def _anonymous(sentences: Sequence[Marked]) -> bool:
    head = sentences[:3]
    if _any(head, "anonymous_strong"):
        return True
    return _any(sentences[:1], "mulls") or (_any(head, "mulls") and _any(head, "officials"))


_COMPANY_SAYS: Final = re.compile(
    r"The (?:[\w-]+ ){0,2}(?:company|chip ?maker|firm|tool ?maker|designer|maker|manufacturer|supplier|group|foundry|developer) "
    r"(?:said|says|confirmed|confirms|was told|was notified|was informed)\b"
)
_IN_DAYS: Final = re.compile(
    r"\b(?:effect|force|begins?|starts?|applies|apply|compliance)\b.{0,12} (?:in|within|after) \w+ (?:days|weeks|months)\b"
)


_FILED: Final = re.compile(
    r"\b(?:discloses?|disclosed|reports?|reported|filing|filed) (?:to|with) the (?:[\w]+ )?(?:stock )?exchange\b|\bregulatory filing\b"
)


def _listed_outright(sentences: Sequence[Marked]) -> bool:
    """Whether the title and the first sentence tell a listing as done and neither rests on unnamed sources."""
    return len(sentences) > 2 and all(not m.has("anonymous_strong", "mulls") and tense_of(m) != "ahead" for m in sentences[:2])


def _claimed(sentences: Sequence[Marked]) -> bool:
    """Whether the firm itself, and no authority, says that permission was given."""
    firm = any(m.has("first_firm") for m in sentences[:1])
    if any(_COMPANY_SAYS.match(m.sentence.text) for m in sentences[1:3]) and any(m.has("firm") for m in sentences[:1]):
        return True
    return any((m.has("first_firm") and m.has("says", "company_speech")) or (firm and m.has("told_firm")) for m in sentences[:3])


def immediate(sentences: Sequence[Marked]) -> bool:
    """Whether the text says that a measure is in force."""
    return _any(sentences[:3], "immediate")


def _planned(sentences: Sequence[Marked]) -> bool:
    """Whether what the title says, or the first sentence after it where the title does not tell, is still to be done.

    What comes first decides: "to require", "will", "plans", or the form of a verb for what is done.
    """
    for marked in sentences[:2]:
        if marked.has("proposed_rule"):
            return True
        if form := tense_of(marked):
            return form == "ahead"
    return False


def tense_of(marked: Marked) -> str:
    """Return whether what a sentence tells of is still ahead or done, by what comes first; empty where it does not say."""
    ahead, done = _AHEAD.search(marked.sentence.lower), _DONE.search(marked.sentence.lower)
    if ahead is not None and (done is None or ahead.start() <= done.start()):
        return "ahead"
    return "done" if done is not None else ""


def status_of(event: EventType, measure: MeasureType, certainty: Certainty, sentences: Sequence[Marked], *, later: bool) -> Status:
    """Return how far an event has come."""
    if event == "enforcement":
        return "closed" if certainty in ("settled", "official_final") or _any(sentences, "concluded") else "pending"
    if event == "legislation":
        return {"official_final": "in_force", "passed_one_chamber": "pending"}.get(certainty, "proposed")  # type: ignore[return-value]
    if event == "diversion_report":
        return "published"
    if _any(sentences[:2], "proposed_rule", "mulls"):
        return "proposed"
    if measure == "suspension":
        return "stayed" if not _any(sentences[:2], "rescind") else "ended"
    if event in ("partnership", "supply_deal"):
        return "announced"
    if later or certainty == "official_announced":
        return "announced"
    if event == "guidance":
        return "published"
    return "in_force" if certainty != "reported_anonymous" else "announced"
