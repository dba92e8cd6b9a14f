"""Texts made to break a reader: empty, huge, unseen characters, runs that some patterns try in many ways."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.nouns.news import Document
from thalweg.watch.extract import extract, load_lexicon
from thalweg.watch.extraction.clusters import MOST
from thalweg.watch.extraction.numbers import MOST as NUMBERS
from thalweg.watch.extraction.numbers import numbers
from thalweg.watch.extraction.text import LONGEST, cleaned, sentences
from thalweg.watch.extraction.text import MOST as CHARACTERS

LEXICON = load_lexicon()
DAY = dt.date(2026, 1, 15)


def read(title, text=""):
    return extract(Document("h", "h", "", title, text, DAY), LEXICON)


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\x00\x01\x02", "\u200b\u200b", ".", "?!?!", "。。。", "$", "1", "\ud7ff"])
def test_a_text_of_nothing_has_no_event(text):
    assert read(text, text) == ()


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "A", "A ", "Aa ", "A and ", "A, ", ". ", ".", "!?", "$1,", "1,111,", "1 ", "9 April ", "to ", "US ", "to China "),
        *("Nvidia ", "Inc, ", "-based ", "added Entity List ", "\n", "\n\nUS adds Huawei to Entity List.", "对", "商务部"),
        *("列入实体清单", "“", "'", "(", "U.S. ", "charged over $", "between May 2020 and "),
    ],
)
def test_a_run_of_one_thing_is_read_to_its_end(unit):
    """Each pattern is tried a bounded number of times from each place; a pattern that is not would not come back from these."""
    events = read("US adds Huawei to Entity List", unit * (CHARACTERS // len(unit)))
    assert len(events) <= MOST


def test_a_sentence_and_its_numbers_are_bounded():
    made = sentences("", cleaned("1 chip, 2 chips " * 50_000))
    assert all(len(s.text) <= LONGEST for s in made)
    assert all(len(numbers(s)) <= NUMBERS for s in made)
    assert sum(len(s.text) for s in made) <= CHARACTERS


def test_unseen_characters_do_not_hide_a_list():
    (event,) = read("US adds Hua\u200bwei to En\u00adtity List\x00")
    assert event.event_type == "listing"
    assert [a.name for a in event.actors] == ["Huawei"]


def test_numbers_too_large_to_be_meant_are_left_out():
    (event,) = read("US fines Nvidia for illegal exports to China", f"It will pay ${'9' * 400} in penalties.")
    assert event.amounts == ()


WORDS = st.sampled_from(
    ["US", "China", "Nvidia", "H20", "adds", "to", "Entity List", "charged", "$5 billion", "about", "10", "servers", "on Monday",
    "through", ".", ",", "licence", "商务部", "列入"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=40).map(" ".join), st.text(max_size=200))
def test_whatever_the_words_every_value_stands_on_a_sentence_of_the_text(title, text):
    held = {s.text for s in sentences(cleaned(title), cleaned(text))}
    for event in read(title, text):
        for field, said in event.evidence.items():
            assert field == "dates" or set(said) <= held
        assert event.dates.keys() <= {
            "announced",
            "published",
            "effective",
            "expiry",
            "suspended",
            "event",
            "conduct_start",
            "conduct_end",
            "expected",
        }


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(text):
    read(text, text)


@given(st.lists(WORDS, min_size=1, max_size=30).map(" ".join))
def test_what_follows_an_empty_line_of_spaces_changes_nothing(title):
    assert read(title) == read(title, "   \n \n")
