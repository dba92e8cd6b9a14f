"""Measure and certainty of an event, where the rules and the weights are heard together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from thalweg.nouns.news import Certainty, Document, EventType, MeasureType
from thalweg.watch.extraction.certainty import certainty_of, immediate, tense_of
from thalweg.watch.extraction.features import given
from thalweg.watch.extraction.lexicon import Lexicon
from thalweg.watch.extraction.marks import Marked
from thalweg.watch.extraction.measure import measure_of

MEASURE_RULES: Final = 1.0
"""What the measure by the rules is worth beside the logarithm of a probability."""
CERTAINTY_RULES: Final = 1.75
"""The same for a certainty."""
BILL_RULES: Final = 3.0
"""The same for a step of a bill, whose words are fixed."""

_OF_RULE: Final = (
    "export_control_rule", "licence_requirement", "licence_condition", "suspension", "retaliation_control", "blocking_law",
    "investment_screening", "subsidy_infrastructure",
)  # fmt: skip
MEASURES: Final[Mapping[EventType, tuple[str, ...]]] = {
    "regulation": _OF_RULE,
    "listing": ("entity_listing", "suspension"),
    "licence": ("licence_approval", "licence_condition", "licence_requirement"),
    "enforcement": ("enforcement_criminal", "enforcement_civil"),
    "partnership": ("partnership_deal", "subsidy_infrastructure"),
    "corporate_disclosure": (
        "licence_requirement", "market_report", "export_control_rule", "entity_listing", "licence_approval", "licence_condition",
        "enforcement_criminal", "enforcement_civil",
    ),
}  # fmt: skip
"""The measures that an event of a kind may take; a kind that is left out has one."""

_OF_STATE: Final = ("official_final", "official_announced", "reported_anonymous")
CERTAINTIES: Final[Mapping[EventType, tuple[str, ...]]] = {
    "regulation": _OF_STATE,
    "listing": _OF_STATE,
    "de_escalation": _OF_STATE,
    "alliance": ("official_final", "official_announced", "reported_anonymous"),
    "licence": (*_OF_STATE, "company_claim", "company_filing"),
    "enforcement": ("alleged_charged", "admitted_plea", "settled", "official_final", "reported_anonymous"),
    "legislation": ("official_final", "official_announced", "passed_one_chamber"),
    "partnership": ("company_claim", "official_final", "official_announced", "reported_anonymous"),
    "supply_deal": ("company_claim", "company_filing", "reported_anonymous", "analyst_estimate"),
    "corporate_disclosure": ("company_filing", "company_claim", "reported_anonymous"),
    "diversion_report": ("analyst_estimate", "reported_anonymous"),
}
"""The certainties that a report of an event of a kind may have; a kind that is left out is left to the rules."""


def measure(event: EventType, sentences: Sequence[Marked], holds: Mapping[str, float], lexicon: Lexicon) -> MeasureType:
    """Return the measure of an event of a kind; `holds` are the features of the sentences."""
    ruled = measure_of(event, sentences)
    allowed = MEASURES.get(event, ())
    return cast("MeasureType", _heard("measure_type", ruled, allowed, MEASURE_RULES, event, sentences, holds, lexicon))


def certainty(
    event: EventType, sentences: Sequence[Marked], holds: Mapping[str, float], document: Document, lexicon: Lexicon, *, later: bool
) -> Certainty:
    """Return how sure an event is; an official document and a filing speak for themselves."""
    ruled = certainty_of(event, sentences, document, later=later)
    filed = event == "supply_deal" and ruled == "company_filing"
    sure = filed or document.kind in ("official", "filing") or (ruled == "official_final" and immediate(sentences))
    allowed = () if sure else CERTAINTIES.get(event, ())
    worth = BILL_RULES if event == "legislation" else CERTAINTY_RULES
    return cast("Certainty", _heard("certainty", ruled, allowed, worth, event, sentences, holds, lexicon))


def _heard(
    question: str,
    ruled: str,
    allowed: Sequence[str],
    worth: float,
    event: EventType,
    sentences: Sequence[Marked],
    holds: Mapping[str, float],
    lexicon: Lexicon,
) -> str:
    if len(allowed) < 2 or not holds or not lexicon.weights.classes:
        return ruled
    told = given(holds, event, [tense_of(m) for m in sentences[:2]])
    found = lexicon.weights.scores(question, told)
    scores = {name: found.get(name, -99.0) + (worth if name == ruled else 0.0) for name in (*allowed, ruled)}
    return max(scores, key=lambda name: scores[name])
