"""What readers look up, from the embedded pack; and files written for one test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from thalweg.pack import load_pack
from thalweg.sources import Lookups


@pytest.fixture(scope="session")
def lookups() -> Lookups:
    pack = load_pack()
    codes = {name.casefold(): code for code, place in pack.places.items() for name in (code, place["name"], *place["aliases"])}
    return Lookups(country=lambda text: codes.get(text.casefold()), notices=pack.notices, published=pack.notices_published)


@pytest.fixture(scope="session")
def lists(shared: Path) -> Path:
    """The folder of real lists; for tests marked `needs_shared`."""
    return shared / "data" / "lists"


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file into the folder of the test and return its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def day() -> dt.date:
    return dt.date(2026, 10, 8)
