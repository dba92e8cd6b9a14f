"""`thalweg pack diff`: what an overlay holds otherwise than the pack, or than another overlay."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # each test starts a process

E = "basis: judgement, sources: [judgement]"


def thalweg(*args, **environment):
    command = [sys.executable, "-m", "thalweg", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment or None)


@pytest.fixture
def overlays(tmp_path):
    """Two overlays that set the same number differently."""
    roots = []
    for name, high in (("one", 0.3), ("two", 0.4)):
        root = tmp_path / name
        (root / "estimates").mkdir(parents=True)
        (root / "overlay.yaml").write_text(f"id: {name}\ntitle: {name}\nkind: what_if\n", encoding="utf-8")
        text = f"- {{id: phi, unit: share, distribution: {{uniform: {{min: 0.1, max: {high}}}}}, {E}}}\n"
        (root / "estimates" / "a.yaml").write_text(text, encoding="utf-8")
        roots.append(root)
    return roots


def test_a_table_names_both_sides(overlays):
    done = thalweg("pack", "diff", overlays[0])
    assert done.returncode == 0, done.stderr
    assert f"{overlays[0]} against the pack: 1 number differs" in done.stdout.replace("\n", "")
    assert "uniform 0.1 to 0.3" in done.stdout


def test_json_holds_both_sets_with_their_hashes_and_every_difference(overlays):
    done = thalweg("pack", "diff", overlays[1], "--against", overlays[0], "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["differences"] == [
        {"id": "phi", "what": "distribution", "before": "uniform 0.1 to 0.3", "after": "uniform 0.1 to 0.4"},
    ]
    assert found["before"]["sha256"] != found["after"]["sha256"]
    assert [x["id"] for x in found["before"]["overlays"]] == ["one"]


def test_csv_has_a_row_for_each_difference(overlays):
    done = thalweg("pack", "diff", overlays[0], "--what", "distribution", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(r["id"], r["what"], r["before"], r["after"]) for r in rows] == [("phi", "distribution", "beta(4, 7)", "uniform 0.1 to 0.3")]


@pytest.mark.parametrize(("against", "code"), [([], 1), (["itself"], 0)])
def test_a_script_can_ask_to_be_told_of_a_difference(overlays, against, code):
    more = ["--against", overlays[0]] if against else []
    done = thalweg("pack", "diff", overlays[0], *more, "--fail-on", "difference")
    assert done.returncode == code, done.stderr
    if not code:
        assert "hold the same estimates" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing-of-the-kind"], "neither a folder with overlay.yaml nor a shipped draft"),
        (["safe-chips-act", "--what", "distributon"], "did you mean 'distribution'?"),
        (["safe-chips-act", "--against", "nothing-of-the-kind"], "overlay 'nothing-of-the-kind'"),
    ],
)
def test_bad_usage_is_one_clear_line(arguments, said):
    done = thalweg("pack", "diff", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_the_sorts_of_difference_are_completed():
    from thalweg.cli.knowledge import _sorts

    assert _sorts("p") == ["probabilities"]
    assert _sorts("r") == ["rival", "rank correlation"]
