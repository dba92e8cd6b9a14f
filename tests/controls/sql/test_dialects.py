"""The script in each dialect: it parses there, carries its stamp, and holds texts with quotes."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from thalweg.controls import rulebook
from thalweg.controls.sql import DIALECTS, compile_sql
from thalweg.controls.sql.expressions import case, joined, literal, one_of, unknown
from thalweg.controls.sql.names import LIMIT, distinct
from thalweg.evidence import BadInput
from thalweg.pack import load_pack

BOOK = rulebook(load_pack())
VIEWS = {"thalweg_truths", "thalweg_outcomes"}


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_script_parses_in_its_dialect(dialect):
    trees = sqlglot.parse(compile_sql(BOOK, dialect), dialect=dialect)
    made = [t for t in trees if isinstance(t, exp.Create)]
    assert {t.this.name for t in made if t.args["kind"] == "VIEW"} == VIEWS
    assert not [t for t in trees if isinstance(t, exp.Command)]


def test_the_head_says_which_rules_it_holds():
    head = compile_sql(BOOK, "duckdb").split("\n\n")[0]
    assert all(line.startswith("--") for line in head.splitlines())
    assert BOOK.pack.stamp.sha256 in head
    assert all(str(day) in head for day in BOOK.pack.verified_through.values())


@pytest.mark.slow
def test_the_same_rules_give_the_same_script():
    assert compile_sql(BOOK, "duckdb") == compile_sql(rulebook(load_pack()), "duckdb")


@pytest.mark.parametrize(("dialect", "meant"), [("duckdbb", "duckdb"), ("postgresql", "postgres"), ("oracle", "")])
def test_another_dialect_is_refused_with_those_there_are(dialect, meant):
    with pytest.raises(BadInput) as refused:
        compile_sql(BOOK, dialect)
    assert all(name in str(refused.value) for name in DIALECTS)
    assert (f"did you mean '{meant}'" in str(refused.value)) == bool(meant)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("text", ["O'Brien", 'a "b" c', "back\\slash", "semi; -- colon", "a\nb", "华为"])
def test_a_text_comes_back_as_it_was_written(dialect, text):
    written = one_of(exp.column("name"), [text, "other"]).sql(dialect=dialect)
    [read] = [x.this for x in sqlglot.parse_one(written, dialect=dialect).find_all(exp.Literal) if x.this != "other"]
    assert read == text


def test_names_are_plain_and_no_two_are_alike():
    texts = [*BOOK.pack.rules, *(f"{'long' * 30}/{n}" for n in range(12)), "a/b", "a.b", "a-b"]
    found = distinct(texts, prefix="rule_")
    assert len(set(found.values())) == len(texts)
    assert all(len(name) <= LIMIT and name.isascii() and name.replace("_", "").isalnum() for name in found.values())


def test_what_holds_for_nothing_is_written_short():
    assert one_of(exp.column("a"), []).sql() == "FALSE"
    assert case([(exp.false(), literal("x"))]).sql() == unknown().sql()
    assert joined([]).sql() == "''"
