"""A digest as text for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from thalweg.evidence.text import visible

if TYPE_CHECKING:
    from thalweg.desk.watch_answers import ComingLine, Digest, DigestLine


def digest_text(d: Digest) -> str:
    """Return what happened, what is coming, rules that may be stale, and what is not known; each line with where it is read."""
    whose = f" for {d.portfolio}" if d.portfolio else ""
    lines = [f"What happened{whose}, {d.since} to {d.as_of}", counted(d), ""]
    for x in d.lines:
        lines += _event(x)
    lines += ["", "What is coming"] + ([line for e in d.coming for line in _coming(e)] or ["Nothing that is known."])
    if d.stale:
        lines += ["", "Rules that may be stale", *(f"- {s}" for s in d.stale)]
    if d.not_known:
        lines += ["", "What is not known", *(f"- {s}" for s in d.not_known)]
    lines += ["", f"Pack {d.pack['name']} {d.pack['version']}, verified through {d.pack['verified_through']}. Not legal advice."]
    return "\n".join(visible(line) for line in lines) + "\n"


def counted(d: Digest) -> str:
    """Return how many events there were, and how many are shown."""
    if not d.portfolio:
        if len(d.lines) == d.seen:
            return _events(d.seen) if d.seen else "No event is known of these days."
        return f"{_events(d.seen)}, the {len(d.lines):,} surest and latest shown"
    touch = "touches" if d.touching == 1 else "touch"
    return f"{_events(d.seen)}, {d.touching:,} {touch} what the portfolio deals with, {len(d.lines):,} shown, the weightiest first"


def _events(count: int) -> str:
    return f"{count:,} event{'s' * (count != 1)}"


def _event(x: DigestLine) -> Iterator[str]:
    yield f"{x.dated}  {x.headline} ({x.certainty.replace('_', ' ')}; {x.state.replace('_', ' ')})"
    yield f"            says: {x.standing}"
    yield from (f"            for you: {m}" for m in x.meaning)
    yield from (f"            accounts differ: {c}" for c in x.conflicts)
    if x.rules:
        more = f" and {len(x.rules) - 3} more" if len(x.rules) > 3 else ""
        yield f"            rules: {', '.join(x.rules[:3])}{more}"
    yield f"            [{'; '.join(' '.join(v for v in (s['citation'], s['url']) if v) for s in x.sources[:3])}]"


def _coming(e: ComingLine) -> Iterator[str]:
    when = e.on if e.precision == "day" else e.on[:7] if e.precision == "month" else e.on[:4]
    yield f"{when:10}  {e.kind}: {e.title}{': ' + '; '.join(e.branches) if e.branches else ''}"
    if e.touches:
        yield f"            for you: {', '.join(e.touches[:6])}"
    yield f"            [{'; '.join(' '.join(v for v in (s['citation'], s['url']) if v) for s in e.sources[:3])}]"
