"""Overlays: what they add, change and end, and what they may not."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.controls import decide, rulebook
from thalweg.evidence import BadInput, PackError
from thalweg.pack import load_pack
from thalweg.pack.overlay import drafts, find_overlay, overlay

PACK = load_pack()
CHIP = {
    "name": "Example chip",
    "kind": "integrated_circuit",
    "tpp": 3000,
    "performance_density": 2,
    "io_bandwidth_gb_s": 64,
    "datacenter": True,
}
LOCAL = {"role": "end_user", "name": "Example Buyer", "country": "BR", "headquarters": "BR", "ultimate_parent_headquarters": "BR"}
SALE = {"date": "2026-06-01", "item": CHIP, "from": "US", "to": "BR", "parties": [LOCAL]}
HEAD = "id: {name}\ntitle: An overlay for a test\nkind: what_if\n"
NEW = """id: us-ear/742/what-if
kind: requirement
title: Every circuit above a floor, everywhere
reason: RS
versions:
  - text: {from: 2026-01-01, to: }
    when: kind = 'integrated_circuit' AND tpp >= :floor
    sources: [{citation: a what-if}]
"""


@pytest.fixture
def lay(tmp_path):
    """Write an overlay folder: its name, the rest of its head, and its files by path."""

    def write(name="test", more="", **files):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "overlay.yaml").write_text(HEAD.format(name=name) + more, encoding="utf-8")
        for path, text in files.items():
            (folder / f"{path}.yaml").write_text(text, encoding="utf-8")
        return folder

    return write


def outcome(pack, **change):
    return decide(rulebook(pack), SALE | change).outcome


def test_a_new_rule_acts_from_its_first_day_and_is_named_in_the_answer(lay):
    laid = overlay(PACK, lay(more="parameters: {floor: 2500}\n", new=NEW))
    answer = decide(rulebook(laid), SALE)
    assert answer.outcome == "license_required"
    assert [(r.rule, r.overlay) for r in answer.requirements] == [("us-ear/742/what-if", "test")]
    assert outcome(laid, date="2025-12-31") == "no_license_required"
    assert outcome(PACK) == "no_license_required"


def test_a_parameter_moves_a_threshold_without_a_file(lay):
    folder = lay(more="parameters: {floor: 2500}\n", new=NEW)
    assert [outcome(overlay(PACK, folder, parameters={"floor": f})) for f in (2999.0, 3000, 3001.0)] == [
        "license_required",
        "license_required",
        "no_license_required",
    ]


def test_the_stamp_tells_one_parameter_from_another(lay):
    folder = lay(more="parameters: {floor: 2500}\n", new=NEW)
    stamps = [overlay(PACK, folder, parameters={"floor": f}).stamp for f in (1.0, 2.0, 1.0)]
    assert stamps[0] == stamps[2] != stamps[1]
    assert stamps[0].sha256 == PACK.stamp.sha256
    assert [i for i, _ in stamps[0].overlays] == ["test"]
    assert overlay(PACK, folder).stamp.as_dict()["overlays"][0]["id"] == "test"


@pytest.mark.parametrize(
    ("given", "says"),
    [({"flor": 1.0}, "did you mean 'floor'"), ({"floor": "high"}, "'high' is not a number"), ({"floor": True}, "True is not a number")],
)
def test_a_parameter_that_does_not_fit_is_refused(lay, given, says):
    folder = lay(more="parameters: {floor: 2500}\n", new=NEW)
    with pytest.raises(BadInput, match=says):
        overlay(PACK, folder, parameters=given)


def test_a_parameter_that_nobody_sets_is_refused_in_a_condition(lay):
    with pytest.raises(PackError, match=r"test/new\.yaml:7: when: the parameter :floor is set by no overlay"):
        overlay(PACK, lay(new=NEW))


AMEND = """amends: us-ear/774/3A090.b
versions:
  - text: {from: 2026-03-01, to: }
    when: kind = 'integrated_circuit' AND NOT classified('3A090.a') AND tpp >= 2900
    sources: [{citation: a what-if}]
