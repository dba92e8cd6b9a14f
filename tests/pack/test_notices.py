"""Notices of the Federal Register: each with a date, a source, and a volume that fits its year."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from thalweg.pack import load_pack
from thalweg.pack.check import validate

HEADER = "citation,effective_date,published,url,source,basis,note\n"


def test_the_embedded_notices_say_when_they_took_effect():
    pack = load_pack()
    assert pack.notices["84 FR 22963"] == dt.date(2019, 5, 16)
    assert pack.notices["89 FR 96830"] == dt.date(2024, 12, 2)
    assert pack.notices_published["84 FR 22963"] == dt.date(2019, 5, 21)
    assert "86 FR 71560" not in pack.notices  # one source says 16, another 17 December
    assert all(c in pack.notices_published for c in pack.notices)


def test_later_pages_are_of_the_same_day_or_later():
    published = load_pack().notices_published
    pages = sorted((int(v), int(p), date) for (v, p), date in ((c.split(" FR "), d) for c, d in published.items()))
    assert all(a[2] <= b[2] for a, b in itertools.pairwise(pages))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("84 F.R. 1,2019-01-02,,,x,primary,", "citation: '84 F.R. 1' is not in the form '84 FR 22963'"),
        ("84 FR 1,,,,x,primary,", "has neither an effective date nor a date of publication"),
        ("84 FR 1,2019-13-02,,,x,primary,", "effective_date: '2019-13-02' is not a date"),
        ("84 FR 1,,2020-01-02,,x,primary,", "published: volume 84 is of 2019, not 2020"),
        ("84 FR 1,2019-09-02,2019-01-02,,x,primary,", "the effective date is 243 days from the publication"),
        ("84 FR 1,2019-01-02,,,,primary,", "has no source"),
        ("84 FR 1,2019-01-02,,,x,rumour,", "basis: 'rumour' is not one of primary"),
        ("84 FR 9,2019-01-02,,,x,primary,\n84 FR 9,2019-01-02,,,x,primary,", "the notice '84 FR 9' stands twice"),
    ],
)
def test_a_row_that_does_not_hold_to_the_form_is_a_problem_with_its_line(row, says, small):
    (small / "parties").mkdir()
    (small / "parties" / "notices.csv").write_text(HEADER + row + "\n", encoding="utf-8")
    _, problems = validate(small)
    assert [str(p) for p in problems if says in str(p) and str(p).startswith("parties/notices.csv:")]


def test_a_pack_without_notices_has_none(small):
    assert load_pack(small).notices == {}
