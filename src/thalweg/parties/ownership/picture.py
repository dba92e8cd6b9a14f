"""A drawing of an ownership graph: owners above, what they own below, with shares, and who is listed, covered or unknown.

The drawing is one SVG text without scripts, fonts or links, so that it opens anywhere, offline. Status is told by words and marks as well
as by color.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from thalweg.evidence.text import visible
from thalweg.parties.ownership.model import OwnershipStatus

MOST: Final = 80
"""Parties that a drawing shows at most; those that the answer speaks of come first, and the rest are counted."""

_WIDTH: Final = 176
_HEIGHT: Final = 58
_ACROSS: Final = 28
_DOWN: Final = 86
_MARGIN: Final = 28
_TOP: Final = 78
_LETTERS: Final = 24
_BEND: Final = 60
_MOST_IN_ROW: Final = 7
_SWEEPS: Final = 6
_MOST_LINES: Final = 400
_MOST_LABELS: Final = 4
_SHIFTS: Final = 12
"""How often a label gives way to another."""
_SVG: Final = 'role="img" font-family="system-ui, sans-serif" font-size="13"'
_TIP: Final = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="#5b6b73"/></marker></defs>'
)
_STYLE: Final = {
    "listed": ("#7b1e1e", "#ffffff", "#4a0f0f", ""),
    "covered": ("#f2b8a0", "#2b1208", "#a33c15", ""),
    "unknown": ("#fdf0b8", "#332b00", "#8a7400", "6 4"),
    "would be covered": ("#fbe3d6", "#2b1208", "#a33c15", "2 3"),
    "would be unknown": ("#fefaea", "#332b00", "#8a7400", "2 3"),
    "not covered": ("#f4f6f7", "#1d2529", "#8b979d", ""),
    "owner": ("#ffffff", "#1d2529", "#8b979d", ""),
}
"""Fill, text, border and dashes of a box by what stands in it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A holding as it is drawn."""

    owner: str
    owned: str
    label: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn: parties with what is said of them, the holdings between them, and how many of both are left out."""

    said: Mapping[str, str]
    lines: Sequence[Line]
    left_out: int
    lines_left_out: int = 0


def scene(answer: OwnershipStatus, lines: Iterable[Line], listed: Mapping[str, Iterable[str]]) -> Scene:
    """Pick what a drawing shows; ``listed`` gives the codes of the entries that count for each listed owner."""
    every = _joined(lines)
    parties = dict.fromkeys(n for line in every for n in (line.owner, line.owned))
    said = {}
    for party in parties:
        status = answer.status.get(party)
        if listed.get(party):
            said[party] = f"listed: {', '.join(listed[party])}"
        elif status in (None, "listed"):
            said[party] = "owner"
        elif status == "not_covered" and (answer.if_in_force or {}).get(party) in ("covered", "unknown"):
            said[party] = f"would be {(answer.if_in_force or {})[party]}"
        else:
            said[party] = str(status).replace("_", " ")
    spoken = {flag.party for flag in answer.red_flags}
    weight = {p: 0 if w.startswith("listed") else 1 if w not in ("not covered", "owner") or p in spoken else 2 for p, w in said.items()}
    touched = {n for line in every for n in (line.owner, line.owned) if min(weight[line.owner], weight[line.owned]) < 2}
    order = sorted(parties, key=lambda p: (p not in touched, weight[p]))
    kept = set(order[:MOST])
    between = [line for line in every if line.owner in kept and line.owned in kept]
    shown = between
    if len(between) > _MOST_LINES:
        shown = sorted(between, key=lambda line: min(weight[line.owner], weight[line.owned]))[:_MOST_LINES]
    return Scene({p: w for p, w in said.items() if p in kept}, shown, len(parties) - len(kept), len(between) - len(shown))


def _joined(lines: Iterable[Line]) -> list[Line]:
    """Return one line for each owner and party, with what its holdings are labeled."""
    labels: dict[tuple[str, str], dict[str, None]] = {}
    for line in lines:
        labels.setdefault((line.owner, line.owned), {})[line.label] = None
    return [
        Line(owner, owned, "+".join(list(held)[:_MOST_LABELS]) + ("+..." if len(held) > _MOST_LABELS else ""))
        for (owner, owned), held in labels.items()
    ]


