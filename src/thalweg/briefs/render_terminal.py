"""The summary of a briefing on a terminal."""

from __future__ import annotations

from thalweg.briefs.model import Briefing
from thalweg.briefs.words import mark, usd, word


def render_terminal(briefing: Briefing, *, width: int = 120) -> str:
    """Return the headline numbers and the deals as tables."""
    import io

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=io.StringIO(), width=width)
    console.print(Text(f"{briefing.firm}, {briefing.date}"))
    sums = Table("Verdict", "Value of deals")
    for outcome, value in briefing.headline.items():
        sums.add_row(f"{mark(outcome)} {word(outcome)}", usd(value))
    console.print(sums)
    deals = Table("Deal", "Product", "Customer", "To", "Value", "Verdict", "Review")
    for d in briefing.deals:
        cells = (d.id, d.product, d.customer, d.to, usd(d.value_usd), word(d.verdict.outcome), (d.verdict.policy or "").replace("_", " "))
        deals.add_row(*map(Text, cells))
    console.print(deals)
    for error in briefing.errors:
        console.print(Text(f"left out: {error}"))
    file = console.file
    return file.getvalue() if isinstance(file, io.StringIO) else ""
