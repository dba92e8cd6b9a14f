"""The case table of tests/cases, decided one by one. Each case says why, on what source, and what must come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from thalweg.controls import Determination, classify, decide, rulebook
from thalweg.pack import load_pack
from thalweg.pack.reader import read_yaml

FOLDER = Path(__file__).resolve().parent.parent / "cases"
EXACT = ("outcome", "codified_outcome", "review_policy", "beyond_verified")
KEYS = {
    *EXACT,
    "classification_includes",
    "classification_excludes",
    "exceptions_include",
    "exceptions_exclude",
    "missing_facts_any_of",
    "missing_facts_none_of",
    "requirements_include",
    "requirements_exclude",
    "cites",
    "assumptions_mention",
    "red_flags_include",
    "red_flags_exclude",
    "obligations_mention",
    "open_questions_mention",
    "duties",
}


def tables() -> Iterable[tuple[str, dict[str, Any]]]:
    for path in sorted(FOLDER.glob("*.yaml")):
        yield path.stem, read_yaml(path, name=path.name).data


def cases() -> list[Any]:
    """Every case of every table; what a table says under `every` holds for each of its transactions that does not say otherwise."""
    found = []
    for topic, table in tables():
        for case in table.get("cases", ()):
            whole = {"source": table.get("source", ""), **case, "transaction": {**table.get("every", {}), **case["transaction"]}}
            found.append(pytest.param(whole, id=f"{topic}:{case['id']}"))
    return found


def chips() -> list[Any]:
    """Every chip of the chip table, on each of its dates."""
    found = []
    for _, table in tables():
        for row in table.get("chips", ()):
            found.extend(
                pytest.param(row["chip"], day, row[day], row["why"], id=f"{row['chip']} on {day}") for day in table["dates"] if day in row
            )
    return found


def under(wanted: str, found: Iterable[str]) -> bool:
    return any(f == wanted or f.startswith(wanted + ".") for f in found)


def judge(answer: Determination, expect: Mapping[str, Any]) -> list[str]:
    """Return what differs from what was expected, in words."""
    wrong = [f"unknown key {key!r} under expect" for key in sorted(set(expect) - KEYS)]
    wrong += [
        f"{key} is {getattr(answer, key)!r}, not {expect[key]!r}" for key in EXACT if key in expect and getattr(answer, key) != expect[key]
    ]
    usable = [e.exception for e in answer.exceptions if e.available]
    missing = [m.fact for m in answer.missing_facts]
    required = [r.rule.removeprefix("us-ear/") for r in answer.requirements]
    cited = [c.citation for r in (*answer.requirements, *answer.review_rules) for c in r.citations]
    words = {
        "assumptions_mention": [f"{a.assumption} {a.fact}" for a in answer.assumptions],
        "obligations_mention": [o.obligation for o in answer.obligations],
        "open_questions_mention": answer.open_questions,
        "cites": cited,
        "red_flags_include": [f.rule for f in answer.red_flags],
        "duties": [d.rule for d in answer.duties],
    }
    for wanted in expect.get("classification_includes", ()):
        if not under(wanted, answer.classification):
            wrong.append(f"classification {answer.classification} lacks {wanted}")
    for unwanted in expect.get("classification_excludes", ()):
        if under(unwanted, answer.classification):
            wrong.append(f"classification {answer.classification} holds {unwanted}")
    wrong += [f"exception {e} is not among those available, {usable}" for e in expect.get("exceptions_include", ()) if e not in usable]
    wrong += [f"exception {e} is available" for e in expect.get("exceptions_exclude", ()) if e in usable]
    if "missing_facts_any_of" in expect and not set(expect["missing_facts_any_of"]) & set(missing):
        wrong.append(f"missing facts {missing} name none of {expect['missing_facts_any_of']}")
    wrong += [f"{fact} is asked for" for fact in expect.get("missing_facts_none_of", ()) if fact in missing]
    wrong += [
        f"no requirement {p}*, only {required}"
        for p in expect.get("requirements_include", ())
        if not any(r.startswith(p) for r in required)
    ]
    wrong += [f"there is a requirement {p}*" for p in expect.get("requirements_exclude", ()) if any(r.startswith(p) for r in required)]
    for key, texts in words.items():
        wrong += [
            f"{key}: {text!r} is in none of {texts}" for text in expect.get(key, ()) if not any(text.lower() in t.lower() for t in texts)
        ]
    wrong += [f"red flag {f} is raised" for f in expect.get("red_flags_exclude", ()) if any(f in r for r in words["red_flags_include"])]
    if expect.get("duties") == [] and answer.duties:
        wrong.append(f"duties {words['duties']} stand")
    return wrong


@pytest.mark.parametrize("case", cases())
def test_a_case_comes_out_as_the_text_says(case):
    answer = decide(rulebook(load_pack()), {"id": case["id"], **case["transaction"]})
    wrong = judge(answer, case["expect"])
    assert not wrong, "\n".join([f"{case['id']}: {case['why']} [{case['source']}]", *wrong, "", answer.explain().split("\n\n")[0]])


@pytest.mark.parametrize(("chip", "day", "expected", "why"), chips())
def test_a_chip_falls_into_its_class(chip, day, expected, why):
    found = classify(rulebook(load_pack()), chip, dt.date.fromisoformat(day))
    held = [c for c in found.classification if c.startswith("3A090")]
    possible = [c for c in found.possible if c.startswith("3A090")]
    shown = f"{chip} on {day}: held {held}, possible {possible}; {why}"
    if expected == "open":
        assert not held, shown
        assert possible, shown
        assert found.missing_facts, shown
    else:
        assert held == ([] if expected == "none" else [expected]), shown
        assert not possible, shown


def test_the_tables_are_large_and_every_case_is_named_once():
    names = [c.id for c in cases()]
    assert len(names) == len(set(names))
    assert len(names) >= 150
    assert len({c.values[0] for c in chips()}) >= 60


@pytest.mark.parametrize("case", cases())
def test_a_case_gives_its_reason_and_source_and_expects_something(case):
    assert case["why"]
    assert case["source"]
    assert case["expect"]
