"""What a path may hold, how a list in it is recognized and dated, and what is refused."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thalweg.evidence import BadInput
from thalweg.nouns.listing import LIST_IDS
from thalweg.sources import read_lists
from thalweg.sources.csl.read import EXTRACT

HEADER = ",".join(EXTRACT) + "\n"
ROW = "EL,Entity List (EL) - Bureau of Industry and Security,Example Co.,,,CN,,,,,85 FR 83799,\n"
UN = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09Z"><ENTITIES><ENTITY><FIRST_NAME>{name}</FIRST_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>
<REFERENCE_NUMBER>KPe.001</REFERENCE_NUMBER><LISTED_ON>2009-04-24</LISTED_ON></ENTITY></ENTITIES></CONSOLIDATED_LIST>"""


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


# ---------------------------------------------------------------- recognizing and dating


def test_a_list_is_known_by_what_it_holds_not_by_its_name(written, lookups, day):
    assert read_lists(written("notes.txt", HEADER + ROW), lookups, data_date=day)[0].list == "entity_list"
    assert read_lists(written("csl.csv", UN.format(name="A")), lookups)[0].list == "un"


def test_the_date_given_goes_before_the_content_and_the_content_before_the_name(written, lookups):
    path = written("un_2020-01-01.xml", UN.format(name="A"))
    assert read_lists(path, lookups, data_date=dt.date(2019, 9, 9))[0].data_date == dt.date(2019, 9, 9)
    assert read_lists(path, lookups)[0].data_date == dt.date(2026, 2, 27)
    assert read_lists(written("csl_2026-07-31.csv", HEADER + ROW), lookups)[0].data_date == dt.date(2026, 7, 31)


def test_without_a_date_anywhere_one_is_asked_for(written, lookups):
    with pytest.raises(BadInput, match=r"consolidated\.csv: neither its content nor its name says of which day it is; give --data-date"):
        read_lists(written("consolidated.csv", HEADER + ROW), lookups)


def test_one_list_can_be_asked_for(written, lookups, day):
    path = written("csl.csv", HEADER + ROW + ROW.replace("EL,Entity List (EL)", "UVL,Unverified List (UVL)"))
    assert [c.list for c in read_lists(path, lookups, data_date=day)] == ["entity_list", "uvl"]
    assert [c.list for c in read_lists(path, lookups, list_id="uvl", data_date=day)] == ["uvl"]
    with pytest.raises(BadInput, match="holds no row of sdn; it holds entity_list, uvl"):
        read_lists(path, lookups, list_id="sdn", data_date=day)
    with pytest.raises(BadInput, match="'ofac' is not a list; known are entity_list"):
        read_lists(path, lookups, list_id="ofac", data_date=day)


def test_a_copy_names_its_file_and_hash(written, lookups, day):
    first = read_lists(written("csl.csv", HEADER + ROW), lookups, data_date=day)[0]
    second = read_lists(written("csl.csv", HEADER + ROW.replace("Example", "Beispiel")), lookups, data_date=day)[0]
    assert (first.file, len(first.sha256)) == ("csl.csv", 64)
    assert first.sha256 != second.sha256


def test_a_folder_gives_the_lists_of_its_files_and_leaves_the_rest(written, lookups, tmp_path):
    written("csl_2026-07-31.csv", HEADER + ROW)
    written("un.xml", UN.format(name="A"))
    written("README.md", "no list")
    written(".un.xml.json", "{}")
    assert [(c.list, c.file) for c in read_lists(tmp_path, lookups)] == [("entity_list", "csl_2026-07-31.csv"), ("un", "un.xml")]


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "{}", "<a/>", "plain text", '{"list_id": "fcc-covered", "entities": []}'])
def test_a_file_of_no_known_form_is_refused(content, written, lookups):
    with pytest.raises(BadInput, match=r"strange\.csv: is not a list in a form known here; known are the forms of csl, "):
        read_lists(written("strange.csv", content), lookups)


def test_what_cannot_be_read_is_said(tmp_path, lookups):
    with pytest.raises(BadInput, match=r"absent\.csv: cannot be read: No such file"):
        read_lists(tmp_path / "absent.csv", lookups)
    with pytest.raises(BadInput, match="holds no list file"):
        read_lists(tmp_path, lookups)


# ---------------------------------------------------------------- hostile input


def test_an_empty_file_is_refused(written, lookups):
    with pytest.raises(BadInput, match=r"csl\.csv: is empty"):
        read_lists(written("csl.csv", b""), lookups)


