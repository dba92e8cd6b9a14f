"""Facts of an item: by its name in the catalogue, or as it is described."""

from __future__ import annotations

from typing import Any, Final

from thalweg.controls.reading import place_code
from thalweg.evidence import BadInput, nearest
from thalweg.hardware import ItemFacts, catalogue
from thalweg.hardware.measure import contradicts, largest_throughput, performance_density, total_processing_performance
from thalweg.nouns import Item
from thalweg.pack import Pack

_ITEM_FIELDS: Final = (
    "tpp",
    "performance_density",
    "io_bandwidth_gb_s",
    "dram_bandwidth_gb_s",
    "hbm_density_gb_s_mm2",
    "datacenter",
    "node_nm",
    "planar",
    "transistors_bn",
    "hbm_copackaged",
    "training_operations",
    "weights_published",
)


def descendants(facts: ItemFacts) -> list[ItemFacts]:
    """Return everything that an item contains, to any depth."""
    found: list[ItemFacts] = []
    for component in facts.components or ():
        found.append(component)
        found.extend(descendants(component))
    return found


def resolve_item(pack: Pack, item: str | Item) -> ItemFacts:
    """Return the facts of a catalogue name or of a described item.

    Raises:
        BadInput: if the name is unknown or the specifications contradict each other.
    """
    if isinstance(item, str):
        return catalogue(pack).find(item)
    return described(pack, item, "item", 0)


def described(pack: Pack, item: Item, where: str, depth: int) -> ItemFacts:
    """Return the facts of a described item; everything it contains is resolved too."""
    if depth > 8:
        message = f"{where}: items are nested deeper than 8 levels"
        raise BadInput(message)
    values: dict[str, Any] = {"item_name": item.name, "kind": item.kind}
    values |= {k: v for k in _ITEM_FIELDS if (v := getattr(item, k)) is not None}
    assumptions: list[str] = []
    if item.throughput:
        _from_throughput(item, values, where)
    _density(item, values, where, assumptions)
    for name in ("designer_headquarters", "designer_ultimate_parent_headquarters"):
        place = place_code(pack, getattr(item, name), f"{where}.{name}")
        if place:
            values[name] = place
    if item.eccn:
        values["eccn"] = _eccn(pack, item.eccn, where)
    components = None
    if item.contains is not None:
        components = []
        for i, content in enumerate(item.contains):
            at = f"{where}.contains.{i}"
            components.append(
                catalogue(pack).find(content.item) if isinstance(content.item, str) else described(pack, content.item, at, depth + 1)
            )
    elif item.kind != "computer":
        components = []
    return ItemFacts(item.name, values, components=components, designer=item.designer, assumptions=tuple(assumptions))


def _from_throughput(item: Item, values: dict[str, Any], where: str) -> None:
    pairs = [(t.bits, t.dense_tops) for t in item.throughput or ()]
    tpp, tops = total_processing_performance(pairs), largest_throughput(pairs)
    if tops is not None:
        values["throughput_tops"] = tops
    if tpp is None:
        return
    if item.tpp is not None and contradicts(item.tpp, tpp):
        message = f"{where}.tpp: {item.tpp:g} is stated, but the throughput gives {tpp:g}; state one of them or make them agree"
        raise BadInput(message)
    values.setdefault("tpp", tpp)


def _density(item: Item, values: dict[str, Any], where: str, assumptions: list[str]) -> None:
    tpp = values.get("tpp")
    if item.planar:
        if item.performance_density is None:
            values["performance_density"] = 0.0
            assumptions.append(
                "No die is non-planar, so performance density has no area to be taken over and its tests are read as not met"
            )
        return
    computed = performance_density(tpp, item.die_area_mm2)
    if computed is None:
        return
    if item.performance_density is not None and contradicts(item.performance_density, computed):
        stated = item.performance_density
        message = f"{where}.performance_density: {stated:g} is stated, but TPP over die_area_mm2 gives {computed:g}; make them agree"
        raise BadInput(message)
    if item.performance_density is None:
        values["performance_density"] = computed
        if item.planar is None:
            assumptions.append("die_area_mm2 is taken as the area of all non-planar logic dies")


def _eccn(pack: Pack, text: str, where: str) -> str:
    eccn = text.strip()
    eccn = eccn[:5].upper() + eccn[5:]
    root = eccn.split(".")[0]
    if root != "EAR99" and pack.entries and root not in pack.entries and not pack.vocabulary.knows_class(root):
        message = f"{where}.eccn: {text!r} is neither EAR99 nor an entry of the Commerce Control List{nearest(root, pack.entries)}"
        raise BadInput(message)
    return eccn
