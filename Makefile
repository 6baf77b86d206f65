# `make demo` and `make test` work on a bare machine with Python 3.11 and make; everything lands in .venv and out/.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data
MINUTES ?= 60
SCENES ?= 30000
GPU_PYTHON ?= python3
GPU_OUT ?= runs/generator_gpu
PACKS ?= runs/packs
SECONDS ?= 600
SEED ?= 1
PHOTOS := voc coco nyu40 lvis taco

# What a program calls, then the rooms that a developer builds on.
DOCUMENTED := smartmask $(addprefix smartmask.,protocols errors scene language memory segmentation pipelines compositing \
	data.layout_formats)

SHAPES := --silhouettes $(DATA)/silhouettes --library runs/silhouettes.npz

.PHONY: demo test test-slow package oldest sbom fuzz check docs bench data pack train-gpu train-segment train-chooser train-outlines train-planner train-places train-place-scorer train-ranker train-codec memory recogniser evaluate

demo: $(VENV)/core.stamp
	$(BIN)/python examples/demo.py --out out/demo

test test-slow: export OMP_NUM_THREADS = 1
test test-slow: export OPENBLAS_NUM_THREADS = 1
test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m "not slow"

# What takes about a minute each: whole trainings, other processes, made-up requests to a server. Before a release.
test-slow: $(VENV)/dev.stamp
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m slow

# Builds both distributions, the wheel twice with the same bytes, and tries it in an environment of its own.
package: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 315532800)
package: $(VENV)/dev.stamp
	rm -rf runs/package && mkdir -p runs/package/again
	$(BIN)/python -m build --outdir runs/package .
	$(BIN)/python -m build --wheel --outdir runs/package/again .
	cmp runs/package/*.whl runs/package/again/*.whl
	$(BIN)/python -m venv runs/package/venv
	runs/package/venv/bin/python -m pip install --quiet --disable-pip-version-check runs/package/*.whl
	cd runs/package && venv/bin/python -m smartmask --version && venv/bin/python ../../scripts/try_package.py *.tar.gz

# Tries the oldest releases that pyproject.toml allows, in an environment of its own without what trains. OpenCV 4 draws a
# pixel of small discs otherwise than OpenCV 5, so outlines of made scenes are not asked for.
OLDEST_TESTS := tests/scene tests/compositing tests/data/layouts tests/data/annotations $(wildcard tests/data/test_ph*.py) \
	tests/data/test_picture_decoding.py tests/data/synthesis/stage/test_meshes.py tests/apps/serve/test_serve_layouts.py \
	tests/apps/serve/test_serve_faults.py
oldest: $(VENV)/bin/python
	rm -rf runs/oldest && $(PYTHON) -m venv runs/oldest
	$(BIN)/python scripts/lower_bounds.py > runs/oldest/constraints.txt
	runs/oldest/bin/python -m pip install --quiet --disable-pip-version-check --constraint runs/oldest/constraints.txt \
		--editable ".[data,psd,web]" beartype httpx hypothesis pytest pytest-xdist scipy
	runs/oldest/bin/python -m pytest --numprocesses auto --dist worksteal -W ignore::DeprecationWarning $(OLDEST_TESTS)

# What is installed for development, with versions and licences: out/sbom.json (CycloneDX).
sbom: $(VENV)/dev.stamp
	mkdir -p out
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file out/sbom.json $(BIN)/python

# Reads damaged inputs of every kind; what goes wrong is kept in out/fuzz.
fuzz: $(VENV)/dev.stamp
	$(BIN)/python scripts/fuzz.py --seconds $(SECONDS) --seed $(SEED) --out out/fuzz

check: $(VENV)/dev.stamp
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/check

# The reference of the API, out of its docstrings: out/docs/index.html. A warning stops it.
docs: $(VENV)/dev.stamp
	rm -rf out/docs
	$(BIN)/python -W error -m pdoc --docformat google --output-directory out/docs $(DOCUMENTED)

bench: $(VENV)/dev.stamp
	if [ -f runs/data/made.stamp ]; then $(BIN)/smartmask bench --meshes $(DATA)/meshes \
		--silhouettes runs/silhouettes.npz --layouts runs/data/coco --dataset runs/data/made; \
	else $(BIN)/smartmask bench; echo "data engine not measured: make data first (needs the folder DATA)"; fi

data: $(PHOTOS:%=runs/data/%.stamp) runs/data/made.stamp

$(PHOTOS:%=runs/data/%.stamp): runs/data/%.stamp: | $(VENV)/dev.stamp
	$(BIN)/smartmask data read parquet-$* $(DATA)/$*/scenes.parquet --out runs/data/$*
	touch $@

runs/silhouettes.npz: $(PHOTOS:%=runs/data/%.stamp)
	$(BIN)/smartmask data silhouettes $(filter-out runs/data/nyu40,$(PHOTOS:%=runs/data/%)) --out $@

runs/data/made.stamp: runs/silhouettes.npz
	$(BIN)/smartmask data synthesize --scenes $(SCENES) --seed 1 --meshes $(DATA)/meshes \
		--silhouettes runs/silhouettes.npz --layouts runs/data/coco --out runs/data/made --workers 2 \
		$(if $(wildcard $(DATA)/meshes_open/sizes.csv),--open-meshes $(DATA)/meshes_open)
	touch $@

train-segment: runs/pack/shapes.npz
	$(BIN)/smartmask train mask --minutes $(MINUTES) --run runs/generator --threads 2

train-chooser: runs/pack/shapes.npz
	$(BIN)/smartmask train chooser --minutes $(MINUTES)

train-outlines: runs/pack/shapes.npz
	$(BIN)/smartmask train outlines

train-planner: data
	$(BIN)/smartmask train planner --data runs/data

train-places: data
	$(BIN)/smartmask train places --data runs/data

train-place-scorer: data
	$(BIN)/smartmask train place-scorer --data runs/data --photos $(DATA)/coco

train-ranker: data
	$(BIN)/smartmask train ranker --data runs/data

train-codec: runs/silhouettes.npz
	$(BIN)/smartmask train codec $(SHAPES) --minutes $(MINUTES)

pack: runs/pack/shapes.npz

runs/pack/shapes.npz: data
	$(BIN)/smartmask data pack $(SHAPES)

# On a machine with one CUDA card, PyTorch and no network, in this checkout with the folder runs/pack.
train-gpu:
	PYTHONPATH=src $(GPU_PYTHON) scripts/train_generator.py --device cuda --batch 2048 --variants 8 --compile --final \
		--minutes $(MINUTES) --run runs/generator --out $(GPU_OUT)

memory: runs/silhouettes.npz
	$(BIN)/smartmask train memory $(SHAPES)
	$(BIN)/smartmask train views --meshes $(DATA)/meshes_open
	$(BIN)/smartmask train renders $(SHAPES) --plain --meshes $(DATA)/meshes \
		$(if $(wildcard $(PACKS)/*.npz),--packs $(PACKS))
	$(BIN)/smartmask train clarity --ratings docs/results/shapes_by_eye.csv.gz

recogniser: runs/recogniser/half_1.onnx

runs/recogniser/half_1.onnx: runs/silhouettes.npz
	$(BIN)/smartmask train recogniser $(SHAPES)

evaluate: data recogniser
	$(BIN)/smartmask evaluate all --data runs/data --out docs/results --silhouettes $(DATA)/silhouettes \
		--recogniser runs/recogniser
	$(BIN)/python scripts/readme_table.py docs/results/benchmark.md docs/results/AIMS.md

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/core.stamp: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[web]"
	touch $@

$(VENV)/dev.stamp: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@ $(VENV)/core.stamp
