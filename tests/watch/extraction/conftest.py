"""What tests of extraction share."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.nouns.news import Document
from thalweg.watch.extract import extract, load_lexicon


@pytest.fixture(scope="session")
def lexicon():
    """The words of the embedded pack."""
    return load_lexicon()


@pytest.fixture
def read(lexicon):
    """Read a title and a text of 15 January 2026, which is a Thursday."""

    def reading(title="", text="", *, published=dt.date(2026, 1, 15), kind="media", **more):
        document = Document("test:1", "test", "", title, text, published, kind=kind, **more)
        return extract(document, lexicon)

    return reading
