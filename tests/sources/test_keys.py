"""Keys of entries without a number: one for each, whatever the order of the file."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from thalweg.nouns.listing import ListEntry
from thalweg.sources.keys import entry_key, keyed

NAMES = st.sampled_from(["Acme Ltd", "ACME, LTD.", "Beta", "Gamma 3"])
ENTRIES = st.lists(
    st.builds(
        lambda name, address, notice: ListEntry("dpl", entry_key("dpl", name, ["US"]), name, addresses=(address,), notices=(notice,)),
        NAMES,
        st.sampled_from(["1 Road", "2 Road"]),
        st.sampled_from(["60 FR 1", "61 FR 2"]),
    ),
    max_size=12,
)


@given(ENTRIES)
def test_no_two_entries_share_a_key_and_nothing_else_changes(entries):
    result = keyed(entries)
    assert len({e.entry_id for e in result}) == len(result)
    assert [replace(e, entry_id="") for e in result] == [replace(e, entry_id="") for e in entries]


@given(ENTRIES, st.randoms())
def test_the_order_of_the_file_does_not_change_the_keys(entries, random):
    shuffled = random.sample(entries, len(entries))
    assert sorted(map(repr, keyed(entries))) == sorted(map(repr, keyed(shuffled)))


def test_case_punctuation_and_width_do_not_change_a_key():
    assert entry_key("uvl", "Acme Co., Ltd.", ["CN", "SG"]) == entry_key("uvl", "ＡＣＭＥ  CO LTD", ["SG", "CN"])
    assert entry_key("uvl", "Acme", ["CN"]) == entry_key("uvl", "Acme", ["HK", "CN"]) != entry_key("uvl", "Acme", ["SG"])


def test_one_key_stays_when_another_entry_of_its_name_comes():
    first = ListEntry("dpl", "dpl-1", "A", addresses=("1 Road",))
    second = replace(first, addresses=("2 Road",))
    assert keyed([first])[0].entry_id == keyed([second, first])[1].entry_id == "dpl-1"
