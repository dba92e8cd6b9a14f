"""What one rule says of another must hold."""

from __future__ import annotations

import pytest

from thalweg.pack.check import validate
from thalweg.pack.order import class_order, matches


def problems(root):
    return [str(p) for p in validate(root)[1]]


@pytest.mark.parametrize(
    ("identity", "kind", "keys", "says"),
    [
        (
            "us-ear/740/8",
            "exception",
            "exception: NAC\nlifts: [us-ear/742/7]",
            "lifts: 'us-ear/742/7' fits no requirement; did you mean 'us-ear/742/6'",
        ),
        ("us-ear/740/2", "gate", "only: [NAC]\ncovers: ['us-ear/999*']", "covers: 'us-ear/999*' fits no requirement"),
        ("us-ear/742/b", "review_policy", "reviews: [us-ear/742/9]\npolicy: case_by_case", "reviews: 'us-ear/742/9' fits no requirement"),
        (
            "us-ear/742/b",
            "review_policy",
            "reviews: [us-ear/742/6]\npolicy: case_by_case\noverrides: [us-ear/742/c]",
            "overrides: there is no rule 'us-ear/742/c'",
        ),
        (
            "us-ear/742/b",
            "review_policy",
            "reviews: [us-ear/742/6]\npolicy: case_by_case\noverrides: [us-ear/742/6]",
            "overrides: 'us-ear/742/6' is a requirement; only a rule of the same kind can be overridden",
        ),
        (
            "us-ear/742/b",
            "review_policy",
            "reviews: [us-ear/742/6]\npolicy: case_by_case\noverrides: [us-ear/742/b]",
            "overrides form a circle through 'us-ear/742/b'",
        ),
        (
            "us-ear/774/note",
            "presumption",
            "asserts: {class: 3A090.a, facts: {nothing: true}}",
            "asserts: 'nothing' is not a declared fact",
        ),
    ],
)
def test_a_reference_that_does_not_hold_is_reported(small, add_rule, identity, kind, keys, says):
    add_rule(identity, kind, keys, "TRUE")
    assert any(says in p and p.startswith(f"regimes/{identity}.yaml") for p in problems(small)), problems(small)


def test_a_circle_of_overrides_over_several_rules_is_found(small, add_rule):
    for one, other in (("x", "y"), ("y", "z"), ("z", "x")):
        add_rule(
            f"us-ear/742/{one}", "review_policy", f"reviews: [us-ear/742/6]\npolicy: case_by_case\noverrides: [us-ear/742/{other}]", "TRUE"
        )
    assert len([p for p in problems(small) if "overrides form a circle" in p]) == 3


def test_a_prefix_is_a_good_pattern(small, add_rule):
    add_rule("us-ear/740/8", "exception", "exception: NAC\nlifts: ['us-ear/742/*']", "TRUE")
    assert problems(small) == []
    assert matches("us-ear/742/*", "us-ear/742/6")
    assert not matches("us-ear/742", "us-ear/742/6")


def test_classes_that_read_each_other_are_found(small, add_rule):
    add_rule("us-ear/774/4A090.a", "classification", "assigns: 4A090.a", "classified('4A090.b')")
    add_rule("us-ear/774/4A090.b", "classification", "assigns: 4A090.b", "NOT classified('4A090.a')")
    found = problems(small)
    assert any("classes read each other in a circle: us-ear/774/4A090.a, us-ear/774/4A090.b" in p for p in found), found


def test_a_class_of_components_is_no_circle(small, add_rule):
    add_rule(
        "us-ear/774/4A090.a",
        "classification",
        "assigns: 4A090.a",
        "kind = 'computer' AND any_component(classified('3A090.a') OR classified('4A090.a'))",
    )
    assert problems(small) == []


def test_classes_are_ordered_after_those_they_read(small, add_rule):
    add_rule("us-ear/774/1B", "classification", "assigns: 1B001", "classified('3A090.b')")
    add_rule("us-ear/774/3A090.b", "classification", "assigns: 3A090.b", "NOT classified('3A090.a')")
    data, found = validate(small)
    assert found == []
    order = class_order(data["rules"])
    assert order.index("us-ear/774/3A090.a") < order.index("us-ear/774/3A090.b") < order.index("us-ear/774/1B")


def test_a_class_may_not_read_the_parties(small, add_rule):
    add_rule("us-ear/774/1B", "classification", "assigns: 1B001", "any_party(role = 'end_user')")
    assert any("a classification reads the item alone, not the parties" in p for p in problems(small))


def test_the_knowledge_of_the_repository_holds_together(knowledge):
    data, found = validate(knowledge)
    assert found == []
    assert len(data["rules"]) > 200


def test_policies_that_differ_for_one_requirement_must_be_ordered(small, add_rule):
    add_rule("us-ear/742/x", "review_policy", "reviews: [us-ear/742/6]\npolicy: case_by_case", "TRUE")
    add_rule("us-ear/742/y", "review_policy", "reviews: ['us-ear/*']\npolicy: presumption_of_denial", "TRUE")
    assert any("us-ear/742/x and us-ear/742/y give different policies for us-ear/742/6 from 2023-11-17 on" in p for p in problems(small)), (
        problems(small)
    )
    add_rule("us-ear/742/y", "review_policy", "reviews: ['us-ear/*']\npolicy: presumption_of_denial\noverrides: [us-ear/742/x]", "TRUE")
    assert not problems(small)


def test_policies_that_agree_need_no_order(small, add_rule):
    for name in ("x", "y"):
        add_rule(f"us-ear/742/{name}", "review_policy", "reviews: [us-ear/742/6]\npolicy: case_by_case", "TRUE")
    assert not problems(small)
