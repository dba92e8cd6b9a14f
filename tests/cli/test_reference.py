"""What is generated from the program and the pack is fresh: the page of commands, the table of facts, the schemas."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from thalweg.cli.reference import BEGIN, END, commands, facts_table, main, pages, with_facts
from thalweg.desk.knowledge import declared_facts, schema_files, write_schemas

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs/reference"


@pytest.mark.parametrize("name", ["cli.md", "transaction.md"])
def test_the_page_is_fresh(name):
    fresh = pages(REFERENCE)[REFERENCE / name]
    assert (REFERENCE / name).read_text(encoding="utf-8") == fresh, "run python -m thalweg.cli.reference --write docs/reference"


def test_every_command_that_help_lists_has_a_section():
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    shown = subprocess.run([sys.executable, "-m", "thalweg", "--help"], capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^  ([a-z-]+) {2,}", shown.partition("Commands:")[2], re.MULTILINE)
    assert {"decide", "diff", "pack"} <= set(listed)
    for name in listed:
        assert f"\n## thalweg {name}\n" in page


def test_the_page_shows_what_help_prints():
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    for name, command in commands():
        for parameter in command.params:
            for flag in getattr(parameter, "opts", ()):
                if flag.startswith("--"):
                    assert flag in page, f"{name} {flag}"


def test_every_declared_fact_has_one_row():
    rows = re.findall(r"^\| `([A-Za-z0-9_]+)` \|", facts_table(), re.MULTILINE)
    assert sorted(rows) == sorted(f["name"] for f in declared_facts())


def test_a_stale_page_is_named_and_ends_with_1(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "docs/reference"
    folder.mkdir(parents=True)
    (folder / "transaction.md").write_text(f"before\n{BEGIN}\n{END}\nafter\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main([]) == 1
    assert "docs/reference/transaction.md is stale" in capsys.readouterr().out
    assert main(["--write", "docs/reference"]) == 0
    capsys.readouterr()
    assert main([]) == 0
    assert capsys.readouterr().out == ""
    text = (folder / "transaction.md").read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")


def test_a_page_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="should hold the lines"):
        with_facts("no marks here")


def test_the_schemas_are_fresh(tmp_path):
    written = {p.name: p.read_text(encoding="utf-8") for p in write_schemas(tmp_path)}
    kept = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "schemas").iterdir()}
    assert kept == written, "run thalweg pack schema --write schemas/"


def test_references_inside_a_schema_resolve():
    for name, schema in schema_files().items():
        for target in re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(schema)):
            assert target in schema["$defs"], name


def test_a_file_of_facts_is_a_list_and_a_rule_is_not():
    files = schema_files()
    assert files["fact"]["type"] == "array"
    assert "if_unstated" in files["fact"]["items"]["properties"]
    assert files["rule"]["type"] == "object"
    assert files["rule"]["additionalProperties"] is False


def test_a_folder_that_cannot_be_written_to_ends_with_2(tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "thalweg", "pack", "schema", "--write", str(tmp_path / "taken")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "taken" in done.stderr
    assert "Traceback" not in done.stderr
