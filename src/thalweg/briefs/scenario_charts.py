"""The charts of a scenario: fans with history, difference fans, tornado, channel areas, front, parallel coordinates, regret."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thalweg.briefs.scenario_svg import (
    COLORS,
    GRID,
    INK,
    SOFT,
    Frame,
    Scale,
    Sheet,
    Stamp,
    around,
    axes,
    bent,
    ends_told,
    short,
    told_apart,
    wrapped,
)

Quantiles = Mapping[str, Sequence[float]]
"""p5, p25, p50, p75 and p95 along time."""

Point = tuple[float, float | None, float | None]
"""An observed value with its 5 and 95 percent, where there are any."""

LEFT, RIGHT, TOP, BOTTOM = 62.0, 704.0, 70.0, 346.0


@dataclass(frozen=True, slots=True)
class Fan:
    """A policy's outcome along time, and until when it is history."""

    name: str
    quantiles: Quantiles


def fan(
    title: str,
    unit: str,
    times: Sequence[str],
    fans: Sequence[Fan],
    stamp: Stamp,
    *,
    history: Mapping[str, Point] | None = None,
    observed_until: str | None = None,
    counted_until: str | None = None,
    name: str = "",
    log: bool = False,
) -> str:
    """Return a fan chart: bands of 90 and 50 percent and the median of each policy, with what was observed as points.

    Args:
        title: what is shown.
        unit: of the upright axis.
        times: quarters or years, as long as the quantiles.
        fans: one or several policies.
        stamp: what the chart is of.
        history: observed points by time; one of a year stands in its middle where the times are quarters.
        observed_until: the last time at which the bands are history, drawn with its error.
        counted_until: the last of these times that was counted; later ones are reported or judged, and their points hollow.
        name: of the outcome in commands and files, printed small.
        log: whether the upright axis is symmetric-logarithmic, for what grows over orders of magnitude.
    """
    return _fans(title, unit, times, fans, stamp, history or {}, zero=False, seen=(counted_until, observed_until), name=name, log=log)


def difference_fan(title: str, unit: str, times: Sequence[str], difference: Fan, stamp: Stamp, *, name: str = "", log: bool = False) -> str:
    """Return a fan of a difference under common chances; the line at zero is where the two policies are alike."""
    return _fans(title, unit, times, [difference], stamp, {}, zero=True, name=name, log=log)


def _fans(
    title: str,
    unit: str,
    times: Sequence[str],
    fans: Sequence[Fan],
    stamp: Stamp,
    history: Mapping[str, Point],
    *,
    zero: bool,
    seen: tuple[str | None, str | None] = (None, None),
    name: str = "",
    log: bool = False,
) -> str:
    counted, until = seen
    judged = len(times) if counted not in times or counted == until else times.index(counted)
    observed = "; points are observed, with their published error" if history else ""
    places = {label: place for label in history if (place := _place(times, label)) is not None}
    observed += "; hollow ones are reported or judged" if any(place > judged for place in places.values()) else ""
    values = [v for f in fans for row in f.quantiles.values() for v in row]
    values += [v for label in places for v in history[label] if v is not None]
    low, high = around(values, zero=zero or min(values, default=0.0) >= 0.0)
    upright = bent(values, BOTTOM, TOP) if log else Scale(low, high, BOTTOM, TOP)
    scaled = "" if upright.bend is None else f", symmetric-log axis, about linear within ±{short(upright.bend)}"
    told = f"{f'{name}; ' if name else ''}{unit}{scaled}; median, bands of 50 and 90 percent{observed}"
    sheet = Sheet(title, told, stamp)
    frame = Frame(Scale(0.0, max(len(times) - 1.0, 1.0), LEFT, RIGHT), upright)
    axes(sheet, frame, _time_names(times))
    _history_ends(sheet, frame, times, until, counted)
    for i, one in enumerate(fans):
        _one_fan(sheet, frame, one.quantiles, COLORS[i % len(COLORS)])
    for label, place in places.items():
        _observed(sheet, frame, place, label, history[label], hollow=place > judged)
    _legend(sheet, [one.name for one in fans])
    return sheet.done()


