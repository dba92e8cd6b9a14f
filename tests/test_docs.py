"""What the documents show is what the program prints."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CONSOLE = [
    (page.relative_to(ROOT).as_posix(), command, output)
    for page in PAGES
    for command, output in re.findall(r"```console\n\$ (.*)\n((?:.*\n)*?)```", page.read_text(encoding="utf-8"))
]
PYTHON = [(page.name, code) for page in PAGES for code in re.findall(r"```python\n((?:.*\n)*?)```", page.read_text(encoding="utf-8"))]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command", "output"), CONSOLE, ids=[f"{p}: {c[:40]}" for p, c, _ in CONSOLE])
def test_a_shown_command_prints_what_is_shown(page, command, output):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, env={**os.environ, "PATH": path})  # noqa: S607
    assert done.stdout.rstrip() == output.rstrip(), page


@pytest.mark.slow
@pytest.mark.parametrize(("page", "code"), PYTHON, ids=[p for p, _ in PYTHON])
def test_shown_python_runs(page, code):
    exec(compile(code, page, "exec"), {})  # noqa: S102  (the repository's own documents)


def test_every_picture_that_the_documents_show_is_there_and_small():
    shown = {(p.parent / name).resolve() for p in PAGES for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", p.read_text(encoding="utf-8"))}
    curves = {"screening-pairs.svg", "screening-alarms.svg", "screening-latency.svg"}
    assert {p.name for p in shown} == {"briefing.png", "camps-lag.svg", "heatmap.png", *curves}
    assert all(p.stat().st_size < 300 * 1024 for p in shown)


def test_the_times_of_screening_that_are_shown_are_those_that_were_measured():
    page = (ROOT / "docs" / "reference" / "screening-quality.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| ([\d,]+) .*?\| [\d,]+ \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", page, re.MULTILINE)
    with (ROOT / "docs" / "assets" / "screening-latency.csv").open(encoding="utf-8", newline="") as file:
        measured = [
            (f"{int(r['names']):,}", *(f"{float(r[c]):.2f}" for c in ("p50_ms", "p99_ms", "p99_cpu_ms"))) for r in csv.DictReader(file)
        ]
    assert shown == measured


def test_the_documents_show_something():
    assert len(CONSOLE) >= 4
    assert PYTHON
