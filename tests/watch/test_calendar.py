"""What is coming, for all and for a portfolio, and as iCalendar."""

from __future__ import annotations

import datetime as dt
import importlib.util
from pathlib import Path

from icalendar import Calendar

from thalweg.watch.calendar import for_interests, from_events, from_pack, icalendar, in_order
from thalweg.watch.fuse import fuse
from thalweg.watch.model import Interests

SPEC = importlib.util.spec_from_file_location("told", Path(__file__).parent / "told.py")
told_by = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(told_by)
account = told_by.account

DAY, LAST = dt.date(2026, 11, 27), dt.date(2027, 2, 25)
NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


def news(marks=frozenset(), facts=None, **said):
    (event,) = fuse([account("a", **said)])
    return from_events([(event, marks, facts or {})], DAY, LAST)


def test_the_switches_of_the_pack_stand_with_both_branches_and_their_sources(pack):
    found = {e.id: e for e in from_pack(pack, DAY, LAST)}
    switch = found["switch-2026-11-28-mofcom-46-para2/switch"]
    assert (switch.on, switch.kind) == ("2026-11-28", "truce")
    assert [b.partition(":")[0] for b in switch.branches] == ["as printed", "as expected"]
    assert all(e.sources for e in found.values())


def test_the_day_to_which_a_truce_is_said_to_run_is_an_entry(pack):
    assert any(e.on == "2027-01-10" and e.kind == "truce" for e in from_pack(pack, DAY, LAST))


def test_nothing_outside_the_stretch_is_shown(pack):
    assert all(DAY.isoformat() <= e.on <= LAST.isoformat() for e in from_pack(pack, DAY, LAST))


def test_news_gives_starts_ends_and_comment_periods():
    found = news(dates={"effective": "2026-12-01", "expiry": "2027-01"}, facts={"comments_close_on": "2026-12-15"})
    assert [(e.on, e.kind, e.precision) for e in in_order(found)] == [
        ("2026-12-01", "starts", "day"),
        ("2026-12-15", "comment", "day"),
        ("2027-01-01", "ends", "month"),
    ]
    assert found[0].sources == (("Example Daily, 2026-03-02", "https://example.com/a"),)


def test_the_end_of_a_stay_is_a_truce_and_a_summit_is_talks():
    assert [e.kind for e in news(measure_type="suspension", status="stayed", dates={"expiry": "2027-01-10"})] == ["truce"]
    assert [e.kind for e in news(title="Summit of the two presidents", dates={"expected": "2026-12-05"})] == ["talks"]


def test_a_portfolio_sees_what_touches_it_and_says_what(pack):
    mine = Interests(chips={"nvidia h20": "NVIDIA H20"}, places={"CN": "China"}, home="US")
    told = news(frozenset({("chip", "nvidia h20")}), dates={"effective": "2026-12-01"})
    other = news(frozenset({("place", "NO")}), title="Rule for Norway", dates={"effective": "2026-12-02"})
    found = for_interests([*told, *other, *from_pack(pack, DAY, LAST)], mine, frozenset())
    assert "Rule for Norway" not in {e.title for e in found}
    assert next(e for e in found if e.on == "2026-12-01").touches == ("NVIDIA H20",)
    assert any("China, where you sell" in e.touches for e in found)


def test_the_icalendar_file_is_read_back_with_days_ids_and_sources(pack):
    entries = in_order(from_pack(pack, DAY, LAST))
    read = Calendar.from_ical(icalendar(entries, now=NOW))
    events = read.walk("VEVENT")
    assert [e.decoded("dtstart").isoformat() for e in events] == [x.on for x in entries]
    assert len({str(e["uid"]) for e in events}) == len(entries)
    assert str(events[0]["uid"]) == f"{entries[0].id}@thalweg"
    assert icalendar(entries, now=NOW) == icalendar(entries, now=NOW)


def test_text_that_would_be_a_line_of_the_calendar_is_none():
    (entry,) = news(title="Rule\r\nEND:VEVENT\r\nBEGIN:VEVENT", dates={"effective": "2026-12-01"})
    assert len(Calendar.from_ical(icalendar([entry], now=NOW)).walk("VEVENT")) == 1
