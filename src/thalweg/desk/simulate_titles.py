"""What outcomes, policies and estimates are called on a picture; their ids stand small beside it."""

from __future__ import annotations

from thalweg.pack.estimates import load_estimates
from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.outcomes import EVERYTHING


def outcome_title(name: str) -> str:
    """Return what an outcome is, as a heading."""
    said = EVERYTHING[name].meaning
    return said[:1].upper() + said[1:]


def estimate_title(estimates: Estimates, name: str) -> str:
    """Return what an estimate or a switch is called, and nothing for another name."""
    if name in estimates.estimates:
        return estimates.estimates[name].title
    return estimates.switches[name].title if name in estimates.switches else ""


def called(name: str) -> str:
    """Return an estimate, a switch, or several joined by a plus, by title with the id in brackets; another name as it stands.

    The engine fixes which estimates there are and what they mean, so that the titles of the embedded pack hold for every pack.
    """
    first, *more = name.split(" + ")
    title = estimate_title(load_estimates(), first)
    if not title:
        return name
    return f"{title} ({first})" if not more else f"{title} and {len(more)} more ({first}, ...)"
