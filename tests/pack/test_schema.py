"""A knowledge file that does not hold to its shape is refused with file, line, key and remedy."""

from __future__ import annotations

import pytest

from thalweg.evidence import PackError
from thalweg.pack.build import build_pack
from thalweg.pack.check import checked, validate

RULE = "regimes/us-ear/774/3A090.a.yaml"


def bend(root, old, new, file=RULE):
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def first_problem(root):
    with pytest.raises(PackError) as caught:
        checked(root)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_small_folder_is_sound(small):
    data, problems = validate(small)
    assert problems == []
    assert set(data["rules"]) == {"us-ear/774/3A090.a", "us-ear/742/6"}


BENT = [
    ("kind: classification", "kind: clasification", f"{RULE}:2: kind: "),
    ("assigns: 3A090.a", "asigns: 3A090.a", f"{RULE}:4: asigns: unknown key; did you mean 'assigns'"),
    ("assigns: 3A090.a", "ground: origin", f"{RULE}:1: a classification needs 'assigns'"),
    ("assigns: 3A090.a", "assigns: 3A090.a\nreason: RS", f"{RULE}:1: 'reason' does not belong to a classification"),
    ("title: A rule of the small pack", "title: A", f"{RULE}:3: title: "),
    ("sources: [{citation: 88 FR 73458}]", "sources: []", f"{RULE}:8: versions.0.sources: "),
    ("{citation: 88 FR 73458}", "{title: A paper}", f"{RULE}:8: versions.0.sources.0: a source needs a citation or a url"),
    ("{citation: 88 FR 73458}", "{citation: x, url: example.org}", "versions.0.sources.0.url: "),
    ("{citation: 88 FR 73458}", "{citation: x, basis: rumor}", "versions.0.sources.0.basis: "),
    ("to: }", "to: 2023-11-17}", "the window starts on 2023-11-17 and ends on 2023-11-17; it must end later than it starts"),
    ("text: {from: 2023-11-17, to: }", "text:", "a version without text needs an enforced window"),
    ("tpp >= 4800", "tpp >= 4800 >= 1", f"{RULE}:7: when: "),
    ("tpp >= 4800", "tppp >= 4800", f"{RULE}:7: when: 'tppp' is not a declared fact; did you mean 'tpp'"),
    (
        "id: us-ear/774/3A090.a",
        "id: us-ear/774/3A090.b",
        f"{RULE}:1: the id 'us-ear/774/3A090.b' belongs in regimes/us-ear/774/3A090.b.yaml",
    ),
    ("from: 2023-11-17", "from: soon", f"{RULE}:6: versions.0.text.from: "),
]


@pytest.mark.parametrize(("old", "new", "says"), BENT, ids=[n.replace("\n", " ") for _, n, _ in BENT])
def test_a_rule_that_is_bent_is_refused_where_it_is_bent(small, old, new, says):
    bend(small, old, new)
    assert says in first_problem(small)


def test_the_whole_rule_may_not_be_a_list(small):
    (small / RULE).write_text("- a\n- b\n", encoding="utf-8")
    assert first_problem(small) == f"{RULE}:1: should be a mapping of keys, not a list"


def version(text, *, enforced="", when="TRUE"):
    return f"  - text: {text}\n{enforced}    when: {when}\n    sources: [{{citation: 88 FR 73458}}]\n"


def rule_with(root, *versions, more=""):
    head = f"id: us-ear/774/3A090.a\nkind: classification\ntitle: A rule of the small pack\nassigns: 3A090.a\n{more}versions:\n"
    (root / RULE).write_text(head + "".join(versions), encoding="utf-8")


def test_versions_that_overlap_on_the_text_axis_are_refused(small):
    rule_with(small, version("{from: 2022-10-21, to: 2023-11-17}"), version("{from: 2023-11-16, to: }"))
    assert first_problem(small) == f"{RULE}:9: versions overlap on the text axis from 2023-11-16"


