"""The reference page on policies, written from their files: what each does, what it assumes, and where each number comes from.

``python -m thalweg.desk.policies_page --write docs/reference`` writes it; a test holds the page against the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from thalweg.pack.estimates_overlay import source_words
from thalweg.pack.policies import load_policy, load_threshold, policy_files
from thalweg.pack.policies_model import Grant, Laid, Policy, Step, Threshold, TriggerRule, Words
from thalweg.pack.responses import Strategies, load_responses

PAGE = "policies.md"
INTRODUCTION = """\
A policy is a path of levers by quarter, with the rulebook that it lays over the pack. The export threshold is no lever that is typed: the
best chip that may legally go to China in a quarter comes from deciding the chips on sale under the rules of that quarter. Where a policy
says nothing of a lever, the policy that it is based on holds, and where none does, the default of the lever.

This page is written from `knowledge/policies/` by `python -m thalweg.desk.policies_page --write docs/reference`. A value without a source
is an assumption of the policy. None of these policies is proposed or advised.
"""
CHIPS = """\
## Chips on sale

The candidates for the best legal chip, from `threshold.yaml`; rates and bandwidths are those of the hardware catalogue. The best is the one
with the highest geometric mean of 8-bit rate and memory bandwidth. Sellers and buyers are taken to meet the conditions of the January 2026
rule, and the rules are told the volume cap of the policy as the share of the volume that goes to China. A chip may be sold where no license
is required or an exception holds, and, within what licenses let through, where review is case by case or presumes approval.

| chip | price in $ | sold from | basis | source | note |
|---|---|---|---|---|---|
"""
STRATEGIES = """\
## Strategies of others

What Beijing and allies may choose, from `responses.yaml`; `compare` plays every policy against every pair of them. A strategy acts, in
every run, from the first quarter in which all policies that are compared act; what it leaves out stays as drawn, what was before as it was.

| strategy | of | what | does | basis | source |
|---|---|---|---|---|---|
"""


def policies_page(words: Words) -> str:
    """Return the page on the policies of the embedded pack."""
    policies = [load_policy(name, words) for name in policy_files()]
    lines = [
        "# Policies",
        "",
        *INTRODUCTION.splitlines(),
        "",
        "| policy | what | from | based on |",
        "|---|---|---|---|",
        *(f"| [{p.id}](#{p.id}) | {p.title} | {p.starts} | {p.base.id if p.base else ''} |" for p in policies),
        "",
    ]
    for policy in policies:
        lines += _policy(policy, words)
    lines += _strategies(load_responses(words))
    lines += _threshold(load_threshold())
    lines += _levers(words)
    return "\n".join(lines).rstrip() + "\n"


def _policy(p: Policy, words: Words) -> Iterator[str]:
    yield from (f"## {p.id}", "", f"**{p.title}**, from {p.starts}{f', on top of {p.base.id}' if p.base else ''}. {p.summary}", "")
    base = p.base.rulebook if p.base else ()
    yield from _list("It assumes:", p.assumes)
    yield from _list("It does not express:", p.not_expressed)
    yield from _list("It lays:", (_laid(x) for x in p.rulebook if x not in base))
    yield from _list("Licenses are taken to be granted:", (_grant(g) for g in p.grants if p.base is None or g not in p.base.grants))
    if p.own:
        yield from ("| lever | from | value | unit | basis | source | note |", "|---|---|---|---|---|---|---|")
        for name, steps in p.own.items():
            yield from (_step(name, step, words) for step in steps)
        yield ""
    yield from _list("It turns:", (_trigger(t) for t in p.triggers))


def _step(name: str, step: Step, words: Words) -> str:
    value = "from the rulebook" if step.value is None else _number(step.value)
    unit = "" if step.value is None else words.levers[name].unit
    return f"| `{name}` | {step.quarter} | {value} | {unit} | {step.basis} | {_cited(step.sources)} | {step.note} |"


def _laid(x: Laid) -> str:
    parameters = ", ".join(f"{k} {_number(v) if isinstance(v, int | float) else v}" for k, v in x.parameters.items())
    return f"the rulebook `{x.name}` from {x.start}{f', with {parameters}' if parameters else ''}"


def _grant(g: Grant) -> str:
    until = f" to {g.end}" if g.end else ""
    return f"for {', '.join(g.items)} from {g.start}{until}. {g.because} ({_cited(g.sources) or 'assumption'})"


def _trigger(t: TriggerRule) -> str:
    level = f"at least {_number(t.at_least)}" if t.at_least is not None else f"at most {_number(t.at_most or 0.0)}"
    after = f", after `{t.after}`" if t.after else ""
    does = [*(f"`{n}` becomes {_number(s[0].value or 0.0)}" for n, s in t.levers.items()), *(_laid(x) for x in t.rulebook)]
    return f"`{t.id}`: once `{t.outcome}` is {level} in a run, from {t.not_before} on{after}: {'; '.join(does)}. {t.because}"


def _strategies(found: Strategies | None) -> Iterator[str]:
    if found is None:
        return
    yield from STRATEGIES.splitlines()
    for x in (*found.beijing, *found.allies):
        acts = [
            *([f"imports {x.imports}"] if x.imports else []),
            *([f"retaliation {x.retaliation}"] if x.retaliation else []),
            *([f"deals {x.deals}"] if x.deals else []),
            *([f"buyers stock up for {x.buys_ahead} quarters"] if x.buys_ahead else []),
            *(f"`{name}` at least at its {quantile:.0%} quantile" for name, quantile in x.raises.items()),
            *(f"`{name}` times {_number(factor)}" for name, factor in x.levers.items()),
        ]
        basis = "" if x.drawn else x.basis
        meaning = f"{x.meaning} {x.note}".strip()
        yield f"| `{x.id}` | {x.who} | {meaning} | {', '.join(acts) or 'nothing: as drawn'} | {basis} | {_cited(x.sources)} |"
    yield ""


def _threshold(threshold: Threshold) -> Iterator[str]:
    yield from CHIPS.splitlines()
    for c in threshold.chips:
        price = "that of the frontier" if c.price is None else _number(c.price)
        yield f"| {c.item} | {price} | {c.sold_from or 'its release'} | {c.basis} | {_cited(c.sources)} | {c.note} |"
    fading, frontier = (_cited(threshold.sources[k]) for k in ("fading", "frontier"))
    yield ""
    yield f"A generation is superseded when a chip of {threshold.superseded_by:g} times its rate is sold. It then holds"
    yield f"{threshold.share_when_superseded:.0%} of the flow to US customers ({fading}), and that share falls at the rate of the estimate"
    yield f"`{threshold.fading_rate}`. After the last chip of the catalogue the usefulness of the newest grows by"
    yield f"{threshold.frontier_growth:g} a year ({frontier})."
    yield ""


def _levers(words: Words) -> Iterator[str]:
    yield from ("## Levers", "", "| lever | unit | default | lowest | highest | meaning |", "|---|---|---|---|---|---|")
    for name, row in words.levers.items():
        told: Any = row
        yield f"| `{name}` | {row.unit} | {_number(told.default)} | {_number(row.low)} | {_number(row.high)} | {told.meaning} |"
    yield ""


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    found = [f"- {x}" for x in items]
    if found:
        yield from (title, "", *found, "")


def _cited(sources: Iterable[Mapping[str, Any]]) -> str:
    return "; ".join(source_words(s) for s in sources)


def _number(x: float) -> str:
    return f"{x:,.0f}" if abs(x) >= 1000 and float(x).is_integer() else f"{x:g}"
