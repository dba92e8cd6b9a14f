from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
import tomllib

import pytest
from openpyxl import Workbook

from thalweg.briefs import brief
from thalweg.pack import load_pack

DATE = dt.date(2026, 11, 25)
TABLES = ("firm", "products", "destinations", "customers", "deals", "licenses")


@pytest.fixture(scope="session")
def pack():
    return load_pack()


@pytest.fixture(scope="session")
def examples(root):
    return root / "examples"


@pytest.fixture(scope="session")
def designer(pack, examples):
    """The briefing of the chip designer."""
    return brief(examples / "gpu-designer" / "portfolio.toml", pack=pack, date=DATE)


@pytest.fixture(scope="session")
def maker(pack, examples):
    """The briefing of the server maker."""
    return brief(examples / "server-maker", pack=pack, date=DATE)


def tables(source):
    """The tables of a TOML portfolio as rows of cells."""
    data = tomllib.loads(source.read_text("utf-8"))
    data["firm"] = [data["firm"] | {k: data[k] for k in ("watch", "overlays") if k in data}]
    return {t: [{k: cell(v) for k, v in row.items()} for row in data.get(t, [])] for t in TABLES}


def cell(value):
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return ";".join(value)
    return json.dumps(value) if isinstance(value, (list, dict)) else value


def columns(rows):
    return list(dict.fromkeys(k for row in rows for k in row))


def as_folder(source, folder):
    """Write a TOML portfolio as a folder of CSV files, its overlays beside them."""
    folder.mkdir()
    for name, rows in tables(source).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns(rows))
            writer.writeheader()
            writer.writerows(rows)
    with_overlays(source, folder)
    return folder


def as_workbook(source, folder):
    """Write a TOML portfolio as one workbook, its overlays beside it."""
    folder.mkdir()
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables(source).items():
        sheet = book.create_sheet(name)
        sheet.append(columns(rows))
        for row in rows:
            sheet.append([row.get(c) for c in columns(rows)])
    book.save(folder / "portfolio.xlsx")
    with_overlays(source, folder)
    return folder / "portfolio.xlsx"


def with_overlays(source, folder):
    for path in source.parent.iterdir():
        if path.is_dir():
            shutil.copytree(path, folder / path.name)


@pytest.fixture
def folder(examples, tmp_path):
    """The chip designer's portfolio as a folder of CSV files."""
    return as_folder(examples / "gpu-designer" / "portfolio.toml", tmp_path / "csv")


@pytest.fixture
def workbook(examples, tmp_path):
    """The chip designer's portfolio as a workbook."""
    return as_workbook(examples / "gpu-designer" / "portfolio.toml", tmp_path / "xlsx")


@pytest.fixture
def one_deal(tmp_path):
    """Write a portfolio of one product, customer and deal; tests change a line of it."""

    def write(**replaced):
        text = SMALL
        for old, new in replaced.items():
            assert f"@{old}@" in text
            text = text.replace(f"@{old}@", new)
        for line, default in DEFAULTS.items():
            text = text.replace(f"@{line}@", default)
        path = tmp_path / "portfolio.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


DEFAULTS = {"head": "", "product": "NVIDIA L40S", "customer": "Lotus Cloud JSC", "deal": "", "more": ""}
SMALL = """\
@head@
[firm]
name = "Meander Silicon, Inc."
country = "US"
[[products]]
id = "chip"
item = "@product@"
[[destinations]]
place = "VN"
[[customers]]
id = "lotus"
name = "@customer@"
country = "VN"
headquarters = "VN"
ultimate_parent_headquarters = "VN"
[[deals]]
id = "A"
product = "chip"
customer = "lotus"
quantity = 10
value_usd = 1000000
date = 2026-12-01
@deal@
@more@
"""
