"""Names made to slip by, to break the reader or to command what shows them."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata

import pytest

from thalweg.desk.screen import screen
from thalweg.evidence import BadInput
from thalweg.parties.text import MOST

LISTED = "Blue Heron Semiconductor Co., Ltd."
HEADER = (
    "source_code,source,name,alt_names,type,countries,entity_number,programs,license_requirement,license_policy,"
    "federal_register_notice,source_list_url"
)
ROW = f'EL,Entity List (EL) - Bureau of Industry and Security,"{LISTED}",蓝鹭半导体有限公司,,CN,,,,,88 FR 71991,'

NO_NAME = [
    ("", "name: is empty; give the name of a party"),
    (" \t\n", "name: is empty; give the name of a party"),
    ("\x00", "holds no letter and no digit"),
    ("\u202e\u2066\u200f", "holds no letter and no digit"),
    ("\ud800", "holds no letter and no digit"),
    ("—…—", "holds no letter and no digit"),
    ("🏦🏦", "holds no letter and no digit"),
    ("x" * 10_000, "name: has 10,000 characters; 1,000 at most"),
    ("\u200b" * 10_000, "name: has 10,000 characters; 1,000 at most"),
]
UNLIKE = ["A", "1", "蓝", "ж", "ⅣⅣ", "\x1b[31m", "x" * MOST, "x " * (MOST // 2), "蓝" * MOST, "蓝 " * (MOST // 2), "a.b." * (MOST // 4)]
UNLIKE += ["ﷺ" * MOST, "ﬁ" * MOST, "㍿" * MOST, "e" + "\u0301" * (MOST - 1), "(" * (MOST - 1) + "x", "&" * (MOST - 1) + "x"]
SAME = {
    "control characters": "\x00Blue\x01 Heron\x1b Semiconductor\x7f",
    "a line": "Blue Heron\r\nSemiconductor",
    "marks of direction": "\u200fBlue Heron\u202e Semiconductor\u202c\u2069",
    "characters without width": "Bl\u200bue Her\u00adon Semi\u2060con\ufeffductor",
    "spaces of other kinds": "Blue\u00a0Heron\u2003Semiconductor\u3000",
    "halves of characters": "\ud800Blue Heron Semiconductor\ud83d",
    "Cyrillic letters in each word": "Bluе Hеrоn Sеmicоnductоr",
    "Cyrillic capitals": "ВLUЕ НERОN SЕMIСОNDUСTОR",
    "Greek capitals": "Βlue Ηeron Semiconductor",
    "letters of mathematics": "𝐁𝐥𝐮𝐞 𝐇𝐞𝐫𝐨𝐧 𝐒𝐞𝐦𝐢𝐜𝐨𝐧𝐝𝐮𝐜𝐭𝐨𝐫",
    "letters of full width": "Ｂｌｕｅ Ｈｅｒｏｎ Ｓｅｍｉｃｏｎｄｕｃｔｏｒ",
    "letters struck through": "B̶l̶u̶e̶ H̶e̶r̶o̶n̶ S̶e̶m̶i̶conductor",
    "accents by the hundred": "B" + "\u0301" * 900 + "lue Heron Semiconductor",
    "Chinese behind a word in Latin letters": "Вlue 蓝鹭半导体有限公司",
    "Chinese that is broken up": "蓝\u200b鹭半\u2060导体有限公司",
}


_DIRECTION = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    """A list of one made-up entry."""
    file = tmp_path_factory.mktemp("lists") / "csl_2026-07-31.csv"
    file.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(("name", "says"), NO_NAME, ids=range(len(NO_NAME)))
def test_what_is_no_name_is_refused_in_one_short_line(name, says, lists):
    with pytest.raises(BadInput) as refusal:
        screen(name, lists=lists)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("name", UNLIKE, ids=range(len(UNLIKE)))
def test_a_name_that_hardly_is_one_is_no_possible_match(name, lists):
    assert not screen(name, lists=lists)


@pytest.mark.parametrize("name", SAME.values(), ids=SAME)
def test_a_name_in_disguise_is_as_strong_as_the_plain_one(name, lists):
    (hit,) = screen(name, lists=lists)
    assert (hit.name, hit.level) == (LISTED, "strong")


@pytest.mark.parametrize(
    ("listed", "asked"), [("Банк Россия", "Bank Rossiya"), ("Bank Rossiya", "Банк Rоssiya"), ("شركة النور", "شركة\u202e النور")]
)
def test_scripts_are_mixed_on_either_side(look, entry, listed, asked):
    assert [h.level for h in look(entry(listed), asked)] == ["strong"]


def test_a_word_that_is_wholly_of_another_script_is_read_in_that_script(look, entry):
    assert look(entry("Сова"), "Sova")[0].level == "strong"
    assert not look(entry("Coba"), "Сова", level="possible")


def test_hostile_entries_of_a_list_are_read_and_match_nothing_but_themselves(look, entry):
    names = ["—", "🏦", "\x1b[2J", "\u202e", "A", "x" * 10_000, "蓝" * 10_000, "a " * 5_000, "Ltd.", "\x00" * 100, "e" + "\u0301" * 5_000]
    entries = tuple(entry(name, f"{name}\u200b", entry_id=str(i)) for i, name in enumerate([*names, LISTED]))
    for asked in ("Blue Heron Semiconductor", "Вlue Heron\u202e Semiconductor"):
        assert [(h.name, h.level) for h in look(entries, asked, level="possible")] == [(LISTED, "strong")]


@pytest.mark.slow
def test_every_name_gets_an_answer_or_an_error_record_and_none_commands_a_terminal(lists):
    names = [*(n for n, _ in NO_NAME), *UNLIKE, *SAME.values()]
    text = "".join(json.dumps({"id": f"\x1b[{i}m", "name": name}) + "\n" for i, name in enumerate(names))
    for form in ("jsonl", "csv", "table"):
        command = [sys.executable, "-m", "thalweg", "screen", "-", "--lists", lists, "--format", form]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False, timeout=60)
        shown = done.stdout.decode() + done.stderr.decode()
        assert (done.returncode, "Traceback" in shown) == (3, False)
        assert not {c for c in shown if unicodedata.category(c) in ("Cc", "Cs")} - {"\n"}
        assert form == "jsonl" or not {c for c in shown if unicodedata.bidirectional(c) in _DIRECTION}
        if form == "jsonl":
            records = [json.loads(line) for line in done.stdout.splitlines()]
            assert len(records) == len(names)
            assert [r["line"] for r in records if "error" in r] == list(range(1, len(NO_NAME) + 1))


def test_a_name_by_hand_of_bytes_that_are_no_text_is_answered_in_one_line(lists):
    for name in (b"Blue Heron \xff\xe2\x80 Semiconductor", b"\x1b]0;x\x07"):
        command = [sys.executable.encode(), b"-m", b"thalweg", b"screen", b"--name", name, b"--lists", lists.encode()]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
        assert done.returncode in (0, 2)
        assert b"Traceback" not in done.stderr
        assert not {b"\x1b", b"\x07"} & {bytes([b]) for b in done.stdout + done.stderr}
