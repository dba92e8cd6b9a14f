"""Charts of scenarios: whole SVG that fetches nothing, with stamp and judgement, and points where the numbers put them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from defusedxml import ElementTree
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thalweg.briefs.scenario_charts import (
    Bar,
    Choice,
    Fan,
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
from thalweg.briefs.scenario_payoff_chart import Block, payoffs
from thalweg.briefs.scenario_study_charts import Learned, Turn, learned, trade_off, turns
from thalweg.briefs.scenario_svg import Scale, Stamp, around, bent, ends_told, short, told_apart, wrapped

ROOT = Path(__file__).resolve().parents[2]
STAMP = Stamp((("status-quo", "0123456789abcdef"),), 7, 2000, "export controls", "2026-11-23", judgement=(("phi", 0.44), ("ga", None)))
YEARS = ["2024", "2025", "2026"]
ROWS = {"p5": [1.0, 1.0, 1.0], "p25": [2.0, 2.0, 3.0], "p50": [3.0, 3.0, 4.0], "p75": [4.0, 4.0, 6.0], "p95": [5.0, 6.0, 9.0]}
HOSTILE = 'a<script>alert("1")</script>&'
CHOICES = [Choice("one", (7.0, 2e9)), Choice("two", (8.0, 1e9), stands=False), Choice("status-quo", (7.5, 1.2e9), marked=True)]
HINDCAST = json.loads((ROOT / "docs/explanation/hindcast.json").read_text(encoding="utf-8"))

POINTS = {"2024": (3.1, 2.8, 3.6), "2025": (2.9, None, None)}
PEELED = [{"conditions": k, "coverage": 1 - 0.2 * k, "density": 0.2 + 0.2 * k} for k in range(4)]
LEARNED = [Learned("K0", (1e4, 4e4, 2e5), (2e4, 4e4, 1e5), 0.7), Learned("lag", (-1.0, 0.0, 1.0), (0.2, 0.4, 0.6), 0.4)]

BLOCK = Block("lag, months", "higher", ((3.0, 2.0, 3.0), (4.0, 1.0, 4.0)), ((1,), (0, 1)), (0,))

CHARTS = {
    "fan": lambda t: fan(t, "months", YEARS, [Fan("status-quo", ROWS)], STAMP, history=POINTS),
    "difference": lambda t: difference_fan(t, "months", YEARS, Fan("b less a", ROWS), STAMP),
    "tornado": lambda t: tornado(
        t, "months", 3.0, [Bar("phi", 2.0, 4.0, judgement=True, share=0.4), Bar("ga", 2.9, 3.2, judgement=False)], STAMP
    ),
    "payoffs": lambda t: payoffs(t, ["status-quo", HOSTILE], ["as-drawn", "throttle", "free-ride"], 1, [BLOCK], STAMP),
    "areas": lambda t: areas(t, "H100e", YEARS, {"legal": [1.0, 2.0, 3.0], "grey": [0.0, 1.0, 1.0]}, STAMP),
    "front": lambda t: front(t, ("lag", "revenue"), CHOICES, STAMP),
    "parallel": lambda t: parallel(t, ("lag", "revenue"), ("higher", "lower"), CHOICES, STAMP),
    "regret": lambda t: regret(t, ("lag",), ("status-quo", "other"), {("lag", "status-quo"): 1.0}, STAMP),
    "hindcast": lambda t: hindcast_panels(t, HINDCAST["cases"][0]["panels"], STAMP, note=HINDCAST["cases"][0]["protocol"]),
    "trade-off": lambda t: trade_off(t, PEELED, PEELED[1], STAMP, share=0.2),
    "learned": lambda t: learned(t, LEARNED, STAMP, note="a protocol"),
    "turns": lambda t: turns(t, [Turn("lag 2030", "eps", 0.4, 0.1), Turn("lag 2030", "ga", 0.0, 0.0)], STAMP),
}


def tags(svg, name):
    return ElementTree.fromstring(svg).findall(f".//{{http://www.w3.org/2000/svg}}{name}")


def words(svg):
    return " ".join("".join(t.itertext()) for t in tags(svg, "text"))


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_carries_hash_seed_pack_date_and_the_judgement_that_moves_it(chart):
    told = words(CHARTS[chart]("What happens"))
    for part in ("What happens", "0123456789ab", "seed 7", "2,000 runs", "2026-11-23", "phi 44%", "ga"):
        assert part in told, part


@pytest.mark.parametrize("chart", CHARTS)
def test_words_of_others_are_escaped_and_nothing_is_fetched(chart):
    svg = CHARTS[chart](HOSTILE)
    assert "<script" not in svg
    assert not re.search(r"(href|src)=|url\(", svg)
    assert HOSTILE in words(svg) or HOSTILE.split('"', maxsplit=1)[0] in words(svg)


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_can_be_read_aloud(chart):
    root = ElementTree.fromstring(CHARTS[chart]("What happens"))
    assert root.get("role") == "img"
    assert "What happens" in root.get("aria-label")


@pytest.mark.parametrize("chart", CHARTS)
def test_no_number_is_missing_and_no_mark_lies_off_the_sheet(chart):
    svg = CHARTS[chart]("What happens")
    assert "nan" not in svg.replace("naive", "")
    root = ElementTree.fromstring(svg)
    width, height = float(root.get("width")), float(root.get("height"))
    for circle in tags(svg, "circle"):
        assert 0 <= float(circle.get("cx")) <= width
        assert 0 <= float(circle.get("cy")) <= height


def test_history_lies_on_the_scale_of_the_fan():
    svg = CHARTS["fan"]("x")
    dot, bare = tags(svg, "circle")
    line = next(p for p in tags(svg, "polyline") if p.get("stroke-width") == "2")
    first = [float(v) for v in line.get("points").split()[0].split(",")]
    assert float(dot.get("cx")) == pytest.approx(first[0], abs=0.1)
    assert float(dot.get("cy")) < first[1]  # 3.1 stands above 3.0
    assert (dot.find("{*}title").text, bare.find("{*}title").text) == ("2024: 3.1 (2.8 to 3.6)", "2025: 2.9")
    assert "points are observed, with their published error" in words(svg)


def test_an_observed_point_carries_its_error_and_one_of_a_year_stands_amid_its_quarters():
    quarters = [f"2024Q{k}" for k in (1, 2, 3, 4)]
    rows = {name: [*row, row[-1]] for name, row in ROWS.items()}
    history = {"2024": (3.0, 1.0, 20.0), "2024Q1": (3.0, None, None), "1999": (9e9, 0.0, 9e9)}
    svg = fan("x", "months", quarters, [Fan("a", rows)], STAMP, history=history)
    year, quarter = tags(svg, "circle")
    line = next(p for p in tags(svg, "polyline") if p.get("stroke-width") == "2")
    x = [float(xy.split(",")[0]) for xy in line.get("points").split()]
    assert float(year.get("cx")) == pytest.approx((x[1] + x[2]) / 2, abs=0.2)
    assert float(quarter.get("cx")) == pytest.approx(x[0], abs=0.1)
    error = next(p for p in tags(svg, "polyline") if p.get("points").startswith(f"{year.get('cx')},"))
    low, high = (float(xy.split(",")[1]) for xy in error.get("points").split())
    assert high < float(year.get("cy")) < low  # 20 lies within the frame, above; a time of no chart, 1999, stretches nothing
    assert high > 0


def test_the_widest_bar_of_a_tornado_stands_on_top_and_judgement_is_marked():
    told = words(CHARTS["tornado"]("x"))
    assert told.index("phi *") < told.index("ga")
    assert "ga *" not in told


def test_a_policy_that_falls_off_the_front_on_fresh_draws_is_hollow():
    dots = tags(CHARTS["front"]("x"), "circle")
    assert [d.get("fill") == "#ffffff" for d in dots] == [False, True, False]


def test_up_is_better_on_every_axis_of_parallel_coordinates():
    svg = parallel("x", ("lag", "cost"), ("higher", "lower"), [Choice("best", (9.0, 1.0), marked=True), Choice("worst", (5.0, 3.0))], STAMP)
    lines = [p for p in tags(svg, "polyline") if p.get("stroke-width") in {"2.4", "0.9"}]
    ends = {p.get("stroke-width"): [float(xy.split(",")[1]) for xy in p.get("points").split()] for p in lines}
    assert all(best < worst for best, worst in zip(ends["2.4"], ends["0.9"], strict=True))


def test_a_hindcast_has_a_panel_for_every_series_and_shows_what_was_missed():
    svg = CHARTS["hindcast"]("x")
    for panel in HINDCAST["cases"][0]["panels"]:
        assert panel["row"]["title"] in words(svg)
    outside = [d for d in tags(svg, "circle") if d.get("stroke") == "#d55e00"]
    points = [p for panel in HINDCAST["cases"][0]["panels"] for p in panel["points"]]
    assert len(outside) == sum(not p["bands"][0] <= p["point"]["value"] <= p["bands"][4] for p in points)
    assert len(tags(svg, "circle")) == len(points)


def test_a_fit_shows_the_estimate_that_it_narrowed_most_first():
    told = words(CHARTS["learned"]("x"))
    assert told.index("lag") < told.index("K0")
    assert "0 to 0.4; 0.40" in told


def test_what_to_learn_shows_what_turns_the_choice_most_first_and_how_often():
    told = words(turns("x", [Turn("lag 2030", "ga", 0.0, 0.0), Turn("lag 2030", "eps", 0.1, 0.4)], STAMP))
    assert told.index("eps") < told.index("ga")
    assert "40%" in told


def test_the_box_of_the_sentence_is_ringed_where_its_coverage_and_density_are():
    svg = CHARTS["trade-off"]("x")
    ring = next(c for c in tags(svg, "circle") if float(c.get("r")) == 7.0)
    under = [c for c in tags(svg, "circle") if (c.get("cx"), c.get("cy")) == (ring.get("cx"), ring.get("cy")) and c is not ring]
    assert under
    assert "20% fail" in words(svg)


def test_the_page_opens_without_a_network():
    page = charts_page("Charts <1>", "What & why", [CHARTS["fan"]("x")], ["A note <b>"])
    assert "default-src 'none'" in page
    assert "<h1>Charts &lt;1&gt;</h1>" in page
    assert "A note &lt;b&gt;" in page
    assert "<script" not in page
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)


def test_a_chart_without_judgement_says_so():
    bare = Stamp((), 1, 1, "p", "2026-01-01")
    other = Stamp((), 1, 1, "p", "2026-01-01", others=("c", "d"))
    assert "Moved most by c, d; none of these is judgement." in words(fan("x", "y", YEARS, [Fan("a", ROWS)], other))
    assert "none stands out of noise at 1 runs." in words(fan("x", "y", YEARS, [Fan("a", ROWS)], bare))


@pytest.mark.parametrize(
    ("value", "told"), [(0.0, "0"), (1234.0, "1.23k"), (2.5e6, "2.5M"), (-3e9, "-3B"), (0.05, "0.05"), (1.2e12, "1.2T")]
)
def test_numbers_of_an_axis_are_short(value, told):
    assert short(value) == told


@settings(max_examples=100, deadline=None)
@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12))
def test_ticks_are_few_and_inside(low, width):
    scale = Scale(low, low + width, 0.0, 100.0)
    ticks = scale.ticks()
    assert len(ticks) <= 8
    assert all(low - 1e-6 * width - abs(low) * 1e-9 <= t <= low + width * (1 + 1e-6) + abs(low) * 1e-9 for t in ticks)


def test_a_log_scale_puts_equal_factors_at_equal_distances():
    scale = Scale(1.0, 1000.0, 0.0, 300.0, log=True)
    assert [scale.at(v) for v in (1, 10, 100, 1000)] == pytest.approx([0, 100, 200, 300])
    assert scale.ticks() == [1.0, 10.0, 100.0, 1000.0]


def test_a_constant_or_an_empty_series_still_has_an_axis():
    low, high = around([5.0, 5.0])
    assert low < 5.0 < high
    assert around([]) == (0.0, 1.0)
    assert "<svg" in fan("x", "y", ["2024"], [Fan("a", {k: [0.0] for k in ROWS})], STAMP)


def test_long_words_are_wrapped_and_none_is_lost():
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("", 10) == [""]


def test_numbers_of_an_axis_are_told_apart():
    assert told_apart([1.004, 1.006, 1.008]) == ["1.004", "1.006", "1.008"]
    assert told_apart([0.0, 5e5, 1e6]) == ["0", "500k", "1M"]
    drawn = front("T", ["a", "b"], [Choice("x", (9.0, 1.0041)), Choice("y", (9.002, 1.0093))], STAMP)
    names = [t.text for t in ElementTree.fromstring(drawn).iter() if t.tag.endswith("text") and re.fullmatch(r"[\d.]+", t.text or "")]
    assert len(names) == len(set(names))


def test_a_fan_says_where_its_history_ends():
    assert "history, with its error" in fan("T", "u", YEARS, [Fan("a", ROWS)], STAMP, observed_until="2025")
    assert "history" not in fan("T", "u", YEARS, [Fan("a", ROWS)], STAMP)


def test_payoffs_are_deeper_the_worse_they_are_for_the_side_and_the_worst_reply_is_framed():
    def depths(block):
        drawn = payoffs("t", ["a", "b"], ["x", "y", "z"], 1, [block], STAMP)
        return [float(o) for o in re.findall(r'<rect [^>]*fill-opacity="([0-9.]+)"', drawn)], drawn

    higher, drawn = depths(BLOCK)
    assert higher.index(max(higher)) == 4  # the 1.0 of the second row
    assert higher[3] == min(higher)
    lower, _ = depths(Block(BLOCK.title, "lower", BLOCK.rows, BLOCK.worst, BLOCK.picked))
    assert lower.index(max(lower)) in (3, 5)
    assert drawn.count('stroke-width="1.4"') == 3 * 4  # four sides of each frame
    assert "\N{BLACK DIAMOND} a" in drawn
    assert "\N{BLACK DIAMOND} b" not in drawn


def test_areas_can_share_a_scale_and_say_where_history_ends():
    def top(drawn):
        return re.findall(r'text-anchor="end">([0-9.]+[kM]?)<', drawn)[-1]

    rows = {"legal": [1.0, 2.0, 3.0]}
    one, other = (areas("t", "H100e", YEARS, rows, STAMP, most=m) for m in (None, 30.0))
    assert float(top(other)) > float(top(one))
    assert "history, with its error" not in one
    assert "history, with its error" in areas("t", "H100e", YEARS, rows, STAMP, observed_until="2024")


def test_an_axis_that_bends_shows_the_first_years_of_what_grows_over_orders_of_magnitude():
    rows = {k: [0.0, 2e4, 2e8] for k in ROWS}

    def height(drawn):
        line = next(p for p in tags(drawn, "polyline") if p.get("stroke-width") == "2")
        y = [float(xy.split(",")[1]) for xy in line.get("points").split()]
        return (y[0] - y[1]) / (y[0] - y[2])

    straight, curved = (fan("x", "H100e/quarter", YEARS, [Fan("a", rows)], STAMP, log=log, name="flow_grey") for log in (False, True))
    assert height(straight) < 0.001
    assert height(curved) > 0.02
    assert "symmetric-log axis, about linear within ±100k" in words(curved)
    assert "symmetric-log" not in words(straight)
    assert "flow_grey; H100e/quarter" in words(curved)


@settings(max_examples=100, deadline=None)
@example([5e-324])
@example([-2e-300, 1e-308])
@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=8))
def test_a_bent_scale_holds_every_value_in_order_and_has_zero(values):
    scale = bent(values, 0.0, 100.0)
    places = [scale.at(v) for v in sorted(values)]
    assert places == sorted(places)
    assert all(-1e-6 <= p <= 100.0 + 1e-6 for p in places)
    ticks = scale.ticks()
    assert 0.0 in ticks
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= 2 * 5 + 1
    assert all(scale.low <= x <= scale.high for x in (*ticks, *scale.between()))


def test_a_bent_scale_is_the_same_on_both_sides_of_zero():
    scale = bent([-1e6, 1e6], 0.0, 100.0)
    assert scale.at(0.0) == pytest.approx(50.0)
    assert scale.at(-1e4) + scale.at(1e4) == pytest.approx(100.0)


def test_parallel_axes_end_at_the_values_that_are_shown():
    choices = [Choice("a", (9.0, 1.0091)), Choice("b", (8.0, 1.0145)), Choice("c", (8.5, 1.012))]
    drawn = parallel("x", ("lag", "innovation"), ("higher", "higher"), choices, STAMP)
    assert "1.0145" in words(drawn)
    assert "1.0091" in words(drawn)
    y = sorted(float(p.get("points").split()[1].split(",")[1]) for p in tags(drawn, "polyline") if p.get("stroke-width") == "0.9")
    assert y[-1] - y[0] > 200


@pytest.mark.parametrize(
    ("ends", "told"), [((8.98, 12.1), ("8.98", "12.1")), ((1.00912, 1.01451), ("1.0091", "1.0145")), ((1.0, 1.0), ("1", "1"))]
)
def test_the_ends_of_an_axis_have_the_digits_that_place_them(ends, told):
    assert ends_told(ends) == told


def test_what_is_named_small_stands_beside_what_it_is_called():
    bar = Bar("sw_x", 2.0, 4.0, judgement=True, share=0.4, title="How levers act")
    chance = Bar("chances", 1.0, 5.0, judgement=False, share=0.61, title="Chances", chance=True)
    drawn = tornado("x", "months", 3.0, [bar, chance], Stamp((), 1, 1, "p", "2026-01-01", judgement=(("a", 0.4),), chances=0.61))
    sizes = {"".join(t.itertext()): float(t.get("font-size")) for t in tags(drawn, "text")}
    assert sizes["How levers act *"] > sizes["sw_x"]
    assert words(drawn).index("Chances") < words(drawn).index("How levers act")
    assert "61%" in words(drawn)
    assert "chances at those of the outcome" in words(drawn)
    assert "Moved by judgement: a 40%. Chances, what falls quarter by quarter, are 61% and no judgement." in words(drawn)


def test_times_after_the_last_that_was_counted_are_reported_or_judged_and_their_points_hollow():
    history = {"2024": (3.0, None, None), "2025": (3.1, 2.0, 4.0)}
    drawn = fan("x", "u", YEARS, [Fan("a", ROWS)], STAMP, history=history, observed_until="2025", counted_until="2024")
    assert [c.get("fill") == "#ffffff" for c in tags(drawn, "circle")] == [False, True]
    assert "reported or judged" in words(drawn)
    line, end = (next(t for t in tags(drawn, "text") if "".join(t.itertext()).startswith(w)) for w in ("history, with", "to here"))
    assert float(line.get("x")) < float(end.get("x"))
    assert "judged" not in fan("x", "u", YEARS, [Fan("a", ROWS)], STAMP, history=history, observed_until="2025", counted_until="2025")


def test_a_long_subtitle_is_wrapped_and_moves_what_stands_below():
    long = fan("x", "a unit that is " + "very " * 40 + "long", YEARS, [Fan("a", ROWS)], STAMP)
    assert max(len("".join(t.itertext())) for t in tags(long, "text")) < 140
    assert "translate(0 14)" in long or "translate(0 28)" in long


def test_regret_calls_outcomes_and_policies_by_their_titles():
    called = {"lag": "How far behind", "control": "Tight controls"}
    told = words(regret("x", ("lag",), ("control",), {("lag", "control"): 1.0}, STAMP, called=called))
    assert "How far behind lag" in told
    assert "Tight controls" in told