def _place(times: Sequence[str], label: str) -> float | None:
    """Return where a time lies on the level axis, None where it lies on none."""
    if label in times:
        return float(times.index(label))
    return times.index(f"{label}Q1") + 1.5 if f"{label}Q1" in times else None


def _history_ends(sheet: Sheet, frame: Frame, times: Sequence[str], last: str | None, counted: str | None = None) -> None:
    """Draw a line after the last time that is history, if it is among the times; after the last counted one where later ones are not."""
    shown = counted if counted in times and last in times else last
    if shown in times:
        x = frame.x.at(times.index(shown) + 0.5)
        sheet.rule(x, TOP, x, BOTTOM, SOFT, 1.0, "4 3")
        sheet.words(x - 6, TOP + 8, "history, with its error", anchor="end")
    if shown != last and last in times:
        end = frame.x.at(times.index(last) + 0.5)
        sheet.rule(end, TOP, end, BOTTOM, GRID, 1.0, "2 3")
        sheet.words(end + 6, TOP + 8, "to here reported or judged")


def _observed(sheet: Sheet, frame: Frame, place: float, label: str, point: Point, *, hollow: bool = False) -> None:
    value, low, high = point
    told = f"{label}: {short(value)}"
    if low is not None and high is not None:
        told += f" ({short(low)} to {short(high)})"
        (x, bottom), (_, top) = frame.at(place, low), frame.at(place, high)
        sheet.rule(x, bottom, x, top, INK, 1.0)
    sheet.dot(*frame.at(place, value), radius=2.0, hollow=hollow, told=told)


def _one_fan(sheet: Sheet, frame: Frame, quantiles: Quantiles, color: str) -> None:
    places = range(len(quantiles["p50"]))
    for low, high, opacity in (("p5", "p95", 0.14), ("p25", "p75", 0.24)):
        upper = [frame.at(t, quantiles[high][t]) for t in places]
        sheet.area([*upper, *reversed([frame.at(t, quantiles[low][t]) for t in places])], color, opacity)
    sheet.line([frame.at(t, quantiles["p50"][t]) for t in places], color, 2.0)


def _time_names(times: Sequence[str]) -> list[tuple[float, str]]:
    years = [(float(i), t[:4]) for i, t in enumerate(times) if len(t) == 4 or t.endswith("Q1")]
    return years[:: max(1, math.ceil(len(years) / 11))]


def _legend(sheet: Sheet, names: Sequence[str], y: float = 60.0) -> None:
    x = LEFT
    for i, name in enumerate(names):
        sheet.box(x, y - 8, 10, 10, COLORS[i % len(COLORS)])
        sheet.words(x + 14, y + 1, name, color=INK)
        x += 30 + 6.4 * len(name)


@dataclass(frozen=True, slots=True)
class Bar:
    """A number that moves an outcome: the outcome's median where it is low (5 percent) and high (95), and whether it is judgement.

    ``title`` is what it is called; without one its name stands alone. Chances have no size: ``chance`` says that low and high are
    those of the outcome.
    """

    name: str
    low: float
    high: float
    judgement: bool
    share: float | None = None
    title: str = ""
    chance: bool = False


BAR_HEIGHT = 30.0
BARS_LEFT = 270.0


