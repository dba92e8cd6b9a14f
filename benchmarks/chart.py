"""Line charts as SVG: panels side by side, each with its axes, its key and marks, on one card with a caption.

A chart is one text without scripts, fonts or links. It has a ground of its own and follows the scheme of the reader's system, light or
dark; lines are told apart by dashes as well as by color.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]

WIDTH, HEIGHT = 300, 230
LEFT, BETWEEN, HEAD, BELOW, RIGHT = 62, 84, 54, 60, 28
ROW = 17
FONT = 'role="img" font-family="system-ui, sans-serif" font-size="12"'
STYLE = """<style>
  .ground { fill: #fff } .edge { fill: none; stroke: #dde2e8 } .ink { fill: #1b2330 } .soft { fill: #566173 } .grid { stroke: #dde2e8 }
  .mark { stroke: #566173; stroke-dasharray: 2 3 } .a { --c: #0072b2 } .b { --c: #b3470a } .c { --c: #00795a }
  .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round } .thin { stroke-width: 1.5; stroke-dasharray: 5 4 }
  .band { fill: var(--c); opacity: .14 } .dot { fill: var(--c); stroke: #fff; stroke-width: 1.5 } .aim { stroke: var(--c); stroke-dasharray: 1 4; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #13171d } .edge { stroke: #2f3742 } .ink { fill: #e7eaef } .soft { fill: #a2adbb } .grid { stroke: #2f3742 }
    .mark { stroke: #a2adbb } .a { --c: #56b4e9 } .b { --c: #ff9d5c } .c { --c: #2fc79a } .dot { stroke: #13171d }
  }
</style>"""  # noqa: E501  (a rule a line reads best)


@dataclass(frozen=True)
class Axis:
    """What an axis shows: its label, its ends, and its ticks with their words."""

    label: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    log: bool = False

    def holds(self, value: float) -> bool:
        """Say whether a value stands between the ends."""
        return self.low <= value <= self.high

    def at(self, value: float) -> float:
        """Return where a value stands, 0 at the low end and 1 at the high one; beyond an end, at the end."""
        value = min(max(value, self.low), self.high)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Line:
    """Points joined, in one of the colors a to c; ``thin`` is dashed, ``band`` lies around it, ``dots`` stand on it."""

    name: str
    color: str
    points: Sequence[Point]
    thin: bool = False
    band: Sequence[tuple[float, float, float]] = ()
    dots: Sequence[Point] = ()


@dataclass(frozen=True)
class Panel:
    """Lines between axes; ``marks`` are upright lines with a word, ``aims`` are dotted: a height, from where to where, a color."""

    title: str
    x: Axis
    y: Axis
    lines: Sequence[Line]
    marks: Sequence[tuple[float, str]] = ()
    aims: Sequence[tuple[float, float, float, str]] = ()


def svg(title: str, panels: Sequence[Panel], caption: Sequence[str]) -> str:
    """Draw panels side by side with a title above and the lines of a caption below."""
    top = HEAD + ROW * (max(len(p.lines) for p in panels) + 1) + 9
    width = LEFT + WIDTH * len(panels) + BETWEEN * (len(panels) - 1) + RIGHT
    height = top + HEIGHT + BELOW + ROW * len(caption)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" {FONT}>',
        f"<title>{_safe(title)}</title>",
        STYLE,
        f'<rect class="ground" width="{width}" height="{height}" rx="8"/>',
        f'<rect class="edge" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8"/>',
        _text(20, 28, title, "ink", size=16, weight=600),
    ]
    for number, panel in enumerate(panels):
        parts.extend(_panel(panel, LEFT + number * (WIDTH + BETWEEN), top))
    parts.extend(_text(20, top + HEIGHT + BELOW + ROW * n, line, "soft", size=11) for n, line in enumerate(caption))
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, left: int, top: int) -> Iterable[str]:
    def place(x: float, y: float) -> str:
        return f"{left + WIDTH * panel.x.at(x):.1f} {top + HEIGHT * (1 - panel.y.at(y)):.1f}"

    yield _text(left, HEAD, panel.title, "ink", weight=600)
    yield from _key(panel.lines, left)
    yield from _grid(panel, left, top)
    for x, word in panel.marks:
        across = left + WIDTH * panel.x.at(x)
        yield f'<path class="mark" d="M{across:.1f} {top}V{top + HEIGHT}"/>'
        yield _text(across, top - 5, word, "soft", size=11, anchor="middle")
    for line in panel.lines:
        inside = [p for p in line.points if panel.x.holds(p[0]) and panel.y.holds(p[1])]
        yield from _line(line, inside, place)
    for y, start, end, color in panel.aims:
        yield f'<path class="aim {color}" d="M{place(start, y)}L{place(end, y)}"/>'


def _line(line: Line, points: Sequence[Point], place: Callable[[float, float], str]) -> Iterable[str]:
    if line.band:
        around = [place(x, high) for x, _, high in line.band] + [place(x, low) for x, low, _ in reversed(line.band)]
        yield f'<path class="band {line.color}" d="M{"L".join(around)}Z"/>'
    yield f'<path class="line {line.color}{" thin" * line.thin}" d="M{"L".join(place(*p) for p in points)}"/>'
    for dot in line.dots:
        x, y = place(*dot).split()
        yield f'<circle class="dot {line.color}" cx="{x}" cy="{y}" r="4.5"/>'


def _key(lines: Sequence[Line], left: int) -> Iterable[str]:
    for row, line in enumerate(lines):
        y = HEAD + ROW * (row + 1)
        yield f'<path class="line {line.color}{" thin" * line.thin}" d="M{left} {y - 4}h26"/>'
        yield _text(left + 34, y, line.name, "ink")


def _grid(panel: Panel, left: int, top: int) -> Iterable[str]:
    for value, word in panel.x.ticks:
        across = left + WIDTH * panel.x.at(value)
        yield f'<path class="grid" d="M{across:.1f} {top}V{top + HEIGHT}"/>'
        yield _text(across, top + HEIGHT + 16, word, "soft", size=11, anchor="middle")
    for value, word in panel.y.ticks:
        up = top + HEIGHT * (1 - panel.y.at(value))
        yield f'<path class="grid" d="M{left} {up:.1f}H{left + WIDTH}"/>'
        yield _text(left - 7, up + 4, word, "soft", size=11, anchor="end")
    yield _text(left + WIDTH / 2, top + HEIGHT + 34, panel.x.label, "ink", anchor="middle")
    x, y = left - 46, top + HEIGHT / 2
    yield f'<text class="ink" transform="translate({x} {y:.0f}) rotate(-90)" text-anchor="middle">{_safe(panel.y.label)}</text>'


def _text(x: float, y: float, text: str, ink: str, *, size: int = 12, weight: int = 400, anchor: str = "start") -> str:
    return (
        f'<text class="{ink}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}">{_safe(text)}</text>'
    )


def _safe(text: str) -> str:
    return html.escape(text, quote=False)
