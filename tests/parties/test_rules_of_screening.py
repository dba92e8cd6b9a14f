"""Each rule of screening by itself."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.nouns.listing import Identifier
from thalweg.parties.levels import model
from thalweg.parties.query import party
from thalweg.parties.screen import screen


def level(hits):
    return hits[0].level if hits else None


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("kind", "value", "asked"),
    [
        ("lei", "5493001KJTIIGC8Y1R12", {"lei": "5493001kjtiigc8y1r12"}),
        ("imo", "9187629", {"imo": "IMO 9187629"[4:]}),
        ("passport", "AB 123-456", {"passport": "ab123456"}),
        ("uscc", "91440300279548577R", {"tax_id": "91440300279548577R"}),
    ],
)
def test_an_equal_number_is_strong_whatever_the_name(look, entry, kind, value, asked):
    listed = entry("Northern Lights Trading", identifiers=(Identifier(kind, value),))
    hits = look(listed, "Something Else Entirely", **asked)
    assert level(hits) == "strong"
    assert any(w.startswith("same ") and ":" in w for w in hits[0].why)


def test_a_number_of_zeros_or_of_few_characters_proves_nothing(look, entry):
    listed = entry("Northern Lights Trading", identifiers=(Identifier("passport", "0000000"), Identifier("tax_id", "123")))
    assert not look(listed, "Something Else Entirely", passport="0000000", tax_id="123")


# ---------------------------------------------------------------- evidence for and against


def test_an_exact_name_is_strong(look, entry):
    assert level(look(entry("Yangtze River Optics Co., Ltd."), "Yangtze River Optics")) == "strong"


@pytest.mark.parametrize(
    ("fields", "asked", "told"),
    [
        ({"birth_dates": ("1961-03-25",)}, {"birth_date": "1975-01-02"}, "another birth date"),
        ({"countries": ("RU",)}, {"country": "BR"}, "another country"),
        ({"type": "vessel", "identifiers": (Identifier("imo", "9187629"),)}, {"imo": "9187630"}, "another IMO number"),
    ],
)
def test_a_conflict_lowers_an_exact_name_one_level_and_says_so_and_never_hides_it(look, entry, fields, asked, told):
    listed = entry("Kazimir Dobrolyubov", **fields)
    assert level(look(listed, "Kazimir Dobrolyubov")) == "strong"
    hits = look(listed, "Kazimir Dobrolyubov", **asked)
    assert level(hits) == "possible"
    assert any(told in w and "one level lower" in w for w in hits[0].why)


def test_two_conflicts_lower_no_further_than_one(look, entry):
    listed = entry("Kazimir Dobrolyubov", countries=("RU",), birth_dates=("1961",))
    assert level(look(listed, "Kazimir Dobrolyubov", country="BR", birth_date="1990")) == "possible"


def test_a_conflict_takes_a_misspelled_name_below_possible(look, entry):
    listed = entry("Kazimir Dobrolyubov", type="individual", birth_dates=("1961-03-25",))
    assert level(look(listed, "Kasimir Dobrolubov")) in ("possible", "strong")
    lower = look(listed, "Kasimir Dobrolubov", birth_date="1990-01-01")
    assert {"strong": 2, "possible": 1, "weak": 0}[level(lower)] + 1 == {"strong": 2, "possible": 1}[
        level(look(listed, "Kasimir Dobrolubov"))
    ]


@pytest.mark.parametrize(("listed", "asked"), [("1961", "1961-03-25"), ("1961-03", "1961-03-25"), ("1961-03-25", "1961")])
def test_birth_dates_agree_at_the_precision_that_both_have(look, entry, listed, asked):
    hits = look(entry("Kazimir Dobrolyubov", birth_dates=(listed,)), "Kazimir Dobrolyubov", birth_date=asked)
    assert level(hits) == "strong"


def test_the_same_birth_date_raises_one_level(look, entry):
    listed = entry("Robert Ramirez Wheeler", type="individual", birth_dates=("1961-03-25",))
    plain = look(listed, "Roberta Wheler Gomez", level="weak")
    raised = look(listed, "Roberta Wheler Gomez", level="weak", birth_date="1961-03-25")
    assert plain[0].level == "weak"
    assert raised[0].level == "possible"


def test_the_same_address_raises_one_level(look, entry):
    listed = entry("Zenith Marine Services", addresses=("Room 1203, 88 Harbour Road, Wanchai, Hong Kong",))
    plain = look(listed, "Zenith Marine Trading")
    raised = look(listed, "Zenith Marine Trading", address="88 Harbour Rd, Room 1203, Wanchai, Hong Kong")
    assert (plain[0].level, raised[0].level) == ("weak", "possible")


def test_hong_kong_and_china_are_not_in_conflict(look, entry):
    listed = entry("Yangtze River Optics", countries=("HK",))
    assert level(look(listed, "Yangtze River Optics", country="CN")) == "strong"


# ---------------------------------------------------------------- types


def test_a_query_of_a_known_type_is_not_matched_to_entries_of_another(look, entry):
    listed = entry("Petrel", type="vessel")
    assert not look(listed, "Petrel", type="entity")
    assert look(listed, "Petrel", type="vessel")


def test_a_type_that_the_list_leaves_empty_fits_every_query(look, entry):
    listed = entry("Kazimir Dobrolyubov", type="")
    for kind in ("individual", "entity", "vessel", "aircraft", ""):
        assert look(listed, "Kazimir Dobrolyubov", type=kind)


def test_a_name_that_can_only_be_an_organizations_is_weak_against_a_person(look, entry):
    listed = entry("DIAZ MENDONCA, Leonardo", type="individual")
    assert level(look(listed, "Leonardo Mendonca Diaz GmbH")) == "weak"


# ---------------------------------------------------------------- words


def test_a_listed_name_of_one_word_is_weak_in_a_longer_name(look, entry):
    hits = look(entry("Dobrolyubov"), "Dobrolyubov Printing House")
    assert level(hits) == "weak"
    assert any("one word of a longer name" in w for w in hits[0].why)


def test_a_word_written_apart_is_no_longer_name(look, entry):
    assert level(look(entry("Goodwillness"), "Good Willness")) in ("strong", "possible")


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("Meridian Growth Fund V L.P.", "Meridian Growth Fund VI L.P."),
        ("No. 13 Research Institute of Marsh Physics", "No. 14 Research Institute of Marsh Physics"),
        ("Mortgage Loan Trust 2004-1", "Mortgage Loan Trust 2005-1"),
        ("Second Marsh Physics Works", "Third Marsh Physics Works"),
        ("第十三研究所", "第十四研究所"),
        ("FU SHENG 8679", "FU SHENG 8680"),
    ],
)
def test_another_number_ordinal_or_vintage_is_at_most_possible(look, entry, listed, asked):
    hits = look(entry(listed), asked)
    assert level(hits) in (None, "possible", "weak")
    assert all(any("another number" in w for w in hit.why) for hit in hits)


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("No. 13 Research Institute of Marsh Physics", "13th Research Institute of Marsh Physics"),
        ("Meridian Growth Fund V", "Meridian Growth Fund 5"),
        ("First Marsh Physics Works", "1st Marsh Physics Works"),
        ("Brigade 44", "Brigade Forty-Four"),
        ("第十三研究所", "第13研究所"),
    ],
)
def test_the_same_number_written_otherwise_is_the_same(look, entry, listed, asked):
    assert level(look(entry(listed), asked)) == "strong"


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("Harbin Institute of Technology", "Shenyang Institute of Technology"),
        ("Harbin Institute of Technology", "Institute of Technology"),
        ("Nanjing University of Science and Technology", "Beijing University of Science and Technology"),
        ("北京理工大学", "南京理工大学"),
    ],
)
def test_places_tell_universities_and_institutes_apart(look, entry, listed, asked):
    hits = look(entry(listed), asked)
    assert level(hits) in (None, "weak")


def test_a_country_that_one_side_leaves_out_does_not_tell_institutes_apart(look, entry):
    assert level(look(entry("China Academy of Marsh Physics"), "Academy of Marsh Physics")) != "weak"


@pytest.mark.parametrize(
    ("listed", "asked"), [("Volga Instrument GmbH", "Volga Instrument AG"), ("OOO Volga Instrument", "Volga Instrument JSC")]
)
def test_another_legal_form_is_less_than_the_same(look, entry, listed, asked):
    other, same = look(entry(listed), asked), look(entry(listed), listed)
    assert same[0].level == "strong"
    assert not other or other[0].score < same[0].score


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("Limited Liability Company Volga Instrument", "OOO Volga Instrument"),
        ("Volga Instrument Aktiengesellschaft", "Volga Instrument AG"),
        ("Volga Instrument Co., Ltd.", "VOLGA INSTRUMENT COMPANY LIMITED"),
        ("Volga Instrument", "Volga Instrument S.A. de C.V."),
    ],
)
def test_a_legal_form_written_otherwise_or_left_out_is_the_same_name(look, entry, listed, asked):
    assert level(look(entry(listed), asked)) == "strong"


def test_a_weak_alias_is_at_most_possible_and_said(look, entry):
    hits = look(entry("Kazimir Dobrolyubov", weak_aliases=("The Gardener",)), "The Gardener")
    assert level(hits) == "possible"
    assert any("calls weak" in w for w in hits[0].why)


# ---------------------------------------------------------------- days


def test_an_entry_is_not_matched_before_its_listing_or_after_its_end(look, entry):
    listed = entry("Yangtze River Optics", listed_on=dt.date(2022, 12, 16), ends_on=dt.date(2024, 5, 1))
    for day, found in ((dt.date(2022, 12, 15), 0), (dt.date(2022, 12, 16), 1), (dt.date(2024, 5, 1), 1), (dt.date(2024, 5, 2), 0)):
        assert len(look(listed, "Yangtze River Optics", date=day)) == found


def test_an_entry_without_a_date_is_matched_with_a_note_before_the_day_of_the_copy(look, entry):
    listed = entry("Yangtze River Optics")
    before = look(listed, "Yangtze River Optics", date=dt.date(2020, 1, 1))
    assert "nothing says whether it was listed on 2020-01-01" in before[0].note
    assert "what was removed between 2020-01-01 and 2026-07-31 is not seen" in before.lists[0].note
    after = look(listed, "Yangtze River Optics", date=dt.date(2026, 8, 1))
    assert after[0].note == ""


# ---------------------------------------------------------------- the answer


def test_an_entry_has_one_hit_with_its_best_alias(look, entry):
    hits = look(entry("Northern Lights Trading", "Aurora Optics", "Aurora Optiks"), "Aurora Optics")
    assert [(h.matched_name, h.name) for h in hits] == [("Aurora Optics", "Northern Lights Trading")]


def test_hits_are_ordered_by_score_then_list_then_entry(look, entry):
    entries = tuple(
        entry("Aurora Optics", list=name, entry_id=number) for name, number in (("sdn", "2"), ("entity_list", "9"), ("sdn", "1"))
    )
    hits = look((*entries, entry("Aurora Opticks", entry_id="0")), "Aurora Optics")
    assert [(h.list, h.entry_id) for h in hits] == [("entity_list", "9"), ("sdn", "1"), ("sdn", "2"), ("sdn", "0")]


def test_no_hit_reads_no_match_in_the_list_and_never_clear(look, entry):
    hits = look(entry("Aurora Optics"), "Green Meadow Bakery")
    assert hits.statement == "no match in sdn of 2026-07-31, 1 rows"
    assert "clear" not in hits.explain()


def test_an_address_only_entry_says_so_in_its_list(look, entry):
    hits = look(entry("Aurora Optics", list="entity_list", address_only=True), "Aurora Optics")
    assert hits[0].list == "entity_list:address_only"


def test_a_hit_carries_where_the_listing_was_published(look, entry):
    hits = look(entry("Aurora Optics", notices=("87 FR 77508",), url="https://example.org/list"), "Aurora Optics")
    assert [(c.citation, c.url) for c in hits[0].citations] == [("87 FR 77508", ""), ("", "https://example.org/list")]


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("Acco Test Technology Co., Ltd. (Hong Kong)", "Acco Test Technology Co., Ltd."),
        ("Marsh Instruments International Traders (MIIT)", "Marsh Instruments International Traders"),
        ("Marsh Silicon Technologies Co., Ltd（Marsilicon）", "Marsh Silicon Technologies Co., Ltd"),
    ],
)
def test_a_name_that_a_list_writes_with_brackets_at_its_end_is_exact_without_them(look, entry, listed, asked):
    assert level(look(entry(listed), asked)) == "strong"


def test_a_party_at_a_listed_address_is_possible_whatever_its_name(look, entry):
    listed = entry("Address 99", addresses=("Room 1203, 88 Harbour Road, Wanchai, Hong Kong",), address_only=True)
    (hit,) = look(listed, "Lotus Bakery Parts", address="88 Harbour Rd, Room 1203, Wanchai, Hong Kong", level="possible")
    assert (hit.level, hit.list) == ("possible", "sdn:address_only")
    assert "the address is listed" in hit.why[0]
    assert not look(listed, "Lotus Bakery Parts", address="12 Nathan Road, Kowloon, Hong Kong")
    assert not look(listed, "Lotus Bakery Parts")


def test_hits_beyond_the_limit_are_counted_and_said(indexed, entry):
    listed = [entry("Yangtze River Optics", entry_id=str(n)) for n in range(5)]
    hits = screen(indexed(*listed), party({"name": "Yangtze River Optics"}), model(), limit=2)
    assert (len(hits), hits.left_out) == (2, 3)
    assert "2 entries and 3 more, left out, to look at in sdn" in hits.statement
    assert hits.model_dump()["left_out"] == 3


def test_a_note_of_a_hit_stands_in_the_text(look, entry):
    hits = look(entry("Yangtze River Optics"), "Yangtze River Optics", date=dt.date(2020, 1, 1))
    assert "nothing says whether it was listed on 2020-01-01" in hits.explain()


# ---------------------------------------------------------------- places, institutions and the alias table


def test_a_name_without_its_place_and_its_last_word_is_found(look, entry):
    listed = entry("Shanghai Fukong Hualong Microsystem Technology Co., Ltd.", list="entity_list")
    for name in ("Fukong Hualong Microsystem", "Fukong Hualong Microsystem Co Ltd", "Fukong Hualong Microsystem Technology"):
        (hit,) = look(listed, name, level="possible")
        assert hit.level in {"possible", "strong"}, name


def test_technology_makes_no_institution_of_a_company_but_laboratories_and_universities_are_some(reader):
    assert {"technology", "sciencetechnology"}.isdisjoint(reader.lexicon.institutions)
    assert {"university", "daxue", "lab", "laboratory", "institute", "yanjiusuo", "polytechnic"} <= reader.lexicon.institutions


def test_an_alias_leads_to_the_name_that_an_entry_is_listed_under(look, entry):
    listed = entry("National University of Defense Technology (NUDT)", "Central South CAD Center", "CSCC", list="entity_list")
    for name in ("国防科技大学", "National University of Defence Technology"):
        (hit,) = look(listed, name)
        assert (hit.level, hit.matched_name) == ("strong", "National University of Defense Technology"), name


def test_a_name_of_the_table_that_no_source_was_found_for_is_possible_at_most_and_says_so(look, entry, reader):
    listed = entry("Honor Device Co., Ltd.", list="entity_list", countries=("CN",))
    (hit,) = look(listed, "荣耀终端有限公司", level="possible")
    assert hit.level == "possible"
    assert any("no source was found for" in why for why in hit.why)
    assert reader.lexicon.unverified["honor"]


def test_a_name_of_the_table_with_a_source_reaches_strong(look, entry):
    listed = entry("Huawei Technologies Co., Ltd.", list="entity_list", countries=("CN",))
    (hit,) = look(listed, "华为技术有限公司", level="possible")
    assert hit.level == "strong"
    assert not any("no source" in why for why in hit.why)
