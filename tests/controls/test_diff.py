"""What changes between two dates, and between the law and a draft."""

from __future__ import annotations

import datetime as dt

from thalweg.controls import diff, rulebook
from thalweg.pack import load_pack
from thalweg.pack.overlay import overlay

PACK = load_pack()
BOOK = rulebook(PACK)
OLD, NEW = dt.date(2023, 11, 16), dt.date(2023, 11, 17)


def sale(identity, item, to, value=None, **more):
    party = {"role": "end_user", "country": to, "headquarters": to, "ultimate_parent_headquarters": to}
    return {
        "id": identity,
        "item": item,
        "to": to,
        "value_usd": value,
        "parties": [party],
        "exporter": {"name": "Example Exporter Inc", "country": "US"},
        **more,
    }


PORTFOLIO = [
    sale("a", "NVIDIA H800 SXM", "CN", 1_000_000),
    sale("b", "NVIDIA H100 SXM", "VN", 250_000),
    sale("c", "NVIDIA L20", "CN", 70_000),
    sale("d", "NVIDIA H100 SXM", "DE"),
    sale("e", "NVIDIA H100 SXM", "CN", 5),
]


def test_two_dates_around_the_rule_of_2023():
    found = diff(BOOK, BOOK, PORTFOLIO, before_date=OLD, after_date=NEW)
    rows = {r.id: r for r in found.rows}
    assert [r.id for r in found.changed] == ["a", "b", "e"]
    assert (rows["a"].before, rows["a"].after, rows["a"].after_policy) == (
        "no_license_required",
        "license_required",
        "presumption_of_denial",
    )
    assert "us-ear/742/6-a-6-iii-A-2023" in [t.rule for t in rows["a"].starts]
    assert (rows["e"].before, rows["e"].after) == ("license_required", "license_required")
    assert found.value_changed_usd == 1_250_005


def test_what_ends_is_named_too():
    found = diff(BOOK, BOOK, PORTFOLIO[4:], before_date=OLD, after_date=NEW)
    assert [t.rule for t in found.rows[0].ends] == ["us-ear/742/6-a-6-iii-2022"]


def test_the_same_day_changes_nothing():
    found = diff(BOOK, BOOK, PORTFOLIO, before_date=NEW, after_date=NEW)
    assert found.changed == []
    assert found.value_changed_usd == 0
    assert all(not r.starts and not r.ends for r in found.rows)


def test_a_draft_is_told_apart_from_the_law_and_says_what_it_leaves_out():
    draft = rulebook(overlay(PACK, "safe-chips-act"))
    day = dt.date(2026, 12, 2)
    found = diff(BOOK, draft, [sale("x", "NVIDIA L40", "CN", 10)], before_date=day, after_date=day)
    row = found.rows[0]
    assert (row.before, row.after, row.changed) == ("license_exception", "license_required", True)
    assert [t.rule for t in row.starts if "safe-chips" in t.rule]
    assert found.not_expressed
    assert found.after["pack"]["overlays"][0]["id"] == "safe-chips-act"
    assert "1 of 1 change" in found.explain()


def test_rows_without_an_id_are_numbered():
    nameless = [{k: v for k, v in s.items() if k != "id"} for s in PORTFOLIO[:2]]
    assert [r.id for r in diff(BOOK, BOOK, nameless, before_date=OLD, after_date=NEW).rows] == ["1", "2"]
