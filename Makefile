# Every target sets itself up from python3 and make alone, into .venv; the second time it is quick.
# Another interpreter: make PYTHON=python3.12 ...

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt
DEPS   := pyproject.toml constraints.txt

TEST_ARGS  ?= --numprocesses auto --quiet
DEMO_ARGS  ?= --output demo-output
BENCH_ARGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint docs bench format clean

help:
	@echo "make demo    decide the example transactions and write demo-output/"
	@echo "make test    run the tests"
	@echo "make lint    check style, types and the floors"
	@echo "make docs    build the documentation into site/"
	@echo "make bench   time the engine, its peers and the watch"
	@echo "make format  put the code in the house format"
	@echo "make clean   remove .venv and everything built"

demo: $(VENV)/.core
	@$(BIN)/python examples/demo.py $(DEMO_ARGS)

test: $(VENV)/.dev
	@$(BIN)/python -m pytest $(TEST_ARGS)

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: $(VENV)/.dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "The documentation is in site/index.html."

bench: $(VENV)/.bench
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

format: $(VENV)/.dev
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist site demo-output bench-output .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: what an install brought in stands until its list changes.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit("Thalweg needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.core: $(DEPS) | $(VENV)/.made
	@echo "Installing Thalweg into $(VENV) (the first time only)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(DEPS) | $(VENV)/.made
	@echo "Installing Thalweg and what its tests and checks need into $(VENV) (the first time only)"
	@$(PIP) --editable '.[dev,ema,pictures,scenarios,search,watch]'
	@touch $@ $(VENV)/.core

$(VENV)/.bench: $(DEPS) | $(VENV)/.made
	@echo "Installing Thalweg and what its benchmarks need into $(VENV) (the first time only)"
	@$(PIP) --editable '.[bench]'
	@touch $@ $(VENV)/.core
