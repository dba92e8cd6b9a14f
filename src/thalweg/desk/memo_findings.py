"""The parts of a memo on what is robust, what is fragile, and how security and innovation trade off."""

from __future__ import annotations

from collections import Counter
from typing import Final

from thalweg.briefs.scenario_memo_model import MemoChart, MemoSection, MemoTable, Said
from thalweg.desk.few_runs import counted_runs
from thalweg.desk.memo_ask import MemoAsk, row, said
from thalweg.desk.memo_hangs import announced, gaps_words, never_words
from thalweg.desk.memo_numbers import joint
from thalweg.desk.memo_words import called, counted, difference_words, joined, joint_words, sides_words, trade_words
from thalweg.desk.simulate_acting import ENFORCED
from thalweg.desk.simulate_aims import AIM, AIMS, BETTER, LIKELY, interval
from thalweg.desk.simulate_charts import difference_chart, regret_chart
from thalweg.desk.simulate_compare_model import Difference, Finding
from thalweg.desk.simulate_compare_text import above_words, ahead_words, in_force_words
from thalweg.desk.simulate_findings import HERE, KINDS, close_words
from thalweg.desk.simulate_text import number
from thalweg.desk.unpriced import WHY, lever_words, unpriced_of

PAIRS: Final = (("lag", "rd_change"), ("compute_ratio", "revenue"))
"""An outcome of security and one of innovation, looked at together run by run."""
UNTESTED: Final = (
    "Which differences are robust is untested, and with it whether the two aims pull apart: no preset and no switch was tried."
)
DRAWN: Final = ("compute_ratio", "lag", "flow_grey", "revenue")
"""Outcomes whose differences a memo draws; those among them that were compared."""


def robust(ask: MemoAsk) -> MemoSection:
    """Return the part on differences that hold under every variant."""
    found = _of(ask, "robust")
    a, b = ask.titles
    variants = len(ask.answer.variants)
    if not variants:
        lead = "Presets and structural switches were left out, so that nothing is called robust."
    else:
        lead = (
            f"In {ask.year}, {ask.tally('robust')} differ in a direction that stays likely under all {variants} variants: every preset, "
            "every option of every structural switch, and the judged numbers on enforcement at their 5 and 95 percent, one at a time. "
            "Restatements are counted and not listed."
        )
    how = (
        "Likelihood is in the words of Intelligence Community Directive 203, of the direction, of all runs. "
        "Confidence in the sources is another thing: it falls with the share of judgement in what moves the difference."
    )
    hangs = (
        f"All likelihoods are weighed with the judged probability that what is announced is enforced ({ENFORCED}). Beside them stand those "
        f"where both policies are in force, and the value of {ENFORCED} above which the direction is likely, were it the same in every run."
    )
    columns = (
        *("finding", "better side", "likelihood", "weakest odds", "where both are in force", f"likely while {ENFORCED} is above"),
        *("confidence in sources", "moved by (* judgement)", "other years"),
    )
    rows = tuple(
        row(
            difference_words(a, b, d, f),
            _better(ask, d),
            f.likelihood,
            "" if f.weakest is None else _with_margin(f.weakest, ask.answer.asked["runs"]),
            in_force_words(f),
            above_words(f),
            f.confidence,
            _drivers(ask, f),
            _others(ask, d),
        )
        for d, f in found
    )
    table = MemoTable(id="robust-rows", title=f"Robust in {ask.year}", columns=columns, rows=rows, none="No difference is robust.")
    return MemoSection(
        id="robust",
        title="What is robust",
        sentences=said([x for x in (lead, hangs if announced(ask) else "", how) if x]),
        tables=(table,),
        charts=_fans(ask),
    )


