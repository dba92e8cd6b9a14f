"""Tables of holdings: what is read, and what is said of what cannot be."""

from __future__ import annotations

import io

import numpy as np
import polars as pl
import pytest

from thalweg.evidence import BadInput
from thalweg.sources.ownership import tables
from thalweg.sources.ownership.tables import read_rows, read_table, table_of


def read(text, kind="csv"):
    return read_table(io.BytesIO(text.encode() if isinstance(text, str) else text), kind)


def shares(text):
    table = read(text)
    whole = table.units.whole
    return [(low / whole, high / whole) for low, high in zip(table.low.tolist(), table.high.tolist(), strict=True)]


def test_numbers_percentages_ranges_and_empty_cells_are_shares():
    cells = ["0.5", ".5", "1", "1.000", "0", "51%", "50,5 %", "25-50%", "", " 0.25 "]
    text = "owner,owned,share\n" + "".join(f'L,P{i},"{cell}"\n' for i, cell in enumerate(cells))
    expected = [(0.5, 0.5), (0.5, 0.5), (1, 1), (1, 1), (0, 0), (0.51, 0.51), (0.505, 0.505), (0.25, 0.5), (0, 1), (0.25, 0.25)]
    assert shares(text) == expected
    assert read(text).problems == ()
    assert read(text).unstated.tolist() == [cell == "" for cell in cells]


def test_least_and_most_may_stand_in_columns_of_their_own():
    assert shares("owned,max,min,owner,note\nA,0.5,0.25,L,x\nB,,0.3,L,\nC,40%,,L,\nD,,,L,\n") == [(0.25, 0.5), (0.3, 1), (0, 0.4), (0, 1)]


BAD = [
    ("0.5x", "share: '0.5x' is not a share; write 0.51 or 51%; the share is taken as unknown"),
    ("51", "share: 51 is more than 1, the whole; for 51 percent write 0.51; the share is taken as unknown"),
    ("151%", "share: 151% is more than the whole; the share is taken as unknown"),
    ("-0.1", "share: -0.1 is below 0; the share is taken as unknown"),
    ("nan", "share: NaN is not a number from 0 to 1; the share is taken as unknown"),
    ("inf", "share: Infinity is not a number from 0 to 1; the share is taken as unknown"),
    ("1e-400", "share: a share of 400 decimals; 60 at most; the share is taken as unknown"),
    ("about 51%", "share: 'about 51%' is not a share; write 0.51 or 51%; the share is taken as unknown"),
]


@pytest.mark.parametrize(("cell", "says"), BAD)
def test_a_share_that_cannot_be_read_is_unknown_and_its_line_is_told(cell, says):
    table = read(f"owner,owned,share\nL,A,0.5\nL,B,{cell}\n")
    assert table.problems == ((3, says),)
    assert (table.low[1], table.high[1], table.unstated[1]) == (0, table.units.whole, True)


def test_a_row_without_a_party_is_left_out_and_told():
    table = read("owner,owned,share\n,A,0.5\nL,,0.5\nL,A,0.5\n")
    assert len(table) == 1
    assert table.problems == (
        (2, "owner: should name a party; the row is left out"),
        (3, "owned: should name a party; the row is left out"),
    )


def test_a_holding_with_an_unreadable_day_may_or_may_not_stand():
    table = read("owner,owned,share,from,to\nL,A,0.5,2025-13-01,\nL,B,0.5,2025-02-01,2025-01-01\nL,C,0.5,,\n")
    assert [line for line, _ in table.problems] == [2, 3]
    assert table.low.tolist() == [0, 0, table.units.whole // 2]
    assert table.start.tolist() == [0, 0, 0]


REFUSED = [
    ("owner,ownd,share\n", "lacks the column 'owned'; it has owner, ownd, share; did you mean"),
    ("owner,owned,percent\n", "lacks the column 'share' (or min and max); it has owner, owned, percent"),
    ("owner,owned,share,Share\n", "the column 'share' stands twice"),
    ("owner,owned,share\nL,A,1,2\n", "line 2: has 4 fields; the header has 3"),
    (b"owner,owned,share\nL,\xff\xfe,1\n", "not CSV"),
    ('owner,owned,share\n"L,A,1\n', "not CSV"),
]


@pytest.mark.parametrize(("text", "says"), REFUSED)
def test_a_file_that_is_no_such_table_is_refused(text, says):
    with pytest.raises(BadInput) as caught:
        read(text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_broken_parquet_file_is_refused():
    with pytest.raises(BadInput, match="not Parquet"):
        read(b"PAR1 and nothing more", "parquet")


def test_a_mark_of_byte_order_capitals_and_spaces_in_the_header_do_no_harm():
    table = read("\ufeffOwner, Owned ,SHARE\nL,A,0.5\n")
    assert set(table.names.to_list()) == {"L", "A"}


def test_names_are_kept_as_they_are_but_for_spaces_at_their_ends():
    table = read('owner,owned,share\n 华为技术有限公司 ,"A, Inc.",0.5\n')
    assert set(table.names.to_list()) == {"华为技术有限公司", "A, Inc."}


def test_equal_hashes_of_different_names_are_told_apart(monkeypatch):
    owner, owned = pl.Series(["L", "M", "L"]), pl.Series(["A", "A", "B"])
    expected = tables._encoded(owner, owned)
    original = pl.Series.hash
    monkeypatch.setattr(
        pl.Series, "hash", lambda self, seed=0: original(self, seed=1) if seed else pl.repeat(7, len(self), dtype=pl.UInt64, eager=True)
    )
    found = tables._encoded(owner, owned)
    for codes, names in ((expected[:2], expected[2]), (found[:2], found[2])):
        assert [[names[int(c)] for c in side] for side in codes] == [["L", "M", "L"], ["A", "A", "B"]]


def test_countries_beside_the_parties_are_read():
    table = read("owner,owned,share,owner_country,owned_country\nL,A,1,CN,US\nA,B,1,,VN\n")
    assert {n: p.country for n, p in table.parties.items()} == {"L": "CN", "A": "US", "B": "VN"}


def test_shares_too_fine_for_arrays_are_read_row_by_row():
    text = "owner,owned,share,from\nL,A,0.49999999999999999999,\n,B,1,\nL,C,x,2020-01-01\nL,D,1,x\n"
    with pytest.raises(tables.TooFine):
        read(text)
    graph, problems = read_rows(io.BytesIO(text.encode()), "csv")
    assert [str(e.share) for e in graph.edges] == ["0.49999999999999999999", "?", "?"]
    assert [line for line, _ in problems] == [3, 4, 5]


def test_plain_decimals_come_out_exact_whatever_they_are():
    chance = np.random.default_rng(3)
    whole = chance.integers(0, 10**9, 5_000)
    cells = [f"0.{n:09d}" for n in whole.tolist()]
    table = table_of(pl.DataFrame({"owner": ["L"] * 5_000, "owned": [f"P{i}" for i in range(5_000)], "share": cells}))
    assert (table.low == whole).all()
    assert (table.high == whole).all()
