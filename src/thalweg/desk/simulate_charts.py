"""Answers of the simulator as charts, on an offline page or as a picture; each carries policy, hash, seed, pack and judgement."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from thalweg.briefs.scenario_charts import (
    Bar,
    Choice,
    Fan,
    Point,
    areas,
    difference_fan,
    fan,
    front,
    parallel,
    regret,
    tornado,
)
from thalweg.briefs.scenario_hindcast_chart import hindcast_panels
from thalweg.briefs.scenario_page import charts_page
from thalweg.briefs.scenario_sheet import stacked
from thalweg.briefs.scenario_study_charts import Learned, Turn, learned, trade_off, turns
from thalweg.briefs.scenario_svg import Stamp
from thalweg.desk.few_runs import search_runs
from thalweg.desk.simulate_compare_text import middle_year
from thalweg.desk.simulate_text import foot
from thalweg.desk.simulate_titles import called, estimate_title, outcome_title
from thalweg.evidence import BadInput
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios.outcomes import EVERYTHING, HEADLINE
from thalweg.scenarios.quarters import LABELS
from thalweg.scenarios.sensitivity.given_data import LEAST_RUNS

if TYPE_CHECKING:
    from thalweg.desk.simulate import Driver, Ensemble
    from thalweg.desk.simulate_compare_model import Comparison, Pair
    from thalweg.desk.simulate_seen import Seen
    from thalweg.desk.simulate_study_model import StudyAnswer

CHANNELS: Final = {"flow_legal": "legal", "flow_grey": "grey", "flow_remote": "rented abroad", "flow_domestic": "domestic"}
LEVELS: Final = ("p5", "p25", "p50", "p75", "p95")


def charts(answer: Any) -> list[str]:
    """Return the charts of an answer; none for an answer that has no picture."""
    if hasattr(answer, "pairs"):
        return list(_comparison(answer))
    if hasattr(answer, "outcomes"):
        return list(_ensemble(answer))
    return list(_WAYS[answer.verb](answer)) if answer.verb in _WAYS else []


def page(answer: Any) -> str:
    """Return the page of an answer."""
    sentences = [f.sentence for f in answer.findings if f.kind in ("robust", "fragile", "untested")] if hasattr(answer, "pairs") else []
    return charts_page(answer.title, answer.summary, charts(answer), [*getattr(answer, "sentences", sentences), *foot(answer)])


def picture(answer: Any) -> str:
    """Return the charts of an answer as one SVG, one under the other.

    Raises:
        BadInput: if the answer has no picture.
    """
    found = charts(answer)
    if not found:
        raise BadInput(f"{answer.title}: there is no picture of this answer; write .json, .csv, .parquet or .html")
    return stacked(found)


def stamp(answer: Any, policies: Sequence[tuple[str, str]], drivers: Sequence[Driver] | None = None) -> Stamp:
    """Return what stands under a chart of an answer; with too few runs for any drivers, that none can be told from noise."""
    known = drivers if answer.asked["runs"] >= LEAST_RUNS else None
    return Stamp(
        policies=tuple(policies),
        seed=answer.asked["seed"],
        runs=answer.asked["runs"],
        pack=f"{answer.pack['name']} {answer.pack['version']}",
        pack_date=answer.as_of,
        definition=", ".join([answer.asked["definition"], *_otherwise(answer.asked)]),
        judgement=None if known is None else tuple((called(d.name), d.share) for d in known if d.judgement),
        others=tuple(called(d.name) for d in known or () if not d.judgement)[:3],
    )


def _otherwise(asked: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an answer was asked otherwise than the pack has it: preset, values held, and overlays with numbers by their hash."""
    if asked.get("anchor"):
        yield f"anchor {asked['anchor']}"
    yield from (f"{name} = {value}" for name, value in asked.get("set", {}).items())
    yield from (f"overlay {o['id']} {o['sha256'][:12]}" for o in asked.get("estimates_overlays", ()))


def _ensemble(answer: Ensemble) -> Iterator[str]:
    named = [(answer.policy, answer.policy_content["sha256"])]
    for name, row in answer.outcomes.items():
        if name in HEADLINE:
            levels = {k: [q[k] for q in row.quarters.values()] for k in LEVELS}
            told, history = stamp(answer, named, row.drivers), _points(row.observed)
            fans, log = [Fan(answer.title, levels)], grows(name)
            until, counted = row.observed_until, _counted(row.observed, row.observed_until)
            seen: dict[str, Any] = {"history": history, "observed_until": until, "counted_until": counted}
            yield fan(outcome_title(name), row.unit, LABELS, fans, told, **seen, name=name, log=log)
    if set(CHANNELS) <= set(answer.outcomes):
        means = {word: [q["mean"] for q in answer.outcomes[name].quarters.values()] for name, word in CHANNELS.items()}
        drivers = [d for name in CHANNELS for d in answer.outcomes[name].drivers[:1]]
        yield areas("What China adds, by channel", "H100e a quarter", LABELS, means, stamp(answer, named, drivers))


