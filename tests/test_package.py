from __future__ import annotations

import re
import subprocess
import sys

import pytest

import thalweg


def test_the_version_is_a_release_number():
    assert re.fullmatch(r"\d+\.\d+\.\d+", thalweg.__version__)


def test_importing_the_package_imports_no_heavy_library():
    probe = "import sys, thalweg; print(sorted({'polars', 'numpy', 'sqlglot', 'pydantic', 'yaml', 'typer'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "[]"


def test_every_verb_is_offered_by_dir():
    assert set(thalweg.VERBS) <= set(dir(thalweg))


def test_an_unknown_name_is_an_attribute_error_that_names_it():
    with pytest.raises(AttributeError, match="no attribute 'deside'"):
        thalweg.deside  # noqa: B018


@pytest.mark.parametrize("verb", sorted(thalweg.VERBS))
def test_every_verb_is_found_where_it_is_said_to_be(verb):
    assert callable(getattr(thalweg, verb))
