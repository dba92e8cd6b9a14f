"""What measure an event of a kind takes, by the tests of the definitions; the title and what comes first decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from thalweg.nouns.news import EventType, MeasureType
from thalweg.watch.extraction.deeds import AGREEMENT, AWARD
from thalweg.watch.extraction.kind import LATER, LEAD, TITLE
from thalweg.watch.extraction.marks import Marked


def measure_of(event: EventType, sentences: Sequence[Marked]) -> MeasureType:
    """Return the measure of an event of a kind, by the tests of the definitions; the title and what comes first decide."""
    fixed = _FIXED.get(event)
    if fixed is not None:
        return fixed
    if event == "enforcement":
        return _enforcement(sentences)
    if event == "listing":
        return _listing(sentences)
    if event == "partnership" and (deed := next((m for m in sentences[:3] if m.has(AWARD, AGREEMENT)), None)) is not None:
        return "subsidy_infrastructure" if deed.has(AWARD) else "partnership_deal"
    if event == "partnership":
        return (
            "subsidy_infrastructure"
            if _weigh(sentences, "subsidy") > (1.4 if sentences[0].has("first_state", "first_agency", "person") else 2)
            else "partnership_deal"
        )
    if event == "licence":
        return _licence(sentences)
    if event == "corporate_disclosure":
        return _disclosed(sentences)
    return _regulation(sentences)


_FIXED: Final[dict[str, MeasureType]] = {
    "guidance": "guidance",
    "legislation": "legislation",
    "alliance": "alliance_accession",
    "supply_deal": "supply_deal",
    "diversion_report": "market_report",
    "de_escalation": "suspension",
}


def _weigh(sentences: Sequence[Marked], *marks: str) -> float:
    total, at = 0.0, 0
    for marked in sentences:
        weight = TITLE if marked.sentence.title else (LEAD[at] if at < len(LEAD) else LATER)
        at += not marked.sentence.title
        if marked.has(*marks):
            total += weight
    return total


def _weigh_both(sentences: Sequence[Marked], one: str, other: str) -> float:
    return _weigh([m for m in sentences if m.has(other)], one)


def _enforcement(sentences: Sequence[Marked]) -> MeasureType:
    criminal = _weigh(sentences, "criminal") + 2 * _weigh(sentences, "plea", "sentence_")
    civil = 2 * _weigh(sentences, "settle", "debar") + _weigh(sentences, "civil") + _weigh(sentences, "antitrust")
    return "enforcement_criminal" if criminal >= civil else "enforcement_civil"


def _listing(sentences: Sequence[Marked]) -> MeasureType:
    suspended = _weigh(sentences, "suspend")
    added = _weigh(sentences, "list_add")
    return "suspension" if suspended > 1.9 and suspended > added else "entity_listing"


def _licence(sentences: Sequence[Marked]) -> MeasureType:
    denied = _weigh(sentences, "deny")
    condition = _weigh(sentences, "condition") + _weigh_both(sentences, "revenue_cut", "pays")
    granted = _weigh(sentences, "licence_given", "grant_verb", "grant")
    revoked = _weigh(sentences, "veu_revoked", "permission_lost") + (
        _weigh(sentences, "rescind") if any(m.has("veu") for m in sentences) else 0
    )
    if revoked > 1.4 or (denied > 1.9 and denied > granted):
        return "licence_requirement"
    return "licence_condition" if condition > 1.9 or (condition >= 1.5 and condition >= granted) else "licence_approval"


def _disclosed(sentences: Sequence[Marked]) -> MeasureType:
    if _weigh(sentences, "require_licence", "licence_needed") > 0:
        return "licence_requirement"
    if _weigh(sentences, "affiliates") > 1:
        return "export_control_rule"
    if _weigh(sentences, "list_name") > 1:
        return "entity_listing"
    if _weigh_both(sentences, "revenue_cut", "pays") > 1 and _weigh(sentences, "licence", "grant_verb") > 0:
        return "licence_condition"
    if _weigh(sentences, "licence_given", "licence") > 1.4:
        return "licence_approval" if _weigh(sentences, "licence_given", "grant_verb") > 0 else "licence_requirement"
    return "export_control_rule" if _weigh(sentences, "export_control_noun", "ban_word") > 0 else "market_report"


def _regulation(sentences: Sequence[Marked]) -> MeasureType:
    if _weigh(sentences, "blocking") > 1.4:
        return "blocking_law"
    if (_weigh(sentences, "suspend", "rescind", "removes_need") > 1.9 or _weigh(sentences, "removes_need") > 1.4) and not any(
        m.sentence.title and m.has("mulls") for m in sentences
    ):
        return "suspension"
    if _weigh(sentences, "investment") > 1.4:
        return "investment_screening"
    if _weigh(sentences, "tariff") >= TITLE and _weigh(sentences, "mineral", "export_law", "retaliates") == 0:
        return "export_control_rule"
    if _weigh(sentences, "review_policy") > 1.4 or _weigh_both(sentences, "revenue_cut", "pays") > 1.4:
        return "licence_condition"
    if _weigh(sentences, "condition") > 1.4 and _weigh(sentences, "chip_model", "mulls") > 0 and _weigh(sentences, "licence", "chip") > 0:
        return "licence_condition"
    if _weigh(sentences, "condition") > 1.4 and _weigh(sentences, "mulls") > 1.4 and _weigh(sentences, "licence", "chip", "tech") > 0:
        return "licence_condition"
    if _retaliates(sentences):
        return "retaliation_control"
    if _weigh(sentences, "subsidy") > 1.9 and _weigh(sentences, "export_control_noun", "require_licence") == 0:
        return "subsidy_infrastructure"
    needed = _weigh(sentences, "require_licence")
    told = [m for m in sentences if not m.has("require_licence")]
    if _weigh_both(sentences, "letters", "licence") > 1:
        return "licence_requirement"
    ruled = _weigh(told, "named_rule") + _weigh(sentences, "export_control_noun")
    return "licence_requirement" if needed >= 2 and needed > ruled else "export_control_rule"


def _retaliates(sentences: Sequence[Marked]) -> bool:
    """An export measure that answers another state's: said so, or one of Beijing that bars a mineral to one rival alone."""
    if _weigh(sentences, "retaliates") > 1.1:
        return True
    head = sentences[:2]
    chinese = any(n.value.country == "CN" and n.value.kind in ("place", "state", "agency") for m in head for n in m.names)
    tariffs = any(m.has("tariff", "trade_war") for m in head[:1]) and head[0].has("state_pair")
    if chinese and tariffs and _weigh(head, "mineral", "export_law", "export_control") > 0 and not _weigh(head, "suspend"):
        return True
    rival = any(n.value.country in ("US", "JP", "EU", "TW") and n.value.kind == "place" for m in head[:1] for n in m.names)
    return chinese and rival and _weigh(sentences[:1], "mineral") > 0 and _weigh(sentences[:1], "ban_word") > 0
