"""Chips, memory stacks and systems by name or alias, turned into facts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from thalweg.evidence import BadInput, nearest
from thalweg.hardware.measure import largest_throughput, performance_density, total_processing_performance
from thalweg.hardware.model import Alternative, ItemFacts
from thalweg.pack import Pack

WIDTHS: Final = {
    "dense_4bit": 4,
    "dense_6bit": 6,
    "dense_8bit_int": 8,
    "dense_8bit_float": 8,
    "dense_9bit": 9,
    "dense_16bit": 16,
    "dense_32bit": 32,
    "dense_64bit": 64,
}


def fold(name: str) -> str:
    """Return the key under which catalogue names are equal: case, spaces and hyphens do not count."""
    return "".join(c for c in name.casefold() if c not in " -_")


class Catalogue:
    """The catalogue of one pack."""

    def __init__(self, hardware: Mapping[str, Any]) -> None:
        self._hardware = hardware

    @cached_property
    def _rows(self) -> dict[str, tuple[str, dict[str, str]]]:
        index: dict[str, tuple[str, dict[str, str]]] = {}
        for table in ("chips", "hbm", "systems"):
            for row in self._hardware[table]:
                for name in (row["name"], *row["aliases"].split(";")):
                    if name.strip():
                        index.setdefault(fold(name.strip()), (table, row))
        return index

    @cached_property
    def _conflicts(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for conflict in self._hardware["conflicts"] or []:
            found.setdefault(fold(conflict["item"]), []).append(conflict)
        return found

    def names(self, *tables: str) -> list[str]:
        """Return the names in the catalogue, in its order."""
        return [row["name"] for table in tables or ("chips", "hbm", "systems") for row in self._hardware[table]]

    def row(self, name: str) -> dict[str, str]:
        """Return the catalogue row of an item; see :meth:`find` for errors."""
        return self._lookup(name)[1]

    def _lookup(self, name: str) -> tuple[str, dict[str, str]]:
        found = self._rows.get(fold(name))
        if found is None:
            for row in self._hardware["ambiguous"]:
                if fold(row["name"]) == fold(name):
                    candidates = ", ".join(c.strip() for c in row["candidates"].split(";"))
                    message = f"item {name!r} fits several entries of the catalogue; choose one of {candidates}"
                    raise BadInput(message)
            known = [n for row in self._rows.values() for n in (row[1]["name"],)]
            message = (
                f"item {name!r} is not in the catalogue{nearest(name, known)} (or describe it: an object with kind and specifications)"
            )
            raise BadInput(message)
        return found

    def find(self, name: str) -> ItemFacts:
        """Return the facts of a catalogue item.

        Raises:
            BadInput: if the name is unknown or fits several entries; the message suggests the nearest.
        """
        return self._facts(fold(name), name)

    def _facts(self, key: str, name: str) -> ItemFacts:
        cached = self._built.get(key)
        if cached is None:
            table, row = self._lookup(name)
            cached = self._built[key] = {"chips": self._chip, "hbm": self._hbm, "systems": self._system}[table](row)
        return cached

    @cached_property
    def _built(self) -> dict[str, ItemFacts]:
        return {}

    def _chip(self, row: dict[str, str]) -> ItemFacts:
        throughput = [(bits, _number(row.get(column))) for column, bits in WIDTHS.items()]
        tpp = total_processing_performance(throughput)
        area = _number(row["nonplanar_area_mm2"])
        planar = {"planar": True, "non-planar": False, "yes": True, "no": False}.get(row["planar"])
        links, host = _number(row["io_links_gb_s"]), _number(row["host_io_gb_s"])
        values: dict[str, Any] = {
            "item_name": row["name"],
            "kind": "integrated_circuit",
            "tpp": tpp,
            "throughput_tops": largest_throughput(throughput),
            "performance_density": 0.0 if planar else performance_density(tpp, area),
            "datacenter": {"yes": True, "no": False}.get(row["datacenter"]),
            "node_nm": _number(row["node_nm"]),
            "planar": planar,
            "transistors_bn": _number(row["transistors_bn"]),
            "dram_bandwidth_gb_s": _number(row["dram_bandwidth_gb_s"]),
            "designer_headquarters": row["designer_headquarters"] or None,
        }
        if row["dram_type"].startswith("none"):
            values["dram_bandwidth_gb_s"] = 0.0
        if row["dram_type"]:
            values["hbm_copackaged"] = "HBM" in row["dram_type"]
        minimum: dict[str, float] = {}
        if links is not None and host is not None:
            values["io_bandwidth_gb_s"] = links + host
        elif links is not None or host is not None:
            minimum["io_bandwidth_gb_s"] = (links or 0.0) + (host or 0.0)
        facts = ItemFacts(
            row["name"],
            {k: v for k, v in values.items() if v is not None},
            minimum=minimum,
            components=[],
            designer=row["designer"] or None,
            catalogued=True,
            sources=_list(row["sources"]),
            notes=tuple(n for n in (row.get("note", ""),) if n),
        )
        self._dispute(facts, area, planar=bool(planar))
        return facts

    def _dispute(self, facts: ItemFacts, area: float | None, *, planar: bool) -> None:
        """Replace a measure that sources dispute by its alternatives, each with what follows from it."""
        readings: list[Alternative] = []
        fields: set[str] = set()
        for conflict in self._conflicts.get(fold(facts.name), []):
            open_values = [
                v
                for v in conflict["values"]
                if not v.get("rejected") and isinstance(v.get("value"), (int, float)) and not isinstance(v["value"], bool)
            ]
            if conflict["field"] == "tpp" and len(open_values) == 1 and open_values[0].get("bound") == "at_least":
                _at_least(facts, float(open_values[0]["value"]), area, planar=planar)
                continue
            if conflict["field"] not in ("tpp", "nonplanar_area_mm2", "io_bandwidth_gb_s", "dram_bandwidth_gb_s") or len(open_values) < 2:
                continue
            if fields:
                continue
            for value in open_values:
                number = float(value["value"])
                reading: dict[str, Any] = {conflict["field"]: number}
                if conflict["field"] == "tpp" and not planar:
                    reading["performance_density"] = performance_density(number, area)
                if conflict["field"] == "nonplanar_area_mm2":
                    reading = {"performance_density": performance_density(facts.values.get("tpp"), number)}
                readings.append(
                    Alternative(
                        {k: v for k, v in reading.items() if v is not None}, f"{conflict['field']} {number:g}: {value.get('source', '')}"
                    )
                )
                fields.update(reading)
        if readings:
            for name in fields:
                facts.values.pop(name, None)
                facts.minimum.pop(name, None)
            facts.alternatives = tuple(readings)
            facts.disputed = ", ".join(sorted(fields))

    def _hbm(self, row: dict[str, str]) -> ItemFacts:
        bandwidth, area = _number(row.get("stack_bandwidth_gb_s")), _number(row.get("stack_area_mm2"))
        values: dict[str, Any] = {"item_name": row["name"], "kind": "hbm"}
        if bandwidth is not None and area:
            values["hbm_density_gb_s_mm2"] = bandwidth / area
        return ItemFacts(
            row["name"], values, components=[], catalogued=True, sources=_list(row["sources"]), designer=row.get("designer") or None
        )

    def _system(self, row: dict[str, str]) -> ItemFacts:
        chip = self.find(row["contains_item"])
        values: dict[str, Any] = {"item_name": row["name"], "kind": "computer"}
        return ItemFacts(
            row["name"],
            values,
            components=[chip],
            designer=row.get("designer") or None,
            catalogued=True,
            sources=_list(row["sources"]),
        )


def _at_least(facts: ItemFacts, tpp: float, area: float | None, *, planar: bool) -> None:
    """Keep a performance of which only a part was published as a lower bound, and the density that follows from it."""
    facts.values.pop("tpp", None)
    facts.minimum["tpp"] = tpp
    published = facts.values.pop("throughput_tops", None)
    if published is not None:
        facts.minimum["throughput_tops"] = published
    density = None if planar else performance_density(tpp, area)
    if density is not None:
        facts.values.pop("performance_density", None)
        facts.minimum["performance_density"] = density


def catalogue(pack: Pack) -> Catalogue:
    """Return the catalogue of a pack."""
    found = _CATALOGUES.get(id(pack.hardware))
    if found is None or found[0] is not pack.hardware:
        found = _CATALOGUES[id(pack.hardware)] = (pack.hardware, Catalogue(pack.hardware))
    return found[1]


_CATALOGUES: dict[int, tuple[Mapping[str, Any], Catalogue]] = {}


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
