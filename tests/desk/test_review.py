"""Reviewers' decisions through the desk: on real entries, held to a party and a wording, and read for many parties at once."""

from __future__ import annotations

import datetime as dt
import io
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.desk.lists import entries_as_of, import_lists
from thalweg.desk.review import review, review_lines, reviews, standing_for, standing_for_many
from thalweg.desk.review_lines import read_lines
from thalweg.desk.review_party import hash_of, reader
from thalweg.evidence import BadInput
from thalweg.nouns.listing import ListCopy, ListEntry
from thalweg.store import NoEntry, NoStore, ReviewRefused, StoreError, open_store

pytestmark = pytest.mark.slow  # whole lists are read

NOW = dt.datetime(2026, 8, 1, 9, tzinfo=dt.UTC)
PARTY = {"name": "Sugon Trading GmbH", "country": "DE", "address": "1 Hafenstrasse, Kiel", "uscc": "91-350211 M000100Y43"}
HELD = ("entity_list", "e1")


def load(place, day, *entries):
    with open_store(place) as store:
        copy = ListCopy(
            "entity_list", dt.date.fromisoformat(day), tuple(ListEntry("entity_list", *e[:2], **e[2]) for e in entries), "a test"
        )
        store.load(copy, taken_at=NOW, accept_size=True)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A store with two entries of the Entity List, made once."""
    place = tmp_path_factory.mktemp("two") / "store.db"
    load(place, "2026-01-01", ("e1", "Sugon", {}), ("e2", "Phytium Technology Co., Ltd.", {}))
    return place


@pytest.fixture
def place(two, tmp_path):
    """The path of a store with two entries of the Entity List."""
    return shutil.copy(two, tmp_path)


def clear(place, party=PARTY, decision="cleared", **options):
    return review(party, "entity_list", "e1", decision, **{"reason": "another address", "who": "A. Reviewer", "store": place} | options)


# ---------------------------------------------------------------- real entries


@pytest.fixture(scope="module")
def of_2022(shared, tmp_path_factory):
    """A store with the screening list of 2022."""
    place = tmp_path_factory.mktemp("real") / "store.db"
    import_lists(shared / "data" / "lists" / "csl_full_schema_2022-05-16.csv", store=place, now=NOW)
    return place


@pytest.mark.needs_shared
def test_a_real_hit_that_was_cleared_comes_back_when_the_next_list_words_the_entry_otherwise(of_2022, shared, tmp_path):
    place = shutil.copy(of_2022, tmp_path)
    (entry,) = entries_as_of("entity_list", "2022-06-01", find="Huawei Technologies Costa Rica", store=place).entries
    airline = entries_as_of("sdn", "2022-06-01", find="AEROCARIBBEAN AIRLINES", store=place).entries[0]
    party = {"name": "Huawei Technologies Costa Rica", "country": "Costa Rica"}
    for found in (entry, airline):
        done = review(party, found.list, found.entry_id, "cleared", reason="a shop of that name", who="A", store=place)
        assert (done.outcome, done.entry, done.party["country"]) == ("recorded", found.name, "CR")
    both = {(entry.list, entry.entry_id), (airline.list, airline.entry_id)}
    assert set(standing_for(party, place)) == both

    import_lists(shared / "data" / "lists" / "csl_2026-07-31.csv", store=place, now=NOW)
    assert set(standing_for(party, place)) == {
        (airline.list, airline.entry_id)
    }  # of it the later file only leaves out what it leaves out of all
    after = {r.list: r for r in reviews(party, store=place).reviews}
    assert (after["sdn"].state, after["entity_list"].state) == ("standing", "lapsed")
    assert after["entity_list"].why == "the entry changed since: license_requirement, notices"
    assert set(standing_for(party, place, date=dt.date(2022, 6, 1))) == both


@pytest.mark.needs_shared
def test_an_earlier_list_that_comes_in_later_leaves_todays_decision_and_says_nothing_of_its_own_days(shared, tmp_path):
    place = tmp_path / "store.db"
    files = shared / "data" / "lists"
    import_lists(files / "csl_2026-07-31.csv", store=place, now=NOW)
    (entry,) = entries_as_of("entity_list", "2026-08-01", find="Huawei Technologies Costa Rica", store=place).entries
    review("HW Costa Rica", entry.list, entry.entry_id, "confirmed", reason="same board", who="A", store=place)
    import_lists(files / "csl_full_schema_2022-05-16.csv", store=place, now=NOW)
    assert [d.decision for d in standing_for("HW Costa Rica", place).values()] == ["confirmed"]
    assert standing_for("HW Costa Rica", place, date=dt.date(2022, 6, 1)) == {}


@pytest.mark.needs_shared
def test_an_entry_that_is_not_there_is_refused_with_the_ones_that_may_have_been_meant(of_2022):
    with pytest.raises(
        NoEntry, match=r"the store holds no entry 'Huawei Technologies Costa Rica'; did you mean 'entity_list-\w+' \(Huawei"
    ):
        review("X1", "entity_list", "Huawei Technologies Costa Rica", "cleared", reason="r", who="w", store=of_2022)
    (entry,) = entries_as_of("entity_list", "2022-06-01", find="Huawei Technologies Costa Rica", store=of_2022).entries
    with pytest.raises(NoEntry, match="entity_list holds one of this id"):
        review("X1", "sdn", entry.entry_id, "cleared", reason="r", who="w", store=of_2022)


# ---------------------------------------------------------------- the party


@pytest.mark.parametrize(
    "same",
    [
        PARTY | {"name": "  sugon   TRADING gmbh "},
        PARTY | {"name": "Sugon\u200b Trading GmbH\u202e"},
        PARTY | {"uscc": "91350211m000100y43"},
        PARTY | {"country": "Germany"},
        PARTY | {"address": "1  hafenstrasse, Kiel", "date": "2026-08-01", "id": "customer 7", "imo": ""},
        {k: v for k, v in PARTY.items() if k != "name"} | {"names": ["Sugon Trading GmbH"]},
    ],
    ids=[
        "case and spaces",
        "what cannot be seen",
        "punctuation of a number",
        "name of a country",
        "the day, the id, the unstated",
        "names",
    ],
)
def test_it_holds_for_the_party_however_it_is_spelt(place, same):
    clear(place)
    assert [d.explain()[:25] for d in standing_for(same, place).values()] == ["cleared by A. Reviewer on"]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (PARTY | {"country": "CN"}, "country was DE, is CN"),
        (PARTY | {"birth_date": "1970"}, "birth_date was not stated, is 1970"),
        (PARTY | {"uscc": ""}, "uscc was 91350211M000100Y43, is not stated"),
        (PARTY | {"type": "company"}, "type was not stated, is entity"),
        ("SUGON TRADING GMBH", "country was DE, is not stated; address was 1 Hafenstrasse, Kiel, is not stated; uscc was"),
        (
            {k: v for k, v in PARTY.items() if k != "name"} | {"names": ["Zhongke", "Sugon Trading GmbH"]},
            "names was Sugon Trading GmbH, is Zhongke; Sugon Trading GmbH",
        ),
    ],
)
def test_it_lapses_for_a_party_that_is_described_otherwise_and_says_how(place, other, why):
    clear(place)
    assert standing_for(other, place) == {}
    (found,) = reviews(other, store=place).reviews
    assert found.state == "lapsed"
    assert found.why.startswith(f"the party is described otherwise: {why}")
    assert reviews(store=place).reviews[0].state == "standing"


def test_two_parties_of_one_name_have_each_its_own_decision(place):
    abroad = PARTY | {"country": "CN"}
    clear(place)
    clear(place, abroad, "confirmed")
    found = standing_for_many([PARTY, abroad, "Sugon"], place)
    assert [d.decision for one in found for d in one.values()] == ["cleared", "confirmed"]
    assert [list(one) for one in found] == [[HELD], [HELD], []]
    assert next(iter(found[0].values())).said == "entity_list:e1"


@given(st.text(min_size=1, max_size=30), st.sampled_from([str.upper, str.lower, lambda t: f"  {t}\u200b "]))
def test_of_no_name_does_spelling_make_another_party(name, spell):
    read = reader(None)
    try:
        asked = read(name)
    except BadInput:
        return
    if name.upper().lower().casefold() == name.casefold():  # letters whose other case is two letters aside
        assert hash_of(read(spell(name))) == hash_of(asked)


# ---------------------------------------------------------------- the entry


def test_it_lapses_with_the_entry_and_names_what_took_its_place(place):
    clear(place)
    load(place, "2026-02-01", ("e9", "Sugon", {"remarks": "corrected"}), ("e2", "Phytium Technology Co., Ltd.", {}))
    (found,) = reviews(PARTY, store=place).reviews
    assert found.state == "lapsed"
    assert "it is now 'Sugon' (e9)" in found.why
    assert standing_for(PARTY, place, date=dt.date(2026, 1, 15)) == {HELD: standing_for(PARTY, place, date=dt.date(2026, 1, 2))[HELD]}


def test_a_party_described_otherwise_and_an_entry_that_changed_are_both_said(place):
    clear(place)
    load(place, "2026-02-01", ("e1", "Sugon", {"remarks": "moved"}), ("e2", "Phytium Technology Co., Ltd.", {}))
    (found,) = reviews(PARTY | {"country": "CN"}, store=place).reviews
    assert found.why == "the party is described otherwise: country was DE, is CN; the entry changed since: remarks"


def test_the_day_that_was_screened_for_says_which_wording_was_looked_at(place):
    load(place, "2026-02-01", ("e1", "Sugon", {"remarks": "moved"}), ("e2", "Phytium Technology Co., Ltd.", {}))
    clear(place, PARTY | {"date": "2026-01-10"})
    assert standing_for(PARTY, place) == {}
    assert list(standing_for(PARTY, place, date=dt.date(2026, 1, 10))) == [HELD]
    clear(place, date="2026-02-10", who="B")
    assert list(standing_for(PARTY, place)) == [HELD]


def test_a_program_of_a_list_is_of_the_list(place):
    done = review("Sugon", "entity_list:address_only", "e1", "cleared", reason="r", who="w", store=place)
    assert done.list == "entity_list"


# ---------------------------------------------------------------- one after another


def test_decisions_are_listed_in_order_with_what_became_of_each(place):
    clear(place)
    clear(place, decision="confirmed", who="B", replace=True)
    clear(place, decision="withdrawn", who="C")
    review("Phytium Trading", "entity_list", "e2", "cleared", reason="r", who="A", store=place)
    found = reviews(store=place)
    assert [(r.decision, r.state) for r in found.reviews] == [
        ("cleared", "replaced"),
        ("confirmed", "withdrawn"),
        ("withdrawn", "withdrawn"),
        ("cleared", "standing"),
    ]
    assert [r.entry_id for r in reviews(entry_id="e2", store=place).reviews] == ["e2"]
    assert found.explain().splitlines()[3].endswith("Phytium Trading is not Phytium Technology Co., Ltd. (entity_list:e2); standing")
    assert standing_for(PARTY, place) == {}


def test_a_decision_that_stands_is_overturned_only_by_one_who_says_so(place):
    clear(place, decision="confirmed")
    with pytest.raises(ReviewRefused, match=r"another decision stands, confirmed by A\. Reviewer"):
        clear(place, who="B")
    assert clear(place, decision="confirmed").outcome == "same"
    assert clear(place, who="B", replace=True).outcome == "recorded"


def test_a_store_that_is_open_stays_open(place):
    with open_store(place) as store:
        clear(store)
        assert list(standing_for(PARTY, store)) == [HELD]
        assert len(reviews(store=store).reviews) == 1
        assert store.snapshots()


def test_where_there_is_no_store_nothing_was_decided(tmp_path):
    assert standing_for_many(["A1", "B1"], tmp_path / "none.db") == [{}, {}]
    with pytest.raises(NoStore, match="lists import FILE"):
        reviews(store=tmp_path / "none.db")
    with pytest.raises(NoStore):
        clear(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_many_parties_are_looked_up_with_as_many_reads_as_one(place):
    import sqlalchemy as sa

    clear(place)
    asked = []
    with open_store(place) as store:
        sa.event.listen(store._engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        standing_for(PARTY, store)
        one = len(asked)
        found = standing_for_many([f"Party {i}" for i in range(20_000)] + [PARTY], store)
        assert len(asked) == 2 * one
    assert [i for i, f in enumerate(found) if f] == [20_000]


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"decision": "clear"}, "decision: 'clear' is none; use cleared, confirmed, withdrawn; did you mean 'cleared'"),
        ({"list": "entitylist"}, "did you mean 'entity_list'"),
        ({"list": "sdn"}, "sdn: the store holds no copy of this list; import or pull one"),
        ({"entry_id": "phytium technology co ltd"}, r"did you mean 'e2' \(Phytium Technology Co., Ltd.\)"),
        ({"entry_id": "Phytium"}, r"did you mean 'e2' \(Phytium Technology Co., Ltd.\)"),
        ({"entry_id": "\x1b[2J'; DROP TABLE dispositions; --"}, r"holds no entry .*x1b.*DROP TABLE"),
        ({"entry_id": " "}, "entry_id: is not stated"),
        ({"reason": ""}, "reason: is not stated"),
        ({"who": " "}, "who: is not stated"),
        ({"who": "W" * 201}, "who: has 201 characters; 200 at most"),
        ({"when": "yesterday"}, "when: 'yesterday' is no instant; write it as 2026-08-01T10:00:00"),
        ({"when": "2026-08-01"}, "when: .* states no time zone"),
        ({"when": "2099-08-01T10:00:00Z"}, "when: 2099-08-01T10:00:00.00:00 lies in the future"),
        ({"date": "1.8.2026"}, "'1.8.2026' is not a date"),
        ({"query": {"name": "Sugon", "contry": "CN"}}, "unknown field 'contry'; did you mean 'country'"),
        ({"query": {"name": "Sugon", "country": "Atlantis"}}, "country: 'Atlantis' is not a country that is known"),
        ({"query": "..."}, "holds no letter and no digit"),
        ({"query": "x" * 10_000}, "name: has 10,000 characters; 1,000 at most"),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_nothing_is(place, change, words):
    given = {"query": "Sugon", "list": "entity_list", "entry_id": "e1", "decision": "cleared", "reason": "r", "who": "w"} | change
    with pytest.raises((BadInput, StoreError), match=words):
        review(given.pop("query"), given.pop("list"), given.pop("entry_id"), given.pop("decision"), store=place, **given)
    assert reviews(store=place).reviews == ()


# ---------------------------------------------------------------- files

FILE = """\
id,name,country,list,entry_id,decision,reason,who,when
1,Sugon Trading GmbH,DE,entity_list,e1,cleared,another address,A,2026-02-01T10:00:00+01:00
2,Sugon Trading GmbH,DE,entity_list,e1,confirmed,the same after all,B,2026-03-01T10:00:00+01:00
3,Phytium Handel,,entity_list,e7,cleared,another,A,
4,Phytium Handel,,entity_list,e2,cleared,another,,
5,Phytium Handel,Atlantis,entity_list,e2,cleared,another,A,
"""


def given_file(place, text=FILE, kind="csv", **options):
    return [(line.number, done) for line, done in review_lines(read_lines(io.StringIO(text), kind), store=place, **options)]


def test_every_good_line_of_a_file_is_recorded_and_every_bad_one_says_why(place):
    done = given_file(place, who="C")
    assert [n for n, _ in done] == [2, 3, 4, 5, 6]
    assert [d if isinstance(d, str) else (d.outcome, d.who) for _, d in done] == [
        ("recorded", "A"),
        "another decision stands, cleared by A on 2026-02-01 ('another address'). To overturn it, say --replace",
        "entity_list: the store holds no entry 'e7'; `thalweg lists show LIST --find TEXT` finds entries by name",
        ("recorded", "C"),
        "country: 'Atlantis' is not a country that is known; use its ISO 3166-1 alpha-2 code",
    ]


def test_a_file_given_twice_records_nothing_twice(place):
    first = [d.outcome for _, d in given_file(place, who="C", replace=True) if not isinstance(d, str)]
    again = [d.outcome for _, d in given_file(place, who="C", replace=True) if not isinstance(d, str)]
    assert (first, again) == (["recorded"] * 3, ["same"] * 3)
    assert len(reviews(store=place).reviews) == 3


def test_a_long_file_is_recorded_in_its_order(place):
    head = "name,list,entry_id,decision,reason,who\n"
    rows = "".join(f"Party {i},entity_list,e1,cleared,r,w\n" for i in range(1_200))
    assert len(given_file(place, head + rows)) == 1_200
    found = reviews(store=place).reviews
    assert [r.query for r in found] == [f"Party {i}" for i in range(1_200)]
    assert {r.state for r in found} == {"standing"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: the column 'name' is missing"),
        ("name,list,entry_id,decision\n", "line 1: the column 'reason' is missing"),
        ("name,list,entry_id,decision,reason,reson\n", "unknown column 'reson'; did you mean 'reason'"),
        ("name,name,list,entry_id,decision,reason\n", "the column 'name' stands twice"),
    ],
)
def test_a_file_with_another_header_is_refused(place, text, words):
    with pytest.raises(BadInput, match=words):
        given_file(place, text)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON"),
        ("[1]", "a decision is an object with name, list and entry_id, not list"),
        ('{"name": "A1", "name": "B1"}', "the key 'name' stands twice"),
        ('{"name": "A1", "list": "entity_list"}', "entry_id: is not stated"),
        ('{"name": "A1", "list": ["entity_list"]}', "list: should be text, not list"),
        (
            '{"name": "A1", "list": "entity_list", "entry_id": "e1", "decision": "cleared", "reason": "r", "who": "w", "when": 7}',
            "when: should be",
        ),
        ("{" + " " * 100_000 + "}", "the line has 100,003 characters; 100,000 at most"),
        ("[" * 50_000, "not JSON"),
    ],
)
def test_a_bad_line_is_an_error_of_its_own(place, line, words):
    good = '{"names": ["A1", "B1"], "list": "entity_list", "entry_id": "e1", "decision": "cleared", "reason": "r", "who": "w"}'
    (_, bad), (number, done) = given_file(place, f"{line}\n\n{good}", kind="jsonl")
    assert words in bad
    assert (number, done.query) == (3, "A1; B1")
