"""What media tell of one matter over months, taken into a store: proposal, rule, suspension, and a denial."""

from __future__ import annotations

import datetime as dt
import importlib.util
import itertools
from pathlib import Path

import pytest

from thalweg.desk.watch_events import events
from thalweg.desk.watch_take import take_documents
from thalweg.nouns.news import Document
from thalweg.pack import load_pack
from thalweg.store import open_store
from thalweg.watch.alert import Readied, fires
from thalweg.watch.alert_rules import AlertRule
from thalweg.watch.fuse import fuse

SPEC = importlib.util.spec_from_file_location("told", Path(__file__).parent / "told.py")
told_by = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(told_by)
account = told_by.account
PACK = load_pack()
NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
H20 = "for exports of Nvidia H20 chips to China"


def told(key, day, title, text, publisher="Reuters"):
    return Document(key, "file", "", title, text, dt.date.fromisoformat(day), publisher)


PROPOSED = told(
    "a", "2026-09-01", f"US proposes license requirement {H20}", f"The Commerce Department proposed a license requirement {H20}."
)
RULE = told(
    "b",
    "2026-10-01",
    f"US requires license {H20}",
    f"The Commerce Department issued a final rule requiring a license {H20}, effective October 15, 2026.",
)
STAY = told(
    "c",
    "2026-11-01",
    "US suspends license requirement for Nvidia H20 chips to China for 90 days",
    f"The Commerce Department suspended the license requirement {H20} until January 30, 2027.",
)
OTHER = told(
    "o",
    "2026-10-20",
    "US requires license for exports of AMD MI308 chips to China",
    "The Commerce Department issued a final rule requiring a license for exports of AMD MI308 chips to China, effective October 25, 2026.",
)
LISTED = told(
    "d",
    "2026-11-20",
    "BIS adds 12 Chinese companies to Entity List",
    "The Commerce Department added 12 Chinese companies, including Alpha Semi, to the Entity List on Friday.",
)
DENIAL = told(
    "f",
    "2026-11-21",
    "Commerce denies report that it added Alpha Semi to Entity List",
    "The Commerce Department denied a report that it added Alpha Semi to the Entity List.",
    "Bloomberg",
)


def taken(path, documents):
    with open_store(path) as store:
        for document in documents:
            take_documents(store, [document], pack=PACK, now=NOW)
    return {e.accounts[0].document: e for e in events(store=path)}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_a_suspended_rule_is_shown_as_suspended_and_the_proposal_names_the_rule_whatever_the_order(tmp_path, order):
    documents = [PROPOSED, RULE, STAY, OTHER]
    found = taken(tmp_path / "w.db", [documents[i] for i in order])
    assert {k: e.state for k, e in found.items()} == {"a": "proposed", "b": "stayed", "c": "stayed", "o": "in_force"}
    assert (found["b"].follows, found["c"].follows, found["o"].follows) == (found["a"].id, found["b"].id, "")
    assert [c["field"] for c in found["b"].conflicts] == ["later report"]
    assert found["c"].id in found["b"].conflicts[0]["values"][0][0]
    assert found["o"].conflicts == []


def test_a_denial_and_what_it_denies_point_at_each_other_whatever_the_order(tmp_path):
    for n, documents in enumerate(itertools.permutations((LISTED, DENIAL))):
        found = taken(tmp_path / f"{n}.db", documents)
        assert (found["f"].certainty, found["f"].follows, found["f"].states) == ("contradicted", found["d"].id, [])
        assert found["f"].state != "in_force"
        assert [c["field"] for c in found["d"].conflicts] == ["denied"]


def test_a_rule_that_tells_only_of_what_is_official_is_not_fired_by_a_document_that_calls_itself_so():
    rule = Readied(AlertRule(name="official", official_only=True, send=["terminal"]))
    spoof = account("s", kind="media", source="own-feed", publisher="Bureau of Industry and Security", url="https://evil.example/1")
    by_hand = account("s", kind="file", source="file", publisher="Federal Register", url="")
    for said in (spoof, by_hand):
        assert fires(rule, fuse([said])[0], (), "announced") is None
    declared = account("s", kind="official", source="own-feed", publisher="BIS", url="https://mirror.example/1")
    assert fires(rule, fuse([declared])[0], (), "announced").why == ("told by the authority or a filing",)
