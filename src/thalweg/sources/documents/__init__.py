"""Documents out of files and answers: plain text, web pages, mail, PDF, feeds, and items as JSON."""

from __future__ import annotations

from thalweg.sources.documents.origin import READER, Origin
from thalweg.sources.documents.read import MAX_BODY, SUFFIXES, form_of, read_document, read_folder

__all__ = ["MAX_BODY", "READER", "SUFFIXES", "Origin", "form_of", "read_document", "read_folder"]
