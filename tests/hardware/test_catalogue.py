"""Names of the catalogue: found, ambiguous, unknown; and what is not known of an item stays unknown."""

from __future__ import annotations

import pytest

from thalweg.evidence import BadInput
from thalweg.hardware import catalogue
from thalweg.hardware.catalogue import Catalogue, fold
from thalweg.pack import load_pack

SHELF = catalogue(load_pack())


@pytest.mark.parametrize("said", ["NVIDIA H100 SXM", "nvidia h100 sxm", "NVIDIA-H100-SXM", "nvidiah100sxm", " NVIDIA  H100_SXM "])
def test_case_spaces_and_hyphens_do_not_count(said):
    assert SHELF.find(said).name == "NVIDIA H100 SXM"


@pytest.mark.parametrize(
    ("alias", "name"), [("昇腾910C", "Huawei Ascend 910C"), ("MI300X", "AMD Instinct MI300X"), ("DGX A100", "NVIDIA DGX A100")]
)
def test_an_alias_is_found(alias, name):
    assert SHELF.find(alias).name == name


def test_every_name_and_alias_of_the_tables_is_found_and_leads_to_its_row():
    for name in SHELF.names():
        assert SHELF.find(name).name == name
        for alias in filter(None, (a.strip() for a in SHELF.row(name)["aliases"].split(";"))):
            assert SHELF.find(alias).name == name, alias


@pytest.mark.parametrize(
    ("said", "suggests"),
    [
        ("NVIDIA H1000 SXM", "'NVIDIA H100 SXM'"),
        ("NVIDA H20", "'NVIDIA H20'"),
        ("AMD Instinct MI300Z", "'AMD Instinct MI300X'"),
        ("Huawei Ascend 910X", "'Huawei Ascend 910C'"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(said, suggests):
    with pytest.raises(BadInput) as caught:
        SHELF.find(said)
    assert f"item {said!r} is not in the catalogue; did you mean" in str(caught.value)
    assert suggests in str(caught.value)


def test_a_name_like_no_other_says_what_to_do_instead():
    with pytest.raises(BadInput, match=r"'zzzz' is not in the catalogue \(or describe it: an object with kind and specifications\)"):
        SHELF.find("zzzz")


@pytest.mark.parametrize(
    ("said", "choices"),
    [
        ("H100", ["NVIDIA H100 SXM", "NVIDIA H100 PCIe", "NVIDIA H100 NVL"]),
        ("A100 80GB", ["NVIDIA A100 80GB SXM"]),
        ("910B", ["Huawei Ascend 910B2"]),
        ("gaudi 3", ["Intel Gaudi 3 (OAM)"]),
    ],
)
def test_a_name_that_fits_several_asks_which(said, choices):
    with pytest.raises(BadInput) as caught:
        SHELF.find(said)
    assert "fits several entries of the catalogue; choose one of" in str(caught.value)
    assert all(c in str(caught.value) for c in choices)


def test_every_candidate_of_an_ambiguous_name_is_in_the_catalogue():
    rows = load_pack().hardware["ambiguous"]
    assert rows
    for row in rows:
        candidates = [c.strip() for c in row["candidates"].split(";")]
        assert len(candidates) > 1
        for candidate in candidates:
            assert SHELF.find(candidate).name == candidate


def test_no_two_rows_share_a_name_or_alias():
    seen: dict[str, str] = {}
    for name in SHELF.names():
        for spelling in {fold(s.strip()) for s in (name, *SHELF.row(name)["aliases"].split(";")) if s.strip()}:
            assert seen.setdefault(spelling, name) == name, spelling


def test_links_and_host_interface_are_added():
    assert SHELF.find("NVIDIA A800").values["io_bandwidth_gb_s"] == 464
    assert SHELF.find("NVIDIA H20").values["io_bandwidth_gb_s"] == 1028


def test_a_rate_of_which_only_a_part_is_known_is_a_lower_bound():
    facts = SHELF.find("NVIDIA GB200 (per GPU)")
    assert "io_bandwidth_gb_s" not in facts.values
    assert facts.minimum["io_bandwidth_gb_s"] == 1800


def test_a_performance_of_which_only_a_part_was_published_is_a_lower_bound():
    facts = SHELF.find("NVIDIA RTX 6000D")
    assert "tpp" not in facts.values
    assert facts.minimum["tpp"] == 3104
    assert facts.minimum["performance_density"] == pytest.approx(4.14, abs=0.01)


def test_what_is_not_known_is_absent_and_not_zero():
    facts = SHELF.find("Huawei Ascend 910D")
    assert not {"tpp", "performance_density", "dram_bandwidth_gb_s"} & set(facts.values)


def test_a_chip_without_dram_has_no_dram_bandwidth():
    assert SHELF.find("Groq LPU v1").values["dram_bandwidth_gb_s"] == 0


def test_a_planar_chip_has_no_density_to_speak_of():
    assert SHELF.find("Google TPU v1").values["planar"] is True
    assert SHELF.find("Google TPU v1").values["performance_density"] == 0


def test_a_market_that_is_unclear_is_unknown():
    assert "datacenter" not in SHELF.find("NVIDIA RTX A6000").values
    assert SHELF.find("NVIDIA RTX 4090").values["datacenter"] is False
    assert SHELF.find("NVIDIA L4").values["datacenter"] is True


def test_a_dispute_replaces_the_value_by_its_readings():
    facts = SHELF.find("AMD Instinct MI308X")
    assert "tpp" not in facts.values
    assert sorted(a.facts["tpp"] for a in facts.alternatives) == [3312, 5505]
    assert all(a.source for a in facts.alternatives)


def test_a_reading_that_is_rejected_is_no_alternative():
    assert SHELF.find("NVIDIA L40S").alternatives == ()
    assert SHELF.find("NVIDIA L40S").values["tpp"] == 5864


def test_a_dispute_over_an_area_moves_the_density():
    readings = SHELF.find("AMD Instinct MI210").alternatives
    assert [round(a.facts["performance_density"], 2) for a in readings] == [4.0, 3.67]


def test_a_system_contains_its_accelerator():
    facts = SHELF.find("NVIDIA DGX H200")
    assert facts.values["kind"] == "computer"
    assert [c.name for c in facts.components] == ["NVIDIA H200 SXM"]


def test_one_catalogue_is_made_for_one_pack():
    assert catalogue(load_pack()) is SHELF
    assert isinstance(catalogue(load_pack()), Catalogue)


def test_the_catalogue_holds_what_the_table_holds():
    assert [len(SHELF.names(t)) for t in ("chips", "hbm", "systems")] == [148, 10, 30]
