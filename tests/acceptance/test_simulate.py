"""What interfaces.md says of scenarios, in process and through the command."""

from __future__ import annotations

import json
import subprocess
import sys

import thalweg as tw

LEVELS = ["p5", "p10", "p25", "p50", "p75", "p90", "p95", "mean"]


def run(*arguments):
    return subprocess.run([sys.executable, "-m", "thalweg", *arguments], capture_output=True, check=True).stdout


def test_simulate_gives_each_outcome_and_quarter_with_its_quantiles():
    answer = json.loads(run("simulate", "status-quo", "--runs", "2000", "--seed", "7", "--format", "json"))
    assert len(answer["outcomes"]) == 31
    for outcome in answer["outcomes"].values():
        assert len(outcome["quarters"]) == 44
        assert all(list(row) == LEVELS for row in outcome["quarters"].values())


def test_the_same_policy_seed_and_pack_give_the_same_bytes():
    one, other = (run("simulate", "control-camp", "--runs", "500", "--seed", "3", "--format", "json") for _ in range(2))
    assert one == other


def test_list_names_the_policies_that_are_shipped():
    listed = {row["id"] for row in json.loads(run("simulate", "--list", "--format", "json"))}
    assert {"status-quo", "control-camp", "cooperation-camp", "h20-era", "h200-case-by-case", "open-sales"} <= listed
    assert {"chip-security-act", "affiliates-back", "full-decoupling"} <= listed


def test_the_verbs_of_python():
    ensemble = tw.simulate(policy="status-quo", runs=200, seed=7)
    comparison = tw.compare(["status-quo", "h200-case-by-case"], runs=200, seed=7)
    for answer in (ensemble, comparison):
        assert answer.model_dump()["as_of"]
        assert answer.model_dump()["pack"]["sha256"]
        assert answer.explain()
        assert answer._repr_markdown_()
