"""The briefing as Markdown."""

from __future__ import annotations

from html import escape

from thalweg.briefs.model import Briefing
from thalweg.briefs.words import usd, word


def render_markdown(b: Briefing) -> str:
    """Return the briefing as Markdown."""
    lines = [f"# Export control briefing: {_safe(b.firm)}, {b.date}", ""]
    lines += _table(["Verdict", "Value of deals"], [[word(o), usd(v)] for o, v in b.headline.items()])
    if b.errors:
        lines += ["## Rows that were left out", "", *(f"- {_safe(e)}" for e in b.errors), ""]
    lines += ["## Products and destinations", ""]
    cells = [
        [c.product, c.place, word(c.verdict.outcome), c.verdict.policy or "", "; ".join(c.verdict.why), "; ".join(c.verdict.citations)]
        for c in b.matrix
    ]
    lines += _table(["Product", "To", "Verdict", "Review", "Why", "Sources"], cells)
    lines += ["## Deals", ""]
    for d in b.deals:
        v = d.verdict
        lines += [f"### {_safe(d.id)}: {_safe(d.product)} to {_safe(d.customer)} ({d.to}), {d.date}, {usd(d.value_usd)}", ""]
        facts = [word(v.outcome) + (f", {v.policy}" if v.policy else ""), "Why: " + "; ".join(v.why), "Sources: " + "; ".join(v.citations)]
        facts += [f"Changed by overlay: {v.changed_by_overlay}"] if v.changed_by_overlay else []
        facts += [f"To do: {o}" for o in v.obligations] + [f"Red flag: {x}" for x in d.red_flags] + [f"Missing: {m}" for m in d.missing]
        facts += [
            f"License {c.license}: {'covers it' if c.enough else 'does not suffice'}, "
            f"{usd(c.value_left_usd)} left, ends {c.ends or 'not stated'}"
            for c in d.covers
        ]
        lines += [*(f"- {_safe(x)}" for x in facts), ""]
    lines += [f"## What changed since {b.since}", ""]
    lines += _table(["What", "Before", "Now", "Rules"], [[c.what, c.before, c.after, "; ".join(c.rules)] for c in b.changed])
    lines += ["## What is coming", ""]
    lines += _table(
        ["On", "What", "As printed", "As expected", "Sources"],
        [[c.on, c.title, c.printed, c.expected, "; ".join(c.citations)] for c in b.coming],
    )
    lines += _table(
        ["Draft", "Laid as of", "Value touched", "Deals"], [[d.title, d.on, usd(d.value_usd), ", ".join(d.deals)] for d in b.drafts]
    )
    lines += ["## Facts to collect next", ""]
    lines += _table(["Question", "Value decided", "Deals"], [[f.question, usd(f.value_usd), ", ".join(f.deals)] for f in b.facts])
    lines += ["## What the pack does not know", "", *(f"- {_safe(u)}" for u in b.unknowns)]
    lines += [f"- {_safe(d.title)}: {_safe(x)}" for d in b.drafts for x in d.not_expressed]
    stamp = b.stamp
    lines += [
        "",
        "## Method and stamp",
        "",
        f"Pack {stamp['name']} {stamp['version']}, verified through {stamp['verified_through']}, sha256 {stamp['sha256']}.",
    ]
    lines += [
        f"Overlay {o['id']} ({o['kind']}): {_safe(o['title'])}. {_safe(o['reason'])} {_safe(o['author'])} {o['decided']}"
        for o in b.overlays
    ]
    return "\n".join([*lines, f"Generated for {b.date}. Not legal advice.", ""])


def _safe(text: str) -> str:
    return escape(" ".join(text.split()), quote=False).replace("|", "\\|")


def _table(columns: list[str], rows: list[list[str]]) -> list[str]:
    if not rows:
        return ["None.", ""]
    return ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns), *("| " + " | ".join(map(_safe, r)) + " |" for r in rows), ""]
