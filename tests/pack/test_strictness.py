"""Knowledge files are plain data within bounds, and say file and line where they are not."""

from __future__ import annotations

import pytest

from thalweg.evidence import PackError
from thalweg.pack import load_pack
from thalweg.pack.check import validate
from thalweg.pack.language import ConditionError, parse
from thalweg.pack.overlay import overlay
from thalweg.pack.reader import parse_yaml

VOCABULARY = load_pack().vocabulary


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &x [1]\nb: *x\n", "anchors"),
        ("a: !!python/object/apply:os.system ['true']\n", "tag"),
        ("a: 1\na: 2\n", "twice"),
        ("a: " + "[" * 40 + "]" * 40, "nested"),
        ("a: 2024-13-01\n", "not a date"),
        ("a: [1\n", "not valid YAML"),
    ],
)
def test_a_hostile_file_is_refused_with_its_line(text, says):
    with pytest.raises(PackError, match=says) as caught:
        parse_yaml(text.encode(), name="x.yaml")
    assert str(caught.value).startswith("x.yaml:")


def test_norway_is_not_false():
    assert parse_yaml(b"a: NO\nb: true\nc: 4E091\n", name="x").data == {"a": "NO", "b": True, "c": "4E091"}


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("1600 <= tpp < 4800", "each comparison on its own"),
        ("tpp = NULL", "NULL"),
        ('kind = "integrated_circuit"', "single quotes"),
        ("kind = 'integrated_circut'", "integrated_circuit"),
        ("tppp >= 4800", "'tpp'"),
        ("headquarters = 'CN'", "any_party"),
        ("tpp IS NULL", "red flag"),
        ("sleep(10)", "no such function"),
        ("in_group(destination, 'D:9')", "no country group"),
        ("destination = 'XX'", "place"),
        ("datacenter >= TRUE", "true-or-false"),
        ("tpp", "not a condition"),
        ("tpp >= 1; DROP TABLE x", "one expression"),
    ],
)
def test_a_condition_outside_the_language_is_refused(condition, says):
    with pytest.raises(ConditionError, match=says):
        parse(condition, VOCABULARY)


def test_the_embedded_pack_holds_to_its_format(knowledge):
    assert validate(knowledge)[1] == []


def test_an_overlay_that_refers_to_nothing_is_refused(tmp_path):
    (tmp_path / "overlay.yaml").write_text("id: x\ntitle: Some overlay\nkind: what_if\n", encoding="utf-8")
    (tmp_path / "end.yaml").write_text("ends: us-ear/774/3A090.q\non: 2026-01-01\nsources: [{citation: none}]\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"end\.yaml:1: ends: there is no rule"):
        overlay(load_pack(), tmp_path)


def test_two_overlays_on_one_rule_collide(tmp_path):
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "overlay.yaml").write_text(f"id: {name}\ntitle: Overlay {name}\nkind: what_if\n", encoding="utf-8")
        (folder / "end.yaml").write_text("ends: us-ear/774/3A090.b\non: 2026-01-01\nsources: [{citation: none}]\n", encoding="utf-8")
    with pytest.raises(PackError, match="lay one of the two"):
        overlay(load_pack(), tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize("draft", ["chip-security-act", "safe-chips-act", "gain-ai-act", "ai-overwatch-act", "remote-access-security-act"])
def test_a_shipped_draft_can_be_laid(draft):
    laid = overlay(load_pack(), draft)
    assert laid.stamp.overlays[0][0] == draft
