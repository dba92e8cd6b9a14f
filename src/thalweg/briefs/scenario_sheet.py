"""Several charts as one picture."""

from __future__ import annotations

import re
from collections.abc import Sequence

from thalweg.briefs.scenario_svg import PAPER

_SIZE = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')


def stacked(charts: Sequence[str]) -> str:
    """Return charts of this package one under the other, as one SVG; one chart stays as it is."""
    if len(charts) == 1:
        return charts[0]
    sizes = [(float(m[1]), float(m[2])) for m in map(_SIZE.search, charts) if m]
    wide, tall = max((w for w, _ in sizes), default=1.0), sum(h for _, h in sizes)
    parts, y = [], 0.0
    for chart, (_, height) in zip(charts, sizes, strict=True):
        parts.append(chart.replace("<svg ", f'<svg y="{y:g}" ', 1))
        y += height
    size = f'viewBox="0 0 {wide:g} {tall:g}" width="{wide:g}" height="{tall:g}"'
    sheet = f'<rect width="{wide:g}" height="{tall:g}" fill="{PAPER}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{sheet}\n{"".join(parts)}</svg>\n'
