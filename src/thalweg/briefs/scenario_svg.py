"""Drawing in SVG: a sheet with axes, to which lines, bands and words are added. No library and no script; every word is escaped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

INK, SOFT, GRID, PAPER = "#1b2330", "#566173", "#dde2e8", "#ffffff"
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b58900", "#56b4e9")
"""Told apart by most eyes (Okabe and Ito, 2008); the fifth darker, so that it shows on white."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
WIDTH, HEIGHT = 720.0, 380.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a chart is of: policies with their hashes, seed, runs, pack and its date; printed under every chart."""

    policies: tuple[tuple[str, str], ...]
    seed: int
    runs: int
    pack: str
    pack_date: str
    definition: str = ""
    judgement: tuple[tuple[str, float | None], ...] | None = ()
    """Judgement parameters that move the chart, with their share of the variance where known; ``None`` where runs are too few."""
    others: tuple[str, ...] = ()
    """What moves the chart most where none of it is judgement."""
    chances: float | None = None
    """Share of the variance that hangs on what falls quarter by quarter, where it is known; it is no judgement."""
    drawn: str = ""
    """How runs are told where one number does not say it, as of a search that draws twice."""

    def lines(self) -> tuple[str, ...]:
        """Return what is printed."""
        named = ", ".join(f"{name} {digest[:12]}" for name, digest in self.policies) or "no policy"
        which = f"; {self.definition}" if self.definition else ""
        what = f"{named}; seed {self.seed}, {self.drawn or f'{self.runs:,} runs'}; {self.pack}, {self.pack_date}{which}."
        if self.judgement is None:
            return (
                what,
                f"All judgement parameters that are drawn are in it; none can be told from noise at {self.runs:,} runs.",
            )
        moved = ", ".join(name if share is None else f"{name} {100 * share:.0f}%" for name, share in self.judgement)
        if not moved and self.others:
            moved = f"Moved most by {', '.join(self.others)}; none of these is judgement."
        elif moved:
            moved = f"Moved by judgement: {moved}."
        told = moved or f"All judgement parameters that are drawn were tested; none stands out of noise at {self.runs:,} runs."
        if self.chances is not None:
            told += f" Chances, what falls quarter by quarter, are {100 * self.chances:.0f}% and no judgement."
        return what, told


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places on the sheet; on a log scale values must be positive.

    With ``bend`` the scale is symmetric-logarithmic: about linear between minus and plus that value, logarithmic beyond, through zero.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False
    bend: float | None = None

    def _part(self, value: float) -> float:
        if self.bend is not None:
            return math.asinh(value / self.bend)
        return math.log(value) if self.log else value

    def at(self, value: float) -> float:
        """Return the place of a value."""
        low, high, x = (self._part(v) for v in (self.low, self.high, max(value, self.low) if self.log else value))
        part = (x - low) / (high - low) if high > low else 0.5
        return self.start + part * (self.end - self.start)

    def ticks(self, most: int = 6) -> list[float]:
        """Return round values within the scale."""
        if self.bend is not None:
            return [x for x in self._powers((1.0,)) if self.low <= x <= self.high]
        if self.log:
            found = [m * 10.0**e for e in range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1) for m in (1, 2, 5)]
            inside = [x for x in found if self.low <= x <= self.high]
            return inside if len(inside) <= most + 2 else [x for x in inside if abs(math.log10(x) - round(math.log10(x))) < 1e-9]
        step = _round_step((self.high - self.low) / most)
        first = math.ceil(self.low / step - 1e-9)
        return [i * step for i in range(first, math.floor(self.high / step + 1e-9) + 1)]

    def between(self) -> list[float]:
        """Return the values between round ones at which a bent scale has its small marks: 2 to 9 times each power of ten."""
        if self.bend is None:
            return []
        return [x for x in self._powers(tuple(float(k) for k in range(2, 10))) if x and self.low <= x <= self.high]

    def _powers(self, times: Sequence[float]) -> list[float]:
        """Return zero and multiples of powers of ten on either side, from the bend on."""
        if self.bend is None:
            return []
        top = max(abs(self.low), abs(self.high), self.bend)
        powers = range(round(math.log10(self.bend)), math.floor(math.log10(top)) + 1)
        up = [m * 10.0**e for e in powers for m in times]
        return [*(-x for x in reversed(up)), 0.0, *up]


LEAST = 1e-300
"""Below this a value is nothing on a chart, and a bend three decades lower would be no number."""


def bent(values: Sequence[float], start: float, end: float) -> Scale:
    """Return a symmetric-logarithmic scale around values and zero, which bends three decades below the largest power of ten."""
    finite = [v for v in values if math.isfinite(v)]
    top = max((abs(v) for v in finite), default=0.0)
    top = top if top > LEAST else 1.0
    bend = 10.0 ** (math.floor(math.log10(top)) - BENT_DECADES)
    low, high = (math.asinh(f([0.0, *finite]) / bend) for f in (min, max))
    room = 0.04 * (high - low)
    ends = (low - room if low < 0.0 else low, high + room if high > 0.0 else high)
    below, above = (bend * math.sinh(x) for x in ends)
    return Scale(below, above, start, end, bend=bend)


BENT_DECADES = 3


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0.0 else 1.0
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= rough * 0.999)


def around(values: Sequence[float], *, zero: bool = False, room: float = 0.06) -> tuple[float, float]:
    """Return bounds around finite values, with room, or around zero and one where there is none."""
    finite = [v for v in values if math.isfinite(v)] + ([0.0] if zero else [])
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    pad = room * (high - low) if high > low else abs(high) * 0.1 or 1.0
    return (low if zero and low == 0.0 else low - pad), high + pad


def short(value: float, digits: int = 3) -> str:
    """Return a number as an axis writes it: 1.2M, 340k, 0.05."""
    for size, mark in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.{digits}g}{mark}"
    return f"{value:.{digits}g}" if value else "0"


def told_apart(values: Sequence[float]) -> list[str]:
    """Return the numbers of an axis, short, with as many digits as tell neighbors apart."""
    names = [short(v) for v in values]
    for digits in range(4, 10):
        if len(set(names)) == len(set(values)):
            break
        names = [short(v, digits) for v in values]
    return names


def ends_told(ends: tuple[float, float]) -> tuple[str, str]:
    """Return the two ends of an axis, short, with as many digits as place them within a fiftieth of what lies between."""
    span = abs(ends[1] - ends[0])
    digits = next((d for d in range(3, 10) if all(abs(float(f"{v:.{d}g}") - v) <= 0.02 * span for v in ends)), 9)
    low, high = (short(v, digits) for v in ends)
    return low, high


@dataclass(slots=True)
class Sheet:
    """A chart as it grows; ``done`` gives the SVG."""

    title: str
    subtitle: str
    stamp: Stamp | None
    width: float = WIDTH
    height: float = HEIGHT
    parts: list[str] = field(default_factory=list)

    def line(self, points: Sequence[tuple[float, float]], color: str = INK, width: float = 1.6, dash: str = "") -> None:
        """Draw a line through points."""
        if len(points) < 2:
            return
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width:g}"{dashed}/>')

    def area(self, points: Sequence[tuple[float, float]], color: str, opacity: float) -> None:
        """Fill what points enclose."""
        if len(points) < 3:
            return
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polygon points="{path}" fill="{color}" fill-opacity="{opacity:g}"/>')

    def dot(self, x: float, y: float, color: str = INK, radius: float = 2.6, *, hollow: bool = False, told: str = "") -> None:
        """Draw a point, with words that a pointer shows."""
        fill = PAPER if hollow else color
        name = f"<title>{escape(told)}</title>" if told else ""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{color}" stroke-width="1.4">{name}</circle>'
        )

    def box(self, x: float, y: float, width: float, height: float, color: str, opacity: float = 1.0) -> None:
        """Fill a rectangle."""
        size = f'width="{max(width, 0.0):.1f}" height="{max(height, 0.0):.1f}"'
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{color}" fill-opacity="{opacity:g}"/>')

    def words(
        self, x: float, y: float, text: str, *, size: float = 11.5, color: str = SOFT, anchor: str = "start", bold: bool = False
    ) -> None:
        """Write words."""
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{color}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'
        )

    def rule(self, x1: float, y1: float, x2: float, y2: float, color: str = GRID, width: float = 1.0, dash: str = "") -> None:
        """Draw a straight line."""
        self.line([(x1, y1), (x2, y2)], color, width, dash)

    def done(self) -> str:
        """Return the SVG, with title and stamp, readable by itself."""
        foot = [line for told in (self.stamp.lines() if self.stamp else ()) for line in wrapped(told, int(self.width / 5.6))]
        head = wrapped(self.title, int(self.width / 8.2))
        said = wrapped(self.subtitle, int((self.width - 32) / 5.9))
        extra = 18.0 * (len(head) - 1) + 14.0 * (len(said) - 1)
        total = self.height + 14.0 * len(foot) + 6.0 + extra
        name = escape(f"{self.title}. {self.subtitle}")
        top = [
            f'<text x="16" y="{24 + 18 * i}" font-size="15" font-weight="600" fill="{INK}">{escape(line)}</text>'
            for i, line in enumerate(head)
        ]
        below = [
            f'<text x="16" y="{self.height + extra + 8 + 14 * i:.0f}" font-size="10.5" fill="{SOFT}">{escape(line)}</text>'
            for i, line in enumerate(foot)
        ]
        size = f'viewBox="0 0 {self.width:g} {total:g}" width="{self.width:g}" height="{total:g}"'
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{name}" font-family="{FONT}">',
            f"<title>{name}</title>",
            f'<rect width="{self.width:g}" height="{total:g}" fill="{PAPER}"/>',
            *top,
            *(
                f'<text x="16" y="{42 + 18 * (len(head) - 1) + 14 * i:g}" font-size="11.5" fill="{SOFT}">{escape(line)}</text>'
                for i, line in enumerate(said)
            ),
            f'<g transform="translate(0 {extra:g})">',
            *self.parts,
            "</g>",
            *below,
            "</svg>",
        ]
        return "\n".join(parts) + "\n"


def wrapped(text: str, most: int) -> list[str]:
    """Return lines of at most so many letters, broken at spaces; a longer word stands alone."""
    lines: list[str] = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of a sheet with its two scales."""

    x: Scale
    y: Scale

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a point."""
        return self.x.at(x), self.y.at(y)


def axes(sheet: Sheet, frame: Frame, names: Sequence[tuple[float, str]], *, rows: int = 6) -> None:
    """Draw grid, values of the upright axis, and names along the level one."""
    left, right = frame.x.start, frame.x.end
    values = frame.y.ticks(rows)
    for value, told in zip(values, told_apart(values), strict=True):
        y = frame.y.at(value)
        sheet.rule(left, y, right, y, INK if value == 0.0 and frame.y.low < 0.0 else GRID)
        sheet.words(left - 6, y + 4, told, anchor="end")
    for value in frame.y.between():
        y = frame.y.at(value)
        sheet.rule(left - 3, y, left, y, SOFT)
    for at, name in names:
        sheet.words(frame.x.at(at), frame.y.start + 16, name, anchor="middle")
