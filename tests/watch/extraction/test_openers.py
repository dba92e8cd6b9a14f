"""A sentence that opens another matter is an event of its own."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.nouns.news import Document
from thalweg.watch.extract import extract

CASE = (
    "Two men were arrested on Thursday and charged with conspiring to export 400 servers containing Nvidia H200 chips worth about $120 "
    "million to China through a Malaysian shell company, the U.S. Department of Justice said. Prosecutors named Wei Zhang, 43, of San "
    "Jose, and Tan Kok Leong of Penang. "
)
OTHER = "China's commerce ministry said on Friday it would extend the suspension of its rare earth export controls until January 10, 2027."
TITLE = "US charges two with smuggling Nvidia H200 servers to China via Malaysia"


def read(title, text, lexicon):
    return extract(Document("mine:1", "mine", "", title, text, dt.date(2026, 11, 27), "Reuters"), lexicon)


@pytest.mark.parametrize("opener", ["Separately, ", "Meanwhile, ", "In other news, ", "Elsewhere, ", "In a separate case, "])
def test_two_matters_in_one_item_are_two_events(lexicon, opener):
    case, pause = read(TITLE, CASE + opener + OTHER, lexicon)
    assert (case.event_type, case.measure_type) == ("enforcement", "enforcement_criminal")
    assert pause.measure_type == "suspension"
    assert pause.certainty == "official_announced"


def test_each_event_holds_what_its_own_sentences_say(lexicon):
    case, pause = read(TITLE, CASE + "Separately, " + OTHER, lexicon)
    assert "MOFCOM" not in {a.name for a in case.actors}
    assert all("rare" not in i.text for i in case.items)
    assert "2027-01-10" not in case.dates.values()
    assert case.countries.transit == ("MY",)
    assert [a.name for a in pause.actors] == ["MOFCOM"]
    assert pause.countries.imposer == ("CN",)
    assert pause.dates["expiry"] == "2027-01-10"
    assert not pause.quantities


def test_another_state_that_does_another_kind_of_act_opens_a_matter(lexicon):
    assert len(read(TITLE, CASE + OTHER, lexicon)) == 2


def test_what_is_set_apart_and_tells_of_no_act_is_left_out(lexicon):
    (case,) = read(TITLE, CASE + "Separately, a bakery in Penang recalled 5,000 boxes of potato chips.", lexicon)
    assert 5000 not in {q.value for q in case.quantities}


def test_meanwhile_without_an_act_stays_with_what_it_follows(lexicon):
    assert len(read(TITLE, CASE + "Meanwhile, a third suspect is at large.", lexicon)) == 1


def test_a_long_text_is_cut_within_a_paragraph(lexicon):
    body = "\n".join(
        (CASE, "The two appeared before a judge. " * 9, "The indictment is long. " * 9, "No plea was entered. Separately, " + OTHER)
    )
    kinds = [(e.event_type, e.dates.get("expiry")) for e in read(TITLE, body, lexicon)]
    assert ("enforcement", None) in kinds
    assert "2027-01-10" in {expiry for _, expiry in kinds}


@pytest.mark.parametrize("until", ["to January", "until January", "through January", "to 10 January 2027"])
def test_an_extension_ends_at_its_date_and_begins_nothing_there(lexicon, until):
    (event,) = read(f"Commerce extends suspension of Affiliates Rule {until}", "The stay runs on, BIS said.", lexicon)
    assert "effective" not in event.dates
    assert event.dates["expiry"].startswith("2027-01")
