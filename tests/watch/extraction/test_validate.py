"""What a language model says is held against the text."""

from __future__ import annotations

import datetime as dt
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.desk.watch_model import extract_by_model
from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.watch.extract import load_lexicon
from thalweg.watch.validate import validated

TITLE = "US charges two men with smuggling Nvidia H100 chips worth $3 million to China"
TEXT = "John Roe and Mei Tan sent about 120 chips through Malaysia on 9 April 2025, prosecutors said."
DOCUMENT = Document("d", "s", "", TITLE, TEXT, dt.date(2026, 1, 15))
GOOD = {
    "event_type": "enforcement", "measure_type": "enforcement_criminal", "certainty": "alleged_charged", "status": "pending",
    "actors": [{"name": "John Roe", "role": "defendant", "country": "US"}],
    "countries": {"imposer": ["US"], "transit": ["MY"], "destination": ["CN"]},
    "items": ["Nvidia H100"],
    "amounts": [{"value": 3e6, "currency": "USD", "what": "goods", "qualifier": "exact"}],
    "quantities": [{"value": 120, "unit": "chips", "qualifier": "approx"}],
    "dates": {"event": "2025-04-09"},
    "evidence": {"actors": [TEXT]},
}  # fmt: skip


def test_what_stands_in_the_text_is_kept_whole():
    (event,), notes = validated([GOOD], DOCUMENT, load_lexicon())
    assert notes == ()
    assert event.actors[0].name == "John Roe"
    assert event.countries.transit == ("MY",)
    assert (event.amounts[0].value, event.quantities[0].value, event.dates) == (3e6, 120, {"event": "2025-04-09"})
    assert event.evidence == {"actors": (TEXT,)}


@pytest.mark.parametrize(
    ("key", "value", "left"),
    [
        ("actors", [{"name": "Jensen Huang", "role": "executive"}], ()),
        ("amounts", [{"value": 4e6, "currency": "USD"}], ()),
        ("amounts", [{"value": 3e6, "currency": "EUR"}], ()),
        ("quantities", [{"value": 121, "unit": "chips"}], ()),
        ("items", ["Nvidia B200"], ()),
        ("dates", {"event": "2025-04-10"}, {}),
        ("evidence", {"actors": ["They confessed."]}, {}),
        ("actors", "John Roe", ()),
    ],
)
def test_a_name_or_number_that_the_text_does_not_hold_is_dropped_with_a_note(key, value, left):
    (event,), notes = validated([GOOD | {key: value}], DOCUMENT, load_lexicon())
    assert getattr(event, key) == left
    assert len(notes) == 1


def test_a_country_that_is_not_named_is_dropped():
    (event,), notes = validated([GOOD | {"countries": {"imposer": ["US"], "other": ["FR"]}}], DOCUMENT, load_lexicon())
    assert event.countries.other == ()
    assert "'FR'" in notes[0]


def test_an_event_of_a_kind_that_there_is_not_is_dropped():
    events, notes = validated({"events": [GOOD | {"event_type": "war"}, GOOD]}, DOCUMENT, load_lexicon())
    assert len(events) == 1
    assert "event 1" in notes[0]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_json_is_taken_without_an_error(answer):
    events, _ = validated(answer, DOCUMENT, load_lexicon())
    assert events == ()


@contextmanager
def answering(status, body):
    """A server of the chat API on this machine that always gives one answer, and what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append((self.path, dict(self.headers), json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def chat(content):
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


@pytest.mark.loopback
@pytest.mark.parametrize("fence", ["{}", "```json\n{}\n```"])
def test_a_model_at_an_endpoint_is_asked_once_and_its_answer_held_against_the_text(fence):
    content = json.dumps({"events": [GOOD | {"actors": [{"name": "Nobody Named", "role": "defendant"}]}]})
    with answering(200, chat(fence.replace("{}", content))) as (url, asked):
        events, notes = extract_by_model(DOCUMENT, url=url, model="any", key="secret")
    (path, headers, body), *more = asked
    assert not more
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert TITLE in body["messages"][1]["content"]
    assert events[0].actors == ()
    assert notes == ("event 1: actor 'Nobody Named' does not stand in the text",)


@pytest.mark.loopback
@pytest.mark.parametrize(("status", "body"), [(500, b"no"), (200, b"no"), (200, chat("not json")), (200, b'{"choices": []}'), (302, b"")])
def test_an_endpoint_that_does_not_answer_is_one_clear_error(status, body):
    with answering(status, body) as (url, _), pytest.raises(BadInput, match="model endpoint"):
        extract_by_model(DOCUMENT, url=url, model="any")


@pytest.mark.parametrize("url", ["http://example.com/v1", "file:///etc/passwd", "ftp://127.0.0.1"])
def test_a_key_is_sent_to_no_address_without_tls_elsewhere(url):
    with pytest.raises(BadInput, match="https"):
        extract_by_model(DOCUMENT, url=url, model="any", key="secret")


def test_no_model_is_asked_unless_one_is_named(monkeypatch):
    monkeypatch.delenv("THALWEG_MODEL_URL", raising=False)
    with pytest.raises(BadInput, match="THALWEG_MODEL_URL"):
        extract_by_model(DOCUMENT)
