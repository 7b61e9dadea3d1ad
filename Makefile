# make demo   the whole story: record, train twice, drive unseen roads, report        make check  lint, types, fast tests
# make test   everything that must hold, slow tests included                           make bench  how fast it is
# make models the models that ship, from their seeds, where they are not there yet             make fuzz   hostile inputs
# make licences   of everything that is installed, into docs/licences.md
# Each target sets up what it needs in .venv. Another interpreter: make demo PYTHON=python3.12

.DEFAULT_GOAL := help
SHELL := /bin/bash

is_new_enough = -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python $(is_new_enough) 2>/dev/null && { echo $$python; break; }; done)

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# opencv-python is linked against libGL, which a bare machine lacks.
INSTALL_LIBGL = test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq \
	&& DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libgl1 libglib2.0-0 >/dev/null

# A test has one core, and so has each process that it starts: two at a time beat one that has two.
TESTS = OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2 --dist loadfile

TYPES = $(BIN)/basedpyright --pythonpath $(BIN)/python --level error

# A window needs a display; macOS and Windows always have one.
HAS_DISPLAY := $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname -s)),$(filter Windows_NT,$(OS)))

.PHONY: help setup demo test check lint types bench models fuzz licences clean

help:
	@sed -n 's/^# //p' Makefile | head -5

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" && $(PYTHON) $(is_new_enough) || \
		{ echo "drive_sim needs Python 3.11 or newer; name one: make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python" >&2; exit 2; }
	@echo "[1/3] making $(VENV) with $$($(PYTHON) --version)"
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "[2/3] installing what pyproject.toml names (once; some minutes, 2 GB)"
	@set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off \
		--constraint constraints.txt --editable '.[dev]' 2>$(VENV)/install.log \
		| sed -un 's/^Collecting \([A-Za-z0-9_.-]*\).*/      getting \1/p; s/^Installing collected.*/      installing them/p' \
		|| { grep -v '^WARNING' $(VENV)/install.log >&2; exit 1; }
	@$(BIN)/python -c 'import cv2' 2>/dev/null || { $(INSTALL_LIBGL); } || \
		echo "the tests hold pictures and colours against OpenCV, which needs libGL: apt-get install libgl1 libglib2.0-0 (all else works without)" >&2
	@echo "[3/3] compiling the kernels"
	@rm -rf $(VENV)/warm-up && $(BIN)/python run_sim.py record --seconds 2 --out $(VENV)/warm-up/drive >/dev/null \
		&& $(BIN)/python run_sim.py train $(VENV)/warm-up/drive --steps 1 --out $(VENV)/warm-up/model >/dev/null 2>&1
	@touch $@

demo: $(READY)
	@$(BIN)/python run_sim.py demo $(if $(HAS_DISPLAY),,--headless) $(ARGS)

# Types are checked on one core while the tests run on another.
check: lint
	@echo "[2/3] basedpyright, beside it [3/3] fast tests"
	@$(TYPES) >$(VENV)/types.log 2>&1 & types=$$!; \
		$(TESTS) -m "not slow" $(ARGS); tests=$$?; \
		wait $$types || { cat $(VENV)/types.log >&2; exit 1; }; exit $$tests

test: lint types
	@echo "[3/3] all tests"
	@$(TESTS) $(ARGS)

lint: $(READY)
	@echo "[1/3] ruff"
	@$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ." >&2; exit 1; }
	@$(BIN)/ruff check --quiet .

types: $(READY)
	@echo "[2/3] basedpyright"
	@$(TYPES)

bench: $(READY)
	@$(BIN)/python -m bench $(ARGS)

models: $(READY)
	@$(BIN)/python -m bench.models $(ARGS)

fuzz: $(READY)
	@$(BIN)/python -m tests.fuzz $(ARGS)

licences: $(READY)
	@$(BIN)/python -m bench.licences >docs/licences.part && mv docs/licences.part docs/licences.md

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
