"""Reviewers' decisions: kept in order, never changed, and lapsed when either side changes."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thalweg.store import NoEntry, Review, ReviewRefused, StoreError, content_hash, open_store, query_hash, wording_hash
from thalweg.store.tables import dispositions

NOW = dt.datetime(2026, 8, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
QUERY = {"names": ["Sugon Trading"], "country": "DE", "birth_date": None, "aliases": []}
HASH = query_hash(QUERY)


@pytest.fixture
def listed(store, entry, load):
    """A store that holds two entries of the Entity List on the first day of 2026."""
    load(store, "2026-01-01", entry("Sugon", "e1"), entry("Phytium", "e2"))
    return store


def review(decision="cleared", *, query=QUERY, entry_id="e1", who="A. Reviewer", reason="another address", **options):
    return Review(query, query_hash(query), "entity_list", entry_id, decision, reason, who, **options)


def states(store, **asked):
    return [(j.made.decision, j.state, j.why) for j in store.dispositions(**asked)]


def test_a_decision_says_who_when_and_why_and_holds_while_both_sides_stay(listed, entry, load):
    listed.dispose(review(), now=NOW)
    load(listed, "2026-02-01", entry("Sugon", "e1"), entry("Phytium", "e2", remarks="another entry"))
    (found,) = listed.dispositions()
    made = found.made
    assert (made.decision, made.who, made.reason, made.at) == ("cleared", "A. Reviewer", "another address", "2026-08-01T10:00:00+00:00")
    assert json.loads(made.query)["names"] == ["Sugon Trading"]
    assert (found.state, found.entry.name) == ("standing", "Sugon")
    assert listed.standing_dispositions([HASH]) == {(HASH, "entity_list", "e1"): made}


def test_it_lapses_when_the_entry_is_worded_otherwise_and_the_fields_are_named(listed, entry, load):
    listed.dispose(review(), now=NOW)
    load(listed, "2026-02-01", entry("Sugon", "e1", addresses=("Kiel",), remarks="moved"), entry("Phytium", "e2"))
    assert states(listed) == [("cleared", "lapsed", "the entry changed since: addresses, remarks")]
    assert listed.standing_dispositions([HASH]) == {}


def test_it_lapses_when_the_entry_is_gone_and_says_since_when(listed, entry, load):
    listed.dispose(review(), now=NOW)
    load(listed, "2026-02-01", entry("Phytium", "e2"))
    assert states(listed) == [("cleared", "lapsed", "the entry is no longer on the list (gone from the copy of 2026-02-01)")]
    assert listed.standing_dispositions([HASH]) == {}


def test_it_lapses_when_the_entry_has_another_key_and_names_that(listed, entry, load):
    listed.dispose(review(), now=NOW)
    load(listed, "2026-02-01", entry("Sugon", "e9", remarks="corrected"), entry("Phytium", "e2"))
    ((_, state, why),) = states(listed)
    assert state == "lapsed"
    assert why.endswith("(gone from the copy of 2026-02-01); it is now 'Sugon' (e9): name in common: sugon")


def test_another_description_of_the_party_is_another_query(listed):
    listed.dispose(review(), now=NOW)
    moved = {**QUERY, "country": "CN"}
    listed.dispose(review("confirmed", query=moved), now=NOW)
    assert {at[0]: m.decision for at, m in listed.standing_dispositions([HASH, query_hash(moved)]).items()} == {
        HASH: "cleared",
        query_hash(moved): "confirmed",
    }


def test_it_holds_for_the_days_on_which_the_entry_stood_as_it_was_seen(listed, entry, load):
    listed.dispose(review(), now=NOW)
    load(listed, "2026-02-01", entry("Sugon", "e1", remarks="moved"), entry("Phytium", "e2"))
    load(listed, "2026-03-01", entry("Phytium", "e2"))
    held = {day: bool(listed.standing_dispositions([HASH], date=dt.date.fromisoformat(day))) for day in ("2026-01-15", "2026-02-15")}
    assert held == {"2026-01-15": True, "2026-02-15": False}
    assert listed.dispositions(date=dt.date(2026, 1, 15))[0].state == "standing"
    assert "changed since" in listed.dispositions(date=dt.date(2026, 2, 15))[0].why
    listed.dispose(review("confirmed", date=dt.date(2026, 2, 15)), now=NOW)
    assert [m.decision for m in listed.standing_dispositions([HASH], date=dt.date(2026, 2, 15)).values()] == ["confirmed"]


def test_a_decision_of_an_earlier_day_is_on_the_wording_of_that_day(listed, entry, load):
    load(listed, "2026-02-01", entry("Sugon", "e1", remarks="moved"), entry("Phytium", "e2"))
    done = listed.dispose(review(when=dt.datetime(2026, 1, 20, 9, tzinfo=dt.UTC)), now=NOW)
    assert done.entry.remarks == ""
    assert done.note == "it holds for earlier days only: the entry changed since: remarks"
    assert states(listed) == [("cleared", "lapsed", "the entry changed since: remarks")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"note": "no listing date", "url": "https://old"},
            {"listed_on": dt.date(2019, 6, 24), "listed_basis": "notice", "url": "https://new"},
        ),
        ({"aliases": ("A", "B"), "notices": ("84 FR 1", "85 FR 2")}, {"aliases": ("B", "A"), "notices": ("85 FR 2", "84 FR 1")}),
    ],
    ids=["the reader's own words", "the order of names"],
)
def test_it_does_not_lapse_when_nothing_changes_that_the_issuer_says(listed, entry, load, before, after):
    load(listed, "2026-02-01", entry("Sugon", "e1", **before), entry("Phytium", "e2"))
    listed.dispose(review(), now=NOW)
    load(listed, "2026-03-01", entry("Sugon", "e1", **after), entry("Phytium", "e2"))
    assert [s for _, s, _ in states(listed)] == ["standing"]


def test_it_does_not_lapse_when_the_list_comes_in_a_form_without_some_fields(store, entry, load):
    others = [entry(f"Party {i}", addresses=(f"{i} Main Street",)) for i in range(20)]
    plain = [entry(f"Party {i}") for i in range(20)]
    load(store, "2026-01-01", entry("Sugon", "e1", addresses=("Kiel",)), *others)
    store.dispose(review(), now=NOW)
    load(store, "2026-02-01", entry("Sugon", "e1"), *plain)
    assert states(store) == [("cleared", "standing", "")]
    assert len(store.standing_dispositions([HASH])) == 1
    with pytest.raises(ReviewRefused, match="another decision stands"):
        store.dispose(review("confirmed"), now=NOW)
    load(store, "2026-03-01", entry("Sugon", "e1", addresses=("Beijing",)), *others)
    assert states(store) == [("cleared", "lapsed", "the entry changed since: addresses")]


def test_two_entries_under_one_id_are_seen_as_one(store, entry, load):
    load(store, "2026-01-01", entry("Sugon", "e1"), entry("Sugon", "e1", remarks="again"))
    store.dispose(review(), now=NOW)
    assert [s for _, s, _ in states(store)] == ["standing"]
    load(store, "2026-02-01", entry("Sugon", "e1"))
    assert [s for _, s, _ in states(store)] == ["lapsed"]


def test_unstated_fields_and_their_order_do_not_count_in_a_query():
    assert query_hash(QUERY) == query_hash({"country": "DE", "names": ["Sugon Trading"], "address": ""})
    assert query_hash(QUERY) != query_hash({**QUERY, "names": ["Sugon"]})


def test_a_wording_of_one_entry_is_its_content(entry):
    assert wording_hash([entry("A"), entry("A", url="https://x")]) == content_hash(entry("A"))


# ---------------------------------------------------------------- one after another


def test_the_last_decision_stands_and_all_are_kept(listed):
    listed.dispose(review(), now=NOW)
    listed.dispose(review("confirmed", who="B", reason="the same address after all", replace=True), now=NOW)
    assert states(listed) == [("cleared", "replaced", "confirmed by B on 2026-08-01"), ("confirmed", "standing", "")]
    listed.dispose(review("withdrawn", who="C", reason="to be looked at again"), now=NOW)
    assert [(d, s) for d, s, _ in states(listed, list_id="entity_list", entry_id="e1")] == [
        ("cleared", "replaced"),
        ("confirmed", "withdrawn"),
        ("withdrawn", "withdrawn"),
    ]
    assert listed.standing_dispositions([HASH]) == {}
    listed.dispose(review(reason="looked at"), now=NOW)
    assert states(listed, query_hash=HASH)[-1] == ("cleared", "standing", "")


def test_what_stands_is_not_overturned_by_one_who_does_not_say_so(listed):
    listed.dispose(review("confirmed", who="A"), now=NOW)
    with pytest.raises(ReviewRefused, match=r"another decision stands, confirmed by A on 2026-08-01 \('another address'\).* --replace"):
        listed.dispose(review(who="B"), now=NOW)
    assert [m.who for m in listed.standing_dispositions([HASH]).values()] == ["A"]


def test_what_has_lapsed_need_not_be_replaced(listed, entry, load):
    listed.dispose(review("confirmed"), now=NOW)
    load(listed, "2026-02-01", entry("Sugon", "e1", remarks="moved"), entry("Phytium", "e2"))
    listed.dispose(review(), now=NOW)
    assert [(d, s) for d, s, _ in states(listed)] == [("confirmed", "replaced"), ("cleared", "standing")]


def test_two_reviewers_may_agree_and_the_same_decision_is_recorded_once(listed):
    first = listed.dispose(review(), now=NOW)
    again = listed.dispose(review(), now=NOW + dt.timedelta(hours=1))
    assert (again.new, again.made) == (False, first.made)
    assert listed.dispose(review(who="B"), now=NOW).new
    assert [j.made.who for j in listed.dispositions()] == ["A. Reviewer", "B"]


def test_what_nobody_decided_cannot_be_withdrawn(listed):
    with pytest.raises(ReviewRefused, match="there is no decision on this party and this entry to withdraw"):
        listed.dispose(review("withdrawn"), now=NOW)
    listed.dispose(review(), now=NOW)
    listed.dispose(review("withdrawn"), now=NOW)
    with pytest.raises(ReviewRefused, match="to withdraw"):
        listed.dispose(review("withdrawn", who="B"), now=NOW)


def test_a_decision_on_an_entry_that_is_gone_can_be_withdrawn(listed, entry, load):
    listed.dispose(review(), now=NOW)
    load(listed, "2026-02-01", entry("Phytium", "e2"))
    listed.dispose(review("withdrawn", when=dt.datetime(2026, 8, 1, 11, tzinfo=dt.UTC)), now=NOW + dt.timedelta(hours=3))
    assert [s for _, s, _ in states(listed)] == ["withdrawn", "withdrawn"]


def test_a_decision_on_an_entry_that_is_gone_is_on_its_last_wording_and_says_so(listed, entry, load):
    load(listed, "2026-02-01", entry("Sugon", "e9", remarks="corrected"), entry("Phytium", "e2"))
    done = listed.dispose(review(), now=NOW)
    assert done.note.startswith("it holds for earlier days only: the entry is no longer on the list (gone from the copy of 2026-02-01)")
    assert "it is now 'Sugon' (e9)" in done.note
    assert len(listed.standing_dispositions([HASH], date=dt.date(2026, 1, 15))) == 1


def test_a_decision_of_before_does_not_come_after_a_later_one(listed):
    listed.dispose(review("confirmed", when=dt.datetime(2026, 7, 1, tzinfo=dt.UTC)), now=NOW)
    early = review(when=dt.datetime(2026, 6, 1, tzinfo=dt.UTC), replace=True)
    with pytest.raises(ReviewRefused, match=r"is before the last decision on the two, confirmed by A\. Reviewer on 2026-07-01"):
        listed.dispose(early, now=NOW)


def test_a_clock_that_is_behind_does_not_turn_the_order_around(listed):
    listed.dispose(review(), now=NOW)
    later = listed.dispose(review("confirmed", replace=True), now=NOW - dt.timedelta(minutes=5))
    assert later.made.at == "2026-08-01T10:00:00+00:00"
    assert [m.decision for m in listed.standing_dispositions([HASH]).values()] == ["confirmed"]


def test_many_are_recorded_together_and_each_refusal_comes_back(listed):
    done = listed.dispose_all([review(), review(entry_id="e7"), review("confirmed"), review(entry_id="e2")], now=NOW)
    assert [getattr(d, "new", None) or str(d) for d in done] == [
        True,
        "entity_list: the store holds no entry 'e7'",
        "another decision stands, cleared by A. Reviewer on 2026-08-01 ('another address'). To overturn it, say --replace",
        True,
    ]
    assert len(listed.dispositions()) == 2


def test_a_parcel_that_breaks_off_leaves_nothing(listed):
    def broken():
        yield review()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        listed.dispose_all(broken(), now=NOW)
    assert listed.dispositions() == ()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["e1", "e2"]), st.sampled_from(["cleared", "confirmed", "withdrawn"]), st.booleans()), max_size=8)
)
def test_of_every_sequence_the_last_recorded_decision_stands_unless_it_takes_back(empty, tmp_path_factory, acts):
    import shutil

    from thalweg.nouns.listing import ListCopy, ListEntry

    with open_store(shutil.copy(empty, tmp_path_factory.mktemp("law"))) as store:
        both = (ListEntry("entity_list", "e1", "Sugon"), ListEntry("entity_list", "e2", "Phytium"))
        store.load(ListCopy("entity_list", dt.date(2026, 1, 1), both, "a law"), taken_at=NOW)
        last = {}
        for number, (entry_id, decision, replace) in enumerate(acts):
            stands = last.get(entry_id)
            refused = stands is None if decision == "withdrawn" else stands not in (None, decision) and not replace
            try:
                store.dispose(review(decision, entry_id=entry_id, reason=str(number), replace=replace), now=NOW)
                assert not refused
                last[entry_id] = None if decision == "withdrawn" else decision
            except ReviewRefused:
                assert refused
        standing = {at[2]: m.decision for at, m in store.standing_dispositions([HASH]).items()}
        assert standing == {k: d for k, d in last.items() if d}
        assert {j.made.entry_id: j.made.decision for j in store.dispositions() if j.state == "standing"} == standing


@pytest.mark.slow
def test_of_many_reviewers_at_once_one_decides_and_the_others_are_told(listed, tmp_path):
    code = """
