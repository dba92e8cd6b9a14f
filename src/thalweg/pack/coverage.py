"""Coverage: what encodes each statement of the fact files, checked and written as pages.

Run ``python -m thalweg.pack.coverage [--facts ../shared/facts] [--write docs/coverage]`` in the repository.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from thalweg.evidence import PackError, nearest
from thalweg.pack.coverage_entries import Entry, read_entries, sources
from thalweg.pack.coverage_pages import coverage_page, index_page, page_name
from thalweg.pack.coverage_references import REPOSITORY, References, event_problems
from thalweg.pack.fact_rows import Row, coverage_rows
from thalweg.pack.files import write_atomically
from thalweg.pack.load import EMBEDDED, load_pack
from thalweg.pack.model import Pack

__all__ = ["Entry", "Row", "check_coverage", "compare_with_facts", "coverage_pages", "coverage_rows", "read_entries", "write_coverage_page"]

FACTS = Path("../shared/facts")


def check_coverage(pack: Pack, entries: Iterable[Entry], *, repository: Path = REPOSITORY) -> list[PackError]:
    """Return every fault: a key that stands twice, a statement with neither or both answers, a reference that does not resolve."""
    references = References(pack, repository)
    problems: list[PackError] = []
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        faults = [fault for fault in map(references.problem, entry.encoded_by) if fault]
        if (entry.file, entry.key) in seen:
            faults.append("stands twice")
        if bool(entry.encoded_by) == bool(entry.not_encoded.strip()):
            faults.append("needs either encoded_by or not_encoded with the reason, and not both")
        if len(set(entry.encoded_by)) < len(entry.encoded_by):
            faults.append("names a reference twice")
        seen.add((entry.file, entry.key))
        problems += [PackError(f"{entry.key}: {fault}", file=entry.file, line=entry.line) for fault in faults]
    return problems


def compare_with_facts(entries: Sequence[Entry], rows: Sequence[Row], file: str) -> list[PackError]:
    """Return every statement of a fact file without an entry, every entry without a statement, and every wrong section."""
    held = {entry.key: entry for entry in entries}
    stated = {row.key: row for row in rows}
    problems = [PackError(f"there is no entry for {key!r} ({row.where})", file=file) for key, row in stated.items() if key not in held]
    for key, entry in held.items():
        if key not in stated:
            problems.append(PackError(f"the fact file has no statement {key!r}{nearest(key, stated)}", file=file, line=entry.line))
        elif entry.where != stated[key].where:
            problems.append(PackError(f"{key}: where should be {stated[key].where!r}", file=file, line=entry.line))
    return problems


def write_coverage_page(pack: Pack, source: str, root: Path = EMBEDDED) -> str:
    """Return the page for one fact file as Markdown."""
    return coverage_page(source, read_entries(source, root), References(pack))


def coverage_pages(pack: Pack, root: Path = EMBEDDED) -> dict[str, str]:
    """Return all pages, by file name: the index and one for each fact file."""
    entries = {source: read_entries(source, root) for source in sources(root)}
    references = References(pack)
    return {"index.md": index_page(entries), **{page_name(s): coverage_page(s, found, references) for s, found in entries.items()}}


def problems_of(pack: Pack, entries: Mapping[str, Sequence[Entry]], facts: Path) -> list[str]:
    """Return every fault in words; the comparison is made for the fact files that are there."""
    found: list[PackError] = []
    for source, held in entries.items():
        found += check_coverage(pack, held)
        file = facts / f"{source}.md"
        if file.is_file():
            found += compare_with_facts(held, coverage_rows(file.read_text(encoding="utf-8")), f"coverage/{source}.yaml")
    return [*map(str, found), *event_problems(pack)]


def summary(source: str, entries: Sequence[Entry], facts: Path) -> str:
    """Say in a line how many statements are encoded and what they were compared with."""
    encoded = sum(1 for entry in entries if entry.encoded_by)
    file = facts / f"{source}.md"
    compared = f"compared with {file}" if file.is_file() else f"not compared: there is no {file}"
    return f"{source}: {len(entries)} statements, {encoded} encoded, {len(entries) - encoded} not; {compared}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check coverage, write the pages if asked, and return 1 if anything is at fault."""
    parser = argparse.ArgumentParser(
        prog="python -m thalweg.pack.coverage", description="Check what encodes each statement of the fact files."
    )
    parser.add_argument("--facts", type=Path, default=FACTS, help="folder of the fact files (compared where they are there)")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the pages into this folder")
    given = parser.parse_args(arguments)
    try:
        pack = load_pack()
        entries = {source: read_entries(source) for source in sources()}
        problems = problems_of(pack, entries, given.facts)
        if given.write and not problems:
            for name, text in coverage_pages(pack).items():
                write_atomically(given.write / name, text.encode())
    except (PackError, OSError) as error:
        problems = [str(error)]
        entries = {}
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    for source, held in entries.items():
        sys.stdout.write(f"{summary(source, held, given.facts)}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
