"""The page on the hindcast, written from its results, good or bad.

Run ``python -m thalweg.scenarios.hindcast_page --write docs/explanation`` in the repository; it runs the protocol and writes
``hindcast.json`` and ``hindcast.md``. With ``--from docs/explanation/hindcast.json`` the page alone is written, from stored results.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from thalweg.pack.estimates import load_estimates
from thalweg.pack.estimates_model import Estimates
from thalweg.pack.files import write_together
from thalweg.pack.load import EMBEDDED
from thalweg.pack.reader import read_yaml
from thalweg.scenarios.draw import base_switches
from thalweg.scenarios.hindcast import hindcast
from thalweg.scenarios.hindcast_data import as_data, plain
from thalweg.scenarios.hindcast_model import Hindcast
from thalweg.scenarios.protocol import FOLDER, Protocol, load_protocol

CASES = (("H1", False), ("H1", True), ("H2", False), ("H2", True))
LEARNED = 12
SEEDS = (2, 3)
TARGET_NAMES = {"world": "world flow", "legal": "legal sales", "revenue": "revenue", "lag": "lag"}

HEAD = """# Hindcast

<!-- Written by `python -m thalweg.scenarios.hindcast_page --write docs/explanation`; change the code or the files under
src/thalweg/knowledge/hindcast instead. -->

