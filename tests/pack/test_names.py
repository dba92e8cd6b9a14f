"""The name tables: real rows, one meaning a name, a source in each row, and a file and line for whatever is wrong."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from thalweg.evidence import PackError
from thalweg.nouns.names import name_key, name_keys
from thalweg.pack import names as names_room
from thalweg.pack.check import validate
from thalweg.pack.load import EMBEDDED
from thalweg.pack.names import Brand, Names, load_names
from thalweg.pack.names_build import build_names, compile_names
from thalweg.pack.names_rows import TABLES
from thalweg.parties.lexicon import brand_key

NAMES = load_names()
SOURCES = "id,citation,url,license\ncsl,Consolidated Screening List,https://www.trade.gov/,public domain\n"
BRANDS = "id,canonical,zh,pinyin,stem,stem_zh,aliases,kind,country,source,unverified,note\n"
ACME = "acme,Acme Group,艾克美集团有限公司,aikemei,Acme,艾克美,Acme;AC,group,CN,csl,,\n"


@pytest.fixture
def tables(small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A small pack with one source and one brand."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (small / "names").mkdir()
    (small / "names" / "sources.csv").write_text(SOURCES, encoding="utf-8")
    (small / "names" / "brands.csv").write_text(BRANDS + ACME, encoding="utf-8")
    return small


def write(root: Path, table: str, text: str) -> None:
    (root / "names" / f"{table}.csv").write_text(text, encoding="utf-8")


def problems(root: Path) -> list[str]:
    return [str(p) for p in compile_names(root)[1]]


def brand(identity: str) -> Brand:
    return next(b for b in NAMES.brands if b.id == identity)


# ---------------------------------------------------------------- what the tables say


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("华为", "Huawei Technologies Co., Ltd."),
        ("长存", "Yangtze Memory Technologies Co., Ltd."),
        ("长城", None),
        ("YMTC", "Yangtze Memory Technologies Co., Ltd."),
        ("海康", "Hangzhou Hikvision Digital Technology Co., Ltd."),
        ("北航", "Beihang University"),
        ("中电科54所", "China Electronics Technology Group Corporation 54th Research Institute"),
        ("中科院计算所", "Chinese Academy of Sciences Institute of Computing Technology"),
        ("Ростех", "State Corporation Rostec"),
        ("京东方科技集团股份有限公司", "BOE Technology Group Co., Ltd."),
        ("삼성전자", "Samsung Electronics Co., Ltd."),
    ],
)
def test_a_short_name_leads_to_its_organization(name, canonical):
    found = NAMES.brands_by_name.get(name_key(name), ())
    assert [b.canonical for b in found] == ([canonical] if canonical else [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("南京大学", "南京航空航天大学"),
        ("南京大学", "南京理工大学"),
        ("北京工业大学", "北京理工大学"),
        ("西北工业大学", "西北大学"),
        ("济南大学", "暨南大学"),
    ],
)
def test_universities_with_names_alike_stay_apart(one, other):
    assert {b.id for b in NAMES.brands_by_name[name_key(one)]}.isdisjoint(b.id for b in NAMES.brands_by_name[name_key(other)])


def test_a_name_that_two_organizations_bear_leads_to_both():
    assert {b.id for b in NAMES.brands_by_name[name_key("南航")]} == {"china-southern", "nuaa"}


@pytest.mark.parametrize(
    ("language", "word", "rendering"),
    [
        ("zh", "半导体", "semiconductor"),
        ("zh", "研究所", "research institute"),
        ("zh", "进出口", "import and export"),
        ("zh", "航天", "aerospace"),
        ("ru", "завод", "plant"),
        ("fa", "صنایع", "industries"),
        ("ko", "무역", "trading"),
    ],
)
def test_a_word_has_its_english_rendering(language, word, rendering):
    assert rendering in NAMES.words_of[language][word].renderings


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("有限公司", "limited_liability"),
        ("股份有限公司", "joint_stock"),
        ("sdn bhd", "limited_liability"),
        ("ооо", "limited_liability"),
        ("株式会社", "joint_stock"),
        ("주식회사", "joint_stock"),
        ("s de rl de cv", "limited_liability"),
        ("pt tbk", "joint_stock"),
        ("fze", "limited_liability"),
    ],
)
def test_a_legal_form_has_its_kind(form, kind):
    assert [f.kind for f in NAMES.legal_forms if f.form == form] == [kind]


def test_one_legal_form_in_two_scripts_has_one_code():
    codes = {f.form: f.code for f in NAMES.legal_forms}
    assert codes["ооо"] == codes["ooo"] == codes["общество с ограниченной ответственностью"]
    assert codes["有限公司"] == codes["youxian gongsi"]


@pytest.mark.parametrize(("zh", "pinyin"), [("曾", "zeng"), ("单", "shan"), ("解", "xie"), ("仇", "qiu"), ("查", "zha"), ("区", "ou")])
def test_a_surname_is_read_as_a_surname(zh, pinyin):
    surname = next(s for s in NAMES.surnames if s.zh == zh)
    assert surname.pinyin == pinyin
    assert surname.irregular == lazy_pinyin(zh)[0]


@pytest.mark.parametrize(
    ("zh", "column", "form"),
    [
        ("张", "cantonese", "cheung"),
        ("王", "cantonese", "wong"),
        ("黄", "cantonese", "wong"),
        ("谢", "wade_giles", "hsieh"),
        ("蔡", "taiwanese", "tsai"),
        ("周", "wade_giles", "chou"),
        ("陈", "taiwanese", "tan"),
        ("李", "korean", "lee"),
        ("阮", "vietnamese", "nguyen"),
    ],
)
def test_a_surname_has_the_spellings_it_is_met_in(zh, column, form):
    assert form in getattr(next(s for s in NAMES.surnames if s.zh == zh), column)


@pytest.mark.parametrize(
    ("one", "other"),
    [("mohammed", "muhammad"), ("aleksandr", "oleksandr"), ("yusuf", "joseph"), ("william", "bill"), ("hussein", "hossein")],
)
def test_spellings_of_one_name_stand_in_one_group(one, other):
    assert any({one, other} <= set(group.variants) for group in NAMES.name_variants)


@pytest.mark.parametrize(
    ("pinyin", "wade_giles"),
    [("zhang", "chang"), ("qi", "ch'i"), ("xu", "hsü"), ("jun", "chün"), ("guo", "kuo"), ("he", "ho"), ("zi", "tzu")],
)
def test_a_syllable_has_its_wade_giles_spelling(pinyin, wade_giles):
    assert next(s for s in NAMES.syllables if s.pinyin == pinyin).wade_giles[0] == wade_giles


def test_peking_and_canton_are_places():
    english = {alias: place.english for place in NAMES.places for alias in place.aliases}
    assert english["Peking"] == "Beijing"
    assert english["Canton"] == "Guangzhou"
    assert next(p for p in NAMES.places if p.zh == "陕西").english == "Shaanxi"
    assert next(p for p in NAMES.places if p.zh == "山西").english == "Shanxi"


# ---------------------------------------------------------------- laws of the tables


def test_the_tables_hold_to_their_format():
    assert compile_names(EMBEDDED)[1] == []


@pytest.mark.parametrize(
    ("table", "least"),
    [
        ("words", 1000),
        ("legal_forms", 500),
        ("brands", 1000),
        ("places", 300),
        ("surnames", 300),
        ("name_variants", 500),
        ("syllables", 400),
    ],
)
def test_the_tables_are_broad(table, least):
    assert len(getattr(NAMES, table)) >= least


@pytest.mark.parametrize("table", [t for t in TABLES if t != "sources"])
def test_every_row_has_a_source(table):
    assert all(row.source for row in getattr(NAMES, table))


def test_every_source_is_cited():
    cited = {s.split(" ", 1)[0] for table in TABLES if table != "sources" for row in getattr(NAMES, table) for s in row.source}
    assert {s.id for s in NAMES.sources} == cited


def test_chinese_names_are_simplified():
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    for b in NAMES.brands:
        for written in (*b.zh, *b.stem_zh):
            assert convert(written) == written.replace("昇", "升"), b.id  # 昇 stands in registered names of the mainland


def test_the_reading_of_a_brand_is_that_of_its_characters():
    for b in NAMES.brands:
        for stem, reading in zip(b.stem_zh, b.pinyin, strict=False):
            heteronyms = lazy_pinyin(stem, errors="ignore")
            assert len(reading) <= sum(map(len, heteronyms)) + 2 * len(stem) + len(re.findall("[A-Za-z0-9]", stem)), b.id


def test_lookup_columns_are_folded():
    for word in NAMES.words:
        for reading in word.reading:
            assert reading == unicodedata.normalize("NFKC", reading).lower()
    for form in NAMES.legal_forms:
        assert form.form == " ".join(form.form.lower().replace(".", " ").split())


@given(st.sampled_from(NAMES.brands))
def test_every_name_of_a_brand_leads_back_to_it(b):
    for name in (b.canonical, *b.zh, *b.aliases):
        assert b in NAMES.brands_by_name[name_key(name)]


def _listed(path: Path) -> set[str]:
    keys: set[str] = set()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name in (row["name"], *re.split(r" \| |;", row["alt_names"])):
                bare = re.sub(r"\([^()]*\)", " ", name)
                keys |= {
                    brand_key(name),
                    brand_key(bare),
                    *name_keys(name),
                    name_key(bare),
                    *(name_key(inner) for inner in re.findall(r"\(([^()]+)\)", name)),
                }
    return keys


@pytest.mark.needs_shared
def test_a_brand_that_cites_the_screening_list_stands_on_it(shared):
    keys = _listed(shared / "data" / "lists" / "csl_2026-07-31.csv")
    entities = json.loads((shared / "data" / "lists" / "bis_entity_list.json").read_text(encoding="utf-8"))["entities"]
    keys |= {brand_key(name) for entity in entities for name in (entity["name"], *(entity["aliases"] or ()))}
    state_form = re.compile(r"(?i)^((open|public|closed) )?joint[- ]stock company |^(ojsc|pjsc|jsc|pao|oao|ao) ")
    keys |= {name_key(state_form.sub("", k)) for k in keys}
    keys |= {name_key(re.sub(r"( open| public)? joint stock company$| (ojsc|pjsc|jsc|pao|oao|ao)$", "", k)) for k in keys}
    keys = {k.replace(" ", "") for k in keys}
    for b in NAMES.brands:
        if {"csl", "entity-list", "meu"} & {s.partition(" ")[0] for s in b.source}:
            assert any(name_key(n).replace(" ", "") in keys or brand_key(n) in keys for n in (b.canonical, *b.stem, *b.aliases)), b.id


def test_a_name_that_no_source_bears_out_is_marked_and_every_other_has_one():
    recalled = [b for b in NAMES.brands if "usual" in b.source]
    assert all(b.unverified for b in recalled)
    assert not any(b.unverified for b in NAMES.brands if "usual" not in b.source)
    assert len(recalled) < len(NAMES.brands) * 0.55


@pytest.mark.needs_shared
@pytest.mark.slow
def test_the_marks_are_those_that_the_sources_give(shared):
    from benchmarks.brand_sources import BRANDS as TABLE
    from benchmarks.brand_sources import Sources, checked

    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [row for row, _ in checked(rows, Sources(shared / "data", shared / "facts"))]
    assert [row["id"] for row, old in zip(found, rows, strict=True) if row != old] == []


@pytest.mark.needs_shared
def test_the_brands_are_not_the_rows_of_the_acceptance_file(shared):
    with (shared / "cases" / "chinese_names.csv").open(encoding="utf-8", newline="") as file:
        asked = {row["query"] for row in csv.DictReader(file)}
    assert len([b for b in NAMES.brands if asked.isdisjoint((*b.zh, *b.aliases))]) > 20 * len(asked)


def test_the_page_on_name_tables_names_every_table_and_column(root):
    page = (root / "docs/reference/name-tables.md").read_text(encoding="utf-8")
    for table, row in TABLES.items():
        assert f"`{table}.csv`" in page
        assert f"`{','.join(f.name for f in fields(row))}`" in page, table


# ---------------------------------------------------------------- what is refused


def test_a_small_pack_with_one_brand_loads(tables):
    names = load_names(tables)
    assert [b.canonical for b in names.brands] == ["Acme Group"]
    assert names.sha256 == names_room.NAMES.sha256(tables)


def test_a_pack_without_tables_has_none(small, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert load_names(small) == Names(names_room.NAMES.sha256(small))


def test_a_folder_that_is_no_pack_is_refused(tmp_path):
    with pytest.raises(PackError, match=r"pack\.yaml"):
        load_names(tmp_path)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (ACME + ACME, "names/brands.csv:3: 'acme' stands twice (first on line 2)"),
        (ACME.replace(",csl,", ",,"), "names/brands.csv:2: source:"),
        (ACME.replace(",csl,", ",hearsay,"), "names/brands.csv:2: source: 'hearsay' is neither an address nor an id of sources.csv"),
        (ACME.replace(",csl,", ",http://x,"), "names/brands.csv:2: source:"),
        (ACME.replace("Acme;AC", "AC;AC"), "names/brands.csv:2: aliases: 'AC' stands twice"),
        (ACME.replace(",group,", ",gang,"), "names/brands.csv:2: kind:"),
        (ACME.replace(",CN,", ",China,"), "names/brands.csv:2: country:"),
        (ACME.replace("aikemei", "àikèměi"), "names/brands.csv:2: pinyin:"),
        (ACME.replace("acme,", "Acme!,"), "names/brands.csv:2: id:"),
        (ACME + "a,b\n", "names/brands.csv:3: has 2 fields, the header has 12"),
        (ACME + '"open', "names/brands.csv:3: is not valid CSV"),
    ],
)
def test_a_bad_row_is_reported_with_file_and_line(tables, rows, says):
    write(tables, "brands", BRANDS + rows)
    assert any(p.startswith(says) for p in problems(tables)), problems(tables)
    with pytest.raises(PackError):
        load_names(tables)


OTHER = "ajax,Ajax Ltd,,,Ajax,,{alias},company,US,csl,,\n"


@pytest.mark.parametrize("alias", ["Acme", "ACME", "acme, group", "艾克美集团"])
def test_a_name_of_two_brands_is_refused_until_it_is_declared(tables, alias):
    write(tables, "brands", BRANDS + ACME + OTHER.format(alias=f'"{alias}"'))
    assert any("stands for 'acme' (line 2) too; declare it in ambiguous.csv" in p and ":3:" in p for p in problems(tables))
    write(tables, "ambiguous", f'alias,brands,note,source\n"{alias}",acme;ajax,,csl\n')
    assert problems(tables) == []
    assert {b.id for b in load_names(tables).brands_by_name[name_key(alias)]} == {"acme", "ajax"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("Acme,acme,,csl", "brands:"),
        ("Acme,acme;ajax,,csl", "names/ambiguous.csv:2: 'Acme' is no name of 'ajax' in brands.csv"),
        ("Zenith,acme;nobody,,csl", "names/ambiguous.csv:2: 'Zenith' is no name of 'acme' in brands.csv"),
    ],
)
def test_a_declaration_of_nothing_is_refused(tables, row, says):
    write(tables, "ambiguous", f"alias,brands,note,source\n{row}\n")
    assert any(says in p for p in problems(tables)), problems(tables)


def test_a_missing_and_an_unknown_column_are_named(tables):
    write(tables, "words", "language,word,reading,renderings,kind,source\nzh,科技,keji,technology,industry,csl\n")
    assert any("names/words.csv:1: lacks the column 'generic'" in p for p in problems(tables))
    write(tables, "words", "language,word,reading,renderings,kind,generic,source,colour\nzh,科技,keji,technology,industry,yes,csl,red\n")
    assert any("names/words.csv:1: unknown column 'colour'" in p for p in problems(tables))


def test_a_table_of_another_name_is_refused(tables):
    write(tables, "word", "language,word\n")
    assert any(p.startswith("names/word.csv:1: there is no such name table; did you mean 'words'") for p in problems(tables)), problems(
        tables
    )


def test_a_table_that_links_out_of_the_pack_is_refused(tables, tmp_path):
    (tmp_path / "elsewhere.csv").write_text(SOURCES, encoding="utf-8")
    (tables / "names" / "places.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(PackError, match="links out of the knowledge folder"):
        load_names(tables)
    assert any("links out" in p for p in problems(tables))


def test_a_table_that_is_not_utf8_is_refused(tables):
    (tables / "names" / "words.csv").write_bytes("language,word\nzh,科技\n".encode("gb18030"))
    assert any("names/words.csv: is not UTF-8" in p for p in problems(tables))


def test_pack_validate_reports_the_tables_too(tables):
    write(tables, "brands", BRANDS + ACME + ACME)
    assert any(p.file == "names/brands.csv" and p.line == 3 for p in validate(tables)[1])


# ---------------------------------------------------------------- the compiled tables


def test_the_tables_are_compiled_once_and_again_when_they_change(tables, monkeypatch):
    first = load_names(tables)
    stored = json.loads((tables.parent / "cache" / "thalweg" / f"names-{first.sha256}.json").read_bytes())
    assert stored == json.loads(json.dumps(build_names(tables)))
    from thalweg.pack import names as module

    module._load.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr("thalweg.pack.names_build.build_names", lambda _: pytest.fail("the tables were parsed again"))
        assert load_names(tables) == first
    module._load.cache_clear()
    write(tables, "brands", BRANDS + ACME.replace("Acme Group", "Acme Holding"))
    again = load_names(tables)
    assert again.brands[0].canonical == "Acme Holding"
    assert again.sha256 != first.sha256


def test_a_stored_file_that_is_cut_short_is_built_again(tables):
    from thalweg.pack import names as module

    first = load_names(tables)
    stored = tables.parent / "cache" / "thalweg" / f"names-{first.sha256}.json"
    stored.write_bytes(stored.read_bytes()[:100])
    module._load.cache_clear()
    assert load_names(tables) == first


def test_a_decision_does_not_read_the_compiled_tables():
    decide = "tw.decide({'item': 'NVIDIA H20', 'to': 'CN', 'date': '2025-05-01'})"
    code = f"import sys, thalweg as tw; {decide}; print('thalweg.pack.names' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
