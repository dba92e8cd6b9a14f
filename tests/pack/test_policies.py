"""Policies as data: each step with a source or stated as an assumption, and a file and line for what is wrong."""

from __future__ import annotations

import shutil

import pytest

from thalweg.desk.policies import WORDS, policy_problems, the_policy
from thalweg.evidence import BadInput, PackError
from thalweg.pack.load import EMBEDDED
from thalweg.pack.overlay import overlay
from thalweg.pack.policies import check_policies, load_policy, load_threshold, policy_files
from thalweg.pack.policies_page import policies_page
from thalweg.scenarios.levers import LEVERS

SHIPPED = tuple(policy_files())
GOOD = """id: mine
title: A policy of one's own
summary: Twice the budget for enforcement from 2027 on.
based_on: status-quo
starts: 2027Q1
levers:
  E: {2027Q1: 110000000}
"""


@pytest.fixture
def mine(tmp_path):
    """Write a policy to a file and load it."""

    def write(text=GOOD, name="mine.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def load(path):
    return load_policy(path, WORDS)


def refusal(path):
    with pytest.raises(PackError) as found:
        load(path)
    return str(found.value)


def test_the_ten_policies_of_the_design_are_shipped():
    assert set(SHIPPED) == {
        "status-quo",
        "control-camp",
        "cooperation-camp",
        "h20-era",
        "h200-case-by-case",
        "open-sales",
        "chip-security-act",
        "affiliates-back",
        "full-decoupling",
        "adaptive-threshold",
    }


def test_nothing_is_wrong_with_those_that_are_shipped():
    assert check_policies(EMBEDDED, WORDS) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_each_step_has_a_source_or_is_an_assumption(name):
    policy = load(name)
    steps = [s for path in policy.levers.values() for s in path]
    steps += [s for t in policy.triggers for path in t.levers.values() for s in path]
    assert all(s.sources or s.basis == "judgement" for s in steps)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_policy_says_what_it_assumes(name):
    assert load(name).assumes


@pytest.mark.parametrize("name", SHIPPED)
def test_a_policy_leaves_what_was_before_its_start_as_it_was(name):
    policy = load(name)
    if policy.base is None:
        return
    for lever, steps in policy.levers.items():
        before = [s for s in steps if s.quarter < policy.starts]
        assert before == [s for s in policy.base.levers.get(lever, ()) if s.quarter < policy.starts]


def test_a_bare_number_is_an_assumption(mine):
    (step,) = load(mine()).own["E"]
    assert (step.quarter, step.value, step.basis, step.sources) == ("2027Q1", 110e6, "judgement", ())


def test_a_step_of_its_own_takes_the_place_of_later_ones_of_the_base(mine):
    text = GOOD.replace("E: {2027Q1: 110000000}", "m: {2027Q1: 0.2}")
    assert [s.quarter for s in load(mine(text)).levers["m"]] == ["2026Q1", "2026Q3", "2027Q1"]


def test_an_unknown_policy_names_the_nearest():
    with pytest.raises(BadInput, match="did you mean 'control-camp'"):
        load("control-kamp")


def test_an_unknown_lever_names_the_nearest_with_file_and_line(mine):
    said = refusal(mine(GOOD.replace("  E:", "  KJ:")))
    assert "mine.yaml:7: there is no lever 'KJ'; did you mean 'kJ'" in said


def test_a_quarter_twice_is_refused_with_its_line(mine):
    said = refusal(mine(GOOD.replace("{2027Q1: 110000000}", "\n    2027Q1: 110000000\n    2027Q1: 120000000")))
    assert "mine.yaml:9: key '2027Q1' stands twice" in said


def test_a_share_above_one_is_refused_with_its_range(mine):
    said = refusal(mine(GOOD.replace("E: {2027Q1: 110000000}", "v: {2027Q3: 1.2}")))
    assert "mine.yaml:7: v in 2027Q3: 1.2 is outside 0 to 1 (share of new chips)" in said


def test_a_step_before_the_start_is_refused(mine):
    assert "E in 2026Q4: the policy starts in 2027Q1" in refusal(mine(GOOD.replace("{2027Q1:", "{2026Q4:")))


def test_a_quarter_outside_the_model_is_refused(mine):
    assert "2033Q1 is not a quarter of the model" in refusal(mine(GOOD.replace("{2027Q1:", "{2033Q1:")))


@pytest.mark.parametrize("quarter", ["2027", "2027Q5", "2027q1", "Q1 2027", "2027-01"])
def test_what_is_no_quarter_is_refused(mine, quarter):
    assert "mine.yaml:" in refusal(mine(GOOD.replace("{2027Q1:", f"{{{quarter}:")))


@pytest.mark.parametrize("value", ["true", "1e8", "'much'", ".nan", "null", "[1]"])
def test_what_is_no_number_is_refused(mine, value):
    assert "mine.yaml:" in refusal(mine(GOOD.replace("110000000", value)))


def test_the_rulebook_gives_no_budget(mine):
    assert "the rulebook gives legal, license, m" in refusal(mine(GOOD.replace("110000000", "rulebook")))


def test_a_basis_other_than_judgement_needs_a_source(mine):
    said = refusal(mine(GOOD.replace("110000000", "{value: 110000000, basis: primary}")))
    assert "primary needs a source" in said


def test_an_unknown_source_names_the_nearest(mine):
    said = refusal(mine(GOOD.replace("110000000", "{value: 110000000, basis: primary, sources: [bis-bugdet]}")))
    assert "'bis-bugdet' is no id of sources.yaml; did you mean 'bis-budget'" in said


TRIGGER = """triggers:
  - {id: first, because: A reason, outcome: lag, at_most: 4, after: second, levers: {v: 1}}
  - {id: second, because: A reason, outcome: lag, at_most: 5, after: first, levers: {v: 1}}
"""


def test_triggers_that_wait_for_each_other_are_refused(mine):
    said = refusal(mine(GOOD + TRIGGER))
    assert "mine.yaml:9: after: the triggers first -> second -> first wait for each other in a circle" in said


BOTH = """triggers:
  - {id: first, because: A reason, outcome: lag, at_most: 4, levers: {v: 1}}
  - {id: second, because: A reason, outcome: lag, at_least: 9, levers: {v: 0.5}}
"""


def test_two_triggers_that_set_a_lever_to_different_values_from_one_quarter_on_are_refused(mine):
    said = refusal(mine(GOOD + BOTH))
    assert "mine.yaml:10: the triggers 'first' and 'second' both set v from " in said
    assert "to 1 and 0.5: say with `after` which of them follows the other" in said


@pytest.mark.parametrize("other", ["levers: {v: 1}", "after: first, levers: {v: 0.5}", "levers: {v: {2029Q1: 0.5}}"])
def test_triggers_that_agree_or_follow_each_other_or_act_later_are_taken(mine, other):
    assert len(load(mine(GOOD + BOTH.replace("levers: {v: 0.5}", other))).triggers) == 2


def test_a_trigger_that_waits_for_itself_is_refused(mine):
    assert "first -> first" in refusal(mine(GOOD + TRIGGER.replace("after: second", "after: first")))


def test_a_trigger_on_no_outcome_names_the_nearest(mine):
    said = refusal(mine(GOOD + TRIGGER.replace("outcome: lag, at_most: 4", "outcome: flow_domesic, at_most: 4")))
    assert "there is no outcome 'flow_domesic'; did you mean 'flow_domestic'" in said


@pytest.mark.parametrize("level", ["at_most: 4, at_least: 3", "not_before: 2027Q1"])
def test_a_trigger_has_one_level(mine, level):
    assert "give one of at_least and at_most" in refusal(mine(GOOD + TRIGGER.replace("at_most: 4", level)))


def test_policies_that_stand_on_each_other_are_refused(mine):
    mine(GOOD.replace("id: mine", "id: other").replace("status-quo", "mine.yaml"), "other.yaml")
    said = refusal(mine(GOOD.replace("status-quo", "other.yaml")))
    assert "stand on each other in a circle" in said


def test_an_unknown_base_names_the_nearest(mine):
    assert "there is no policy 'status-qou'; did you mean 'status-quo'" in refusal(mine(GOOD.replace("status-quo", "status-qou")))


def test_an_unknown_rulebook_names_the_nearest(mine):
    said = refusal(mine(GOOD + "rulebook: [{overlay: safe-chips-akt}]\n"))
    assert "mine.yaml:8" in said
    assert "did you mean 'safe-chips-act'" in said


def test_a_rulebook_before_the_policy_is_refused(mine):
    assert "2026-12-01 is before the first day of the policy" in refusal(
        mine(GOOD + "rulebook: [{overlay: safe-chips-act, from: 2026-12-01}]\n")
    )


@pytest.mark.parametrize("text", ["", "[]", "id: mine", "id: &a mine", "!!python/object:os.system x", "\x00", "a: b: c"])
def test_a_file_that_is_no_policy_is_one_clear_error(mine, text):
    assert "mine.yaml" in refusal(mine(text))


def test_a_policy_of_an_overlay_can_be_named(tmp_path, mine):
    (tmp_path / "house" / "policies").mkdir(parents=True)
    (tmp_path / "house" / "overlay.yaml").write_text("id: house\ntitle: House policies\nkind: what_if\n", encoding="utf-8")
    shutil.copy(mine(), tmp_path / "house" / "policies" / "mine.yaml")
    assert the_policy("mine", overlays=[tmp_path / "house"]).id == "mine"
    from thalweg.pack import load_pack

    assert overlay(load_pack(), tmp_path / "house").rules == load_pack().rules


def test_an_overlay_cannot_replace_a_policy_of_the_pack(tmp_path, mine):
    (tmp_path / "house" / "policies").mkdir(parents=True)
    (tmp_path / "house" / "overlay.yaml").write_text("id: house\ntitle: House policies\nkind: what_if\n", encoding="utf-8")
    shutil.copy(mine(), tmp_path / "house" / "policies" / "status-quo.yaml")
    with pytest.raises(BadInput, match="two policies 'status-quo'"):
        the_policy("status-quo", overlays=[tmp_path / "house"])


def test_pack_validate_names_each_bad_policy(tmp_path):
    for folder in ("policies", "estimates", "drafts"):
        shutil.copytree(EMBEDDED / folder, tmp_path / folder)
    bad = tmp_path / "policies" / "open-sales.yaml"
    bad.write_text(bad.read_text(encoding="utf-8").replace("starts: 2027Q1", "starts: 2037Q1"), encoding="utf-8")
    (said,) = [str(p) for p in policy_problems(tmp_path)]
    assert said.startswith("policies/open-sales.yaml:")
    assert "2037Q1 is not a quarter of the model" in said


def test_the_hash_follows_the_rulebooks_that_a_policy_lays(tmp_path):
    for name in ("h20-era.yaml", "status-quo.yaml", "sources.yaml"):
        shutil.copy(EMBEDDED / "policies" / name, tmp_path / name)
    shutil.copytree(EMBEDDED / "policies/rulebooks/china-threshold", tmp_path / "china-threshold")
    before = load(tmp_path / "h20-era.yaml").sha256
    rule = tmp_path / "china-threshold" / "below.yaml"
    rule.write_text(rule.read_text(encoding="utf-8") + "note: changed\n", encoding="utf-8")
    assert load(tmp_path / "h20-era.yaml").sha256 != before


def test_every_chip_on_sale_has_a_source():
    threshold = load_threshold()
    assert all(chip.sources for chip in threshold.chips)
    assert {"NVIDIA H20", "NVIDIA H200 SXM", "NVIDIA B200"} <= {chip.item for chip in threshold.chips}


def test_the_page_is_written_from_the_files(root):
    assert (root / "docs/reference/policies.md").read_text(encoding="utf-8") == policies_page(WORDS)


def test_the_page_holds_every_policy_and_every_lever():
    page = policies_page(WORDS)
    assert all(f"## {name}\n" in page for name in SHIPPED)
    assert all(f"| `{name}` |" in page for name in LEVERS)
