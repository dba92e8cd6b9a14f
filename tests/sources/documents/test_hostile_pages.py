"""Pages that are made to hold up or to end whoever reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.evidence import BadInput
from thalweg.sources.documents import read_document
from thalweg.sources.documents.html import MAX_MARKUP, page_text

HOSTILE = {
    "nested elements": "<html><body>" + "<div>" * 100_000 + "the text is here</body></html>",
    "nested tables": "<html><body>" + "<table><tr><td>" * 5_000 + "the text is here</body></html>",
    "nested marks": "<html><body><p>" + "<b>" * 20_000 + "the text is here",
    "a tag of 200,000 attributes": "<html><body><p "
    + " ".join(f'a{n}="1"' for n in range(200_000))
    + ">the text is here</p></body></html>",
    "attributes without values": "<html><body><p " + " ".join(f"a{n}" for n in range(200_000)) + ">the text is here</p></body></html>",
    "an open comment": "<html><body><p>the text is here</p><!--" + "-" * 1_000_000,
    "an open script": "<html><body><p>the text is here</p><script>" + "x" * 1_000_000,
    "open brackets": "<html><body><p>the text is here</p>" + "<" * 1_000_000,
    "open tags": "<html><body><p>the text is here</p>" + ("<a" * 9_000 + ">") * 50,
    "nested lists": "<html><body>" + "<ul><li>" * 3_000 + "the text is here",
    "entities": "<html><body><p>the text is here " + "&amp;" * 100_000 + "&#1114112;&#xffffff;&#0;</p></body></html>",
    "a null character": "<html><body><p>the text is here\x00\x00</p></body></html>",
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_text_of_a_hostile_page_is_read(page):
    (found,) = read_document(page.encode())
    assert "the text is here" in found.text


def test_a_page_of_millions_of_characters_is_cut_and_says_so():
    page = "<html><body><p>the text is here</p>" + "<!-- x -->" * (MAX_MARKUP // 10) + "<p>the end</p></body></html>"
    (found,) = read_document(page.encode())
    assert found.cut
    assert "the text is here" in found.text


@given(st.text(alphabet="<>/!-abp \"'=&;", max_size=300))
def test_the_text_of_any_markup_is_taken(markup):
    assert isinstance(page_text(markup), str)
    try:
        read_document(f"<html>{markup}".encode())
    except BadInput as error:
        assert "holds no text" in str(error)  # noqa: PT017  (either is right)


def test_blocks_are_lines_and_silent_elements_are_left_out():
    assert page_text("<p>One</p><p>two <b>bold</b> &amp; more<br>three</p><style>p{}</style><script>if (a<b) {}</script>four") == (
        "One\n\ntwo bold & more\nthree\nfour"
    )
