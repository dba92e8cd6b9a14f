"""The condition language: every form it has, and a reason for everything it refuses."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.pack import load_pack
from thalweg.pack.language import MAX_CONDITION, ConditionError, children, parse, walk

WORDS = load_pack().vocabulary

FORMS = [
    ("TRUE", ["const", True]),
    ("datacenter", ["bool", "datacenter"]),
    ("datacenter = TRUE", ["bool", "datacenter"]),
    ("datacenter = FALSE", ["not", ["bool", "datacenter"]]),
    ("TRUE = datacenter", ["bool", "datacenter"]),
    ("datacenter <> TRUE", ["not", ["bool", "datacenter"]]),
    ("NOT datacenter", ["not", ["bool", "datacenter"]]),
    ("tpp >= 4800", ["cmp", ">=", ["fact", "tpp"], ["lit", 4800.0]]),
    ("tpp > -1", ["cmp", ">", ["fact", "tpp"], ["lit", -1.0]]),
    ("tpp != 4800", ["cmp", "<>", ["fact", "tpp"], ["lit", 4800.0]]),
    ("4800 <= tpp", ["cmp", "<=", ["lit", 4800.0], ["fact", "tpp"]]),
    ("training_operations >= 1e26", ["cmp", ">=", ["fact", "training_operations"], ["lit", 1e26]]),
    (
        "tpp BETWEEN 1600 AND 2400",
        ["and", ["cmp", ">=", ["fact", "tpp"], ["lit", 1600.0]], ["cmp", "<=", ["fact", "tpp"], ["lit", 2400.0]]],
    ),
    (
        "dram_bandwidth_gb_s + io_bandwidth_gb_s >= 1700",
        ["cmp", ">=", ["arith", "+", ["fact", "dram_bandwidth_gb_s"], ["fact", "io_bandwidth_gb_s"]], ["lit", 1700.0]],
    ),
    ("quantity * tpp <= 1", ["cmp", "<=", ["arith", "*", ["fact", "quantity"], ["fact", "tpp"]], ["lit", 1.0]]),
    ("kind = 'hbm'", ["cmp", "=", ["fact", "kind"], ["lit", "hbm"]]),
    ("kind IN ('hbm', 'other')", ["in", ["fact", "kind"], ["hbm", "other"]]),
    ("kind NOT IN ('hbm')", ["not", ["in", ["fact", "kind"], ["hbm"]]]),
    ("destination IN ('CN', 'MO')", ["in", ["fact", "destination"], ["CN", "MO"]]),
    ("transaction_date >= DATE '2023-01-17'", ["cmp", ">=", ["fact", "transaction_date"], ["lit", dt.date(2023, 1, 17).toordinal()]]),
    ("classified('3A090.a')", ["classified", "3A090.a"]),
    ("classified('3A090')", ["classified", "3A090"]),
    ("stated('5A992')", ["stated", "5A992"]),
    ("in_group(destination, 'D:5')", ["in_group", "destination", "D:5"]),
    (
        "any_party(role = 'end_user' AND in_group(headquarters, 'D:5'))",
        ["any_party", ["and", ["cmp", "=", ["fact", "role"], ["lit", "end_user"]], ["in_group", "headquarters", "D:5"]]],
    ),
    ("all_parties(country = 'CN')", ["all_parties", ["cmp", "=", ["fact", "country"], ["lit", "CN"]]]),
    ("any_party(listed(party, 'entity_list:4'))", ["any_party", ["listed", "entity_list:4"]]),
    ("any_party(member_of('us-ear/740/supplement-8'))", ["any_party", ["member_of", "us-ear/740/supplement-8"]]),
    ("any_component(tpp >= 1)", ["any_component", ["cmp", ">=", ["fact", "tpp"], ["lit", 1.0]]]),
    (
        "datacenter AND (tpp > 1 AND tpp < 3)",
        ["and", ["bool", "datacenter"], ["cmp", ">", ["fact", "tpp"], ["lit", 1.0]], ["cmp", "<", ["fact", "tpp"], ["lit", 3.0]]],
    ),
]


@pytest.mark.parametrize(("text", "tree"), FORMS, ids=[t for t, _ in FORMS])
def test_a_form_is_read(text, tree):
    assert parse(text, WORDS) == tree


def test_and_binds_before_or():
    assert parse("datacenter OR planar AND tpp > 1", WORDS)[0] == "or"


def test_is_null_is_for_red_flags():
    assert parse("tpp IS NULL", WORDS, allow_is_null=True) == ["isnull", "tpp"]
    assert parse("tpp IS NOT NULL", WORDS, allow_is_null=True) == ["not", ["isnull", "tpp"]]


REFUSED = [
    # what sqlglot alone would take
    ("1600 <= tpp < 4800", "condition inside a comparison; write each comparison on its own, joined by AND"),
    ("tpp = NULL", "NULL cannot be compared; unknown travels by itself"),
    ("tpp IN (NULL)", "NULL cannot be compared"),
    ('kind = "hbm"', "in double quotes names a column; put text in single quotes"),
    ("tpp IS NULL", "IS NULL may only be used in a red flag"),
    ("datacenter IS TRUE", "IS is only used in IS NULL; write = TRUE or = FALSE"),
    ("tpp; tpp", "must be one expression"),
    ("", "must be one expression"),
    ("SELECT 1", "is not part of the condition language"),
    ("tpp IN (SELECT 1)", "IN takes a list of literals"),
    ("t.tpp > 1", "is not the name of a fact"),
    ("CASE WHEN datacenter THEN TRUE ELSE FALSE END", "is not part of the condition language"),
    ("kind LIKE 'h%'", "is not part of the condition language"),
    ("EXISTS (SELECT 1)", "is not part of the condition language"),
    ("COALESCE(tpp, 0) > 1", "is not a value of the condition language"),
    ("ABS(tpp) > 1", "is not a value of the condition language"),
    ("pg_sleep(10)", "the language has no such function"),
    ("tpp >= ", "cannot be parsed"),
    ("tpp >= 1 AND", "cannot be parsed"),
    # types
    ("tpp", "'tpp' is a number, not a condition; compare it with something"),
    ("kind", "'kind' is a enum, not a condition"),
    ("tpp = 'large'", "they cannot be compared"),
    ("kind = 3", "they cannot be compared"),
    ("tpp = destination", "they cannot be compared"),
    ("datacenter > TRUE", "can only be compared with TRUE or FALSE, by = or <>"),
    ("datacenter = 1", "can only be compared with TRUE or FALSE"),
    ("datacenter = planar", "compare one true-or-false fact with TRUE or FALSE"),
    ("kind + 1 > 2", "arithmetic takes numbers"),
    ("-tpp > 1", "only a number can carry a minus sign"),
    ("1 < 2", "compares two literals"),
    ("tpp IN ('a')", "does not fit in a list for 'tpp', a number"),
    ("5 IN (1, 2)", "IN takes a fact on its left"),
    ("transaction_date > DATE '2023-02-30'", "'2023-02-30' is not a date"),
    # names
    ("tpq >= 1", "'tpq' is not a declared fact; did you mean 'tpp'"),
    ("kind = 'integrated_circut'", "'kind' is never 'integrated_circut'"),
    ("kind IN ('hbn')", "did you mean 'hbm'"),
    ("destination = 'China'", "'China' is not the code of a place"),
    ("in_group(destination, 'D:9')", "there is no country group 'D:9'"),
    ("in_group(tpp, 'D:5')", "in_group takes a place; 'tpp' is a number"),
    ("in_group(destination, D5)", "should be a country group such as 'D:5', in single quotes"),
    ("classified('9Z999')", "no rule assigns the class '9Z999'"),
    ("classified(kind)", "should be a class such as '3A090.a', in single quotes"),
    ("any_party(listed(party, 'entity_lst'))", "there is no list 'entity_lst'; did you mean 'entity_list'"),
    ("any_party(listed(name, 'entity_list'))", "or listed(party, 'list')"),
    ("any_party(member_of('us-ear/740/supplement-9'))", "there is no set 'us-ear/740/supplement-9'"),
    ("tpp > :floor", "the parameter :floor is set by no overlay of this stack"),
    # scopes
    ("headquarters = 'CN'", "'headquarters' is a fact of a party: read it inside any_party(...) or all_parties(...)"),
    ("listed(party, 'entity_list')", "listed reads a party: it takes its place inside any_party(...)"),
    ("member_of('us-ear/740/supplement-8')", "member_of reads a party"),
    ("any_component(any_component(tpp > 1))", "any_component cannot stand inside another quantifier"),
    ("any_party(all_parties(country = 'CN'))", "all_parties cannot stand inside another quantifier"),
    ("any_party(role = 'end_user', country = 'CN')", "any_party takes one condition"),
]


@pytest.mark.parametrize(("text", "says"), REFUSED, ids=[t or "(empty)" for t, _ in REFUSED])
def test_what_is_outside_the_language_is_refused_with_the_reason(text, says):
    with pytest.raises(ConditionError) as caught:
        parse(text, WORDS)
    assert says in str(caught.value), str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_condition_is_bounded_in_length():
    with pytest.raises(ConditionError, match="20,000 at most"):
        parse("datacenter AND " * (MAX_CONDITION // 15 + 1) + "TRUE", WORDS)


def test_a_condition_nested_beyond_reason_is_refused_and_does_not_crash():
    with pytest.raises(ConditionError, match="cannot be parsed"):
        parse("(" * 5000 + "TRUE" + ")" * 5000, WORDS)


def test_walk_finds_every_fact_of_a_condition():
    tree = parse("any_party(headquarters = 'CN' OR role = 'end_user') AND NOT any_component(tpp * quantity > 3 AND datacenter)", WORDS)
    assert {n[1] for n in walk(tree) if n[0] in ("fact", "bool")} == {"headquarters", "role", "tpp", "quantity", "datacenter"}
    assert children(["const", True]) == []


def test_every_condition_of_the_pack_is_read_back_the_same():
    pack = load_pack()
    checked = 0
    for rule in pack.rules.values():
        for version in rule.versions:
            assert parse(version.when_text, WORDS, allow_is_null=rule.kind == "red_flag") == version.when, rule.id
            checked += 1
    assert checked >= len(pack.rules)