def fragile(ask: MemoAsk) -> MemoSection:
    """Return the part on differences that some variant takes away, and on those that are open."""
    a, b = ask.titles
    found, close = _of(ask, "fragile"), _of(ask, "close")
    unsettled, untested = [*_of(ask, "one-sided"), *_of(ask, "open")], _of(ask, "untested")
    most = Counter(name for _, f in found for name in f.hangs_on).most_common(3)
    hangs = f", most often on {joined([f'{ask.variant(name)} ({count})' for name, count in most])}" if most else ""
    runs = ask.answer.asked["runs"]
    lead = (
        f"In {ask.year}, {counted(len(found), 'outcome differs', 'outcomes differ')} in a direction that hangs on what is "
        f"assumed{hangs}. Too close to call at {counted_runs(runs)}: {len(close)}; in one direction or none: "
        f"{_counted(ask, 'one-sided')}; open: {_counted(ask, 'open')}; hardly different: {_counted(ask, 'negligible')}; "
        f"the same: {_counted(ask, 'same')}." + (f" Likely here and untested: {len(untested)}." if untested else "")
    )
    columns = ("finding", "likelihood", "confidence in sources", "hangs on", "moved by (* judgement)")
    rows = tuple(row(difference_words(a, b, d, f), f.likelihood, f.confidence, "; ".join(f.hangs_on), _drivers(ask, f)) for d, f in found)
    more = tuple(row(difference_words(a, b, d, f), f.confidence, _drivers(ask, f)) for d, f in unsettled)
    near = tuple(row(difference_words(a, b, d, f), ", ".join(f.too_close), _left_open(ask, f), f.confidence) for d, f in close)
    tables: tuple[MemoTable, ...] = (
        MemoTable(id="fragile-rows", title=f"Fragile in {ask.year}", columns=columns, rows=rows, none="No difference is fragile."),
        MemoTable(
            id="close-rows",
            title=f"Too close to call at {counted_runs(runs)}",
            columns=("finding", "where", "share of runs, and what their number leaves open", "confidence in sources"),
            rows=near,
            none="None.",
        ),
        MemoTable(
            id="open-rows",
            title="Open, or in one direction or none",
            columns=("finding", "confidence in sources", "moved by (* judgement)"),
            rows=more,
            none="None.",
        ),
    )
    if untested:
        likely = tuple(row(difference_words(a, b, d, f), f.likelihood, f.confidence, _drivers(ask, f)) for d, f in untested)
        heads = ("finding", "likelihood", "confidence in sources", "moved by (* judgement)")
        tables += (MemoTable(id="untested-rows", title="Likely here, untested", columns=heads, rows=likely),)
    margin = (
        f"A direction is called likely from {LIKELY:.0%} of runs on. Where the number of runs leaves open on which side of that a share "
        "lies, by a 95 percent interval of the share, and the verdict hangs on it, the finding is too close to call."
    )
    failed = [f"Not tried: {name}, as {why}." for name, why in ask.answer.not_run.items()]
    return MemoSection(id="fragile", title="What is fragile, and on what it hangs", sentences=said([lead, margin, *failed]), tables=tables)