import datetime as dt, sys
from thalweg.store import Review, ReviewRefused, open_store
with open_store(sys.argv[1]) as store:
    decision = "cleared" if int(sys.argv[2]) % 2 else "confirmed"
    try:
        store.dispose(Review({}, "q", "entity_list", "e1", decision, "seen", "R" + sys.argv[2]), now=dt.datetime.now(dt.UTC))
        print("recorded", decision)
    except ReviewRefused:
        print("refused", decision)
"""
    running = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path / "store.db", str(i)], stdout=subprocess.PIPE, text=True) for i in range(4)
    ]
    said = [p.communicate(timeout=60)[0].split() for p in running]
    assert {d for what, d in said if what == "recorded"} == {listed.dispositions()[0].made.decision}
    assert [what for what, _ in said].count("recorded") == 2


# ---------------------------------------------------------------- refused, and kept as it is


@pytest.mark.parametrize("change", [sa.update(dispositions).values(decision="confirmed"), sa.delete(dispositions)])
def test_no_decision_can_be_changed_or_deleted(listed, change):
    listed.dispose(review(), now=NOW)
    with pytest.raises(StoreError, match="can be added to and not changed"), listed._writing() as connection:
        connection.execute(change)
    assert [d for d, *_ in states(listed)] == ["cleared"]


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        ({"who": " "}, "who: is empty"),
        ({"reason": "\n"}, "reason: is empty"),
        ({"reason": "x" * 10_001}, "reason: has 10,001 characters; 10,000 at most"),
        ({"decision": "maybe"}, "'maybe': a decision is one of cleared, confirmed, withdrawn"),
        ({"when": dt.datetime(2026, 1, 1)}, "needs its time zone"),  # noqa: DTZ001
        ({"when": dt.datetime(2027, 1, 1, tzinfo=dt.UTC)}, "lies in the future"),
        ({"entry_id": "e3"}, "the store holds no entry 'e3'"),
        (
            {"date": dt.date(2026, 3, 1)},
            "did not stand on 2026-03-01 as far as the store knows; there are copies of 2026-01-01 to 2026-02-01",
        ),
    ],
)
def test_a_decision_without_who_why_what_or_when_is_refused(listed, entry, load, gap, words):
    load(listed, "2026-02-01", entry("Phytium", "e2"))
    with pytest.raises(ReviewRefused, match=words):
        listed.dispose(review(**gap), now=NOW)
    assert listed.dispositions() == ()


def test_an_entry_of_no_copy_is_a_refusal_of_its_own(store):
    with pytest.raises(NoEntry):
        store.dispose(review(), now=NOW)


def test_what_commands_a_terminal_is_shown_and_not_obeyed(listed):
    made = listed.dispose(review(who="A\x1b[31m\u202e", reason="line one\nline two\x00"), now=NOW).made
    assert (made.who, made.reason) == ("A\\x1b[31m\\u202e", "line one\nline two\\x00")
    assert listed.dispositions()[0].made == made


def test_a_store_of_the_first_version_is_brought_forward_with_its_decisions(tmp_path):
    path = tmp_path / "old.db"
    import thalweg.store

    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection, connection.begin():
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", thalweg.store.__path__[0] + "/migrations")
        command.upgrade(config, "0001")
    engine.dispose()
    row = ("customer 7", "q", "entity_list", "e1", "h", "cleared", "another", "A", "2026-01-01T00:00:00+00:00")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(
            "INSERT INTO dispositions VALUES (1,?,?,?,?,?,?,?,?,?)",
            row,
        )
    with open_store(path) as store:
        assert states(store) == [("cleared", "lapsed", "the entry is no longer on the list")]
    with open_store(path, create=False) as store, store._reading() as connection:
        assert {i["name"] for i in sa.inspect(connection).get_indexes("dispositions")} == {
            "ix_dispositions_list_entry_id",
            "ix_dispositions_query_hash",
        }
