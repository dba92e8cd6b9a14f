"""Distances to thresholds, the single change that turns the verdict, and the largest chip for a destination."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.controls import decide, headroom, rulebook, to_local_buyer
from thalweg.hardware import catalogue
from thalweg.pack import load_pack

PACK = load_pack()
BOOK = rulebook(PACK)
SUMMER = dt.date(2024, 6, 1)


def distance(found, fact, threshold):
    return next(d for d in found.distances if d.fact == fact and d.threshold == threshold)


def test_l20_stands_six_hundredths_of_density_under_the_line():
    found = headroom(BOOK, "NVIDIA L20", "CN", SUMMER)
    line = distance(found, "performance_density", 3.2)
    assert found.outcome == "no_license_required"
    assert line.gap == pytest.approx(0.058, abs=0.001)
    assert line.flips_to == "license_exception"
    assert "us-ear/774/3A090.b" in line.rules
    assert found.nearest == line


def test_a40_escapes_nothing_by_its_performance():
    found = headroom(BOOK, "NVIDIA A40", "CN", SUMMER)
    assert found.outcome == "license_exception"
    assert distance(found, "performance_density", 3.2).gap == pytest.approx(3.2 - 2395 / 628.4, abs=0.01)
    assert distance(found, "performance_density", 3.2).flips_to == "no_license_required"


def test_mi325x_clears_the_line_of_2026_by_81():
    line = distance(headroom(BOOK, "AMD Instinct MI325X", "CN", dt.date(2026, 2, 1)), "tpp", 21000)
    assert line.gap == pytest.approx(81, abs=1)
    assert "us-ear/742/6-b-10-iii-A-1-case-by-case" in line.rules


def test_the_test_of_2022_is_measured_by_transfer_rate():
    found = headroom(BOOK, "NVIDIA A800", "CN", dt.date(2023, 6, 1))
    line = distance(found, "io_bandwidth_gb_s", 600)
    assert (line.gap, line.flips_to) == (136, "license_required")


def test_a_server_is_measured_by_its_circuits():
    found = headroom(BOOK, "NVIDIA DGX A100", "CN", SUMMER)
    assert distance(found, "tpp", 4800).value == 4992


def test_what_a_distance_says_is_true_when_it_is_tried():
    chip = {
        "name": "Example chip",
        "kind": "integrated_circuit",
        "tpp": 2000,
        "performance_density": 3.1,
        "io_bandwidth_gb_s": 64,
        "dram_bandwidth_gb_s": 100,
        "datacenter": True,
    }
    found = headroom(BOOK, chip, "CN", SUMMER)
    turning = [d for d in found.distances if d.flips_to]
    assert turning
    for d in turning:
        past = d.threshold if d.value < d.threshold else d.threshold * (1 - 2e-6)
        outcomes = {decide(BOOK, to_local_buyer(chip | {d.fact: value}, "CN", SUMMER)).outcome for value in (past, past * (1 + 2e-6))}
        assert d.flips_to in outcomes, d


@pytest.mark.parametrize(("to", "free", "excepted"), [("CN", 4750, 8061), ("DE", None, None)])
def test_the_largest_chip_of_a_destination(to, free, excepted):
    found = headroom(BOOK, "NVIDIA L20", to, SUMMER)
    if free is None:
        chips = catalogue(PACK)
        free = max(chips.find(n).values.get("tpp", 0) for n in chips.names("chips"))
    assert found.largest_free_tpp == pytest.approx(free, abs=1)
    assert found.largest_with_exception_tpp == (excepted if excepted is None else pytest.approx(excepted, abs=1))
    answer = decide(BOOK, to_local_buyer(found.largest_free, to, SUMMER, {"exporter": {"name": "(an exporter)", "country": "US"}}))
    assert answer.outcome == "no_license_required"


def test_the_answer_in_words_names_the_threshold():
    assert "threshold 3.2" in headroom(BOOK, "NVIDIA L20", "CN", SUMMER).explain()
