"""One rule as it acts on a day: its condition as closures, and what it reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from thalweg.controls.cells import Cut
from thalweg.controls.closures import Compiler, cost
from thalweg.controls.environment import Environment, Truth
from thalweg.pack import Rule, Version
from thalweg.pack.language import children, walk


@dataclass(slots=True)
class Step:
    """One rule as it acts on the day."""

    rule: Rule
    version: Version
    index: int
    test: Truth
    uncertain: bool
    asts: tuple[list[Any], ...]
    lifts: frozenset[int] = frozenset()
    reviews: frozenset[int] = frozenset()
    overrides: frozenset[int] = frozenset()
    covers: frozenset[int] = frozenset()
    parts: tuple[tuple[Truth, bool], ...] = ()
    asking: int = 0
    citations: list[Any] | None = None
    facts: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    cut: Cut = field(default_factory=Cut)
    assigns: str = ""
    mark: int = 0
    """The same for a version wherever it acts with the same certainty, and for no other."""
    reads: frozenset[str] = frozenset()

    def near_miss(self, e: Environment) -> bool:
        """Say whether a rule that does not hold failed by one part alone, though it is about this item.

        A rule is about the item if a part that asks for a class or measure of it holds. Failing for naming other places does not count.
        """
        failed, asked, about = 0, self.asking, False
        for number, (part, names_places) in enumerate(self.parts, 1):
            value = part(e)
            if value == 0:
                failed += 1
                if failed > 1 or names_places:
                    return False
            elif value == 2 and number <= asked:
                about = True
            if number == asked and not about:
                return False
        return about

    def may_come_close(self, e: Environment) -> bool:
        """Say whether :meth:`near_miss` is still possible with what is known so far."""
        failed = 0
        for part, names_places in self.parts:
            if part(e) == 0:
                failed += 1
                if failed > 1 or names_places:
                    return False
        return bool(self.parts)


def template(compiler: Compiler, rule: Rule, version: Version, *, uncertain: bool) -> Step:
    """Return a step without its place in a program; it is made once for each compiler."""
    key = (id(version), uncertain)
    found: Step | None = compiler.templates.get(key)
    if found is None:
        asts = tuple(a for a in (version.when, version.unless) if a)
        parts, asking = _parts(compiler, version)
        found = compiler.templates[key] = Step(
            rule,
            version,
            -1,
            _test(compiler, version, rule.id, uncertain=uncertain),
            uncertain,
            asts,
            parts=parts,
            asking=asking,
            facts=_facts(version),
            sets=frozenset(n[1] for a in asts for n in walk(a) if n[0] == "member_of"),
            reads=class_reads(compiler, asts),
            cut=Cut.of(compiler.pack, asts),
            assigns=rule.keys.get("assigns", ""),
            mark=id(version) * 2 + uncertain,
        )
    return found


def _parts(compiler: Compiler, version: Version) -> tuple[tuple[tuple[Truth, bool], ...], int]:
    """Return the parts of a condition by which it can fail, each with whether it names places, and how many ask for the item.

    Parts that ask for the item come first, then the cheaper ones; a condition that does not ask for the item has none.
    """
    parts = version.when[1:] if version.when[0] == "and" else [version.when]
    if version.unless:
        parts = [*parts, ["not", version.unless]]
    asking = [a for a in parts if _reads_item(compiler, a)]
    if len(parts) < 2 or not asking:
        return (), 0
    ordered = [*sorted(asking, key=cost), *sorted((a for a in parts if a not in asking), key=cost)]
    return tuple((compiler.truth(a), _names_places(a)) for a in ordered), len(asking)


def class_reads(compiler: Compiler, asts: Iterable[list[Any] | None]) -> frozenset[str]:
    """Return the assigned classes that conditions read, of the item or of its components."""
    named = {n[1] for ast in asts if ast for n in walk(ast) if n[0] == "classified"}
    return frozenset(key for name in named for key in compiler.classes_under(name)[0])


def _facts(version: Version) -> frozenset[str]:
    """Return the facts that a version reads."""
    asts = [a for a in (version.when, version.unless) if a]
    return frozenset(n[1] for a in asts for n in walk(a) if n[0] in ("fact", "bool", "in_group", "isnull"))


def _reads_item(compiler: Compiler, ast: list[Any], *, positive: bool = True) -> bool:
    """Say whether a condition asks something of the item's class or measures (and does not merely leave it out)."""
    if ast[0] == "not":
        return _reads_item(compiler, ast[1], positive=not positive)
    if ast[0] in ("classified", "stated"):
        return positive
    if ast[0] in ("fact", "bool") and positive:
        fact = compiler.pack.facts[ast[1]]
        return bool(fact.of == "item" and fact.name not in ("kind", "item_name", "eccn") and fact.if_unstated is None)
    return any(_reads_item(compiler, a, positive=positive) for a in children(ast))


def _names_places(ast: list[Any]) -> bool:
    return bool((ast[0] == "cmp" and ast[2] == ["fact", "destination"]) or (ast[0] == "in" and ast[1] == ["fact", "destination"]))


def _test(compiler: Compiler, version: Version, identity: str, *, uncertain: bool) -> Truth:
    when = compiler.truth(version.when)
    test = when
    if version.unless:
        unless = compiler.truth(version.unless)

        def test(e: Any) -> int:
            value = when(e)
            return 0 if value == 0 else min(value, 2 - unless(e))

    if not uncertain:
        return test
    holds = test
    key = ("posture", identity)

    def guarded(e: Any) -> int:
        value = holds(e)
        return 0 if value == 0 else min(value, e.opaque.get(key, 1))

    return guarded
