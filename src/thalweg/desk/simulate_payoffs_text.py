"""Payoffs against the strategies of others, as rows and as sentences; each sentence follows from the numbers by a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from thalweg.desk.simulate_payoffs import SETTLED
from thalweg.desk.simulate_payoffs_model import Choice, Payoffs, Reply, Rule, StrategyShown
from thalweg.desk.simulate_text import number

SIGMAS = 1.96
"""A reply is the worst one only if it is by more than this many standard errors of the difference to the next."""


def payoff_rows(found: Payoffs, year: int) -> list[dict[str, Any]]:
    """Return a row for each outcome and policy: the mean under each strategy of Beijing, then of allies, and the worst reply."""
    rows = []
    drawn = found.drawn
    for outcome in found.outcomes:
        for policy in found.policies:
            row: dict[str, Any] = {"outcome": f"{outcome}, {found.units[outcome]}", "policy": policy}
            row |= {x.id: number(found.cell(policy, outcome, year, beijing=x.id).mean) for x in found.beijing}
            row |= {f"allies {x.id}": number(found.cell(policy, outcome, year, allies=x.id).mean) for x in found.allies if x.id != drawn[1]}
            reply = reply_of(found, policy, outcome, year)
            rows.append(row | {"worst reply": reply_words(reply)})
    return rows


def choice_rows(
    found: Payoffs, year: int, *, titles: Mapping[str, str] | None = None, called: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return a row for each outcome and rule: what it picks, over Beijing's strategies and over those of both, and how sure that is."""
    rows = []
    titles, called = titles or {p: p for p in found.policies}, called or {name: name for name in found.outcomes}
    for outcome in found.outcomes:
        for rule in ("minimax", "minimax regret"):
            one, both = (c for c in found.choices if (c.outcome, c.year, c.rule) == (outcome, year, rule))
            rows.append(
                {
                    "outcome": f"{called[outcome]} ({found.better[outcome]} is better)",
                    "rule": rule,
                    "picks": picked(one, titles),
                    "at worst": _at_worst(one, found.units[outcome]),
                    "next": ", ".join(f"{titles[k]} {number(v)}" for k, v in _nearest(one)[:1]),
                    "again in": again(one, found.runs),
                    "with any allies": picked(both, titles) + ("" if both.settled or both.same else ", too close to call"),
                }
            )
    return rows


def reply_of(found: Payoffs, policy: str, outcome: str, year: int) -> Reply:
    """Return Beijing's worst reply to a policy on an outcome of a year."""
    return next(r for r in found.replies if (r.policy, r.outcome, r.year) == (policy, outcome, year))


def clear(reply: Reply) -> bool:
    """Say whether a reply is worse than the next by more than the number of runs leaves open."""
    return bool(reply.runner_up) and reply.behind > SIGMAS * reply.error


def reply_words(reply: Reply) -> str:
    """Return the worst reply; two, where the runs cannot tell them apart."""
    if not reply.runner_up:
        return "none: all alike"
    return reply.beijing if clear(reply) else f"{reply.beijing} or {reply.runner_up}, too close to call"


def picked(choice: Choice, titles: Mapping[str, str]) -> str:
    """Return the policy that a rule picks."""
    return "either: all alike" if choice.same else titles[choice.policy]


def again(choice: Choice, runs: int) -> str:
    """Return how often resamples of the runs pick the same."""
    if choice.same:
        return ""
    return f"{choice.stands:.0%} of resamples" + ("" if choice.settled else f", too close to call at {runs:,} runs")


def _at_worst(choice: Choice, unit: str) -> str:
    where = f" under {choice.worst}" if choice.worst else ", never behind"
    return f"{number(choice.value)} {unit}{where}"


def _nearest(choice: Choice) -> list[tuple[str, float]]:
    return sorted(choice.others.items(), key=lambda row: abs(row[1] - choice.value))


def strategy_words(x: StrategyShown) -> str:
    """Return what a strategy is, with the numbers to which it raises estimates."""
    raised = ", ".join(f"{name} at least {value:.3g}" for name, value in x.raised.items())
    return f"{x.meaning}{f' ({raised})' if raised else ''}{f' {x.note}' if x.note else ''}"


def sentences(found: Payoffs, year: int, *, titles: Mapping[str, str], called: Mapping[str, str]) -> Iterator[str]:
    """Yield what the table says: whether a policy is ahead under every strategy, the worst replies, and what the rules pick.

    Args:
        found: the payoffs.
        year: of the outcomes.
        titles: of the policies, by id.
        called: the words for each outcome.
    """
    names = {x.id: _quoted(x.title) for x in (*found.beijing, *found.allies)}
    for outcome in found.outcomes:
        one = {c.rule: c for c in found.choices if (c.outcome, c.year, c.allies) == (outcome, year, found.drawn[1])}
        both = {c.rule: c for c in found.choices if (c.outcome, c.year, c.allies) == (outcome, year, "any")}
        replies = _replies(found, outcome, year, titles, names)
        yield f"{_capital(called[outcome])}: {_picks(found, one, both, titles, names, outcome)} {replies}"


def _picks(
    found: Payoffs,
    one: Mapping[Rule, Choice],
    both: Mapping[Rule, Choice],
    titles: Mapping[str, str],
    names: Mapping[str, str],
    outcome: str,
) -> str:
    minimax, regret = one["minimax"], one["minimax regret"]
    unit = found.units[outcome]
    if minimax.same and regret.same:
        return "every policy gives the same under every strategy of Beijing."
    sure = minimax.settled and regret.settled
    close = "" if sure else f" This is too close to call at {found.runs:,} runs."
    turned = [rule for rule, c in both.items() if not c.same and c.policy != one[rule].policy]
    allies = (
        f" With the worst strategy of allies {' and '.join(f'{rule} picks {titles[both[rule].policy]}' for rule in turned)}."
        if turned
        else ""
    )
    if minimax.policy == regret.policy and not regret.worst:
        first = titles[minimax.policy]
        lead = f"{first} is ahead, or level, under every strategy of Beijing, so that minimax and minimax regret both pick it."
        if regret.never_behind < SETTLED:
            lead += f" That it is behind under none is too close to call at {found.runs:,} runs."
    elif minimax.policy == regret.policy:
        noise = f", which {found.runs:,} runs cannot tell from none" if regret.never_behind > 1 - SETTLED else ""
        lead = (
            f"minimax and minimax regret both pick {titles[minimax.policy]}; it stays behind by at most {number(regret.value)} {unit} on "
            f"average, under {names[regret.worst]}{noise}."
        )
    else:
        lead = (
            f"minimax picks {titles[minimax.policy]} ({number(minimax.value)} {unit} at worst, under {names[minimax.worst]}), minimax "
            f"regret {titles[regret.policy]}."
        )
    return lead + close + allies


def _replies(found: Payoffs, outcome: str, year: int, titles: Mapping[str, str], names: Mapping[str, str]) -> str:
    told: dict[str, list[str]] = {}
    for policy in found.policies:
        reply = reply_of(found, policy, outcome, year)
        if not reply.runner_up:
            words = ""
        elif clear(reply):
            words = names[reply.beijing]
        else:
            words = f"{names[reply.beijing]} or {names[reply.runner_up]}, too close to call"
        told.setdefault(words, []).append(f"{titles[policy]} ({number(reply.mean)} {found.units[outcome]})")
    lines = [
        f"the worst reply to {_joined(who)} is {words}" if words else f"all replies to {_joined(who)} are alike"
        for words, who in told.items()
    ]
    return _capital("; ".join(lines)) + "."


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _quoted(text: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