def svg(found: Scene, answer: OwnershipStatus, *, title: str = "") -> str:
    """Draw a scene."""
    at = _places(found)
    upward = any(at[line.owned][1] <= at[line.owner][1] for line in found.lines)
    width = max([x for x, _ in at.values()], default=0) + _WIDTH + _MARGIN + _BEND * upward
    width = max(width, 560)
    bottom = max([y for _, y in at.values()], default=_TOP) + _HEIGHT
    height = bottom + 64
    posture = answer.posture.state.replace("_", " ")
    until = f" until {answer.posture.until}" if answer.posture.until else ""
    head = f"{answer.regime} on {answer.as_of}: {posture}{until}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" {_SVG}>',
        f"<title>{_safe(title or 'Ownership')}: {_safe(head)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_MARGIN}" y="30" font-size="17" font-weight="600" fill="#1d2529">{_safe(_cut(title or "Ownership", 70))}</text>',
        f'<text x="{_MARGIN}" y="52" fill="#46535a">{_safe(head)}</text>',
        _TIP,
        *_lines(found, at),
        *(_box(party, found.said[party], *at[party]) for party in at),
        *_foot(found, answer, bottom + 34),
        "</svg>\n",
    ]
    return "\n".join(parts)


def page(drawings: Sequence[tuple[str, OwnershipStatus]]) -> str:
    """Return a page with drawings, each the SVG and its answer, and under each what the answer says."""
    body = []
    for drawing, answer in drawings:
        body.append(f"<section><figure>{drawing}</figure><pre>{_safe(answer.explain())}</pre></section>")
    style = (
        "body{font-family:system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#1d2529;background:#fff}"
        "figure{margin:0;overflow-x:auto}pre{white-space:pre-wrap;background:#f4f6f7;padding:1rem;border-radius:6px}"
        "section{margin-bottom:3rem}"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Ownership</title><style>{style}</style></head><body><h1>Ownership</h1>{''.join(body)}"
        "<p>Not legal advice.</p></body></html>\n"
    )


def _places(found: Scene) -> dict[str, tuple[int, int]]:
    """Give each party a place: a row below its owners, in it near them."""
    depth = _depths(found)
    rows: dict[int, list[str]] = {}
    for party in found.said:
        rows.setdefault(depth[party], []).append(party)
    near: dict[str, list[str]] = {p: [] for p in found.said}
    for line in found.lines:
        near[line.owned].append(line.owner)
        near[line.owner].append(line.owned)
    order = {party: float(i) for row in rows.values() for i, party in enumerate(row)}
    for sweep in range(_SWEEPS):
        for level in sorted(rows, reverse=bool(sweep % 2)):
            middle = {p: sum(order[n] for n in near[p]) / len(near[p]) if near[p] else order[p] for p in rows[level]}
            rows[level].sort(key=lambda p: (middle[p], order[p]))
            order.update({party: float(i) for i, party in enumerate(rows[level])})
    split = [row[i : i + _MOST_IN_ROW] for level in sorted(rows) for row in (rows[level],) for i in range(0, len(row), _MOST_IN_ROW)]
    widest = max((len(row) for row in split), default=1)
    at = {}
    for level, row in enumerate(split):
        offset = (widest - len(row)) * (_WIDTH + _ACROSS) // 2
        for i, party in enumerate(row):
            at[party] = (_MARGIN + offset + i * (_WIDTH + _ACROSS), _TOP + level * (_HEIGHT + _DOWN))
    return at


def _depths(found: Scene) -> dict[str, int]:
    """Return the row of each party: below all of its owners, save where these own each other in a circle."""
    owns: dict[str, list[str]] = {p: [] for p in found.said}
    waiting = dict.fromkeys(found.said, 0)
    for line in found.lines:
        owns[line.owner].append(line.owned)
        waiting[line.owned] += 1
    depth: dict[str, int] = dict.fromkeys(found.said, 0)
    done: set[str] = set()
    ready = [p for p, owners in waiting.items() if not owners]
    while len(done) < len(depth):
        if not ready:  # a circle: it is broken at a listed party of it, or else at the highest
            left = (p for p in depth if p not in done)
            ready = [min(left, key=lambda p: (not found.said[p].startswith("listed"), not depth[p], depth[p]))]
        party = ready.pop()
        done.add(party)
        for below in owns[party]:
            if below not in done:
                depth[below] = max(depth[below], depth[party] + 1)
                waiting[below] -= 1
                if not waiting[below]:
                    ready.append(below)
    for party in found.said:  # an owner that nobody owns stands right above what it owns
        if not any(line.owned == party for line in found.lines) and owns[party]:
            depth[party] = max(0, min(depth[below] for below in owns[party]) - 1)
    return depth


