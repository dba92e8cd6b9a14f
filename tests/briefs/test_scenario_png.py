"""Charts as PNG."""

from __future__ import annotations

import struct
import sys

import pytest

from thalweg.briefs import scenario_png
from thalweg.briefs.scenario_charts import Fan, fan
from thalweg.briefs.scenario_svg import Stamp
from thalweg.evidence import BadInput

ROWS = {name: [1.0, 2.0] for name in ("p5", "p25", "p50", "p75", "p95")}
CHART = fan("Lag", "months", ["2025", "2026"], [Fan("status-quo", ROWS)], Stamp((("status-quo", "0" * 64),), 1, 100, "pack", "2026-11-23"))


@pytest.fixture(autouse=True)
def fonts():
    """Without a font there is nothing to look at but the refusal, which has a test of its own."""
    if not scenario_png._has_font():
        pytest.skip("no font on this machine")


@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_a_png_has_the_size_of_the_chart_times_the_zoom(zoom):
    png = scenario_png.as_png(CHART, zoom=zoom)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">I", png[16:20])[0] == 720 * zoom


def test_the_same_chart_gives_the_same_bytes():
    assert scenario_png.as_png(CHART) == scenario_png.as_png(CHART)


@pytest.mark.parametrize("zoom", [0.0, -1.0, 9.0, float("nan")])
def test_a_zoom_that_cannot_be_is_refused(zoom):
    with pytest.raises(BadInput, match="zoom"):
        scenario_png.as_png(CHART, zoom=zoom)


def test_what_is_no_svg_is_refused():
    with pytest.raises(BadInput, match="cannot be drawn"):
        scenario_png.as_png("<p>no chart</p>")


def test_without_the_extra_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(BadInput, match=r"pip install 'thalweg\[pictures\]'"):
        scenario_png.as_png(CHART)


def test_without_a_font_no_picture_without_words_is_made(monkeypatch):
    monkeypatch.setattr(scenario_png, "_has_font", lambda: False)
    with pytest.raises(BadInput, match="needs a font"):
        scenario_png.as_png(CHART)
