"""Knowledge files are plain data: what the reader takes, and what it refuses with file and line."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.evidence import PackError
from thalweg.pack.reader import MAX_BYTES, MAX_DEPTH, parse_yaml, read_csv, read_yaml


def refused(text, says, *, line=None):
    with pytest.raises(PackError) as caught:
        parse_yaml(text if isinstance(text, bytes) else text.encode(), name="rule.yaml")
    assert says in str(caught.value), str(caught.value)
    assert str(caught.value).startswith("rule.yaml:" if line is None else f"rule.yaml:{line}: ")
    assert "\n" not in str(caught.value)


def test_billions_of_laughs_are_refused_before_they_are_expanded():
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    refused(bomb, "anchors and aliases are not allowed", line=1)


def test_an_anchor_alone_is_refused_on_its_line():
    refused("id: x\nwhen: &c TRUE\n", "anchors and aliases", line=2)


def test_a_merge_key_needs_an_alias_and_so_is_refused():
    refused("base: &b {x: 1}\nrule:\n  <<: *b\n", "anchors and aliases", line=1)


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!!binary aGk=", "!include other.yaml", "!!set {a}"]
)
def test_a_tag_is_refused(tag):
    refused(f"id: x\nwhen: {tag}\n", "plain data", line=2)


def test_a_key_that_stands_twice_is_refused_where_it_stands_again():
    refused("id: x\nversions:\n  - when: TRUE\n    note: a\n    when: FALSE\n", "key 'when' stands twice", line=5)


def test_keys_that_differ_only_in_quotes_are_the_same_key():
    refused("a: 1\n'a': 2\n", "key 'a' stands twice", line=2)


def test_a_key_must_be_a_word():
    refused("? [a, b]\n: 1\n", "keys must be plain words", line=1)


def test_depth_is_bounded_exactly():
    assert parse_yaml(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, name="x").data is not None
    refused("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), f"deeper than {MAX_DEPTH} levels", line=1)


def test_depth_far_beyond_the_bound_does_not_overflow_the_stack():
    refused("[" * 100_000, "nest", line=1)


def test_size_is_bounded_exactly():
    assert parse_yaml(b"a: " + b"x" * (MAX_BYTES - 3), name="x").data["a"][0] == "x"
    refused(b"a: " + b"x" * (MAX_BYTES - 2), "1,048,576 at most")


def test_several_documents_in_a_file_are_refused():
    refused("a: 1\n---\nb: 2\n", "one a file")


@pytest.mark.parametrize("text", ["a: [1\n", "a: 'b\n", "a: b: c\n", "\ta: 1\n"])
def test_broken_yaml_is_refused_with_a_line(text):
    refused(text, "is not valid YAML")


def test_text_that_is_not_utf_8_is_refused_with_the_byte():
    refused("title: Café".encode("latin-1"), "is not UTF-8 at byte 10")
    refused("title: x".encode("utf-16"), "is not UTF-8")


def test_a_byte_order_mark_is_taken():
    assert parse_yaml(b"\xef\xbb\xbfa: 1\n", name="x").data == {"a": 1}


@pytest.mark.parametrize(
    "word",
    [
        "NO",
        "no",
        "No",
        "yes",
        "on",
        "OFF",
        "y",
        "True",
        "FALSE",
        "1_000",
        "0x10",
        "010",
        "4E091",
        "3A090.a",
        "1:30",
        "+",
        ".",
        "=",
        "2024-1-1",
        "nan",
        ".inf",
    ],
)
def test_only_true_and_false_are_truth_and_only_plain_numbers_are_numbers(word):
    assert parse_yaml(f"a: {word}\n".encode(), name="x").data == {"a": word}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("", None),
        ("null", None),
        ("~", None),
        ("12", 12),
        ("-3", -3),
        ("0.5", 0.5),
        ("1.0e+26", 1e26),
        ("2024-04-04", dt.date(2024, 4, 4)),
        ("'12'", "12"),
        ('"true"', "true"),
    ],
)
def test_plain_values_are_read_as_they_look(text, value):
    found = parse_yaml(f"a: {text}\n".encode(), name="x").data["a"]
    assert (found, type(found)) == (value, type(value))


def test_a_date_that_does_not_exist_is_refused():
    refused("a: 1\nfrom: 2025-02-29\n", "'2025-02-29' is not a date", line=2)


def test_every_value_knows_its_line_and_a_missing_one_that_of_its_parent():
    document = parse_yaml(b"id: x\nversions:\n  - when: TRUE\n  - when: FALSE\n", name="x")
    assert document.line(("versions", 1, "when")) == 4
    assert document.line(("versions", 1, "unless")) == 4
    assert document.line(("nothing",)) == 1


def test_a_file_that_is_not_there_is_an_error_of_the_pack(tmp_path):
    with pytest.raises(PackError, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml")


def table(tmp_path, text, **options):
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_csv(path, name="table.csv", **options)


def test_a_table_is_read_by_its_header_with_line_numbers(tmp_path):
    rows = table(tmp_path, 'name,note\nNorway,"first line\nsecond, line"\n\nJapan , x\n')
    assert [(r["name"], r["note"], r["#"]) for r in rows] == [("Norway", "first line\nsecond, line", "3"), ("Japan", "x", "5")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n1\n", "table.csv:2: has 1 fields, the header has 2"),
        ("a,b\n1,2,3\n", "table.csv:2: has 3 fields, the header has 2"),
        ("a,a\n1,2\n", "table.csv:1: column 'a' stands twice"),
        ('a,b\n"1,2\n', "is not valid CSV"),
        ("b\n1\n", "lacks the column 'a'; it has b"),
        ("", "lacks the column 'a'; it has none"),
        ("a\nCaf\xe9\n".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_a_broken_table_is_refused(tmp_path, text, says):
    with pytest.raises(PackError) as caught:
        table(tmp_path, text, required=("a",))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("number", "says"), [("9" * 6_000, "a number of 6,000 digits; 300 at most"), ("1.0e999", "is too large for a number")]
)
def test_a_number_that_no_rule_needs_is_refused(number, says):
    refused(f"id: x\nlimit: {number}\n", says, line=2)


def test_a_control_character_is_refused_in_one_line():
    refused("id: x\x1b[31m\n", "is not valid YAML")
    refused("id: x\x00\n", "is not valid YAML")


def test_a_file_of_gigabytes_is_refused_unread(tmp_path):
    with (tmp_path / "x.yaml").open("wb") as file:
        file.truncate(3 << 30)
    with pytest.raises(PackError, match=r"x\.yaml: is 3,221,225,472 bytes"):
        read_yaml(tmp_path / "x.yaml", name="x.yaml")
