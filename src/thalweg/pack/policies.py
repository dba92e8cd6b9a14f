"""Policies: read a file or one of those shipped, lay it over what it is based on, and say file and line of what does not hold."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from thalweg.evidence import BadInput, PackError, nearest
from thalweg.pack import load
from thalweg.pack import policies_schema as s
from thalweg.pack.build import knowledge_files, validated
from thalweg.pack.estimates_build import SOURCES, Citer, citing, read_sources
from thalweg.pack.estimates_schema import Cited
from thalweg.pack.overlay import find_overlay
from thalweg.pack.policies_checks import check_steps, check_triggers, check_turns
from thalweg.pack.policies_model import Grant, Laid, Policy, Sold, Step, Threshold, TriggerRule, Words
from thalweg.pack.reader import Document, read_yaml

FOLDER = "policies"
RULEBOOKS = "rulebooks"
RESPONSES = "responses"
NOT_POLICIES = (SOURCES, "threshold", RESPONSES)
"""Files of the folder that hold something else."""


def policy_files(root: Path | None = None, *, overlays: Iterable[str | Path] = ()) -> dict[str, Path]:
    """Return the files of the policies of a knowledge folder and of overlays, by the id that a file is named for.

    Raises:
        BadInput: if there is no such overlay, or two hold a policy of the same name.
    """
    found: dict[str, Path] = {}
    for folder in (root or load.EMBEDDED, *map(find_overlay, overlays)):
        for path in sorted((folder / FOLDER).glob("*.yaml")):
            if path.stem in NOT_POLICIES:
                continue
            if path.stem in found:
                raise BadInput(f"there are two policies {path.stem!r}; give that of {folder.name} another id")
            found[path.stem] = path
    return found


def load_policy(
    name: str | Path, words: Words, *, root: Path | None = None, overlays: Iterable[str | Path] = (), base: str | None = None
) -> Policy:
    """Load a policy by the id of one that is shipped (or that an overlay brings), or by the path of its file.

    Args:
        name: an id, or a path that ends in ``.yaml``.
        words: the names that a policy can use.
        root: a knowledge folder; the embedded pack if left out.
        overlays: overlay folders, which may hold policies of their own.
        base: another policy to base it on than its file says.

    Raises:
        BadInput: if there is no such policy.
        PackError: with file and line, if it does not hold to its format.
    """
    known = policy_files(root, overlays=overlays)
    return _Reader(root or load.EMBEDDED, known, words).policy(_find(name, known), (), base)


def _find(name: str | Path, known: Mapping[str, Path]) -> Path:
    if str(name) in known:
        return known[str(name)]
    path = Path(name)
    with contextlib.suppress(OSError, ValueError):  # a name that no path can have
        if path.suffix in (".yaml", ".yml") and path.is_file():
            return path
    raise BadInput(f"policy {str(name)!r}: neither a file nor one of {', '.join(known)}{nearest(str(name), known)}")


def check_policies(root: Path, words: Words) -> list[PackError]:
    """Return what is wrong with the policies of a knowledge folder, each with file and line; a folder without any has nothing wrong."""
    problems: list[PackError] = []
    known = policy_files(root)
    for path in known.values():
        try:
            policy = _Reader(root, known, words).policy(path, (), None)
            if policy.id != path.stem:
                raise PackError(f"id: {policy.id!r} stands in a file named for {path.stem!r}", file=policy.file, line=1)
        except (PackError, BadInput) as error:
            problems.append(error if isinstance(error, PackError) else PackError(str(error), file=f"{FOLDER}/{path.name}", line=1))
    if known:
        try:
            load_threshold(root)
        except PackError as error:
            problems.append(error)
    return list({str(p): p for p in problems}.values())


def load_threshold(root: Path | None = None) -> Threshold:
    """Load what the threshold lever needs beside the rules and the catalogue.

    Raises:
        PackError: if the folder holds no ``threshold.yaml``, or it does not hold to its format.
    """
    folder = (root or load.EMBEDDED) / FOLDER
    document = read_yaml(folder / "threshold.yaml", name=f"{FOLDER}/threshold.yaml")
    found = validated(s.ThresholdFile, document, document.data)
    cite = citer(root or load.EMBEDDED)
    names = [c.item for c in found.chips]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise PackError(f"chips: {name!r} stands twice", file=document.file, line=document.line(("chips", i)))
    chips = tuple(
        Sold(c.item, c.price_usd, c.sold_from, c.basis, cited_by(cite, c.sources, document, ("chips", i)), c.note)
        for i, c in enumerate(found.chips)
    )
    sources = {k: cited_by(cite, getattr(found, k).sources, document, (k,)) for k in ("fading", "frontier")}
    digest = hashlib.sha256((folder / "threshold.yaml").read_bytes()).hexdigest()
    fading, growth = found.fading, found.frontier.growth
    return Threshold(chips, fading.share_when_superseded, fading.superseded_by, fading.rate, growth, found.met_conditions, sources, digest)


def citer(*roots: Path) -> Citer:
    """Return what turns a citation into a source, by the works of ``estimates/sources.yaml`` and ``policies/sources.yaml`` of folders."""
    works: dict[str, Any] = {}
    problems: list[PackError] = []
    for root in roots:
        for folder in ("estimates", FOLDER):
            path = root / folder / f"{SOURCES}.yaml"
            if path.is_file():
                works |= dict(read_sources(read_yaml(path, name=f"{folder}/{path.name}"), problems))
    if problems:
        raise problems[0]
    return citing(works)


def cited_by(cite: Citer, sources: Sequence[Cited], document: Document, path: tuple[str | int, ...]) -> tuple[Mapping[str, Any], ...]:
    """Return the sources of citations; one that is no work of the files is refused with its line."""
    try:
        return tuple(cite(x) for x in sources)
    except ValueError as error:
        raise PackError(str(error), file=document.file, line=document.line((*path, "sources"))) from None


class _Reader:
    """Reads a policy and what it is based on."""

    def __init__(self, root: Path, known: Mapping[str, Path], words: Words) -> None:
        self.root = root
        self.known = known
        self.words = words
        self.cite = citer(root)

    def policy(self, path: Path, above: tuple[str, ...], base: str | None) -> Policy:
        inside = path.resolve().is_relative_to(self.root.resolve())
        document = read_yaml(path, name=f"{FOLDER}/{path.name}" if inside else str(path))
        found = validated(s.PolicyFile, document, document.data)
        if found.id in above:
            raise PackError(
                f"based_on: the policies {' -> '.join((*above, found.id))} stand on each other in a circle",
                file=document.file,
                line=document.line(("based_on",)),
            )
        if found.starts not in self.words.quarters:
            raise PackError(
                f"starts: {found.starts} is not a quarter of the model, {self.words.quarters[0]} to {self.words.quarters[-1]}",
                file=document.file,
                line=document.line(("starts",)),
            )
        under = self._base(base or found.based_on, path, document, (*above, found.id))
        own = {n: self._steps(found.id, p, document, ("levers", n)) for n, p in found.levers.items()}
        check_steps(own, self.words, document, ("levers",), starts=found.starts)
        start = first_day(found.starts)
        laid = tuple(self._laid(x, path, document, ("rulebook", i), start) for i, x in enumerate(found.rulebook))
        triggers = tuple(self._trigger(x, path, document, i, found) for i, x in enumerate(found.triggers))
        check_triggers(found.triggers, self.words, document)
        check_turns(triggers, document)
        grants = tuple(
            Grant(tuple(g.items), g.from_, g.to, g.because, g.basis, cited_by(self.cite, g.sources, document, ("grants", i)))
            for i, g in enumerate(found.grants)
        )
        digest = hashlib.sha256(path.read_bytes())
        for x in (*laid, *(y for t in triggers for y in t.rulebook)):
            for file in knowledge_files(x.overlay):
                digest.update(file.relative_to(x.overlay).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
        if under is not None:
            digest.update(under.sha256.encode())
        return Policy(
            id=found.id,
            title=found.title,
            summary=" ".join(found.summary.split()),
            starts=found.starts,
            levers=_over(under.levers if under else {}, own),
            rulebook=(*(under.rulebook if under else ()), *laid),
            grants=(*(under.grants if under else ()), *grants),
            triggers=triggers,
            assumes=tuple(" ".join(x.split()) for x in found.assumes),
            not_expressed=tuple(" ".join(x.split()) for x in found.not_expressed),
            base=under,
            sha256=digest.hexdigest(),
            file=document.file,
        )

    def _base(self, name: str | None, path: Path, document: Document, above: tuple[str, ...]) -> Policy | None:
        if name is None:
            return None
        beside = path.parent / name
        if name not in self.known and not (beside.suffix in (".yaml", ".yml") and beside.is_file()):
            raise PackError(
                f"based_on: there is no policy {name!r}{nearest(name, self.known)}", file=document.file, line=document.line(("based_on",))
            )
        return self.policy(self.known.get(name, beside), above, None)

    def _steps(self, policy: str, path: Any, document: Document, where: tuple[str | int, ...]) -> tuple[Step, ...]:
        steps = []
        for quarter, x in path.items():
            sources = cited_by(self.cite, x.sources, document, (*where, quarter))
            value = None if x.value == "rulebook" else float(x.value)
            steps.append(Step(quarter, value, x.basis, sources, x.note, policy))
        return tuple(sorted(steps, key=lambda step: step.quarter))

    def _laid(self, laid: s.LaidFile, path: Path, document: Document, where: tuple[str | int, ...], start: dt.date) -> Laid:
        for folder in (path.parent / laid.overlay, self.root / FOLDER / RULEBOOKS / laid.overlay):
            if (folder / "overlay.yaml").is_file():
                found = folder
                break
        else:
            try:
                found = find_overlay(laid.overlay)
            except BadInput as error:
                raise PackError(f"overlay: {error}", file=document.file, line=document.line((*where, "overlay"))) from None
        if laid.from_ is not None and laid.from_ < start:
            message = f"from: {laid.from_} is before the first day of the policy, {start}"
            raise PackError(message, file=document.file, line=document.line((*where, "from")))
        return Laid(found, laid.overlay, laid.from_ or start, laid.parameters)

    def _trigger(self, found: s.TriggerFile, path: Path, document: Document, i: int, policy: s.PolicyFile) -> TriggerRule:
        where = ("triggers", i)
        not_before = found.not_before or policy.starts
        steps = {
            name: (Step(policy.starts, float(p), found.basis, (), "", policy.id),)
            if isinstance(p, int | float)
            else self._steps(policy.id, p, document, (*where, "levers", name))
            for name, p in found.levers.items()
        }
        check_steps(steps, self.words, document, (*where, "levers"), starts=policy.starts)
        laid = tuple(self._laid(x, path, document, (*where, "rulebook", j), first_day(policy.starts)) for j, x in enumerate(found.rulebook))
        sources = cited_by(self.cite, found.sources, document, where)
        return TriggerRule(
            found.id,
            found.because,
            found.outcome,
            found.at_least,
            found.at_most,
            not_before,
            found.after,
            steps,
            laid,
            found.basis,
            sources,
        )


def _over(under: Mapping[str, tuple[Step, ...]], own: Mapping[str, tuple[Step, ...]]) -> dict[str, tuple[Step, ...]]:
    """Lay steps over others: from the first own step of a lever on, those of the base no longer hold."""
    found = dict(under)
    for name, steps in own.items():
        first = steps[0].quarter
        found[name] = (*(s for s in under.get(name, ()) if s.quarter < first), *steps)
    return found


def first_day(quarter: str) -> dt.date:
    """Return the first day of a quarter such as ``2027Q1``."""
    return dt.date(int(quarter[:4]), 3 * int(quarter[5]) - 2, 1)
