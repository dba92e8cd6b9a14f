"""Sentences of a long text that each tell a deed, and those that only sound like one."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.nouns.news import Document
from thalweg.watch.extract import extract
from thalweg.watch.extraction.deeds import deed_of, with_deeds
from thalweg.watch.extraction.marks import marked
from thalweg.watch.extraction.text import sentences


def deed(lexicon, text):
    return deed_of(with_deeds([marked(sentences("", text)[0], lexicon)])[0])


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("The Department of Commerce announced $504 million for 12 regions.", "partnership"),
        ("The CHIPS Incentives Program has signed preliminary agreements with nine companies.", "partnership"),
        ("The Department of State signed a memorandum of agreement on stockpiles.", "partnership"),
        ("GM will source lithium for batteries from CTR.", "supply_deal"),
        ("The Department will update its list of critical minerals.", "regulation"),
        ("The President signed the Example Chips Act in August.", "legislation"),
        ("President Biden signed the CHIPS and Science Act.", "legislation"),
        ("Nvidia reported revenue of $30 billion for the quarter.", None),
        ("Many of these investments include supply agreements with customers.", None),
    ],
)
def test_a_sentence_tells_a_deed_by_its_words(lexicon, text, event):
    assert deed(lexicon, text) == event


FACTS = """Agencies have worked on the supply of chips for two years, and this page says how far they have come since then.

The Department of Commerce announced $504 million for 12 regions of the country that make chips and packages.

The National Science Foundation awarded $45 million to a program that trains engineers for the industry.

GM will source lithium for its batteries from CTR, which draws it from hot brine below a valley in the south of the state.

The companies also work with a local commission on fees, which would pay for roads, clinics and schools in the region around the plants.

Others have spoken of plans of their own, which depend on prices and on the courts, and of which nothing is decided at present by anyone.

The agencies meet again in the spring to speak about what is left to do, with the states and with unions. That meeting is open.

Nothing else is planned before the summer. A page with questions and answers stands beside this one."""


def test_each_award_of_a_list_is_an_event_with_its_sum(lexicon):
    document = Document("d", "article", "", "Fact sheet: two years of chips", FACTS, dt.date(2026, 1, 5), "The White House", "official")
    sums = [{a.value for a in e.amounts} for e in extract(document, lexicon)]
    assert {504e6} in sums
    assert {45e6} in sums


def test_a_short_text_of_two_deeds_is_one_event(lexicon):
    text = "The Commerce Department awarded $504 million to Micron. It also awarded $45 million to a program that trains engineers."
    document = Document("d", "article", "", "US awards chip grants", text, dt.date(2026, 1, 5), "Example Wire")
    assert len(extract(document, lexicon)) == 1
