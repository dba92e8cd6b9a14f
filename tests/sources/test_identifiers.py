"""Numbers of parties and their check digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.nouns.listing import Identifier
from thalweg.sources.identifiers import identifier, kind_of, valid_imo, valid_lei


@pytest.mark.parametrize("number", ["9074729", "8898831", "8984484"])
def test_the_number_of_a_ship_ends_in_its_check_digit(number):
    assert valid_imo(number)


@given(st.sampled_from(["9074729", "8898831"]), st.integers(0, 6), st.integers(1, 9))
def test_a_slip_of_one_digit_is_found_unless_the_weighted_sum_hides_it(number, place, step):
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    weight = [7, 6, 5, 4, 3, 2, -1][place]
    assert valid_imo(wrong) == ((int(wrong[place]) - int(number[place])) * weight % 10 == 0)


@pytest.mark.parametrize("number", ["253400V1H6ART1UQ0N98", "253400HA6URWT39X2982", "25340038P8SYW80B9W34"])
def test_a_legal_entity_identifier_ends_in_its_check_digits(number):
    assert valid_lei(number)
    assert not valid_lei(number[:-1] + str((int(number[-1]) + 1) % 10))
    assert not valid_lei(number.lower())


@pytest.mark.parametrize(
    ("title", "value", "found"),
    [
        ("Vessel Registration Identification", "IMO 9074729", Identifier("imo", "9074729")),
        ("Vessel Registration Identification", "IMO 9074728", Identifier("other", "9074728")),
        ("Company Number", "IMO 5811502", Identifier("other", "IMO 5811502")),
        ("Legal Entity Number", "253400V1H6ART1UQ0N98", Identifier("lei", "253400V1H6ART1UQ0N98")),
        ("Legal Entity Number", "852496527", Identifier("registration", "852496527")),
        ("Registration Number", "253400V1H6ART1UQ0N98", Identifier("lei", "253400V1H6ART1UQ0N98")),
        ("Unified Social Credit Code (USCC)", "91110000MA005UCQ5P", Identifier("uscc", "91110000MA005UCQ5P")),
        ("Unified Social Credit Code (USCC)", "123", Identifier("registration", "123")),
        ("Digital Currency Address - XBT", "1Fz29BQp82pE3vXXcsZoMNQ3KSHfMzfMe3", Identifier("other", "1Fz29BQp82pE3vXXcsZoMNQ3KSHfMzfMe3")),
    ],
)
def test_a_number_is_what_its_value_bears_out(title, value, found):
    kind = kind_of(title)
    assert kind is not None
    assert identifier(kind, value) == found


@pytest.mark.parametrize("title", ["Gender", "Website", "Email Address", "Secondary sanctions risk:", "Target Type", ""])
def test_what_is_no_number_of_a_party_is_left_out(title):
    assert kind_of(title) is None
