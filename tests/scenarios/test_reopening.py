"""Whether a deal moves Beijing's throttle: only mutual caps do, only while they are kept, and never towards less."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.scenarios import CHECKS, LABELS, OUTCOMES, Plan, lever_path, simulate
from thalweg.scenarios.levers import LEVERS
from thalweg.scenarios.quarters import index
from thalweg.scenarios.simulate import quarters

RUNS = 1_000
EVERY = (*OUTCOMES, *CHECKS)
START = "2028Q1"
WITHOUT_CAPS = [name for name in LEVERS if name not in {"kC", "pL", "qL", "fp4L", "bwL", "m"}]


def values(result, name):
    return result.quarterly[name] if name in result.quarterly else result.yearly[name]


def same(one, two):
    return all(values(one, name).tobytes() == values(two, name).tobytes() for name in EVERY)


@pytest.fixture(scope="module")
def deal(enforced):
    return lever_path(enforced, kC={START: 0.5})


@pytest.fixture(scope="module")
def records(ready, deal):
    return list(quarters(ready(RUNS, switches=True), Plan(deal)))


class TestWithoutADeal:
    @settings(max_examples=15, deadline=None)
    @given(name=st.sampled_from(WITHOUT_CAPS), start=st.sampled_from(LABELS[20:40]), share=st.floats(0, 1))
    def test_no_other_lever_moves_the_throttle(self, ready, enforced, name, start, share):
        row = LEVERS[name]
        high = min(row.high, 3.0 * row.default + 1.0)
        plan = Plan(lever_path(enforced, **{name: {start: row.low + share * (high - row.low)}}), enforced)
        never, always = (simulate(ready(48, switches=True, reopen_kc=chance), plan, outcomes=EVERY) for chance in (0.0, 1.0))
        assert same(never, always)

    def test_a_deal_of_which_nothing_is_announced_differs_by_exactly_zero(self, ready, enforced, deal):
        here = ready(200, switches=True)
        assert same(*(simulate(here, plan, outcomes=EVERY) for plan in (Plan(deal), Plan(deal, lever_path(deal)))))
        assert same(*(simulate(here, plan, outcomes=EVERY) for plan in (Plan(enforced), Plan(lever_path(enforced, kC={START: 0.0})))))

    def test_nor_does_one_that_starts_later_move_a_quarter_before_it(self, ready, enforced, deal):
        here = ready(200, switches=True)
        base, other = (
            simulate(here, Plan(p), outcomes=("throttled", "flow_legal"), quarterly=("throttled", "flow_legal")) for p in (enforced, deal)
        )
        for name in ("throttled", "flow_legal"):
            assert np.array_equal(base.quarterly[name][: index(START)], other.quarterly[name][: index(START)])


class TestWithADeal:
    @settings(max_examples=25, deadline=None)
    @given(
        caps=st.floats(0.01, 1),
        start=st.sampled_from(LABELS[19:40]),
        chances=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
        breach=st.floats(0, 0.3),
    )
    def test_a_likelier_reopening_never_lowers_legal_sales_where_the_other_flows_are_held(
        self, ready, enforced, caps, start, chances, breach
    ):
        plan = Plan(lever_path(enforced, kC={start: caps}))
        seen = list(quarters(ready(48, switches=True), Plan(enforced)))
        held = {
            "domestic": tuple(r.made.flow for r in seen),
            "remote": tuple(r.trade.rented for r in seen),
            "world": tuple(r.trade.total for r in seen),
            "smuggled": tuple(r.grey.market.flow for r in seen),
        }
        less, more = (list(quarters(ready(48, switches=True, observed=held, reopen_kc=c, breach_kc=breach), plan)) for c in chances)
        for low, high in zip(less, more, strict=True):
            assert (high.players.throttled <= low.players.throttled).all()
            assert (high.trade.sold >= low.trade.sold * (1 - 1e-12)).all()

    def test_what_beijing_would_do_without_it_goes_on_beneath_it(self, ready, enforced, records):
        plain = list(quarters(ready(RUNS, switches=True), Plan(enforced)))
        assert all(np.array_equal(a.players.regime, b.players.throttled) for a, b in zip(records, plain, strict=True))
        assert np.array_equal(records[-1].trade.let_in, plain[-1].trade.let_in)

    def test_it_lifts_some_throttles_and_not_all(self, records):
        after = records[index("2029Q4")].players
        lifted = (after.regime > 0) & (after.throttled == 0)
        assert 0.1 < lifted.sum() / (after.regime > 0).sum() < 0.6

    def test_a_breach_ends_what_it_lifted(self, records):
        last = records[index(START)]
        returned = 0
        for record in records[index(START) + 1 :]:
            broken = (record.players.kept_c == 0) & (last.players.lifted > 0)
            assert not record.players.lifted[broken].any()
            assert np.array_equal(record.players.throttled[broken], record.players.regime[broken])
            returned += int(record.players.throttled[broken].sum())
            last = record
        assert returned > 20

    def test_a_quarter_whose_regime_was_observed_stays_as_it_was(self, ready, enforced):
        here = ready(50, reopen_kc=1.0, breach_kc=0.0)
        early = list(quarters(here, Plan(lever_path(enforced, kC=1.0))))
        seen = len(here.observed.throttled)
        assert seen >= index("2026Q4")
        assert all((r.players.throttled == here.observed.throttled[t]).all() for t, r in enumerate(early[:seen]))
        assert not any(r.players.lifted.any() for r in early[:seen])
        assert not any(r.players.throttled.any() for r in early[seen:])

    def test_without_regimes_there_is_nothing_to_lift(self, ready, deal):
        never, always = (
            simulate(ready(100, sw_beijing=1, reopen_kc=c), Plan(deal), outcomes=("flow_legal",)).quarterly["flow_legal"]
            for c in (0.0, 1.0)
        )
        assert np.array_equal(never, always)

    def test_at_no_chance_it_opens_nothing(self, ready, deal):
        assert all(np.array_equal(r.players.throttled, r.players.regime) for r in quarters(ready(100, reopen_kc=0.0), Plan(deal)))
