"""Payoffs against the strategies of others as a chart."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from thalweg.briefs.scenario_payoff_chart import Block, payoffs
from thalweg.briefs.scenario_svg import Stamp
from thalweg.desk.simulate_payoffs_text import clear, reply_of

if TYPE_CHECKING:
    from thalweg.desk.simulate_payoffs_model import Payoffs


def payoff_chart(found: Payoffs, year: int, told: Stamp) -> str:
    """Return the table of payoffs of a year in color; ``told`` is what the chart is of, its runs those of the table."""
    drawn = found.drawn
    allies = [x.id for x in found.allies if x.id != drawn[1]]
    columns = [*((x.id, "") for x in found.beijing), *(("", x) for x in allies)]
    blocks = []
    for outcome in found.outcomes:
        rows = tuple(tuple(found.cell(p, outcome, year, b, a).mean for b, a in columns) for p in found.policies)
        worst = []
        for policy in found.policies:
            reply = reply_of(found, policy, outcome, year)
            both = (reply.beijing, *(() if clear(reply) else (reply.runner_up,))) if reply.runner_up else ()
            worst.append(tuple(i for i, (b, _) in enumerate(columns) if b in both and b))
        picks = [
            c.policy for c in found.choices if (c.outcome, c.year, c.rule, c.allies) == (outcome, year, "minimax", drawn[1]) and not c.same
        ]
        blocks.append(
            Block(
                f"{outcome}, {found.units[outcome]}",
                found.better[outcome],
                rows,
                tuple(worst),
                tuple(i for i, p in enumerate(found.policies) if p in picks),
            )
        )
    names = [b or a for b, a in columns]
    title = f"Payoffs against strategies of Beijing and of allies, {year}"
    return payoffs(title, found.policies, names, len(allies), blocks, dataclasses.replace(told, runs=found.runs))
