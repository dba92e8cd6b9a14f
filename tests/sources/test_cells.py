"""Citations, dates and footnotes, in the many ways that lists write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.sources import cells
from thalweg.sources.births import birth_dates
from thalweg.sources.cells import clean, date_in_name, footnotes, full_date, iso_date, linked_to, notices


@pytest.mark.parametrize(
    ("cell", "citations"),
    [
        ("85 FR 83799", ["85 FR 83799"]),
        ("83 FR 37423; 87 FR 77505", ["83 FR 37423", "87 FR 77505"]),
        ("82 F.R. 48792 10/01/2017", ["82 FR 48792"]),
        ("86.F.R. 28540 5/27/2021", ["86 FR 28540"]),
        ("81 F.R.45276 7/13/2016", ["81 FR 45276"]),
        ("88 F.R. 48789, 7/28/2023", ["88 FR 48789"]),
        ("77 FR 61249 No. 195", ["77 FR 61249"]),
        ("73 FR 54507 (9/22/2008), 77 FR 24587", ["73 FR 54507", "77 FR 24587"]),
        ("46 F.R. 46154 9/17/81 and 46 F.R. 19290 3/30/81", ["46 FR 46154", "46 FR 19290"]),
        ("Vol. 88, No. 151, 08/08/2023", ["Vol. 88, No. 151"]),
        ("91 FR 35189 (June 10, 2026)", ["91 FR 35189"]),
        ("84 FR 22963, 84 FR 22963", ["84 FR 22963"]),
        ("", []),
        ("to be published soon", []),
    ],
)
def test_a_citation_has_one_form_however_it_is_written(cell, citations):
    assert [n.citation for n in notices(cell)] == citations


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        ("68 F.R. 38290 6/27/03", dt.date(2003, 6, 27)),
        ("46 F.R. 46154 9/17/81", dt.date(1981, 9, 17)),
        ("Vol. 88, No. 151, 08/08/2023", dt.date(2023, 8, 8)),
        ("61 F.R. 15345 3/31/99", None),  # volume 61 is of 1996
        ("90 F.R. 41970 8/28/20225", None),
        ("88 F.R. 1 2/30/2023", None),
    ],
)
def test_a_printed_date_that_does_not_fit_its_volume_is_not_used(cell, date):
    assert notices(cell)[0].published == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1973", "1973"),
        ("1973-03", "1973-03"),
        ("25 Mar 1973", "1973-03-25"),
        ("Mar 1973", "1973-03"),
        ("03/25/1973", "1973-03-25"),
        ("June 21, 2022", "2022-06-21"),
        ("1973-02-30", None),
        ("31 Foo 1973", None),
        ("", None),
    ],
)
def test_a_date_is_read_at_its_precision(text, date):
    assert iso_date(text) == date


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_a_full_date_survives_each_way_of_writing_it(date):
    for form in ("%Y-%m-%d", "%d %b %Y", "%B %d, %Y", "%m/%d/%Y"):
        assert full_date(date.strftime(form)) == date


@pytest.mark.parametrize(
    ("cell", "dates", "note"),
    [
        ("1971-05-23; 1972", ("1971-05-23", "1972"), ""),
        ("1967 to 1969", ("1967", "1968", "1969"), ""),
        ("circa 1963", (), "born about 1963"),
        ("1920 to 1980", (), "date of birth not read: 1920 to 1980"),
        ("unknown", (), "date of birth not read: unknown"),
    ],
)
def test_an_approximate_date_of_birth_is_noted_and_not_compared(cell, dates, note):
    assert birth_dates(cell) == (dates, note)


@pytest.mark.parametrize(
    ("requirement", "found"),
    [
        ("For all items subject to the EAR, see §§ 734.9(e)1 and 744.11 of the EAR2", ("1",)),
        ("For all items subject to the EAR, see §§ 734.9(e) 1 and 744.11 of the EAR 2", ("1",)),
        ("For all items subject to the EAR, see §§ 736.2(b)(3)(vi), and 744.11 of the EAR, EXCEPT for technology", ("1",)),
        ("For all items subject to the EAR. (See §§ 734.9(g),3 746.8(a)(3), and 744.21(b) of the EAR)", ("3",)),
        ("For all items subject to the EAR. (See §§ 734.9(e)(2) and 744.11 of the EAR)4", ("4",)),
        ("For all items subject to the EAR. (See §§ 734.9(e) and 744.11 of the EAR)4", ("4",)),
        ("For all items subject to the EAR (See §§734.4(a)(9), 734.9(e)(3), and 744.11 of the EAR)5", ("5",)),
        ("For all items subject to the EAR. (See §744.11 of the EAR)", ()),
        ("", ()),
    ],
)
def test_footnotes_follow_the_rule_that_the_requirement_cites(requirement, found):
    assert footnotes(requirement) == found


def test_links_end_with_their_parenthesis():
    remarks = "Note; (Linked To: BIN ALI, Khodr Taher); (Linked To: CORPS (IRGC)-QODS FORCE)"
    assert linked_to(remarks) == ("BIN ALI, Khodr Taher", "CORPS (IRGC)-QODS FORCE")


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("csl_2026-07-31.csv", dt.date(2026, 7, 31)),
        ("list20260731.xml", dt.date(2026, 7, 31)),
        ("dpl_04142026.csv", dt.date(2026, 4, 14)),
        ("sdn.csv", None),
        ("list_2026-13-45.csv", None),
        ("part_123456789012.csv", None),
    ],
)
def test_the_day_in_the_name_of_a_file_is_found(name, date):
    assert date_in_name(name) == date


@given(st.text())
def test_clean_text_is_one_visible_line(text):
    result = clean(text)
    assert result == result.strip()
    assert not any(ord(c) < 32 or c in "\u200e\u200f\u202a\u202e\u2066\u2069" for c in result)
    assert clean(result) == result


@given(st.text(max_size=200))
def test_no_text_upsets_the_reading_of_a_cell(text):
    for reading in (notices, iso_date, footnotes, linked_to, birth_dates, cells.is_address):
        reading(text)
