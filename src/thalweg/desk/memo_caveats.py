"""The part of a memo on what the model does not know, the misses of its hindcast among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from thalweg.briefs.scenario_memo_model import MemoSection, MemoTable, Said
from thalweg.desk.memo_ask import MemoAsk, row, said
from thalweg.desk.memo_past import AIM90
from thalweg.desk.memo_words import RESTS_ON, called, joined
from thalweg.desk.simulate_aims import CONFIDENCE
from thalweg.desk.simulate_drivers import WEIGHED_RUNS


def caveats(ask: MemoAsk) -> MemoSection:
    """Return the part on caveats."""
    lines = [past_words(ask.past, ask.question.estimates.sha256), *_lines(ask)]
    tables = () if ask.past is None else (_missed(ask, ask.past),)
    return MemoSection(id="caveats", title="Caveats", sentences=said(lines), tables=(*tables, _not_expressed(ask)))


def past_words(found: Mapping[str, Any] | None, estimates: str) -> str:
    """Return how the model did when its history was hidden, the misses named.

    Args:
        found: the scores, as :mod:`thalweg.desk.memo_past` keeps them.
        estimates: the hash of the estimates of the memo.
    """
    if found is None:
        return "This pack holds no hindcast: how the model would have done is not known."
    first, *others = found["cases"]
    missed = [r["title"] for r in found["rows"] if r["failed"]]
    verdict = "passes" if first["passed"] else "does not pass"
    passing = sum(c["passed"] for c in found["cases"])
    told = (
        f"Fitted to {found['fitted_to']} and tested to {found['tested_to']}, the hindcast {verdict}: {first['share90']:.0%} of "
        f"{first['points']} points lie in its 90 percent band. It misses {_series(missed)}. Of its {1 + len(others)} runs {passing} pass."
    )
    if earlier := found.get("earlier"):
        told += (
            f" It was scored {len(earlier)} time{'s'[: len(earlier) > 1]} before, {joined([*map(str, earlier)])} of the runs passing; "
            "what was changed after that was changed with the data seen, so that this is no blind test."
        )
    told += (
        f" It fits its estimates to {found['fitted_to'][:4]} and scores that vintage; this memo draws the estimates of the pack, which "
        "are not fitted, so that what was tested is the equations and not these numbers."
    )
    if limits := found.get("limits"):
        told += _limits(limits)
    other = " It was run on other estimates than this memo." if found["estimates"] != estimates else ""
    return told + other


def _limits(limits: Mapping[str, Any]) -> str:
    failing = [x for x in limits["with_zero"] if x["fails"]]
    text = ""
    if failing:
        names = joined([f"{x['trial']} with Beijing {'known' if x['beijing_known'] else 'unknown'}" for x in failing])
        shares = joined([*dict.fromkeys(f"{x['share90']:.0%}" for x in failing)])
        one = len(failing) == 1
        fail = "fails" if one else "fail"
        text = f" With the zero that was reported for early 2026 and is not among the points, {names} {fail} at {shares}."
    if limits["lowest"]["share90"] < AIM90:
        text += (
            f" Read another way ({'; '.join(limits['lowest']['readings'])}) the headline holds {limits['lowest']['share90']:.0%} and fails."
        )
    return text


def _series(missed: list[str]) -> str:
    return f"{len(missed)} series ({'; '.join(missed)})" if missed else "no series"


def _lines(ask: MemoAsk) -> Iterator[str]:
    a = ask.answer
    tested = "the middle of 2026" if ask.past is None else ask.past["tested_to"]
    yield f"Figures for {ask.year} lie beyond anything that the model was tested on, which ends with {tested}."
    low = sum(f.confidence == CONFIDENCE[-1][1] for _, f in ask.told(ask.year))
    if a.asked["runs"] < WEIGHED_RUNS:
        few = "they are too few to weigh what moves a difference"
        yield f"With {a.asked['runs']:,} runs the confidence in the sources is not worked out: {few}."
    else:
        yield f"Confidence in the sources is low for {low} of {len(ask.told(ask.year))} differences: what moves them is mostly judgement."
    alike = ask.alike()
    if alike >= 0.005:
        yield (
            f"In {alike:.0%} of runs the two policies differ in no outcome that the memo looks at, as where what is announced "
            "does not act. Likelihoods are of all runs, these among them."
        )
    if "flow_legal" in ask.observed_until():
        yield (
            f"What Beijing accepted in {ask.observed_until()['flow_legal']}, from which later legal sales start, is mostly judgement: "
            "a bound was reported for its first weeks and nothing after. Nor has anyone seen what a kept deal does to it."
        )
    yield "Robust means robust under the variants of the pack, one at a time; a form of the model that nobody wrote down is not among them."
    yield ("How allies align, which bills pass and what the other side agrees to are assumed by the policies, and no outcome of the model.")


def _missed(ask: MemoAsk, found: Mapping[str, Any]) -> MemoTable:
    compared = {d.outcome for d, _ in ask.found(ask.year)}
    rows = []
    for r in found["rows"]:
        if r["failed"] or r["too_wide"]:
            rests = [called(name) for name in RESTS_ON.get(r["id"], ()) if name in compared]
            why = "missed" if r["failed"] else "covered, too wide"
            skill = "none" if r["judged"] is None else f"{r['judged']:+.2f}"
            rows.append(row(r["title"], f"{r['in90']} of {r['tested']}", skill, why, ", ".join(rests) or "nothing compared here"))
    columns = ("series", "in the 90% band", "skill", "", "what of this memo rests on it")
    none = "Every series is covered."
    return MemoTable(id="missed", title="What the hindcast misses", columns=columns, rows=tuple(rows), none=none)


def _not_expressed(ask: MemoAsk) -> MemoTable:
    rows = tuple(row(Said(text=p.policy.title), line) for p in ask.policies for line in p.policy.not_expressed)
    none = "The policies name nothing that they cannot express."
    return MemoTable(id="not-expressed", title="What the policies cannot express", columns=("policy", "what"), rows=rows, none=none)
