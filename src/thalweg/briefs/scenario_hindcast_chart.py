"""The chart of a hindcast: a panel for each series, what was reported against the bands of the model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from thalweg.briefs.scenario_svg import COLORS, INK, Frame, Scale, Sheet, Stamp, around, axes, short


def hindcast_panels(title: str, panels: Sequence[Mapping[str, Any]], stamp: Stamp | None, *, note: str = "") -> str:
    """Return a panel for each series of a hindcast: bands of the model, what was reported, and the median of the naive forecast.

    Args:
        title: what is shown.
        panels: as ``thalweg.scenarios.hindcast_data.as_data`` gives them.
        stamp: of the run.
        note: printed under the title; the protocol and whether it is the frozen one.
    """
    columns, wide, tall = 2, 350.0, 190.0
    lines = math.ceil(len(panels) / columns)
    sheet = Sheet(title, note, stamp, width=WIDTH_OF_PANELS, height=76.0 + tall * lines)
    keys = (
        (COLORS[0], "model, 50 and 90 percent"),
        (INK, "reported (hollow: fitted)"),
        (COLORS[1], "naive median (line); reported, outside (point)"),
    )
    for k, (color, word) in enumerate(keys):
        sheet.box(16 + 190 * k, 50, 10, 10, color)
        sheet.words(30 + 190 * k, 59, word, color=INK)
    for i, panel in enumerate(panels):
        x, y = 16 + (i % columns) * (wide + 8), 72 + (i // columns) * tall
        _panel(sheet, panel, (x, y, wide, tall))
    return sheet.done()


WIDTH_OF_PANELS = 740.0


def _panel(sheet: Sheet, panel: Mapping[str, Any], place: tuple[float, float, float, float]) -> None:
    x, y, wide, tall = place
    sheet.words(x, y + 12, f"{panel['row']['title']}, {panel['row']['unit']}", color=INK, bold=True)
    points = panel["points"]
    if not points:
        sheet.words(x, y + 32, "no tested point")
        return
    values = [v for p in points for v in (p["point"]["value"], p["bands"][0], p["bands"][4])]
    low, high = around(values, zero=min(values) >= 0.0)
    frame = Frame(Scale(-0.6, len(points) - 0.4, x + 44, x + wide - 6), Scale(low, high, y + tall - 34, y + 22))
    every = max(1, math.ceil(len(points) / 5))
    axes(sheet, frame, [(float(i), p["point"]["label"]) for i, p in enumerate(points) if i % every == 0], rows=3)
    half = min(9.0, 0.36 * (wide - 50) / len(points))
    for i, p in enumerate(points):
        _point(sheet, frame, float(i), p, half)


def _point(sheet: Sheet, frame: Frame, at: float, p: Mapping[str, Any], half: float) -> None:
    a, b, median, c, d = p["bands"]
    middle, observed = frame.x.at(at), p["point"]["value"]
    for low, high, opacity in ((a, d, 0.16), (b, c, 0.3)):
        sheet.box(middle - half, frame.y.at(high), 2 * half, frame.y.at(low) - frame.y.at(high), COLORS[0], opacity)
    sheet.rule(middle - half, frame.y.at(median), middle + half, frame.y.at(median), COLORS[0], 2.0)
    if p["baseline"] is not None and frame.y.low <= p["baseline"][2] <= frame.y.high:
        sheet.rule(middle - half, frame.y.at(p["baseline"][2]), middle + half, frame.y.at(p["baseline"][2]), COLORS[1], 2.0, "3 2")
    outside = not a <= observed <= d
    told = f"{p['point']['label']}: {short(observed)} reported, {short(median)} ({short(a)} to {short(d)}) in the model"
    sheet.dot(middle, frame.y.at(observed), COLORS[1] if outside else INK, 3.2, hollow=p["point"]["use"] == "fitted", told=told)
