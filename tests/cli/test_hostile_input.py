"""Hostile input on the command line: one clear line, the documented exit code, no trace of the program, nothing half written."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from openpyxl import load_workbook

pytestmark = pytest.mark.slow  # each input meets a process of its own

LINE = {"id": "a", "date": "2024-06-01", "item": "NVIDIA H100 SXM", "to": "DE"}
GOOD = json.dumps(LINE)
ASKED = ("--item", "NVIDIA H20", "--to", "CN", "--date", "2025-05-01")
ESCAPE = "\x1b]0;x\x07\x9b31m\u202e"


def thalweg(*args, stdin="", env=None):
    command = [sys.executable, "-m", "thalweg", *map(str, args)]
    done = subprocess.run(command, input=stdin.encode(), capture_output=True, check=False, env=None if env is None else os.environ | env)
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    return done


def refused(*args, says, stdin=""):
    done = thalweg(*args, stdin=stdin)
    assert done.returncode == 2, done
    text = done.stderr.decode()
    assert says in text, text
    assert text.count("\n") == 1
    assert len(text) < 3_000


@pytest.mark.parametrize("form", ["table", "csv"])
def test_names_cannot_command_a_terminal(form):
    done = thalweg("decide", "-", "--format", form, stdin=json.dumps(LINE | {"id": ESCAPE}))
    assert done.returncode == 0
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(done.stdout.decode())
    trace = thalweg("decide", *ASKED, "--exporter", "\x1b[2JEvil\nno_license_required", "--trace").stdout.decode()
    assert "\\x1b[2JEvil\\nno_license_required" in trace


def test_json_keeps_a_name_exactly_without_a_control_character_in_it():
    out = thalweg("decide", "-", stdin=json.dumps(LINE | {"id": ESCAPE})).stdout.decode()
    assert json.loads(out)["id"] == ESCAPE
    assert not {"\x1b", "\x07", "\x9b"} & set(out)


def test_a_workbook_takes_control_characters_and_any_file_name(tmp_path):
    file = tmp_path / "a[1]:x.jsonl"
    file.write_text(json.dumps(LINE | {"id": "\x00\x1b=1"}), encoding="utf-8")
    done = thalweg("decide", file, "--format", "xlsx")
    sheet = load_workbook(io.BytesIO(done.stdout)).active
    assert sheet["A2"].value == "\\x00\\x1b=1"


def test_half_a_character_is_an_error_record():
    done = thalweg("decide", "-", stdin='{"id":"\\ud800","date":"2024-06-01","item":"x","to":"CN"}')
    record = json.loads(done.stdout)
    assert (done.returncode, record["line"], record["id"]) == (3, 1, "\\ud800")


def test_a_key_that_stands_twice_is_refused():
    done = thalweg("decide", "-", stdin='{"date":"2024-06-01","item":"NVIDIA H20","to":"CN","to":"US"}')
    assert (done.returncode, json.loads(done.stdout)["error"]) == (3, "not JSON: the key 'to' stands twice; give it once")


def test_a_column_that_stands_twice_is_refused(tmp_path):
    file = tmp_path / "d.csv"
    file.write_text("date,item,to,to\n2024-06-01,NVIDIA H20,CN,US\n", encoding="utf-8")
    refused("decide", file, says=f"{file}: line 1: the column 'to' stands twice")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--overlay", "nope"), "neither a folder with overlay.yaml nor a shipped draft"),
        (("--overlay", "a" * 5000), "neither a folder with overlay.yaml nor a shipped draft"),
        (("--known-on", "x"), "known_on: 'x' is not a date"),
        (("--date", "x"), "date: 'x' is not a date"),
        (("--fail-on", "license"), "there is no outcome 'license'; the outcomes are no_license_required"),
    ],
)
def test_an_option_that_is_wrong_is_not_the_fault_of_every_line(options, says):
    refused("decide", "-", *options, says=says, stdin=GOOD)


def test_what_an_error_quotes_is_cut_and_its_remedy_kept():
    refused("decide", "--item", "a" * 100_000, "--to", "CN", says="or describe it: an object with kind and specifications")


def test_diff_says_which_transaction_is_bad(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text(GOOD + "\n" + json.dumps(LINE | {"to": "ZZ"}), encoding="utf-8")
    refused("diff", file, "--before", "2023-01-01", "--after", "2026-01-01", says="transaction 2: to: 'ZZ' is not a place")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")  # noqa: PTH110
@pytest.mark.parametrize("args", [("decide", *ASKED), ("decide", "-")])
def test_a_full_disk_under_standard_output_is_one_line(args):
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        command = [sys.executable, "-m", "thalweg", *args]
        done = subprocess.run(command, input=GOOD.encode(), stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (2, b"thalweg: standard output: No space left on device\n")


def test_output_takes_every_character_whatever_the_locale():
    done = thalweg("decide", *ASKED, "--exporter", "华为", "--trace", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "✗" in done.stdout.decode("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="no such shell")
@pytest.mark.parametrize(("redirect", "code"), [(">&-", 0), ("<&-", 2)])
def test_closed_streams_are_no_accident(redirect, code):
    args = "decide -" if code else "decide --item 'NVIDIA H20' --to CN --date 2025-05-01"
    done = subprocess.run(["/bin/sh", "-c", f"'{sys.executable}' -m thalweg {args} {redirect}"], capture_output=True, check=False)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_under_its_number_and_leaves_nothing_behind(tmp_path, number):
    rows = "".join(f"2025-05-{1 + n % 28:02d},NVIDIA H20,CN,{n + 1}\n" for n in range(600_000))
    (tmp_path / "in.csv").write_text("date,item,to,quantity\n" + rows, encoding="utf-8")
    command = [sys.executable, "-m", "thalweg", "decide", str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.parquet")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        until = time.monotonic() + 60
        while not list(tmp_path.glob(".out*/*")) and time.monotonic() < until:
            time.sleep(0.01)
        running.send_signal(number)
        running.wait(60)
    assert running.returncode == 128 + number
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipe")
def test_a_reader_that_leaves_ends_it_as_any_filter(tmp_path):
    (tmp_path / "many.jsonl").write_text((GOOD + "\n") * 400, encoding="utf-8")
    command = [sys.executable, "-m", "thalweg", "decide", str(tmp_path / "many.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.readline()
        running.stdout.close()
        errors = running.stderr.read()
    assert (running.returncode, errors) == (-signal.SIGPIPE, b"")


@pytest.mark.parametrize("name", ["folder", "in.csv", "in.csv/out.parquet"])
def test_answers_are_not_written_over_a_folder_or_over_what_is_decided(tmp_path, name):
    source = tmp_path / "in.csv"
    source.write_text("date,item,to\n2024-06-01,NVIDIA H20,CN\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    before = source.read_bytes()
    refused("decide", source, "-o", tmp_path / name, says=str(tmp_path / "in.csv" if name == "in.csv" else tmp_path / name))
    assert source.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "in.csv"]
