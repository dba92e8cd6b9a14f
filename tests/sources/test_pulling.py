"""Fetching a source as a whole, from a real server on this machine."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from thalweg.evidence import BadInput
from thalweg.sources import SOURCES, pull

SPEC = importlib.util.spec_from_file_location("served", Path(__file__).parent / "served.py")
served = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(served)

pytestmark = pytest.mark.loopback
server = served.server
QUICK, Reply = served.QUICK, served.Reply
XML = b"<?xml version='1.0'?><sdnList>" + b"<sdnEntry/>" * 1_000 + b"</sdnList>"


def test_a_source_is_pulled_file_by_file(server, tmp_path):
    downloads = [{"url": "https://a.example/SDN.XML", "file": "sdn.xml"}, {"url": "https://a.example/CONS.XML", "file": "consolidated.xml"}]
    source = SOURCES["ofac"].model_copy(update={"downloads": tuple(_Local(server, d) for d in downloads)})
    server.replies = [Reply(200, {}, XML)]
    found = pull(source, tmp_path, allow={server.host}, patience=QUICK)
    assert [f.path.relative_to(tmp_path).as_posix() for f in found] == ["ofac/sdn.xml", "ofac/consolidated.xml"]
    assert [path for path, _ in server.requests] == ["/SDN.XML", "/CONS.XML"]


def test_the_day_of_the_ecfr_comes_from_its_index(server, tmp_path):
    part = {"url": "https://a.example/{date}/title-15.xml", "file": "ecfr_{date}.xml"}
    source = SOURCES["bis_uvl"].model_copy(update={"downloads": (_Local(server, part),), "dated_by": server.url("/titles.json")})
    index = json.dumps(
        {"titles": [{"number": 14, "up_to_date_as_of": "2026-01-01"}, {"number": 15, "up_to_date_as_of": "2026-10-06"}]}
    ).encode()
    server.replies = [Reply(200, {}, index), Reply(200, {}, XML)]
    (found,) = pull(source, tmp_path, allow={server.host}, patience=QUICK)
    assert (found.path.name, server.requests[1][0]) == ("ecfr_2026-10-06.xml", "/2026-10-06/title-15.xml")


@pytest.mark.parametrize("index", [b"{}", b'{"titles": []}', b'{"titles": [{"number": 15, "up_to_date_as_of": "soon"}]}', b"[1]"])
def test_an_index_of_another_form_is_refused(index, server, tmp_path):
    source = SOURCES["bis_uvl"].model_copy(update={"dated_by": server.url("/titles.json")})
    server.replies = [Reply(200, {}, index)]
    with pytest.raises(BadInput, match="does not say for which day Title 15 is there"):
        pull(source, tmp_path, allow={server.host}, patience=QUICK)


def test_a_source_without_an_address_says_how_its_file_is_got(tmp_path):
    with pytest.raises(BadInput, match=r"bis_dpl: has no address to fetch from\. Take the delimited file"):
        pull(SOURCES["bis_dpl"], tmp_path)


@dataclass(frozen=True)
class _Local:
    """A download of the catalogue, at the server of the test."""

    server: object
    of: dict[str, str]

    @property
    def url(self):
        return self.server.url(self.of["url"].removeprefix("https://a.example"))

    @property
    def file(self):
        return self.of["file"]
