"""What two sets of estimates differ in: the pack and overlays, overlays among each other, and other knowledge folders."""

from __future__ import annotations

import shutil

import pytest

from thalweg.desk.estimates_diff import diff
from thalweg.evidence import BadInput, PackError
from thalweg.pack.load import EMBEDDED

E = "basis: judgement, sources: [judgement]"
PHI = "- {id: phi, unit: share, distribution: {uniform: {min: %s, max: %s}}, " + E + "}\n"


@pytest.fixture
def overlay(tmp_path):
    """An overlay folder with one file of estimates: ``overlay(name, text)``."""

    def of(name, text, file="numbers.yaml"):
        root = tmp_path / name
        (root / "estimates").mkdir(parents=True)
        (root / "overlay.yaml").write_text(f"id: {name}\ntitle: {name}\nkind: what_if\n", encoding="utf-8")
        (root / "estimates" / file).write_text(text, encoding="utf-8")
        return root

    return of


def test_an_overlay_differs_in_what_it_sets_and_keeps_the_old_value_as_a_rival(overlay):
    found = diff(overlay("mine", PHI % (0.1, 0.3)))
    assert found.ids == ["phi"]
    by = {d.what: d for d in found.differences}
    assert by["distribution"].after == "uniform 0.1 to 0.3"
    assert by["rival the pack"].after == by["distribution"].before
    assert found.after.overlays[0]["id"] == "mine"
    assert found.before.overlays == []


def test_two_overlays_differ_from_each_other_and_the_other_way_round(overlay):
    one, other = overlay("one", PHI % (0.1, 0.3)), overlay("other", PHI % (0.3, 0.5))
    there, back = diff(other, one), diff(one, other)
    assert [(d.what, d.before, d.after) for d in there.differences] == [("distribution", "uniform 0.1 to 0.3", "uniform 0.3 to 0.5")]
    assert [(d.after, d.before) for d in back.differences] == [(d.before, d.after) for d in there.differences]


def test_the_same_set_differs_in_nothing(overlay):
    mine = overlay("mine", PHI % (0.1, 0.3))
    assert diff(mine, mine).differences == []
    assert "hold the same estimates" in diff(mine, mine).explain()


def test_a_number_that_differs_in_its_last_digits_differs_and_shows_them(overlay):
    one, other = overlay("one", PHI % (0.1, 0.3)), overlay("other", PHI % (0.1, 0.3000000001))
    (d,) = diff(other, one).differences
    assert (d.before, d.after) == ("uniform 0.1, 0.3", "uniform 0.1, 0.3000000001")


def test_switches_and_correlations_differ_too(overlay):
    switch = overlay("one", "- {id: sw_lag, probabilities: {lookback: 0.5, constant: 0.5}, " + E + "}\n", "switches.yaml")
    (d,) = diff(switch).differences
    assert (d.id, d.what, d.after) == ("sw_lag", "probabilities", "lookback 0.5, constant 0.5")
    pair = overlay("two", "- {of: [phi, wa_max], rank: 0.25, because: it is so, " + E + "}\n", "correlations.yaml")
    (d,) = diff(pair).differences
    assert (d.id, d.what, d.before, d.after) == ("phi and wa_max", "rank correlation", "", "0.25")


def test_only_the_sorts_that_are_asked_for_are_shown(overlay):
    mine = overlay("mine", PHI % (0.1, 0.3))
    assert {d.what for d in diff(mine, what=["rival"]).differences} == {"rival the pack"}
    with pytest.raises(BadInput, match="did you mean 'distribution'"):
        diff(mine, what=["distributon"])


def test_another_knowledge_folder_is_held_against_the_pack(tmp_path):
    root = tmp_path / "pack"
    root.mkdir()
    (root / "pack.yaml").write_bytes((EMBEDDED / "pack.yaml").read_bytes())
    shutil.copytree(EMBEDDED / "estimates", root / "estimates")
    path = root / "estimates" / "capability.yaml"
    text = path.read_text(encoding="utf-8")
    assert "distribution: {beta: {a: 4, b: 7}}" in text
    path.write_text(text.replace("distribution: {beta: {a: 4, b: 7}}", "distribution: {beta: {a: 5, b: 7}}"), encoding="utf-8")
    (d,) = diff(root).differences
    assert (d.id, d.before, d.after) == ("phi", "beta(4, 7)", "beta(5, 7)")


def test_what_is_no_overlay_is_one_clear_error(tmp_path, overlay):
    with pytest.raises(BadInput, match=r"neither a folder with overlay.yaml nor a shipped draft"):
        diff(tmp_path / "nothing")
    with pytest.raises(PackError, match=r"mine/estimates/numbers.yaml:1: distribution: the range is inverted"):
        diff(overlay("mine", PHI % (0.5, 0.3)))
