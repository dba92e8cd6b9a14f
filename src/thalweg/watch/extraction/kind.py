"""What kind of event a text tells of: the scores of rules.yaml, and the deciding tests where two kinds are near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from thalweg.nouns.news import EventType, MeasureType
from thalweg.watch.extraction.lexicon import Lexicon
from thalweg.watch.extraction.marks import Marked

LEAST: Final = 3.0
"""The least score at which a text tells of an event."""
LEAST_STRONG: Final = 2.0
"""The same for a text that names a list of parties, export control itself, or a bill on it."""
TITLE: Final = 2.5
LEAD: Final = (1.5, 1.2, 0.9)
LATER: Final = 0.5
TOGETHER: Final = 0.8


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of an event, its score, and the sentences that it rests on."""

    event: EventType
    score: float
    sentences: tuple[Marked, ...]
    scores: dict[str, float]


def scores(marks: frozenset[str], lexicon: Lexicon) -> dict[str, float]:
    """Return the score of each event type in one set of marks; the strongest row counts in full, every other by a third."""
    found: dict[str, list[float]] = {}
    for row in lexicon.rows:
        if row.all_of <= marks and (not row.any_of or not row.any_of.isdisjoint(marks)) and row.none_of.isdisjoint(marks):
            found.setdefault(row.event, []).append(row.weight)
    return {event: max(weights) + (sum(weights) - max(weights)) / 3 for event, weights in found.items()}


def kind_of(sentences: Sequence[Marked], lexicon: Lexicon) -> Kind | None:
    """Return what the sentences tell of together, or None where they tell of nothing that trade control is about."""
    if not sentences or _elsewhere(sentences):
        return None
    if not on_topic(sentences):
        return _plain(sentences)
    total: dict[str, float] = {}
    support: dict[str, list[tuple[float, Marked]]] = {}
    at = 0
    for marked in sentences:
        if marked.sentence.title:
            weight = TITLE
        else:
            weight = LEAD[at] if at < len(LEAD) else LATER
            at += 1
        for event, score in scores(marked.marks, lexicon).items():
            total[event] = total.get(event, 0.0) + weight * score
            support.setdefault(event, []).append((weight * score, marked))
    for event, score in scores(_union(sentences[:3]), lexicon).items():
        total[event] = total.get(event, 0.0) + TOGETHER * score
    best = max(total, key=lambda e: total[e], default="")
    if not best or total[best] < (LEAST_STRONG if any(_strong(m) for m in sentences[:4]) else LEAST):
        return _plain(sentences)
    if best == "licence" and "regulation" in total and _general(sentences[:3]):
        best = "regulation"
    rest = [m for _, m in sorted(support.get(best, []), key=lambda p: -p[0])] or list(sentences[:1])
    return Kind(best, total[best], tuple(rest), total)  # type: ignore[arg-type]


def _general(head: Sequence[Marked]) -> bool:
    """Whether a permission is one for everybody, by a rule: a license is given, refused or conditioned for a named party or deal."""
    if any(m.has("firm", "anonymous_strong", "person", "permission_lost", "deny") for m in head):
        return False
    return any(m.has("rule_instrument", "require_licence") for m in head)


_NAMED: Final = ("item", "chip", "chip_firm", "mineral", "list_proper", "affiliates", "body", "export_law", "act_name")
_PLAIN: Final[tuple[tuple[EventType, tuple[str, ...], tuple[str, ...]], ...]] = (
    ("enforcement", ("charge", "arrest_strong", "plea", "sentence_", "debar", "fined"), ()),
    ("legislation", ("bill", "legislature", "act_name"), ("bill_step", "pass", "chamber", "export_law", "chip", "item", "chip_firm")),
    ("alliance", ("body", "alliance_name"), ()),
    ("listing", ("list_proper",), ()),
    ("guidance", ("guidance", "how_to"), ("agency", "first_state", "first_agency")),
    ("de_escalation", ("suspend",), ("truce", "retaliation", "trade_war", "state_pair")),
    ("diversion_report", ("diversion_word", "smuggle"), ("chip", "chip_firm")),
    ("licence", ("licence_given", "grant_verb", "licence", "veu"), ("chip", "chip_firm")),
    ("supply_deal", ("supply_deal", "supply"), ("power", "firm_pair")),
    ("licence", ("agree",), ("state_pair",)),
    ("partnership", ("partner_word", "invest_word"), ("firm_pair", "site_word")),
    ("corporate_disclosure", ("first_firm",), ("effect_strong", "discloses", "control_talk")),
    (
        "regulation",
        ("first_state", "first_agency"),
        ("ban_word", "rule_make", "rule_noun", "tariff", "investment", "subsidy", "procurement", "mulls"),
    ),
)
"""What decides where no row of rules.yaml does: the first kind of which a sentence at the head holds one mark of each set."""


