# `make demo` and `make test` work on a bare machine with Python 3.11 and make; everything lands in .venv and out/.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data
MINUTES ?= 60
DATASETS := voc coco nyu40 lvis taco

.PHONY: demo test check bench data train-segment evaluate

demo: $(VENV)/core.stamp
	$(BIN)/python examples/demo.py --out out/demo

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest

check: $(VENV)/dev.stamp
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/check

bench: $(VENV)/dev.stamp
	$(BIN)/python scripts/bench.py

data: $(DATASETS:%=runs/data/%.stamp)

runs/data/%.stamp: | $(VENV)/dev.stamp
	$(BIN)/smartmask data read parquet-$* $(DATA)/$*/scenes.parquet --out runs/data/$*
	touch $@

train-segment: data
	$(BIN)/smartmask train --data runs/data --minutes $(MINUTES) --run runs/compact

evaluate: data
	$(BIN)/python scripts/evaluate.py --data runs/data --out docs/results

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/core.stamp: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/dev.stamp: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@ $(VENV)/core.stamp
