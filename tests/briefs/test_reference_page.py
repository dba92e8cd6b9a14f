"""The page on portfolios names every column that is read and every field that a briefing holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from thalweg.briefs import portfolio
from thalweg.briefs.model import Briefing

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/portfolio.md").read_text(encoding="utf-8")
TABLES = {"firm": portfolio.Firm} | portfolio._MODELS


def named(section):
    """The names in the first column of the table of a section."""
    body = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    return {name for cell in re.findall(r"^\| ([^|]*) \|", body, re.MULTILINE) for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_of_a_table_are_those_that_are_read(table):
    columns = {field.alias or name for name, field in TABLES[table].model_fields.items()}
    assert named(f"`{table}`") == columns | ({"watch", "overlays"} if table == "firm" else set())


def test_the_fields_of_a_briefing_are_those_of_its_json():
    assert named("Fields of `briefing.json`") == set(Briefing.model_fields)
