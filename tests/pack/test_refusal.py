"""Refusals of knowledge files in plain words: where, what, and what it should be; no name of a type or a model."""

from __future__ import annotations

import re

import pytest

from thalweg.desk.policies import WORDS
from thalweg.evidence import PackError
from thalweg.pack.estimates import load_estimates
from thalweg.pack.policies import load_policy

HEAD = "id: mine\ntitle: Mine\nsummary: Mine it is.\nbased_on: status-quo\nstarts: 2027Q1\n"
INNER = re.compile(r"function-|constrained|Input should|Field required|instance of|\[key\]|validation|File\b|\bstr\b|\bfloat\b|dict")
TRIGGER = "triggers:\n- {id: t, because: it is so, outcome: lag, at_most: 5, levers: "
POLICIES = [
    ("levers:\n  v: {2027Q1: high}\n", ":7: levers.v.2027Q1: should be a number or rulebook, not 'high'"),
    ("levers:\n  v: {2027Q1: }\n", "levers.v.2027Q1: should be a number or rulebook, not nothing"),
    ("levers:\n  v: {2027Q1: true}\n", "should be a number or rulebook, not true"),
    ("levers:\n  E: {2027Q1: 1e6}\n", "not '1e6'; write an exponent as 1.0e6"),
    ("levers:\n  v: 1\n", "levers.v: should be a mapping of keys to values, such as {2027Q1: 1.0}, not 1"),
    ("levers:\n  v: {2027Q1: {note: x}}\n", "levers.v.2027Q1.value: is missing"),
    ("levers:\n  v: {2027Q1: {value: 1, basis: publishd}}\n", "did you mean 'published'?, not 'publishd'"),
    ("levers:\n  v: {2027: 1}\n", "levers.v.2027: as a key, should be a quarter such as 2027Q1, not '2027'"),
    ("levers:\n  v: {}\n", "levers.v: should hold at least 1, and holds 0"),
    ("levers:\n  v: {2027Q1: {value: 1, sources: judgement}}\n", "sources: should be a list, such as [a, b], not 'judgement'"),
    ("levers:\n  v: {2027Q1: {value: 1, sources: [3]}}\n", "sources.0: should be text, in quotes or a mapping of keys to values, not 3"),
    ("levers:\n  v: {2027Q1: {value: 1, sources: [{title: x}]}}\n", "sources.0: a source needs a citation or a url"),
    (TRIGGER + "{v: high}}\n", "triggers.0.levers.v: should be a mapping of keys to values, such as {2027Q1: 1.0} or a number, not 'high'"),
    (TRIGGER + "{v: {2027Q1: high}}}\n", "triggers.0.levers.v.2027Q1: should be a number or rulebook, not 'high'"),
    ("triggers:\n- {id: t, because: it is so, outcome: lag, at_most: five, levers: {v: 1}}\n", "at_most: should be a number, not 'five'"),
    ("triggers: [3]\n", "triggers.0: should be a mapping of keys to values, not 3"),
    (
        "triggers:\n- {id: T t, because: it is so, outcome: lag, at_most: 5, levers: {v: 1}}\n",
        "joined by hyphens, such as tight-controls, not 'T t'",
    ),
    ("rulebook:\n- {overlay: safe-chips-act, from: soon}\n", "rulebook.0.from: should be a day such as 2027-01-31, not 'soon'"),
    (
        "rulebook:\n- {overlay: safe-chips-act, parameters: {a: [1]}}\n",
        "a: should be a number or text or true or false, not [1]",
    ),
    ("assumes: [3]\n", "assumes.0: should be text, in quotes, not 3"),
    ("lever:\n  v: 1\n", "lever: unknown key; did you mean 'levers'?"),
]
E = "basis: judgement, sources: [judgement]}"
ESTIMATES = [
    (
        "- {id: phi, unit: share, distribution: 0.3, " + E,
        "such as {uniform: {min: 0.1, max: 0.3}}, not 0.3",
    ),
    ("- {id: phi, unit: share, distributon: {point: 0.3}, " + E, "distributon: unknown key; did you mean 'distribution'?"),
    ("- {id: phi, unit: share, distribution: {uniform: {min: 0.3}}, " + E, "distribution.uniform.max: is missing"),
    ("- {id: phi, unit: share, distribution: {uniform: {min: 0.3, max: 0.1}}, " + E, "the range is inverted or empty"),
    (
        "- {id: phi, unit: share, distribution: {point: 0.2}, period_end: soon, " + E,
        "a day such as 2027-01-31 or timeless, not 'soon'",
    ),
    ("- {id: phi, unit: share, distribution: {point: 0.2}, basis: judgement, sources: []}", "sources: should hold at least 1, and holds 0"),
    ("- {id: p h, unit: share, distribution: {point: 0.2}, " + E, "such as rho_2026, not 'p h'"),
    ("- phi", "should be a mapping of keys, not 'phi'"),
]


@pytest.mark.parametrize(("text", "said"), POLICIES)
def test_a_policy_is_refused_in_plain_words(tmp_path, text, said):
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(PackError) as error:
        load_policy(path, WORDS)
    message = str(error.value).removeprefix(str(path))
    assert said in message
    assert re.match(r":\d+: ", message)
    assert not INNER.search(message)


@pytest.mark.parametrize(("text", "said"), ESTIMATES)
def test_an_overlay_of_estimates_is_refused_in_plain_words(tmp_path, text, said):
    root = tmp_path / "mine"
    (root / "estimates").mkdir(parents=True)
    (root / "overlay.yaml").write_text("id: mine\ntitle: Mine\nkind: what_if\n", encoding="utf-8")
    (root / "estimates" / "a.yaml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(PackError) as error:
        load_estimates(overlays=[root])
    assert said in str(error.value)
    assert str(error.value).startswith("mine/estimates/a.yaml:1: ")
    assert not INNER.search(str(error.value))


def test_the_head_of_an_overlay_is_refused_in_plain_words(tmp_path):
    (tmp_path / "estimates").mkdir()
    (tmp_path / "overlay.yaml").write_text("id: mine\ntitle: Mine\nkind: drft\n", encoding="utf-8")
    with pytest.raises(
        PackError, match=r"overlay.yaml:3: kind: should be draft, house_rule, counsel or what_if; did you mean 'draft'\?, not 'drft'"
    ):
        load_estimates(overlays=[tmp_path])
