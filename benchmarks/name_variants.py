"""Derive knowledge/names/name_variants.csv: spellings of one personal name, from public groups and the lists' own aliases.

    pip download --no-deps rigour==1.0.0 nicknames==1.0.1     # both are wheels: unzip them
    python -m benchmarks.name_variants LIST.csv rigour/data/names/persons.txt nicknames/names.csv > name_variants.csv

LIST.csv is the screening list with the columns `type`, `name` and `alt_names` (joined by ` | `). Four sources:

- `wikidata-names`: spellings that Wikidata holds for one name, cut to those met on the list and those that read like them,
  with their forms in other scripts;
- `csl alias pairs`: two words that stand for each other in the names of one person, all other words being equal, for at
  least three persons;
- `nicknames`: short forms of English given names;
- `equivalents`: one name in several languages, below.

Chinese and Korean names are left out: surnames.csv and the tables of syllables hold what can be said of them.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

MET = 2  # a spelling has to stand in the names of this many persons
PAIRS = 3  # a pair of spellings has to be borne out by this many persons
KNOWLEDGE = Path(__file__).resolve().parent.parent / "src" / "thalweg" / "knowledge" / "names"
# Wikidata groups hold some that are no spellings of one name.
NOT_ONE = ({"ahmad", "nabi"}, {"abd", "jamal"}, {"jimenez", "ochoa"}, {"gustavo", "agustin"}, {"alejandra", "sandra"}, {"george", "yuri"})
EQUIVALENTS = """
yusuf joseph josef iosif josip yosef yousef youssef jose giuseppe jozef yusif; ibrahim abraham avraham ebrahim brahim; musa moses
moshe moussa mousa; yaqub jacob yakov jakob yaakov yacoub yaqoob; ishaq isaac yitzhak isaak; sulayman solomon suleiman soleiman
sulaiman suleyman; dawud david daoud dawood davud; maryam mary maria mariam miriam; yahya john; ismail ishmael ismael esmail;
yunus jonas yunis younis; harun aaron haroun; jibril gabriel jibreel; iskandar alexander eskandar iskander; ivan ioann iwan;
vladimir volodymyr uladzimir vladimer wladimir; dmitry dmitri dmitriy dmytro dzmitry dimitri dmitrii; sergey sergei serhiy serhii
siarhei serge sergio sergej; nikolai nikolay mykola mikalai nicholas nikolaj nicolas; andrei andrey andriy andrii andrew andreas
andre andrej; aleksandr alexander oleksandr aliaksandr alexandr alexandre alejandro aleksander; evgeny evgeniy yevgeny yevgeniy
yevhen eugene evgenii yauhen eugenio; mikhail mykhailo michael mihail mikhael michel miguel michal mihailo; pavel pavlo paul pawel
pablo paulo; petr petro peter pyotr pedro pierre piotr petar; alexei aleksei alexey aleksey oleksiy oleksii aliaksei alexis;
viktor victor viktar; igor ihor ihar; oleg oleh aleh; konstantin kostyantyn kostiantyn constantine konstantinos kanstantsin; yuri
yuriy yury yurii iurii; georgy georgiy heorhiy georgii george georgios jorge georg georges; anatoly anatoliy anatolii anatol;
vasily vasiliy vasyl basil vasilii vasil; grigory grigoriy hryhoriy gregory grigorii; daniil daniel danylo danil; natalia nataliya
natalya natallia nathalie; elena olena helen helena yelena alena; svetlana svitlana sviatlana; tatiana tatyana tetiana tatsiana;
ekaterina kateryna catherine yekaterina katarina katsiaryna; anna hanna anne ana; olga olha volha; yulia yuliya julia iuliia
yuliia; irina iryna irene; ksenia kseniya oksana xenia; galina halyna halina; maksim maxim maksym; ruslan rouslan; timur timour
teymur; bogdan bohdan; vitaly vitaliy vitalii; gennady gennadiy hennadiy henadz; leonid leanid; arkady arkadiy arkadi; roman
raman; stepan stephan stephen steven stefan esteban etienne; fyodor fedor fiodor theodore feodor; matvei matthew matvey mateo
matteo
"""
# Short forms with another first letter than the name; the others of the data set are names of their own, or no longer in use.
SHORT = {
    "william": "bill billy",
    "robert": "bob bobby",
    "richard": "dick",
    "john": "jack",
    "edward": "ted ned",
    "james": "jim jimmy",
    "charles": "chuck",
    "henry": "hank",
    "elizabeth": "liz lizzie betty beth",
    "margaret": "peggy meg",
    "mary": "polly molly",
    "anthony": "tony",
    "alexander": "sandy sasha",
    "albert": "bert",
    "theodore": "ted",
    "francis": "frank",
    "dorothy": "dot",
}
CONFUSED = (
    *(("kh", "h"), ("gh", "g"), ("ph", "f"), ("ck", "k"), ("ks", "x"), ("q", "k"), ("c", "k")),
    *(("w", "v"), ("z", "s"), ("j", "g"), ("th", "t"), ("d", "t")),
)
NATIVE = re.compile(r"[\u0370-\u03ff\u0400-\u04ff\u0590-\u05ff\u0600-\u06ff\u3400-\u9fff\uac00-\ud7af]+$")
Row = tuple[str, str, str, str]


def folded(text: str) -> str:
    """Return a word in lower case without diacritics."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def syllables() -> set[str]:
    """Return the syllables of Mandarin, Cantonese and Chinese surnames in every romanization that the tables hold."""
    found: set[str] = set()
    for table in ("syllables", "cantonese", "surnames"):
        with (KNOWLEDGE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column in row.keys() - {"source", "zh"}:
                    found.update(folded(x) for x in row[column].split(";"))
    return found - {"ali", "lee", "said", "saad", "sad", "ahn"}


def people(path: Path) -> Iterator[list[tuple[str, ...]]]:
    """Yield the names of each person on the list as words."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["type"] == "Individual":
                names = [row["name"], *row["alt_names"].split(" | ")]
                yield [words for n in names if (words := tuple(re.findall(r"[a-z]{2,}", folded(n).replace("'", ""))))]


def from_wikidata(path: Path, met: Counter[str]) -> Iterator[tuple[frozenset[str], list[str]]]:
    """Yield the Latin spellings of each group that the list holds or that read like one it holds, and its forms in other scripts."""
    left_out = syllables()
    for line in path.read_text(encoding="utf-8").splitlines():
        forms = [f.strip() for f in line.rpartition("=>")[0].split(",")]
        latin = {f for form in forms if (f := folded(form)).isascii() and f.isalpha() and len(f) > 2} - left_out
        held = {f for f in latin if met[f] >= MET}
        latin = held | {f for f in latin if any(alike((f, h)) for h in held)}
        for others in NOT_ONE:
            latin -= others if others <= latin else set()
        native = sorted({f for f in forms if NATIVE.match(f) and len(f) > 1})
        if held and len(latin) > 1:
            yield frozenset(latin), native


def from_aliases(everyone: Iterable[list[tuple[str, ...]]]) -> dict[frozenset[str], int]:
    """Return pairs of words that stand for each other in the names of one person, and for how many persons."""
    found: Counter[frozenset[str]] = Counter()
    for names in everyone:
        pairs: set[frozenset[str]] = set()
        for a, b in combinations(set(names), 2):
            if len(a) == len(b) > 1:
                apart = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
                if len(apart) == 1 and min(map(len, apart[0])) > 2:
                    pairs.add(frozenset(apart[0]))
        found.update(pairs)
    return {pair: n for pair, n in found.items() if n >= PAIRS}


def joined(pairs: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Return the groups that pairs with a word in common make."""
    groups: list[frozenset[str]] = []
    for pair in pairs:
        touching = [g for g in groups if g & pair]
        groups = [g for g in groups if not g & pair] + [pair.union(*touching)]
    return groups


def alike(pair: Iterable[str]) -> bool:
    """Say whether two words may be spellings of one: the same consonants but for those that romanizations confuse."""
    keys = set()
    for word in pair:
        text = word
        for before, after in CONFUSED:
            text = text.replace(before, after)
        text = re.sub(r"[aeiouy]", "", text[:1].replace("y", "i")) + re.sub(r"[aeiouyh]", "", text[1:])
        keys.add(re.sub(r"(.)\1+", r"\1", text))
    return len(keys) == 1


def rows(listed: Path, wikidata: Path, nicknames: Path) -> Iterator[Row]:
    """Yield the rows of the table: larger groups first, none that lies within another."""
    everyone = list(people(listed))
    met = Counter(word for names in everyone for word in {w for name in names for w in name})
    groups: dict[frozenset[str], tuple[set[str], set[str]]] = {}
    for latin, native in from_wikidata(wikidata, met):
        groups.setdefault(latin, (set(), set()))[0].update(native)
        groups[latin][1].add("wikidata-names")
    for group in joined(pair for pair in from_aliases(everyone) if alike(pair)):
        groups.setdefault(group, (set(), set()))[1].add("csl alias pairs")
    for line in EQUIVALENTS.split(";"):
        groups.setdefault(frozenset(line.split()), (set(), set()))[1].add("equivalents")
    kept: list[frozenset[str]] = []
    for group in sorted(groups, key=lambda g: (-len(g), sorted(g))):
        home = next((k for k in kept if group <= k), None)
        if home is None:
            kept.append(group)
        else:
            groups[home][0].update(groups[group][0])
            groups[home][1].update(groups[group][1])
    taken: set[str] = set()
    for group in sorted(kept, key=lambda g: -max(met[w] for w in g)):
        native, sources = groups[group]
        head = max(sorted(group), key=lambda w: met[w])
        yield named(head, taken), ";".join([head, *sorted(group - {head}), *sorted(native)]), "both", ";".join(sorted(sources))
    short: dict[str, list[str]] = {}
    with nicknames.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            name, nickname = line["name1"], line["name2"]
            if nickname[0] == name[0] or nickname in SHORT.get(name, "").split():
                short.setdefault(name, []).append(nickname)
    for name, others in sorted(short.items()):
        if met[name] >= PAIRS:
            yield named(name, taken), ";".join(dict.fromkeys((name, *others))), "given", "nicknames"


def named(head: str, taken: set[str]) -> str:
    """Return a name for a group that no other group has."""
    name, n = head, 1
    while name in taken:
        n += 1
        name = f"{head}-{n}"
    taken.add(name)
    return name


def main() -> None:
    """Write the table to standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("listed", type=Path)
    parser.add_argument("wikidata", type=Path)
    parser.add_argument("nicknames", type=Path)
    given = parser.parse_args()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("group", "variants", "kind", "source"))
    writer.writerows(rows(given.listed, given.wikidata, given.nicknames))


if __name__ == "__main__":
    main()
