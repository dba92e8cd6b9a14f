"""Regimes of ownership as files: the shipped ones are sound, and one that is bent is refused where it is bent."""

from __future__ import annotations

import re

import pytest

from thalweg.nouns.listing import LIST_IDS
from thalweg.pack import load_pack
from thalweg.pack.check import validate
from thalweg.pack.load import pack_from_data
from thalweg.pack.overlay import overlay

HEAD = """name: small
version: 1.0.0
title: Small
license: CC-BY-4.0
covers_from: 2022-01-01
regimes: {x: {title: X, verified_through: 2026-10-02}}
"""
REGIME = """id: half
title: A rule of halves
authority: An authority
covers: Who is owned by half
threshold: '0.5'
counts:
  - {list: sdn}
never:
  - {list: uvl, because: It does not count.}
address_only: No address counts.
not_in: [US]
enforced:
  - {from: 2020-01-01, to: 2021-01-01, posture: enforced}
  - {from: 2021-01-01, posture: stayed}
red_flags:
  minority: {share: '0.1', text: Look., basis: judgement, sources: [{citation: A}]}
  unknown_share: {text: Ask., sources: [{citation: A}]}
sources: [{citation: A}]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pack.yaml").write_text(HEAD, encoding="utf-8")
    (tmp_path / "places").mkdir()
    (tmp_path / "places" / "places.csv").write_text("code,name,aliases,chart_row\nUS,United States,,\n", encoding="utf-8")
    (tmp_path / "ownership").mkdir()
    (tmp_path / "ownership" / "half.yaml").write_text(REGIME, encoding="utf-8")
    return tmp_path


def problems(folder):
    return [str(p) for p in validate(folder)[1]]


def test_a_regime_is_read_with_its_windows_and_numbers(folder):
    data, found = validate(folder)
    assert found == []
    regime = pack_from_data(data).ownership["half"]
    assert (str(regime.threshold), str(regime.minority.share), regime.minority.text) == ("0.5", "0.1", "Look.")
    assert [posture for _, _, posture, _ in regime.enforced] == ["enforced", "stayed"]


BENT = [
    ("threshold: '0.5'", "threshold: 0.5", "half.yaml:5: threshold: a share is text, so that it is exact: write '0.5'"),
    ("threshold: '0.5'", "threshold: '1.5'", "half.yaml:5: threshold: "),
    ("share: '0.1'", "share: '0.5'", "red_flags.minority.share: 0.5 is not below the threshold 0.5"),
    ("{list: uvl", "{list: sdn", "the list 'sdn' stands twice under 'counts' and 'never'"),
    ("enforced:", "rule: us/x\nenforced:", "a regime has either a 'rule' or 'enforced' windows of its own"),
    ("to: 2021-01-01", "to: 2021-06-01", "half.yaml:1: enforced: two windows overlap"),
    ("posture: stayed", "posture: paused", "half.yaml:14: enforced.1.posture: "),
    ("not_in: [US]", "not_in: [UX]", "half.yaml:1: not_in: 'UX' is not a place"),
    ("id: half", "id: whole", "the id 'whole' belongs in ownership/whole.yaml"),
    ("not_in: [US]", "not_inn: [US]", "half.yaml:11: not_inn: unknown key; did you mean 'not_in'"),
    ("counts:\n  - {list: sdn}", "counts: []", "half.yaml:6: counts: "),
    ("sources: [{citation: A}]\n", "sources: []\n", "sources: "),
]


@pytest.mark.parametrize(("old", "new", "says"), BENT, ids=[n.replace("\n", " ") for _, n, _ in BENT])
def test_a_regime_that_is_bent_is_refused_where_it_is_bent(folder, old, new, says):
    path = folder / "ownership" / "half.yaml"
    assert old in REGIME
    path.write_text(new.join(REGIME.rsplit(old, 1)) if old.startswith("sources") else REGIME.replace(old, new), encoding="utf-8")
    found = problems(folder)
    assert any(says in p for p in found), found


def test_a_regime_may_only_name_a_rule_that_there_is(folder):
    windows = REGIME[REGIME.index("enforced:") : REGIME.index("red_flags:")]
    (folder / "ownership" / "half.yaml").write_text(REGIME.replace(windows, "rule: us-ear/744/16\n"), encoding="utf-8")
    assert problems(folder) == ["ownership/half.yaml:1: rule: there is no rule 'us-ear/744/16'"]


def test_the_shipped_regimes_name_lists_that_there_are_and_cite_every_statement():
    pack = load_pack()
    assert set(pack.ownership) == {"bis_affiliates", "ofac_50"}
    for regime in pack.ownership.values():
        assert {*regime.counts, *regime.never} <= LIST_IDS.keys()
        assert {"uvl", "dpl", "cmic", "ssi"} <= regime.never.keys()
        assert regime.sources
        assert regime.minority.sources
        assert regime.unknown_share.sources
        assert regime.minority.note.startswith("No source gives a number")


def test_the_programs_of_the_affiliates_rule_are_those_of_the_rule_on_designated_persons():
    pack = load_pack()
    condition = pack.rules["us-ear/744/8-sdn"].versions[-1].when_text
    programs = pack.ownership["bis_affiliates"].counts["sdn"].programs
    assert set(re.findall(r"'sdn:([^']+)'", condition)) == programs


def test_an_overlay_keeps_the_regimes(tmp_path):
    (tmp_path / "overlay.yaml").write_text("id: nothing\ntitle: Nothing\nkind: what_if\n", encoding="utf-8")
    assert overlay(load_pack(), tmp_path).ownership.keys() == load_pack().ownership.keys()
