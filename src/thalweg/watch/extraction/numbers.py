"""Numbers in a sentence, in digits or in words, with what is said of them: about, more than, up to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from thalweg.nouns.news import Qualifier
from thalweg.watch.extraction.lexicon import Lexicon
from thalweg.watch.extraction.text import Sentence

SCALES: Final = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "million": 1e6, "millions": 1e6, "b": 1e9, "bn": 1e9, "bln": 1e9,
    "billion": 1e9, "billions": 1e9, "t": 1e12, "tn": 1e12, "trn": 1e12, "trillion": 1e12, "万": 1e4, "亿": 1e8, "万亿": 1e12, "千": 1e3,
    "百万": 1e6, "億": 1e8, "萬": 1e4, "兆": 1e12, "lakh": 1e5, "lakhs": 1e5, "crore": 1e7, "crores": 1e7, "lakh crore": 1e12,
}  # fmt: skip
WORDS: Final = {
    w: n
    for n, w in enumerate(
        (
            *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
            *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
        )
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12, "a dozen": 12}
_DIGITS: Final = re.compile(
    r"(?<![A-Za-z0-9_.,/:])(?<!(?<!\d)-)(?P<sign>US\$|USD ?|U\.S\. ?\$|A\$|C\$|HK\$|NT\$|S\$|RM ?|\$|€|£|¥|₩|₹|EUR ?|RMB ?|CNY ?|GBP ?|"
    r"JPY ?|TWD ?|SGD ?|KRW ?|MYR ?|INR ?|Rs\.? ?|CHF ?|AED ?|Dhs? ?|SAR ?|AUD ?|CAD ?|HKD ?|RUB ?|SEK ?|CNH ?)?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[ -]?(?P<scale>[Tt]housand|[Mm]illions?|mln|mn|[Bb]illions?|bln|bn|[Tt]rillion|trn|tn|lakh crore|crores?|lakhs?|"
    r"万亿|百万|億|萬|兆|亿|万|千|[kKmMbBtT])(?![A-Za-z]))?"
    r"(?P<percent> ?%| percent\b| per cent\b)?"
)
_CURRENCIES: Final = {
    "$": "USD", "US$": "USD", "USD": "USD", "U.S. $": "USD", "U.S.$": "USD", "A$": "AUD", "C$": "CAD", "HK$": "HKD", "NT$": "TWD",
    "S$": "SGD", "RM": "MYR", "€": "EUR",
    "£": "GBP", "¥": "CNY", "₩": "KRW", "EUR": "EUR", "RMB": "CNY", "CNY": "CNY", "GBP": "GBP", "JPY": "JPY", "TWD": "TWD",
    "SGD": "SGD", "KRW": "KRW", "MYR": "MYR",
    "INR": "INR", "Rs": "INR", "Rs.": "INR", "₹": "INR", "CHF": "CHF", "AED": "AED", "Dh": "AED", "Dhs": "AED", "SAR": "SAR",
    "AUD": "AUD", "CAD": "CAD", "HKD": "HKD", "RUB": "RUB", "SEK": "SEK", "CNH": "CNY",
}  # fmt: skip
_AFTER_MONEY: Final = re.compile(
    r"\s?(?P<money>US dollars?|U\.S\. dollars?|dollars?|USD|euros?|EUR|yuan|renminbi|RMB|CNY|pounds?|GBP|yen|JPY|won|KRW|ringgit|"
    r"rupees|Taiwan dollars?|Singapore dollars?|Hong Kong dollars?|Australian dollars?|Canadian dollars?|Swiss francs?|francs?|dirhams?|"
    r"riyals?|rou?bles?|Swedish kron(?:a|or)|INR|CHF|AED|SAR"
    r"|美元|欧元|人民币|元人民币|元|日元|韩元|英镑|新台币|歐元|人民幣|元人民幣|日圓|韓元|英鎊|新台幣|新臺幣)"
)
_NAMED: Final = {
    "us dollar": "USD", "us dollars": "USD", "u.s. dollar": "USD", "u.s. dollars": "USD", "dollar": "USD", "dollars": "USD",
    "usd": "USD", "euro": "EUR", "euros": "EUR",
    "eur": "EUR", "yuan": "CNY", "renminbi": "CNY", "rmb": "CNY", "cny": "CNY", "pound": "GBP", "pounds": "GBP", "gbp": "GBP",
    "yen": "JPY", "jpy": "JPY", "won": "KRW",
    "hong kong dollar": "HKD", "hong kong dollars": "HKD", "australian dollar": "AUD", "australian dollars": "AUD",
    "canadian dollar": "CAD", "canadian dollars": "CAD", "swiss franc": "CHF", "swiss francs": "CHF", "franc": "CHF", "francs": "CHF",
    "dirham": "AED", "dirhams": "AED", "riyal": "SAR", "riyals": "SAR", "rouble": "RUB", "roubles": "RUB", "ruble": "RUB",
    "rubles": "RUB", "swedish krona": "SEK", "swedish kronor": "SEK", "inr": "INR", "chf": "CHF", "aed": "AED", "sar": "SAR",
    "krw": "KRW", "ringgit": "MYR", "rupees": "INR", "taiwan dollar": "TWD", "taiwan dollars": "TWD", "singapore dollar": "SGD",
    "singapore dollars": "SGD", "美元": "USD",
    "欧元": "EUR", "人民币": "CNY", "元人民币": "CNY", "元": "CNY", "日元": "JPY", "韩元": "KRW", "英镑": "GBP", "新台币": "TWD",
    "歐元": "EUR", "人民幣": "CNY", "元人民幣": "CNY", "日圓": "JPY", "韓元": "KRW", "英鎊": "GBP", "新台幣": "TWD", "新臺幣": "TWD",
}  # fmt: skip
_HAN_NUMBER: Final = re.compile(r"[一二两三四五六七八九十百]{1,4}(?=[家名个项类人台枚块种])")
_HAN_DIGIT: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


MOST: Final = 60
"""Numbers that are read in one sentence; a table run into one line has more."""
LARGEST: Final = 1e16


@dataclass(frozen=True, slots=True)
class Number:
    """A number, its currency if it is money, and where it stands in the sentence."""

    value: float
    start: int
    end: int
    currency: str = ""
    percent: bool = False
    in_words: bool = False
    scaled: bool = False
    range_with: float | None = None


def numbers(sentence: Sentence) -> list[Number]:
    """Return the numbers of a sentence from left to right."""
    found: list[Number] = []
    text = sentence.text
    for match in _DIGITS.finditer(text) if _HAS_DIGIT.search(text) else ():
        scale = match["scale"]
        value = float(match["digits"].replace(",", "")) * (SCALES[scale.lower()] if scale else 1.0)
        if value > LARGEST or text[match.end() : match.end() + 1] == "i":  # 1980i is a model
            continue
        sign = (match["sign"] or "").strip()
        end = match.end()
        currency = _CURRENCIES.get(sign, "")
        if not currency and not match["percent"] and (money := _AFTER_MONEY.match(text, end)) is not None:
            currency, end = _NAMED[money["money"].lower()], money.end()
        if currency == "CNY" and sign == "¥" and "yen" in sentence.lower:
            currency = "JPY"
        found.append(Number(_round(value), match.start(), end, currency, match["percent"] is not None, scaled=bool(scale)))
    _add_worded(found, sentence)
    found.sort(key=lambda n: n.start)
    return _ranged(found[:MOST], text)


_TO: Final = re.compile(r" ?(?:-|to|and|or) ?")


def _ranged(found: list[Number], text: str) -> list[Number]:
    """Give the first number of a range the scale and the currency of the second: $10-15 billion, 5 to 10 million yuan."""
    for at, (first, second) in enumerate(pairwise(found)):
        if first.in_words or second.in_words or not _TO.fullmatch(text[first.end : second.start]):
            continue
        joined = text[first.end : second.start].strip() in ("-", "to") or text[max(0, first.start - 8) : first.start].endswith("between ")
        if not joined or not (second.scaled or second.currency or first.currency) or first.value > second.value * 1000:
            continue
        scale = 1.0
        if second.scaled and not first.scaled and first.value <= 1000:
            bare = _BARE.search(text[second.start : second.end])
            scale = second.value / float(bare.group().replace(",", "")) if bare and float(bare.group().replace(",", "")) else 1.0
        currency = first.currency or second.currency
        if first.percent or second.percent:
            continue
        found[at] = replace(first, value=_round(first.value * scale), currency=currency, scaled=first.scaled or second.scaled)
        if not second.currency and currency:
            found[at + 1] = replace(second, currency=currency)
    return found


_BARE: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")


_HAS_DIGIT = re.compile(r"\d")


def _round(value: float) -> float:
    return float(f"{value:.12g}")


_AND_A_HALF: Final = " and a half"
_PERCENT: Final = re.compile(r" (?:percent|per cent)\b")


def _add_worded(found: list[Number], sentence: Sentence) -> None:
    words, spans = sentence.words, sentence.spans
    at = 0
    while at < len(words):
        value = WORDS.get(words[at])
        if value is None:
            if words[at] == "a" and at + 1 < len(words) and words[at + 1] in ("million", "billion", "thousand", "dozen", "trillion"):
                half = at > 0 and words[at - 1] == "half"
                begin, stop = spans[at - 1 if half else at][0], spans[at + 1][1]
                money = _AFTER_MONEY.match(sentence.text, stop)
                sum_of = _NAMED[money["money"].lower()] if money else ""
                found.append(
                    Number(
                        SCALES.get(words[at + 1], 12.0) * (0.5 if half else 1.0),
                        begin,
                        money.end() if money else stop,
                        sum_of,
                        in_words=True,
                        scaled=True,
                    )
                )
                at += 2
                continue
            at += 1
            continue
        start, end, scaled = spans[at][0], spans[at][1], False
        total = float(value)
        if (
            value >= 20
            and at + 1 < len(words)
            and 0 < WORDS.get(words[at + 1], 0) < 10
            and sentence.text[end : spans[at + 1][0]] in ("-", " ")
        ):
            total += WORDS[words[at + 1]]
            at += 1
            end = spans[at][1]
        if at + 1 < len(words) and words[at + 1] in ("hundred", "thousand", "million", "billion"):
            total *= {"hundred": 100.0}.get(words[at + 1]) or SCALES[words[at + 1]]
            at += 1
            end, scaled = spans[at][1], True
        if at + 1 < len(words) and words[at + 1] == "dozen" and value < 13:
            total *= 12
            at += 1
            end = spans[at][1]
        if sentence.text.startswith(_AND_A_HALF, end) and not scaled:
            total, end = total + 0.5, end + len(_AND_A_HALF)
            at += 3
        percent = _PERCENT.match(sentence.text, end) is not None
        currency = ""
        if scaled and (money := _AFTER_MONEY.match(sentence.text, end)) is not None:
            currency, end = _NAMED[money["money"].lower()], money.end()
        found.append(Number(total, start, end, currency, percent, in_words=True, scaled=scaled))
        at += 1
    if sentence.han:
        read = ((_han_value(match.group()), match) for match in _HAN_NUMBER.finditer(sentence.lower))
        found.extend(Number(float(value), match.start(), match.end(), in_words=True) for value, match in read if value)


def _han_value(text: str) -> int:
    total, current = 0, 0
    for c in text:
        if c == "百":
            total += (current or 1) * 100
            current = 0
        elif c == "十":
            total += (current or 1) * 10
            current = 0
        else:
            current = _HAN_DIGIT[c]
    return total + current


_CLOSE: Final = 3
"""Words that may stand between a qualifier and its number."""


def qualifier(number: Number, sentence: Sentence, lexicon: Lexicon) -> Qualifier:
    """Return what the words beside a number say of it."""
    best: tuple[int, int, str] | None = None
    for found in lexicon.before.every(sentence):
        if found.end <= number.start:
            between = sentence.text[found.end : number.start]
            apart = between.count(" ") - (1 if between.endswith((" ", " $")) else 0)
            if apart <= _CLOSE and not any(c in between for c in ",;:()") and not _DIGIT.search(between):
                if found.value == "more_than" and _concerning(found.start, sentence):
                    continue
                rank = (-apart, found.last - found.first, found.value)
                if (best is None or rank[:2] > best[:2]) and not (
                    found.last == found.first and apart > 1 and found.value in ("up_to", "approx")
                ):
                    best = rank
    for found in lexicon.after.every(sentence):
        if number.end <= found.start <= number.end + 2:
            return found.value  # type: ignore[return-value]
    return best[2] if best else "exact"  # type: ignore[return-value]


_DIGIT: Final = re.compile(r"\d")
_CASE: Final = re.compile(r"\b(?:charg|settl|fine|penalt|arrest|indict|probe|case|plea|sentenc|accus)")
_MORE: Final = re.compile(
    r"\b(?:worth|of|pay|paid|for|with|to|are|is|has|have|had|were|was|and|than|totaling|totalling|seized|sold|sent|shipped) $"
)


def _concerning(start: int, sentence: Sentence) -> bool:
    """Whether "over" before a number says what a case is about: charged over $2.5 billion of sales."""
    if not sentence.lower.startswith("over ", start):
        return False
    return _CASE.search(sentence.lower[:start]) is not None and _MORE.search(sentence.lower[:start]) is None
