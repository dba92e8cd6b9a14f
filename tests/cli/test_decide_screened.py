"""`thalweg decide` with lists and holdings: parties are screened and their owners looked up, from files as people have them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each file is decided by a process of its own

LIST = """_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,standard_order,\
license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,gross_registered_tonnage,vessel_flag,vessel_owner,remarks,\
source_list_url,alt_names,citizenships,dates_of_birth,nationalities,places_of_birth,source_information_url,ids
a1,Entity List (EL) - Bureau of Industry and Security,,,,"Blue Heron Semiconductor Ltd.",,"1 Jalan Satu, Penang, MY",89 FR 1,2024-01-05,,,\
"For all items subject to the EAR. (See §744.11 of the EAR)",Presumption of denial,,,,,,,,,Blue Heron Semi,,,,,,
"""


def thalweg(*args: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program."""
    command = [sys.executable, "-m", "thalweg", *args]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, check=False, timeout=120)


@pytest.fixture
def lists(tmp_path: Path) -> str:
    """A list of one entry, in the issuer's own columns."""
    file = tmp_path / "consolidated_2026-07-31.csv"
    file.write_text(LIST, encoding="utf-8")
    return str(file)


def line(name: str, date: str = "2025-10-15") -> str:
    """A sale to a buyer in Malaysia, as a line."""
    party = {"role": "end_user", "name": name, "country": "MY", "headquarters": "MY", "ultimate_parent_headquarters": "MY"}
    return json.dumps({"id": name, "date": date, "item": "NVIDIA RTX 4080", "to": "MY", "parties": [party]}) + "\n"


def test_lines_are_screened_each_on_its_own_day(lists):
    text = line("Blue Heron Semiconductor Ltd") + line("Blue Heron Semiconductor Ltd", "2023-05-02") + line("Quiet Water Trading")
    done = thalweg("decide", "-", "--lists", lists, stdin=text)
    answers = [json.loads(x) for x in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [a["outcome"] for a in answers] == ["license_required", "no_license_required", "no_license_required"]
    (hit,) = answers[0]["screening"]
    assert (hit["list"], hit["listed_on"], hit["policy"]) == ("entity_list", "2024-01-05", "presumption_of_denial")
    assert hit["why"]


def test_holdings_say_who_owns_a_party(lists, tmp_path):
    holdings = tmp_path / "holdings.csv"
    holdings.write_text("owner,owned,share\nBlue Heron Semiconductor Ltd,Quiet Water Trading,0.6\n", encoding="utf-8")
    done = thalweg("decide", "-", "--lists", lists, "--owners", str(holdings), stdin=line("Quiet Water Trading"))
    answer = json.loads(done.stdout)
    assert answer["outcome"] == "license_required"
    assert {r["rule"] for r in answer["requirements"]} >= {"us-ear/744/16-affiliates"}
    assert [h["through"] for h in answer["screening"] if "through" in h] == ["owners"]
    assert not [a for a in answer["assumptions"] if a.get("fact") == "owners"]
    without = json.loads(thalweg("decide", "-", "--lists", lists, stdin=line("Quiet Water Trading")).stdout)
    assert [a for a in without["assumptions"] if a.get("fact") == "owners"]


def test_the_trace_of_one_by_hand_shows_the_entry(lists):
    shown = thalweg(
        *("decide", "--item", "NVIDIA RTX 4080", "--to", "MY", "--date", "2025-06-02", "--end-user", "Blue Heron Semiconductor"),
        *("--lists", lists, "--trace"),
    ).stdout
    assert "stands under Blue Heron Semiconductor Ltd. on entity_list" in shown
    assert "screened against entity_list of 2026-07-31 (1 rows)" in shown


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--lists", "absent.csv"], "absent.csv"),
        (["--store", "absent.db"], "absent.db"),
        (["--owners", "absent.csv"], "absent.csv"),
        (["--lists", "LIST", "--store", "x.db"], "give --lists or --store"),
    ],
)
def test_what_cannot_be_gathered_from_is_said_in_one_line(args, says, lists):
    done = thalweg("decide", "-", *[lists if a == "LIST" else a for a in args], stdin=line("A Co"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_is_not_screened_and_says_what_to_do(lists, tmp_path):
    done = thalweg("decide", str(tmp_path / "x.parquet"), "-o", str(tmp_path / "y.parquet"), "--lists", lists)
    assert done.returncode == 2
    assert "--lists" in done.stderr