def test_versions_that_touch_do_not_overlap(small):
    rule_with(small, version("{from: 2022-10-21, to: 2023-11-17}"), version("{from: 2023-11-17, to: }"))
    assert validate(small)[1] == []


def test_versions_that_overlap_on_the_enforced_axis_are_refused(small):
    first = version("{from: 2022-10-21, to: 2023-11-17}", enforced="    enforced: [{from: 2022-10-21, to: 2024-01-01}]\n")
    rule_with(small, first, version("{from: 2023-11-17, to: }"))
    assert first_problem(small).endswith("versions overlap on the enforced axis from 2023-11-17")


def test_a_stayed_window_may_lie_over_an_enforced_one(small):
    first = version(
        "{from: 2022-10-21, to: 2023-11-17}",
        enforced="    enforced: [{from: 2022-10-21, to: 2023-06-01}, {from: 2023-06-01, to: 2023-11-17, posture: stayed}]\n",
    )
    rule_with(small, first, version("{from: 2023-11-17, to: }"))
    assert validate(small)[1] == []


def test_a_hole_that_is_not_declared_is_refused_with_its_days(small):
    rule_with(small, version("{from: 2022-10-21, to: 2023-01-01}"), version("{from: 2023-11-17, to: }"))
    assert (
        first_problem(small)
        == f"{RULE}:9: nothing is said of 2023-01-01 to 2023-11-17 on the text axis; declare it under gaps with a reason"
    )


def test_a_declared_hole_is_taken(small):
    rule_with(
        small,
        version("{from: 2022-10-21, to: 2023-01-01}"),
        version("{from: 2023-11-17, to: }"),
        more="gaps: [{from: 2023-01-01, to: 2023-11-17, because: the entry was empty}]\n",
    )
    assert validate(small)[1] == []


def test_every_problem_is_reported_and_not_only_the_first(small):
    bend(small, "tpp >= 4800", "tppp >= 4800")
    bend(small, "reason: RS", "raison: RS", "regimes/us-ear/742/6.yaml")
    bend(small, "D:5,CN", "D:5,XX", "places/groups.csv")
    said = "\n".join(str(p) for p in validate(small)[1])
    assert "'tppp' is not a declared fact" in said
    assert "raison: unknown key" in said
    assert "places/groups.csv:2: 'XX' is not a place" in said


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("A:5,DE,,,740", "A:5,DE,2024-01-01,2023-01-01,740", "places/groups.csv:3: ends before it starts"),
        ("A:5,DE,,,740 Supp. 1", "A:5,DE,,,", "places/groups.csv:3: has no citation"),
        ("A:5,DE,,,740", "D:5,CN,,,740", "CN stands in group D:5 twice over the same days"),
        ("A:5,DE,,,740", "A:5,DE,2024-13-01,,740", "places/groups.csv:3: from/to: "),
    ],
)
def test_a_bad_row_of_a_group_is_refused(small, old, new, says):
    bend(small, old, new, "places/groups.csv")
    assert says in first_problem(small)


def test_a_fact_declared_twice_is_refused(small):
    path = small / "facts" / "facts.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[3]]), encoding="utf-8")
    assert first_problem(small) == "facts/facts.yaml:11: the fact 'tpp' is declared twice"


def test_an_enum_without_values_is_refused(small):
    bend(small, "type: number", "type: enum", "facts/facts.yaml")
    assert "an enum, and only an enum, lists its values" in first_problem(small)


def test_a_folder_without_a_head_is_refused(small):
    (small / "pack.yaml").unlink()
    assert "pack.yaml: cannot be read" in str(validate(small)[1][0])


def test_a_link_out_of_the_folder_is_refused(small, tmp_path):
    (tmp_path / "secret.yaml").write_text("a: 1\n", encoding="utf-8")
    (small / "regimes" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(PackError, match="links out of the knowledge folder"):
        build_pack(small)
