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
from thalweg.evidence import OPEN_END, BadInput
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


class ByDay(OneEntry):
    """Finds the entry as it is known on each day; nothing on a day that is not named."""

    def __init__(self, known: Mapping[str, Match]) -> None:
        super().__init__("strong")
        self.known = known

    def matches(self, party: Mapping[str, Any], date: dt.date) -> Sequence[Match]:
        """Find what is known on the day."""
        self.asked.append((party["name"], date))
        found = self.known.get(date.isoformat())
        return [found] if found and party["name"].startswith(self.start) else []


def test_what_is_known_on_one_day_is_not_taken_for_another():
    sure, undated = Match(ENTRY, "strong", 0.9, ["x"]), Match(ENTRY, "strong", 0.9, ["x"], undated=True, known="No day is printed.")
    days = ("2025-06-02", "2025-08-01", "2025-10-01")
    gatherer = Gatherer(ByDay({days[0]: undated, days[2]: sure}))
    found = gatherer.gather(PACK, [sale("Blue Heron Semi", day) for day in days])
    book = found.over(BOOK)
    answers = {day: decide_over(book, one) for day, one in zip(days, found.transactions, strict=True)}
    assert [a.outcome for a in answers.values()] == ["undetermined", "no_license_required", "license_required"]
    assert any("No day is printed." in m.question for m in answers[days[0]].missing_facts)


def test_an_entry_that_is_known_alike_on_every_day_stands_as_long_as_it_does():
    days = ("2025-06-02", "2025-10-01")
    found = Gatherer(OneEntry("strong")).gather(PACK, [sale("Blue Heron Semi", day) for day in days])
    (listing,) = found.listings
    assert (listing.start, listing.end) == (ENTRY.listed_on.toordinal(), OPEN_END)


# ---------------------------------------------------------------- the affiliates rule on either side of its dates

HUAWEI = {"name": "Huawei Technologies Co., Ltd.", "share": 0.5}


@pytest.mark.parametrize(
    ("date", "outcome", "says"),
    [
        ("2025-11-09", "license_required", None),
        ("2025-11-10", "no_license_required", "is stayed on 2025-11-10: from 2025-11-10 to 2026-11-09"),
        ("2026-11-09", "no_license_required", "As printed it is back in force on 2026-11-10; expected is: stayed to 2027-01-10"),
        ("2026-11-10", "undetermined", "may act on 2026-11-10 or may not"),
        ("2026-11-27", "undetermined", "No published instrument that says which was found"),
        ("2027-02-01", "undetermined", "Even as expected, that runs to 2027-01-10 only."),
    ],
)
def test_a_company_that_listed_parties_own_is_flagged_while_the_rule_does_not_act(date, outcome, says):
    answer = decide(sale("Quiet Water Trading", date, owners=[HUAWEI]))
    assert (answer.outcome, answer.codified_outcome) == (outcome, "license_required")
    flags = [f for f in answer.red_flags if f.rule == "us-ear/744/16-affiliates"]
    assert [says in f.flag for f in flags] == ([True] if says else [])
    assert all(c.citation for f in flags for c in f.citations)
    if outcome == "undetermined":
        assert any("back in force on 2026-11-10" in q and "stayed to 2027-01-10" in q for q in answer.open_questions)
    if says:
        assert "red flag: " in answer.explain()


def test_the_general_license_that_has_ended_is_told_with_the_flag():
    (flag,) = decide(sale("Quiet Water Trading", "2026-11-27", owners=[HUAWEI])).red_flags
    assert "Temporary general license for affiliates of listed entities ended on 2025-12-01 and would not return with it." in flag.flag


def test_holdings_raise_the_same_flag_as_owners_that_are_stated(tmp_path):
    file = tmp_path / "holdings.json"
    file.write_text(json.dumps({"owns": [{"owner": HUAWEI["name"], "owned": "Quiet Water Trading", "share": 0.5}]}), encoding="utf-8")
    for date in ("2026-03-02", "2026-11-27"):
        stated = decide(sale("Quiet Water Trading", date, owners=[HUAWEI]))
        held = decide(sale("Quiet Water Trading", date), holdings=file)
        assert [f.flag for f in held.red_flags] == [f.flag for f in stated.red_flags] != []
        assert held.outcome == stated.outcome


