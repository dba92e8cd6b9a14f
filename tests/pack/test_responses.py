"""Strategies of Beijing and of allies in the pack: named, sourced or called judgement, and refused with file and line."""

from __future__ import annotations

import pytest

from thalweg.desk.policies import WORDS, policy_problems
from thalweg.evidence import PackError
from thalweg.pack.responses import load_responses
from thalweg.scenarios.responses import RAISED

FOUND = load_responses(WORDS)
EVERY = (*FOUND.beijing, *FOUND.allies)


def test_the_strategies_of_the_design_are_named():
    assert {"throttle", "stockpile", "retaliate", "subsidize"} <= {x.id for x in FOUND.beijing}
    assert "free-ride" in {x.id for x in FOUND.allies}


def test_the_first_of_each_player_chooses_nothing_and_no_other_does():
    for rows in (FOUND.beijing, FOUND.allies):
        assert [x.drawn for x in rows] == [True, *[False] * (len(rows) - 1)]


@pytest.mark.parametrize("strategy", EVERY, ids=lambda x: x.id)
def test_each_strategy_that_chooses_something_is_judgement_or_has_a_source(strategy):
    assert strategy.drawn or strategy.sources
    assert strategy.basis == "judgement"
    assert set(strategy.raises) <= set(RAISED)


def test_nothing_is_wrong_with_those_that_are_shipped():
    assert policy_problems() == []


@pytest.fixture
def overlay(tmp_path):
    """An overlay with a strategy of its own: ``overlay(text)``."""

    def of(text):
        root = tmp_path / "mine"
        (root / "policies").mkdir(parents=True, exist_ok=True)
        (root / "overlay.yaml").write_text("id: mine\ntitle: Mine\nkind: what_if\n", encoding="utf-8")
        (root / "policies" / "responses.yaml").write_text(text, encoding="utf-8")
        return root

    return of


def test_an_overlay_adds_a_strategy_of_its_own(overlay):
    found = load_responses(WORDS, overlays=[overlay("- {id: wait, who: beijing, title: Wait, meaning: It waits., deals: kept}\n")])
    assert found.beijing[-1].id == "wait"
    assert found.sha256 != FOUND.sha256


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "- {id: throttle, who: beijing, title: Mine, meaning: Another one., deals: kept}",
            "responses.yaml:1: id: the strategy 'throttle' stands twice",
        ),
        ("- {id: wait, who: moscow, title: Wait, meaning: It waits.}", "who: should be beijing or allies, not 'moscow'"),
        ("- {id: wait, who: beijing, title: Wait, meaning: It waits., imports: shut}", "imports: should be open or throttled, not 'shut'"),
        ("- {id: wait, who: beijing, title: Wait, meaning: It waits., raises: {gW: 1.5}}", "raises.gW: should be below 1, not 1.5"),
        ("- {id: wait, who: beijing, title: Wait, meaning: It waits., raises: {gw: 0.9}}", "there are gW, gH, ind"),
        ("- {id: wait, who: allies, title: Wait, meaning: It waits., levers: {aa: 0.9}}", "there is no lever 'aa'"),
        ("- {id: wait, who: allies, title: Wait, meaning: It waits., levers: {a: 2}}", "levers.a: should be at most 1, not 2"),
        ("- {id: wait, who: allies, title: Wait, meaning: It waits., basis: published, levers: {a: 0}}", "basis: published needs a source"),
        (
            "- {id: wait, who: allies, title: Wait, meaning: It waits., sources: [nobody]}",
            "'nobody' is no id of sources.yaml",
        ),
        ("- {id: wait, who: beijing, title: Wait, meaning: It waits.}", "beijing: one strategy, and no more, leaves everything as drawn"),
        ("id: wait", "should be a list of entries"),
    ],
)
def test_a_strategy_that_does_not_hold_is_refused_where_it_stands(overlay, text, said):
    with pytest.raises(PackError) as error:
        load_responses(WORDS, overlays=[overlay(text + "\n")])
    assert said in str(error.value)


def test_a_folder_without_strategies_has_none(tmp_path):
    assert load_responses(WORDS, root=tmp_path) is None
