"""`thalweg ownership`: every form of input, every form of answer, the picture, and what is hostile."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from xml.etree.ElementTree import fromstring

import polars as pl
import pytest
from openpyxl import load_workbook

from thalweg.sources.ownership import begun

GRAPH = {
    "id": "g",
    "regime": "bis_affiliates",
    "date": "2025-10-15",
    "listed": {"L": ["entity_list"]},
    "owns": [
        {"owner": "L", "owned": "A", "share": 0.6},
        {"owner": "A", "owned": "B", "share": 0.4},
        {"owner": "E", "owned": "B", "share": 0.6},
    ],
}
EDGES = "owner,owned,share\nL,A,0.6\nA,B,40%\nE,B,0.6\nL,C,\n"
LISTED = "party,list\nL,entity_list\n"
WHEN = ("--regime", "bis_affiliates", "--date", "2025-10-15")


def thalweg(*args, stdin=b"", code=0):
    command = [sys.executable, "-m", "thalweg", *map(str, args)]
    done = subprocess.run(command, input=stdin.encode() if isinstance(stdin, str) else stdin, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    assert done.returncode == code, done
    return done


def ask(*args, stdin=b"", code=0):
    return [json.loads(line) for line in thalweg("ownership", *args, "--format", "jsonl", stdin=stdin, code=code).stdout.splitlines()]


def refused(*args, says, stdin=b""):
    text = thalweg("ownership", *args, stdin=stdin, code=2).stderr.decode()
    assert says in text, text
    assert text.count("\n") == 1
    assert len(text) < 3_000


@pytest.fixture
def files(tmp_path):
    (tmp_path / "edges.csv").write_text(EDGES, encoding="utf-8")
    (tmp_path / "listed.csv").write_text(LISTED, encoding="utf-8")
    (tmp_path / "graphs.jsonl").write_text(json.dumps(GRAPH) + "\n", encoding="utf-8")
    return tmp_path


def test_a_line_of_the_contract_in_a_line_of_the_contract_out(files):
    (answer,) = ask(files / "graphs.jsonl")
    assert answer["id"] == "g"
    assert answer["as_of"] == "2025-10-15"
    assert answer["status"] == {"A": "covered", "B": "not_covered"}
    assert answer["chains"] == {"A": ["L -0.6-> A"]}
    assert [f["party"] for f in answer["red_flags"]] == ["B"]
    assert answer["citations"][0]["citation"] == "90 FR 47201"


def test_standard_input_is_told_by_its_content_as_well(files):
    assert ask("-", stdin=json.dumps(GRAPH))[0]["status"]["A"] == "covered"
    assert ask("-", stdin=json.dumps([GRAPH, GRAPH], indent=1))[1]["status"]["A"] == "covered"
    assert ask("-", "--listed", files / "listed.csv", *WHEN, stdin=EDGES)[0]["status"] == {
        "A": "covered",
        "B": "not_covered",
        "C": "unknown",
    }
    parquet = io.BytesIO()
    pl.read_csv(io.StringIO(EDGES)).write_parquet(parquet)
    assert ask("-", "--listed", files / "listed.csv", *WHEN, stdin=parquet.getvalue())[0]["status"]["A"] == "covered"


def test_several_regimes_on_one_graph_give_an_answer_each(files):
    answers = ask(files / "graphs.jsonl", "--regime", "ofac_50", "--regime", "bis_affiliates")
    assert [(a["regime"], a["status"]["A"]) for a in answers] == [("ofac_50", "not_covered"), ("bis_affiliates", "covered")]
    unnamed = {k: v for k, v in GRAPH.items() if k != "regime"}
    assert [a["regime"] for a in ask("-", stdin=json.dumps(unnamed))] == ["bis_affiliates", "ofac_50"]


def test_the_day_of_the_command_stands_above_that_of_the_graph(files):
    (answer,) = ask(files / "graphs.jsonl", "--date", "2026-01-01")
    assert (answer["posture"]["state"], answer["status"]["A"]) == ("stayed", "not_covered")


def test_a_graph_and_its_edges_as_a_table_have_the_same_answer(files):
    small = {k: v for k, v in ask(files / "graphs.jsonl")[0].items() if k != "id"}
    (large,) = ask("-", "--listed", files / "listed.csv", *WHEN, stdin=EDGES.replace("L,C,\n", ""))
    assert {k: large[k] for k in small} == small


@pytest.mark.needs_shared
def test_real_gleif_records_are_attributed_under_their_names(shared, files):
    (files / "listed.json").write_text('{"ZZG38T0MDR3QY1ETUA76": ["entity_list"]}', encoding="utf-8")
    (files / "names.csv").write_text("party,name,country\n010CMKZ3VON21WF2ZD45,Child GmbH,DE\n", encoding="utf-8")
    (answer,) = ask(shared / "data/ownership/rr-data.xml", "--listed", files / "listed.json", "--parties", files / "names.csv", *WHEN)
    assert answer["status"] == {"Child GmbH (010CMKZ3VON21WF2ZD45)": "unknown"}
    assert answer["chains"]["Child GmbH (010CMKZ3VON21WF2ZD45)"] == ["ZZG38T0MDR3QY1ETUA76 -?-> Child GmbH (010CMKZ3VON21WF2ZD45)"]
    assert any("consolidation is not ownership" in r for r in answer["reports"])
    assert not any("no country is stated" in a for a in answer["assumptions"])


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("name", "says"), [("lei-data.xml", "names entities and has no holdings"), ("repex-data.json", "says why parents are not reported")]
)
def test_gleif_files_without_holdings_are_refused(shared, name, says):
    refused(shared / "data/ownership" / name, says=says)


def test_a_table_for_people_a_csv_for_spreadsheets_and_a_workbook(files):
    shown = thalweg("ownership", files / "graphs.jsonl").stdout.decode()
    assert "L -0.6-> A" in shown
    assert "A holds 40%" in shown
    csv = pl.read_csv(io.BytesIO(thalweg("ownership", files / "graphs.jsonl", "--format", "csv").stdout))
    assert csv["status"].to_list() == ["covered", "not_covered"]
    rows = pl.read_csv(
        io.BytesIO(thalweg("ownership", files / "edges.csv", "--listed", files / "listed.csv", *WHEN, "--format", "csv").stdout)
    )
    assert dict(rows.select("party", "status").iter_rows()) == {"A": "covered", "B": "not_covered", "C": "unknown"}
    sheet = load_workbook(io.BytesIO(thalweg("ownership", files / "graphs.jsonl", "--format", "xlsx").stdout)).active
    assert sheet["E2"].value == "covered"
    assert json.loads(thalweg("ownership", files / "graphs.jsonl", "--format", "json").stdout)[0]["id"] == "g"


def test_bad_lines_have_their_numbers_and_good_ones_their_answers():
    lines = [json.dumps(GRAPH), "nope", json.dumps(GRAPH | {"id": "h", "owns": 3}), json.dumps(GRAPH | {"id": "i"})]
    answers = ask("-", stdin="\n".join(lines), code=3)
    assert [a.get("id") for a in answers] == ["g", None, "h", "i"]
    assert answers[1]["line"] == 2
    assert answers[2] == {"id": "h", "line": 3, "error": "owns: should be a list of holdings, not int"}


def test_a_bad_share_in_a_table_clears_nobody(files):
    answers = ask("-", "--listed", files / "listed.csv", *WHEN, stdin="owner,owned,share\nL,A,x\nL,B,0.1\n", code=3)
    assert answers[0] == {"id": None, "line": 2, "error": "share: 'x' is not a share; write 0.51 or 51%; the share is taken as unknown"}
    assert answers[1]["status"] == {"A": "unknown", "B": "not_covered"}


def test_a_status_may_end_the_command_with_1(files):
    thalweg("ownership", files / "graphs.jsonl", "--fail-on", "covered", code=1)
    thalweg("ownership", files / "graphs.jsonl", "--fail-on", "unknown", code=0)
    refused(
        files / "graphs.jsonl",
        "--fail-on",
        "blocked",
        says="there is no status 'blocked'; the statuses are listed, covered, not_covered, unknown",
    )


REFUSED = [
    (("--regime", "ofac50"), "regime: there is no 'ofac50'; the pack has bis_affiliates, ofac_50; did you mean 'ofac_50'?"),
    (("--date", "2025-02-30"), "date: '2025-02-30' is not a date"),
    (("--listed", "/nowhere"), "/nowhere: No such file or directory"),
    (("--picture", "a.png"), "a.png: name it .svg or .html"),
    (("--pack", "/nowhere"), "/nowhere"),
]


@pytest.mark.parametrize(("options", "says"), REFUSED)
def test_an_option_that_is_wrong_is_one_line(files, options, says):
    refused(files / "graphs.jsonl", *options, says=says)


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_named(files):
    refused(files / "nowhere.csv", says="nowhere.csv: No such file or directory")
    refused("-", stdin=b"", says="-: is empty")
    refused(files / "edges.csv", says="edges.csv: says who owns whom and not who is listed; give the listings with --listed FILE")
    refused("-", "--listed", files / "listed.csv", stdin="owner,owner_name,share\n", says="-: lacks the column 'owned'")
    refused("-", stdin="PK\x03\x04", says="-: is a ZIP archive; unpack it first")


def test_names_cannot_command_a_terminal_or_a_spreadsheet(files):
    evil = "\x1b]0;x\x07=1+1\u202e"
    graph = {**GRAPH, "listed": {evil: ["meu"]}, "owns": [{"owner": evil, "owned": "=B", "share": 1}]}
    for form in ("table", "csv"):
        shown = thalweg("ownership", "-", "--format", form, stdin=json.dumps(graph)).stdout.decode()
        assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    listed = files / "evil.json"
    listed.write_text(json.dumps({evil: ["meu"]}), encoding="utf-8")
    out = thalweg(
        "ownership", "-", "--listed", listed, *WHEN, "--format", "csv", stdin=f'owner,owned,share\n"{evil}",=B,1\n'
    ).stdout.decode()
    assert not {"\x1b", "\x07", "\u202e"} & set(out)
    assert "'=B" in out


def test_the_picture_is_an_svg_that_any_reader_opens(files):
    target = files / "out.svg"
    done = thalweg("ownership", files / "graphs.jsonl", "--picture", target)
    assert f"drawn to {target}" in done.stderr.decode()
    text = target.read_text(encoding="utf-8")
    assert fromstring(text).tag.endswith("svg")  # noqa: S314  (the program's own file)
    for said in ("listed: entity_list", "covered", "not covered", "0.6", "bis_affiliates on 2025-10-15: enforced until 2025-11-10"):
        assert said in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in text


def test_a_page_shows_every_graph_and_a_single_picture_only_one(files):
    two = files / "two.jsonl"
    two.write_text(json.dumps(GRAPH) + "\n" + json.dumps(GRAPH | {"id": "<b>h</b>"}), encoding="utf-8")
    refused(two, "--picture", files / "x.svg", "--format", "jsonl", says="an SVG shows one graph; name it .html")
    assert not (files / "x.svg").exists()
    thalweg("ownership", two, "--picture", files / "x.html")
    page = (files / "x.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "&lt;b&gt;h&lt;/b&gt;" in page
    assert "<b>h" not in page


def test_a_table_of_holdings_is_drawn_with_the_owners_that_are_not_listed(files):
    thalweg("ownership", files / "edges.csv", "--listed", files / "listed.csv", *WHEN, "--picture", files / "x.svg")
    text = (files / "x.svg").read_text(encoding="utf-8")
    assert ">E<" in text
    assert ">C<" in text


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")  # noqa: PTH110
def test_a_picture_that_cannot_be_written_is_one_line(files):
    refused(files / "graphs.jsonl", "--picture", "/proc/nowhere/x.svg", "--format", "jsonl", says="/proc/nowhere")


def test_a_large_graph_is_drawn_around_what_is_found(files):
    owns = [{"owner": f"E{i}", "owned": f"P{i}", "share": 1} for i in range(300)] + [{"owner": "L", "owned": "A", "share": 1}]
    thalweg("ownership", "-", "--picture", files / "x.svg", stdin=json.dumps(GRAPH | {"owns": owns}))
    text = (files / "x.svg").read_text(encoding="utf-8")
    assert ">A<" in text
    assert "522 parties are not drawn." in text


@pytest.mark.parametrize(
    ("pieces", "options"),
    [
        (['[{"ow', 'ns": [{"owner": "L", "owned": "A", "share": 0.6}], "listed": {"L": ["entity_list"]}}', "]"], ()),
        (["ow", "ner,owned,share\nL,A,0.", "6\n"], ("--listed",)),
        (["\ufeff", "\n", '{"owns": [{"owner": "L", "owned": "A", "share": 0.6}],\n', '"listed": {"L": ["entity_list"]}}'], ()),
    ],
)
def test_a_pipe_that_is_written_to_slowly_is_told_by_its_content_all_the_same(pieces, options, tmp_path):
    (tmp_path / "listed.csv").write_text(LISTED, encoding="utf-8")
    more = [a for o in options for a in (o, str(tmp_path / "listed.csv"))]
    command = [sys.executable, "-m", "thalweg", "ownership", "-", "--format", "jsonl", *WHEN, *more]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        for piece in pieces:
            program.stdin.write(piece.encode())
            program.stdin.flush()
            time.sleep(0.3)
        out, err = program.communicate()
    assert program.returncode == 0, err
    assert json.loads(out)["status"] == {"A": "covered"}


def test_a_pipe_is_looked_at_no_further_than_its_first_record():
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb") as sink:
        sink.write(b'{"owns": []}\n')
        sink.flush()
        head, whole = begun(source)  # the pipe is still open: to wait for more of it would never end
        assert head == b'{"owns": []}\n'
        sink.close()
        assert whole.read() == b'{"owns": []}\n'
