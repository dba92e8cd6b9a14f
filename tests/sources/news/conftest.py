"""A server that answers as the outside sources do, and pulling from it."""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from pathlib import Path

import pytest

from thalweg.sources import Patience
from thalweg.sources.archive import Archive
from thalweg.sources.caller import Caller
from thalweg.sources.news import NewsSource, news_sources, pull

_SPEC = importlib.util.spec_from_file_location("replay", Path(__file__).parent / "replay.py")
_REPLAY = importlib.util.module_from_spec(_SPEC)
sys.modules["replay"] = _REPLAY
_SPEC.loader.exec_module(_REPLAY)

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
QUICK = Patience(attempts=6, wait_initial=0.001, wait_max=0.002, jitter=0.0, timeout=5.0, longest=5.0)


@pytest.fixture
def replay():
    return _REPLAY


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = _REPLAY.Replay()
    yield server
    server.close()


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "fetched")


@pytest.fixture
def caller(server, archive):
    made = Caller("test", archive=archive, allow={server.host}, patience=QUICK, contact="Test test@example.com", clock=lambda: NOW)
    with made:
        yield made


@pytest.fixture
def source(server):
    """A source as it is shipped, or a new one, whose address is the server of the test."""

    def make(client, path="", **more):
        known = news_sources().get(client)
        base = known.model_dump() if known else {"title": "A source", "client": client, "cadence": "1 day", "stale_after": "2 weeks"}
        return NewsSource.model_validate(base | {"id": "test", "address": server.url(path), "pause": 0} | more)

    return make


@pytest.fixture
def pulled(caller):
    """Every document of a source, and the batches they came in."""

    def run(source, since="2026-11-01", until="2026-11-27"):
        batches = list(pull(source, dt.date.fromisoformat(since), caller, until=dt.date.fromisoformat(until)))
        return [d for b in batches for d in b.documents], batches

    return run
