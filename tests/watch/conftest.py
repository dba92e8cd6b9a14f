"""What tests of the watch share."""

from __future__ import annotations

from functools import partial

import pytest

from thalweg.desk.watch_pack import classes_named
from thalweg.pack import load_pack
from thalweg.watch.index import index


@pytest.fixture(scope="session")
def pack():
    """The embedded pack."""
    return load_pack()


@pytest.fixture(scope="session")
def looked_up(pack):
    """The pack, looked up by what news names."""
    heads = {
        "chip-security-act": {"title": "Chip Security Act (H.R. 3447, S. 1705)"},
        "remote-access-security-act": {"title": "Remote Access Security Act (H.R. 2683, S. 3519)"},
    }
    return index(pack, heads, partial(classes_named, pack))
