"""How outcomes, policies and amounts are called, marked and colored on every page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from thalweg.briefs.model import HELD, Briefing, Cell, Change, Cover, Notice, Step, Touched
from thalweg.briefs.model_base import Claim, Hit, Sale

# word, short word, mark, color (Okabe and Ito's palette, told apart by color-blind readers; the mark tells them apart in print)
OUTCOMES: Final[dict[str, tuple[str, str, str, str]]] = {
    "no_license_required": ("No license required", "No license", "✓", "#009e73"),
    "license_exception": ("License exception", "Exception", "◐", "#56b4e9"),
    "license_required": ("License required", "License", "■", "#e69f00"),
    HELD: ("Held by the firm", "Held", "▲", "#f0e442"),
    "prohibited": ("Prohibited", "Prohibited", "✕", "#d55e00"),
    "undetermined": ("Undetermined", "Open", "?", "#999999"),
    "not_modeled": ("Not modeled", "Not modeled", "–", "#cc79a7"),
}
DENIAL: Final = ("presumption_of_denial", "policy_of_denial")
HOUSE: Final = "house_rule"
_FEW: Final = 2
_POLICIES: Final = ("presumption_of_approval", "case_by_case", *DENIAL)
_KINDS: Final = {HOUSE: "House rule", "counsel": "Counsel's reading", "draft": "Draft", "what_if": "What-if"}
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
OPEN: Final = {
    "party": "if it is the same party",
    "address": "if it is at the address of the entry",
    "day": "if the entry stood on that day",
    "items": "if the entry is about the item",
    "posture": "if the rule on companies that listed parties own acts on that day",
}
"""The condition on which an entry counts, by what is not known of it."""
_BASES: Final = {"reported": "reported", "recalled": "recalled", "derived": "derived"}


def word(outcome: str) -> str:
    """Return an outcome in words."""
    return OUTCOMES[outcome][0] if outcome in OUTCOMES else outcome.replace("_", " ")


def short(outcome: str) -> str:
    """Return an outcome in a word or two."""
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


def kind(name: str) -> str:
    """Return what sort of overlay it is."""
    return _KINDS.get(name, plain(name))


def basis(name: str) -> str:
    """Return how good a source is, where it is not an official text that was read."""
    return _BASES.get(name, "")


def by_strictness(policies: Iterable[str]) -> list[str]:
    """Return review policies, the mildest first."""
    return sorted(policies, key=lambda p: (_POLICIES.index(p) if p in _POLICIES else -1, p))


def review(policies: Sequence[str], by: str = "") -> str:
    """Return how an application is reviewed, in words; more than one policy means that it is not settled."""
    if len(policies) > 1:
        return f"review not settled: {' or '.join(map(plain, policies))}"
    return plain(policies[0]) + (f" ({kind(by).lower()})" if by else "") if policies else ""


def state(outcome: str, policies: Sequence[str], by: str = "") -> str:
    """Return an outcome with its review in words."""
    return word(outcome) + (f", {review(policies, by)}" if policies else "")


def drawn(outcome: str, policies: Sequence[str], *, held: bool) -> str:
    """Return the outcome under which something is shown, and beside a hold what the law alone says."""
    return f"{word(HELD)}; by law: {state(outcome, policies)}" if held else state(outcome, policies)


def turn(c: Change) -> str:
    """Return what becomes of a verdict, in words: a house rule is told from the law, and a verdict that stays is said to stay."""
    if c.kind == "house":
        return f"House rule {'starts' if any(r.change == 'starts' for r in c.rules) else 'ends'}; the law stays as it is"
    return becomes(c.before, c.before_policies, c.after, c.after_policies)


def becomes(before: str, before_policies: Sequence[str], after: str, after_policies: Sequence[str]) -> str:
    """Return what becomes of a verdict by law, in words."""
    if before != after:
        return f"{state(before, before_policies)} → {state(after, after_policies)}"
    if before_policies == after_policies:
        return f"{_STAYS.get(after, word(after))}, on other grounds"
    old, new = (review(p) or "none stated" for p in (before_policies, after_policies))
    return f"{_STAYS.get(after, word(after))}, under another review: {old} → {new}"


def touches(touched: Touched) -> str:
    """Return what a draft would do to a deal, in words."""
    if touched.kind == "steps":
        return f"{_STAYS.get(touched.after, word(touched.after))}, with new steps"
    return becomes(touched.before, touched.before_policies, touched.after, touched.after_policies)


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
    """Return how a license held fits a deal, in words, with every defect."""
    if not cover.enough:
        value, pieces = cover.value_left_usd, cover.quantity_left
        lacks = [usd(-value)] if value is not None and value < 0 else []
        lacks += [f"{-pieces:,.0f} {'piece' if pieces == -1 else 'pieces'}"] if pieces is not None and pieces < 0 else []
        faults = [f"ends {cover.ends}, before the deal"] if cover.ends_before else []
        faults += [f"is short by {' and '.join(lacks)}"] if lacks else []
        faults += [] if cover.counted else ["is counted in pieces, and the deal states none"]
        return f"does not suffice: {'; '.join(faults)}"
    left = [usd(cover.value_left_usd)] if cover.value_left_usd is not None else []
    left += [f"{cover.quantity_left:,.0f} pieces"] if cover.quantity_left is not None else []
    return "covers it" + (f"; {' and '.join(left)} left after it" if left else "") + (f"; ends {cover.ends}" if cover.ends else "")


def notify(notice: Notice) -> str:
    """Return what the notice of an exception asks for, in words."""
    if notice.earliest:
        late = f"the last day for it, {notice.by}, has passed: not before {notice.earliest}"
        return f"{notice.exception} needs {notice.days} days' notice to BIS; {late}"
    return f"notify BIS by {notice.by} ({notice.exception}, {notice.days} days' notice)"


def hit_word(hit: Hit) -> str:
    """Return what an entry is to a deal, as the start of a line."""
    return {"listed": "Listed party", "owner": "Listed owners", "open": "Possible match"}[hit.standing]


def section(c: Claim) -> str:
    """Return where in the regulations a rule is read, or its first source."""
    found = [s.citation for s in c.sources]
    return next((x for x in found if "CFR" in x), found[0] if found else c.text)


def on_condition(c: Claim | Step) -> str:
    """Return the condition on which a statement holds, as the start of a line."""
    return f"Only {c.depends}: " if c.depends else ""


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


def sentence(text: str) -> str:
    """Return a text that another may follow."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def counted(number: int, name: str) -> str:
    """Return a number with its noun."""
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def usd(value: float | None) -> str:
    """Return dollars in figures."""
    return "not stated" if value is None else f"{value:,.0f} USD"


def millions(value: float) -> str:
    """Return dollars as they are said."""
    if value >= 999_500_000:
        return f"{value / 1e9:,.1f} billion USD"
    return f"{value / 1e6:,.1f} million USD" if value >= 999_500 else f"{value:,.0f} USD"