"""


def test_an_amendment_replaces_the_words_from_its_first_day(lay):
    laid = overlay(PACK, lay(amend=AMEND))
    gap = CHIP | {"performance_density": 1}
    before, after = (decide(rulebook(laid), SALE | {"item": gap, "date": d}).classification for d in ("2026-02-28", "2026-03-01"))
    assert "3A090.b" not in before
    assert "3A090.b" in after
    rule = laid.rules["us-ear/774/3A090.b"]
    assert rule.versions[0].text[1] == rule.versions[1].text[0] == dt.date(2026, 3, 1).toordinal()


def test_an_amendment_whose_versions_overlap_is_refused(lay):
    second = "  - text: {from: 2026-04-01, to: }\n    when: FALSE\n    sources: [{citation: a what-if}]\n"
    with pytest.raises(PackError, match=r"test/amend\.yaml:6: versions overlap on the text axis from 2026-04-01"):
        overlay(PACK, lay(amend=AMEND + second))


def test_an_end_ends_a_rule_on_its_day(lay):
    laid = overlay(PACK, lay(end="ends: us-ear/774/3A090.b\non: 2026-03-01\nsources: [{citation: a what-if}]\n"))
    found = ["3A090.b" in decide(rulebook(laid), SALE | {"date": d}).classification for d in ("2026-02-28", "2026-03-01")]
    assert found == [True, False]


def test_a_hypothetical_first_day_is_given_to_versions_without_one(lay):
    timeless = NEW.replace("  - text: {from: 2026-01-01, to: }\n    when", "  - when")
    laid = overlay(PACK, lay(more="parameters: {floor: 1}\nassumed_from: 2026-05-01\n", new=timeless))
    assert [outcome(laid, date=d) for d in ("2026-04-30", "2026-05-01")] == ["no_license_required", "license_required"]


def test_a_set_and_a_fact_can_come_with_an_overlay(lay):
    facts = (
        "- {name: house_hold, of: transaction, type: boolean, meaning: on hold, "
        "question: 'Is the deal on hold?', source: {citation: house rule}}\n"
    )
    members = "kind: set\nid: house/hold\ntitle: Customers on hold\nmembers: [{name: Example Buyer}]\nsources: [{citation: house rule}]\n"
    rule = NEW.replace(
        "kind = 'integrated_circuit' AND tpp >= :floor", "house_hold OR any_party(role = 'end_user' AND member_of('house/hold'))"
    )
    laid = overlay(PACK, lay(facts=facts, hold=members, rule=rule))
    assert outcome(laid) == "license_required"
    assert outcome(laid, parties=[LOCAL | {"name": "Another Buyer"}], facts={"house_hold": False}) == "no_license_required"


def test_overlays_stack_in_order(lay):
    first = lay("first", more="parameters: {floor: 2500}\n", new=NEW)
    second = lay("second", end="ends: us-ear/774/3A090.b\non: 2026-03-01\nsources: [{citation: x}]\n")
    laid = overlay(PACK, first, second)
    assert [i for i, _ in laid.stamp.overlays] == ["first", "second"]
    assert decide(rulebook(laid), SALE).classification == decide(rulebook(overlay(PACK, second)), SALE).classification


END = "ends: {rule}\non: 2026-03-01\nsources: [{{citation: x}}]\n"
LIFT = """id: us-ear/740/x
kind: exception
title: A lift
exception: NAC
lifts: [us-ear/742/none]
versions:
  - text: {from: 2026-01-01, to: }
    sources: [{citation: x}]
