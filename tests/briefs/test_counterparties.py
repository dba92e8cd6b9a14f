"""The section on counterparties on every page, from the entries that stand in the pack and from who owns the customers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re

import pytest
from openpyxl import load_workbook

from thalweg.briefs import brief, party_words
from thalweg.briefs.captions import captions
from thalweg.briefs.gathered import Evidence, OwnersOn
from thalweg.briefs.model_base import Claim
from thalweg.briefs.model_parties import OwnersFound, RulePosture
from thalweg.briefs.portfolio_rows import Customer, Deal, Destination, Firm, Portfolio, Product
from thalweg.briefs.render_html import render_html
from thalweg.briefs.render_markdown import render_markdown
from thalweg.briefs.render_terminal import render_terminal
from thalweg.briefs.render_xlsx import render_xlsx
from thalweg.evidence import OPEN_END
from thalweg.nouns import name_key
from thalweg.pack import Listing

DATE = dt.date(2026, 11, 25)
SINCE = dt.date(2026, 11, 1)
SMIC = "Semiconductor Manufacturing International Corporation"


def entry(under, **changed):
    """An entry that was found under a name."""
    given = {
        "list": "entity_list", "entry_id": "E1", "name": "Lotus Cloud Joint Stock Company", "aliases": (), "keys": (name_key(under),),
        "country": "VN", "start": dt.date(2024, 1, 5).toordinal(), "end": OPEN_END, "citation": "89 FR 1", "url": "https://example.org/x",
        "footnotes": {}, "policy": "presumption_of_denial", "requirement": "", "basis": "primary", "note": "", "level": "possible",
        "score": 0.7, "why": ("the same words", "same country: VN"), "doubt": "party",
    }  # fmt: skip
    return Listing(**given | changed)


def portfolio(name="Lotus Cloud JSC", **customer):
    return Portfolio(
        firm=Firm(name="Meander Silicon"),
        products=[Product(id="chip", item="NVIDIA RTX 4080")],
        destinations=[Destination(place="VN")],
        customers=[
            Customer(id="c", name=name, country="VN", headquarters="VN", ultimate_parent_headquarters="VN", **customer),
            Customer(id="other", name="Red River Systems JSC", country="VN"),
        ],
        deals=[Deal(id="A", product="chip", customer="c", value_usd=2_500_000, date=dt.date(2026, 12, 1))],
    )


def owned(**changed):
    given = {
        "status": "unknown", "if_acting": "covered", "low": 0.5, "high": 0.5, "chains": ["Amber Gorge -0.6-> Ridge -0.5-> Lotus Cloud JSC"],
        "listed_owners": ["Amber Gorge"], "takes_on": "Entity List, footnote 5", "red_flags": [Claim(text="A minority holds it.")],
        "questions": ["What share does Amber Gorge hold?"], "notes": ["a share adds up to more than all"], "sources": [],
    }  # fmt: skip
    return OwnersFound(**given | changed)


def over(pack, held, *entries, evidence=None, screened=True):
    lists = dict(pack.lists)
    if screened:
        lists["entity_list"] = {**lists["entity_list"], "partial": False, "screened": {"data_date": "2026-07-31", "rows": 3420, "note": ""}}
    laid = dataclasses.replace(pack, listings=(*pack.listings, *entries), lists=lists)
    return brief(held, pack=laid, date=DATE, since=SINCE, counterparties=evidence or Evidence())


@pytest.fixture(scope="module")
def found(pack):
    rule = RulePosture(title="Affiliates rule", today="on 2026-11-25 it is stayed", next="from 2027-01-10 on it acts", sources=[])
    evidence = Evidence({"c": (OwnersOn(SINCE, {"listed_owner_share": 0.5}, owned()),)}, rule)
    return over(pack, portfolio(), entry("Lotus Cloud JSC"), evidence=evidence)


SAID = (
    "Screened against the copies of 2026-07-31, 117 days old: Entity List (3,420 rows).",
    "Affiliates rule: on 2026-11-25 it is stayed; from 2027-01-10 on it acts.",
    "Entity List: Lotus Cloud Joint Stock Company (VN, E1), since 2024-01-05; possible, 0.70 (the same words; same country: VN)",
    "same country: VN); counts only if it is the same party; review: presumption of denial",
    "Not known whether covered; covered if the rule acts",
    "Listed owners hold 50% (Amber Gorge)",
    "Chain: Amber Gorge → 60% of Ridge → 50% of Lotus Cloud JSC",
    "Would take on: Entity List, footnote 5",
    "Noted: a share adds up to more than all",
    "A minority holds it.",
    "for 1 deal, 2.5 million USD (A).",
    "No match in Entity List of 2026-07-31, 3,420 rows.",
)


def flat(text):
    return " ".join(text.split())


def test_every_page_says_the_same_of_the_customers(found):
    page = flat(re.sub(r"<[^>]+>", "", render_html(found)))
    markdown = flat(render_markdown(found))
    book = load_workbook(io.BytesIO(render_xlsx(found)))
    cells = flat(
        " ".join(str(c.value) for name in ("Screened", "Counterparties") for line in book[name].iter_rows() for c in line if c.value)
    )
    terminal = flat(render_terminal(found, width=1000))
    for line in (*SAID, captions(found)["counterparties"]):
        assert line in page, line
        assert line in markdown, line
        assert line in terminal, line
        assert line in cells or line == captions(found)["counterparties"], line
    assert json.loads(found.model_dump_json())["counterparties"]["rows"][0]["entries"][0]["entry_id"] == "E1"


def test_it_stands_between_the_deals_and_what_changed_and_is_linked_from_both(found):
    text = render_html(found)
    at = [text.index(f'<h2 id="{i}"') for i in ("deals", "counterparties", "changed")]
    assert at == sorted(at)
    assert '<a href="#counterparties">Counterparties</a>' in text
    assert '<a href="#c1">Lotus Cloud JSC</a>' in text
    assert '<tr id="c1"><td><b>Lotus Cloud JSC</b>' in text
    assert '<a href="https://example.org/x" rel="noreferrer">89 FR 1</a>' in text


def test_a_possible_match_is_marked_as_open_in_the_deal_and_under_the_facts_to_collect(found):
    (deal,) = found.deals
    assert deal.verdict.outcome == "undetermined"
    assert "possible match: open" in render_markdown(found)
    assert "Possible match: Only if it is the same party: Lotus Cloud JSC is on the Entity List as Lotus" in render_markdown(found)
    fact = found.facts[0]
    assert (fact.deals, fact.value_usd) == (["A"], 2_500_000)
    assert fact.question.startswith("Is Lotus Cloud JSC the same as Lotus Cloud Joint Stock Company (VN, E1) on the Entity List?")


def test_an_owner_through_whom_an_entry_reaches_a_party_is_not_called_listed(pack):
    reached = entry(
        "Lotus Cloud JSC", owned=True, doubt="", level="strong", name="Amber Gorge", why=("Amber Gorge -0.5-> Lotus Cloud JSC",)
    )
    found = over(pack, portfolio(), reached)
    assert found.deals[0].listed[0].standing == "owner"
    assert found.deals[0].listed[0].text.startswith("Lotus Cloud JSC is owned by parties on the Entity List: Amber Gorge")
    assert found.counterparties.rows[0].entries == []
    assert not [p for p in found.points if p.label == "Listed party"]
    assert [p.text for p in found.points if p.label == "Listed owners"] == ["Listed parties among the owners: Lotus Cloud JSC (A)."]


@pytest.mark.parametrize("doubt", ["party", "address", "day", "items"])
def test_each_sort_of_doubt_is_said_in_its_own_words_and_asked_for_once(pack, doubt):
    found = over(pack, portfolio(), entry("Lotus Cloud JSC", doubt=doubt), entry("Red River Systems JSC", doubt=doubt, entry_id="E2"))
    first, second = sorted(found.counterparties.rows, key=lambda r: r.id)
    assert party_words.standing(first.entries[0]) == ("Possible match" if doubt == "party" else "Open")
    assert "; counts only if " in party_words.found(first.entries[0])
    for row in (first, second):
        assert len([f for f in row.ask if "same_as" in f.note]) == 1
    (idle,) = [f for f in second.ask if "same_as" in f.note]
    assert party_words.ask(idle).endswith("No deal of the portfolio hangs on it.")


def test_entries_of_the_pack_itself_are_shown_where_no_list_is_given(pack):
    found = over(pack, portfolio(SMIC), screened=False)
    (own,) = found.counterparties.rows[0].entries
    assert (own.level, own.score, own.since, own.open) == ("exact", None, "2020-12-18", "")
    assert party_words.standing(own) == "Listed"
    assert found.counterparties.rows[0].unmatched.startswith("No entry of this very name in the 585 rows that the pack holds of 3 lists")


def test_more_is_asked_first_of_what_decides_whether_a_license_is_needed(designer, maker):
    for row in (*designer.counterparties.rows, *maker.counterparties.rows):
        ranks = [(not f.deals, "outcome" not in f.decides, -f.value_usd) for f in row.ask]
        assert ranks == sorted(ranks)
        assert all(f.ask == [row.name] for f in row.ask)


def test_every_customer_has_a_row_whether_or_not_it_has_a_deal(designer, maker):
    assert {c.name for c in maker.counterparties.rows} == {d.customer for d in maker.deals}
    assert [c.name for c in designer.counterparties.rows][:1] == [SMIC]
    assert sum(c.value_usd for c in designer.counterparties.rows) == sum(d.value_usd for d in designer.deals)


def test_a_portfolio_without_customers_says_so(pack):
    found = brief(portfolio().model_copy(update={"customers": [], "deals": []}), pack=pack, date=DATE, since=SINCE)
    assert found.counterparties.rows == []
    for text in (render_html(found), render_markdown(found)):
        assert "The portfolio names no customer." in text


def test_an_age_is_said_forwards_and_backwards_and_an_unknown_day_is_said_to_be_unknown(pack):
    lists = dict(pack.lists)
    for name, day in (("uvl", "2026-11-24"), ("sdn", "2026-12-01"), ("dpl", "")):
        lists[name] = {**lists[name], "partial": False, "screened": {"data_date": day, "rows": 7, "note": "removed entries cannot be seen"}}
    found = brief(portfolio(), pack=dataclasses.replace(pack, lists=lists), date=DATE, since=SINCE)
    said = list(party_words.looked_at(found.counterparties))
    assert "Screened against the copies of 2026-11-24, 1 day old: Unverified List (7 rows)." in said
    assert any(s.startswith("Screened against the copies of 2026-12-01, 6 days later: ") for s in said)
    assert "Screened against the copies of an unknown day: Denied Persons List (7 rows)." in said
    assert "Unverified List: removed entries cannot be seen." in said


HOSTILE = [
    "<script>alert(1)</script>",
    "=HYPERLINK('https://example.org')",
    "a | b",
    "two\nlines",
    "`x` **y** [z](javascript:alert)",
    "+1 -0.6-> @SUM(A1)",
    "\x1b[2J\u202eevil",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_of_an_entry_an_owner_or_a_reason_is_text_everywhere(pack, name):
    hit = entry("Lotus Cloud JSC", name=name, why=(name,), entry_id=name, note=name, citation=name, url=f"javascript:{name}")
    said = {"chains": [f"{name} -0.6-> {name}"], "listed_owners": [name], "takes_on": name, "questions": [name], "notes": [name]}
    found_owners = owned(**said, red_flags=[Claim(text=name)])
    found = over(pack, portfolio(), hit, evidence=Evidence({"c": (OwnersOn(SINCE, {"listed_owner_share": None}, found_owners),)}))
    page, markdown = render_html(found), render_markdown(found)
    assert page.count("<script") == 1
    assert 'href="javascript' not in page
    assert not re.search(r"<(?!br>)", markdown)
    assert not re.search(r"(?<!\\)\]\(", markdown)
    width = 0
    for line in markdown.splitlines():
        assert not line.startswith("lines")
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not width or not cells or cells == width, line
        width = cells
    for sheet in load_workbook(io.BytesIO(render_xlsx(found))):
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not [c for c in render_terminal(found, width=300) if (ord(c) < 32 and c != "\n") or c == "\u202e"]
    assert json.loads(found.model_dump_json())["counterparties"]["rows"][0]["entries"][0]["name"] == name
