"""The compiled rules on a PostgreSQL server of the system, which listens on a socket in a folder of its own."""

from __future__ import annotations

import csv
import io
import subprocess
from pathlib import Path

import pytest

from thalweg.controls import rulebook
from thalweg.controls.sql import compile_sql, facts_frame
from thalweg.pack import load_pack

BOOK = rulebook(load_pack())
KINDS = {"t": True, "f": False}
pytestmark = pytest.mark.slow


class Server:
    """One database of the server."""

    def __init__(self, home: Path, name: str) -> None:
        self.call = ["psql", "--no-psqlrc", "--quiet", "--host", str(home), "--username", "tester", "--set", "ON_ERROR_STOP=1"]
        self.run("--dbname", "postgres", "--command", f"CREATE DATABASE {name}")
        self.call += ["--dbname", name]

    def run(self, *arguments, text=None):
        return subprocess.run([*self.call, *arguments], check=True, capture_output=True, text=True, input=text).stdout

    def script(self, text):
        """Run a script as one transaction."""
        self.run("--single-transaction", "--file", "-", text=text)

    def load(self, transactions):
        """Fill the input tables."""
        for name, table in facts_frame(BOOK, transactions)._asdict().items():
            columns = ", ".join(table.columns)
            self.run("--command", f"\\copy {name} ({columns}) FROM pstdin WITH (FORMAT csv, HEADER)", text=table.write_csv())

    def fetch(self, query):
        """Return rows as dicts; NULL is None."""
        rows = csv.reader(io.StringIO(self.run("--csv", "--pset", "null=<null>", "--command", query)))
        header = next(rows)
        return [{n: None if v == "<null>" else KINDS.get(v, v) for n, v in zip(header, row, strict=True)} for row in rows]


def test_the_rules_have_the_truths_and_outcomes_of_the_engine(postgres, drawn, equal_to_the_engine):
    base = Server(postgres, "equal")
    base.script(compile_sql(BOOK, "postgres"))
    base.load(drawn)
    equal_to_the_engine(drawn, base.fetch)


def test_a_second_run_keeps_the_input_and_names_with_quotes_survive(postgres):
    base = Server(postgres, "again")
    script = compile_sql(BOOK, "postgres")
    base.script(script)
    party = {"role": "end_user", "name": 'O\'Brien "Ltd", \\ 华为; DROP TABLE parties', "country": "DE"}
    base.load([{"id": "it's", "date": "2025-06-15", "item": "NVIDIA H100 SXM", "from": "US", "to": "DE", "parties": [party]}])
    before = base.fetch("SELECT * FROM thalweg_outcomes")
    base.script(script)
    assert base.fetch("SELECT * FROM thalweg_outcomes") == before
    assert [r["transaction_id"] for r in before] == ["it's"]
    assert party["name"] in {r["name"] for r in base.fetch("SELECT name FROM parties")}
