"""Random graphs, and the rule worked out a second time from its words: with fractions, from scratch in each step."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

NAMES = ["L", "M", "A", "B", "C", "D", "E"]
EXACT = st.one_of(
    st.sampled_from(["0", "0.5", "0.25", "0.4999", "0.1", "1", "0.03", "0.29", "0.18"]), st.integers(0, 60).map(lambda n: f"{n / 100:g}")
)
LISTS = ["entity_list", "meu", "sdn:NPWMD", "sdn:IRAN", "sdn", "uvl", "entity_list:address_only"]


@st.composite
def ranges(draw):
    low, high = sorted([draw(EXACT), draw(EXACT)], key=float)
    if float(low) == float(high):
        return {"min": low, "max": high}
    return {draw(st.sampled_from(["min", "above"])): low, draw(st.sampled_from(["max", "below"])): high}


def holdings(shares):
    pair = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), shares)
    return st.lists(pair, max_size=14)


SOME = st.one_of(EXACT, EXACT, st.none(), ranges())
POSITIVE = st.integers(1, 99).map(lambda n: f"{n / 100:g}")
IN_CELLS = st.one_of(
    EXACT,
    st.none(),
    st.tuples(EXACT, EXACT).map(lambda pair: dict(zip(("min", "max"), sorted(pair, key=float), strict=True))),
    POSITIVE.map(lambda low: {"above": low, "max": "1"}),
    POSITIVE.map(lambda high: {"min": "0", "below": high}),
)
"""Shares that a cell of a table can hold."""
LISTED = st.dictionaries(st.sampled_from(["L", "M", "C"]), st.lists(st.sampled_from(LISTS), min_size=1, max_size=2))
ABROAD = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["US", "CN", ""]), max_size=3)


def cell(share):
    """A share as a cell of a table has it."""
    if share is None or isinstance(share, str):
        return share
    low, high = (f"{float(v) * 100:.10g}" for v in share.values())
    return f"> {low}%" if "above" in share else f"< {high}%" if "below" in share else f"{low}-{high}%"


def numbers(share):
    """A share as JSON has it, with numbers in place of texts."""
    if isinstance(share, dict):
        return {k: float(v) for k, v in share.items()}
    return None if share is None else float(share)


def graph(owns, listed, places=None):
    return {
        "owns": [{"owner": a, "owned": b, "share": numbers(s)} for a, b, s in owns],
        "listed": listed,
        "parties": {p: {"country": c} for p, c in (places or {}).items()},
    }


def bounds(share):
    """The least and the most of a share, each with how far it is open: fractions and signs of an infinitely small part."""
    if share is None:
        return (Fraction(0), 0), (Fraction(1), 0)
    if not isinstance(share, dict):
        return (Fraction(share), 0), (Fraction(share), 0)
    low = (Fraction(share["above"]), 1) if "above" in share else (Fraction(share["min"]), 0)
    high = (Fraction(share["below"]), -1) if "below" in share else (Fraction(share["max"]), 0)
    return low, high


def plus(a, b):
    return a[0] + b[0], a[1] + b[1]


def minus(a, b):
    return a[0] - b[0], a[1] - b[1]


def by_words(owns, listed, places, regime="bis_affiliates"):
    """Work out the statuses from the words of the contract."""
    programs = {"NPWMD"}
    surely, perhaps = set(), set()
    for party, codes in listed.items():
        for code in codes:
            if "address_only" in code:
                continue
            name, _, program = code.partition(":")
            counts = name == "sdn" if regime == "ofac_50" else name in ("entity_list", "meu") or (name == "sdn" and program in programs)
            if counts:
                surely.add(party)
            if counts or (name == "sdn" and not program):
                perhaps.add(party)
    low, high = {}, {}
    for owner, owned, share in owns:
        if owner != owned:
            least, most = bounds(share)
            low[owner, owned] = plus(low.get((owner, owned), (Fraction(0), 0)), least)
            high[owner, owned] = plus(high.get((owner, owned), (Fraction(0), 0)), most)
    cut = {}
    for (owner, owned), most in high.items():
        others = (Fraction(0), 0)
        for (other, of), least in low.items():
            if of == owned and other != owner:
                others = plus(others, least)
        cut[owner, owned] = max(low[owner, owned], min(most, minus((Fraction(1), 0), others)))
    outside = {p for p, c in places.items() if c == "US"} if regime == "bis_affiliates" else set()
    first, second = marked(surely, low, outside), marked(perhaps, cut, set())
    found = {}
    for _, owned, _ in owns:
        if owned in surely:
            found[owned] = "listed"
        elif owned in outside - perhaps:
            found[owned] = "not_covered"
        else:
            found[owned] = "covered" if owned in first else "unknown" if owned in second else "not_covered"
    return found


def marked(start, weights, outside):
    """The least fixed point, from scratch in each step."""
    known = set(start)
    while True:
        following = set(known)
        for party in {owned for _, owned in weights} - outside:
            held = (Fraction(0), 0)
            for (owner, owned), weight in weights.items():
                if owned == party and owner in known:
                    held = plus(held, weight)
            if held >= (Fraction(1, 2), 0):
                following.add(party)
        if following == known:
            return known
        known = following
