"""Reading a document by a language model that the user names, held against the text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from thalweg.evidence import BadInput

if TYPE_CHECKING:
    from thalweg.nouns.news import Document, Event

URL: Final = "THALWEG_MODEL_URL"
MODEL: Final = "THALWEG_MODEL"
KEY: Final = "THALWEG_MODEL_KEY"


def extract_by_model(
    document: Document,
    *,
    url: str | None = None,
    model: str | None = None,
    key: str | None = None,
    pack: str | Path | None = None,
) -> tuple[tuple[Event, ...], tuple[str, ...]]:
    """Return the events that a model reads in a document, and notes on what was dropped since the text does not hold it.

    Args:
        document: what is read; its text is sent to the endpoint.
        url: the base address of an endpoint that speaks the chat API of OpenAI; the environment's THALWEG_MODEL_URL if left out.
        model: the name of the model; THALWEG_MODEL if left out.
        key: the key; THALWEG_MODEL_KEY if left out.
        pack: the knowledge folder whose words read the numbers, dates and names that the answer is held against.

    Raises:
        BadInput: if no endpoint is named, or it does not answer.
    """
    from thalweg.sources.model import Endpoint, ask
    from thalweg.watch.extract import load_lexicon
    from thalweg.watch.validate import validated

    where, name = url or os.environ.get(URL, ""), model or os.environ.get(MODEL, "")
    if not where or not name:
        raise BadInput(f"no model is named: set {URL} to the address of an endpoint and {MODEL} to the name of a model")
    endpoint = Endpoint(where, name, key or os.environ.get(KEY, ""))
    answer: Any = ask(endpoint, _shown(document), values=_values())
    return validated(answer, document, load_lexicon(pack))


def _shown(document: Document) -> str:
    day = document.published.isoformat() if document.published else ""
    return f"Title: {document.title}\nPublisher: {document.publisher}\nDate: {day}\n\n{document.text}"


def _values() -> str:
    from thalweg.nouns import news

    fields = {"event_type": news.EventType, "measure_type": news.MeasureType, "certainty": news.Certainty, "status": news.Status}
    lines = [f"{name}: {', '.join(get_args(values))}" for name, values in fields.items()]
    return "\n".join([*lines, f"qualifier: {', '.join(get_args(news.Qualifier))}", f"dates: {', '.join(get_args(news.DateKey))}"])
