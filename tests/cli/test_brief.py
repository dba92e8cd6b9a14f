"""`thalweg brief`: files, what a terminal shows, progress, and exit codes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

FIRM = '[firm]\nname = "Meander Silicon, Inc."\n'
SALE = '[[products]]\nid = "chip"\nitem = "NVIDIA L40S"\n[[destinations]]\nplace = "VN"\n'
CUSTOMER = '[[customers]]\nid = "lotus"\nname = "Lotus Cloud JSC"\ncountry = "VN"\n'
DEAL = '[[deals]]\nid = "A"\nproduct = "chip"\ncustomer = "lotus"\nvalue_usd = 1000000\n'


@pytest.fixture
def asked(tmp_path):
    """Run the command on a portfolio; standard error may be a terminal."""

    def run(text, *options, stderr=subprocess.PIPE):
        path = tmp_path / "portfolio.toml"
        path.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "thalweg", "brief", str(path), "-o", str(tmp_path / "out"), "--date", "2026-11-25", *options]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False)

    return run


def test_it_writes_four_files_and_says_where(asked, tmp_path):
    done = asked(FIRM + SALE + CUSTOMER + DEAL, "--since", "2026-11-01")
    assert (done.returncode, done.stderr) == (0, "")
    files = [tmp_path / "out" / f"briefing.{kind}" for kind in ("html", "md", "json", "xlsx")]
    assert done.stdout.splitlines()[-4:] == [str(f) for f in files]
    assert all(f.stat().st_size > 1000 for f in files)
    for heading in ("Deals", "What changed since 2026-11-01", "What is coming, to 2027-11-25", "Facts to collect first"):
        assert f"\n{heading}\n" in done.stdout


def test_a_bad_row_is_named_and_ends_it_with_3(asked):
    done = asked(FIRM + SALE + CUSTOMER + DEAL.replace('"chip"', '"chap"'))
    assert done.returncode == 3
    assert "portfolio.toml: deals row 1, column product: there is no product 'chap' in this portfolio; did you mean 'chip'" in done.stderr


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (SALE, [], "names no firm"),
        (FIRM, ["--since", "soon"], "since"),
        (FIRM, ["--overlay", "gain-ai"], "gain-ai-act"),
        (FIRM, ["--since", "2026-12-01"], "give a later date or an earlier start"),
    ],
)
def test_what_cannot_be_read_at_all_ends_it_with_2_and_one_line(asked, text, options, said):
    done = asked(text, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_an_overlay_of_the_command_line_is_laid(asked, tmp_path):
    assert asked(FIRM + SALE, "--overlay", "chip-security-act").returncode == 0
    assert "Chip Security Act" in (tmp_path / "out" / "briefing.md").read_text(encoding="utf-8")


def test_progress_is_shown_where_standard_error_is_a_terminal(asked):
    reader, writer = pty.openpty()
    assert asked(FIRM + SALE, stderr=writer).returncode == 0
    os.close(writer)
    shown = os.read(reader, 100_000).decode()
    os.close(reader)
    assert "Following the verdicts over time" in shown


def test_policies_add_a_section_to_every_file(asked, tmp_path):
    done = asked(FIRM + SALE + CUSTOMER + DEAL, "--policies", "status-quo,control-camp", "--runs", "50", "--seed", "3")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nUnder policies\n" in done.stdout
    assert "50 runs, seed 3" in done.stdout
    for kind in ("html", "md"):
        assert "Under policies" in (tmp_path / "out" / f"briefing.{kind}").read_text(encoding="utf-8")
    assert '"license_risk"' in (tmp_path / "out" / "briefing.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--policies", "control-cmap"], "control-camp"),
        (["--policies", ","], "name at least one"),
        (["--policies", "status-quo,status-quo"], "stands twice"),
        (["--policies", "status-quo", "--runs", "0"], "a whole number from 1 on is needed"),
        (["--policies", "status-quo", "--date", "2033-01-01", "--since", "2032-01-01"], "runs from 2022 to 2032"),
    ],
)
def test_policies_that_cannot_be_end_it_with_2_and_one_line_and_no_file(asked, tmp_path, options, said):
    done = asked(FIRM + SALE, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_seed_without_policies_is_bad_usage(asked):
    done = asked(FIRM + SALE, "--seed", "3")
    assert done.returncode == 2
    assert "--policies" in done.stderr
