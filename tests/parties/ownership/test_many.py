"""Ownership in tables: long chains, large sums, repeats, and what is taken out for the answer."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest

from thalweg.desk.ownership import attribute_edges
from thalweg.evidence import BadInput, parse_date
from thalweg.pack import load_pack
from thalweg.parties.ownership.arrays import fits, network
from thalweg.parties.ownership.many import attribute_table
from thalweg.sources.ownership import listed_from
from thalweg.sources.ownership.tables import TooFine, table_of

DAY = parse_date("2025-10-15")
LISTED = {"L": ["entity_list"]}


def frame(*rows, columns=("owner", "owned", "share")):
    return pl.DataFrame([list(r) for r in rows], schema=dict.fromkeys(columns, pl.String), orient="row")


def ask(edges, **more):
    return attribute_edges(edges, regime="bis_affiliates", date="2025-10-15", listed=LISTED, **more)


def table(edges, listed=None):
    pack = load_pack()
    return attribute_table(table_of(edges), listed_from(listed or LISTED), pack.ownership["bis_affiliates"], DAY, pack)


def test_a_frame_comes_back_row_for_row_in_the_order_in_which_parties_are_owned():
    found = ask(frame(("L", "B", "0.5"), ("E", "A", "1"), ("B", "C", "0.3"), ("L", "A", "0")))
    assert found["party"].to_list() == ["B", "A", "C"]
    assert found["status"].to_list() == ["covered", "not_covered", "not_covered"]
    assert found["listed_min"].to_list() == [0.5, 0.0, 0.3]
    assert found["chains"].to_list() == ["L -0.5-> B", "", ""]
    assert found["lists"].to_list() == ["entity_list", "", ""]
    assert found["red_flags"].to_list() == ["", "", "B holds 30%"]


def test_a_file_is_read_by_its_content(tmp_path):
    edges = frame(("L", "A", "0.03"), ("L", "B", "0.5"))
    edges.write_csv(tmp_path / "a.data")
    edges.with_columns(pl.col("share").cast(pl.Float64)).write_parquet(tmp_path / "b.data")
    edges.with_columns(pl.col("share").cast(pl.Decimal(10, 4))).write_parquet(tmp_path / "c.data")
    answers = [ask(tmp_path / f"{name}.data")["status"].to_list() for name in "abc"]
    assert answers == [["not_covered", "covered"]] * 3


@pytest.mark.parametrize("length", [63, 64, 65, 66, 300])
def test_rounds_gone_through_by_hand_and_over_arrays_are_the_same(length):
    names = ["L", *(f"P{i}" for i in range(length))]
    found = table(frame(*((a, b, "0.5") for a, b in itertools.pairwise(names)), (names[-1], "P0", "0.5"), ("E", "X", "1")))
    assert found.case.least.round == list(range(length + 1))
    assert found.statuses().to_list() == ["covered"] * length + ["not_covered"]
    assert found.answer().listed_share["P0"].min == 1.0


def test_a_chain_of_a_hundred_thousand_ends_soon():
    names = pl.Series([f"P{i}" for i in range(100_001)])
    edges = pl.DataFrame({"owner": names[:-1], "owned": names[1:], "share": pl.repeat("0.5", 100_000, eager=True)})
    found = table(edges, {"P0": ["meu"]})
    assert found.statuses().unique().to_list() == ["covered"]
    assert found.chains["P100000"][0].startswith("P0 -0.5-> P1 -0.5-> P2 -0.5-> P3 ... (99,994 more) ...")


def test_shares_of_more_decimals_make_the_units_smaller_and_stay_exact():
    edges = frame(("L", "A", "0.499999999999"), ("L", "B", "0.5"), ("E", "B", "0.000000000001"))
    found = table(edges)
    assert found.table.units.places == 12
    assert found.statuses().to_list() == ["not_covered", "covered"]
    with pytest.raises(TooFine):
        table_of(frame(("L", "A", "0.4999999999999999")))


def test_binary_numbers_stand_for_the_decimals_that_they_are_written_as():
    shares = [n / 10_000 for n in range(10_001)]
    edges = pl.DataFrame({"owner": ["L"] * 10_001, "owned": [f"P{i}" for i in range(10_001)], "share": shares})
    found = table_of(edges)
    assert (found.low == np.arange(10_001) * 100_000).all()


def test_sums_that_64_bits_cannot_hold_are_seen():
    rows = [("L", "A", "1")] * 20_000 + [("L", "A", "> 1%")]
    assert fits(table_of(frame(*rows[:10])))
    assert not fits(table_of(frame(*rows * 6)))


def test_parts_add_up_and_a_party_in_part_its_own_is_reported():
    found = table(frame(("L", "A", "0.2"), ("L", "A", "0.3"), ("A", "A", "0.5")))
    assert found.statuses().to_list() == ["covered"]
    assert found.chains == {"A": ["L -0.2+0.3-> A"]}
    assert found.answer().reports == ["A is said to hold a part of itself; the holding is ignored"]


def test_many_faults_of_one_kind_are_counted():
    rows = [("L", f"P{i}", "0.9") for i in range(250)] + [("E", f"P{i}", "0.9") for i in range(250)]
    reports = table(frame(*rows)).answer().reports
    assert len(reports) == 201
    assert reports[0].endswith("its owners hold 1.8 of it, more than all; the shares are used as given")
    assert reports[-1] == "50 more parties of which the owners hold more than all"


def test_an_empty_table_has_no_parties():
    found = table(frame())
    assert found.frame().height == 0
    assert found.answer().status == {}


def test_the_network_of_a_day_leaves_out_what_does_not_stand():
    columns = ("owner", "owned", "share", "from", "to")
    edges = frame(
        ("L", "A", "0.5", "2025-10-16", ""),
        ("L", "B", "0.5", "", "2025-10-15"),
        ("L", "C", "0.5", "2025-10-15", "2025-10-16"),
        columns=columns,
    )
    found = table_of(edges)
    assert network(found, DAY).owned.tolist() == [found.names.to_list().index("C")]
    assert ask(edges)["status"].to_list() == ["not_covered", "not_covered", "covered"]


def test_a_row_that_cannot_be_read_stops_a_frame_with_its_line():
    with pytest.raises(BadInput, match=r"^line 2: share: 'x' is not a share; write 0\.51 or 51%; the share is taken as unknown$"):
        ask(frame(("L", "A", "0.5"), ("L", "B", "x")))
