"""What is known of each source, and the size that a copy of its list must have."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import ValidationError

import thalweg.sources
from thalweg.nouns.listing import LIST_IDS, ListCopy, ListEntry
from thalweg.sources import SOURCES, Implausible, Source, check_band, missing_lists, read_lists
from thalweg.sources.read import readers

GOOD = {
    "id": "x",
    "title": "X",
    "publisher": "Y",
    "page": "https://example.gov",
    "terms": "free",
    "cadence_days": 1,
    "stale_after_days": 2,
    "by_hand": "ask",
    "formats": ["csv"],
    "lists": {"uvl": [{"min": 1, "max": 2}]},
}


def copy(list_id, rows, date="2026-07-31", source="csl"):
    entries = tuple(ListEntry(list_id, str(n), "A") for n in range(rows))
    return ListCopy(list_id, dt.date.fromisoformat(date), entries, source, f"{source}.csv")


def test_every_source_with_a_folder_is_known_and_has_a_reader():
    folders = {p.parent.name for p in Path(thalweg.sources.__file__).parent.glob("*/source.yaml")}
    assert folders == set(SOURCES) == set(readers())


def test_every_list_has_a_source():
    assert {list_id for source in SOURCES.values() for list_id in source.lists} == set(LIST_IDS)


def test_the_page_on_list_formats_names_every_source_list_and_form(root):
    page = (root / "docs/reference/list-formats.md").read_text(encoding="utf-8")
    rows = {row.split("`")[1]: row for row in page.splitlines() if row.startswith("| `")}
    for source_id, source in SOURCES.items():
        assert all(f"`{list_id}`" in rows[source_id] for list_id in source.lists)
        assert all(form in rows[source_id] for form in source.formats)


def test_the_page_on_list_formats_names_every_field_that_is_not_plain(root):
    page = (root / "docs/reference/list-formats.md").read_text(encoding="utf-8").partition("## Fields of an entry")[2]
    for name in {f.name for f in fields(ListEntry)} - {
        "list",
        "type",
        "addresses",
        "programs",
        "license_requirement",
        "license_policy",
        "url",
    }:
        assert f"`{name}`" in page, name


def test_addresses_are_encrypted_and_names_of_files_stay_in_their_folder():
    for source in SOURCES.values():
        assert source.page.startswith("https://")
        for download in source.downloads:
            assert download.url.startswith("https://")
            assert "/" not in download.file


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    "file",
    [
        "csl_2026-07-31.csv",
        "csl_full_schema_2022-05-16.csv",
        "bis_entity_list.json",
        "bis_dpl.json",
        "bis_meu.json",
        "dow_1260h.json",
        "ofac_nscmic.json",
    ],
)
def test_the_real_copies_are_of_a_plausible_size(file, lists, lookups):
    for found in read_lists(lists / file, lookups):
        check_band(found)


def test_a_list_that_lost_its_rows_is_refused_with_its_band():
    with pytest.raises(Implausible, match=r"csl\.csv: sdn of 2026-07-31 has 4,181 rows; 13,000 to 30,000 are expected, so it is not taken"):
        check_band(copy("sdn", 4_181))


def test_the_band_is_that_of_the_day():
    check_band(copy("sdn", 10_026, "2022-05-16"))
    with pytest.raises(Implausible):
        check_band(copy("sdn", 10_026, "2026-07-31"))


def test_a_list_that_vanished_is_named():
    assert missing_lists([copy("entity_list", 1), copy("uvl", 1)])[:3] == ("csl: meu", "csl: dpl", "csl: sdn")
    assert missing_lists([copy("sdn", 1, source="ofac")]) == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lists": {"nope": [{"min": 1, "max": 2}]}}, "'nope' is not a list"),
        ({"lists": {"uvl": [{"min": 3, "max": 2}]}}, "min 3 is over max 2"),
        ({"stale_after_days": 0}, "stale_after_days"),
        ({"cadence_days": 9}, "stale_after_days is under cadence_days"),
        ({"downloads": [{"url": "http://example.gov/a", "file": "a"}]}, "url"),
        ({"downloads": [{"url": "https://example.gov/a", "file": "../a"}]}, "file"),
        ({"downloads": [{"url": "https://example.gov/{date}", "file": "a"}]}, "dated_by is empty"),
        ({"by_hand": ""}, "by_hand"),
        ({"extra": 1}, "extra"),
    ],
)
def test_metadata_that_does_not_hold_together_is_refused(change, says):
    with pytest.raises(ValidationError, match=says):
        Source.model_validate(GOOD | change)
