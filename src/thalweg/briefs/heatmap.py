"""The verdicts over time, drawn as inline SVG."""

from __future__ import annotations

from html import escape
from itertools import groupby

from thalweg.briefs.model import Briefing
from thalweg.briefs.words import color, mark, word

_LEFT, _CELL, _ROW, _TOP = 190, 11, 22, 26


def heatmap(briefing: Briefing) -> str:
    """Return the heatmap; each run of months carries its mark and a title."""
    months = briefing.months
    width, height = _LEFT + _CELL * len(months) + 8, _TOP + _ROW * len(briefing.heat) + 8
    parts = [
        (
            f'<svg class="heat" role="img" aria-labelledby="heat-title" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'xmlns="http://www.w3.org/2000/svg"><title id="heat-title">Verdicts by month, {months[0] if months else ""} to '
            f"{months[-1] if months else ''}</title>"
        )
    ]
    for i, month in enumerate(months):
        if month.endswith("-01"):
            parts.append(f'<text class="axis" x="{_LEFT + i * _CELL}" y="16">{month[:4]}</text>')
    for j, row in enumerate(briefing.heat):
        y = _TOP + j * _ROW
        parts.append(f'<text class="axis" x="0" y="{y + 14}">{escape(row.product[:22])} → {escape(row.place)}</text>')
        start = 0
        for outcome, run in groupby(row.outcomes):
            length = len(list(run))
            x, wide = _LEFT + start * _CELL, length * _CELL
            title = f"{row.product} to {row.place}: {word(outcome)}, {months[start]} to {months[start + length - 1]}"
            parts.append(
                f'<g><title>{escape(title)}</title><rect x="{x}" y="{y}" width="{wide - 1}" height="{_ROW - 3}" rx="2" '
                f'fill="{color(outcome)}"/><text x="{x + wide / 2 - 0.5}" y="{y + 14}" text-anchor="middle">{mark(outcome)}</text></g>'
            )
            start += length
    if briefing.date[:7] in months:
        x = _LEFT + months.index(briefing.date[:7]) * _CELL
        parts.append(f'<line class="now" x1="{x}" x2="{x}" y1="{_TOP - 6}" y2="{height - 6}"/>')
    return "".join([*parts, "</svg>"])
