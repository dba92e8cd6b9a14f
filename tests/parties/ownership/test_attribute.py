"""Ownership in one graph: thresholds, aggregation, chains, cycles, unknown shares, dates, places, and what the rule does on the day."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from thalweg.desk.ownership import attribute_ownership
from thalweg.evidence import BadInput
from thalweg.pack import load_pack

ACTS = "2025-10-15"


def ask(owns, listed=None, regime="bis_affiliates", date=ACTS, **more):
    edges = [dict(zip(("owner", "owned", "share", "from", "to"), edge, strict=False)) for edge in owns]
    listed = {"L": ["entity_list"]} if listed is None else listed
    return attribute_ownership({"owns": edges, "listed": listed, **more}, regime=regime, date=date)


def flagged(answer):
    return {flag.party for flag in answer.red_flags}


# Examples 1 to 5 of OFAC's question 401 and that of question 399, as `facts/export_controls_verified.md` section 2 gives them.
OFAC = [
    ("401-1", [("X", "A", 0.5), ("A", "B", 0.5)], {"A": "covered", "B": "covered"}),
    ("401-2", [("X", "A", 0.5), ("X", "B", 0.5), ("A", "C", 0.25), ("B", "C", 0.25)], {"C": "covered"}),
    ("401-3", [("X", "A", 0.5), ("X", "B", 0.1), ("A", "B", 0.4)], {"B": "covered"}),
    ("401-4", [("X", "A", 0.5), ("X", "B", 0.25), ("A", "C", 0.25), ("B", "C", 0.25)], {"B": "not_covered", "C": "not_covered"}),
    ("401-5", [("X", "A", 0.25), ("X", "B", 0.25), ("A", "C", 0.5), ("B", "C", 0.5)], {"C": "not_covered"}),
    ("399", [("X", "A", 0.25), ("Y", "A", 0.25)], {"A": "covered"}),
]


@pytest.mark.parametrize(("owns", "expected"), [e[1:] for e in OFAC], ids=[e[0] for e in OFAC])
def test_the_examples_of_the_treasury_come_out_as_it_says(owns, expected):
    answer = ask(owns, {"X": ["sdn:SDGT"], "Y": ["sdn:IRAN"]}, regime="ofac_50")
    assert {p: answer.status[p] for p in expected} == expected


def test_a_parent_and_a_sister_of_a_listed_party_are_not_covered_and_call_for_diligence():
    # B18 of `facts/export_controls_verified.md` section 3
    answer = ask([("E", "L", 1), ("E", "A", 1)])
    assert answer.status == {"L": "listed", "A": "not_covered"}
    assert [(f.party, f.kind, f.owner) for f in answer.red_flags] == [("E", "parent", "L"), ("A", "sister", "L")]
    assert all("diligence" in f.why for f in answer.red_flags)


@pytest.mark.parametrize(
    ("owns", "expected"),
    [
        ([("G", "E", 1), ("E", "L", 0.5), ("G", "A", 0.5), ("A", "B", 1)], {"E": "parent", "G": "parent", "A": "sister", "B": "sister"}),
        ([("E", "L", 0.49), ("E", "A", 1)], {}),
        ([("E", "L", None)], {"E": "parent"}),
        ([("E", "L", 1), ("E", "A", 0.4)], {"E": "parent"}),
        ([("E", "L", 1), ("L", "A", 1), ("E", "A", 0)], {"E": "parent"}),
        ([("L", "A", 1), ("A", "L", 1)], {}),
    ],
)
def test_a_parent_holds_half_or_more_and_what_is_covered_is_no_sister(owns, expected):
    answer = ask(owns)
    assert {f.party: f.kind for f in answer.red_flags if f.kind in ("parent", "sister")} == expected


def test_no_rule_speaks_of_parents_before_it_is_there_nor_does_the_treasury_s():
    assert not ask([("E", "L", 1), ("E", "A", 1)], date="2025-09-28").red_flags
    assert flagged(ask([("E", "L", 1), ("E", "A", 1)], date="2026-02-02")) == {"E", "A"}
    assert not ask([("E", "L", 1)], {"L": ["sdn:SDGT"]}, regime="ofac_50").red_flags


def test_nothing_is_taken_over_before_there_is_a_rule():
    listed = {"L": [{"list": "entity_list", "footnotes": ["4"], "policy": "presumption_of_denial"}]}
    before, stayed = (ask([("L", "A", 1)], listed, date=day) for day in ("2025-09-28", "2026-02-02"))
    assert before.inherits == {}
    assert before.if_in_force == {"A": "covered"}
    assert stayed.inherits["A"].footnotes == ["4"]


def test_a_footnote_is_said_to_come_from_whom_it_comes():
    listed = {"L": [{"list": "entity_list", "footnotes": ["4"]}], "M": [{"list": "entity_list", "footnotes": ["4", "5"]}], "N": ["meu"]}
    answer = ask([("L", "A", 0.2), ("M", "A", 0.2), ("N", "A", 0.2)], listed)
    assert answer.inherits["A"].footnotes_of == {"4": ["L", "M"], "5": ["M"]}
    assert "footnote 4 of L, M; footnote 5 of M" in answer.explain()


@pytest.mark.parametrize(
    ("date", "says"),
    [
        ("2025-10-15", "by its text ends on 2025-12-01"),
        ("2025-11-20", "it is stayed on 2025-11-20, and by its text ends on 2025-12-01"),
        ("2026-11-27", "it ended on 2025-12-01; if the rule acts again there is none"),
    ],
)
def test_the_general_license_of_the_affiliates_rule_is_told_with_its_end(date, says):
    (said,) = ask([("L", "A", 1)], date=date).caveats
    assert says in said
    assert "15 CFR 736 Supp. 1 (g)" in said
    assert ask([("E", "A", 1)], date=date).caveats == []


def test_the_treasury_s_cautions_go_with_every_answer_in_which_a_blocked_owner_counts():
    said = ask([("L", "A", 0.2)], {"L": ["sdn:SDGT"]}, regime="ofac_50").caveats
    assert [text.rpartition("(")[2] for text in said] == ["OFAC FAQ 398; OFAC FAQ 400)", "OFAC FAQ 402)"]
    assert "signs" in said[0]
    assert "wholly outside US jurisdiction" in said[1]


def test_shares_are_added_as_decimals_and_never_multiplied():
    listed = {"L1": ["entity_list"], "L2": ["meu"], "L3": ["sdn:NPWMD"]}
    assert ask([("L1", "A", 0.03), ("L2", "A", 0.29), ("L3", "A", 0.18)], listed).status["A"] == "covered"
    assert (
        ask([("L1", "A", 0.1)] + [(f"M{i}", "A", 0.1) for i in range(4)], {"L1": ["meu"], **{f"M{i}": ["meu"] for i in range(4)}}).status[
            "A"
        ]
        == "covered"
    )
    chain = [("L1", "A", 0.5), ("A", "B", 0.5), ("B", "C", 0.5), ("C", "D", 0.5)]
    assert set(ask(chain, listed).status.values()) == {"covered"}


def test_a_hair_below_half_is_not_half():
    graph = {"owns": [{"owner": "L", "owned": "A", "share": {"max": 0.499999999999}}], "listed": {"L": ["entity_list"]}}
    assert attribute_ownership(graph, regime="bis_affiliates", date=ACTS).status == {"A": "not_covered"}


def test_parties_that_own_only_each_other_are_not_covered():
    answer = ask([("A", "B", 1), ("B", "A", 1), ("L", "A", 0.3)])
    assert answer.status == {"B": "not_covered", "A": "not_covered"}
    assert flagged(answer) == {"A"}


def test_a_circle_is_covered_once_something_listed_leads_into_it():
    answer = ask([("L", "A", 0.3), ("B", "A", 0.2), ("L", "B", 0.5), ("A", "B", 0.5)])
    assert answer.status == {"A": "covered", "B": "covered"}
    assert answer.chains["A"] == ["L -0.3-> A", "L -0.5-> B -0.2-> A"]


def test_two_parts_of_one_owner_add_up_and_an_exact_repeat_is_reported():
    answer = ask([("L", "A", 0.25), ("L", "A", 0.25), ("L", "B", 0.3), ("L", "B", 0.2)])
    assert answer.status == {"A": "covered", "B": "covered"}
    assert answer.chains["B"] == ["L -0.3+0.2-> B"]
    assert answer.reports == ["L holds 0.25 of A stands 2 times alike; each counts"]


def test_owners_of_more_than_all_are_reported_and_used_as_given():
    answer = ask([("L", "A", 0.45), ("E", "A", 0.7)])
    assert answer.status == {"A": "not_covered"}
    assert answer.reports == ["A: its owners hold 1.15 of it, more than all; the shares are used as given"]
    assert ask([("L", "A", 0.7), ("E", "A", 0.7)]).status == {"A": "covered"}


def test_a_party_that_owns_itself_gains_nothing_by_it():
    answer = ask([("A", "A", 0.6), ("L", "A", 0.4), ("B", "B", 1)])
    assert answer.status == {"A": "not_covered", "B": "not_covered"}
    assert answer.reports[:2] == [
        "A is said to hold 0.6 of itself; the holding is ignored",
        "B is said to hold 1 of itself; the holding is ignored",
    ]


UNKNOWN = [
    ([("L", "A", None)], "unknown", {"A"}),
    ([("L", "A", {"min": 0.25, "max": 0.5})], "unknown", {"A"}),
    ([("L", "A", {"min": 0.25, "max": 0.49})], "not_covered", {"A"}),
    ([("L", "A", {"min": 0.5, "max": 0.75})], "covered", set()),
    ([("L", "A", {"above": 0.25, "below": 0.5})], "not_covered", {"A"}),
    ([("L", "A", {"max": 0.05})], "not_covered", set()),
    ([("L", "A", None), ("E", "A", 0.5)], "unknown", {"A"}),
    ([("L", "A", None), ("E", "A", 0.51)], "not_covered", {"A"}),
    ([("L", "A", None), ("E", "A", {"above": 0.5})], "not_covered", {"A"}),
    ([("L", "A", None), ("E", "A", {"min": 0.5})], "unknown", {"A"}),
    ([("L", "A", 0.3), ("M", "A", None), ("E", "A", 0.6)], "not_covered", {"A"}),
    ([("E", "A", None)], "not_covered", set()),
]


@pytest.mark.parametrize(("owns", "status", "flags"), UNKNOWN)
def test_an_unknown_share_is_unknown_exactly_where_it_decides(owns, status, flags):
    answer = ask(owns, {"L": ["entity_list"], "M": ["meu"]})
    assert answer.status["A"] == status
    assert flagged(answer) == flags


def test_what_is_unknown_above_is_unknown_below_and_the_question_is_asked_where_it_helps():
    answer = ask([("L", "A", None), ("A", "B", 0.6), ("B", "C", 0.4)])
    assert answer.status == {"A": "unknown", "B": "unknown", "C": "not_covered"}
    assert [(q.party, q.question) for q in answer.questions] == [("A", "What share of A does L hold? (nothing is stated)")]
    assert answer.chains == {"A": ["L -?-> A"], "B": ["L -?-> A -0.6-> B"]}
    assert flagged(answer) == {"A"}


MINORITY = [(0.1, {"A"}), (0.0999, set()), (0.4999, {"A"}), (0.5, set())]


@pytest.mark.parametrize(("share", "flags"), MINORITY)
def test_a_tenth_below_half_is_a_red_flag(share, flags):
    assert flagged(ask([("L", "A", share)])) == flags


def test_owners_below_a_tenth_each_raise_no_flag_though_together_they_hold_more():
    assert not ask([("L", "A", 0.09), ("M", "A", 0.09)], {"L": ["entity_list"], "M": ["meu"]}).red_flags


COUNT = [
    ("bis_affiliates", "entity_list", "covered"),
    ("bis_affiliates", "meu", "covered"),
    ("bis_affiliates", "sdn:SDGT", "covered"),
    ("bis_affiliates", "sdn:RUSSIA-EO14024", "covered"),
    ("bis_affiliates", "sdn:IRAN", "not_covered"),
    ("bis_affiliates", "sdn", "unknown"),
    ("bis_affiliates", "uvl", "not_covered"),
    ("bis_affiliates", "dpl", "not_covered"),
    ("bis_affiliates", "cmic", "not_covered"),
    ("bis_affiliates", "ssi", "not_covered"),
    ("bis_affiliates", "un", "not_covered"),
    ("bis_affiliates", "entity_list:address_only", "not_covered"),
    ("bis_affiliates", "sdn:NPWMD:address_only", "not_covered"),
    ("ofac_50", "sdn:IRAN", "covered"),
    ("ofac_50", "sdn", "covered"),
    ("ofac_50", "entity_list", "not_covered"),
    ("ofac_50", "ssi", "not_covered"),
]


@pytest.mark.parametrize(("regime", "code", "status"), COUNT)
def test_each_regime_counts_its_own_lists(regime, code, status):
    answer = ask([("L", "A", 1)], {"L": [code]}, regime=regime)
    assert answer.status == {"A": status}
    assert bool(answer.reports) == (status == "not_covered")


def test_a_program_that_is_not_stated_is_asked_for():
    answer = ask([("L", "A", 1)], {"L": ["sdn"]})
    assert [q.question for q in answer.questions] == ["Under which program is L listed? (stated: sdn)"]


def test_one_entry_that_counts_is_enough_beside_one_that_does_not():
    assert ask([("L", "A", 1)], {"L": ["entity_list:address_only", "meu"]}).status == {"A": "covered"}


PLACES = [("US", "not_covered"), ("us", "not_covered"), ("United States", "not_covered"), ("US-DE", "not_covered"), ("VN", "covered")]


@pytest.mark.parametrize(("country", "status"), PLACES)
def test_a_party_in_the_united_states_is_not_covered_and_what_it_owns_is_unknown(country, status):
    answer = ask([("L", "A", 1), ("A", "B", 1)], parties={"A": {"country": country}})
    assert answer.status == {"A": status, "B": "covered" if country == "VN" else "unknown"}
    assert answer.chains == ({"A": ["L -1-> A"], "B": ["L -1-> A -1-> B"]} if country == "VN" else {"B": ["L -1-> A -1-> B"]})
    indirectly = "Do listed owners of A, which is not covered where it is, own B indirectly? (for counsel)"
    assert [q.question for q in answer.questions] == ([] if country == "VN" else [indirectly])
    spared = ["A is in US, where the rule covers nobody, though listed and covered owners hold 100% of it"]
    assert answer.reports == ([] if country == "VN" else spared)
    assert ask([("X", "A", 1)], {"X": ["sdn:SDGT"]}, "ofac_50", parties={"A": {"country": country}}).status == {"A": "covered"}


def test_a_listed_party_in_the_united_states_still_counts():
    assert ask([("L", "A", 1)], parties={"L": {"country": "US"}}).status == {"A": "covered"}


DAYS = [
    ("2025-09-28", "not_in_force", "not_covered", {"A"}),
    ("2025-09-29", "enforced", "covered", set()),
    ("2025-11-09", "enforced", "covered", set()),
    ("2025-11-10", "stayed", "not_covered", {"A"}),
    ("2026-11-09", "stayed", "not_covered", {"A"}),
    ("2026-11-10", "unknown", "unknown", set()),
]


@pytest.mark.parametrize(("date", "posture", "status", "flags"), DAYS)
def test_the_rule_covers_on_the_days_on_which_it_acts(date, posture, status, flags):
    answer = ask([("L", "A", 0.8), ("E", "B", 0.8)], date=date)
    assert answer.posture.state == posture
    assert answer.status == {"A": status, "B": "not_covered"}
    assert flagged(answer) == flags
    assert answer.chains == {"A": ["L -0.8-> A"]}
    assert answer.if_in_force == (None if posture == "enforced" else {"A": "covered", "B": "not_covered"})
    assert answer.beyond_verified == (date > "2026-10-02")


def test_an_unknown_share_under_a_stayed_rule_is_not_covered_with_its_flag():
    answer = ask([("L", "A", None)], date="2026-01-01")
    assert answer.status == {"A": "not_covered"}
    assert [f.kind for f in answer.red_flags] == ["unknown_share"]
    assert answer.if_in_force == {"A": "unknown"}


def test_the_treasury_rule_acts_since_its_guidance_of_2014():
    assert ask([("X", "A", 0.5)], {"X": ["sdn"]}, "ofac_50", "2014-08-13").status == {"A": "covered"}
    assert ask([("X", "A", 0.5)], {"X": ["sdn"]}, "ofac_50", "2014-08-12").status == {"A": "unknown"}


def test_a_draft_that_moves_the_stay_moves_the_answer(tmp_path):
    (tmp_path / "overlay.yaml").write_text("id: longer-stay\ntitle: The stay goes on\nkind: what_if\n", encoding="utf-8")
    (tmp_path / "affiliates.yaml").write_text(
        "amends: us-ear/744/16-affiliates\nversions:\n"
        "  - text: {from: 2025-09-29, to: , published: 2025-09-30}\n"
        "    enforced:\n"
        "      - {from: 2025-09-29, to: 2025-11-10, posture: enforced}\n"
        "      - {from: 2025-11-10, to: 2027-01-11, posture: stayed}\n"
        "      - {from: 2027-01-11, to: , posture: enforced}\n"
        "    when: any_party(listed_owner_share >= 0.5)\n"
        "    sources: [{citation: a what-if}]\n",
        encoding="utf-8",
    )
    graph = {"owns": [{"owner": "L", "owned": "A", "share": 0.8}], "listed": {"L": ["entity_list"]}}
    state = [
        attribute_ownership(graph, regime="bis_affiliates", date=d, overlays=[tmp_path]).posture.state for d in ("2026-12-01", "2027-01-11")
    ]
    assert state == ["stayed", "enforced"]


def test_holdings_count_from_their_first_day_to_the_day_before_their_last():
    owns = [("L", "A", 0.5, "2025-10-01", "2025-10-20")]
    found = {d: ask(owns, date=d).status["A"] for d in ("2025-09-30", "2025-10-01", "2025-10-19", "2025-10-20")}
    assert list(found.values()) == ["not_covered", "covered", "covered", "not_covered"]


def test_entries_count_on_the_days_on_which_they_stand():
    listed = {"L": [{"list": "entity_list", "from": "2025-10-10", "to": "2025-10-20"}]}
    found = {d: ask([("L", "A", 0.5)], listed, date=d) for d in ("2025-10-09", "2025-10-10", "2025-10-20")}
    assert [a.status["A"] for a in found.values()] == ["not_covered", "covered", "not_covered"]
    assert found["2025-10-09"].reports == ["L: its entry on entity_list is not in effect on 2025-10-09"]


def test_a_listed_party_that_stands_in_no_holding_is_reported():
    assert ask([("L", "A", 1)], {"L": ["meu"], "l": ["meu"]}).reports == ["l is listed and stands in no holding of the graph"]


def entry(code, footnotes=(), policy="", citation=""):
    return {"list": code, "footnotes": list(footnotes), "policy": policy, "citation": citation}


def test_footnotes_of_every_owner_and_the_strictest_policy_flow_down_the_whole_chain():
    listed = {
        "L1": [entry("entity_list", ["4"], "presumption_of_denial", "88 FR 71992")],
        "L2": [entry("entity_list", ["1"], "policy_of_denial", "90 FR 14048")],
        "L3": [entry("entity_list", ["5"], "case_by_case", "89 FR 96836")],
        "M": ["sdn:NPWMD"],
    }
    answer = ask([("L1", "A", 0.3), ("M", "A", 0.2), ("A", "B", 0.4), ("L2", "B", 0.1), ("B", "C", 0.5), ("L3", "D", 0.4)], listed)
    assert answer.inherits["A"].model_dump()["lists"] == ["entity_list", "sdn:NPWMD"]
    assert (answer.inherits["A"].footnotes, answer.inherits["A"].policy) == (["4"], "presumption_of_denial")
    for party in ("B", "C"):
        taken = answer.inherits[party]
        assert (taken.footnotes, taken.policy, taken.listed_owners) == (["1", "4"], "policy_of_denial", ["L1", "L2", "M"])
        assert [c["citation"] for c in taken.citations] == ["88 FR 71992", "15 CFR 744.8(a)(1) and (d)", "90 FR 14048"]
    assert "D" not in answer.inherits


def test_an_owner_marked_later_is_taken_from_as_well():
    listed = {"L1": [entry("entity_list", ["1"])], "L2": [entry("entity_list", ["4"])]}
    answer = ask([("L1", "A", 0.5), ("A", "B", 0.3), ("L2", "B", 0.2), ("B", "A", 0.25)], listed)
    assert answer.inherits["A"].footnotes == ["1", "4"]


def test_a_listed_owner_that_is_owned_by_another_passes_both_on():
    listed = {"L1": [entry("entity_list", ["5"])], "L2": [entry("entity_list", ["4"])]}
    assert ask([("L1", "L2", 0.5), ("L2", "A", 0.5)], listed).inherits["A"].footnotes == ["4", "5"]
    assert ask([("L1", "L2", 0.4), ("L2", "A", 0.5)], listed).inherits["A"].footnotes == ["4"]


def test_a_policy_that_is_not_stated_is_said_to_be_missing():
    answer = ask([("L", "A", 0.5), ("M", "A", 0.1)], {"L": ["entity_list"], "M": [entry("meu", policy="presumption_of_denial")]})
    assert answer.inherits["A"].policy == "presumption_of_denial"
    assert answer.inherits["A"].note == "No review policy is stated for the entry of L; the strictest of those stated is given."


def test_the_duty_to_resolve_a_share_names_the_lists_that_it_is_about():
    why = {code: ask([("L", "A", None)], {"L": [code]}).red_flags[0].why for code in ("entity_list", "sdn:NPWMD")}
    assert why["entity_list"].endswith("Find out the share, or apply for a license.")
    assert why["sdn:NPWMD"] == "L (sdn:NPWMD) owns a part of A, and how much is not known."


def test_the_answer_says_what_it_rests_on():
    answer = ask([("L", "A", 0.5)])
    assert [c["citation"] for c in answer.citations] == ["90 FR 47201", "90 FR 50857", "15 CFR 744 Supp. 8"]
    assert answer.pack["name"] == "thalweg-core"
    assert answer.assumptions == [
        "The graph is complete: owners that it does not show are not listed.",
        "A: no country is stated; taken as none of US.",
    ]
    assert "A: covered (listed owners hold 50%)\n    L -0.5-> A\n    takes on: entity_list" in answer.explain()
    with pytest.raises(ValueError, match="frozen"):
        answer.as_of = "2020-01-01"


@pytest.mark.slow
def test_a_chain_of_a_hundred_thousand_is_walked_and_shown_by_its_ends():
    names = ["L", *(f"P{i}" for i in range(100_000))]
    answer = ask(list(zip(names, names[1:], [1] * 100_000, strict=False)))
    assert set(answer.status.values()) == {"covered"}
    assert answer.chains["P99999"] == ["L -1-> P0 -1-> P1 -1-> P2 ... (99,994 more) ... P99997 -1-> P99998 -1-> P99999"]
    assert answer.chains["P11"][0].count("->") == 12
    assert "(7 more)" in answer.chains["P12"][0]
    assert max(len(c[0]) for c in answer.chains.values()) < 250


def test_a_dense_circle_ends():
    parties = [f"P{i}" for i in range(60)]
    owns = [(a, b, 0.01) for a in parties for b in parties if a != b] + [("L", "P0", 0.5)]
    assert ask(owns).status["P1"] == "not_covered"
    assert ask([(a, b, 0.5) for a, b, _ in owns]).status["P1"] == "covered"


def test_a_regime_that_is_not_one_is_refused_with_the_nearest():
    with pytest.raises(BadInput, match="there is no 'bis_affiliate'; the pack has bis_affiliates, ofac_50; did you mean 'bis_affiliates'"):
        ask([], regime="bis_affiliate")


@pytest.mark.parametrize("missing", ["regime", "date"])
def test_a_question_without_a_regime_or_a_day_is_refused(missing):
    with pytest.raises(BadInput, match=f"^{missing}: is missing"):
        attribute_ownership({"owns": [], "regime": None if missing == "regime" else "ofac_50"}, date=None if missing == "date" else ACTS)


def test_the_graph_may_name_the_regime_and_the_day_itself():
    graph = {
        "owns": [{"owner": "X", "owned": "A", "share": 0.5}],
        "listed": {"X": ["sdn"]},
        "regime": "ofac_50",
        "date": dt.date(2026, 1, 1),
    }
    assert attribute_ownership(graph).status == {"A": "covered"}


def test_the_verb_is_on_the_package():
    import thalweg as tw

    graph = {"owns": [{"owner": "L", "owned": "A", "share": 0.5}], "listed": {"L": ["entity_list"]}}
    assert tw.attribute_ownership(graph, regime="bis_affiliates", date=ACTS).status == {"A": "covered"}


def test_the_numbers_of_a_regime_are_those_of_its_file():
    pack = load_pack()
    regime = pack.ownership["bis_affiliates"]
    from thalweg.parties.ownership import attribute_ownership as attribute
    from thalweg.sources.ownership import asked

    graph = asked({"owns": [{"owner": "L", "owned": "A", "share": 0.4}], "listed": {"L": ["entity_list"]}}).graph
    lower = dataclasses.replace(regime, threshold=regime.minority.share * 4)
    day = dt.date.fromisoformat(ACTS)
    assert [attribute(graph, r, day, pack).status["A"] for r in (regime, lower)] == ["not_covered", "covered"]