def test_a_list_without_rows_is_refused(written, lookups, day):
    with pytest.raises(BadInput, match=r"csl\.csv: holds no rows; the last good copy stays"):
        read_lists(written("csl.csv", HEADER), lookups, data_date=day)
    with pytest.raises(BadInput, match="holds no rows"):
        read_lists(written("un.xml", "<CONSOLIDATED_LIST><ENTITIES/></CONSOLIDATED_LIST>"), lookups, data_date=day)


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY a "1"><!ENTITY e "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "https://example.com/x.dtd">',
        "<!DOCTYPE CONSOLIDATED_LIST>",
    ],
)
def test_xml_with_entities_or_a_document_type_is_refused(declared, written, lookups):
    text = UN.format(name="A").replace("?>", f"?>{declared}", 1)
    with pytest.raises(BadInput, match="declares a document type or entities"):
        read_lists(written("un.xml", text), lookups)


@pytest.mark.parametrize("end", [200, 260, 300])
def test_xml_that_is_cut_off_is_refused(end, written, lookups):
    with pytest.raises(BadInput, match=r"is not well-formed XML .*; it may be cut off"):
        read_lists(written("un.xml", UN.format(name="A" * 200)[:end]), lookups)


def test_json_that_is_cut_off_is_refused(written, lookups):
    text = json.dumps({"list_id": "bis-meu", "entities": [{"name": "A"}]})
    with pytest.raises(BadInput, match=r"is not valid JSON .*; it may be cut off"):
        read_lists(written("meu.json", text[:-5]), lookups)


@pytest.mark.slow
def test_a_zip_bomb_is_refused_before_it_unpacks(written, lookups):
    with pytest.raises(BadInput, match=r"unpacks to 300,000,000 bytes in 1 files .* at most .* 200 times its size"):
        read_lists(written("bomb.zip", zipped({"csl.csv": b"0" * 300_000_000})), lookups)


def test_an_archive_of_too_many_files_is_refused(written, lookups):
    with pytest.raises(BadInput, match="1,001 files"):
        read_lists(written("many.zip", zipped({f"{n}.csv": b"a,b" for n in range(1001)}, zipfile.ZIP_STORED)), lookups)


def test_an_archive_that_is_cut_off_or_holds_no_list_is_refused(written, lookups):
    whole = zipped({"csl_2026-07-31.csv": HEADER + ROW})
    assert read_lists(written("list.zip", whole), lookups)[0].list == "entity_list"
    with pytest.raises(BadInput):
        read_lists(written("list.zip", whole[: len(whole) // 2]), lookups)
    with pytest.raises(BadInput, match="holds no list file"):
        read_lists(written("pictures.zip", zipped({"a.png": b"x", "inner.zip": whole})), lookups)


def test_a_name_in_an_archive_cannot_leave_it(written, lookups, tmp_path):
    copies = read_lists(written("list.zip", zipped({"../../evil_2026-07-31.csv": HEADER + ROW})), lookups)
    assert copies[0].file == "evil_2026-07-31.csv"
    assert not (tmp_path.parent.parent / "evil_2026-07-31.csv").exists()


def test_text_in_another_encoding_is_refused_with_its_byte(written, lookups, day):
    with pytest.raises(BadInput, match=r"csl\.csv: is not UTF-8 text \(byte 2\d\d\)"):
        read_lists(written("csl.csv", (HEADER + ROW.replace("Example", "Münch")).encode("latin-1")), lookups, data_date=day)


def test_text_that_says_its_encoding_is_read(written, lookups, day):
    text = HEADER + ROW.replace("Example", "Münch")
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert read_lists(written("csl.csv", text.encode(encoding)), lookups, data_date=day)[0].entries[0].name == "Münch Co."


def test_xml_says_its_own_encoding(written, lookups):
    text = UN.format(name="MÜNCH").replace("UTF-8", "ISO-8859-1")
    assert read_lists(written("un.xml", text.encode("latin-1")), lookups)[0].entries[0].name == "MÜNCH"


def test_null_bytes_and_very_long_cells_are_read_over_or_refused(written, lookups, day):
    assert (
        read_lists(written("csl.csv", HEADER + ROW.replace("Example", "Ex\x00ample")), lookups, data_date=day)[0].entries[0].name
        == "Example Co."
    )
    with pytest.raises(BadInput, match="field larger than field limit"):
        read_lists(written("csl.csv", HEADER + ROW.replace("Example", "x" * 9_000_000)), lookups, data_date=day)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    tail=st.binary(max_size=400),
    head=st.sampled_from(["", HEADER, HEADER + ROW, UN.format(name="A")[:150], "<sdnList>", '{"list_id": "bis-meu",']),
)
def test_no_bytes_bring_anything_but_lists_or_one_clear_error(tail, head, written, lookups, day):
    path = written("any.csv", head.encode() + tail)
    try:
        copies = read_lists(path, lookups, data_date=day)
    except BadInput as error:
        assert "\n" not in str(error)  # noqa: PT017  (either end is good)
    else:
        assert all(c.list in LIST_IDS and c.entries for c in copies)
