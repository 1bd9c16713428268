# The whole developer interface. Every target does its own set-up.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast test-long lint format dev pages audit docs bench bench-daily bench-fixed bench-daemon bench-churn bench-truth bench-guard torture parity clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadgroup
BENCH_STAMP := $(VENV)/.set-up-bench
SIZE ?= 1m
SUITE ?=
SERVER ?=
SEED ?=
COUNT ?=
AGAINST ?= main
GUILDBOOK_HOME ?= $(CURDIR)/data
export GUILDBOOK_HOME

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Guildbook needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

setup: $(STAMP) ## Create .venv with the guildbook command
	@$(BIN)/python -m pipelines.warehouse

demo: GUILDBOOK_HOME := $(CURDIR)/demo
demo: setup ## Run everything on the sample community and say where the report is
	@rm -rf $(GUILDBOOK_HOME)
	$(BIN)/guildbook sample
	$(BIN)/guildbook run --from 2025-01-01 --to 2026-02-04

test: setup ## Run every test but the long ones: what a change has to pass
	$(PYTEST) -m "not long"

test-fast: setup ## Run what starts no dbt, no whole job, no browser and no training, while you write
	$(PYTEST) -m "not long and not dbt and not job and not browser and not slow"

test-long: setup ## Run the long tests, which make test leaves to the nightly run
	$(PYTEST) -m long

torture: setup ## Play faults from seeds: SUITE, SEED and COUNT choose, all in full if nothing is said (hours)
	$(BIN)/python -m tests.support.older_duckdb
	$(BIN)/python -m tests.torture $(SUITE) $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT),--record)

.venv-spark/.set-up: constraints.txt
	$(PYTHON) -m venv .venv-spark
	.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check pyspark==4.3.0
	@touch $@

parity: setup .venv-spark/.set-up ## Build the same tables on DuckDB, Sail and a Spark cluster, and compare them (needs Java 17)
	$(BIN)/python -m tests.parity $(SERVER)

lint: setup ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 0 dbt_project/models dbt_project/tests dbt_project/macros
	$(BIN)/dbt-score lint --manifest dbt_project/target/manifest.json --show failing-items

format: setup ## Put code into the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

dev: setup ## Dagster's pages and daemon on loopback, schedules ready
	$(BIN)/guildbook dev

pages: setup ## Dagster's pages alone, read-only, on loopback for a web server to pass on
	$(BIN)/guildbook dev pages

audit: ## Compare the pinned packages with known vulnerabilities (needs a network)
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --disable-pip-version-check pip-audit
	.venv-audit/bin/pip-audit --requirement constraints.txt --no-deps --disable-pip --strict --progress-spinner off

docs: setup ## Write the generated reference pages, and dbt's own site of the tables
	$(BIN)/python -m pipelines.reference
	$(BIN)/python -m tests.damage
	$(BIN)/python -m tests.torture --page
	$(BIN)/python -m pipelines.reference.docs_site

$(BENCH_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	@touch $@

bench: setup $(BENCH_STAMP) ## Measure a backfill of SIZE (1m, 10m, 100m) beside bare DuckDB, Polars and pandas
	$(BIN)/python -m bench.backfill $(SIZE)
	$(BIN)/python -m bench.draw

bench-daily: setup $(BENCH_STAMP) ## Measure one more day after a short and a long history
	$(BIN)/python -m bench.daily

bench-fixed: setup $(BENCH_STAMP) ## Measure what a daily run costs when there is hardly any data, by part
	$(BIN)/python -m bench.fixed

bench-daemon: setup $(BENCH_STAMP) ## Measure a run of the daemon, from the tick that sees a file to the publication
	$(BIN)/python -m bench.daemon

bench-churn: setup $(BENCH_STAMP) ## Measure the churn model's learners beside plain scikit-learn
	$(BIN)/python -m bench.churn

bench-truth: setup $(BENCH_STAMP) ## Measure the churn model beside the best possible predictions, on sample communities
	$(BIN)/python -m bench.truth

bench-guard: setup ## Compare whole runs with those of AGAINST, by pairs; fails above 10 %
	$(BIN)/python -m bench.guard --against $(AGAINST)

clean: ## Remove what the targets made, except your data
	rm -rf $(VENV) .venv-audit .venv-spark demo dbt_project/target .pytest_cache .mypy_cache .ruff_cache