@pytest.mark.parametrize("way", ["stated", "holdings"])
def test_a_footnote_of_an_owner_is_taken_on_while_the_rule_acts_and_asked_about_where_it_may(way, tmp_path):
    file = tmp_path / "holdings.json"
    file.write_text(json.dumps({"owns": [{"owner": "Sugon", "owned": "Quiet Water Trading", "share": 0.6}]}), encoding="utf-8")

    def ask(date: str) -> Any:
        owners = {"owners": [{"name": "Sugon", "share": 0.6}]} if way == "stated" else {}
        transaction = sale("Quiet Water Trading", date, **owners) | {"from": "TW", "activity": "reexport"}
        return decide(transaction, **({} if way == "stated" else {"holdings": file}))

    acting, stayed, open_ = (ask(day) for day in ("2025-10-20", "2026-02-02", "2026-11-27"))
    assert acting.outcome == "undetermined"  # 734.9(e)(2) hangs on how the item was made
    assert "party_listed" not in {m.fact for m in acting.missing_facts}
    assert stayed.outcome == "no_license_required"
    assert open_.outcome == "undetermined"
    question = next(m.question for m in open_.missing_facts if m.fact == "party_listed")
    assert "footnote 4" in question
    assert "Sugon" in question


# ---------------------------------------------------------------- what the Treasury blocks


@pytest.mark.needs_shared
def test_a_blocked_party_is_said_plainly_beside_the_outcome_of_the_export_rules(shared):
    lists = [shared / "data/lists/csl_2026-07-31.csv"]
    transaction = sale("AEROCARIBBEAN AIRLINES", "2026-08-15", country="CU", headquarters="CU", ultimate_parent_headquarters="CU")
    answer = decide({**transaction, "to": "MY"}, lists=lists)
    (duty,) = [o for o in answer.obligations if o.rule == "us-ear/744/8-ofac-blocked"]
    assert "US persons may not deal with it" in duty.obligation
    assert duty.citations
    assert "duty: " in answer.explain()


@pytest.mark.needs_shared
def test_a_party_that_may_be_a_blocked_one_is_noted_whatever_the_outcome_hangs_on(shared):
    lists = [shared / "data/lists/csl_2026-07-31.csv"]
    answer = decide(sale("AEROCARIBBEAN AIRLINES", "2026-08-15"), lists=lists)  # stated in Malaysia, listed in Cuba
    assert answer.outcome == "no_license_required"
    (note,) = [n for n in answer.notes if "SDN List" in n]
    assert "AEROCARIBBEAN AIRLINES (36)" in note
    assert "same_as or not_same_as" in note


@pytest.mark.needs_shared
def test_an_undated_entry_says_what_is_known_and_which_fact_would_close_the_answer(shared):
    lists = [shared / "data/lists/csl_2026-07-31.csv"]
    here = dict.fromkeys(("country", "headquarters", "ultimate_parent_headquarters"), "AE")
    answer = decide({**sale("CONSTELLATION ADVISORS LTD", "2025-01-15", **here), "to": "AE"}, lists=lists)
    assert answer.outcome == "undetermined"
    (question,) = [m.question for m in answer.missing_facts if "38537" in m.question]
    assert "The copy of 2026-07-31 has it and gives no date of listing." in question
    assert "SDN_ENHANCED.XML" in question
    hit = next(h for h in answer.screening if h["entry_id"] == "38537")
    assert (hit["listed_on"], hit["open"]) == (None, "day")


@pytest.mark.needs_shared
def test_owners_on_the_sdn_list_count_for_each_rule_under_its_own_programs(shared):
    lists = [shared / "data/lists/csl_2026-07-31.csv"]
    cuba, terror = ({"name": n, "share": 0.5} for n in ("AEROCARIBBEAN AIRLINES", "MAHAN AIR"))
    only_blocked = decide(sale("Quiet Water Trading", "2026-08-15", owners=[cuba]), lists=lists)
    both = decide(sale("Quiet Water Trading", "2026-08-15", owners=[terror]), lists=lists)
    for answer in (only_blocked, both):
        assert "us-ear/744/8-ofac-owned" in {o.rule for o in answer.obligations}
    assert only_blocked.codified_outcome == "no_license_required"  # the program CUBA is none of 15 CFR 744.8(a)(1)
    assert both.codified_outcome == "license_required"


# ---------------------------------------------------------------- what is stated of a party


@pytest.mark.parametrize(
    ("said", "meant"), [("company", "entity"), ("Person", "individual"), ("ship", "vessel"), (" Aircraft ", "aircraft")]
)
def test_a_type_of_party_goes_by_the_names_that_screening_takes(said, meant):
    from thalweg.nouns import Transaction

    transaction = sale("A Co", type=said)
    assert Transaction(**transaction).parties[0].type == meant
    assert decide(transaction).outcome == "no_license_required"


def test_a_type_that_is_none_is_refused_with_those_that_are():
    with pytest.raises(BadInput, match="use individual, entity, vessel or aircraft"):
        decide(sale("A Co", type="gnome"))
