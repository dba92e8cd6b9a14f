"""Sums, numbers and dates in the forms that outlets write them."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.watch.extraction.dates import dates
from thalweg.watch.extraction.marks import marked
from thalweg.watch.extraction.text import sentences
from thalweg.watch.extraction.worth import amounts, quantities

DAY = dt.date(2025, 11, 10)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A fine of half a billion dollars.", {(5e8, "USD")}),
        ("The fund holds NT$2.5 trillion.", {(2.5e12, "TWD")}),
        ("Cabinet clears ₹76,000 crore for fabs.", {(7.6e11, "INR")}),
        ("The scheme costs Rs 4 lakh crore.", {(4e12, "INR")}),
        ("The penalty is CHF 2 million.", {(2e6, "CHF")}),
        ("Abu Dhabi pays Dh15 billion.", {(1.5e10, "AED")}),
        ("Riyadh pays 37.5 billion riyals.", {(3.75e10, "SAR")}),
        ("It would cost $10-15 billion.", {(1e10, "USD"), (1.5e10, "USD")}),
        ("It would cost 5 to 10 million yuan.", {(5e6, "CNY"), (1e7, "CNY")}),
        ("It would cost between $2 billion and $3 billion.", {(2e9, "USD"), (3e9, "USD")}),
        ("He was fined 3 million yuan (US$420,000).", {(3e6, "CNY"), (4.2e5, "USD")}),
        ("案值约1.2亿美元。", {(1.2e8, "USD")}),
    ],
)
def test_sums_are_read_in_their_currency(lexicon, text, wanted):
    assert {(a.value.value, a.value.currency) for a in amounts(read(lexicon, text), lexicon)} == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Up to half a million chips may go.", {(5e5, "chips")}),
        ("A 5GW campus rises in the desert.", {(5.0, "gigawatts")}),
        ("Exporters give 30-day notice.", {(30.0, "days_notice")}),
        ("Police found 30 to 40 servers.", {(30.0, "servers"), (40.0, "servers")}),
        ("Between 10,000 and 30,000 GPUs went missing.", {(1e4, "chips"), (3e4, "chips")}),
        ("The court jailed him for 30 months.", {(30.0, "months_prison")}),
        ("Three men were charged.", set()),
        ("Buyers pay twenty-five per cent.", {(25.0, "percent")}),
        ("Chips at 14 nm are covered.", set()),
    ],
)
def test_numbers_are_read_with_their_unit(lexicon, text, wanted):
    told = read(lexicon, text)
    spans = [(m, dates(m.sentence, DAY)) for m in told]
    assert {(q.value.value, q.value.unit) for q in quantities(told, spans, lexicon)} == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It ends on the 15th of December.", ["2025-12-15"]),
        ("It was told on 15 May.", ["2025-05-15"]),
        ("It opens by the end of the year.", ["2025"]),
        ("It opens in mid-2026.", ["2026"]),
        ("It opens in spring 2026.", ["2026"]),
        ("It was told three days ago.", ["2025-11-07"]),
        ("Filed 15.12.2025.", ["2025-12-15"]),
        ("Filed 12/15/2025.", ["2025-12-15"]),
        ("Filed 2025/12/15.", ["2025-12-15"]),
        ("明年1月1日起施行。", ["2026-01-01"]),
        ("去年12月公布。", ["2024-12"]),
        ("本月15日公布。", ["2025-11-15"]),
        ("上周五公布。", ["2025-11-07"]),
        ("周一公布。", ["2025-11-10"]),
        ("Filed 45/99/2025.", []),
    ],
)
def test_dates_are_read_at_the_precision_that_is_stated(text, wanted):
    (sentence,) = sentences("", text)
    assert [d.value for d in dates(sentence, DAY)] == wanted


def read(lexicon, text):
    return [marked(s, lexicon) for s in sentences("", text)]
