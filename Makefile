# Everything a newcomer types. `make` alone prints this list.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
LONG ?= 0
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench e2e messages reference clean lock

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/dev.stamp messages ## install all packages for work on the code (.venv/)

demo: .venv/run.stamp messages ## serve the demo of Kota Bekasi at http://localhost:8000 (PORT= changes it)
	@exec $(MANAGE) demo $(ARGS)

test: setup ## run all tests, browser journeys included (LONG=1 adds the long ones, ARGS= goes to pytest)
	@JKN_CHROMIUM="$$(scripts/find_chromium.sh)" JKN_LONG=$(LONG) \
		exec $(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

e2e: setup ## run the browser journeys alone
	@JKN_CHROMIUM="$$(scripts/find_chromium.sh)" JKN_LONG=$(LONG) exec $(BIN)/pytest e2e $(ARGS)

check: setup ## formatting, lint, types, import contracts, templates, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy jkn
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet jkn
	$(MANAGE) templates
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check

bench: setup ## measure, and print the performance table
	@exec $(BIN)/python -m bench $(ARGS)

messages: $(TRANSLATIONS) ## compile the translations

reference: setup ## write the pages of docs/reference/ that come from the code
	@$(BIN)/python scripts/reference.py $(ARGS)

lock: setup ## renew requirements*.txt after a change in pyproject.toml (ARGS=--upgrade for newer versions)
	scripts/lock.sh $(ARGS)

clean: ## remove what can be made again; never the data in var/
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find jkn bench e2e scripts -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
	rm -f locale/*/LC_MESSAGES/*.mo

# Only when a lock file changed: the stamps are as old as the last installation.
.venv/run.stamp: requirements-build.txt requirements.txt scripts/install.sh
	@PYTHON="$(PYTHON)" scripts/install.sh requirements.txt
	@touch $@

.venv/dev.stamp: requirements-build.txt requirements-dev.txt scripts/install.sh
	@PYTHON="$(PYTHON)" scripts/install.sh requirements-dev.txt
	@touch $@ .venv/run.stamp

%.mo: %.po | .venv/run.stamp
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
