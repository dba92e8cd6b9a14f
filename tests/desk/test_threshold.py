"""The threshold lever: the best legal chip of a quarter follows from the rules and the catalogue, and from nothing that is typed."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from thalweg.controls.decide import decide, rulebook
from thalweg.desk import threshold as th
from thalweg.desk.packs import the_pack
from thalweg.desk.policies import ready, the_policy
from thalweg.pack.policies import load_threshold
from thalweg.scenarios.quarters import LABELS, QUARTERS, index

STATUS_QUO = ready(the_policy("status-quo"))
FACTS = {**load_threshold().met_conditions, "china_volume_share": 0.5}


def chip(policy, quarter):
    return ready(the_policy(policy)).resolved.item[index(quarter)]


@pytest.mark.parametrize(
    ("quarter", "item"),
    [
        ("2022Q2", "NVIDIA A100 80GB SXM"),
        ("2023Q1", "NVIDIA H800 SXM"),
        ("2024Q2", "NVIDIA H20"),
        ("2025Q1", "NVIDIA H20"),
        ("2026Q2", "NVIDIA H200 SXM"),
    ],
)
def test_history_gives_the_chips_that_were_sold(quarter, item):
    assert STATUS_QUO.resolved.item[index(quarter)] == item


def test_days_count_as_they_were_in_force():
    legal = STATUS_QUO.resolved.legal
    assert legal[index("2025Q2")] == pytest.approx(8 / 91)  # to the letters of 9 April
    assert legal[index("2025Q3")] == pytest.approx(78 / 92)  # from 15 July, when licenses were promised
    assert STATUS_QUO.resolved.license[index("2025Q4")] == 1.0


@pytest.mark.parametrize(
    ("policy", "item"),
    [
        ("h20-era", "NVIDIA H20"),
        ("cooperation-camp", "NVIDIA B200"),
        ("open-sales", "NVIDIA Rubin"),
        ("control-camp", ""),
        ("full-decoupling", ""),
        ("chip-security-act", "NVIDIA H200 SXM"),
    ],
)
def test_the_rulebook_of_a_policy_decides_its_chip(policy, item):
    assert chip(policy, "2027Q2") == item
    assert chip(policy, "2026Q2") == "NVIDIA H200 SXM"  # before the policy, as it was


@pytest.mark.parametrize("policy", ["status-quo", "h20-era", "cooperation-camp", "control-camp", "open-sales", "full-decoupling"])
@pytest.mark.parametrize("quarter", ["2024Q3", "2026Q3", "2027Q3"])
def test_the_resolution_says_what_decide_says(policy, quarter):
    found = the_policy(policy)
    day = dt.date(int(quarter[:4]), 3 * int(quarter[5]) - 1, 15)
    laid = [x for x in found.rulebook if x.start <= day]
    book = rulebook(the_pack(None, [x.overlay for x in laid], {k: v for x in laid for k, v in x.parameters.items()} or None))
    cap = ready(found).plan().levers.values["cap"][index(quarter)]
    free = []
    for c in th.chips_on_sale(the_pack(), load_threshold()):
        if c.sold_from > day.toordinal():
            continue
        facts = FACTS | {"china_volume_share": min(1.0, float(cap))}
        sale = {"item": c.item, "to": "CN", "date": day, "activity": "export", "parties": [th.BUYER], "facts": facts}
        answer = decide(book, sale)
        if answer.outcome in th.FREE or (answer.outcome == "license_required" and answer.review_policy in th.GRANTED):
            free.append(c)
    best = max(free, key=lambda c: c.usefulness).item if free else ""
    assert ready(found).resolved.item[index(quarter)] == best


def test_a_cap_above_that_of_the_rule_closes_it():
    policy = the_policy("status-quo")
    wide = dataclasses.replace(policy.levers["cap"][0], value=0.51)
    above = ready(dataclasses.replace(policy, levers={**policy.levers, "cap": (wide,)}))
    assert above.resolved.item[index("2026Q3")] == "NVIDIA H20"  # the letters, with licenses granted
    assert STATUS_QUO.resolved.item[index("2026Q3")] == "NVIDIA H200 SXM"


@pytest.mark.parametrize(
    ("ceiling", "item"), [(1, ""), (2400, "NVIDIA H20"), (16_000, "NVIDIA H200 SXM"), (45_000, "NVIDIA B200"), (70_000, "NVIDIA B300")]
)
def test_parameters_of_the_rulebook_move_the_threshold(ceiling, item):
    policy = the_policy("h20-era", parameters={"ceiling_tpp": ceiling, "ceiling_dram_gb_s": 10_000})
    assert ready(policy).resolved.item[index("2027Q2")] == item


def test_a_higher_ceiling_never_gives_a_worse_chip():
    ceilings = [1, 2_000, 2_400, 5_000, 16_000, 20_000, 45_000, 70_000, 300_000]
    useful = []
    for ceiling in ceilings:
        found = ready(the_policy("h20-era", parameters={"ceiling_tpp": ceiling, "ceiling_dram_gb_s": 1e6})).resolved
        useful.append(found.usefulness[index("2027Q2")] if found.item[index("2027Q2")] else 0.0)
    assert useful == sorted(useful)


def test_what_a_chip_is_comes_from_the_catalogue():
    chips = {c.item: c for c in th.chips_on_sale(the_pack(), load_threshold())}
    h20 = chips["NVIDIA H20"]
    assert h20.usefulness == pytest.approx(np.sqrt(296 / 1979 * 4000 / 3350))
    assert h20.price == pytest.approx(12_000 / (296 / 1979))
    assert chips["NVIDIA H100 SXM"].usefulness == pytest.approx(1.0)
    assert chips["NVIDIA B200"].fp4 == pytest.approx(2.0, rel=0.02)
    assert chips["NVIDIA A100 80GB SXM"].fp4 == 1.0  # its 4-bit integers are no FP4


def test_a_generation_fades_once_the_next_is_sold():
    found = ready(the_policy("cooperation-camp")).resolved
    share = found.share(load_threshold(), 3.0)
    later = np.arange(QUARTERS) > index("2027Q1")
    assert (np.diff(share[later]) < 0).all()
    assert (found.share(load_threshold(), np.array([3.0, 4.0]))[later, 1] < share[later]).all()


def test_the_cache_gives_what_deciding_gives(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    th._segments.cache_clear()
    policy = the_policy("chip-security-act")
    first = ready(policy).resolved
    assert list((tmp_path / "thalweg").glob("threshold-*.json"))
    th._segments.cache_clear()
    again = ready(policy).resolved
    assert first.item == again.item
    assert np.array_equal(first.legal, again.legal)


def test_a_broken_cache_is_worked_out_anew(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    th._segments.cache_clear()
    first = ready(the_policy("status-quo")).resolved
    for path in (tmp_path / "thalweg").glob("threshold-*.json"):
        path.write_text('[["x"]]', encoding="utf-8")
    th._segments.cache_clear()
    assert ready(the_policy("status-quo")).resolved.item == first.item


def test_every_quarter_has_its_days():
    days = [th.start_of(t + 1) - th.start_of(t) for t in range(QUARTERS)]
    assert set(days) <= {90, 91, 92}
    assert sum(days) == (dt.date(2033, 1, 1) - dt.date(2022, 1, 1)).days
    assert len(LABELS) == len(days)
