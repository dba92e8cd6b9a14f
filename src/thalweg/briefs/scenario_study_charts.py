"""The charts of studies: what a box of discovery trades off, what a fit learned, and what to learn next."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thalweg.briefs.scenario_svg import COLORS, INK, SOFT, Frame, Scale, Sheet, Stamp, axes, short

LEFT, RIGHT, TOP, BOTTOM = 62.0, 704.0, 70.0, 330.0
NAMES_END, BARS_END, TURNS_END = 250.0, 560.0, 340.0


def trade_off(title: str, boxes: Sequence[Mapping[str, float]], chosen: Mapping[str, float], stamp: Stamp, *, share: float) -> str:
    """Return coverage against density of the boxes that were peeled, with the one that was chosen.

    Args:
        title: what fails.
        boxes: ``coverage``, ``density`` and number of ``conditions`` of each, from all runs on.
        chosen: ``coverage`` and ``density`` of the box that the answer names, and with ``fresh`` behind the name those on fresh draws with
            their ``p5`` and ``p95``, drawn as a cross.
        stamp: of the runs.
        share: of all runs that fail, which is the density of no box at all.
    """
    told = "share of all failures that lie in the box (coverage, level), share of the box that fails (density, upright)"
    sheet = Sheet(title, told, stamp)
    frame = Frame(Scale(0.0, 1.0, LEFT, RIGHT), Scale(0.0, 1.0, BOTTOM, TOP))
    axes(sheet, frame, [(k / 5, f"{20 * k}%") for k in range(6)], rows=5)
    sheet.line([frame.at(b["coverage"], b["density"]) for b in boxes], SOFT, 1.2)
    for b in boxes:
        color = COLORS[min(int(b["conditions"]), len(COLORS) - 1)]
        words = f"{b['conditions']} conditions: coverage {b['coverage']:.0%}, density {b['density']:.0%}"
        sheet.dot(*frame.at(b["coverage"], b["density"]), color, 3.4, told=words)
    x, y = frame.at(chosen["coverage"], chosen["density"])
    sheet.dot(x, y, INK, 7.0, hollow=True, told="the box that the sentence names")
    if "coverage fresh" in chosen:
        _on_fresh(sheet, frame, chosen)
    sheet.rule(LEFT, frame.y.at(share), RIGHT, frame.y.at(share), INK, 1.0, "4 3")
    sheet.words(LEFT + 6, frame.y.at(share) - 5, f"all runs: {share:.0%} fail")
    most = max((int(b["conditions"]) for b in boxes), default=0)
    for k in range(min(most + 1, len(COLORS))):
        sheet.box(LEFT + 108 * k, 50, 10, 10, COLORS[k])
        sheet.words(LEFT + 108 * k + 14, 59, f"{k} condition{'' if k == 1 else 's'}", color=INK)
    return sheet.done()


def _on_fresh(sheet: Sheet, frame: Frame, chosen: Mapping[str, float]) -> None:
    """Draw the chosen box on fresh draws: a cross of its 90 percent intervals of coverage and density."""
    x, y = frame.at(chosen["coverage fresh"], chosen["density fresh"])
    ends = [frame.at(chosen[f"coverage fresh {p}"], chosen[f"density fresh {p}"]) for p in ("p5", "p95")]
    sheet.rule(ends[0][0], y, ends[1][0], y, INK, 1.4)
    sheet.rule(x, ends[0][1], x, ends[1][1], INK, 1.4)
    told = f"on fresh draws: coverage {chosen['coverage fresh']:.0%}, density {chosen['density fresh']:.0%}"
    sheet.dot(x, y, INK, 3.4, told=told)
    sheet.words(x + 8, y - 6, "on fresh draws", color=INK)


@dataclass(frozen=True, slots=True)
class Learned:
    """An estimate before and after a fit, each at 5, 50 and 95 percent, and the spread that is left of it."""

    name: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    spread_left: float
    title: str = ""
    """What it is called; its name stands small below."""


def learned(title: str, rows: Sequence[Learned], stamp: Stamp | None, *, note: str = "", most: int = 14) -> str:
    """Return prior and posterior of the estimates that a fit narrowed most, each on a scale of its own."""
    shown = sorted(rows, key=lambda r: r.spread_left)[:most]
    sheet = Sheet(title, note, stamp, height=98.0 + 30.0 * max(len(shown), 1))
    for color, word, x in ((SOFT, "before the fit, 5 to 95 percent", LEFT), (COLORS[0], "after it", LEFT + 220)):
        sheet.box(x, 50, 10, 10, color)
        sheet.words(x + 14, 59, word, color=INK)
    sheet.words(RIGHT, 59, "median, and spread left", anchor="end")
    for i, row in enumerate(shown):
        y = 76.0 + 30.0 * i
        values = [*row.prior, *row.posterior]
        log = min(values) > 0.0 and max(values) > 4.0 * min(values)
        scale = Scale(min(values), max(values), NAMES_END + 10, BARS_END, log=log)
        for (low, middle, high), color, top, opacity in ((row.prior, SOFT, y, 0.35), (row.posterior, COLORS[0], y + 9, 0.75)):
            sheet.box(scale.at(low), top, max(scale.at(high) - scale.at(low), 1.0), 8, color, opacity)
            sheet.rule(scale.at(middle), top, scale.at(middle), top + 8, INK, 1.6)
        _called(sheet, NAMES_END, y, row.title, row.name)
        sheet.words(RIGHT, y + 12, f"{short(row.prior[1])} to {short(row.posterior[1])}; {row.spread_left:.2f}", anchor="end")
    return sheet.done()


@dataclass(frozen=True, slots=True)
class Turn:
    """What knowing an estimate would bring to the choice by an outcome: how often it would turn, by mean and by regret."""

    outcome: str
    name: str
    by_mean: float
    by_regret: float
    title: str = ""
    """What the estimate is called; its name stands small beside it."""


def turns(title: str, rows: Sequence[Turn], stamp: Stamp, *, most: int = 16) -> str:
    """Return for outcomes and estimates the probability that the choice of a policy would turn once the estimate is known."""
    shown = sorted(rows, key=lambda r: -max(r.by_mean, r.by_regret))[:most]
    sheet = Sheet(title, "probability that the choice would turn once the number is known", stamp, height=98.0 + 30.0 * max(len(shown), 1))
    for color, word, x in ((COLORS[0], "choice by the mean", LEFT), (COLORS[1], "choice by the regret of one run in ten", LEFT + 170)):
        sheet.box(x, 50, 10, 10, color)
        sheet.words(x + 14, 59, word, color=INK)
    top = max([0.1, *(max(r.by_mean, r.by_regret) for r in shown)])
    scale = Scale(0.0, min(1.0, math.ceil(10 * top) / 10), TURNS_END + 8, RIGHT - 40)
    for value in scale.ticks(5):
        sheet.rule(scale.at(value), 66, scale.at(value), sheet.height - 24)
        sheet.words(scale.at(value), sheet.height - 10, f"{value:.0%}", anchor="middle")
    for i, row in enumerate(shown):
        y = 72.0 + 30.0 * i
        for share, color, at in ((row.by_mean, COLORS[0], y), (row.by_regret, COLORS[1], y + 10)):
            sheet.box(scale.at(0.0), at, max(scale.at(share) - scale.at(0.0), 0.8), 9, color, 0.85)
        what = f"{row.title} ({row.name})" if row.title else row.name
        _called(sheet, TURNS_END, y, what, row.outcome)
        sheet.words(RIGHT, y + 13, f"{max(row.by_mean, row.by_regret):.0%}", anchor="end")
    return sheet.done()


def _called(sheet: Sheet, x: float, y: float, title: str, name: str) -> None:
    """Write what a row is called, with what it belongs to or its name in commands small below."""
    if title:
        sheet.words(x, y + 8, title, anchor="end", color=INK)
        sheet.words(x, y + 19, name, anchor="end", size=9.0)
    else:
        sheet.words(x, y + 12, name, anchor="end", color=INK)
