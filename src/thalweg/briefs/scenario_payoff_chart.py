"""Payoffs of policies against strategies of others as a table in color, a block for each outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from thalweg.briefs.scenario_svg import COLORS, INK, Sheet, Stamp, short

LEFT, RIGHT, TOP = 150.0, 724.0, 64.0
ROW, HEAD, GAP = 24.0, 44.0, 12.0
LETTER = 5.4
"""Width of a letter, about."""


@dataclass(frozen=True, slots=True)
class Block:
    """An outcome: what is better, and by policy the payoff under each strategy."""

    title: str
    better: str
    rows: tuple[tuple[float, ...], ...]
    """As many as policies, each as wide as the columns."""
    worst: tuple[tuple[int, ...], ...]
    """By policy the columns of the worst reply; several where it is too close to call."""
    picked: tuple[int, ...] = ()
    """Policies that minimax picks."""


def payoffs(title: str, policies: Sequence[str], columns: Sequence[str], others: int, blocks: Sequence[Block], stamp: Stamp) -> str:
    """Return the table.

    Args:
        title: what is shown.
        policies: the rows of every block.
        columns: strategies of Beijing, then of allies.
        others: how many of the columns at the end are strategies of allies.
        blocks: the outcomes.
        stamp: what the chart is of.
    """
    tall = HEAD + ROW * len(policies) + GAP
    told = "means over runs; deeper is worse for the US side; framed: worst reply of Beijing; diamond: picked by minimax"
    sheet = Sheet(title, told, stamp, width=740.0, height=TOP + tall * len(blocks) + 4)
    split = len(columns) - others
    gap = 10.0 if others else 0.0
    wide = (RIGHT - LEFT - gap) / max(len(columns), 1)
    places = [LEFT + k * wide + (gap if k >= split else 0.0) for k in range(len(columns))]
    for i, block in enumerate(blocks):
        y = TOP + i * tall
        sheet.words(16, y + 12, f"{block.title}; {block.better} is better", color=INK, bold=True)
        _heads(sheet, columns, places, split, wide, y + HEAD - 6)
        values = [v for row in block.rows for v in row]
        low, high = min(values), max(values)
        for p, (policy, row) in enumerate(zip(policies, block.rows, strict=True)):
            top = y + HEAD + p * ROW
            mark = "\N{BLACK DIAMOND} " if p in block.picked else ""
            sheet.words(LEFT - 8, top + 16, mark + _cut(policy, LEFT - 24), anchor="end", color=INK)
            for k, value in enumerate(row):
                share = 0.0 if high == low else (high - value if block.better == "higher" else value - low) / (high - low)
                sheet.box(places[k] + 1, top + 1, wide - 2, ROW - 2, COLORS[1], 0.06 + 0.6 * share)
                framed = k in block.worst[p]
                if framed:
                    _frame(sheet, places[k] + 2, top + 2, wide - 4, ROW - 4)
                sheet.words(places[k] + wide / 2, top + 16, short(value), anchor="middle", color=INK, bold=framed)
    return sheet.done()


def _heads(sheet: Sheet, columns: Sequence[str], places: Sequence[float], split: int, wide: float, y: float) -> None:
    for k, name in enumerate(columns):
        sheet.words(places[k] + wide / 2, y, _cut(name, wide), size=10.5, anchor="middle", color=INK)
    if split < len(columns):
        sheet.words(places[split], y - 14, "allies", size=10.5)
    sheet.words(places[0], y - 14, "Beijing", size=10.5)


def _cut(name: str, room: float) -> str:
    most = max(4, int(room / LETTER))
    return name if len(name) <= most else name[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _frame(sheet: Sheet, x: float, y: float, wide: float, tall: float) -> None:
    corners = [(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall), (x, y)]
    for (x1, y1), (x2, y2) in pairwise(corners):
        sheet.rule(x1, y1, x2, y2, INK, 1.4)
