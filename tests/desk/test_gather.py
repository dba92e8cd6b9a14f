"""What is gathered for a transaction: who its parties are on the lists of the day, and who owns them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from thalweg import decide
from thalweg.controls import decide as decide_over
from thalweg.controls import rulebook
from thalweg.desk.gather import Gatherer, Match, Reviewed, Screened, named
from thalweg.desk.owners import read_holdings
from thalweg.evidence import BadInput
from thalweg.nouns import ListEntry
from thalweg.pack import load_pack

PACK = load_pack()
BOOK = rulebook(PACK)
ENTRY = ListEntry(
    "entity_list",
    "E1",
    "Blue Heron Semiconductor Ltd.",
    countries=("MY",),
    license_requirement="For all items subject to the EAR. (See §744.11 of the EAR)",
    license_policy="Presumption of denial",
    footnotes=("4",),
    listed_on=dt.date(2024, 1, 5),
    notices=("made for this test",),
)
HOLDINGS = {
    "owns": [
        {"owner": "Blue Heron Semiconductor", "owned": "Middle Holding", "share": 0.6},
        {"owner": "Middle Holding", "owned": "Quiet Water Trading", "share": 0.5},
        {"owner": "Someone Else", "owned": "Quiet Water Trading", "share": 0.5},
    ]
}


class OneEntry:
    """Finds one entry for every name that begins in one way."""

    def __init__(self, level: str, start: str = "Blue Heron") -> None:
        self.level: Any = level
        self.start = start
        self.decided: dict[str, Reviewed] = {}
        self.asked: list[tuple[str, dt.date]] = []

    def matches(self, party: Mapping[str, Any], date: dt.date) -> Sequence[Match]:
        """Find the entry where the name begins as it does."""
        self.asked.append((party["name"], date))
        return [Match(ENTRY, self.level, 0.9, ["the first words are equal"])] if party["name"].startswith(self.start) else []

    def lists(self, date: dt.date) -> Sequence[Screened]:  # noqa: ARG002  (the same copy on every day)
        """Name the one list."""
        return [Screened("entity_list", dt.date(2026, 7, 31), 3420)]

    def reviewed(self, party: Mapping[str, Any], date: dt.date) -> Reviewed:  # noqa: ARG002  (decisions hold on every day)
        """Return what reviewers decided on the party."""
        return self.decided.get(party["name"], Reviewed())


def sale(name: str, date: str = "2025-06-02", **party: Any) -> dict[str, Any]:
    """A gaming chip for a buyer in Malaysia."""
    local = {"country": "MY", "headquarters": "MY", "ultimate_parent_headquarters": "MY"}
    return {"date": date, "item": "NVIDIA RTX 4080", "to": "MY", "parties": [{"role": "end_user", "name": name, **local, **party}]}


def over(gatherer: Gatherer, transaction: dict[str, Any]) -> Any:
    """Decide a transaction over what is gathered for it."""
    found = gatherer.gather(PACK, [transaction])
    return decide_over(found.over(BOOK), found.transactions[0])


@pytest.fixture
def holdings(tmp_path: Path) -> Any:
    """A file with a chain of holdings, read."""
    file = tmp_path / "holdings.json"
    file.write_text(json.dumps(HOLDINGS), encoding="utf-8")
    return read_holdings(file, PACK)


def test_every_named_party_is_looked_for_exporter_and_owners_too():
    transaction = sale("A Co", owners=[{"name": "B Co", "share": 0.2}]) | {"exporter": {"name": "C Co"}}
    assert [p["name"] for p in named(transaction)] == ["C Co", "A Co", "B Co"]


def test_a_strong_match_counts_as_the_entry_and_a_possible_one_leaves_the_answer_open():
    assert over(Gatherer(OneEntry("strong")), sale("Blue Heron Semi")).outcome == "license_required"
    assert over(Gatherer(OneEntry("possible")), sale("Blue Heron Semi")).outcome == "undetermined"
    assert over(Gatherer(OneEntry("weak")), sale("Blue Heron Semi")).outcome == "no_license_required"


def test_what_a_reviewer_cleared_does_not_count_and_what_one_confirmed_does(holdings):
    screen = OneEntry("possible")
    screen.decided = {"Blue Heron Semi": Reviewed(not_same_as=("entity_list:E1",)), "Blue Heron Semis": Reviewed(("entity_list:E1",))}
    cleared = over(Gatherer(screen), sale("Blue Heron Semi"))
    assert cleared.outcome == "no_license_required"
    assert any("entity_list:E1" in note and "review" in note for note in cleared.notes)
    assert over(Gatherer(screen), sale("Blue Heron Semis")).outcome == "license_required"
    screen.decided = {"Blue Heron Semiconductor": Reviewed(("entity_list:E1",))}
    assert over(Gatherer(screen, holdings), sale("Quiet Water Trading", "2025-10-15")).outcome == "license_required"
    screen.decided = {"Blue Heron Semiconductor": Reviewed(not_same_as=("entity_list:E1",))}
    assert over(Gatherer(screen, holdings), sale("Quiet Water Trading", "2025-10-15")).outcome == "no_license_required"


def test_what_a_transaction_states_of_a_party_comes_before_a_review():
    screen = OneEntry("possible")
    screen.decided = {"Blue Heron Semi": Reviewed(not_same_as=("entity_list:E1",))}
    stated = sale("Blue Heron Semi", same_as=["entity_list:E1"])
    assert over(Gatherer(screen), stated).outcome == "license_required"


def test_the_answer_says_which_copies_names_were_screened_against():
    said = [a.assumption for a in over(Gatherer(OneEntry("strong")), sale("Grey Heron")).assumptions]
    assert any("screened against entity_list of 2026-07-31 (3,420 rows)" in s and "no match is no all-clear" in s for s in said)


def test_a_party_is_screened_once_for_a_day():
    screen = OneEntry("strong")
    Gatherer(screen).gather(PACK, [sale("Grey Heron"), sale("Grey Heron"), sale("Grey Heron", "2025-06-03")])
    assert screen.asked == [("Grey Heron", dt.date(2025, 6, 2)), ("Grey Heron", dt.date(2025, 6, 3))]


def test_what_the_pack_holds_under_a_name_is_not_found_twice():
    (hit,) = over(Gatherer(OneEntry("strong", start="Huawei")), sale("Huawei Technologies Co., Ltd.")).screening
    assert hit["entry_id"] != "E1"


def test_a_company_owned_by_half_through_a_chain_is_covered_while_the_rule_is_in_force(holdings):
    answer = over(Gatherer(OneEntry("strong"), holdings), sale("Quiet Water Trading", "2025-10-15"))
    assert answer.outcome == "license_required"
    assert "us-ear/744/16-affiliates" in {r.rule for r in answer.requirements}
    assert answer.review_policy == "presumption_of_denial"
    (hit,) = [h for h in answer.screening if h.get("through") == "owners"]
    assert any("Middle Holding -0.5-> Quiet Water Trading" in chain for chain in hit["why"])


def test_during_the_stay_it_is_not_and_the_rule_is_shown_as_stayed(holdings):
    answer = over(Gatherer(OneEntry("strong"), holdings), sale("Quiet Water Trading", "2026-03-02"))
    assert answer.outcome == "no_license_required"
    assert any("us-ear/744/16-affiliates" in line and "stayed" in line for line in answer.explain().splitlines())


def test_an_owner_that_may_be_listed_leaves_the_answer_open(holdings):
    answer = over(Gatherer(OneEntry("possible"), holdings), sale("Quiet Water Trading", "2025-10-15"))
    assert answer.outcome == "undetermined"


def test_footnotes_flow_down_to_what_is_owned_only_while_the_rule_acts(holdings):
    gatherer = Gatherer(OneEntry("strong"), holdings)
    acting = gatherer.gather(PACK, [sale("Quiet Water Trading", "2025-10-15")])
    stayed = gatherer.gather(PACK, [sale("Quiet Water Trading", "2026-03-02")])
    assert [dict(x.footnotes) for x in acting.listings if x.owned] == [{"4": 0}]
    assert [dict(x.footnotes) for x in stayed.listings if x.owned] == [{}]


def test_owners_that_the_transaction_states_come_before_a_file_of_holdings(holdings):
    stated = sale("Quiet Water Trading", "2025-10-15", owners=[{"name": "Someone Else", "share": 1.0}])
    assert over(Gatherer(OneEntry("strong"), holdings), stated).outcome == "no_license_required"


def test_a_party_that_the_holdings_do_not_know_is_left_as_stated(holdings):
    found = Gatherer(None, holdings).gather(PACK, [sale("Unknown Company")])
    assert found.transactions[0]["parties"] == sale("Unknown Company")["parties"]


def test_holdings_that_cannot_be_read_are_named(tmp_path):
    file = tmp_path / "holdings.json"
    file.write_text('{"owns": [{"owner": "A"}]}', encoding="utf-8")
    with pytest.raises(BadInput, match=r"holdings\.json"):
        read_holdings(file, PACK)
    with pytest.raises(BadInput, match="No such file"):
        read_holdings(tmp_path / "absent.json", PACK)


@pytest.mark.needs_shared
def test_a_party_that_the_pack_does_not_hold_is_found_on_the_whole_list(shared):
    lists = [shared / "data/lists/csl_2026-07-31.csv"]
    assert decide(sale("Quiet Water Trading"), lists=lists).outcome == "no_license_required"
    transaction = sale("Rosneft Trading S.A.") | {"to": "CH"}
    transaction["parties"][0] |= dict.fromkeys(("country", "headquarters", "ultimate_parent_headquarters"), "CH")
    found = decide(transaction, lists=lists)
    assert [h["list"] for h in found.screening if h["list"] in {"sdn", "ssi"}]


def test_files_and_a_store_cannot_both_be_screened_against(tmp_path):
    with pytest.raises(BadInput, match="--lists or --store"):
        decide(sale("A Co"), lists=[tmp_path], store=tmp_path / "store.db")


def test_a_list_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"absent\.csv"):
        decide(sale("A Co"), lists=[tmp_path / "absent.csv"])