def _lines(found: Scene, at: Mapping[str, tuple[int, int]]) -> Iterable[str]:
    labels = []
    taken: set[tuple[int, int]] = set()
    for line in found.lines:
        (x1, y1), (x2, y2) = at[line.owner], at[line.owned]
        x1, x2 = x1 + _WIDTH // 2, x2 + _WIDTH // 2
        if y2 > y1:
            begin, end = (x1, y1 + _HEIGHT), (x2, y2)
            path = f"M{begin[0]} {begin[1]}C{x1} {begin[1] + 40} {x2} {end[1] - 40} {end[0]} {end[1]}"
            label = ((x1 + x2) // 2, (begin[1] + end[1]) // 2)
        else:
            side = _WIDTH // 2
            begin, end = (x1 + side, y1 + _HEIGHT // 2), (x2 + side, y2 + _HEIGHT // 2)
            bend = max(begin[0], end[0]) + _BEND
            path = f"M{begin[0]} {begin[1]}C{bend} {begin[1]} {bend} {end[1]} {end[0]} {end[1]}"
            label = (bend - _BEND // 4, (begin[1] + end[1]) // 2)
        for _ in range(_SHIFTS):
            if not any(abs(label[0] - x) < 40 and abs(label[1] - y) < 15 for x, y in taken):
                break
            label = (label[0], label[1] + 15)
        taken.add(label)
        yield f'<path d="{path}" fill="none" stroke="#5b6b73" stroke-width="1.3" marker-end="url(#tip)"/>'
        text = _safe(_cut(line.label, 18))
        labels.append(
            f'<text x="{label[0]}" y="{label[1]}" text-anchor="middle" font-size="12" fill="#1d2529" stroke="#ffffff" '
            f'stroke-width="4" paint-order="stroke">{text}</text>'
        )
    yield from labels


def _box(party: str, said: str, x: int, y: int) -> str:
    kind = "listed" if said.startswith("listed") else said
    fill, ink, border, dashes = _STYLE[kind]
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    first, second = _two_lines(party)
    names = [first] if not second else [first, second]
    rows = [(name, 13, 600) for name in names] + ([] if said == "owner" else [(_cut(said, 28), 11, 400)])
    top = y + _HEIGHT // 2 - (len(rows) - 1) * 8 + 4
    texts = "".join(
        f'<text x="{x + _WIDTH // 2}" y="{top + i * 16}" text-anchor="middle" font-size="{size}" font-weight="{bold}" fill="{ink}">'
        f"{_safe(text)}</text>"
        for i, (text, size, bold) in enumerate(rows)
    )
    return (
        f'<g><title>{_safe(party)}: {_safe(said)}</title><rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" fill="{fill}" '
        f'stroke="{border}" stroke-width="1.5"{dash}/>{texts}</g>'
    )


def _foot(found: Scene, answer: OwnershipStatus, y: int) -> Iterable[str]:
    said = []
    if found.left_out:
        said.append(f"{found.left_out:,} parties are not drawn.")
    if found.lines_left_out:
        said.append(f"{found.lines_left_out:,} holdings are not drawn.")
    said.append("Sources: " + "; ".join(c["citation"] for c in answer.citations if c.get("citation")) + ". Not legal advice.")
    yield f'<text x="{_MARGIN}" y="{y}" font-size="11" fill="#46535a">{_safe(" ".join(said))}</text>'


def _two_lines(name: str) -> tuple[str, str]:
    if len(name) <= _LETTERS:
        return name, ""
    words, first = name.split(" "), ""
    while words and len(first) + len(words[0]) + 1 <= _LETTERS:
        first = f"{first} {words.pop(0)}".strip()
    if not first:
        return name[:_LETTERS], _cut(name[_LETTERS:], _LETTERS)
    return first, _cut(" ".join(words), _LETTERS)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _safe(text: str) -> str:
    return html.escape(visible(text, keep="\n"))
