"""Sums of money and numbers of things in sentences, each with its qualifier and the sentence that holds it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from thalweg.nouns.news import Amount, Quantity
from thalweg.watch.extraction.dates import Date
from thalweg.watch.extraction.lexicon import Lexicon
from thalweg.watch.extraction.marks import Marked
from thalweg.watch.extraction.numbers import Number, qualifier

V = TypeVar("V")
_NEAR: Final = 60
"""Characters from a number within which the words stand that say what it counts or is for."""


@dataclass(frozen=True, slots=True)
class Supported(Generic[V]):
    """A value and the sentence that supports it."""

    value: V
    sentence: str


def amounts(sentences: Sequence[Marked], lexicon: Lexicon) -> list[Supported[Amount]]:
    """Return the sums of money, each once: where one sum is told twice the account that qualifies it is kept."""
    found: dict[tuple[float, str], Supported[Amount]] = {}
    for marked in sentences:
        for number in marked.numbers:
            if not number.currency or number.value < 1:
                continue
            amount = Amount(number.value, number.currency, qualifier(number, marked.sentence, lexicon), _purpose(number, marked, lexicon))
            key = (number.value, number.currency)
            known = found.get(key)
            if known is None:
                found[key] = Supported(amount, marked.sentence.text)
            elif known.value.qualifier == "exact" and amount.qualifier != "exact":
                found[key] = Supported(Amount(*key, amount.qualifier, known.value.what or amount.what), marked.sentence.text)
    return list(found.values())


def _purpose(number: Number, marked: Marked, lexicon: Lexicon) -> str:
    best: tuple[int, str] | None = None
    for word in lexicon.what.every(marked.sentence):
        distance = word.start - number.end if word.start >= number.end else number.start - word.end + 8
        if 0 <= distance <= _NEAR and (best is None or distance < best[0]):
            best = (distance, word.value)
    return best[1] if best else ""


_ORDINARY: Final = re.compile(
    r"^[ -]?(?:(?:of|the|its|their|more|additional|other|new|further|extra|fresh|types of|kinds of|"
    r"advanced|AI|high[- ]end|high[- ]performance|restricted|controlled|"
    r"export[- ]controlled|banned|Nvidia|NVIDIA|AMD|"
    r"Huawei|Ascend|Chinese|foreign|US|U\.S\.|American|Japanese|European|Taiwanese|Singapore|Singaporean|Malaysian|Russian|Iranian|"
    r"Dutch|EU|British|Super Micro|Supermicro|"
    r"Dell|Blackwell|Hopper|graphics|artificial intelligence|computer|tech|technology|defense|defence|military|state[- ]owned|such|"
    r"alleged|separate|different|most[- ]advanced|"
    r"most|powerful|GPU|chip|semiconductor|Hong Kong|Indian|Korean|South Korean|German|UAE|Saudi|former|senior|cutting[- ]edge|"
    r"sanctioned|prohibited|additional|modified|smuggled|"
    r"[A-Z][\w\-']*|individual|H\d{2,3}|B\d{3}|GB\d{3}|A\d{3}|H20|MI\d{3}X?|910[BC]|RTX \w+|GB300s?|PRC|million|corporate|felony|total|"
    r"unlicensed|unauthorized|illegal)[ -]){0,5}"
)
_MODEL: Final = re.compile(
    r"^[ -](?:(?:more|of|the|its|their|Nvidia|NVIDIA|AMD|Huawei|Ascend|advanced|AI|Blackwell|Hopper|Instinct|"
    r"Nvidia's) ){0,4}(?:H\d{2,3}|B\d{2,3}A?|GB\d{3}|A[18]00|MI\d{3}X?|910[BC]|RTX|L40S?|L20)s?\b"
)
_MONTHS_LIKE: Final = re.compile(
    r"^[ -]?(?:nm\b|nanomet|layers?\b|GB\b|TB\b|mm\b|bits?\b|years?[- ](?:old|term)|CFR|U\.S\.C|p\.m|a\.m)", re.IGNORECASE
)


def quantities(sentences: Sequence[Marked], dates: Sequence[tuple[Marked, list[Date]]], lexicon: Lexicon) -> list[Supported[Quantity]]:
    """Return the numbers of things, each once; numbers that belong to dates, models, sections and sums of money count nothing."""
    found: dict[tuple[float, str], Supported[Quantity]] = {}
    charged = any(m.has("charged_word", "plea", "sentence_") for m in sentences)
    dated = {id(marked): [(d.start, d.end) for d in spans] for marked, spans in dates}
    last_unit = ""
    for marked in sentences:
        taken = [*dated.get(id(marked), ()), *((n.start, n.end) for n in marked.names if n.value.kind == "chip")]
        for at, number in enumerate(marked.numbers):
            if number.currency or number.value == 0:
                continue
            limit = _LIMIT.search(marked.sentence.text[: number.start]) is not None and _DAYS.match(marked.sentence.text[number.end :][:12])
            if any(s <= number.start < e for s, e in taken) and not _imprisoned(number, marked) and not limit:
                continue
            unit = _unit(number, marked, lexicon, last_unit) or _unit_of_range(at, marked, lexicon)
            if unit == "defendants" and not charged:
                unit = "suspects"
            if not unit:
                continue
            base = unit.split("_")[0]
            last_unit = base
            if (
                number.in_words
                and not number.scaled
                and not number.percent
                and unit not in lexicon.in_words
                and base not in lexicon.in_words
            ):
                continue
            if number.in_words and not number.scaled and unit in _IN_PASSING:
                continue
            if number.in_words and (number.value == 1 or (number.value <= 3 and unit in ("entities", "countries"))):
                continue
            said = qualifier(number, marked.sentence, lexicon)
            if said == "exact" and unit == "days" and limit:
                said = "up_to"
            elif said == "more_than" and unit == "percent" and _HANDED.search(marked.sentence.text[: number.start]):
                said = "exact"  # to hand over 15%
            elif said == "exact" and _OPEN_RANGE.match(marked.sentence.text[number.end :]):
                said = "at_least"
            quantity = Quantity(number.value, unit, said)
            key = (number.value, unit)
            known = found.get(key)
            if known is None or (known.value.qualifier == "exact" and quantity.qualifier != "exact"):
                found[key] = Supported(quantity, marked.sentence.text)
    return [
        s
        for s in found.values()
        if not any(o.value.value == s.value.value and o.value.unit.startswith(f"{s.value.unit}_") for o in found.values())
    ]


_LIMIT: Final = re.compile(r"\bwithin $")
_DAYS: Final = re.compile(r"^[ -]?(?:business |working |calendar )?days?\b")
_HANDED: Final = re.compile(r"\b(?:hand|hands|handing|turn|turns|turning|give|gives|sign|signs) over $")
_OPEN_RANGE: Final = re.compile(r"^ (?:and|to) (?:several|many|some|a few|tens of|hundreds of) (?:hundreds?|thousands?|millions?)\b")
"""A range of which only the lower end is a figure: between 10,000 and several hundred thousand."""
_IN_PASSING: Final = frozenset(("suspects", "defendants", "individuals", "countries", "items", "years_prison", "months_prison"))
"""What prose counts in words without giving a figure: three men, six measures."""
_RANGE: Final = re.compile(r" ?(?:to|-) ?")


def _unit_of_range(at: int, marked: Marked, lexicon: Lexicon) -> str:
    """Return the unit of the second number of a range for its first: 30 to 40 servers, between 10,000 and 30,000 chips."""
    number, others = marked.numbers[at], marked.numbers[at + 1 : at + 2]
    text = marked.sentence.text
    if not others or others[0].currency or others[0].value <= number.value:
        return ""
    apart = text[number.end : others[0].start]
    if not (_RANGE.fullmatch(apart) or (apart == " and " and text[: number.start].lower().endswith("between "))):
        return ""
    return _unit(others[0], marked, lexicon, "")


def _imprisoned(number: Number, marked: Marked) -> bool:
    """Whether a length of time is that of a prison term: jailed for 30 months."""
    if _HAN_JAILED.search(marked.sentence.text[: number.start]):
        return _HAN_TERM.match(marked.sentence.text[number.end :]) is not None
    return marked.has("sentence_") and not marked.has("faces_prison") and _TERM.match(marked.sentence.text[number.end :][:30]) is not None


_OWNED: Final = re.compile(r"^ (?:or more )?(?:owned|rule|affiliates?|ownership|held|threshold)\b")
_OWNED_AT: Final = re.compile(r"\bowned (?:at least |more than |or more |by )?$")
_TERM_OF: Final = re.compile(r"^[ -](month|year)[ -](?:prison |jail )?(?:term|sentence)\b")
_HAN_TERM: Final = re.compile(r"^ ?(?:个)?(?:月|年)")
_HAN_JAILED: Final = re.compile(r"(?:有期徒刑|监禁|获刑|判处|判刑|入狱)$")
_TERM: Final = re.compile(r"^[ -](month|year)s?\b(?! ago| later| after)")
_POWER: Final = re.compile(r"^[ -]?([GgMm])[Ww]\b")
_THING: Final = re.compile(r"^-(chip|GPU|server|processor|accelerator)\b")
_NOTICE: Final = re.compile(r"^-day (?:advance |prior )?notice\b")
_ACCUSED: Final = re.compile(r"^ (?:are |were |have been )?(?:charged|arrested|indicted|held|detained|accused|sentenced|jailed|plead)")
_HYPHENED: Final = re.compile(r"^-(?:day|megawatt|gigawatt|MW|GW|chip|GPU|server|month|year)\b")
_ARRESTS: Final = re.compile(r"\b(?:arrests?|arrested|detains?|detained|charges?|charged|indicts?|holds?) $")


def _joined(after: str) -> str:
    """Return the unit that stands in one word with its number: 5GW, a 30-day notice."""
    if (power := _POWER.match(after)) is not None:
        return "gigawatts" if power[1].lower() == "g" else "megawatts"
    if (thing := _THING.match(after)) is not None:
        return "servers" if thing[1] == "server" else "chips"
    return "days_notice" if _NOTICE.match(after) else ""


def _named_unit(number: Number, marked: Marked, lexicon: Lexicon, last_unit: str) -> str:
    """Return what a number counts by the words after it, or by what else the sentence tells of."""
    text = marked.sentence.text
    after = text[number.end : number.end + 90]
    unit = _counted(number, marked, lexicon)
    if unit.endswith("_prison") and marked.has("faces_prison"):
        return ""
    if not unit and after.startswith(" others") and marked.has("list_name"):
        unit = "entities"
    if not unit and _MODEL.match(after):
        unit = "chips"
    if not unit and re.match(r"^ (?:per|for each|each|apiece)\b", after) and marked.has("chip"):
        unit = "chips"
    if (
        not unit
        and number.in_words
        and marked.has("arrest")
        and re.match(r"^ (?:over|for|in|after|on|accused)\b", after)
        and _ARRESTS.search(text[: number.start])
    ):
        unit = "defendants"
    if not unit and number.in_words and number.value > 1 and _ACCUSED.match(after):
        unit = "defendants"
    if not unit and number.value >= 100 and re.match(r"^ (?:a|per) (?:year|month)\b", after) and marked.has("chip"):
        unit = "chips"
    if not unit and last_unit == "entities" and re.match(r"^ (?:of them|of which|of those|of these)\b", after):
        unit = "entities"
    if (
        not unit
        and (opened := _OPEN_RANGE.match(after)) is not None
        and re.match(r"^ (?:[\w-]+ ){0,3}(?:chips|GPUs|processors)\b", after[opened.end() :])
    ):
        unit = "chips"
    if (
        not unit
        and last_unit in ("servers", "chips")
        and re.match(r"^ (?:with|containing|of them|of which|of those|for [A-Z]|to [A-Z]|at [A-Z]|each\b)", after)
    ):
        unit = last_unit
    return unit


def _unit(number: Number, marked: Marked, lexicon: Lexicon, last_unit: str) -> str:
    text = marked.sentence.text
    after = text[number.end : number.end + 90]
    if number.percent:
        return "" if _OWNED.match(after) or _OWNED_AT.search(text[: number.start]) else "percent"
    if _HAN_JAILED.search(text[: number.start]) and (han := _HAN_TERM.match(after)) is not None:
        return "months_prison" if han.group().endswith("月") else "years_prison"
    if marked.has("sentence_") and not marked.has("faces_prison") and (length := _TERM.match(after)) is not None:
        return f"{length[1]}s_prison"
    if (length := _TERM_OF.match(after)) is not None and marked.has("sentence_", "criminal", "enforcer_word"):
        return f"{length[1]}s_prison"
    if joined := _joined(after):
        return joined
    if _MONTHS_LIKE.match(after) or (after.startswith("-") and _HYPHENED.match(after) is None):
        return ""
    unit = _named_unit(number, marked, lexicon, last_unit)
    if not unit:
        return ""
    return unit + _suffix(unit, number, marked, lexicon)


def _counted(number: Number, marked: Marked, lexicon: Lexicon) -> str:
    text = marked.sentence.text
    skip = _ORDINARY.match(text[number.end : number.end + 90])
    reach = number.end + (skip.end() if skip else 0) + 2
    best: tuple[int, int, str] | None = None
    for word in lexicon.units.every(marked.sentence):
        if number.end <= word.start <= reach and not any(c in text[number.end : word.start] for c in ",;:()."):
            rank = (word.start, -(word.end - word.start), word.value)
            if (
                best is None
                or (word.start > best[0] and word.value != best[2] and _compound(text[best[0] : word.start]))
                or rank[:2] < best[:2]
            ):
                best = rank
    if best is None:
        return ""
    unit = best[2]
    if unit == "defendants" and not marked.has("charge", "arrest_strong", "plea", "sentence_", "criminal"):
        return ""
    return unit


def _compound(text: str) -> bool:
    return re.fullmatch(r"\w+[ -]", text) is not None


def _suffix(unit: str, number: Number, marked: Marked, lexicon: Lexicon) -> str:
    after = number.end + _NEAR
    for found in lexicon.suffixes.every(marked.sentence):
        if not number.end <= found.start <= after:
            continue
        between = marked.sentence.text[number.end : found.start]
        if any(c in between for c in ";:") or (re.search(r"(?<![A-Za-z\d])\d", between) and found.value != "controlled"):
            continue
        if found.value == "per_customer" and unit in ("chips", "servers") and len(between) < 45:
            return "_per_customer"
        if found.value == "installed" and unit in ("chips", "servers"):
            return "_installed"
        if found.value == "controlled" and unit == "servers" and between.count(" ") <= 1:
            return "_with_controlled_chips"
        if found.value in ("per_year", "per_month") and len(between) < 30:
            return f"_{found.value}"
    return ""
