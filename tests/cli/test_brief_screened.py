"""`thalweg brief` with lists and holdings: the section on counterparties, from the example as it is shipped."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each briefing is a process of its own

DATE = ("--date", "2026-11-25", "--since", "2026-11-01")


@pytest.fixture
def asked(root: Path, tmp_path: Path):
    """Run the command on the server maker."""

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "thalweg", "brief", str(root / "examples/server-maker"), "-o", str(tmp_path / "out"), *DATE]
        return subprocess.run([*command, *options], capture_output=True, text=True, check=False, timeout=240)

    return run


@pytest.fixture
def lists(root: Path) -> str:
    """The invented list of the example."""
    return str(root / "examples/server-maker/lists")


def parties(tmp_path: Path) -> dict[str, dict]:
    """The rows of the section, by the id of the customer."""
    found = json.loads((tmp_path / "out/briefing.json").read_text(encoding="utf-8"))
    return {c["id"]: c for c in found["counterparties"]["rows"]}


def test_the_example_has_a_possible_match_and_listed_owners(asked, lists, root, tmp_path):
    done = asked("--lists", lists, "--owners", str(root / "examples/server-maker/holdings.csv"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Screened against the copies of 2026-11-20, 5 days old: Entity List (2 rows)." in done.stdout
    rows = parties(tmp_path)
    assert [(e["name"], e["level"], e["open"]) for e in rows["hn"]["entries"]] == [
        ("Red River Systems Joint Stock Company", "possible", "party")
    ]
    assert (rows["tpe"]["owners"]["if_acting"], rows["tpe"]["owners"]["low"]) == ("covered", 0.5)
    assert (rows["sg"]["owners"]["low"], rows["sg"]["owners"]["high"]) == (0.0, 1.0)
    assert rows["kl"]["owners"] is None


def test_a_store_of_lists_serves_as_well(asked, lists, tmp_path):
    store = tmp_path / "lists.db"
    command = [sys.executable, "-m", "thalweg", "lists", "import", f"{lists}/consolidated_2026-11-20.csv", "--store", str(store)]
    subprocess.run([*command, "--accept-size"], capture_output=True, check=False, timeout=120)
    done = asked("--store", str(store))
    assert done.returncode == 0, done.stderr
    assert [(e["level"], e["open"]) for e in parties(tmp_path)["hn"]["entries"]] == [("possible", "party")]


def test_without_them_names_are_matched_exactly_and_the_page_says_so(asked, tmp_path):
    done = asked()
    assert done.returncode == 0
    assert "Names were matched exactly against what the pack holds of Denied Persons List" in " ".join(done.stdout.split())
    assert parties(tmp_path)["hn"]["entries"] == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--lists", "absent.csv"], "absent.csv"),
        (["--store", "absent.db"], "absent.db"),
        (["--owners", "absent.csv"], "absent.csv"),
        (["--lists", "LISTS", "--store", "x.db"], "give --lists or --store"),
    ],
)
def test_what_cannot_be_gathered_from_is_said_in_one_line_and_nothing_is_written(asked, lists, tmp_path, options, says):
    done = asked(*[lists if o == "LISTS" else o for o in options])
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_customer_that_cannot_be_screened_is_named_by_its_place_and_ends_it_with_3(root, lists, tmp_path):
    copy = shutil.copytree(root / "examples/server-maker", tmp_path / "copy")
    rows = (copy / "customers.csv").read_text("utf-8").replace("Tamsui Servers Co,TW", "Tamsui Servers Co,Atlantis")
    (copy / "customers.csv").write_text(rows, encoding="utf-8")
    command = [sys.executable, "-m", "thalweg", "brief", str(copy), "-o", str(tmp_path / "out"), *DATE, "--lists", lists]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 3
    assert "customers.csv row 6, column country: 'Atlantis'" in done.stderr
    assert "tpe" not in parties(tmp_path)
