"""Pictures of the curves of screening, from the CSV files that `benchmarks.parties_curves` writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks import parties_data as pd
from benchmarks.chart import Axis, Line, Panel, svg

Rows = list[dict[str, str]]

PAIRS, ALARMS, LATENCY = "screening-pairs", "screening-alarms", "screening-latency"
MARGIN = "screening-margin"
LEVELS = ("possible", "strong")
AIMS = {"p50_ms": 2.0, "p99_ms": 5.0}
SCORE = Axis("threshold (score)", 0, 1, [(v, f"{v:g}") for v in (0, 0.2, 0.4, 0.6, 0.8, 1)])
LISTED = "US Consolidated Screening List of {date}"


def draw_pairs(rows: Rows, source: str) -> str:
    curves = {who: [r for r in rows if r["who"] == who and not r["level"]] for who in ("thalweg", "logic-v2")}
    levels = [r for r in rows if r["level"]]
    marks = [(float(r["threshold"]), r["level"]) for r in levels]
    lines = []
    for who, thin in (("thalweg", False), ("logic-v2", True)):
        if curves[who]:
            for what, color in (("precision", "a"), ("recall", "b")):
                dots = [] if thin else _points(levels, "threshold", what)
                lines.append(Line(f"{what}, {who}", color, _points(curves[who], "threshold", what), thin, dots=dots))
    share = [(v, f"{v:.0%}") for v in (0, 0.2, 0.4, 0.6, 0.8, 1)]
    plane = [
        Line(who, color, _points(curves[who], "recall", "precision"), thin, dots=_points(levels, "recall", "precision") if not thin else [])
        for who, color, thin in (("thalweg", "a", False), ("logic-v2", "c", True))
        if curves[who]
    ]
    at = Axis("recall", 0.4, 1, [t for t in share if t[0] >= 0.4]), Axis("precision", 0.4, 1, [t for t in share if t[0] >= 0.4])
    panels = [
        Panel("Over the threshold", SCORE, Axis("share of pairs", 0, 1, share), lines, marks),
        Panel("One against the other", *at, plane),
    ]
    return svg(
        "Precision and recall on labelled pairs",
        panels,
        [
            f"{rows[0]['pairs']} pairs of names/name_pairs.csv, each scored by a model fitted on the other half; means over seeded splits.",
            "Dots: each model at its own cuts, upright lines: the mean of the cuts.",
            f"Words are weighed by the {source}.",
        ],
    )


def draw_alarms(rows: Rows, source: str) -> str:
    share = Axis("share with a hit", 0.0005, 1, [(v, f"{v:.1%}" if v < 0.01 else f"{v:.0%}") for v in (0.001, 0.01, 0.1, 1)], log=True)
    marks = [(float(r["threshold"]), r["level"]) for r in rows if r["kind"] == "person" and r["level"] in LEVELS]
    panels = []
    for kind, what, aim in (("person", "synthetic people", 0.04), ("company", "unlisted companies", 0.02)):
        lines = []
        for own, label, color, thin in ((kind, "type stated", "a", False), (f"{kind}, no type", "type not stated", "b", True)):
            found = [r for r in rows if r["kind"] == own]
            curve = [r for r in found if not r["level"]]
            band = [] if thin else [(float(r["threshold"]), float(r["low"]), float(r["high"])) for r in curve]
            dots = [] if thin else _points([r for r in found if r["level"] in LEVELS], "threshold", "share")
            lines.append(Line(f"{label}, {int(found[0]['names']):,} names", color, _points(curve, "threshold", "share"), thin, band, dots))
        panels.append(Panel(what.capitalize(), SCORE, share, lines, marks, [(aim, marks[0][0], 1, "c")]))
    return svg(
        "Unlisted names with a hit at or above a threshold",
        panels,
        [
            f"Against the {source}. Each name is scored by a model fitted on the other half;",
            "means over seeded splits. Band: 95% interval. Dots: each model at its own cuts, upright lines: the mean of the cuts.",
            "Dotted: the aim for possible and more, 4% and 2%.",
        ],
    )


def draw_latency(rows: Rows, source: str) -> str:
    names = Axis("names", 700, 1_500_000, [(10**n, f"{10**n:,}") for n in (3, 4, 5, 6)], log=True)
    whole = next(float(r["names"]) for r in rows if r["list"] == "whole")
    took = [
        Line(label, color, _points(rows, "names", what), thin, dots=[] if thin else _points(rows, "names", what))
        for what, label, color, thin in (
            ("p50_ms", "median", "a", False),
            ("p99_ms", "99th percentile", "b", False),
            ("p99_cpu_ms", "99th percentile, time of the processor", "b", True),
        )
    ]
    aims = [(AIMS["p50_ms"], 700, whole, "a"), (AIMS["p99_ms"], 700, whole, "b")]
    ms = Axis("milliseconds", 0.5, 200, [(v, f"{v:g}") for v in (1, 10, 100)], log=True)
    seconds = Axis("seconds", 0.05, 200, [(v, f"{v:g}") for v in (0.1, 1, 10, 100)], log=True)
    built = [Line("index from entries", "a", _points(rows, "names", "build_s"), dots=_points(rows, "names", "build_s"))]
    return svg(
        "Time over the names of a list",
        [
            Panel("One query with its explanation", names, ms, took, [(whole, "whole list")], aims),
            Panel("Building the index", names, seconds, built, [(whole, "whole list")]),
        ],
        [
            f"The {source}: drawn entries, the whole list, and the list with made names beside it.",
            "Queries: half of them listed names with errors, half unlisted names. Dotted: aims for the whole list, 2 ms and 5 ms.",
        ],
    )


def _points(rows: Iterable[Mapping[str, str]], x: str, y: str) -> list[tuple[float, float]]:
    return [(float(r[x]), float(r[y])) for r in rows]


DRAWN = {PAIRS: draw_pairs, ALARMS: draw_alarms, LATENCY: draw_latency}


def picture(folder: Path, name: str) -> None:
    date = re.findall(r"\d{4}-\d\d-\d\d", pd.LIST)[0]
    drawn = DRAWN[name](pd.read_csv(folder / f"{name}.csv"), LISTED.format(date=date))
    (folder / f"{name}.svg").write_text(drawn, encoding="utf-8")


# ---------------------------------------------------------------- tables


def tables(folder: Path) -> str:
    """Return the rows of the tables of `docs/reference/screening-quality.md`, from the CSV files."""
    pairs, alarms, latency, margin = (pd.read_csv(folder / f"{name}.csv") for name in (PAIRS, ALARMS, LATENCY, MARGIN))
    lines: list[tuple[str, ...]] = [
        (f"`{r['level']}`", *(f"{float(r[c]):.3f}" for c in ("precision", "recall", "f1"))) for r in pairs if r["level"]
    ]
    for kind in dict.fromkeys(r["kind"] for r in alarms):
        own = [r for r in alarms if r["kind"] == kind and r["level"]]
        lines.append((f"{int(own[0]['names']):,} {kind}", *(_share(r) for r in own)))
    for r in latency:
        counts = (f"{int(r['names']):,}", f"{int(r['words']):,}")
        times = tuple(f"{float(r[c]):.2f}" for c in ("p50_ms", "p99_ms", "p99_cpu_ms"))
        lines.append((*counts, *times, f"{float(r['build_s']):.1f}", f"{int(r['memory_mib']):,}"))
    lines += [(r["margin"], f"{float(r['names_looked_at']):.1f}", f"{float(r['missed']):.1%}") for r in margin]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _share(row: Mapping[str, str]) -> str:
    share, low, high = (float(row[c]) for c in ("share", "low", "high"))
    return f"{share:.1%} ({low:.1%} to {high:.1%})"
