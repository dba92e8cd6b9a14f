from __future__ import annotations

from sqlglot import exp

from thalweg.controls.sql.expressions import any_of, column, negated
from thalweg.controls.sql.relation import Relation


def relation(taken=()):
    return Relation("rows", lambda: exp.select().from_("things"), taken)


def written(layers):
    return [(name, select.sql()) for name, select in layers]


def test_a_column_stands_in_the_layer_after_what_it_reads():
    rows = relation()
    a, b = (rows.read(n, lambda n=n: column(n)) for n in "ab")
    either = rows.add("either", any_of([a, b]))
    neither = rows.add("neither", negated(either))
    assert written(rows.layers([neither])) == [
        ("rows", "SELECT a AS a, b AS b FROM things"),
        ("rows_1", "SELECT *, a OR b AS either FROM rows"),
        ("rows_2", "SELECT *, NOT either AS neither FROM rows_1"),
    ]


def test_what_nothing_rests_on_is_not_written():
    rows = relation()
    a, b = (rows.read(n, lambda n=n: column(n)) for n in "ab")
    rows.add("not_b", negated(b))
    rows.join("other", lambda: exp.Join(this=exp.to_table("other")))
    rows.read("far", lambda: column("far", "other"), "other")
    assert written(rows.layers([a])) == [("rows", "SELECT a AS a FROM things")]


def test_equal_values_share_a_column():
    rows = relation()
    a, b = (rows.read(n, lambda n=n: column(n)) for n in "ab")
    assert rows.add("one", any_of([a, b])).name == rows.add("two", any_of([a, b])).name == "one"


def test_different_values_under_one_name_are_two_columns():
    rows = relation(taken={"long"})
    a, b = (rows.read(n, lambda n=n: column(n)) for n in "ab")
    names = [rows.add("long", value).name for value in (negated(a), negated(b))]
    assert names == ["long_2", "long_3"]
    assert "NOT a AS long_2, NOT b AS long_3" in written(rows.layers([column(n) for n in names]))[1][1]
