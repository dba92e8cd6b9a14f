"""The equation list is made from the steps, and says what they compute."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from thalweg.scenarios.equations import SECTIONS, as_markdown, equations
from thalweg.scenarios.inputs import CONSTANT_OF, Constants
from thalweg.scenarios.levers import LEVERS, Lever
from thalweg.scenarios.parameters import UNIFORMS, Parameters, Switches

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "equations.md"
ALL = equations()
PASSED = {
    "unmet_demand": {"pt"},
    "payable": {"pt"},
    "produce": {"rH", "hbm_stock_2025", "hbm_quarters"},
    "spending": {"pt"},
    "capacity": {"eta"},
    "network": {"Kmin"},
    "wafers": {"gW", "gH", "wa_max"},
    "total_flow": {"chi"},
    "revenue": {"chi"},
    "effective_growth": {"ga"},
    "gap": {"phi", "conc"},
    "lag_noise": {"lag_noise_sd", "lag_noise_ar"},
    "deal_kept": {"breach_kv", "breach_kc"},
}
"""What a formula names and its function is handed, or another step has worked in."""
KNOWN = {*Parameters._fields, *Switches._fields}


def read_by(function):
    """The parameters and switches that a function's code reads."""
    source = inspect.getsource(function).split('"""', 2)[2]
    own = {name for name in re.findall(r"\b(?:x|sw)\.(\w+)", source) if name in KNOWN}
    held = set(re.findall(r"\bk\.(\w+)", source)) & set(Constants._fields)
    return own | {name for constant in held for name in CONSTANT_OF[constant]}


def named_in(formula):
    return {name for name in re.findall(r"[A-Za-z]\w*", formula) if name in KNOWN}


def test_the_page_is_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == as_markdown(), "run: python -m thalweg.scenarios.equations > docs/reference/equations.md"


def test_every_equation_of_the_model_is_there():
    assert {e.label for e in ALL} == {f"({n})" for n in range(1, 29)} | {"(12b)"}


@pytest.mark.parametrize("equation", ALL, ids=lambda e: e.function.__name__)
def test_every_step_has_a_formula_units_and_a_source(equation):
    assert {"Formula", "Units", "Source"} <= set(equation.sections) <= set(SECTIONS)


@pytest.mark.parametrize("equation", ALL, ids=lambda e: e.function.__name__)
def test_a_formula_names_every_parameter_that_the_code_reads(equation):
    assert read_by(equation.function) - named_in(equation.sections["Formula"]) == set()


@pytest.mark.parametrize("equation", ALL, ids=lambda e: e.function.__name__)
def test_a_formula_names_no_parameter_that_the_code_does_not_read(equation):
    passed = PASSED.get(equation.function.__name__, set())
    assert named_in(equation.sections["Formula"]) - read_by(equation.function) - passed == set()


def test_every_parameter_is_in_a_formula_or_opens_a_stock():
    named = set().union(*(named_in(e.sections["Formula"]) for e in ALL))
    openings = {"S0_cn", "S0_dom", "K0", "die_bank", "die_bank_left_2025", "hbm_stock_2025", "g_us_before"}
    elsewhere = {"m_decay"}  # read where the catalogue is resolved to the lever m
    assert KNOWN - named - openings - elsewhere == set()


def test_every_lever_is_in_the_table_and_in_a_formula():
    assert tuple(LEVERS) == Lever._fields
    formulas = " ".join(e.sections["Formula"] for e in ALL)
    assert [name for name in LEVERS if not re.search(rf"\b{name}\b", formulas)] == []


def test_every_kind_of_event_is_named_by_a_step():
    assert [name for name in UNIFORMS if name not in " ".join(e.sections["Units"] + e.sections["Formula"] for e in ALL)] == []


def test_constants_are_those_of_their_parameters():
    assert tuple(CONSTANT_OF) == Constants._fields
    assert {name for names in CONSTANT_OF.values() for name in names} <= set(Parameters._fields)
