"""Hold the names of knowledge/names/brands.csv against sources: what a source bears out cites it, what none does is marked unverified.

    python -m benchmarks.brand_sources --data ../shared/data --facts ../shared/facts [--write]

A row is looked at where it cites `usual` (names in general use, recalled) or has unverified names. A name of it is borne out

- by a list: it is a name or an alias of an entry (`entity-list 84 FR 22963`: the notice that the entry cites first);
- by the spelling of a list: every word of the Chinese name is in a listed name of the same organization, at least one as its sound;
- by the table of parties in the facts (`parties-table`), or the data on AI companies and chips (`ai-companies`);
- by another row that cites sources, where that holds it;
- as a part of a longer name of the row that is borne out.

Without `--write` it says what it would change.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from thalweg.desk.list_taking import lookups
from thalweg.desk.packs import the_pack
from thalweg.nouns.listing import ListEntry
from thalweg.pack.names import load_names
from thalweg.parties.compare import JOINED, SAME, SOUND, TYPO, align
from thalweg.parties.levels import model
from thalweg.parties.lexicon import PLACE, brand_key, lexicon
from thalweg.parties.name import Reader
from thalweg.parties.text import has_han, simplified, words
from thalweg.sources import read_lists

LISTS = (
    "lists/csl_2026-07-31.csv",
    "lists/bis_entity_list.json",
    "lists/bis_meu.json",
    "lists/dow_1260h.json",
    "lists/ofac_nscmic.json",
    "lists/csl_full_schema_2022-05-16.csv",
)
PAST = LISTS[-1]
CITED = {"entity_list": "entity-list", "meu": "meu", "cmic": "cmic", "dod_1260h": "dod-1260h"}
UNVERIFIED = "usual"
REGISTERS = {"sse", "szse", "moe"}
"""Sources that hold the Chinese name of what they list."""
BRANDS = Path(__file__).resolve().parent.parent / "src/thalweg/knowledge/names/brands.csv"
COLUMNS = ("id", "canonical", "zh", "pinyin", "stem", "stem_zh", "aliases", "kind", "country", "source", "unverified", "note")
Row = dict[str, str]
_SLIGHT = 0.01
_HEADING = re.compile(r"^### 8\.2 .*?(?=^## )", re.MULTILINE | re.DOTALL)
_HAN = re.compile(r"[\u3400-\u9fff()]+")


class Sources:
    """What there is to hold names against."""

    def __init__(self, data: Path, facts: Path) -> None:
        find = lookups(the_pack())
        by_file = {f: [e for c in read_lists(data / f, find) for e in c.entries if e.type in ("", "entity")] for f in LISTS}
        self.entries = [e for entries in by_file.values() for e in entries]
        self.past = {id(e) for e in by_file[PAST]}
        self.listed: dict[str, list[tuple[ListEntry, str]]] = defaultdict(list)
        for entry in self.entries:
            for name in (entry.name, *entry.aliases):
                self.listed[brand_key(name)].append((entry, name))
                if (bare := re.sub(r"\s*[(（][^()（）]*[)）]\s*$", "", name)) != name:
                    self.listed[brand_key(bare)].append((entry, name))
        found = load_names()
        self.reader = Reader(lexicon(replace(found, brands=(), ambiguous=())), model().words)
        table = _HEADING.search((facts / "export_controls_verified.md").read_text(encoding="utf-8"))
        said = table[0] if table else ""
        self.parties = {simplified(w.strip("()")) for w in _HAN.findall(said)}
        self.parties_text = simplified(said)
        companies = (data / "names/unlisted_companies.csv").read_text(encoding="utf-8").splitlines()[1:]
        with (data / "hardware/epoch_ml_hardware_2026-07.csv").open(encoding="utf-8", newline="") as file:
            companies += [row.get("Manufacturer") or "" for row in csv.DictReader(file)]
        self.companies = {brand_key(c.strip().strip('"')) for c in companies if c.strip()}

    def of_list(self, entry: ListEntry) -> str:
        """Return the source that an entry is, with the notice that listed it where its list goes by notices."""
        if id(entry) in self.past:
            return "csl-2022"
        source = CITED.get(entry.list, "csl")
        return f"{source} {entry.notices[0]}" if source == "entity-list" and entry.notices else source


def names_of(row: Row) -> list[str]:
    split = (row[c].split(";") for c in ("zh", "stem_zh", "aliases"))
    return list(dict.fromkeys(n.strip() for n in (row["canonical"], *row["stem"].split(";"), *(x for c in split for x in c)) if n.strip()))


def borne_out(row: Row, sources: Sources, sourced: Iterable[Row]) -> dict[str, str]:
    """Return for each name of a row the source that bears it out."""
    names = names_of(row)
    found: dict[str, str] = {}
    entries: dict[int, ListEntry] = {}
    for name in names:
        for entry, _ in sources.listed.get(brand_key(name), ()):
            if row["country"] in entry.countries or not entry.countries:
                entries[id(entry)] = entry
                found.setdefault(name, sources.of_list(entry))
        if name not in found and brand_key(name) in sources.companies and not has_han(name):
            found[name] = "ai-companies"
    for name in names:
        if name in found or not has_han(name):
            continue
        if entry := _spelled(name, entries.values(), sources.reader):
            found[name] = sources.of_list(entry)
        elif simplified(name) in sources.parties or (len(name) > 3 and simplified(name) in sources.parties_text):
            found[name] = "parties-table 8.2"
        else:
            for other in sourced:
                if other["id"] != row["id"] and name in (*other["zh"].split(";"), *other["stem_zh"].split(";")):
                    found[name] = other["source"].split(";")[0]
                    break
    for name in names:  # a part of what is borne out: the characters of a legal name, the words of a listed one
        if name not in found and (whole := next((n for n in found if _is_part(name, n)), "")):
            found[name] = found[whole]
    return found


def _is_part(name: str, whole: str) -> bool:
    if has_han(name):
        return len(name) > 1 and simplified(name) in simplified(whole)
    mine, theirs = words(name), words(whole)
    return len(name) > 2 and any(theirs[i : i + len(mine)] == mine for i in range(len(theirs)))


def _spelled(name: str, entries: Iterable[ListEntry], reader: Reader) -> ListEntry | None:
    """Return an entry of which a name has every word of a Chinese name, at least one of them as its sound, and no other rare one."""
    query = reader.read(name, "entity")[-1]
    for entry in entries:
        for listed in (entry.name, *entry.aliases):
            for other in reader.read_listed(listed, entry.type)[:1]:
                laid = align(query, other)
                left = sum(t.weight for t in laid.query_rest if t.kind != PLACE)
                beside = sum(t.weight for t in laid.listed_rest if t.kind != PLACE)
                sound = [
                    p
                    for p in laid.pairs
                    if p.relation in (SAME, SOUND, JOINED, TYPO) and p.edits <= 1 and any(t.native and not t.others for t in p.query)
                ]
                if sound and left <= _SLIGHT and beside < 1.2:
                    return entry
    return None


def checked(rows: list[Row], sources: Sources) -> Iterator[tuple[Row, dict[str, str]]]:
    """Yield each row as it should stand, with what bears out its names."""
    sourced = [
        r for r in rows if UNVERIFIED not in r["source"].split(";") and REGISTERS & {s.split(" ")[0] for s in r["source"].split(";")}
    ]
    for row in rows:
        if UNVERIFIED not in row["source"].split(";") and not row.get("unverified"):
            yield {**row, "unverified": ""}, {}
            continue
        found = borne_out(row, sources, sourced)
        open_ = [n for n in names_of(row) if n not in found]
        told = list(dict.fromkeys(found.values()))
        kept = [s for s in row["source"].split(";") if s != UNVERIFIED and " " not in s and s not in {t.split(" ")[0] for t in told}]
        cited = list(dict.fromkeys((*told, *kept)))
        yield {**row, "source": ";".join([*cited, *([UNVERIFIED] if open_ else [])]), "unverified": ";".join(open_)}, found


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.brand_sources", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--facts", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    with BRANDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    done = list(checked(rows, Sources(args.data, args.facts)))
    recalled = [(new, found) for old, (new, found) in zip(rows, done, strict=True) if UNVERIFIED in old["source"].split(";")]
    names = sum(len(names_of(r)) for r, _ in recalled)
    bare = sum(len(r["unverified"].split(";")) for r, _ in recalled if r["unverified"])
    whole = sum(not r["unverified"] for r, _ in recalled)
    part = sum(bool(r["unverified"]) and bool(found) for r, found in recalled)
    by = Counter(s.split(" ")[0] for _, found in recalled for s in found.values())
    print(json.dumps({"rows": len(recalled), "borne out": whole, "in part": part, "names": names, "unverified names": bare, "by": by}))
    if args.write:
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({c: row.get(c, "") for c in COLUMNS} for row, _ in done)
        BRANDS.write_text(out.getvalue(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
