"""Laws of ownership that hold for every graph."""

from __future__ import annotations

import importlib.util
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thalweg.desk.ownership import attribute_ownership
from thalweg.evidence import parse_date
from thalweg.pack import load_pack
from thalweg.parties.ownership.many import attribute_table
from thalweg.sources.ownership import asked
from thalweg.sources.ownership.tables import table_of

SPEC = importlib.util.spec_from_file_location("drawn", Path(__file__).parent / "drawn.py")
drawn = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(drawn)

DATE = "2025-10-15"
RANK = {"not_covered": 0, "unknown": 1, "covered": 2, "listed": 3}
REGIMES = st.sampled_from(["bis_affiliates", "ofac_50"])


def status(owns, listed, places=None, regime="bis_affiliates"):
    return attribute_ownership(drawn.graph(owns, listed, places), regime=regime, date=DATE).status


@settings(max_examples=250)
@given(drawn.holdings(drawn.SOME), drawn.LISTED, drawn.ABROAD, REGIMES)
def test_the_answer_is_that_of_the_words_worked_out_with_fractions(owns, listed, places, regime):
    assert status(owns, listed, places, regime) == drawn.by_words(owns, listed, places, regime)


@given(drawn.holdings(drawn.SOME), drawn.LISTED, st.randoms())
def test_neither_the_order_of_holdings_nor_the_names_of_parties_matter(owns, listed, chance):
    before = status(owns, listed)
    shuffled = list(owns)
    chance.shuffle(shuffled)
    assert status(shuffled, listed) == before
    called = {n: f"party {i}" for i, n in enumerate(chance.sample(drawn.NAMES, len(drawn.NAMES)))}
    renamed = status([(called[a], called[b], s) for a, b, s in owns], {called[p]: e for p, e in listed.items()})
    assert renamed == {called[p]: s for p, s in before.items()}


@given(drawn.holdings(drawn.EXACT), drawn.LISTED, st.integers(0, 13), drawn.EXACT)
def test_a_larger_share_never_frees_a_party(owns, listed, which, share):
    before = status(owns, listed)
    if not owns:
        return
    owner, owned, old = owns[which % len(owns)]
    owns[which % len(owns)] = (owner, owned, max(old, share, key=float))
    after = status(owns, listed)
    assert all(RANK[after[p]] >= RANK[s] for p, s in before.items())


@given(drawn.holdings(drawn.SOME), drawn.LISTED, st.sampled_from(drawn.NAMES), st.sampled_from(drawn.LISTS))
def test_one_more_listing_never_frees_a_party(owns, listed, party, code):
    before = status(owns, listed)
    after = status(owns, {**listed, party: [*listed.get(party, ()), code]})
    assert all(RANK[after[p]] >= RANK[s] for p, s in before.items())


@settings(max_examples=150)
@given(drawn.holdings(drawn.SOME), drawn.LISTED, st.integers(0, 2**32))
def test_every_way_in_which_unknown_shares_may_turn_out_agrees(owns, listed, seed):
    listed = {p: [c for c in codes if c != "sdn"] or ["meu"] for p, codes in listed.items()}
    found = status(owns, listed)
    turned = completion(owns, random.Random(seed))  # noqa: S311  (a test's own chance)
    if turned is None:
        return
    after = status(turned, listed)
    assert {p: s for p, s in after.items() if found[p] != "unknown"} == {p: s for p, s in found.items() if s != "unknown"}
    assert "unknown" not in after.values()


def completion(owns, chance):
    """Choose an exact share within the bounds of each; None where the least holdings of a party are more than all of it."""
    chosen = {}
    for party in {b for a, b, _ in owns if a != b}:
        rows = [i for i, (a, b, _) in enumerate(owns) if b == party and a != b]
        least = {i: drawn.bounds(owns[i][2])[0] for i in rows}
        left = 1 - sum((low for low, _ in least.values()), Fraction(0))
        if left < 0:
            return None
        chance.shuffle(rows)
        for i in rows:
            (low, low_open), (high, high_open) = drawn.bounds(owns[i][2])
            room = min(high - low, left)
            part = chance.choice([Fraction(0), Fraction(1, 1000), Fraction(1, 3), Fraction(999, 1000), Fraction(1)])
            if low_open and part == 0:
                part = Fraction(1, 1000)
            if high_open and part == 1:
                part = Fraction(999, 1000)
            step = Fraction(int(room * part * 10**12), 10**12)
            if low_open and step == 0:
                return None
            chosen[i] = low + step
            left -= step
    return [(a, b, f"{float(chosen[i]):.12f}" if i in chosen else "0") for i, (a, b, _) in enumerate(owns)]


@settings(max_examples=100)
@example([("M", "C", None), ("L", "C", None)], {"C": ["entity_list"]}, {}, "bis_affiliates", DATE)
@given(drawn.holdings(drawn.IN_CELLS), drawn.LISTED, drawn.ABROAD, REGIMES, st.sampled_from([DATE, "2026-03-01", "2026-12-01"]))
def test_a_table_and_a_graph_have_one_answer(owns, listed, places, regime, date):
    small = attribute_ownership(drawn.graph(owns, listed, places), regime=regime, date=date).model_dump()
    pack = load_pack()
    graph = asked(drawn.graph(owns, listed, places)).graph
    table = table_of(frame(owns))
    assert not table.problems
    large = attribute_table(replace(table, parties=graph.parties), graph.listed, pack.ownership[regime], parse_date(date), pack)
    other = large.answer().model_dump()
    alike = set(small) - {"reports"}
    assert {k: other[k] for k in alike} == {k: small[k] for k in alike}
    assert large.frame()["status"].to_list() == list(small["status"].values())


def test_a_bound_that_is_open_by_a_hair_is_shown_as_the_number_that_it_is():
    owns = [("E", "A", "0.57"), ("L", "A", {"above": "0.43", "max": "1"})]
    answer = attribute_ownership(drawn.graph(owns, {"L": ["meu"]}), regime="bis_affiliates", date=DATE)
    assert [flag.share for flag in answer.red_flags] == ["43%"]


def frame(owns):
    columns = {"owner": [a for a, *_ in owns], "owned": [b for _, b, _ in owns], "share": [drawn.cell(s) for *_, s in owns]}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
