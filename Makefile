# `make` lists the targets. Variables: VENV (the environment), PYTHON (the interpreter to make it with),
# WORKERS (test processes), TESTS (what pytest gets).
VENV ?= .venv
WORKERS ?= 2
TESTS ?= tests
BIN = "$(VENV)/bin"
export VENV PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-quick lint format docs site notebooks bench constraints clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

setup: ## make or refresh the virtual environment
	@sh scripts/setup.sh

demo: setup ## a run with its map and a force-size sweep on the real contact line, into outputs/
	$(BIN)/ceasefire run configs/baseline.toml --out outputs/demo_run
	$(BIN)/ceasefire sweep configs/demo_sweep.toml --out outputs/demo

# Compile the engine once, before several test processes each would.
WARM_UP = $(BIN)/python -c "from sim.experiment.executors import warm_up_engine; warm_up_engine()"

test: setup ## all tests
	$(WARM_UP)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TESTS)

test-quick: setup ## the tests that take no longer than a few seconds each
	$(WARM_UP)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not slow and not browser" $(TESTS)

lint: setup ## style, format, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict sim
	$(BIN)/lint-imports

format: setup ## put the code into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup ## check the generated pages and the links of all pages
	$(BIN)/python scripts/generate_parameters.py --check
	$(BIN)/python scripts/generate_measures.py --check
	$(BIN)/python scripts/generate_commands.py --check
	$(BIN)/python scripts/generate_verification.py --check
	$(BIN)/python -m pytest tests/test_pages.py

site: setup ## build the documentation as a site, into outputs/site/
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going -c docs -b html . outputs/site

notebooks: setup ## execute the notebooks and keep what they show
	$(BIN)/python scripts/run_notebooks.py

bench: setup ## timings against plain Mesa, Mesa events and SimPy
	$(BIN)/python -m benchmarks.bench

constraints: setup ## resolve all dependencies anew and pin them in constraints.txt
	sh scripts/pin.sh

clean: ## remove caches and results; the environment stays
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find outputs -mindepth 1 ! -path outputs/README.md -delete
	find . -path "./.venv*" -prune -o -type d -name __pycache__ -exec rm -rf {} +
