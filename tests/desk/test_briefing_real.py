"""A briefing whose customers are screened against the real Consolidated Screening List of 2026-07-31."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from thalweg.briefs import Briefing
from thalweg.desk.briefing import briefed
from thalweg.desk.gathering import gatherer
from thalweg.pack import load_pack

pytestmark = pytest.mark.needs_shared
PACK = load_pack()
DATE = dt.date(2026, 11, 25)
CUSTOMERS = """\
[firm]
name = "Meander Silicon, Inc."
[[products]]
id = "card"
item = "NVIDIA RTX 4080"
[[customers]]
id = "smic"
name = "Semiconductor Manufacturing International Corporation"
country = "CN"
[[customers]]
id = "piricas"
name = "PIRICAS TRADING COMPANY"
country = "AM"
headquarters = "AM"
ultimate_parent_headquarters = "AM"
[[customers]]
id = "kunlun"
name = "Bank of Kunlun Co Ltd"
country = "CN"
[[customers]]
id = "rhein"
name = "Rhein Rechen GmbH"
country = "DE"
[[deals]]
id = "A"
product = "card"
customer = "piricas"
value_usd = 100000
[[deals]]
id = "B"
product = "card"
customer = "piricas"
value_usd = 100000
date = 2026-02-02
"""


@pytest.fixture(scope="module")
def found(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Briefing:
    """The briefing."""
    path = tmp_path_factory.mktemp("real") / "portfolio.toml"
    path.write_text(CUSTOMERS, encoding="utf-8")
    screen = gatherer(lists=[shared / "data/lists/csl_2026-07-31.csv"], pack=PACK)
    return briefed(path, pack=PACK, date=DATE, gatherer=screen)


def row(found: Briefing, identity: str) -> Any:
    """The row of a customer."""
    return next(c for c in found.counterparties.rows if c.id == identity)


def test_the_copies_are_those_of_the_file_with_their_rows_and_age(found):
    copies = {c.list_id: (c.data_date, c.age_days, c.rows) for c in found.counterparties.copies}
    assert len(copies) == 12
    assert sum(rows for *_, rows in copies.values()) == 25_921
    assert copies["entity_list"] == ("2026-07-31", 117, 3420)
    assert copies["sdn"] == ("2026-07-31", 117, 19_181)


def test_a_listed_chip_maker_stands_on_each_of_its_lists_once(found):
    entries = {e.list_id: e for e in row(found, "smic").entries}
    assert set(entries) == {"entity_list", "cmic"}
    assert (entries["entity_list"].level, entries["entity_list"].since) == ("exact", "2020-12-18")
    assert (entries["cmic"].entry_id, entries["cmic"].level, entries["cmic"].since) == ("30951", "strong", "")
    assert row(found, "smic").unmatched.startswith("No match in the other 10 lists of 2026-07-31, 22,433 rows.")


def test_a_bank_stands_under_the_number_of_its_issuer(found):
    assert ("cap", "15268") in {(e.list_id, e.entry_id) for e in row(found, "kunlun").entries if not e.open}


def test_an_entry_without_a_date_leaves_the_deal_before_the_copy_open_and_counts_for_the_deal_after_it(found):
    (entry,) = [e for e in row(found, "piricas").entries if e.list_id == "uvl"]
    assert (entry.level, entry.since) == ("strong", "")
    deals = {d.id: [(h.standing, h.depends) for h in d.listed] for d in found.deals}
    assert deals == {"A": [("listed", "")], "B": [("open", "if the entry stood on that day")]}


def test_an_unlisted_company_is_not_called_clear(found):
    assert row(found, "rhein").entries == []
    assert row(found, "rhein").unmatched.startswith("No match in 12 lists of 2026-07-31, 25,921 rows.")
