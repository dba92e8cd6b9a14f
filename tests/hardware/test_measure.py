"""The measures of the control list, held against the check values of the rule and the published table."""

from __future__ import annotations

import csv
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.hardware import catalogue, largest_throughput, performance_density, total_processing_performance
from thalweg.hardware.measure import TOLERANCE, contradicts
from thalweg.pack import load_pack

SHELF = catalogue(load_pack())


def test_the_check_values_of_the_rule():
    assert total_processing_performance([(8, 600)]) == 4800
    assert total_processing_performance([(16, 300)]) == 4800
    assert total_processing_performance([(8, 600), (16, 250)]) == 4800


def test_the_largest_product_counts_and_not_the_largest_rate():
    rates = [(4, 1000), (16, 300), (32, None)]
    assert total_processing_performance(rates) == 4800
    assert largest_throughput(rates) == 1000


def test_nothing_known_gives_nothing():
    assert total_processing_performance([(8, None)]) is None
    assert total_processing_performance([]) is None
    assert largest_throughput([(8, None)]) is None


def test_density_needs_both_values_and_an_area():
    assert performance_density(4800, 800) == 6
    assert performance_density(None, 800) is None
    assert performance_density(4800, None) is None
    assert performance_density(4800, 0) is None


@given(st.lists(st.tuples(st.sampled_from([4, 6, 8, 16, 32, 64]), st.floats(0, 1e6)), min_size=1))
def test_one_more_rate_never_lowers_the_performance(rates):
    assert total_processing_performance(rates) >= total_processing_performance(rates[:-1] or rates)
    assert total_processing_performance(rates) == total_processing_performance(rates[::-1])


@given(st.floats(1, 1e6), st.floats(1, 1e6))
def test_a_contradiction_is_seen_from_both_sides(a, b):
    assert contradicts(a, b) == contradicts(b, a)
    assert not contradicts(a, a)
    assert contradicts(a, a * (1 + 3 * TOLERANCE))


KNOWN = [
    # name, TPP, density: data sheets and die areas of the makers
    ("NVIDIA A100 80GB SXM", 4992, 6.04),
    ("NVIDIA H100 SXM", 15832, 19.45),
    ("NVIDIA H20", 2368, 2.91),
    ("NVIDIA L40S", 5864, 9.64),
    ("NVIDIA L4", 1940, 6.59),
    ("NVIDIA A40", 2395, 3.81),
    ("NVIDIA RTX 4090", 5285, 8.68),
    ("AMD Instinct MI300X", 20919, 8.72),
    ("Google TPU v5e", 3152, 9.70),
    ("Graphcore GC200", 4000, 4.86),
]


@pytest.mark.parametrize(("name", "tpp", "density"), KNOWN, ids=[k[0] for k in KNOWN])
def test_a_chip_has_the_performance_and_density_of_its_data_sheet(name, tpp, density):
    values = SHELF.find(name).values
    assert values["tpp"] == pytest.approx(tpp, abs=1)
    assert values["performance_density"] == pytest.approx(density, abs=0.01)


def shared_rows(shared):
    with (shared / "facts" / "hardware.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.needs_shared
def test_every_published_performance_and_density_is_computed_the_same(shared):
    compared, wrong = 0, []
    for row in (r for r in shared_rows(shared) if r["record_type"] == "chip"):
        facts = SHELF.find(row["name"])
        disputed = {name for reading in facts.alternatives for name in reading.facts} | set(facts.minimum)
        for column, name, digits in (("tpp", "tpp", 0), ("performance_density", "performance_density", 2)):
            if not row[column] or name in disputed:
                continue
            compared += 1
            found = facts.values.get(name)
            if found is None or abs(found - float(row[column])) > 0.51 * 10**-digits:
                wrong.append((row["name"], name, row[column], found))
    assert compared > 150
    assert not wrong


@pytest.mark.needs_shared
def test_a_disputed_performance_holds_the_published_value_among_its_readings(shared):
    seen = 0
    for row in (r for r in shared_rows(shared) if r["record_type"] == "chip" and r["tpp"]):
        facts = SHELF.find(row["name"])
        readings = [a.facts["tpp"] for a in facts.alternatives if "tpp" in a.facts]
        if readings:
            seen += 1
            assert any(math.isclose(r, float(row["tpp"]), rel_tol=1e-3) for r in readings), (row["name"], readings)
    assert seen >= 10


@pytest.mark.needs_shared
def test_every_stack_has_the_published_bandwidth_density(shared):
    rows = [r for r in shared_rows(shared) if r["record_type"] == "hbm"]
    assert len(rows) == 10
    for row in rows:
        found = SHELF.find(row["name"]).values.get("hbm_density_gb_s_mm2")
        wanted = row["memory_bandwidth_density"]
        assert (found is None) == (not wanted), row["name"]
        if wanted:
            assert found == pytest.approx(float(wanted), abs=0.01), row["name"]


@pytest.mark.needs_shared
def test_every_system_contains_the_published_circuit(shared):
    rows = [r for r in shared_rows(shared) if r["record_type"] == "system"]
    assert len(rows) == 30
    for row in rows:
        inside = [c.name for c in SHELF.find(row["name"]).components]
        assert inside == [SHELF.find(row["accelerator"]).name], row["name"]