def tornado(title: str, unit: str, middle: float, bars: Sequence[Bar], stamp: Stamp, *, most: int = 12, name: str = "") -> str:
    """Return a tornado: the numbers that move an outcome most, the widest on top; judgement is paler and marked."""
    shown = sorted(bars, key=lambda b: -abs(b.high - b.low))[:most]
    chance = "; chances at those of the outcome" if any(b.chance for b in shown) else ""
    told = f"{f'{name}; ' if name else ''}{unit}; where each number is at its 5 and 95 percent{chance}. * is judgement"
    sheet = Sheet(title, told, stamp, height=98.0 + BAR_HEIGHT * max(len(shown), 1))
    low, high = around([middle, *(v for b in shown for v in (b.low, b.high))])
    scale = Scale(low, high, BARS_LEFT + 8, 660.0)
    values = scale.ticks(5)
    for value, label in zip(values, told_apart(values), strict=True):
        x = scale.at(value)
        sheet.rule(x, 62, x, sheet.height - 24)
        sheet.words(x, sheet.height - 10, label, anchor="middle")
    for i, bar in enumerate(shown):
        y = 68.0 + BAR_HEIGHT * i
        for value, color in ((bar.low, COLORS[0]), (bar.high, COLORS[1])):
            a, b = sorted((scale.at(middle), scale.at(value)))
            sheet.box(a, y, b - a, 18, color, 0.45 if bar.judgement else 0.9)
        _called(sheet, bar, y)
        if bar.share is not None:
            sheet.words(704, y + 13, f"{100 * bar.share:.0f}%", anchor="end")
    sheet.rule(scale.at(middle), 60, scale.at(middle), sheet.height - 24, INK, 1.2)
    for color, word, x in ((COLORS[0], "low", LEFT), (COLORS[1], "high", LEFT + 60)):
        sheet.box(x, 48, 10, 10, color)
        sheet.words(x + 14, 57, word, color=INK)
    if any(b.share is not None for b in shown):
        sheet.words(704, 57, "share of variance", anchor="end")
    return sheet.done()


def _called(sheet: Sheet, bar: Bar, y: float) -> None:
    """Write what a bar is called, with its name in commands small below."""
    mark = " *" if bar.judgement else ""
    if bar.title:
        sheet.words(BARS_LEFT, y + 8, bar.title + mark, anchor="end", color=INK)
        sheet.words(BARS_LEFT, y + 19, bar.name, anchor="end", size=9.0)
    else:
        sheet.words(BARS_LEFT, y + 13, bar.name + mark, anchor="end", color=INK)


def areas(
    title: str,
    unit: str,
    times: Sequence[str],
    channels: Mapping[str, Sequence[float]],
    stamp: Stamp,
    *,
    most: float | None = None,
    observed_until: str | None = None,
) -> str:
    """Return channels stacked over time, the first at the bottom; means, since medians do not add up.

    Args:
        title: what is shown.
        unit: of the upright axis.
        times: quarters or years.
        channels: values by name, as long as the times.
        stamp: what the chart is of.
        most: the largest sum of several charts that are to share a scale; that of these channels if left out.
        observed_until: the last time at which the channels are history.
    """
    sheet = Sheet(title, f"{unit}; means, stacked", stamp)
    count = len(times)
    below = [0.0] * count
    _, high = around([*(sum(row[t] for row in channels.values()) for t in range(count)), *(() if most is None else (most,))], zero=True)
    frame = Frame(Scale(0.0, max(count - 1.0, 1.0), LEFT, RIGHT), Scale(0.0, high, BOTTOM, TOP))
    axes(sheet, frame, _time_names(times))
    for i, row in enumerate(channels.values()):
        above = [b + v for b, v in zip(below, row, strict=True)]
        upper = [frame.at(t, above[t]) for t in range(count)]
        sheet.area([*upper, *reversed([frame.at(t, below[t]) for t in range(count)])], COLORS[i % len(COLORS)], 0.8)
        below = above
    _history_ends(sheet, frame, times, observed_until)
    _legend(sheet, list(channels))
    return sheet.done()


@dataclass(frozen=True, slots=True)
class Choice:
    """A policy of a front: its objectives on fresh draws, and whether it is still on the front there."""

    name: str
    objectives: tuple[float, ...]
    stands: bool = True
    marked: bool = False
    """Whether it is one that was named beforehand, and not found by the search."""


def front(title: str, names: Sequence[str], choices: Sequence[Choice], stamp: Stamp) -> str:
    """Return two objectives against each other; hollow points no longer stand on fresh draws."""
    sheet = Sheet(title, f"{names[0]} (level) and {names[1]} (upright), on fresh draws; hollow points fall off the front there", stamp)
    (x0, x1), (y0, y1) = (around([c.objectives[k] for c in choices]) for k in (0, 1))
    frame = Frame(Scale(x0, x1, LEFT, RIGHT), Scale(y0, y1, BOTTOM, TOP))
    level = frame.x.ticks()
    axes(sheet, frame, list(zip(level, told_apart(level), strict=True)))
    for c in choices:
        x, y = frame.at(*c.objectives[:2])
        told = f"{c.name}: {short(c.objectives[0])}, {short(c.objectives[1])}"
        sheet.dot(x, y, COLORS[1] if c.marked else COLORS[0], 5.0 if c.marked else 3.2, hollow=not c.stands, told=told)
        if c.marked:
            sheet.words(x + 8, y + 4, c.name, color=INK)
    return sheet.done()