"""
REFUSED = [
    ({"end": END.format(rule="us-ear/774/3A090.q")}, r"test/end\.yaml:1: ends: there is no rule 'us-ear/774/3A090\.q'; did you mean"),
    ({"amend": AMEND.replace("3A090.b", "3A090.q", 1)}, r"test/amend\.yaml:1: amends: there is no rule"),
    (
        {"new": NEW.replace("742/what-if", "742/6-a-6-iii-B").replace(":floor", "1")},
        r"test/new\.yaml:1: there is already a rule 'us-ear/742/6-a-6-iii-B'; use `amends: us-ear/742/6-a-6-iii-B`",
    ),
    (
        {"new": NEW.replace(":floor", "1").replace("reason: RS", "reason: RS\npolicy: case_by_case")},
        r"'policy' does not belong to a requirement",
    ),
    ({"new": NEW.replace(":floor", "1").replace("tpp", "tppp")}, r"test/new\.yaml:7: when: 'tppp' is not a declared fact"),
    (
        {"facts": "- {name: tpp, of: item, type: number, meaning: m, question: q, source: {citation: c}}\n"},
        r"test/facts\.yaml:1: the fact 'tpp' is already declared",
    ),
    ({"end": "ends: us-ear/774/3A090.b\non: 2026-03-01\n"}, r"test/end\.yaml:1: sources: "),
    ({"lift": LIFT}, r"lifts: 'us-ear/742/none' fits no requirement"),
]


@pytest.mark.parametrize(("files", "says"), REFUSED, ids=[s for _, s in REFUSED])
def test_an_overlay_that_does_not_hold_is_refused(lay, files, says):
    with pytest.raises(PackError, match=says):
        overlay(PACK, lay(**files))


def test_an_amendment_and_an_end_of_one_rule_collide(lay):
    one, two = lay("one", amend=AMEND), lay("two", end=END.format(rule="us-ear/774/3A090.b"))
    with pytest.raises(PackError, match=r"'us-ear/774/3A090\.b' was changed by the overlay 'one' before; lay one of the two, not 'two'"):
        overlay(PACK, one, two)


def test_two_overlays_that_add_the_same_rule_collide(lay):
    one, two = (lay(n, more="parameters: {floor: 1}\n", new=NEW) for n in ("one", "two"))
    with pytest.raises(PackError, match="there is already a rule 'us-ear/742/what-if'"):
        overlay(PACK, one, two)


def test_the_pack_itself_is_left_as_it_was(lay):
    before = dict(PACK.rules)
    overlay(PACK, lay(amend=AMEND))
    assert dict(PACK.rules) == before


def test_a_name_that_is_no_overlay_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(BadInput, match="did you mean 'safe-chips-act'"):
        find_overlay("safe-chip-act")
    with pytest.raises(BadInput, match=r"neither a folder with overlay\.yaml nor a shipped draft"):
        find_overlay(tmp_path)


@pytest.mark.parametrize("draft", sorted(drafts()))
def test_every_shipped_draft_can_be_laid_alone_and_changes_a_rule(draft):
    laid = overlay(PACK, draft)
    assert any(r.overlay == draft for r in laid.rules.values())
    assert laid.overlays[-1]["id"] == draft


@pytest.mark.parametrize("name", ["a" * 5_000, "a\x00b", "\x1b[31m\n"], ids=["long", "nul", "escape"])
def test_a_name_that_no_path_can_have_is_refused(name):
    with pytest.raises(BadInput, match=r"neither a folder with overlay\.yaml nor a shipped draft") as caught:
        find_overlay(name)
    assert str(caught.value).isprintable()


def test_a_file_that_holds_no_rule_is_refused(lay):
    with pytest.raises(PackError, match=r"test/note.yaml:1: holds neither a rule, a set nor a list of facts"):
        overlay(PACK, lay(note="only words\n"))


@pytest.mark.parametrize("condition", ["subject_to_ear AND tpp >= 2500", "tpp >= 2500 AND NOT subject_to_ear"])
def test_a_rule_cannot_read_what_jurisdiction_derives(lay, condition):
    rule = NEW.replace("kind = 'integrated_circuit' AND tpp >= :floor", condition)
    with pytest.raises(PackError, match=r"test/new\.yaml:\d+: a rule cannot read subject_to_ear, which jurisdiction rules derive"):
        overlay(PACK, lay(new=rule))
