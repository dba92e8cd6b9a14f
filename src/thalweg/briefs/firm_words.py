"""What a policy would mean for a firm, in words and tables: the same on every page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from thalweg.briefs.model import Briefing, Point
from thalweg.briefs.model_firm import Basis, FirmNumber, FirmPolicy, FirmView, MatchedProduct, Measure, SalesUnder, Standing
from thalweg.briefs.portfolio_rows import Firm, Portfolio
from thalweg.briefs.table import Cell, Table
from thalweg.briefs.words import listed, names

RESULTS: Final[dict[Measure, str]] = {
    "license_risk": "Needs a license or is denied",
    "denied": "Of it denied",
    "not_known": "Not known: the rules leave it open",
    "at_stake": "Revenue at stake: needs a license or is denied",
    "china_market": "Market in China, all US firms",
    "fee_share": "Fees and duties on sales in China",
    "china_sales": "The firm's sales in China, at its part of the market",
    "fee": "Fees and duties on them",
    "research": "Research that they pay for",
}
STANDS: Final[dict[Standing, str]] = {
    "free": "without a license",
    "licensed": "license, approval or case by case",
    "unnamed": "license, no review named",
    "denied": "denied",
    "unknown": "not known",
}
_OF: Final[dict[Basis, str]] = {
    "revenue": "of the stated revenue",
    "deals": "of the value of the deals",
    "count": "of the products at destinations, each counted once",
}
_FEW_RUNS: Final = 500
_LEAST_POINTS: Final = 0.05
_LEAST_SHARE: Final = 0.01
"""Below this share of the variance, a number is not named as one that moves a result."""
_SCALES: Final = ((1e9, "billion USD"), (1e6, "million USD"), (1.0, "USD"))


def assumed(firm: Firm, basis: Basis, *, sells_there: bool) -> list[str]:
    """Return what the results take for granted."""
    local = "Each sale is one to a local buyer with a local parent, on no list"
    named = "Each deal is one to its customer as the portfolio describes it, on any day"
    found = [
        f"{named if basis == 'deals' else local}; the conditions that a license asks for are met.",
        "House rules are left out, as they are no law; readings of counsel bear on the firm's own sales and not on the market.",
        "What a policy lays over the rules acts in the runs, and from the quarter, in which the draw of credibility has it act.",
    ]
    if basis == "revenue":
        found.append("The stated revenue stays as it is in every year; no growth of the firm is drawn.")
    if basis == "revenue" and sells_there:
        found += [
            "The firm keeps the part of the market in China that its stated sales had in the four quarters before the date, or all of it.",
            "A product that may not go sells nothing in China, and none takes its place.",
            "Chips that US buyers would otherwise have had are no gain to research.",
        ]
        drawn = "the share of revenue that the estimate rd draws, as the portfolio does not state both rd_usd and revenue_usd"
        own = "the firm's own share of revenue, rd_usd over revenue_usd"
        found.append(f"Research is paid at {drawn if firm.rd_usd is None or not firm.revenue_usd else own}.")
    return found


def unknown(held: Portfolio, matched: Sequence[MatchedProduct], basis: Basis, *, sold: set[str], beyond: float) -> list[str]:
    """Return what is not known, in words; ``beyond`` is the share of runs whose market in China is below what the firm states."""
    found = []
    if basis == "deals":
        found.append("The portfolio states no sales_usd: shares are of the value of its deals, and amounts are not given.")
    if basis == "count":
        found.append("The portfolio states no sales_usd and no value of a deal: each product at each destination counts once; no amounts.")
    silent = [p.id for p in held.products if not p.sales_usd] if basis == "revenue" else [p.id for p in held.products if p.id not in sold]
    if silent:
        found.append(f"Nothing is stated of the sales of {listed(silent)}, so that they count for nothing here.")
    if basis == "revenue" and held.firm.revenue_usd:
        stated = sum(v for p in held.products for v in p.sales_usd.values())
        found.append(f"The stated sales are {stated / held.firm.revenue_usd:.0%} of the firm's revenue; of the rest nothing is known.")
    if held.firm.rd_usd is None:
        found.append("The portfolio states no rd_usd, so that research is not held against a budget.")
    if unmatched := [m.product for m in matched if not m.item]:
        found.append(f"{listed(unmatched)}: not of the hardware catalogue, so that the rate in H100s is not known.")
    if unsaid := [m.product for m in matched if m.datacenter is None]:
        found.append(f"{listed(unsaid)}: whether made for data centers is not known; left out of the market in China.")
    if beyond:
        found.append(f"In {_percent(100 * beyond)} of runs the whole market in China was less than the firm states; its part is then all.")
    found.append("How many licenses would be granted, and when: a sale under approval or case by case counts as one that may go.")
    return found


def result(r: FirmNumber, levels: Mapping[str, float] | None = None) -> str:
    """Return a result, or its difference from the first policy, as its median and its 90 percent range."""
    change = levels is not None
    at = r.levels if levels is None else levels
    low, middle, high = at["p5"], at["p50"], at["p95"]
    if r.unit.startswith("%"):
        unit = " points" if change else "%"
        said = [_points(x) if change else _percent(x)[:-1] for x in (middle, low, high)]
    else:
        size, unit = next((s, f" {u}") for s, u in _SCALES if max(abs(low), abs(high)) >= 0.9995 * s or s == 1.0)
        said = [_amount(x / size, signed=change) for x in (middle, low, high)]
    return f"{said[0]}{unit}" if said[1] == said[2] else f"{said[0]}{unit} [{said[1]}, {said[2]}]"


def _percent(x: float) -> str:
    return f"{x:.0f}%" if x < _LEAST_POINTS or x >= 9.95 else f"{x:.1f}%"


def _points(x: float) -> str:
    return "0" if abs(x) < _LEAST_POINTS else f"{x:+.0f}" if abs(x) >= 9.95 else f"{x:+.1f}"


def _amount(x: float, *, signed: bool) -> str:
    return "0" if x == 0 else f"{x:+,.3g}" if signed and abs(x) < 999.5 else f"{x:,.3g}" if abs(x) < 999.5 else f"{x:,.0f}"


def movers(r: FirmNumber, runs: int) -> str:
    """Return what moves a result, judgement marked, and how much of it is judgement."""
    if r.levels["p5"] == r.levels["p95"]:
        return "nothing: the same in 90% of runs"
    if runs < _FEW_RUNS:
        return f"not worked out with fewer than {_FEW_RUNS} runs"
    named = [m for m in r.movers[:3] if m.share >= _LEAST_SHARE]
    if not named:
        return "no single number stands out"
    said = listed([f"{m.name}{' (judgement)' if m.judgement else ''}" for m in named])
    return said if r.judgement_share is None else f"{said}; judgement is {r.judgement_share:.0%} of what is explained"


def stands(row: SalesUnder) -> str:
    """Return how sales stand over time."""
    if len(row.spans) == 1:
        return f"{STANDS[row.spans[0].standing]} throughout"
    return ", then ".join(f"{STANDS[s.standing]} {f'from {s.first}' if i else f'to {s.last}'}" for i, s in enumerate(row.spans))


def stamp(v: FirmView) -> str:
    """Return what every number carries: runs, seed, date of the pack and hash."""
    return f"{v.asked['runs']:,} runs, seed {v.asked['seed']}, pack verified through {v.as_of}, hash {v.hash[:16]}"


def caption(v: FirmView) -> str:
    """Return how the section is to be read."""
    against = f" Against: the difference from {v.policies[0].title} in the same runs." if len(v.policies) > 1 else ""
    return (
        f"What policies would mean for this portfolio, as the middle of the runs and the range of 90% of them. Shares are {_OF[v.basis]}."
        f"{against} {stamp(v)}. No forecast: what is taken and what is not known stands below."
    )


def under(v: FirmView | None) -> list[Point]:
    """Return what is said of policies at the top of the page."""
    return [Point(label="Under policies", text=_point(v))] if v else []


def _point(v: FirmView) -> str:
    year = v.years[min(1, len(v.years) - 1)]
    said = []
    for p in v.policies:
        found = {r.measure: r for r in p.numbers if r.year == year}
        money = f" ({result(found['at_stake'])} a year)" if "at_stake" in found else ""
        open_ = f", not known for {result(found['not_known'])}" if found["not_known"].levels["p95"] > 0 else ""
        said.append(f"{p.title}, {result(found['license_risk'])}{money}{open_}")
    return f"Share {_OF[v.basis]} that would need a license or be denied in {year}: {'; '.join(said)}. {stamp(v)}."


def rows(v: FirmView, p: FirmPolicy) -> Iterator[tuple[str, list[FirmNumber | None]]]:
    """Yield each result of a policy with its number in each year, None where there is none in any run."""
    for measure, title in RESULTS.items():
        found = {r.year: r for r in p.numbers if r.measure == measure}
        if found:
            yield title, [found.get(year) for year in v.years]


def against(numbers: Sequence[FirmNumber | None]) -> str:
    """Return the difference from the first policy in the last year that has one."""
    last = next((r for r in reversed(numbers) if r and r.change), None)
    return f"{last.year}: {result(last, last.change)}" if last else ""


def moved(numbers: Sequence[FirmNumber | None], runs: int) -> str:
    """Return what moves a result in the last year that has one."""
    last = next((r for r in reversed(numbers) if r), None)
    return movers(last, runs) if last else ""


def shown(r: FirmNumber | None) -> str:
    """Return a result of a year, with the share of runs in which there is one."""
    if r is None:
        return "nothing is sold in any run"
    return result(r) + (f", in the {r.of_runs:.0%} of runs with sales" if r.of_runs < 1 else "")


def policy_tables(b: Briefing) -> list[Table]:
    """Return the tables of the section; none where no policies were asked for."""
    v = b.policies
    if v is None:
        return []
    runs = int(v.asked["runs"])
    summary: list[list[Cell]] = [
        [p.title, title, *map(shown, numbers), against(numbers), moved(numbers, runs), p.sha256[:16]]
        for p in v.policies
        for title, numbers in rows(v, p)
    ]
    sales: list[list[Cell]] = [
        [p.title, names(row.sales, b), _percent(100 * row.share), stands(row)] for p in v.policies for row in p.sales
    ]
    columns = ["Policy", "Result", *map(str, v.years), "Against the first", "Moved most by", "Policy hash"]
    return [
        Table("Policies", "Under policies", columns, summary, caption=caption(v)),
        Table("Policy sales", "Under policies: how sales stand if in force", ["Policy", "Sales", "Part", "How they stand"], sales),
        _numbers(v),
        Table("Policy bounds", "Under policies: what is taken and what is not known", ["Kind", "What"], [[k, x] for k, x in bounds(v)]),
    ]


def _numbers(v: FirmView) -> Table:
    columns = ["Policy", "Result", "Unit", "Year", "p5", "p25", "p50", "p75", "p95", "Mean", "Change p5", "Change p50", "Change p95"]
    columns += ["Moved by", "Policy hash", "Seed", "Pack date"]
    found: list[list[Cell]] = [
        [
            *(p.id, RESULTS[r.measure], r.unit, str(r.year)),
            *(r.levels[k] for k in ("p5", "p25", "p50", "p75", "p95", "mean")),
            *((r.change or {}).get(k) for k in ("p5", "p50", "p95")),
            *(movers(r, int(v.asked["runs"])), p.sha256[:16], str(v.asked["seed"]), v.as_of),
        ]
        for p in v.policies
        for r in p.numbers
    ]
    return Table("Policy numbers", "Under policies: the numbers", columns, found)


def bounds(v: FirmView) -> Iterator[tuple[str, str]]:
    """Yield what is taken for granted, what is not known, and what the policies assume and leave out."""
    yield from (("Taken", x) for x in v.assumes)
    yield from (("Not known", x) for x in v.unknown)
    for p in v.policies:
        yield from ((f"{p.title} assumes", x) for x in p.assumes)
        yield from ((f"{p.title} leaves out", x) for x in p.not_expressed)
    yield from (("Product", matched(m)) for m in v.products)
    yield "Stamp", f"{stamp(v)}; the part of the market is that of {v.base}"


def matched(m: MatchedProduct) -> str:
    """Return a product as the catalogue knows it."""
    rate = "" if m.h100e is None else f", {m.h100e:g} H100 at 8 bits"
    pieces = "" if m.pieces is None else f", about {m.pieces:,.0f} pieces a year"
    return f"{m.product}: {m.item or 'described by its specifications'}{rate}{pieces}"
