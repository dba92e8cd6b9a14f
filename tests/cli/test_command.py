"""The command as people run it."""

from __future__ import annotations

import json
import subprocess
import sys

BUYER = {"role": "end_user", "country": "DE", "headquarters": "DE", "ultimate_parent_headquarters": "DE"}
GOOD = json.dumps({"id": "a", "date": "2024-06-01", "item": "NVIDIA H100 SXM", "to": "DE", "parties": [BUYER]})


def thalweg(*args, stdin=""):
    return subprocess.run([sys.executable, "-m", "thalweg", *args], input=stdin, capture_output=True, text=True, check=False)


def test_a_bad_line_gets_an_error_record_and_the_others_their_answers():
    done = thalweg("decide", "-", stdin=f"{GOOD}\nnot json\n{GOOD}\n")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 3
    assert [r.get("outcome") for r in records] == ["no_license_required", None, "no_license_required"]
    assert records[1]["line"] == 2
    assert "not JSON" in records[1]["error"]


def test_an_unknown_item_names_the_nearest_and_ends_with_2():
    done = thalweg("decide", "--item", "NVIDIA H100 SXN", "--to", "CN", "--date", "2024-06-01")
    assert done.returncode == 2
    assert "NVIDIA H100 SXM" in done.stderr
    assert "Traceback" not in done.stderr


def test_fail_on_ends_with_1():
    done = thalweg("decide", "-", "--fail-on", "no_license_required", stdin=GOOD)
    assert done.returncode == 1


def test_a_formula_is_neutral_in_csv():
    line = json.loads(GOOD) | {"id": "=HYPERLINK(1)"}
    done = thalweg("decide", "-", "--format", "csv", stdin=json.dumps(line))
    assert "\n'=HYPERLINK(1)," in done.stdout


def test_dotted_csv_columns_are_read(tmp_path):
    file = tmp_path / "deals.csv"
    file.write_text(
        "id,date,item,to,end_user.name,end_user.country,end_user.headquarters,end_user.ultimate_parent_headquarters\n"
        "x,2024-06-01,NVIDIA H100 SXM,VN,Buyer,VN,VN,VN\n",
        encoding="utf-8",
    )
    answer = json.loads(thalweg("decide", str(file)).stdout)
    assert (answer["outcome"], answer["review_policy"]) == ("license_required", "presumption_of_approval")


def test_the_pack_validates():
    assert thalweg("pack", "validate").returncode == 0


def test_help_names_every_command():
    shown = thalweg("--help").stdout
    assert all(name in shown for name in ("decide", "classify", "timeline", "headroom", "diff", "pack"))
