"""Fusion: one event from several accounts, the nearest preferred, conflicts visible, whatever the order."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.watch.features import SAME, Sketch, likeness
from thalweg.watch.fuse import fuse
from thalweg.watch.identify import identifiers
from thalweg.watch.nearness import nearness

SPEC = importlib.util.spec_from_file_location("told", Path(__file__).parent / "told.py")
told_by = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(told_by)
account = told_by.account
labeled = told_by.labeled

OFFICIAL = account(
    "bis",
    "Justice Department charges four men with smuggling Nvidia H200 servers to China",
    event_type="enforcement",
    measure_type="enforcement_criminal",
    certainty="alleged_charged",
    status="pending",
    publisher="Department of Justice",
    kind="official",
    actors=[("Ann Alpha", "defendant"), ("Ben Beta", "defendant")],
    items=[("servers with Nvidia H200", "NVIDIA H200 SXM", "4A090")],
    amounts=[160e6],
    published="2026-03-02",
)
PRESS = account(
    "daily",
    "Four charged over smuggling of Nvidia servers to China",
    event_type="enforcement",
    measure_type="enforcement_criminal",
    certainty="alleged_charged",
    status="pending",
    actors=[("Ann Alpha", "defendant")],
    items=[("Nvidia H200 servers", "NVIDIA H200 SXM")],
    amounts=[180e6],
    published="2026-03-04",
)
RUMOR = account(
    "rumor",
    "Smuggling of Nvidia servers to China: four charged",
    event_type="enforcement",
    measure_type="enforcement_criminal",
    certainty="reported_anonymous",
    status="pending",
    kind="file",
    publisher="Somebody",
    actors=[("Carl Gamma", "defendant")],
    items=[("Nvidia H200 servers", "NVIDIA H200 SXM")],
    amounts=[160e6],
    published="2026-03-03",
)


def test_the_same_case_told_by_the_authority_and_the_press_is_one_event_as_the_authority_tells_it():
    (found,) = fuse([PRESS, OFFICIAL])
    assert (found.lead, found.certainty) == ("bis", "alleged_charged")
    assert [t.key for t in found.accounts] == ["bis", "daily"]
    assert {a.name for a in found.actors} == {"Ann Alpha", "Ben Beta"}
    assert found.accounts[0].why == ()
    assert any("same parties (ann alpha)" in w for w in found.accounts[1].why)
    assert f"{SAME:.0f} needed" in found.accounts[1].why[0]


def test_amounts_that_differ_stay_visible_with_who_says_which():
    (found,) = fuse([PRESS, OFFICIAL])
    (conflict,) = [c for c in found.conflicts if c.field.startswith("amount")]
    assert conflict.values == (("160,000,000", "Department of Justice"), ("180,000,000", "Example Daily"))


def test_an_unreliable_source_that_names_somebody_else_is_contradicted_and_the_event_is_not():
    (found,) = fuse([RUMOR, PRESS, OFFICIAL])
    assert {t.key: t.certainty for t in found.accounts} == {
        "bis": "alleged_charged",
        "daily": "alleged_charged",
        "rumor": "contradicted",
    }
    assert found.certainty == "alleged_charged"
    (conflict,) = [c for c in found.conflicts if c.field == "actors as defendant"]
    assert ("Carl Gamma", "Somebody") in conflict.values


def test_two_media_that_name_different_parties_contradict_each_other():
    other = account(
        "other",
        PRESS.title,
        event_type="enforcement",
        measure_type="enforcement_criminal",
        certainty="alleged_charged",
        status="pending",
        actors=[("Dora Delta", "defendant")],
        items=[("Nvidia H200 servers", "NVIDIA H200 SXM")],
        amounts=[180e6],
        published="2026-03-04",
    )
    (found,) = fuse([PRESS, other])
    assert found.certainty == "contradicted"


def test_what_a_nearer_account_denies_is_contradicted():
    filing = account(
        "filing", PRESS.title, kind="filing", publisher="Super Micro", contradicts=["that the firm was charged"], items=["Nvidia servers"]
    )
    press = account("press", PRESS.title, items=["Nvidia servers"])
    (found,) = fuse([press, filing])
    assert found.accounts[1].certainty == "contradicted"
    assert found.conflicts[0].field == "denied"


def test_the_nearest_account_leads_and_what_it_leaves_out_is_filled_from_the_next():
    short = account(
        "short", "Rule on chips", kind="official", publisher="Federal Register", items=["chips"], facts={"number": "2026-01234"}
    )
    wire = account("wire", "US rule on chips (FR 2026-01234)", publisher="Reuters", items=["chips"], amounts=[5e6])
    (found,) = fuse([wire, short])
    assert found.lead == "short"
    assert [a.value for a in found.amounts] == [5e6]
    assert found.filled == {"amounts": "wire"}


def test_standing_goes_from_the_authority_over_filing_and_wire_to_medium_and_law_firm():
    rows = [
        ("official", "BIS", "https://www.bis.gov/a"),
        ("filing", "NVIDIA", "https://www.sec.gov/a"),
        ("media", "Reuters", "https://www.reuters.com/a"),
        ("media", "Example Daily", "https://example.com/a"),
        ("media", "Fenwick", "https://whatstrending.fenwick.com/a"),
        ("file", "x", ""),
    ]
    assert [nearness(account("a", kind=k, publisher=p, url=u)) for k, p, u in rows] == [0, 1, 2, 3, 4, 5]
    assert nearness(account("a", publisher="Korea JoongAng Daily / AP", url="")) == 2
    assert nearness(account("a", publisher="reuters.com", url="https://www.reuters.com/a")) == 2


@pytest.mark.parametrize("kind", ["media", "file"])
@pytest.mark.parametrize("source", ["own-feed", "file"])
@pytest.mark.parametrize(
    ("publisher", "url"),
    [
        ("Bureau of Industry and Security", "https://evil.example/1"),
        ("Federal Register", ""),
        ("Federal Register", "https://www.federalregister.gov.evil.example/d/1"),
        ("Federal Register", "https://www.federalregister.gov@evil.example/d/1"),
        ("Federal Register", "https://evil.example\\.federalregister.gov/"),
        ("Inside BIS Weekly (fan blog, not affiliated with the Federal Register)", ""),
        ("Reuters", "https://reuters.com.evil.example/"),
        ("Department of Justice fans", "https://www.justice.gov/1"),
    ],
)
def test_no_document_makes_itself_the_authority_or_a_wire_agency(kind, source, publisher, url):
    assert nearness(account("a", kind=kind, source=source, publisher=publisher, url=url)) >= 3


def test_a_feed_that_links_to_the_authority_is_no_authority_unless_it_is_declared_so():
    said = {"publisher": "Bureau of Industry and Security", "url": "https://www.bis.gov/press-release/1", "source": "own-feed"}
    assert nearness(account("a", kind="media", **said)) == 3
    assert nearness(account("a", kind="official", **said)) == 0


@pytest.mark.parametrize("kind", ["file", "official"])
def test_a_file_given_by_hand_is_of_the_authority_only_with_an_address_of_it_and_says_so(kind):
    said = {"kind": kind, "source": "file", "publisher": "BIS"}
    (found,) = fuse([account("a", url="https://www.bis.gov/press-release/1", **said)])
    assert found.official
    assert found.accounts[0].why == ("the publisher is as the file says",)
    for url in ("https://bis.gov.example/1", "https://www.treasury.gov/1", ""):
        (other,) = fuse([account("a", url=url, **said)])
        assert not other.official


def test_what_is_told_only_by_a_denial_did_not_come_about():
    denial = account(
        "d",
        "Commerce denies report",
        event_type="listing",
        measure_type="entity_listing",
        certainty="official_final",
        contradicts=["denied"],
    )
    (found,) = fuse([denial])
    assert (found.certainty, found.states, found.accounts[0].certainty) == ("contradicted", (), "contradicted")


def test_a_report_that_one_of_equal_standing_denies_is_doubtful_and_that_of_the_authority_is_not():
    title = "US adds Huawei to the list"
    listed = {"event_type": "listing", "measure_type": "entity_listing", "actors": [("Huawei", "listed_party")], "status": "in_force"}
    report, denial = account("r", title, **listed), account("d", title, contradicts=["that it was added"], **listed)
    (found,) = fuse([report, denial])
    assert {t.certainty for t in found.accounts} == {"contradicted"}
    (kept,) = fuse([account("r", title, kind="official", **listed), denial])
    assert (kept.certainty, kept.states[-1].state) == ("official_announced", "in_force")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("See 90 FR 47201 for the rule", "frcite:90 47201"),
        ("Docket No. 250929-0163", "docket:250929-0163"),
        ("RIN 0694-AK11", "rin:0694-AK11"),
        ("the House passed H.R. 2683", "bill:HR 2683"),
        ("case 1:25-cr-00123 in the district court", "case:1:25-cr-00123"),
        ("MOFCOM No. 70 of 2025", "mofcom:70 2025"),
        ("商务部公告2025年第70号", "mofcom:70 2025"),
        ("document 2025-19846", "fr:2025-19846"),
    ],
)
def test_numbers_of_authorities_are_read(text, number):
    assert number in identifiers(account("a", text))


def test_a_number_of_an_act_joins_what_is_told_months_apart():
    inspection = account(
        "pi",
        "Rule on chips, public inspection",
        kind="official",
        source="public_inspection",
        facts={"number": "2026-01234"},
        published="2026-01-10",
    )
    published = account("fr", "Chips", kind="official", source="federal_register", facts={"number": "2026-01234"}, published="2026-04-20")
    assert len(fuse([inspection, published])) == 1


def test_two_events_of_one_document_stay_two():
    one, other = (account(k, "Rule on chips 90 FR 47201", document="article", items=["chips"]) for k in "ab")
    assert len(fuse([one, other])) == 2


def test_the_same_measure_by_another_authority_is_another_event():
    us = account("us", "New rule restricts exports of chip tools to China", items=["chip tools"])
    nl = account("nl", "New rule restricts exports of chip tools to China", items=["chip tools"], imposer=["NL"])
    assert len(fuse([us, nl])) == 2


@pytest.mark.parametrize(
    "other", [{"items": [("H100", "NVIDIA H100 SXM", "3A090")]}, {"destination": ["VN"]}], ids=["another product", "another destination"]
)
def test_measures_that_are_worded_alike_on_another_product_or_destination_are_events_of_their_own(other):
    said = {"measure_type": "licence_requirement", "items": [("H20", "NVIDIA H20", "3A090")]} | other
    one = account(
        "a",
        "US requires a license for exports of Nvidia H20 chips to China",
        **said | {"items": [("H20", "NVIDIA H20", "3A090")], "destination": ["CN"]},
    )
    two = account("b", "US requires a license for exports of Nvidia H20 chips to China", **said)
    assert len(fuse([one, two])) == 2


def test_a_chain_does_not_join_what_exclude_each_other():
    us = account("us", "Export rule on chip tools to China 90 FR 47201", items=["chip tools"])
    nobody = account("n", "Export rule on chip tools to China", items=["chip tools"], imposer=[])
    nl = account("nl", "Export rule on chip tools to China", items=["chip tools"], imposer=["NL"])
    assert sorted(len(f.accounts) for f in fuse([us, nobody, nl])) == [1, 2]


@pytest.mark.needs_shared
def test_the_labeled_items_are_events_of_their_own_two_smuggling_cases_a_week_apart_among_them(shared):
    told = labeled(shared)
    assert len(fuse(told)) == len(told)


@pytest.mark.needs_shared
def test_likeness_is_symmetric(shared):
    told = [Sketch(a) for a in [*labeled(shared), OFFICIAL, PRESS, RUMOR]]
    for a in told:
        for b in told:
            assert likeness(a, b).points == likeness(b, a).points


TITLES = ["Rule on chips for China", "Firm fined over chips", "Huawei added to the list", "Rule on chips for China is stayed"]
POOL = st.lists(
    st.builds(
        lambda n, t, k, p, d, i, a: account(
            f"k{n}",
            t,
            event_type=k,
            publisher=p,
            kind="official" if p == "BIS" else "media",
            published=d,
            imposer=i,
            actors=a,
            items=["chips"],
        ),
        st.integers(0, 10_000),
        st.sampled_from(TITLES),
        st.sampled_from(["regulation", "listing", "enforcement"]),
        st.sampled_from(["BIS", "Reuters", "Example Daily", "Fenwick"]),
        st.sampled_from(["2026-03-01", "2026-03-02", "2026-03-20", "2026-05-01"]),
        st.sampled_from([(), ("US",), ("NL",)]),
        st.lists(st.sampled_from(["Huawei", "SMIC", "Example Ltd"]), max_size=2, unique=True),
    ),
    max_size=12,
    unique_by=lambda a: a.event.key,
)


@given(POOL, st.randoms(use_true_random=False))
def test_the_order_of_accounts_does_not_matter(told, draw: random.Random):
    mixed = list(told)
    draw.shuffle(mixed)
    assert fuse(mixed) == fuse(told)


@given(POOL)
def test_every_account_is_of_exactly_one_event(told):
    keys = [t.key for f in fuse(told) for t in f.accounts]
    assert sorted(keys) == sorted(a.event.key for a in told)
