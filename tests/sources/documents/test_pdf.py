"""The text of PDF files, of which some are damaged, locked, or pictures."""

from __future__ import annotations

import io

import pytest

from thalweg.evidence import BadInput
from thalweg.sources.documents import read_document

pypdf = pytest.importorskip("pypdf")


def pdf(pages, title="", lock=""):
    """A file with a page for each list of lines, written with the one font that every reader has."""
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = pypdf.PdfWriter()
    for lines in pages:
        page = writer.add_blank_page(612, 792)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
        stream = DecodedStreamObject()
        shown = b" ".join(b"(%s) Tj T*" % line.encode("latin-1").replace(b"(", rb"\(").replace(b")", rb"\)") for line in lines)
        stream.set_data(b"BT /F1 12 Tf 72 720 Td 14 TL " + shown + b" ET")
        page[NameObject("/Contents")] = writer._add_object(stream)
    if title:
        writer.add_metadata({"/Title": title})
    if lock:
        writer.encrypt(lock, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_rule_of_several_pages_is_one_text():
    data = pdf([["Additions to the Entity List", "", "January 16, 2025", "", "The Bureau of Industry"], ["and Security adds 25 entities."]])
    (found,) = read_document(data)
    assert (found.title, str(found.published)) == ("Additions to the Entity List", "2025-01-16")
    assert "The Bureau of Industry" in found.text
    assert "adds 25 entities." in found.text
    assert (found.facts["pages"], "pypdf-" in found.reader) == ("2", True)


def test_the_title_of_the_file_stands_where_it_says_something():
    assert read_document(pdf([["x", "y"]], title="Order relating to Example Corp"))[0].title == "Order relating to Example Corp"
    assert read_document(pdf([["A first line", "y"]], title="Microsoft Word - final_v3.docx"))[0].title == "A first line"


def test_pages_that_are_pictures_are_said():
    with pytest.raises(BadInput, match="holds no text in 2 pages: they are pictures"):
        read_document(pdf([[], []]))


def test_a_locked_file_is_said():
    with pytest.raises(BadInput, match="is locked with a password"):
        read_document(pdf([["x"]], lock="secret"))


@pytest.mark.parametrize("cut", [20, 200, 400])
def test_a_file_that_is_cut_off_is_read_or_said(cut):
    data = pdf([["The only line", "of it"]])
    try:
        (found,) = read_document(data[:-cut])
    except BadInput as error:
        assert "is no PDF file that can be read" in str(error) or "holds no text" in str(error)  # noqa: PT017  (either is right)
    else:
        assert "of it" in found.text or "only line" in found.title


@pytest.mark.parametrize(
    "data", [b"%PDF-1.4", b"%PDF-1.4\n" + b"\xff" * 10_000, b"%PDF-1.7\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF"]
)
def test_what_only_begins_as_one_is_said(data):
    with pytest.raises(BadInput, match="is no PDF file that can be read"):
        read_document(data)
