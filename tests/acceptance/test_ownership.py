"""The acceptance cases of ownership, in process, through the command, and as tables."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from thalweg.desk.ownership import attribute_edges, attribute_ownership

FILE = Path(__file__).resolve().parents[3] / "shared" / "cases" / "ownership.jsonl"
LINES = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
CASES = [json.loads(line, parse_float=Decimal) for line in LINES]

pytestmark = [pytest.mark.acceptance, pytest.mark.needs_shared]


def unmet(answer: dict, case: dict) -> list[str]:
    """Return what of a case's expectations an answer does not meet."""
    wrong = [f"{p} is {answer['status'].get(p)}, not {s}" for p, s in case["expect"].items() if answer["status"].get(p) != s]
    flagged = sorted({f["party"] for f in answer["red_flags"]})
    if "red_flags" in case and flagged != sorted(case["red_flags"]):
        wrong.append(f"red flags on {flagged}, not on {case['red_flags']}")
    return wrong


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_a_case_is_attributed_as_expected(case):
    answer = attribute_ownership(case)
    assert not unmet(answer.model_dump(), case), f"{case['why']} ({case['source']})\n{answer.explain()}"
    assert {"id", "as_of", "status", "chains", "red_flags", "citations"} <= answer.model_dump().keys()


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_a_case_is_the_same_as_a_table(case):
    columns = {key: [None if e[key] is None else str(e[key]) for e in case["owns"]] for key in ("owner", "owned", "share")}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    found = attribute_edges(frame, regime=case["regime"], date=case["date"], listed=case["listed"])
    assert dict(found.select("party", "status").iter_rows()).items() >= case["expect"].items()


def test_the_command_attributes_the_whole_file():
    done = subprocess.run(
        [sys.executable, "-m", "thalweg", "ownership", str(FILE), "--format", "jsonl"], capture_output=True, text=True, check=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["id"] for a in answers] == [c["id"] for c in CASES]
    assert not [(a["id"], w) for a, c in zip(answers, CASES, strict=True) if (w := unmet(a, c))]
