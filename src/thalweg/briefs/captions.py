"""How each section is to be read: the same sentences on every page."""

from __future__ import annotations

from thalweg.briefs.model import Briefing
from thalweg.briefs.words import kind, listed


def _matched(b: Briefing) -> str:
    if not b.counterparties.copies:
        return "Names were matched exactly against the rows held."
    return "Names were screened against the copies, and matched exactly against the other rows held."


def captions(b: Briefing) -> dict[str, str]:
    """Return the caption of each section."""
    turning = {o.kind for v in b.all_verdicts() for o in v.overlays}
    dagger = f" A dagger (†) marks what {listed(sorted(kind(k).lower() for k in turning))} turns." if turning else ""
    house = any(v.house for v in b.all_verdicts())
    held = " Held by the firm: a house rule stops what the law alone does not; what the law says stands beside it." if house else ""
    return {
        "matrix": (
            f"What a sale by {b.firm} to a local buyer with a local parent, on no list, would need on {b.date}. No license is not an "
            f"all-clear: the checks of end use and end user in Parts 744 and 746 remain.{held}{dagger}"
        ),
        "deals": "Each deal on its own day, to the customer as the portfolio describes it.",
        "changed": (
            "Each day on which a verdict turned, or stayed on other grounds, latest first, with the rule that did it. What a house rule or "
            "counsel's reading does is marked: it is no change of the law."
        ),
        "turning": f"By the text as it is printed today, these verdicts turn before {b.horizon}.",
        "drafts": "Each deal decided by law once more as if the draft were in force. None of these is law.",
        "time": (
            "What a sale to a local buyer needs, by the exact days on which that turned. Hatching: applications come under a presumption "
            "or policy of denial. Dots: the review is not settled. The dashed line is the day of this briefing; right of the dotted line "
            "nobody has verified the text. Destinations with the same history share a line."
        ),
        "facts": (
            "First what decides whether a license is needed, then what decides the exception or the review; within each, by the value of "
            "the deals. What a fact settles is what the law says."
        ),
        "licenses": "What is left today, and after the deals that each covers, drawn in the order of their dates.",
        "steps": "Each step and duty of care once, with the deals and the sales of the table that it comes with.",
        "counterparties": (
            f"Each customer as the portfolio describes it, on {b.date} and on the days of its deals. A possible match leaves the verdict "
            "open until somebody states whether it is the same party; no match is no all-clear."
        ),
        "lists": f'{_matched(b)} "No license" rests on no match in them; no match is no all-clear.',
        "taken": f"What nobody stated was taken as follows; the number says on how many of the {b.verdicts} verdicts it bears.",
    }
