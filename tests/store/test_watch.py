"""The watch's part of the store: documents by wording, accounts and fused events, watermarks, the outbox, mutes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from thalweg.nouns.fused import Account, FusedEvent, StateChange, Told
from thalweg.nouns.news import Actor, Document, Event
from thalweg.store import Pull, RaisedAlert, StaleRule, StoreError
from thalweg.store.stale import stale_notices
from thalweg.store.tables import alerts

AT = "2026-11-27T12:00:00+00:00"


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.slow)])
def base(request):
    """A new store, in a file and in a database of PostgreSQL."""
    if request.param == "file":
        yield request.getfixturevalue("store")
        return
    from thalweg.store import open_store

    with open_store(request.getfixturevalue("database")) as opened:
        yield opened


def document(identity="d1", text="Text", **more):
    return Document(identity, "feed", "https://example.com", "Title", text, dt.date(2026, 11, 1), facts={"number": "1"}, **more)


def account(key="e1", document="d1", name="Huawei \x00 \ud800 华为"):
    event = Event(key, document, "Head", "listing", "entity_listing", "official_final", "in_force", (Actor(name, "listed_party", "CN"),))
    return Account(replace(event, dates={"announced": "2026-11"}), "feed", "Wire", "", "Title", "media", dt.date(2026, 11, 1))


def fused(identity="ev1", day="2026-11-01", keys=("e1",)):
    told = tuple(Told(k, "d1", "feed", "Wire", "", "Title", "2026-11-01", 2, "official_final") for k in keys)
    states = (StateChange("announced", "2026-11", False, "e1", ""), StateChange("in_force", "2027-01-02", True, "e1", ""))
    return FusedEvent(identity, keys[0], "Head", day, "listing", "entity_listing", "official_final", "in_force", told, states=states)


def test_a_document_is_kept_once_in_each_wording_and_comes_back_as_it_was(base):
    long = document(text="句 \x00 \ud800 " * 1000)
    with base.watch(write=True) as room:
        assert [t.outcome for t in room.documents.take([long, document("d2")], at=AT, extractor="1")] == ["new", "new"]
        assert [t.outcome for t in room.documents.take([long], at=AT, extractor="1")] == ["same"]
        (other,) = room.documents.take([document(text="Other")], at="2026-11-28T12:00:00+00:00", extractor="2")
    assert other.outcome == "changed"
    with base.watch() as room:
        assert {d.id: d.text for d in room.documents.newest()} == {"d1": "Other", "d2": "Text"}
        assert [d.id for d in room.documents.newest(not_by="2")] == ["d2"]
        assert room.documents.known([document(text="Other"), document(text="New")]) == set()
        assert room.documents.known([document("d2")]) == {"d2"}
        assert room.documents.count() == 2
    with base.watch() as room:
        (kept,) = room.documents.newest(["d2"])
    assert kept == document("d2")


def test_a_wording_that_a_source_goes_back_to_is_the_last_one_again(base):
    one, other = document(), document(text="Other")
    with base.watch(write=True) as room:
        for n, given in enumerate((one, other, one, one)):
            (taken,) = room.documents.take([given], at=f"2026-11-27T12:00:0{n}+00:00", extractor="1")
            assert taken.outcome == ("new", "changed", "changed", "same")[n]
    with base.watch() as room:
        assert [d.text for d in room.documents.newest()] == [one.text]
        assert room.documents.known([other]) == set()


def test_an_id_that_a_source_gives_twice_at_once_changes_nothing_the_next_time(base):
    for at in (AT, "2026-11-28T12:00:00+00:00"):
        with base.watch(write=True) as room:
            outcomes = [room.documents.take([d], at=at, extractor="1")[0].outcome for d in (document(), document(text="Other"))]
    assert outcomes == ["same", "same"]


def test_accounts_are_found_by_family_and_day_and_by_the_event_they_are_of(base):
    with base.watch(write=True) as room:
        room.events.add([(account(), "listing", 100), (account("e2", "d2"), "listing", 130), (account("e3", "d3"), "rule", 100)])
        room.events.belong({"ev1": ["e1", "e2"]})
    with base.watch() as room:
        assert set(room.events.near("listing", 90, 110)) == {"e1"}
        assert {k: f for k, (_, f) in room.events.members(["ev1"]).items()} == {"e1": "ev1", "e2": "ev1"}
        assert room.events.told_by(["d1"])["e1"][0] == account(name="Huawei \x00 \ufffd 华为")
    with base.watch(write=True) as room:
        assert room.events.replace("d1", []) == ["ev1"]
    with base.watch() as room:
        assert set(room.events.members(["ev1"])) == {"e2"}


def test_fused_events_are_found_by_day_by_what_they_touch_and_by_their_states(base):
    with base.watch(write=True) as room:
        room.events.put(
            [(fused(), {"links": []}, {("place", "CN"), ("chip", "h20")}), (fused("ev2", "2025-01-01"), {}, {("place", "CN")})], at=AT
        )
    with base.watch() as room:
        assert [k.event.id for k in room.events.between("2026-01-01")] == ["ev1"]
        assert room.events.touching([("place", "CN"), ("chip", "h20")]) == {
            "ev1": {("place", "CN"), ("chip", "h20")},
            "ev2": {("place", "CN")},
        }
        assert set(room.events.touching([("place", "CN")], "2026-01-01")) == {"ev1"}
        assert room.events.turning("2027-01-01", "2027-01-02") == ["ev1", "ev2"]
        kept = room.events.get(["ev1"])["ev1"]
        assert (kept.event, kept.first_at, room.events.count()) == (fused(), AT, 2)
    later = "2026-11-28T00:00:00+00:00"
    with base.watch(write=True) as room:
        room.events.put([(fused(), {}, set())], at=later)
    with base.watch() as room:
        kept = room.events.get(["ev1"])["ev1"]
        assert (kept.first_at, kept.changed_at, kept.marks) == (AT, later, frozenset())


def weighed(base, given, wanted, most, first="", last="9999"):
    with base.watch(write=True) as room:
        room.events.put([(fused(i, day), {}, some) for i, (day, some) in given.items()], at=AT)
    with base.watch() as room:
        return room.events.heaviest(wanted, first, last, most)


def test_events_are_weighed_by_the_marks_that_are_wanted_the_heaviest_first_and_all_are_counted(base):
    given = {
        "ev1": ("2026-11-01", {("chip", "h20"), ("aim", "CN"), ("eccn", "3A090")}),
        "ev2": ("2026-11-02", {("aim", "CN"), ("aim", "VN")}),
        "ev3": ("2026-11-03", {("aim", "US"), ("imposer", "CN")}),
        "ev4": ("2026-11-04", {("aim", "CN"), ("aim", "VN")}),
        "ev5": ("2020-01-01", {("chip", "h20")}),
    }
    wanted = {("chip", "h20"): 4.0, ("aim", "CN"): 1.0, ("aim", "VN"): 1.0}
    marked, count = weighed(base, given, wanted, 2, "2026-01-01")
    assert (marked, count) == ({"ev1": {("chip", "h20"), ("aim", "CN")}, "ev4": {("aim", "CN"), ("aim", "VN")}}, 3)
    with base.watch() as room:
        assert room.events.heaviest({}, "", "9999", 2) == ({}, 0)
        assert room.events.heaviest({("chip", "none"): 1.0}, "", "9999", 2) == ({}, 0)
        assert {h.id: (h.day, h.countries.destination) for h in room.events.heads(["ev1"])} == {"ev1": ("2026-11-01", ())}
        assert [h.id for h in room.events.latest("2026-01-01", "9999", 2)] == ["ev4", "ev3"]


def test_more_marks_than_one_statement_takes_weigh_the_same(base, monkeypatch):
    given = {f"ev{n}": ("2026-11-01", {("party", f"p{m}") for m in range(n)}) for n in range(1, 6)}
    wanted = {("party", f"p{m}"): 6.0 for m in range(5)}
    whole = weighed(base, given, wanted, 3)
    monkeypatch.setattr("thalweg.store.watch_events._MARKS", 2)
    with base.watch() as room:
        assert room.events.heaviest(wanted, "", "9999", 3) == whole == ({f"ev{n}": given[f"ev{n}"][1] for n in (5, 4, 3)}, 5)


def test_days_that_events_state_are_found_in_their_order_and_those_that_touch_something_alone(base):
    dated = {"ev1": ["2026-12-03", "2026-12-01"], "ev2": ["2026-12-02"], "ev3": ["2026-12-01"], "ev4": ["2027-06-01"]}
    marked = {i: {("date", d) for d in days} | ({("aim", "CN")} if i != "ev3" else set()) for i, days in dated.items()}
    with base.watch(write=True) as room:
        room.events.put([(fused(i), {}, some) for i, some in marked.items()], at=AT)
    with base.watch() as room:
        assert room.events.stating("2026-12-01", "2026-12-31") == ["ev1", "ev3", "ev2"]
        assert room.events.stating("2026-12-01", "2026-12-31", wanted={("aim", "CN")}) == ["ev1", "ev2"]
        assert room.events.stating("2026-12-01", "2026-12-31", wanted={("aim", "CN")}, limit=1) == ["ev1"]
        assert room.events.stating("2026-12-02", "2026-12-31", limit=1) == ["ev2"]


def test_a_watermark_is_that_of_the_last_good_pull_and_failures_are_counted_since(base):
    with base.watch(write=True) as room:
        for pull in (
            Pull("fr", "2026-11-25T00:00:00+00:00", good=True, through="2026-11-25", documents=3, fresh=2),
            Pull("fr", "2026-11-26T00:00:00+00:00", good=True, through="2026-11-26"),
            Pull("fr", "2026-11-27T00:00:00+00:00", good=False, note="no address"),
            Pull("fr", "2026-11-28T00:00:00+00:00", good=False, note="429"),
        ):
            room.documents.pulled(pull)
    with base.watch() as room:
        (mark,) = room.documents.watermarks()
    assert (mark.good_at[:10], mark.through, mark.fresh_at[:10], mark.failures, mark.note) == (
        "2026-11-26",
        "2026-11-26",
        "2026-11-25",
        2,
        "429",
    )
    assert mark.first_at[:10] == "2026-11-25"


def alert(identity="al1", state="in_force", fused="ev1"):
    return RaisedAlert(identity, "r", fused, state, AT, {"id": identity, "headline": "Head"})


def test_an_alert_is_raised_once_for_the_accounts_of_an_event_in_a_state_however_events_are_joined_or_split(base):
    with base.watch(write=True) as room:
        assert room.alerts.raise_once(alert(), {"e1", "e2"}, ["terminal", "mail"])
        assert not room.alerts.raise_once(alert("al2"), {"e2", "e3"}, ["terminal"])  # joined with another account
        assert not room.alerts.raise_once(alert("al3", fused="ev9"), {"e3"}, ["terminal"])  # split off
        assert room.alerts.raise_once(alert("al4", state="stayed"), {"e1"}, [])
    with base.watch() as room:
        assert [a.id for a in room.alerts.alerts()] == ["al1", "al4"]
        assert [(s.alert.id, s.outlet) for s in room.alerts.waiting()] == [("al1", "terminal"), ("al1", "mail")]


def test_what_did_not_arrive_waits_and_comes_again_and_what_did_is_gone(base):
    with base.watch(write=True) as room:
        room.alerts.raise_once(alert(), {"e1"}, ["mail"])
        (sending,) = room.alerts.due(AT)
        room.alerts.failed(sending.number, "no answer", "2026-11-27T12:05:00+00:00")
        assert room.alerts.due("2026-11-27T12:04:00+00:00") == []
        (sending,) = room.alerts.due("2026-11-27T12:05:00+00:00")
        assert (sending.tries, sending.error, sending.trying_at) == (1, "no answer", None)
        room.alerts.trying(sending.number, AT)
        assert room.alerts.waiting()[0].trying_at == AT
        room.alerts.sent(sending.number, AT)
        assert (room.alerts.waiting(), [a.id for a in room.alerts.sent_to("mail", 5)]) == ([], ["al1"])


def test_nothing_of_a_transaction_that_fails_stays_neither_event_nor_alert(base):
    def fail():
        with base.watch(write=True) as room:
            room.events.add([(account(), "listing", 1)])
            room.alerts.raise_once(alert(), {"e1"}, ["mail"])
            room.alerts._connection.execute(sa.insert(alerts).values(id="al1"))

    with pytest.raises(StoreError):
        fail()
    with base.watch() as room:
        assert (room.events.told_by(["d1"]), room.alerts.alerts(), room.alerts.waiting()) == ({}, [], [])


def test_a_mute_holds_for_its_rule_and_event_until_its_day_or_until_it_is_lifted(base):
    with base.watch(write=True) as room:
        number = room.alerts.mute("r", "", reason="known", who="A", at=AT, until="2026-12-01")
        (made,) = room.alerts.mutes()
        assert [made.holds("r", "ev1", d) for d in ("2026-12-01", "2026-12-02")] == [True, False]
        assert not made.holds("other", "ev1", "2026-11-28")
        room.alerts.unmute(number, AT)
        assert not room.alerts.mutes()[0].holds("r", "ev1", "2026-11-28")
    with pytest.raises(StoreError, match="no mute 99"), base.watch(write=True) as room:
        room.alerts.unmute(99, AT)


def test_stale_rules_are_noted_once_and_seen_at_a_glance(base):
    notice = StaleRule("us-ear/744/23-a-1", "fr:1", "2026-11-20", "2026-10-02", "section", "91 FR 1")
    with base.watch(write=True) as room:
        assert room.events.note_stale([notice, notice], at=AT) == [notice]
        assert room.events.note_stale([notice], at=AT) == []
    where = base.where if "://" not in base.where else None
    if where is not None:
        (seen,) = stale_notices(where)
        assert seen.said() == "us-ear/744/23-a-1 may be stale: reviewed on 2026-10-02, amended on 2026-11-20 [91 FR 1]"


def test_a_glance_finds_nothing_where_there_is_no_store_or_none_of_this_program(tmp_path):
    assert stale_notices(tmp_path / "none.db") == ()
    (tmp_path / "text.db").write_text("no database")
    assert stale_notices(tmp_path / "text.db") == ()
    assert not (tmp_path / "none.db").exists()


def test_a_glance_sees_what_was_noted_since(store):
    assert stale_notices(store.where) == ()
    with store.watch(write=True) as room:
        room.events.note_stale([StaleRule("r", "d", "2026-11-20", "2026-10-02", "part")], at=AT)
    assert [s.rule for s in stale_notices(store.where)] == ["r"]


def test_two_programs_do_not_hold_one_piece_of_work(base):
    with base.alone("watch"):
        with pytest.raises(StoreError, match="another program is doing this already"), base.alone("watch"):
            pass
        with base.alone("other"):
            pass
    with base.alone("watch"):
        pass
