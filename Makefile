# Unbroken. `make` lists what can be made; every target does its own set-up first.

SHELL := /bin/sh
PORT ?= 8000
PYTHON ?= python3
# One more than the two cores of the smallest machine: a third of the tests' time is waiting.
WORKERS ?= 3

VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/made
# A stamp is newer than the lock it was installed from: then pip has nothing to do.
RUN := $(VENV)/installed-run
DEV := $(VENV)/installed-dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types nightly bench chaos mutants pictures lock clean reset

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUN) ## run everything with demonstration data (PORT=8000); Ctrl-C stops it
	@exec $(BIN)/python manage.py up --demo --port $(PORT)

# What covers every branch of both cores. The rest is run without that watch, which costs half as much again.
CORES := tests/ledger/core tests/ledger/verifier tests/supplychain/domain tests/vectors ledger/core supplychain/domain

test: $(DEV) ## run every test, and demand every branch of both cores
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(CORES) --cov --cov-report=term-missing:skip-covered
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(addprefix --ignore=,$(CORES))

check: lint types ## lint, types, floors, migrations, settings and templates

lint: $(DEV) ## what is checked in seconds: all but the types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-cache
	UNBROKEN_VAR=var/test $(BIN)/python manage.py makemigrations --check --dry-run
	$(CHECKING) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(CHECKING) $(BIN)/python manage.py check_templates

types: $(DEV) ## the types alone: a minute of one core
	$(CHECKING) $(BIN)/mypy

# What production would set. Nothing here opens a connection.
CHECKING := DATABASE_URL=postgresql://nobody:nothing@/nowhere?host=/nonexistent HTTPS=1 \
	SECRET_KEY=f5mZ7Qx2-only-for-checks-Wn4LrT9vKc8HbJ3sDp6YgA1eUo0 \
	CUSTODIAL_KEKS=check:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE= \
	ALLOWED_HOSTS=unbroken.example EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend \
	LOG_ORIGIN=unbroken.example/log CELERY_BROKER_URL=redis://broker

nightly: $(DEV) ## every test at night's length: minutes become hours
	NIGHTLY=1 $(BIN)/python -m pytest -n $(WORKERS)

bench: $(DEV) ## measure, and write the table of figures (MILLION=1: a lot of a million packs too)
	$(BIN)/python -m bench $(if $(MILLION),--million)

chaos: $(DEV) ## kill at every step and at random while entries are posted, and audit (KILLS=1000)
	FAULT_PASSINGS=3 $(BIN)/python -m pytest tests/ledger/test_faults.py -q
	$(BIN)/python -m bench.chaos $(if $(KILLS),--kills $(KILLS))

mutants: $(DEV) ## change both cores in small ways and see whether a test notices (SAMPLE=1000)
	nice -n 19 $(BIN)/python -m bench.mutants $(if $(SAMPLE),--sample $(SAMPLE))

pictures: $(DEV) ## take the README's pictures of a demonstration that runs on PORT
	$(BIN)/python docs/pictures/take.py $(PORT)

lock: $(DEV) ## pin requirements*.in again, with hashes
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-strip-extras \
		--no-emit-find-links --output-file requirements.txt requirements.in
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-strip-extras \
		--no-emit-find-links --output-file requirements-dev.txt requirements-dev.in

clean: ## remove what was installed and cached; the data stays
	rm -rf $(VENV) .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache htmlcov
	find ledger supplychain tests bench -name __pycache__ -prune -exec rm -rf {} +

reset: ## throw the demonstration's data and keys away; stop it first
	@if pgrep -f "$(CURDIR)/manage.py sequence" >/dev/null; then \
		echo "It is running: stop it first (Ctrl-C)."; exit 1; fi
	@for moved in var/postgres/moved-to var/test/postgres/moved-to; do \
		if [ -f $$moved ]; then rm -rf "$$(dirname "$$(cat $$moved)")"; fi; done
	rm -rf var

$(MADE):
	@sh .ci/make-venv "$(PYTHON)" $(VENV)
	@touch $@

$(RUN): requirements.txt | $(MADE)
	$(PIP) -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt | $(MADE)
	$(PIP) -r requirements-dev.txt
	@touch $@ $(RUN)