def grows(name: str) -> bool:
    """Say whether an outcome grows over orders of magnitude, so that its first years would lie on zero of a linear axis."""
    return EVERYTHING[name].unit.startswith("H100e")


def _points(seen: Mapping[str, Seen]) -> dict[str, Point]:
    return {label: (p.value, p.p5, p.p95) for label, p in seen.items()}


def _counted(seen: Mapping[str, Seen], until: str | None) -> str | None:
    """Return the last quarter that a source counts or reports, where later ones rest on a bound or on judgement; else that of history."""
    how = {label: getattr(point, "how", "counted") for label, point in seen.items() if label in LABELS}
    if not {"bound", "judgement"} & set(how.values()):
        return until
    return max((label for label, told in how.items() if told in {"counted", "reported"}), default=None)


def _comparison(answer: Comparison) -> Iterator[str]:
    for pair in answer.pairs:
        for name, row in pair.by_quarter.items():
            titles = _titles(answer)
            told, fans = _told(answer, pair, name), [Fan(titles[pair.a], row.a), Fan(titles[pair.b], row.b)]
            points, until = answer.observed.get(name, {}), answer.observed_until.get(name)
            seen: dict[str, Any] = {"history": _points(points), "observed_until": until, "counted_until": _counted(points, until)}
            yield fan(outcome_title(name), EVERYTHING[name].unit, LABELS, fans, told, **seen, name=name, log=grows(name))
            yield difference_chart(answer, pair, name)
    yield from regret_chart(answer)
    yield from payoffs_chart(answer)


def _titles(answer: Comparison) -> dict[str, str]:
    return {p["id"]: p["title"] for p in answer.policies}


def payoffs_chart(answer: Comparison) -> Iterator[str]:
    """Yield the table of payoffs in the middle year, where the policies were played against strategies."""
    if answer.payoffs is not None:
        from thalweg.desk.simulate_payoffs_chart import payoff_chart

        yield payoff_chart(answer.payoffs, middle_year(answer), _of_all(answer))


def _of_all(answer: Comparison) -> Stamp:
    """Return what stands under a chart of all policies in the middle year, with the judgement that moves most differences."""
    year = middle_year(answer)
    moved = [d for f in answer.findings if f.year == year for d in f.drivers]
    told = stamp(answer, [(p["id"], p["sha256"]) for p in answer.policies], moved)
    return dataclasses.replace(told, judgement=_judged(answer, year))


def _told(answer: Comparison, pair: Pair, name: str) -> Stamp:
    hashes = {p["id"]: p["sha256"] for p in answer.policies}
    drivers = {f.outcome: f.drivers for f in pair.findings}
    return stamp(answer, [(x, hashes[x]) for x in (pair.a, pair.b)], drivers.get(name, []))


def difference_chart(answer: Comparison, pair: Pair, name: str) -> str:
    """Return the fan of what one policy changes against another in an outcome by quarter."""
    titles = _titles(answer)
    less = f"{titles[pair.a]} less {titles[pair.b]}"
    fans, unit = Fan(less, pair.by_quarter[name].difference), EVERYTHING[name].unit
    return difference_fan(f"{outcome_title(name)}: {less}", unit, LABELS, fans, _told(answer, pair, name), name=name, log=grows(name))


def regret_chart(answer: Comparison) -> Iterator[str]:
    """Yield the table of regret in the middle year, unless no policy is ever behind."""
    year = middle_year(answer)
    rows = [r for r in answer.regret if r.year == year]
    most = {r.outcome: max(x.mean for x in rows if x.outcome == r.outcome) for r in rows}
    shares = {(r.outcome, r.policy): r.mean / most[r.outcome] for r in rows if most[r.outcome] > 0}
    outcomes = [name for name, worst in most.items() if worst > 0]
    if outcomes:
        words = _titles(answer) | {name: outcome_title(name) for name in outcomes}
        yield regret(f"Regret in {year}", outcomes, [p["id"] for p in answer.policies], shares, _of_all(answer), called=words)


def _judged(answer: Comparison, year: int) -> tuple[tuple[str, None], ...] | None:
    """Return the judgement that moves most differences of a year."""
    if answer.asked["runs"] < LEAST_RUNS:
        return None
    sums: dict[str, float] = {}
    for d in (d for f in answer.findings if f.year == year for d in f.drivers if d.judgement):
        sums[d.name] = sums.get(d.name, 0.0) + d.share
    return tuple((called(name), None) for name in sorted(sums, key=lambda n: (-sums[n], n))[:4])


