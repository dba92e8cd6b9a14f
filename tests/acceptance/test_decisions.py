"""The acceptance cases, in process and through the command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from thalweg.controls import decide, rulebook
from thalweg.pack import load_pack

FILE = Path(__file__).resolve().parents[3] / "shared" / "cases" / "decisions.jsonl"
CASES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()] if FILE.exists() else []

pytestmark = [pytest.mark.acceptance, pytest.mark.needs_shared]


def unmet(answer: dict, expected: dict) -> list[str]:
    """Return what of a case's expectations an answer does not meet."""
    wrong = [
        f"{k} is {answer[k]}, not {expected[k]}"
        for k in ("outcome", "codified_outcome", "review_policy", "beyond_verified")
        if k in expected and answer[k] != expected[k]
    ]
    classes = answer["classification"]
    wrong += [f"{c} is not in {classes}" for c in expected.get("classification_includes", []) if not _under(c, classes)]
    wrong += [f"{c} is in {classes}" for c in expected.get("classification_excludes", []) if _under(c, classes)]
    usable = {e["exception"] for e in answer["exceptions"] if e["available"]}
    wrong += [f"{e} is not available" for e in expected.get("exceptions_include", []) if e not in usable]
    asked = {m["fact"] for m in answer["missing_facts"]}
    if "missing_facts_any_of" in expected and not asked & set(expected["missing_facts_any_of"]):
        wrong.append(f"asks for {asked}, not for one of {expected['missing_facts_any_of']}")
    return wrong


def _under(name: str, classes: list[str]) -> bool:
    return any(c == name or c.startswith(name + ".") for c in classes)


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_a_case_is_decided_as_expected(case):
    answer = decide(rulebook(load_pack()), case["transaction"])
    assert not unmet(answer.model_dump(), case["expect"]), f"{case['why']} ({case['source']})\n{answer.explain()}"


def test_the_command_decides_the_whole_file(tmp_path):
    lines = tmp_path / "cases.jsonl"
    lines.write_text("\n".join(json.dumps(c["transaction"]) for c in CASES), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "thalweg", "decide", str(lines), "--format", "jsonl"], capture_output=True, text=True, check=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["id"] for a in answers] == [c["id"] for c in CASES]
    assert not [(a["id"], w) for a, c in zip(answers, CASES, strict=True) if (w := unmet(a, c["expect"]))]