def _plain(sentences: Sequence[Marked]) -> Kind | None:
    """Return the kind of a text by the plain tests, if it names goods, parties or rules of the trade in them."""
    head = sentences[:3]
    if not any(m.has(*_NAMED) for m in head) or head[0].has("leisure", "smartphone_word", "not_tech"):
        return None
    together = _union(head)
    for event, one, other in _PLAIN:
        if not together.isdisjoint(one) and (not other or not together.isdisjoint(other)):
            return Kind(event, LEAST_STRONG, tuple(head[:1]), {event: LEAST_STRONG})
    return None


def _union(sentences: Iterable[Marked]) -> frozenset[str]:
    found: set[str] = set()
    for at, marked in enumerate(sentences):
        found |= {m for m in marked.marks if not m.startswith("first_")} if at else marked.marks
    return frozenset(found)


_SUBJECT: Final = ("item", "chip", "tech", "chip_firm", "chip_rule_name", "list_proper", "mineral", "act_name", "affiliates", "body")
_CONTROL: Final = (
    "export_law", "list_name", "smuggle", "licence", "sanctions", "require_licence", "veu", "retaliation", "blocking",
    "investment", "tariff", "illegal", "act_name", "chip_rule_name", "supply_deal", "partner_word", "alliance_name",
    "invest_word", "diversion_word", "procurement", "trade_war", "effect_strong", "probe_word", "guidance", "subsidy",
    "arrest_strong", "grant_verb", "debar", "plea", "despite", "ban_word", "antitrust", "rule_strong", "truce",
    "rule_of_authority", "export_control_noun", "settle", "fined",
)  # fmt: skip


def _elsewhere(sentences: Sequence[Marked]) -> bool:
    """Whether the title is about food, games, sport or telephones, and nothing near it names rules or goods of trade control."""
    known = ("chip_rule_name", "list_proper", "act_name", "export_law", "chip_model")
    if sentences[0].has("other_goods") and not any(m.has(*known, "item", "chip_firm") for m in sentences[:6]):
        return True
    return sentences[0].has("leisure", "not_tech") and not any(m.has(*known) for m in sentences[:6])


def on_topic(sentences: Sequence[Marked]) -> bool:
    """Whether the text is about the trade in controlled goods, or about parties and states that control it."""
    head = sentences[:6]
    if any(_strong(m) for m in head):
        return True
    if any(m.has("item") for m in head[:2]) and any(m.has("rule_of_authority", "named_rule") and m.has("rule_noun") for m in head[:2]):
        return True
    if any(m.has("item", "chip_firm") for m in head) and any(
        m.has("export_control", "site_word", "power", "charge", "arrest", "sentence_", "supply") for m in head
    ):
        return True
    return any(m.has(*_SUBJECT) for m in head) and any(m.has(*_CONTROL) for m in head)


def _strong(marked: Marked) -> bool:
    """Whether a sentence says by itself that the text is about trade control."""
    if marked.has("list_proper", "veu", "debar", "act_name", "body"):
        return True
    if marked.has("export_law", "blocking") and marked.has("state", "agency", "imposer", "firm", "illegal"):
        return True
    if marked.has("blacklist_verb", "list_name") and marked.has("list_add") and marked.has("first_state", "first_agency"):
        return True
    if marked.has("grant_verb", "permission_lost", "licence_given", "require_licence") and marked.has("chip_firm", "chip"):
        return True
    if marked.has("removes_need") and marked.has("first_agency", "first_state"):
        return True
    if marked.has("permission_lost") and marked.has("first_state", "first_agency", "agency"):
        return True
    if marked.has("supply_deal") and marked.has("firm_pair") and marked.has("tech", "power"):
        return True
    if marked.has("settle", "fined", "charge", "plea") and marked.has("export_law"):
        return True
    if marked.has("illegal") and marked.has("export_control") and marked.has("imposer", "enforcer"):
        return True
    return marked.has("suspend") and marked.has("sanctions", "truce") and marked.has("first_state", "first_agency")


def measure_of(event: EventType, sentences: Sequence[Marked]) -> MeasureType:
    """Return the measure of an event of a kind, by the tests of the definitions; the title and what comes first decide."""
    fixed = _FIXED.get(event)
    if fixed is not None:
        return fixed
    if event == "enforcement":
        return _enforcement(sentences)
    if event == "listing":
        return _listing(sentences)
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
