"""Every statement of the fact files is encoded, or says why it is not; every reference resolves; the pages are fresh."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from thalweg.evidence import PackError
from thalweg.pack import Pack, load_pack
from thalweg.pack.coverage import check_coverage, compare_with_facts, coverage_pages, main, write_coverage_page
from thalweg.pack.coverage_entries import Entry, read_entries, sources
from thalweg.pack.coverage_references import References, event_problems
from thalweg.pack.fact_rows import coverage_rows

FILES = ["export_controls", "export_controls_verified"]
SAMPLE = """
# Title without a number

## 1. RULES
**Label**
| id | what |
|---|---|
| T01 | first |
| T01 | second |

### 1.1 Details of the rules
- a bullet line, with `code` and https://example.org/page in it
Label without punctuation
1. a numbered line.
A paragraph of more than eight words, so that its key is cut short.

```yaml
A1: # forty
  [AR, AU]
D:5 is not a name
E2: [CU]
```
"""


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack()


def entry(**changes: object) -> Entry:
    return dataclasses.replace(Entry("1/t01", "1 RULES", ("us-ear/774/3A090.a",), "", "", "coverage/sample.yaml", 7), **changes)


def messages(problems: list[PackError]) -> str:
    return "\n".join(map(str, problems))


def test_both_fact_files_are_answered_for():
    assert sources() == FILES


@pytest.mark.needs_shared
@pytest.mark.parametrize("source", FILES)
def test_every_statement_of_the_fact_file_has_an_entry_and_every_entry_a_statement(source: str, shared: Path):
    rows = coverage_rows((shared / "facts" / f"{source}.md").read_text(encoding="utf-8"))
    assert messages(compare_with_facts(read_entries(source), rows, source)) == ""


@pytest.mark.parametrize("source", FILES)
def test_every_reference_resolves_and_every_statement_has_one_answer(source: str, pack: Pack):
    assert messages(check_coverage(pack, read_entries(source))) == ""


def test_every_rule_that_an_event_names_exists(pack: Pack):
    assert event_problems(pack) == []


def test_an_event_that_names_no_rule_is_found(pack: Pack):
    event = {**pack.events[0], "id": "sample", "rules": ["us-ear/774/3A090.q", "drafts/safe-chips-act/*", "us-ear/742/*"]}
    (problem,) = event_problems(dataclasses.replace(pack, events=(event,)))
    assert "sample" in problem
    assert "us-ear/774/3A090.q" in problem


def test_the_pages_in_the_documentation_are_those_that_the_command_writes(pack: Pack, root: Path):
    pages = coverage_pages(pack)
    written = {path.name: path.read_text(encoding="utf-8") for path in (root / "docs" / "coverage").iterdir()}
    assert set(written) == {"index.md", "export-controls.md", "export-controls-verified.md"}
    assert [name for name in pages if pages[name] != written[name]] == [], "run: python -m thalweg.pack.coverage --write docs/coverage"


@pytest.mark.parametrize("source", FILES)
def test_a_page_links_each_rule_to_a_file_that_is_there(source: str, pack: Pack, root: Path):
    page = write_coverage_page(pack, source)
    links = {part.partition('"')[0] for part in page.split('<a href="')[1:]}
    assert len(links) > 50
    assert [link for link in links if not (root / "docs" / "coverage" / link).exists()] == []


def test_a_statement_is_keyed_by_its_section_and_its_first_cell_or_words():
    assert [row.key for row in coverage_rows(SAMPLE)] == [
        "1/t01",
        "1/t01-2",
        "1.1/a-bullet-line-with-code-and-in-it",
        "1.1/a-numbered-line",
        "1.1/a-paragraph-of-more-than-eight-words-so",
        "1.1/a1",
        "1.1/e2",
    ]


def test_a_statement_knows_its_section_and_a_code_line_its_continuation():
    rows = {row.key: row for row in coverage_rows(SAMPLE)}
    assert rows["1/t01-2"].where == "1 RULES"
    assert rows["1.1/e2"].where == "1.1 Details of the rules"
    assert rows["1.1/a1"].text == "A1: # forty [AR, AU] D:5 is not a name"


@pytest.mark.parametrize(
    "reference",
    [
        "us-ear/774/3A090.a",
        "us-ear/guidance/2025-05-13-diversion/*",
        "event:us-2026-01-15-h200-rule",
        "group:D:5",
        "place:MO",
        "set:us-ear/740/supplement-8",
        "list:entity_list",
        "listing:entity_list/Huawei Technologies Co., Ltd.",
        "notice:entity_list/87 FR 62202",
        "fact:io_bandwidth_gb_s",
        "hardware:NVIDIA H20",
        "conflict:AMD Instinct MI308X/tpp",
        "draft:chip-security-act",
        "reasons:3A090",
        "chart",
        "case:tests/cases/chips.yaml",
    ],
)
def test_each_sort_of_reference_resolves(reference: str, pack: Pack):
    assert References(pack).problem(reference) == ""


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("us-ear/774/3A090.z", "us-ear/774/3A090.a"),
        ("us-ear/999/*", "there is no such rule"),
        ("event:us-2026-01-15-h20-rule", "us-2026-01-15-h200-rule"),
        ("group:D:6", "D:5"),
        ("listing:entity_list/Nobody", "there is no such listing"),
        ("conflict:NVIDIA H20/tpp", "there is no such conflict"),
        ("grup:D:5", "group"),
        ("case:tests/cases/none.yaml", "no such file"),
        ("case:tests/../pyproject.toml", "no such file"),
        ("case:pyproject.toml", "no such file"),
    ],
)
def test_a_reference_to_nothing_is_named_with_its_nearest(reference: str, said: str, pack: Pack):
    (problem,) = check_coverage(pack, [entry(encoded_by=(reference,))])
    assert said in str(problem)
    assert "coverage/sample.yaml:7" in str(problem)


def test_neither_answer_both_answers_and_a_second_entry_are_faults(pack: Pack):
    assert "and not both" in messages(check_coverage(pack, [entry(encoded_by=())]))
    assert "and not both" in messages(check_coverage(pack, [entry(not_encoded="context only")]))
    assert "stands twice" in messages(check_coverage(pack, [entry(), entry()]))
    assert check_coverage(pack, [entry(), entry(encoded_by=(), key="1/t01-2", not_encoded="context only")]) == []


def test_a_statement_without_an_entry_and_an_entry_without_a_statement_are_faults():
    rows = coverage_rows(SAMPLE)
    entries = [entry(key=row.key, where=row.where) for row in rows]
    assert compare_with_facts(entries, rows, "sample") == []
    assert "no entry for '1/t01'" in messages(compare_with_facts(entries[1:], rows, "sample"))
    assert "no statement '1/t01'" in messages(compare_with_facts(entries, rows[1:], "sample"))
    assert "where should be '1 RULES'" in messages(compare_with_facts([entry(where="2"), *entries[1:]], rows, "sample"))


def test_an_entry_with_an_unknown_key_is_refused_with_its_line(tmp_path: Path):
    (tmp_path / "coverage").mkdir()
    (tmp_path / "coverage" / "sample.yaml").write_text("- key: 1/a\n  where: 1 A\n  encoded: [chart]\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"coverage/sample\.yaml:3.*encoded_by"):
        read_entries("sample", tmp_path)


def test_the_command_passes_where_there_are_no_fact_files_and_writes_the_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["--facts", str(tmp_path / "none"), "--write", str(tmp_path / "pages")]) == 0
    assert "not compared" in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {"index.md", "export-controls.md", "export-controls-verified.md"}


@pytest.mark.needs_shared
def test_the_command_fails_where_a_fact_file_says_more_than_the_entries(tmp_path: Path, shared: Path, capsys: pytest.CaptureFixture[str]):
    for source in FILES:
        text = (shared / "facts" / f"{source}.md").read_text(encoding="utf-8")
        (tmp_path / f"{source}.md").write_text(text + "\n- a line that nobody answers for.\n", encoding="utf-8")
    assert main(["--facts", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("a-line-that-nobody-answers-for") == 2