def channels_chart(
    answer: Any,
    policy: tuple[str, str],
    means: Mapping[str, Sequence[float]],
    judged: Sequence[tuple[str, float]],
    *,
    most: float | None = None,
    observed_until: str | None = None,
) -> str:
    """Return what China adds under a policy, by channel.

    Args:
        answer: of the simulator.
        policy: its id and hash.
        means: by quarter, under the names of outcomes.
        judged: the judgement behind it, each number with its share.
        most: the largest sum of the charts that are to share a scale.
        observed_until: the last quarter in which every channel but the rented one is history.
    """
    rows = {word: means[name] for name, word in CHANNELS.items()}
    title, told = f"What China adds under {policy[0]}, by channel", _moved(stamp(answer, [policy]), judged)
    return areas(title, "H100e a quarter", LABELS, rows, told, most=most, observed_until=observed_until)


def _moved(told: Stamp, judged: Sequence[Sequence[Any]]) -> Stamp:
    """Return a stamp with the judgement that was found on its runs, each with its share."""
    return told if told.runs < LEAST_RUNS else dataclasses.replace(told, judgement=tuple((called(str(n)), float(x)) for n, x in judged))


def _search(answer: StudyAnswer) -> Iterator[str]:
    objectives = answer.details["objectives"]
    names = [o["name"] for o in objectives]
    choices = [Choice(f"path {i + 1}", tuple(row[n] for n in names), bool(row["stands"])) for i, row in enumerate(answer.table)]
    told = stamp(answer, [(p["id"], p["sha256"]) for p in answer.details["policies"]])
    fresh = answer.details["fresh"]
    told = _moved(dataclasses.replace(told, runs=fresh, drawn=search_runs(told.runs, fresh)), answer.details["moved"])
    called_ = [", ".join(x for x in (o["name"], o["unit"]) if x) for o in objectives]
    free = f"; no cost is held of {', '.join(answer.details['unpriced'])}" if answer.details["unpriced"] else ""
    yield front(f"The front{free}", called_, choices, told)
    yield parallel(f"All objectives{free}", called_, [o["better"] for o in objectives], choices, told)


def _hindcast(answer: StudyAnswer) -> Iterator[str]:
    told = _moved(stamp(answer, [(answer.verb, answer.hash)]), answer.details["moved"])
    yield hindcast_panels(answer.title, answer.details["data"]["panels"], told, note=answer.summary)


def _calibrate(answer: StudyAnswer) -> Iterator[str]:
    told = stamp(answer, [(answer.verb, answer.hash)])
    told = dataclasses.replace(told, judgement=tuple((called(name), None) for name in answer.details["judged"][:4]))
    shifts = answer.details["data"]["fit"]["shifts"]
    titles = {s["name"]: estimate_title(load_estimates(), s["name"]) for s in shifts}
    rows = [Learned(s["name"], tuple(s["prior"]), tuple(s["posterior"]), s["spread_left"], titles[s["name"]]) for s in shifts]
    yield learned(f"{answer.title}: what it learned", rows, told, note=answer.summary)


def _discover(answer: StudyAnswer) -> Iterator[str]:
    told = stamp(answer, [(p["id"], p["sha256"]) for p in answer.details["policies"]])
    told = dataclasses.replace(told, judgement=tuple((called(name), None) for name in answer.details["judged"]))
    yield trade_off(answer.title, answer.details["trajectory"], answer.table[0], told, share=answer.details["share"])


def _sensitivity(answer: StudyAnswer) -> Iterator[str]:
    named = [(p["id"], p["sha256"]) for p in answer.details["policies"]]
    if answer.details["method"] == "learn":
        titles = {r["name"]: estimate_title(load_estimates(), r["name"]) for r in answer.table}
        found = [
            Turn(f"{outcome_title(r['outcome'])}, {r['year']}", r["name"], r["turns"], r["turns by regret"], titles[r["name"]])
            for r in answer.table
        ]
        judged = tuple(dict.fromkeys(r["name"] for r in answer.table if r["judgement"]))
        told = dataclasses.replace(stamp(answer, named), judgement=tuple((called(name), None) for name in judged[:4]))
        yield turns(f"What to learn next: {' or '.join(answer.details['titles'])}", found, told)
        return
    for row in answer.details.get("tornado", ()):
        bars = [Bar(**b) for b in row["bars"]]
        told = dataclasses.replace(
            stamp(answer, named),
            judgement=tuple((called(b.name), b.share) for b in bars if b.judgement)[:3],
            chances=next((b.share for b in bars if b.chance), None),
        )
        what = f"{outcome_title(row['outcome'])}, {row['year']}: {' less '.join(answer.details['titles'])}"
        yield tornado(what, row["unit"], row["middle"], bars, told, name=row["outcome"])


_WAYS: Final[Mapping[str, Callable[[StudyAnswer], Iterator[str]]]] = {
    "search": _search,
    "hindcast": _hindcast,
    "calibrate": _calibrate,
    "discover": _discover,
    "sensitivity": _sensitivity,
}
