"""A chart as a PNG, where the extra ``pictures`` is installed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from thalweg.evidence import BadInput

MOST_ZOOM = 8.0
_ONLY_WORDS = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text x="2" y="15" font-size="14">{}</text></svg>'


def as_png(svg: str, *, zoom: float = 2.0) -> bytes:
    """Return a chart of this package as a PNG.

    Args:
        svg: the chart.
        zoom: pixels for each unit of the chart, up to 8.

    Raises:
        BadInput: the extra is not installed, there is no font to write with, the zoom cannot be, or the text is no SVG.
    """
    if not 0.0 < zoom <= MOST_ZOOM:
        raise BadInput(f"zoom: {zoom} given; above 0 and up to {MOST_ZOOM:g}")
    if not _has_font():
        raise BadInput("a PNG needs a font on this machine, and there is none; write SVG or HTML, or install one such as DejaVu Sans")
    try:
        return bytes(_library().svg_to_bytes(svg_string=svg, zoom=zoom))
    except ValueError as error:
        raise BadInput(f"the chart cannot be drawn: {error}") from None


def _library() -> Any:
    try:
        import resvg_py
    except ImportError:
        raise BadInput("a PNG needs the extra `pictures`: pip install 'thalweg[pictures]'; SVG and HTML do not") from None
    return resvg_py


@lru_cache(maxsize=1)
def _has_font() -> bool:
    """Say whether words leave a mark: without a font they are left out silently."""
    drawn, blank = (_library().svg_to_bytes(svg_string=_ONLY_WORDS.format(word)) for word in ("word", ""))
    return bytes(drawn) != bytes(blank)