def trade_off(ask: MemoAsk) -> MemoSection:
    """Return the part on security and innovation."""
    a, b = ask.titles
    sides: dict[str, dict[str, str]] = {aim: {} for aim in AIMS}
    for d, f in ask.aimed(ask.year):
        if f.kind == "robust" and f.aim and d.beats is not None:
            sides[f.aim][d.outcome] = "a" if d.beats >= 0.5 else "b"
    sentences = [trade_words(a, b, sides["security"], sides["innovation"]) if ask.answer.variants else UNTESTED]
    for one, other in PAIRS:
        sentences.append(joint_words(a, b, one, other, joint(ask.held, one, other, ask.year)))
    if ask.answer.variants:
        sentences += [sides_words(a, b, aim, found) + never_words(ask, aim) for aim, found in sides.items()]
    sentences += [x for x in (gaps_words(ask),) if x]
    sentences.append(unpriced_words(ask))
    sentences.append(
        f"Shares are for {ask.year}. Which side is better follows how US policy is argued for; turning a side turns who is ahead, and "
        "no difference. Outcomes are not added up: no weight between the aims is assumed."
    )
    regrets = {(r.outcome, r.policy): r for r in ask.answer.regret if r.year == ask.year}
    ids = [p.policy.id for p in ask.policies]
    rows = []
    for aim in AIMS:
        for d, f in ask.aimed(ask.year):
            if AIM[d.outcome] == aim and f.kind != "same":
                behind = [f"{number(regrets[d.outcome, i].mean)} (95%: {number(regrets[d.outcome, i].p95)})" for i in ids]
                rows.append(
                    row(
                        f"{called(d.outcome)}, {d.unit}",
                        aim,
                        number(d.a.p50),
                        number(d.b.p50),
                        ahead_words(d),
                        *behind,
                        KINDS.get(f.kind, f.kind),
                    )
                )
    columns = ("outcome", "aim", a, b, f"{a} ahead, of the runs that differ", f"regret of {a}", f"regret of {b}", "finding")
    table = MemoTable(
        id="trade-rows", title=f"Medians, odds and regret in {ask.year}", columns=columns, rows=tuple(rows), none="None differs."
    )
    charts = tuple(
        MemoChart(svg=x, caption=f"Regret in {ask.year}: how far each policy stays behind the other.") for x in regret_chart(ask.answer)
    )
    return MemoSection(id="trade-off", title="Security and innovation", sentences=said(sentences), tables=(table,), charts=charts)


def _with_margin(share: float, runs: int) -> str:
    low, high = interval(share, runs)
    return f"{share:.0%} ({low:.0%} to {high:.0%})"


def unpriced_words(ask: MemoAsk) -> str:
    """Return the levers of each policy of whose own cost no estimate was found."""
    by = {p.policy.title: [lever_words(name) for name in unpriced_of(p.policy)] for p in ask.policies}
    told = [f"{joined(names)} under {title}" for title, names in by.items() if names]
    if not told:
        return "Every lever that the two set has its own cost among the outcomes."
    return f"The outcomes of cost leave out {'; '.join(told)}: {WHY}."


def _of(ask: MemoAsk, kind: str) -> list[tuple[Difference, Finding]]:
    return [(d, f) for d, f in ask.told(ask.year) if f.kind == kind]


def _counted(ask: MemoAsk, kind: str) -> int:
    return sum(f.kind == kind for _, f in ask.told(ask.year))


def _left_open(ask: MemoAsk, f: Finding) -> str:
    if f.too_close == [HERE]:
        return close_words(f.probability, ask.answer.asked["runs"])
    return "" if f.weakest is None else f"at the weakest {close_words(f.weakest, ask.answer.asked['runs'])}"


def _better(ask: MemoAsk, d: Difference) -> str:
    if d.beats is None:
        return "no side"
    return f"{ask.titles[0] if d.beats >= 0.5 else ask.titles[1]} ({BETTER.get(d.outcome, 'as asked')})"


def _drivers(ask: MemoAsk, f: Finding) -> Said:
    names = ", ".join(f"{x.name}{'*' if x.judgement else ''} {x.share:.0%}" for x in f.drivers)
    cited = [n for x in f.drivers for n in ask.cited.estimate(ask.question.estimates, x.name)]
    return Said(text=names or "none stands out", sources=tuple(dict.fromkeys(cited)))


def _others(ask: MemoAsk, d: Difference) -> str:
    kinds = {f.year: KINDS.get(f.kind, f.kind) for f in ask.pair.findings if f.outcome == d.outcome and f.year != ask.year}
    return ", ".join(f"{year} {kind}" for year, kind in sorted(kinds.items()))


def _fans(ask: MemoAsk) -> tuple[MemoChart, ...]:
    a, b = ask.titles
    return tuple(
        MemoChart(svg=difference_chart(ask.answer, ask.pair, name), caption=f"What {a} changes against {b}: {called(name)}, by quarter.")
        for name in DRAWN
        if name in ask.pair.by_quarter
    )
