"""The linear model beside the rules: where it comes from, what it reads, and what it may not do."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.evidence import PackError
from thalweg.pack.load import EMBEDDED
from thalweg.pack.news import build_news
from thalweg.watch.extraction.features import features
from thalweg.watch.extraction.kind import by_rules, kind_of
from thalweg.watch.extraction.marks import marked
from thalweg.watch.extraction.settle import CERTAINTIES, MEASURES
from thalweg.watch.extraction.text import sentences
from thalweg.watch.extraction.weights import NONE, Weights, weights

DATA = Path(__file__).resolve().parents[1] / "data"
FILE = EMBEDDED / "news" / "weights.tsv"


def marks_of(lexicon, title, text=""):
    return [marked(s, lexicon) for s in sentences(title, text)]


def test_the_weights_name_the_labelled_items_that_they_are_made_from():
    named = re.findall(r"^# (\S+\.jsonl) sha256 ([0-9a-f]{64})$", FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert named
    for name, digest in named:
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest, f"{name}: run python -m benchmarks.news_weights"


def test_no_party_is_learned(lexicon):
    one = features(marks_of(lexicon, "Micron to supply servers to Samsung"))
    assert one == features(marks_of(lexicon, "Intel to supply servers to Samsung"))
    assert not any("micron" in name or "samsung" in name for name in one)


def test_the_title_is_read_apart(lexicon):
    found = features(marks_of(lexicon, "Quarry opens", "It sells slate."))
    assert "tw:quarry" in found
    assert "tw:slate" not in found
    assert found["w:slate"] < found["w:quarry"]


@given(st.dictionaries(st.sampled_from(["w:a", "w:b", "m:c"]), st.floats(-1, 1)))
def test_the_scores_of_a_question_are_probabilities(held):
    model = Weights({"q": ("x", "y")}, {"q": (0.5, -0.5)}, {"q": {"w:a": ((0, 1.0),), "m:c": ((0, -2.0), (1, 2.0))}})
    assert sum(math.exp(v) for v in model.scores("q", held).values()) == pytest.approx(1.0)


def test_what_is_learned_decides_where_no_rule_speaks(lexicon):
    read = marks_of(lexicon, "Quietly, a ledger")
    assert by_rules(read, lexicon) is None
    table = {
        "classes": {"event_type": ["licence", NONE]},
        "bias": {"event_type": [0, 0]},
        "rows": {"event_type": {"w:ledger": [[0, 900]]}},
    }
    assert kind_of(read, replace(lexicon, weights=weights(table))).event == "licence"


def test_without_weights_the_rules_decide_alone(lexicon):
    alone = replace(lexicon, weights=Weights())
    read = marks_of(lexicon, "US adds 12 Chinese firms to the Entity List")
    assert kind_of(read, alone) == by_rules(read, alone)


def test_every_class_is_a_value_of_the_contract(lexicon):
    known = {measure for values in MEASURES.values() for measure in values}
    assert known <= set(lexicon.weights.classes["measure_type"])
    assert {c for values in CERTAINTIES.values() for c in values} <= set(lexicon.weights.classes["certainty"])
    assert NONE in lexicon.weights.classes["event_type"]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("event_type\tw:a\t0:1", "line 1"),
        ("# classes\tevent_type\tx\tnone\nevent_type\t*\t0:1 1:2\nevent_type\tw:a\t7:1", "line 3"),
        ("# classes\tevent_type\tx\tnone\nevent_type\t*\t0:1 1:2\nevent_type w:a 0:1", "line 3"),
        ("# classes\tevent_type\tx\tnone\nevent_type\tw:a\t0:1", "lacks the line"),
    ],
)
def test_a_broken_table_of_weights_is_refused(tmp_path, lines, says):
    (tmp_path / "pack.yaml").write_text("name: x\n")
    (tmp_path / "news").mkdir()
    for path in (EMBEDDED / "news").glob("*.yaml"):
        (tmp_path / "news" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "news" / "weights.tsv").write_text(lines, encoding="utf-8")
    with pytest.raises(PackError, match=says):
        build_news(tmp_path)


def test_a_pack_without_weights_is_read_by_rules(tmp_path):
    (tmp_path / "pack.yaml").write_text("name: x\n")
    (tmp_path / "news").mkdir()
    for path in (EMBEDDED / "news").glob("*.yaml"):
        (tmp_path / "news" / path.name).write_bytes(path.read_bytes())
    assert build_news(tmp_path)["tables"]["weights"]["classes"] == {}
