"""Documents taken into the store: each event once whatever the order, links, stale rules, stays, what a second reading changes."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest

from thalweg.desk import answer
from thalweg.desk.watch_brief import news_view
from thalweg.desk.watch_calendar import calendar
from thalweg.desk.watch_digest import digest
from thalweg.desk.watch_events import events
from thalweg.desk.watch_take import take_again, take_documents
from thalweg.evidence import BadInput
from thalweg.nouns.news import Actor, Amount, Document, Event, EventCountries, EventItem
from thalweg.pack import load_pack
from thalweg.store import Pull, open_store

PACK = load_pack()
NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
H20 = "us-ear/744/23-a-1"


@pytest.fixture
def where(tmp_path):
    return tmp_path / "store.db"


@pytest.fixture
def store(where):
    with open_store(where) as opened:
        yield opened


def document(identity, title, *, day="2026-11-20", publisher="Example Daily", kind="media", text="", **facts):
    source = "federal_register" if kind == "official" else "news"
    return Document(
        identity, source, f"https://example.com/{identity}", title, text, dt.date.fromisoformat(day), publisher, kind, facts=facts
    )


def event(identity, title="", **said):
    base = Event(f"k-{identity}", identity, title or identity, "licence", "licence_requirement", "official_announced", "announced")
    where = EventCountries(imposer=("US",), destination=("CN",))
    told = {"countries": where, "items": (EventItem("H20", "NVIDIA H20", "3A090"),), "evidence": {"event_type": (title or identity,)}}
    return replace(base, **told | said)


class Told:
    """Reads from documents what a test says that they tell."""

    def __init__(self, *pairs):
        self.documents = [d for d, _ in pairs]
        self.of = {d.id: e for d, e in pairs}

    def __call__(self, document):
        return self.of[document.id]

    def take(self, store, documents=None, now=NOW, **more):
        given = self.documents if documents is None else documents
        return take_documents(store, given, pack=PACK, now=now, extract=self, extractor="t1", **more)


LICENSE = "US requires a license for H20 sales to China"
OFFICIAL = (document("fr1", "License for H20 circuits to China", kind="official", publisher="Federal Register"), (event("fr1", LICENSE),))
WIRE = (document("w1", LICENSE, day="2026-11-21", publisher="Reuters"), (event("w1", LICENSE, amounts=(Amount(5.5e9, "USD"),)),))
DAILY = (
    document("d1", "H20 sales to China need a license", day="2026-11-22"),
    (event("d1", LICENSE, amounts=(Amount(4.5e9, "USD"),)),),
)
OTHER = (
    document("o1", "Huawei joins the list", day="2026-11-21"),
    (event("o1", event_type="listing", measure_type="entity_listing", actors=(Actor("Huawei", "listed_party", "CN"),), items=()),),
)


def seen(where):
    return sorted((e.headline, e.state, tuple(a.document for a in e.accounts), len(e.conflicts)) for e in events(store=where))


def test_three_accounts_are_one_event_with_the_official_one_first_and_the_amounts_that_differ(store, where):
    done = Told(DAILY, WIRE, OFFICIAL, OTHER).take(store)
    assert (done.new, len(done.events), done.changed_events) == (4, 2, [])
    found = next(e for e in events(store=where) if e.event_type == "licence")
    assert [a.document for a in found.accounts] == ["fr1", "w1", "d1"]
    assert found.conflicts[0]["values"] == [["5,500,000,000", "Reuters"], ["4,500,000,000", "Example Daily"]]
    assert {"kind": "chip", "id": "NVIDIA H20", "title": "NVIDIA H20", "why": "named as H20"} in found.links


def test_the_order_in_which_documents_come_does_not_matter(tmp_path):
    pairs = (DAILY, WIRE, OFFICIAL, OTHER)
    results = set()
    for n, order in enumerate(itertools.permutations(pairs)):
        path = tmp_path / f"{n}.db"
        told = Told(*order)
        with open_store(path) as store:
            for d in told.documents:
                told.take(store, [d])
        results.add(tuple(seen(path)))
        if n == 5:
            break
    assert len(results) == 1


def test_an_event_keeps_its_id_when_a_nearer_account_comes(store, where):
    told = Told(DAILY, OFFICIAL)
    (before,) = told.take(store, [DAILY[0]]).events
    done = told.take(store, [OFFICIAL[0]])
    assert (done.events, done.changed_events) == ([], [before])
    assert events(store=where)[0].accounts[0].document == "fr1"


def test_the_same_document_again_changes_nothing_and_a_changed_one_takes_the_place_of_its_events(store, where):
    told = Told(DAILY)
    told.take(store)
    again = told.take(store)
    assert (again.new, again.changed, again.events, again.changed_events) == (0, 0, [], [])
    told.of["d1"] = ()
    done = told.take(store, [replace(DAILY[0], text="Corrected: no license is needed.")])
    assert done.changed == 1
    assert events(store=where) == []


def test_a_document_that_the_extractor_fails_on_is_named_and_the_others_are_taken(store, where):
    def read(document):
        if document.id == "d1":
            raise ValueError("odd text")
        return OFFICIAL[1]

    done = take_documents(store, [DAILY[0], OFFICIAL[0]], pack=PACK, now=NOW, extract=read, extractor="t")
    assert done.problems == ["d1: its events could not be read (ValueError: odd text); the document is kept"]
    assert len(events(store=where)) == 1


def test_another_version_of_the_extractor_reads_anew_and_says_what_it_reads_otherwise(store, where):
    told = Told(DAILY, OTHER)
    told.take(store)
    told.of["d1"] = (replace(DAILY[1][0], certainty="official_final"), event("d1", key="second"))
    (difference,) = take_again(store, pack=PACK, now=NOW, extract=told, extractor="t2")
    assert (difference.document, difference.added, difference.changed) == ("d1", ["second"], {"k-d1": ["certainty"]})
    assert take_again(store, pack=PACK, now=NOW, extract=told, extractor="t2") == []
    assert len(events(store=where)) == 3


STAY = (
    document("s1", "BIS stays the affiliates rule (90 FR 50857)", day="2025-11-11"),
    (
        event(
            "s1",
            "BIS stays the affiliates rule (90 FR 50857)",
            event_type="regulation",
            measure_type="suspension",
            status="stayed",
            items=(),
        ),
    ),
)
MADE = (
    document(
        "m1", "Affiliates rule (90 FR 47201)", day="2025-09-30", kind="official", publisher="Federal Register", citation="90 FR 47201"
    ),
    (
        event(
            "m1",
            "Affiliates rule (90 FR 47201)",
            event_type="regulation",
            measure_type="export_control_rule",
            status="in_force",
            dates={"effective": "2025-09-29"},
            items=(),
        ),
    ),
)


@pytest.mark.parametrize("order", [(MADE, STAY), (STAY, MADE)], ids=["rule first", "stay first"])
def test_a_stay_moves_the_state_of_the_rule_that_it_stays_whichever_is_read_first(store, where, order):
    told = Told(*order)
    for d in told.documents:
        told.take(store, [d])
    found = {e.accounts[0].document: e for e in events(store=where)}
    assert found["m1"].state == "stayed"
    assert found["s1"].follows == found["m1"].id
    assert events(store=where, date="2025-10-15", event=found["m1"].id)[0].state == "in_force"


# ---------------------------------------------------------------- stale rules


AMENDS = document(
    "fr9",
    "Changes to the end-use rule",
    kind="official",
    text="4. Section 744.23 is amended by revising paragraph (a)(1).",
    number="2026-20009",
    type="Rule",
    action="Final rule.",
    effective_on="2026-11-20",
    cfr="15:744",
    citation="91 FR 60009",
)


def asked(date):
    party = {"role": "end_user", "name": "Example Lab", "country": "CN", "headquarters": "CN", "ultimate_parent_headquarters": "CN"}
    facts = {"supercomputer_end_use": True}
    exporter = {"name": "Example Exporter Inc", "country": "US"}
    return {"date": date, "item": "NVIDIA L20", "from": "US", "to": "CN", "exporter": exporter, "parties": [party], "facts": facts}


def test_an_amended_rule_is_said_to_be_stale_in_the_pack_and_on_every_answer_that_rests_on_it(store, where, monkeypatch):
    from thalweg.desk.knowledge import describe

    monkeypatch.setenv("THALWEG_STORE", str(where))
    before = answer.decide(asked("2026-11-25"))
    assert any(r.rule.startswith("us-ear/744/23") for r in before.requirements)
    done = Told((AMENDS, ())).take(store)
    assert any(s.startswith(H20) and "reviewed on 2026-10-02, amended on 2026-11-20 [91 FR 60009]" in s for s in done.stale)
    after = answer.decide(asked("2026-11-25"))
    added = set(after.open_questions) - set(before.open_questions)
    rests = [r.rule for r in after.requirements if r.rule.startswith("us-ear/744/23")]
    assert {s.partition(" may be stale")[0] for s in added} >= set(rests)
    assert after.outcome == before.outcome
    assert "may be stale" in after.explain()
    assert answer.decide(asked("2026-11-19")).open_questions == answer.decide(asked("2026-11-19"), store=None).open_questions
    assert not any("stale" in q for q in answer.decide(asked("2026-11-19")).open_questions)
    assert "amended on 2026-11-20" in describe(H20)[0]["stale"]
    assert {row["rule"] for row in describe("stale")} >= {H20}
    assert next(r for r in describe("rules") if r["id"] == H20)["stale"]


def test_without_a_store_an_answer_is_as_it_was(monkeypatch, tmp_path):
    monkeypatch.setenv("THALWEG_STORE", str(tmp_path / "none.db"))
    assert not any("stale" in q for q in answer.decide(asked("2026-11-25")).open_questions)
    assert not (tmp_path / "none.db").exists()


# ---------------------------------------------------------------- digest, calendar, brief


PORTFOLIO = """
watch = ["chip-security-act"]
[firm]
name = "Example Silicon"
country = "US"
[[products]]
id = "H20"
item = "NVIDIA H20"
[[destinations]]
place = "CN"
[[customers]]
id = "lotus"
name = "Lotus Cloud JSC"
country = "VN"
[[licenses]]
id = "L1"
number = "D123"
products = ["H20"]
customers = ["lotus"]
destinations = ["VN"]
ends = 2026-12-24
"""


@pytest.fixture
def portfolio(tmp_path):
    path = tmp_path / "portfolio.toml"
    path.write_text(PORTFOLIO, encoding="utf-8")
    return path


def test_a_digest_says_what_an_event_means_for_the_portfolio_each_line_with_its_source(store, where, portfolio):
    Told(OFFICIAL, WIRE, OTHER).take(store, pull=Pull("news", "", good=True, through="2026-11-27"))
    found = digest(portfolio, store=where, date="2026-11-27")
    (line,) = found.lines
    assert line.meaning[0] == "is about NVIDIA H20"
    assert "goes to China" in line.meaning
    assert line.sources[0]["url"] == "https://example.com/fr1"
    assert (found.seen, found.touching, len(found.not_known)) == (2, 1, 1)
    text = found.explain()
    assert "for you: is about NVIDIA H20" in text
    assert "[Federal Register, 2026-11-20 https://example.com/fr1" in text


def test_a_customer_that_is_named_weighs_more_than_a_product(store, where, portfolio):
    named = (
        document("c1", "Lotus Cloud is searched"),
        (event("c1", event_type="enforcement", actors=(Actor("Lotus Cloud JSC", "target"),), items=()),),
    )
    Told(OFFICIAL, named).take(store)
    assert [x.meaning[0] for x in digest(portfolio, store=where, date="2026-11-27").lines] == [
        "names Lotus Cloud JSC",
        "is about NVIDIA H20",
    ]


def test_of_more_events_than_are_weighed_in_full_those_that_touch_most_are(store, where, portfolio, monkeypatch):
    monkeypatch.setattr("thalweg.desk.watch_digest._WEIGHED", 1)
    place = (document("p1", "A rule for China"), (event("p1", event_type="regulation", measure_type="export_control_rule", items=()),))
    Told(OFFICIAL, place, OTHER).take(store)
    found = digest(portfolio, store=where, date="2026-11-27")
    assert ([x.meaning[0] for x in found.lines], found.touching) == (["is about NVIDIA H20"], 2)


def test_a_digest_says_which_source_was_not_read(store, where):
    Told(OFFICIAL).take(store, pull=Pull("news", "", good=True))
    Told().take(store, pull=Pull("fr", "", good=False, note="no address"))
    assert digest(store=where, date="2026-11-29").not_known == [
        "never pulled, so that what they published is not known: federal_register, federal_register_inspection, ecfr, list_changes, mofcom",
        "fr: the last pull failed (no address); it was never read, and what it published is not known",
        "news: last read on 2026-11-27; what it published since is not known",
    ]


def test_a_digest_says_which_source_is_silent_and_what_a_good_pull_could_not_read(store, where):
    Told(OFFICIAL).take(store, pull=Pull("ecfr", "", good=True), now=NOW - dt.timedelta(200))
    Told(OFFICIAL).take(store, pull=Pull("ecfr", "", good=True, note="the feed was cut"))
    found = digest(store=where, date="2026-11-27").not_known
    assert found[1].startswith("ecfr: nothing new since 2026-05-11, longer than its limit of ")
    assert found[2] == "ecfr: at the last pull: the feed was cut"


def test_files_alone_are_no_source_that_was_read(store, where):
    Told(OFFICIAL).take(store, pull=Pull("file", "", good=True))
    assert digest(store=where, date="2026-11-29").not_known == ["no source has been pulled: nothing here says that nothing happened"]


def test_an_event_without_a_day_or_with_one_ahead_is_in_the_digest_of_the_day_on_which_it_was_read(store, where, portfolio):
    undated = (replace(OFFICIAL[0], published=None), OFFICIAL[1])
    Told(undated, (replace(OTHER[0], published=dt.date(2031, 1, 5)), OTHER[1])).take(store)
    found = digest(store=where, date="2026-11-27")
    assert found.seen == 2
    assert {x.dated for x in found.lines} == {"undated, first read on 2026-11-27", "2031-01-05, which lies ahead; first read on 2026-11-27"}
    assert {x.standing for x in found.lines} == {"the authority itself", "the press; no official source among the accounts"}
    (line,) = digest(portfolio, store=where, date="2026-11-27").lines
    assert line.dated == "undated, first read on 2026-11-27"
    assert digest(store=where, date="2027-03-01").seen == 0
    assert len(events(store=where, since="2026-11-01", until="2026-11-30")) == 2
    assert len(events(store=where)) == 2


@pytest.mark.usefixtures("store")
def test_a_store_that_cannot_be_looked_into_is_said_once_with_an_answer(monkeypatch, where, capsys):
    import sqlite3

    with sqlite3.connect(where) as connection:
        connection.execute("UPDATE thalweg_version SET version_num = 'm9999'")
    monkeypatch.setenv("THALWEG_STORE", str(where))
    for _ in range(2):
        assert answer.decide(asked("2026-11-25")).outcome
    said = capsys.readouterr().err
    assert said.count("could not look up whether rules are stale") == 1
    assert "m9999" in said


def test_the_calendar_holds_the_ends_of_licenses_days_of_the_news_and_of_the_pack(store, where, portfolio):
    coming = replace(OFFICIAL[1][0], dates={"announced": "2026-11-20", "effective": "2027-01-15"})
    Told((OFFICIAL[0], (coming,))).take(store)
    found = calendar(portfolio, store=where, date="2026-11-27")
    assert [(e.on, e.kind) for e in found if e.kind in ("license", "starts")] == [("2026-12-24", "license"), ("2027-01-15", "starts")]
    assert any(e.kind == "truce" and "China, where you sell" in e.touches for e in found)
    assert [e.on for e in found] == sorted(e.on for e in found)


def test_the_calendar_works_without_a_store_and_says_so_where_one_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("THALWEG_STORE", str(tmp_path / "none.db"))
    assert calendar(date="2026-11-27")
    with pytest.raises(Exception, match="there is no store here"):
        calendar(date="2026-11-27", store=tmp_path / "none.db")


def test_a_briefing_keeps_the_day_of_an_undated_event_empty_and_says_when_it_was_read(store, where, portfolio):
    from thalweg.briefs import brief, read_portfolio
    from thalweg.briefs.render_terminal import render_terminal

    Told((replace(OFFICIAL[0], published=None), OFFICIAL[1])).take(store)
    held, day = read_portfolio(portfolio), dt.date(2026, 11, 27)
    view = news_view(held, pack=PACK, date=day, since=dt.date(2026, 11, 1), store=where)
    assert [(x.day, x.dated) for x in view.lines] == [("", "undated, first read on 2026-11-27")]
    assert "undated, first read on" in " ".join(render_terminal(brief(held, pack=PACK, date=day, news=view)).split())


def test_a_briefing_has_the_section_on_every_page(store, where, portfolio):
    from thalweg.briefs import brief, read_portfolio
    from thalweg.briefs.render_html import render_html
    from thalweg.briefs.render_markdown import render_markdown
    from thalweg.briefs.render_terminal import render_terminal

    Told(OFFICIAL, WIRE).take(store)
    held, day = read_portfolio(portfolio), dt.date(2026, 11, 27)
    view = news_view(held, pack=PACK, date=day, since=dt.date(2026, 11, 1), store=where)
    made = brief(held, pack=PACK, date=day, news=view)
    for page in (render_html(made), render_markdown(made), render_terminal(made)):
        assert "What happened, what it means for you" in page
        assert LICENSE in page
        assert "is about NVIDIA H20" in page
    assert 'href="https://example.com/fr1"' in render_html(made)
    assert "What happened" not in render_terminal(brief(held, pack=PACK, date=day))


def test_events_are_asked_for_by_what_they_touch_by_text_and_by_id(store, where):
    Told(OFFICIAL, OTHER).take(store)
    assert [e.accounts[0].document for e in events(store=where, touching=["party:HUAWEI"])] == ["o1"]
    assert [e.accounts[0].document for e in events(store=where, touching=["chip:nvidia H20"])] == ["fr1"]
    assert [e.accounts[0].document for e in events(store=where, find="huawei")] == ["o1"]
    with pytest.raises(BadInput, match="write KIND:VALUE"):
        events(store=where, touching=["Huawei"])
    with pytest.raises(BadInput, match="there is no such event"):
        events(store=where, event="ev-none")
