"""What kind of event a text tells of: the scores of rules.yaml, and the deciding tests where two kinds are near."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from thalweg.nouns.news import EventType
from thalweg.watch.extraction.features import HEAD, features, features_of
from thalweg.watch.extraction.lexicon import Lexicon
from thalweg.watch.extraction.marks import Marked
from thalweg.watch.extraction.weights import NONE

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


RULES: Final = 0.3
"""How much the share of a kind in the score of the rules counts beside the logarithm of its probability by the weights."""
SILENT: Final = -0.9
"""What is added for no event: a text that comes from a feed of trade news is likelier to tell of one than an item of the training."""
_LEAST_SHARE: Final = 0.03


def kind_of(sentences: Sequence[Marked], lexicon: Lexicon) -> Kind | None:
    """Return what a text tells of, or None where it tells of nothing that trade control is about.

    The rules of `rules.yaml` and the weights of `weights.tsv` decide together; without weights the rules do alone.
    """
    ruled = by_rules(sentences, lexicon)
    if not sentences or not lexicon.weights.classes or _elsewhere(sentences):
        return ruled
    total = sum(ruled.scores.values()) if ruled else 0.0
    shares = {e: s / total for e, s in ruled.scores.items()} if ruled and total else {NONE: 1.0}
    found = lexicon.weights.scores("event_type", features(sentences))
    for event in found:
        found[event] += RULES * math.log(_LEAST_SHARE + shares.get(event, 0.0)) + (SILENT if event == NONE else 0.0)
    best = max(found, key=lambda e: found[e])
    if ruled is not None and best == ruled.event:
        return ruled
    if best == NONE:
        return None
    rest = sorted(sentences[:HEAD], key=lambda m: -_speaks(m, best, lexicon))
    score = max(LEAST_STRONG, ruled.scores.get(best, 0.0) if ruled else 0.0)
    return Kind(best, score, tuple(rest), ruled.scores if ruled else {best: score})  # type: ignore[arg-type]


def _speaks(marked: Marked, event: str, lexicon: Lexicon) -> float:
    """Return how far one sentence speaks for a kind: its score by the rules and the weights of what it holds."""
    weighed = lexicon.weights.scores("event_type", dict.fromkeys(features_of(marked), 1.0))[event]
    return scores(marked.marks, lexicon).get(event, 0.0) + weighed


def by_rules(sentences: Sequence[Marked], lexicon: Lexicon) -> Kind | None:
    """Return what the rules alone say that the sentences tell of together."""
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