What the model would have said of 2025 and 2026 had it been fitted to the end of 2024, held against what was reported then and against naive
forecasts with the same information. The protocol was written down, and its hash stored, before the first run was scored; what is missed
stands first. [Earlier runs](#earlier-runs) are kept with what was changed after them. A change that was made after its data were seen is a
second look and no blind test, whatever its reason.

- **In 90%, in 50%** count the tested points inside the bands of the model. Bands hold the error of the source.
- **Skill** is 1 less the model's CRPS over the naive forecast's, on the logarithm of one plus the value. Above zero the model is better. It
  is given against the naive forecast that the protocol names for the row: N1, a random walk with drift, or N3, the same with the channel
  closed while the rules closed it. N2 is persistence.
- **Interval** is the interval score of the 90 percent band, with that of the same naive forecast after the slash. Less is better.
- **In-sample** counts fitted points; that is no test.
- **Beijing unknown** is the stricter score: the acts of Beijing of August to November 2025 are not told.
"""


def results(protocol: Protocol, *, runs: int | None = None) -> dict[str, Any]:
    """Run the protocol and return its results as data, with the protocol's hash."""
    estimates = load_estimates()
    cases = [as_data(hindcast(estimates, protocol, trial=trial, beijing_known=known, runs=runs)) for trial, known in CASES]
    others = [
        {"what": what, **_short(hindcast(estimates, changed, runs=runs, seed=seed, fixed=fixed))}
        for what, changed, seed, fixed in _variants(protocol, estimates)
    ]
    return {"protocol": protocol.sha256, "estimates": estimates.sha256, "cases": cases, "variants": others}


Variant = tuple[str, Protocol, int | None, Mapping[str, Any] | None]


def _variants(protocol: Protocol, estimates: Estimates) -> list[Variant]:
    """Return what the headline is run with beside the protocol: to see what hangs on its readings, and never to choose among them."""
    full = tuple(dataclasses.replace(row, power=1.0 if row.power else 0.0) for row in protocol.rows)
    return [
        *((f"seed {seed}", protocol, seed, None) for seed in SEEDS),
        ("discrepancy 0.1", dataclasses.replace(protocol, discrepancy=0.1), None, None),
        ("discrepancy 0.3", dataclasses.replace(protocol, discrepancy=0.3), None, None),
        ("held shares without a spread", dataclasses.replace(protocol, held=0.0), None, None),
        ("normal errors", dataclasses.replace(protocol, freedom=1000.0), None, None),
        ("quarters as full data", dataclasses.replace(protocol, rows=full), None, None),
        ("implausible from 4", dataclasses.replace(protocol, implausible=4.0), None, None),
        ("structural switches at their base", protocol, None, base_switches(estimates)),
    ]


def _short(result: Hindcast) -> dict[str, Any]:
    found = as_data(result)
    return {name: found[name] for name in ("coverage", "targets", "passed")} | {"effective": found["fit"]["effective"]}


def page(
    data: Mapping[str, Any], protocol: Protocol, reasons: Mapping[str, str] | None = None, earlier: Sequence[Mapping[str, Any]] = ()
) -> str:
    """Return the page of stored results.

    Args:
        data: what :func:`results` gives.
        protocol: whose lines and readings are printed.
        reasons: why a row is missed, by its id; shown where it is.
        earlier: runs that were scored before, with what was changed after each.
    """
    cases = data["cases"]
    first = cases[0]
    parts = [
        HEAD,
        f"{first['protocol']} Estimates {data['estimates'][:12]}, seed {first['seed']}, {first['fit']['runs']:,} runs a trial.\n",
    ]
    parts += ["## Result\n", _verdict(first, cases), "", *_summary(cases)]
    for case in cases:
        parts += [f"## {_name(case)}\n", *_rows(case), "", *(f"- {note}" for note in case["notes"]), ""]
    parts += _why(first, reasons or {})
    parts += ["## A zero that is not among the points\n", _uncounted(cases, protocol.cover90), ""]
    parts += _earlier(earlier)
    parts += ["## What hangs on the readings\n", *_hanging(first, data["variants"], protocol.cover90), ""]
    parts += ["## Every tested point of the headline\n", *_points(first), ""]
    parts += ["## What the fit learned\n", *_learned(first), ""]
    parts += _protocol(protocol)
    return "\n".join(parts).rstrip("\n") + "\n"


def _name(case: Mapping[str, Any]) -> str:
    return f"{case['trial']['id']}, Beijing {'known' if case['beijing_known'] else 'unknown'}"


def _verdict(case: Mapping[str, Any], cases: Sequence[Mapping[str, Any]]) -> str:
    cover, fit = case["coverage"], case["fit"]
    won = [TARGET_NAMES[name] for name, value in case["targets"].items() if value is not None and value > 0.0]
    missed = [row["row"]["title"] for row in case["rows"] if row["failed"]]
    passed = [_name(c) for c in cases if c["passed"]]
    state = "passes" if case["passed"] else "does not pass"
    which = f" ({'; '.join(passed)})" if passed else ""
    told = [
        f"The headline {state}: {_percent(cover['share90'])} of {cover['points']} points lie in the 90 percent band (80% are asked for)",
        f"and {_percent(cover['share50'])} in the 50 percent band (30 to 70%); skill is above zero on {len(won)} of four",
        f"({', '.join(won) or 'none'}), where {case['skilled_needed']} are asked for.",
        f"Of the {len(cases)} runs {len(passed)} {'passes' if len(passed) == 1 else 'pass'}{which}.",
        f"Rows missed in the headline: {'; '.join(missed) or 'none'}.",
    ]
    if not fit["calibrated"]:
        told.append("**Not calibrated**: the effective sample is too small, and no score below is a test.")
    return "\n".join(told)


def _summary(cases: Sequence[Mapping[str, Any]]) -> list[str]:
    head = ["| run | points | in 90% | in 50% | skill: world | legal | revenue | lag | effective sample | passes |", "|" + "---|" * 10]
    legend = "In brackets: 5 and 95 percent of a bootstrap over series; then the shares without rows that restate another.\n"
    return [*head, *(_summary_row(case) for case in cases), "", legend]


def _summary_row(case: Mapping[str, Any]) -> str:
    every, once = case["coverage"], case["coverage_once"]
    covers = [
        f"{_percent(every['share' + s])} ({' to '.join(map(_percent, every['range' + s]))}); {_percent(once['share' + s])}"
        for s in ("90", "50")
    ]
    fit = case["fit"]
    effective = f"{fit['effective']:,.0f} of {fit['runs']:,}"
    skills = [_signed(case["targets"][name]) for name in TARGET_NAMES]
    return f"| {' | '.join([_name(case), str(every['points']), *covers, *skills, effective, 'yes' if case['passed'] else 'no'])} |"


def _rows(case: Mapping[str, Any]) -> list[str]:
    head = ["| series | target | tested | in 90% | in 50% | skill | N1 | N2 | interval | in-sample in 90% | |", "|" + "---|" * 11]
    return head + [_row(row) for row in case["rows"]]


def _row(row: Mapping[str, Any]) -> str:
    of, skill = row["row"], row["skill"]
    mark = "missed" if row["failed"] else "covered, too wide" if row["too_wide"] else "covered"
    fitted = f"{row['fitted_in90']} of {row['fitted']}" if row["fitted"] else "as drawn" if of["target"] == "world" else "none"
    cells = [
        of["title"],
        of["target"] or "shown",
        row["tested"],
        row["in90"],
        row["in50"],
        f"{_signed(row['judged'])} ({of['baseline']})",
        _signed(skill["N1"]),
        _signed(skill["N2"]),
        f"{row['interval']:.2f} / {row['interval_baseline']:.2f}",
        fitted,
        mark,
    ]
    return f"| {' | '.join(map(str, cells))} |"


def _why(case: Mapping[str, Any], reasons: Mapping[str, str]) -> list[str]:
    missed = [row["row"] for row in case["rows"] if row["failed"] or row["in90"] < row["tested"]]
    told = [f"- **{row['title']}.** {reasons[row['id']]}" for row in missed if row["id"] in reasons]
    return ["## What is missed, and why\n", *told, ""] if told else []


def _uncounted(cases: Sequence[Mapping[str, Any]], aim: float) -> str:
    """Say what one more point would do, a reported zero that no band of the model can hold."""
    told = []
    for case in cases:
        points, inside = case["coverage"]["points"], round(case["coverage"]["share90"] * case["coverage"]["points"])
        share = inside / (points + 1)
        fails = "" if share >= aim or not case["passed"] else ", and would not pass"
        told.append(f"{_name(case)}: {inside} of {points + 1}, {_percent(share)}{fails}.")
    return (
        "Legal units are tested to the fiscal quarter that ended on 2026-01-25, the last that their source counts. The company reported\n"
        "that nothing was sold in the quarter to 2026-04-26 (10-Q of 2026-05-20). That was public when the protocol was frozen; the\n"
        "points are those of the source all the same. The model sells something in every quarter in which the rules allow it, so that\n"
        f"this zero is outside its bands too. With it the 90 percent bands hold, where {_percent(aim)} are asked for:\n\n"
        + "\n".join(f"- {line}" for line in told)
    )


def _earlier(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    found: list[str] = []
    for run in runs:
        found.append(f"Scored {run['scored']} under protocol {run['protocol']} with estimates {run['estimates']}:\n")
        found += ["| run | points | in 90% | in 50% | skill: world | legal | revenue | lag | passes |", "|" + "---|" * 9]
        for case in run["cases"]:
            shares = [_percent(float(case[name])) for name in ("in90", "in50")]
            skills = [_signed(float(case[name])) for name in TARGET_NAMES]
            found.append(f"| {' | '.join([case['name'], str(case['points']), *shares, *skills, str(case['passed'])])} |")
        found += ["", "Changed after it, and written down before the next run:\n", *(f"- {_one_line(what)}" for what in run["changed"]), ""]
    return ["## Earlier runs\n", *found] if found else []


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _hanging(case: Mapping[str, Any], variants: Sequence[Mapping[str, Any]], aim: float) -> list[str]:
    shares = [v["coverage"]["share90"] for v in variants]
    least = min(1.0, *(min(v["targets"].values()) for v in variants))
    holds = "holds" if min(shares) >= aim else "hangs on the reading"
    told = (
        "The ten lines leave some things open; they were settled before the first run, but for what was changed after\n"
        "[earlier runs](#earlier-runs). This is what the headline would have been under other readings and seeds.\n"
        f"The 90 percent band holds {_percent(min(shares))} to {_percent(max(shares))} of the points,\n"
        f"so that its aim of {_percent(aim)} {holds}; the least skill on any target is {_signed(least)}.\n"
    )
    head = ["| headline with | in 90% | in 50% | skill: world | legal | revenue | lag | effective sample | passes |", "|" + "---|" * 9]
    own = {"what": "the protocol", **case, "effective": case["fit"]["effective"]}
    return [told, *head, *(_variant_row(v) for v in (own, *variants))]


def _variant_row(v: Mapping[str, Any]) -> str:
    cover = v["coverage"]
    cells = [v["what"], _percent(cover["share90"]), _percent(cover["share50"]), *(_signed(v["targets"][name]) for name in TARGET_NAMES)]
    return f"| {' | '.join([*cells, format(v['effective'], ',.0f'), 'yes' if v['passed'] else 'no'])} |"


def _points(case: Mapping[str, Any]) -> list[str]:
    head = ["| series | period | reported | model 5% | 25% | 50% | 75% | 95% | naive 50% | |", "|" + "---|" * 10]
    found = []
    for panel in case["panels"]:
        for p in panel["points"]:
            if p["baseline"] is None:
                continue
            value, five = p["point"]["value"], p["bands"]
            mark = "in 50%" if five[1] <= value <= five[3] else "in 90%" if five[0] <= value <= five[4] else "outside"
            cells = [
                f"{panel['row']['title']}, {panel['row']['unit']}",
                p["point"]["label"],
                *map(_number, [value, *five, p["baseline"][2]]),
                mark,
            ]
            found.append(f"| {' | '.join(cells)} |")
    return head + found


def _learned(case: Mapping[str, Any]) -> list[str]:
    fit = case["fit"]
    ruled = ", ".join(f"{name} {count:,}" for name, count in fit["implausible"].items())
    counts = (
        f"Of {fit['runs']:,} runs, {fit['unlawful']:,} break a law of the model, and history matching leaves {fit['kept']:,} "
        f"(ruled out by series: {ruled}). The effective sample is {fit['effective']:,.0f}; {fit['needed']:,.0f} are needed.\n"
    )
    spread = (
        f"The {LEARNED} estimates that the data narrow most. Spread left is the standard deviation after the fit over that before; "
        "1 is nothing learned.\n"
    )
    head = [counts, spread, "| estimate | prior 5%, 50%, 95% | posterior 5%, 50%, 95% | spread left |", "|---|---|---|---|"]
    return head + [
        f"| `{s['name']}` | {', '.join(map(_number, s['prior']))} | {', '.join(map(_number, s['posterior']))} | {s['spread_left']:.2f} |"
        for s in fit["shifts"][:LEARNED]
    ]


def _protocol(protocol: Protocol) -> list[str]:
    lines = [f"{i}. {line}" for i, line in enumerate(protocol.lines, start=1)]
    readings = [f"- {line}" for line in protocol.readings]
    rows = [f"| `{sha}` | {day} | {what} |" for sha, day, what in protocol.frozen]
    return [
        "## The protocol\n",
        *lines,
        "",
        "What the ten lines leave open was settled with them:\n",
        *readings,
        "",
        "| hash | frozen | |",
        "|---|---|---|",
        *rows,
    ]


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{100.0 * share:.0f}%"


def _signed(value: float | None) -> str:
    return "none" if value is None else f"{value:+.2f}"


def _number(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def reasons_of(root: Path = EMBEDDED) -> dict[str, str]:
    """Return why rows are missed, by id."""
    return {row["id"]: row["because"] for row in read_yaml(root / FOLDER / "reasons.yaml").data or []}


def earlier_runs(root: Path = EMBEDDED) -> list[Mapping[str, Any]]:
    """Return the runs that were scored before, with what was changed after each."""
    return list(read_yaml(root / FOLDER / "earlier.yaml").data or [])


def main(arguments: Iterable[str] | None = None) -> int:
    """Write results and page, or the page alone from stored results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", type=Path, help="folder for hindcast.json and hindcast.md; the page goes to the terminal if left out")
    parser.add_argument("--from", dest="stored", type=Path, help="stored results in place of a run")
    parser.add_argument("--runs", type=int, help="another number of runs than the protocol's")
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    protocol = load_protocol()
    data = json.loads(given.stored.read_text(encoding="utf-8")) if given.stored else results(protocol, runs=given.runs)
    text = page(data, protocol, reasons_of(), earlier_runs())
    if given.write is None:
        sys.stdout.write(text)
        return 0
    write_together({given.write / "hindcast.json": stored(data).encode(), given.write / "hindcast.md": text.encode()})
    return 0


def stored(data: Mapping[str, Any]) -> str:
    """Return results as a file: a line for each run, and of its estimates those that the page shows."""
    kept = plain(data)
    for case in kept["cases"]:
        case["fit"]["shifts"] = case["fit"]["shifts"][:LEARNED]
    lists = {name: ",\n".join(json.dumps(x, ensure_ascii=False) for x in kept.pop(name)) for name in ("cases", "variants")}
    head = json.dumps(kept, ensure_ascii=False)[:-1]
    return head + "".join(f',\n"{name}": [\n{text}\n]' for name, text in lists.items()) + "}\n"


if __name__ == "__main__":
    sys.exit(main())
