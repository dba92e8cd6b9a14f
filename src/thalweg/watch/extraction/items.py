"""Goods, software and technology that sentences name, linked to the catalogue and to classes of the control list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from thalweg.nouns.news import EventItem, EventType
from thalweg.watch.extraction.lexicon import Name
from thalweg.watch.extraction.marks import Marked
from thalweg.watch.extraction.match import Found

_CLASS: Final = re.compile(r"(?<![A-Za-z0-9])(?:ECCNs?\s+)?([0-9][A-E](?:[0-9]{3})(?:\.[a-z](?:\.\d+)?)?)(?![A-Za-z0-9])")
_GENERAL: Final = frozenset(("AI data centers", "advanced packaging", "silver"))


def items(sentences: Sequence[Marked], event: EventType) -> list[tuple[EventItem, str]]:
    """Return the items that sentences name, in order, each once, with the sentence; general words only where nothing stronger is named."""
    found: dict[str, tuple[EventItem, str, bool]] = {}
    for marked in sentences:
        for name in _settled(marked.names, marked.sentence.text):
            value = name.value
            key = value.chip or value.name
            if key not in found:
                found[key] = (EventItem(value.name, value.chip, "" if value.chip else value.eccn), marked.sentence.text, value.weak)
        for match in _CLASS.finditer(marked.sentence.text):
            found.setdefault(match[1], (EventItem(f"ECCN {match[1]}", "", match[1]), marked.sentence.text, False))
    rows = _in_servers(list(found.values()))
    if any(not weak for *_, weak in rows):
        rows = [r for r in rows if not r[2]]
    if event in ("listing", "enforcement", "partnership", "alliance", "diversion_report", "corporate_disclosure", "supply_deal"):
        rows = [r for r in rows if r[0].text != "semiconductors"]
    if event in ("legislation", "alliance") and len(rows) > 1:
        rows = [r for r in rows if r[0].text not in _GENERAL] or rows
    return [(item, sentence) for item, sentence, _ in _without_wider(rows)]


_MEASURE: Final = re.compile(r"[- ]equivalents?\b")


def _settled(names: Sequence[Found[Name]], text: str) -> list[Found[Name]]:
    return [n for n in names if n.value.kind in ("item", "chip") and not _MEASURE.match(text, n.end)]


_INSIDE: Final = {"Nvidia GPUs": "servers with Nvidia GPUs", "AI chips": "servers with controlled chips"}


def _in_servers(rows: list[tuple[EventItem, str, bool]]) -> list[tuple[EventItem, str, bool]]:
    """Join servers and the chips in them: servers with Nvidia GPUs."""
    boxes = next((r for r in rows if r[0].text in ("servers", "AI servers")), None)
    inside = next((r for r in rows if r[0].text in _INSIDE), None)
    if boxes is None or inside is None:
        return rows
    joined = (EventItem(_INSIDE[inside[0].text], "", "4A090"), boxes[1], False)
    return [joined if r is boxes else r for r in rows if r is not inside]


_WIDER: Final = {
    "Nvidia GPUs": "Nvidia",
    "AMD chips": "AMD",
    "Huawei Ascend chips": "Huawei",
}


def _without_wider(rows: list[tuple[EventItem, str, bool]]) -> list[tuple[EventItem, str, bool]]:
    """Leave out a kind of goods where its models are named: Nvidia GPUs beside the Nvidia H20; chips for AI beside any chip."""
    chips = [r[0].text for r in rows if r[0].chip]
    servers = any(r[0].text.startswith("servers with") or (r[0].text.endswith("AI servers") and r[0].text != "AI servers") for r in rows)
    kept = []
    for row in rows:
        text = row[0].text
        if text in _WIDER and any(c.startswith(_WIDER[text]) for c in chips):
            continue
        if text == "AI chips" and (chips or any(r[0].text in _WIDER or r[0].text == "advanced computing ICs" for r in rows)):
            continue
        if servers and text in ("AI servers", "servers"):
            continue
        if servers and text == "Nvidia GPUs":
            continue
        kept.append(row)
    return kept
