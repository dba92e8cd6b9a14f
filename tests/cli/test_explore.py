"""`thalweg diff` and the parameters of a draft, as people run them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PARTIES = [{"role": "end_user", "name": "Buyer", "country": "CN", "headquarters": "CN", "ultimate_parent_headquarters": "CN"}]
SMALL = {
    "kind": "integrated_circuit",
    "name": "A small part",
    "tpp": 1600,
    "die_area_mm2": 800,
    "io_bandwidth_gb_s": 64,
    "dram_bandwidth_gb_s": 300,
    "datacenter": False,
}
DEAL = {"id": "a", "item": SMALL, "to": "CN", "value_usd": 1000, "exporter": {"name": "Maker", "country": "US"}, "parties": PARTIES}


def thalweg(*args):
    return subprocess.run([sys.executable, "-m", "thalweg", *args], capture_output=True, text=True, check=False)


@pytest.fixture
def deals(tmp_path):
    file = tmp_path / "deals.jsonl"
    file.write_text(json.dumps(DEAL | {"date": "2026-12-02"}) + "\n", encoding="utf-8")
    return file


def changed(deals, *args):
    done = thalweg("diff", str(deals), "--before", "2026-12-02", "--overlay", "safe-chips-act", "--format", "json", *args)
    assert done.returncode == 0, done.stderr
    return [(r["before"], r["after"]) for r in json.loads(done.stdout)["rows"] if r["changed"]]


def test_a_parameter_moves_the_threshold_of_a_draft(deals):
    assert changed(deals) == []
    assert changed(deals, "--set", "safe_tpp_floor=1500") == [("no_license_required", "license_required")]


def test_a_draft_that_does_not_act_yet_says_from_when(deals):
    done = thalweg("diff", str(deals), "--before", "2026-11-01", "--overlay", "safe-chips-act")
    assert "0 of 1 change" in done.stdout
    assert "act from 2026-12-01" in done.stderr


@pytest.mark.parametrize("verb", [("timeline",), ("headroom",), ("decide", "--item")])
def test_a_parameter_without_an_overlay_is_refused(verb):
    done = thalweg(*verb, "NVIDIA H20", "--to", "CN", "--set", "safe_tpp_floor=1")
    assert done.returncode == 2
    assert "no overlay is laid" in done.stderr
    assert "Traceback" not in done.stderr
