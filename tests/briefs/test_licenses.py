from __future__ import annotations

import datetime as dt

from thalweg.briefs.licenses import Ledger
from thalweg.briefs.portfolio import Deal, License
from thalweg.briefs.words import fit

DAY = dt.date(2026, 12, 1)


def held(**changed):
    given = {"id": "L", "products": ["chip"], "customers": ["lotus"], "destinations": ["VN"], "value_usd": 100, "value_used_usd": 30}
    return License(**given | changed)


def deal(value=50.0, **changed):
    return Deal(**{"id": "A", "product": "chip", "customer": "lotus", "value_usd": value, "quantity": 5} | changed)


def ledger(*licenses):
    return Ledger(list(licenses), lambda place: {"HK": "CN"}.get(place, place))


def test_what_is_left_is_what_was_authorized_less_what_was_used_and_the_deal():
    (cover,) = ledger(held()).draw(deal(50), "VN", DAY)
    assert cover.enough
    assert cover.value_left_usd == 20


def test_each_deal_draws_on_what_the_one_before_left():
    book = ledger(held())
    assert book.draw(deal(50), "VN", DAY)[0].enough
    (second,) = book.draw(deal(50), "VN", DAY)
    assert not second.enough
    assert second.value_left_usd == -30


def test_a_deal_that_does_not_fit_draws_nothing():
    book = ledger(held())
    assert not book.draw(deal(71), "VN", DAY)[0].enough
    assert book.draw(deal(70), "VN", DAY)[0].value_left_usd == 0


def test_pieces_are_counted_beside_the_value():
    (cover,) = ledger(held(quantity=8, quantity_used=4)).draw(deal(50), "VN", DAY)
    assert not cover.enough
    assert cover.quantity_left == -1


def test_a_license_counted_in_pieces_does_not_suffice_for_a_deal_without_a_quantity():
    (cover,) = ledger(held(quantity=8)).draw(deal(50, quantity=None), "VN", DAY)
    assert not cover.enough


def test_a_license_is_good_through_the_day_on_which_it_ends():
    assert ledger(held(ends=DAY)).draw(deal(), "VN", DAY)[0].enough
    (late,) = ledger(held(ends=DAY)).draw(deal(), "VN", DAY + dt.timedelta(1))
    assert late.ends_before
    assert not late.enough


def test_the_first_license_that_suffices_is_drawn_down_and_no_other():
    book = ledger(held(), held(id="M", value_used_usd=0))
    first, second = book.draw(deal(60), "VN", DAY)
    assert first.enough
    assert second.enough
    assert [c.value_left_usd for c in book.draw(deal(60), "VN", DAY)] == [-50, 40]


def test_a_license_covers_only_the_products_customers_and_destinations_that_it_names():
    assert ledger(held(products=["other"])).draw(deal(), "VN", DAY) == []
    assert ledger(held(customers=["other"])).draw(deal(), "VN", DAY) == []
    assert ledger(held()).draw(deal(), "MY", DAY) == []
    assert ledger(held(products=[])).draw(deal(), "VN", DAY) == []


def test_a_license_for_china_covers_hong_kong_as_the_regulations_do():
    assert ledger(held(destinations=["CN"])).draw(deal(), "HK", DAY)[0].enough


def test_a_row_of_a_license_says_what_is_left_today_and_after_the_deals_it_covers():
    book = ledger(held(ends=DAY, number="D-1", quantity=8, quantity_used=1))
    book.draw(deal(50), "VN", DAY)
    book.draw(deal(50, id="B"), "VN", DAY)
    (row,) = book.rows(DAY, {"lotus": "Lotus Cloud JSC"})
    assert (row.license, row.customers, row.deals) == ("D-1", ["Lotus Cloud JSC"], ["A"])
    assert (row.value_usd, row.left_usd, row.left_after_usd) == (100, 70, 20)
    assert (row.quantity, row.left, row.left_after) == (8, 7, 2)
    assert not row.ended
    assert book.rows(DAY + dt.timedelta(1), {})[0].ended


def test_what_a_license_lacks_is_said_in_dollars_and_pieces():
    (cover,) = ledger(held(quantity=4)).draw(deal(90), "VN", DAY)
    assert fit(cover) == "does not suffice: is short by 20 USD and 1 piece"
    (cover,) = ledger(held()).draw(deal(50), "VN", DAY)
    assert fit(cover) == "covers it; 20 USD left after it"


def test_every_defect_of_a_license_is_said():
    (cover,) = ledger(held(quantity=8, quantity_used=4, ends=DAY)).draw(deal(90), "VN", DAY + dt.timedelta(1))
    assert fit(cover) == f"does not suffice: ends {DAY}, before the deal; is short by 20 USD and 1 piece"
    (cover,) = ledger(held(quantity=8)).draw(deal(50, quantity=None), "VN", DAY)
    assert fit(cover) == "does not suffice: is counted in pieces, and the deal states none"
