"""How outcomes, policies and amounts are called, marked and colored on every page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from thalweg.briefs.model import Briefing, Cell, Cover, Sale, Touched

# word, short word, mark, color (Okabe and Ito's palette, told apart by color-blind readers; the mark tells them apart in print)
OUTCOMES: Final[dict[str, tuple[str, str, str, str]]] = {
    "no_license_required": ("No license required", "Free", "✓", "#009e73"),
    "license_exception": ("License exception", "Exception", "◐", "#56b4e9"),
    "license_required": ("License required", "License", "■", "#e69f00"),
    "prohibited": ("Prohibited", "Prohibited", "✕", "#d55e00"),
    "undetermined": ("Undetermined", "Open", "?", "#999999"),
    "not_modeled": ("Not modeled", "Not modeled", "–", "#cc79a7"),
}
_FEW: Final = 2
DENIAL: Final = ("presumption_of_denial", "policy_of_denial")
_KINDS: Final = {"house_rule": "House rule", "counsel": "Counsel", "draft": "Draft", "what_if": "What-if"}
_STAYS: Final = {
    "no_license_required": "Still needs no license",
    "license_exception": "Still falls under a license exception",
    "license_required": "Still needs a license",
    "prohibited": "Still prohibited",
    "undetermined": "Still hangs on facts that are missing",
    "not_modeled": "Still under controls that the pack does not encode",
}
_DECIDES: Final = {
    "outcome": "whether a license is needed",
    "exception": "which exception",
    "review_policy": "how an application is reviewed",
}
_BASES: Final = {"reported": "reported", "recalled": "recalled", "derived": "derived"}


def word(outcome: str) -> str:
    """Return an outcome in words."""
    return OUTCOMES[outcome][0] if outcome in OUTCOMES else outcome.replace("_", " ")


def short(outcome: str) -> str:
    """Return an outcome in one word."""
    return OUTCOMES[outcome][1] if outcome in OUTCOMES else outcome.replace("_", " ")


def mark(outcome: str) -> str:
    """Return the mark of an outcome."""
    return OUTCOMES[outcome][2] if outcome in OUTCOMES else "•"


def color(outcome: str) -> str:
    """Return the color of an outcome."""
    return OUTCOMES[outcome][3] if outcome in OUTCOMES else "#cccccc"


def plain(name: str | None) -> str:
    """Return a code word as words."""
    return (name or "").replace("_", " ")


def brief_policy(name: str | None) -> str:
    """Return a review policy as briefly as a cell needs it."""
    return plain(name).replace("presumption of ", "presumed ")


def kind(name: str) -> str:
    """Return what sort of overlay it is."""
    return _KINDS.get(name, plain(name))


def basis(name: str) -> str:
    """Return how good a source is, where it is not an official text that was read."""
    return _BASES.get(name, "")


def state(outcome: str, policy: str | None) -> str:
    """Return an outcome with its review policy in words."""
    return word(outcome) + (f", {plain(policy)}" if policy else "")


def turn(before: str, before_policy: str | None, after: str, after_policy: str | None) -> str:
    """Return what becomes of a verdict, in words; one that stays is said to stay, on other grounds."""
    if before != after:
        return f"{state(before, before_policy)} → {state(after, after_policy)}"
    if before_policy == after_policy:
        return f"{_STAYS.get(after, word(after))}, on other grounds"
    old, new = (plain(p) or "none stated" for p in (before_policy, after_policy))
    return f"{_STAYS.get(after, word(after))}, under another review: {old} → {new}"


def touches(touched: Touched) -> str:
    """Return what a draft would do to a deal, in words."""
    if touched.kind == "steps":
        return f"{_STAYS.get(touched.after, word(touched.after))}, with new steps"
    return turn(touched.before, touched.before_policy, touched.after, touched.after_policy)


def same_touch(touched: Iterable[Touched]) -> list[tuple[list[tuple[list[str], str]], list[str]]]:
    """Return what a draft would add, each time with the deals it would add it to and what would become of them, in words."""
    found: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for t in touched:
        found.setdefault(tuple(t.adds), {}).setdefault(touches(t), []).append(t.deal)
    return [([(deals, text) for text, deals in by.items()], list(adds)) for adds, by in found.items()]


def decides(names: Iterable[str]) -> str:
    """Return what a fact decides, in words."""
    return listed([_DECIDES.get(n, plain(n)) for n in names])


def fit(cover: Cover) -> str:
    """Return how a license held fits a deal, in words."""
    if cover.ends_before:
        return f"ends {cover.ends}, before the deal"
    if not cover.enough:
        value, pieces = cover.value_left_usd, cover.quantity_left
        short = [usd(-value)] if value is not None and value < 0 else []
        short += [f"{-pieces:,.0f} {'piece' if pieces == -1 else 'pieces'}"] if pieces is not None and pieces < 0 else []
        return "does not suffice" + (f": short by {' and '.join(short)}" if short else "")
    left = [usd(cover.value_left_usd)] if cover.value_left_usd is not None else []
    left += [f"{cover.quantity_left:,.0f} pieces"] if cover.quantity_left is not None else []
    return "covers it" + (f"; {' and '.join(left)} left after it" if left else "") + (f"; ends {cover.ends}" if cover.ends else "")


def names(sales: Iterable[Sale | Cell], b: Briefing) -> list[str]:
    """Return sales in words, a line for the products that share their destinations: `H200, L40S to Malaysia, Singapore`."""
    every = {c.place for c in b.matrix}
    found: dict[str, list[str]] = {}
    for sale in sales:
        found.setdefault(sale.product, []).append(sale.place)
    joined: dict[tuple[str, ...], list[str]] = {}
    for product, to in found.items():
        joined.setdefault(tuple(to), []).append(product)
    lines = []
    for places, products in joined.items():
        where = "every destination" if len(places) > _FEW and set(places) == every else ", ".join(b.places.get(p, p) for p in places)
        lines.append(f"{', '.join(products)} to {where}")
    return lines


def listed(parts: Sequence[str]) -> str:
    """Return parts joined as a sentence joins them."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else "none"


def usd(value: float | None) -> str:
    """Return dollars in figures."""
    return "not stated" if value is None else f"{value:,.0f} USD"


def millions(value: float) -> str:
    """Return dollars as they are said."""
    if value >= 999_500_000:
        return f"{value / 1e9:,.1f} billion USD"
    return f"{value / 1e6:,.1f} million USD" if value >= 999_500 else f"{value:,.0f} USD"
