"""The part of a memo on how Beijing and allies may respond: as strategies that are played, and as the model draws them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thalweg.briefs.scenario_memo_model import MemoChart, MemoSection, MemoTable, Said
from thalweg.desk.memo_ask import MemoAsk, row, said
from thalweg.desk.memo_numbers import EVER, RESPONSES
from thalweg.desk.memo_words import called, ever_words, response_words
from thalweg.desk.simulate_aims import AIM
from thalweg.desk.simulate_charts import payoffs_chart
from thalweg.desk.simulate_compare import spread, yearly_unit
from thalweg.desk.simulate_payoffs import RESAMPLES
from thalweg.desk.simulate_payoffs_model import Payoffs
from thalweg.desk.simulate_payoffs_text import choice_rows, reply_of, reply_words, sentences, strategy_words
from thalweg.desk.simulate_text import number


def responses(ask: MemoAsk) -> MemoSection:
    """Return the part on how Beijing, smugglers and allies respond: chosen against each policy, and drawn as chance."""
    rows, kept = _drawn(ask)
    a, b = ask.titles
    played = ask.answer.payoffs
    home = f"output at home is {kept['flow_domestic']}. Throttling of imports is {kept['throttled']}; retaliation is {kept['retaliation']}."
    lines = [
        *(_played_lines(ask, played) if played else ["The policies were not played against strategies of Beijing and of allies."]),
        f"As the model draws it, under {a} against {b} in {ask.year} legal demand that Beijing accepts is {kept['acceptance']}; {home}",
        f"Allied alignment is {kept['alignment']}; sales of tools and memory that allies forgo are {kept['allied_burden']}.",
        "How far allies align is what each policy asks of them, where and as long as it is enforced; that they would is an assumption.",
        "Responses are those that the equations hold. A response of another kind, outside chips and rare materials, is not in them.",
    ]
    columns = ("who", "response", a, b, f"{a} against {b}")
    title = "Responses as drawn: medians, and nine of ten runs"
    table = MemoTable(id="response-rows", title=title, columns=columns, rows=tuple(rows))
    tables = (*(_tables(ask, played) if played else ()), table)
    year = ask.year
    charts = tuple(
        MemoChart(svg=x, caption=f"Payoffs in {year} by policy and strategy; values are in the table above.")
        for x in payoffs_chart(ask.answer)
    )
    return MemoSection(id="responses", title="How Beijing and allies may respond", sentences=said(lines), tables=tables, charts=charts)


def payoff_sentence(ask: MemoAsk, found: Payoffs, outcome: str) -> str:
    """Return what the table of payoffs says of an outcome."""
    one = found.model_copy(update={"outcomes": [outcome]})
    return next(sentences(one, ask.year, titles=_titles(ask), called={outcome: called(outcome)}))


def _titles(ask: MemoAsk) -> dict[str, str]:
    return {p.policy.id: p.policy.title for p in ask.policies}


def _played_lines(ask: MemoAsk, found: Payoffs) -> Iterator[str]:
    yield (
        f"Both policies are played against {len(found.beijing)} strategies of Beijing and {len(found.allies)} of allies, each followed "
        f"from {found.since} on in every run, under the same chances. A payoff is the mean of an outcome over {found.runs:,} runs."
    )
    yield from sentences(found, ask.year, titles=_titles(ask), called={name: called(name) for name in found.outcomes})
    replies = {name: {reply_of(found, p, name, ask.year).beijing for p in found.policies} for name in found.outcomes}
    if len({x for row_ in replies.values() for x in row_}) > 1:
        yield (
            "The worst reply is not the same on every outcome: no strategy of Beijing is the worst on all of them, and what it would "
            "choose hangs on what it wants, which no source settles."
        )
    yield (
        "In each line Beijing is taken to work against the US side of that outcome. What a strategy costs Beijing itself, in money or in "
        "compute it forgoes, is counted only as far as the outcome shows it."
    )
    yield (
        f"Minimax picks the policy whose worst payoff is best, minimax regret the one that is least behind at worst; they are rules, and "
        f"no advice. Each pick is made again on {RESAMPLES} resamples of the runs. The strategies were not played under presets and "
        "structural switches."
    )
    for name, why in found.not_run.items():
        yield f"Not played: {name}, as {why}."


def _tables(ask: MemoAsk, found: Payoffs) -> tuple[MemoTable, ...]:
    return (_payoffs(ask, found), _choices(ask, found), _under_worst(ask, found), _strategies(ask, found))


def _payoffs(ask: MemoAsk, found: Payoffs) -> MemoTable:
    titles = _titles(ask)
    others = [x for x in found.allies if not x.drawn]
    pairs = [(outcome, policy) for outcome in found.outcomes for policy in found.policies]
    rows = []
    for name, beijing, allies in [*((x.id, x.id, "") for x in found.beijing), *((f"allies {x.id}", "", x.id) for x in others)]:
        cells = [found.cell(policy, outcome, ask.year, beijing, allies) for outcome, policy in pairs]
        rows.append(row(name, *(f"{number(c.mean)} \N{PLUS-MINUS SIGN}{number(float(f'{c.error:.2g}'))}" for c in cells)))
    replies = [reply_words(reply_of(found, policy, outcome, ask.year)) for outcome, policy in pairs]
    rows.append(row("worst reply of Beijing", *replies))
    heads = [f"{outcome}, {found.units[outcome]}: {titles[policy]}" for outcome, policy in pairs]
    title = f"Payoffs in {ask.year}: by strategy of Beijing (allies as asked), then of allies (Beijing as drawn); mean, and its error"
    columns = ("strategy", *heads)
    return MemoTable(id="payoffs", title=title, columns=columns, rows=tuple(rows), dense=True)


def _choices(ask: MemoAsk, found: Payoffs) -> MemoTable:
    titles = _titles(ask)
    lines = choice_rows(found, ask.year, titles=titles, called={name: called(name) for name in found.outcomes})
    rows = [row(*map(str, line.values())) for line in lines]
    columns = ("outcome", "rule", "picks", "at worst", "the next policy", "again in", "with the worst strategy of allies")
    return MemoTable(id="choices", title="What minimax and minimax regret pick", columns=columns, rows=tuple(rows))


def _under_worst(ask: MemoAsk, found: Payoffs) -> MemoTable:
    """Return what every outcome is under the worst reply on each outcome of security."""
    titles = _titles(ask)
    rows = []
    for aim in (name for name in found.outcomes if AIM.get(name) == "security"):
        for policy in found.policies:
            reply = reply_of(found, policy, aim, ask.year).beijing
            told = (f"{number(found.cell(policy, name, ask.year, reply).mean)} {found.units[name]}" for name in found.outcomes)
            rows.append(row(called(aim), titles[policy], reply, *told))
    columns = ("if Beijing works on", "policy", "it does", *(called(name) for name in found.outcomes))
    none = "No outcome of security was played for."
    title = "What the other outcomes are under Beijing's worst reply"
    return MemoTable(id="worst-replies", title=title, columns=columns, rows=tuple(rows), none=none)


def _strategies(ask: MemoAsk, found: Payoffs) -> MemoTable:
    rows = tuple(
        row(
            {"beijing": "Beijing", "allies": "Allies"}[x.who],
            f"{x.title} ({x.id})",
            strategy_words(x),
            Said(text="" if x.drawn else x.basis, sources=ask.cited.these(x.sources)),
        )
        for x in (*found.beijing, *found.allies)
    )
    return MemoTable(id="strategies", title="The strategies", columns=("who", "strategy", "what it is", "basis"), rows=rows)


def _drawn(ask: MemoAsk) -> tuple[list[tuple[Said, ...]], dict[str, str]]:
    """Return the rows on responses that the model draws, and the words of each."""
    year = ask.year
    rows: list[tuple[Said, ...]] = []
    kept: dict[str, str] = {}
    for who, names in RESPONSES.items():
        for name in names:
            if name in EVER:
                first, other = (float(h.come(name, year).mean()) for h in ask.held)
                words = ever_words(*ask.titles, first, other)
                what = f"{called(name)} at least once from {ask.since} to the end of {year}"
                rows.append(row(who, what, f"{first:.0%} of runs", f"{other:.0%} of runs", words))
            else:
                x, y = (h.at(name, year) for h in ask.held)
                words = response_words(x - y)
                rows.append(row(who, f"{called(name)} in {year}, {yearly_unit(name)}", _band(x), _band(y), words))
            kept[name] = words
    return rows, kept


def _band(x: np.ndarray) -> str:
    s = spread(x)
    return f"{number(s.p50)} ({number(s.p5)} to {number(s.p95)})"