def parallel(title: str, names: Sequence[str], better: Sequence[str], choices: Sequence[Choice], stamp: Stamp) -> str:
    """Return one line a policy over all objectives; up is better on every axis, whether ``higher`` or ``lower`` is."""
    sheet = Sheet(title, "up is better on every axis; values at the ends are those of the axis", stamp)
    step = (RIGHT - LEFT - 30) / max(len(names) - 1, 1)
    scales = []
    for k, way in enumerate(better):
        low, high = around([c.objectives[k] for c in choices], room=0.0)
        scales.append(Scale(low, high, *((BOTTOM - 14, TOP + 8) if way == "higher" else (TOP + 8, BOTTOM - 14))))
    for k, (name, scale) in enumerate(zip(names, scales, strict=True)):
        x = LEFT + k * step
        sheet.rule(x, TOP + 4, x, BOTTOM - 10, SOFT)
        best, worst = ends_told((scale.high, scale.low) if better[k] == "higher" else (scale.low, scale.high))
        sheet.words(x, TOP - 2, best, anchor="middle")
        sheet.words(x, BOTTOM + 3, worst, anchor="middle")
        sheet.words(x, BOTTOM + 18 + 13 * (k % 2), name, anchor="middle", color=INK)
    for c in sorted(choices, key=lambda c: c.marked):
        points = [(LEFT + k * step, scale.at(v)) for k, (scale, v) in enumerate(zip(scales, c.objectives, strict=True))]
        sheet.line(points, COLORS[1] if c.marked else COLORS[0] if c.stands else GRID, 2.4 if c.marked else 0.9)
        if c.marked:
            sheet.words(points[0][0] + 6, points[0][1] - 6, c.name, color=COLORS[1])
    sheet.height += 20
    return sheet.done()


def regret(
    title: str,
    outcomes: Sequence[str],
    policies: Sequence[str],
    shares: Mapping[tuple[str, str], float],
    stamp: Stamp,
    *,
    called: Mapping[str, str] | None = None,
) -> str:
    """Return a table in color: of each policy and outcome the mean regret as a share of the largest for the outcome; 0 is never behind.

    ``called`` has the titles of outcomes and policies; the name of an outcome then stands small below its title.
    """
    words = called or {}
    row, left = 28.0, 320.0 if words else 210.0
    wide = (RIGHT - left) / max(len(policies), 1)
    sheet = Sheet(
        title, "mean regret over runs, as a share of the largest in its line; 0 is never behind", stamp, height=92.0 + row * len(outcomes)
    )
    for j, policy in enumerate(policies):
        for k, line in enumerate(wrapped(words.get(policy, policy), max(4, int(wide / 6.2)))[:2]):
            sheet.words(left + (j + 0.5) * wide, 58 + 13 * k, line, anchor="middle", color=INK)
    for i, outcome in enumerate(outcomes):
        y = 78.0 + row * i
        sheet.words(left - 8, y + (12 if outcome in words else 16), words.get(outcome, outcome), anchor="end", color=INK)
        if outcome in words:
            sheet.words(left - 8, y + 23, outcome, anchor="end", size=9.0)
        for j, policy in enumerate(policies):
            share = shares.get((outcome, policy), math.nan)
            if math.isfinite(share):
                sheet.box(left + j * wide + 1, y + 1, wide - 2, row - 2, COLORS[1], 0.08 + 0.72 * min(max(share, 0.0), 1.0))
            sheet.words(left + (j + 0.5) * wide, y + 16, f"{share:.2f}" if math.isfinite(share) else "none", anchor="middle", color=INK)
    return sheet.done()
