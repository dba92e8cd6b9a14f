"""The word lists of knowledge/news hold together: no row asks for what nothing sets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from thalweg.evidence import PackError
from thalweg.nouns.news import EventType, Qualifier
from thalweg.pack.load import EMBEDDED
from thalweg.pack.news import build_news, load_news

TABLES = load_news().tables
MARKS = {
    "state", "firm", "agency", "legislature", "enforcer", "body", "imposer", "person", "item", "chip", "chip_model", "chip_firm",
    "money", "count", "state_pair",
    "firm_pair", "no_state", "first_state", "first_firm", "first_agency", "rule_of_authority", "by_state", "signed_act",
}  # fmt: skip
CODE = Path(__file__).resolve().parents[3] / "src" / "thalweg" / "watch" / "extraction"


def test_every_row_asks_for_cues_and_marks_that_there_are():
    known = set(TABLES["cues"]) | MARKS
    for row in TABLES["rules"]:
        asked = {*row.get("all", ()), *row.get("any", ()), *row.get("none", ())}
        assert asked <= known, (row["test"], asked - known)
        assert row["event"] in get_args(EventType)
        assert row["all"]
        assert row["test"]


def test_the_code_asks_for_cues_and_marks_that_there_are():
    known = set(TABLES["cues"]) | MARKS
    for path in CODE.glob("*.py"):
        for call in re.finditer(
            r"(?:\.has\(|_weigh\w*\(\w+(?:\[:\d\])?, |_any\(\w+(?:\[:\d\])?, )((?:\"\w+\"(?:, )?)+)\)", path.read_text(encoding="utf-8")
        ):
            asked = set(re.findall(r'"(\w+)"', call[1]))
            assert asked <= known, (path.name, asked - known)


def test_no_cue_is_empty_and_no_phrase_is_written_twice_as_another_type():
    for name, phrases in TABLES["cues"].items():
        assert phrases, name
        assert all(isinstance(p, str) and p.strip() == p and p for p in phrases), name


def test_countries_are_places_of_the_pack():
    from thalweg.pack import load_pack

    codes = set(load_pack().places) | {"EU", ""}
    assert {row["country"] for name in ("agencies", "companies") for row in TABLES[name]} <= codes
    assert set(TABLES["places"]) <= codes


def test_a_name_of_a_firm_or_an_authority_stands_once():
    for name in ("agencies", "companies"):
        names = [row["name"] for row in TABLES[name]]
        assert len(names) == len(set(names)), name
    owners: dict[str, str] = {}
    for row in TABLES["companies"]:
        for alias in row["aliases"]:
            assert owners.setdefault(alias, row["name"]) == row["name"], alias


def test_units_know_only_qualifiers_that_there_are():
    for place in ("before", "after"):
        assert set(TABLES["units"][place]) <= set(get_args(Qualifier))


def test_classes_are_written_as_the_control_list_writes_them():
    for row in TABLES["items"]:
        assert re.fullmatch(r"(?:[0-9][A-E][0-9]{3}(?:\.[a-z])?)?|744\.\d+", row["eccn"]), row


def test_a_missing_list_is_named(tmp_path):
    (tmp_path / "pack.yaml").write_text("name: x\n")
    with pytest.raises(PackError, match="agencies"):
        build_news(tmp_path)


def test_the_lists_are_written_out_for_the_wheel(tmp_path):
    data = build_news(EMBEDDED, tmp_path / "news.json")
    assert (tmp_path / "news.json").stat().st_size > 10_000
    assert data["sha256"] == load_news().sha256
