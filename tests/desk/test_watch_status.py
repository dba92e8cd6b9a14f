"""How fresh each source is: what state it is in, how a person sees it, and the alert when its silence is longer than its limit."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from thalweg.cli.watch_status import ago, show_sources, silence
from thalweg.desk.watch import source_states, states_of
from thalweg.desk.watch_alerts import alerts, mute
from thalweg.desk.watch_rules import read_rules
from thalweg.desk.watch_run import Watching
from thalweg.pack import load_pack
from thalweg.store import Pull, open_store

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
SOURCE = "federal_register"


@pytest.fixture
def where(tmp_path):
    return tmp_path / "store.db"


@pytest.fixture
def store(where):
    with open_store(where) as opened:
        yield opened


def pulled(store, days_ago, *, good=True, fresh=0, source=SOURCE, note=""):
    at = (NOW - dt.timedelta(days=days_ago)).isoformat(timespec="seconds")
    with store.watch(write=True) as room:
        room.documents.pulled(Pull(source, at, good=good, through=at[:10] if good else "", fresh=fresh, note=note))


@pytest.fixture
def watching(store, tmp_path):
    """Raise silences at a moment, by a rule that asks for them."""
    path = tmp_path / "alerts.yaml"
    path.write_text(json.dumps({"rules": [{"name": "quiet", "kind": "silence", "send": ["terminal"]}]}), encoding="utf-8")
    watch = Watching(log=str, tell=str)
    watch._last_rules = read_rules(path, load_pack(), NOW.date())
    return lambda now=NOW: watch._raise(store, now)


def state(store, now=NOW, source=SOURCE):
    return next(s for s in states_of(store, now) if s.source == source)


def test_a_source_is_fresh_silent_failing_or_never_pulled(store):
    assert state(store).state == "never pulled"
    pulled(store, 20, fresh=3)
    limit = state(store).limit_hours
    assert state(store).state == "silent"
    pulled(store, 0.5, fresh=0)
    assert (state(store).state, state(store).silence_hours) == ("silent", 480.0)
    pulled(store, 0.4, fresh=1)
    assert (state(store).state, state(store).silence_hours) == ("fresh", 9.6)
    assert state(store, NOW + dt.timedelta(hours=limit)).state == "silent"
    pulled(store, 0.1, good=False, note="429")
    assert (state(store).state, state(store).failures, state(store).note) == ("failing", 1, "429")


def test_each_stretch_of_silence_is_told_once_and_a_new_one_again(store, where, watching):
    pulled(store, 30, fresh=1)
    for days in (20, 10, 1):
        pulled(store, days)
        watching()
    (first,) = alerts(store=where)
    assert first.headline.startswith(f"{SOURCE} is silent: nothing new since 2026-10-28")
    pulled(store, 0.5, fresh=2)
    watching()
    assert len(alerts(store=where)) == 1
    later = NOW + dt.timedelta(days=40)
    watching(later)
    watching(later)
    assert len(alerts(store=where)) == 2


def test_a_clock_that_ran_ahead_hides_no_silence(store):
    pulled(store, -365, fresh=1)
    ahead = state(store)
    assert (ahead.silence_hours, "look at the clock" in ahead.note) == (0.0, True)
    pulled(store, 100)
    assert state(store).state == "silent"


def test_a_file_of_sources_that_was_spoiled_stops_no_watch_and_is_told_once(store, where, tmp_path):
    own, rules, log = tmp_path / "sources.yaml", tmp_path / "alerts.yaml", []
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Nothing of note.", encoding="utf-8")
    own.write_text("sources: {mine: {folder: in}}", encoding="utf-8")
    rules.write_text(json.dumps({"rules": [{"name": "quiet", "kind": "silence", "send": ["terminal"]}]}), encoding="utf-8")
    watch = Watching(log=log.append, tell=str, sources=("mine",), own=own, rules=rules, clock=lambda: NOW)
    assert watch.round(store, load_pack()) == 0, log
    own.write_text("sources: [", encoding="utf-8")
    assert [watch.round(store, load_pack()) for _ in range(2)] == [1, 1]
    assert any("the sources as they were last read stay in use" in line for line in log)
    (only,) = alerts(store=where)
    assert (only.event, "changes to it do not take hold" in only.headline) == ("silence:sources.yaml", True)
    assert sum("mine: " in line for line in log) == 3
    own.write_text("sources: {mine: {folder: in}}", encoding="utf-8")
    assert watch.round(store, load_pack()) == 0


def test_a_silence_that_is_muted_is_kept_with_the_reason_and_not_sent(store, where, watching):
    pulled(store, 30, fresh=1)
    mute(event=f"silence:{SOURCE}", reason="Switched off", who="A", store=where, now=NOW)
    watching()
    (kept,) = alerts(store=where)
    assert kept.muted == "Switched off"
    with store.watch() as room:
        assert room.alerts.waiting() == []


def test_a_person_sees_what_is_wrong_first_and_silence_as_a_bar(store, where, capsys):
    pulled(store, 30, fresh=1)
    pulled(store, 1, good=False, source="gdelt", note="\x1b[31m429 [bold]")
    lines = [s.model_dump(mode="json") for s in source_states(where, now=NOW)]
    show_sources(lines, NOW)
    shown = capsys.readouterr().out
    rows = [line for line in shown.splitlines() if line.startswith("│")]
    assert ["gdelt" in rows[0], SOURCE in rows[1]] == [True, True]
    assert "failing (1)" in rows[0]
    assert "\\x1b[31m429 [bold]" in rows[0]
    assert "██████████ 30 d of" in rows[1]
    assert shown.splitlines()[-1].startswith("1 failing, 1 silent, ")
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 min ago"), (59, "59 min ago"), (60, "1 h ago"), (4_319, "72 h ago"), (4_320, "3 d ago")]
)
def test_an_age_is_said_in_its_largest_unit(minutes, said):
    assert ago((NOW - dt.timedelta(minutes=minutes)).isoformat(), NOW) == said


def test_a_bar_is_as_full_as_the_silence_is_of_its_limit():
    assert silence({"silence_hours": 30.0, "limit_hours": 100.0}, "green") == "[green]███░░░░░░░[/] 30 h of 4 d"
    assert silence({"silence_hours": None, "limit_hours": 100.0}, "dim") == "limit 4 d"
    assert silence({"silence_hours": 30.0, "limit_hours": None}, "green") == "30 h"
