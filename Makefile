# Everything a person or a build server does with Gatefold. `make` alone lists it.
.DEFAULT_GOAL := help
.SILENT:
.ONESHELL:
.SHELLFLAGS := -ec
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
TYPED := app config.py run.py $(wildcard bench)
TESTS ?= tests
# For two cores: a test of pages, jobs or servers waits about half of its time.
WORKERS ?= 3

# A stamp is named after what it was made from: the same locks, nothing to do.
fingerprint = $(firstword $(shell sha256sum $(1)))
RUNTIME := .venv/.runtime-$(call fingerprint,requirements.txt)
DEV := .venv/.dev-$(call fingerprint,requirements-dev.txt)
NODE_MODULES := node_modules/.installed-$(call fingerprint,package-lock.json)
ASSETS := app/static/dist/manifest.json

.PHONY: help setup setup-dev run test check lint types format migration bench lock clean

help: ## show this list
	awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(RUNTIME) $(ASSETS) ## install what running needs and build the assets

setup-dev: setup $(DEV)

run: setup ## bring the database up to date and serve (HOST, PORT, INSTANCE_PATH … are honoured)
	exec $(PY) -m gunicorn -c gunicorn.conf.py run:app

test: setup-dev ## run all tests (TESTS=tests/domain for some); fetches PostgreSQL, Chromium, Hugo once
	$(PY) -m scripts.test_prerequisites
	# As collected, browser and job tests come first: at the end no worker waits for a long file.
	exec $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart 0 $(TESTS)

check: lint types test ## what the build server runs: lint, types, test

lint: setup-dev ## style, formatting, templates, and which part may import which
	$(PY) -m ruff check .
	$(PY) -m ruff format --check --quiet .
	$(if $(wildcard app/templates),$(PY) -m djlint --lint --quiet app/templates)
	.venv/bin/lint-imports --no-logo

types: setup-dev ## check the type hints, strictly
	$(PY) -m mypy $(TYPED)

format: setup-dev ## put the code into the agreed form
	$(PY) -m ruff check --fix --quiet .
	$(PY) -m ruff format --quiet .

migration: setup-dev ## write a migration for changed models: make migration m="add crates"
	test -n "$(m)" || { echo 'Say what changes: make migration m="add crates"' >&2; exit 1; }
	$(PY) -m flask --app run db upgrade
	$(PY) -m flask --app run db migrate -m "$(m)"

bench: setup-dev ## measure speed and size against their floors, and print the ratios
	exec $(PY) -m bench

lock: $(DEV) ## pin the newest versions that fit together (then: make check)
	$(PY) -m uv pip compile $(LOCK_OPTIONS) --upgrade requirements-dev.in -o requirements-dev.txt
	$(PY) -m uv pip compile $(LOCK_OPTIONS) -c requirements-dev.txt requirements.in -o requirements.txt
	npm install --package-lock-only --no-audit --no-fund --loglevel=error
LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --custom-compile-command 'make lock'

clean: ## remove everything set-up made; your collection in instance/ stays
	rm -rf .venv .cache node_modules app/static/dist .*_cache .coverage htmlcov
	find app tests bench scripts migrations -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || :

# --- what the targets above stand on ---

# Stops make with what a script has to complain about, in one line.
require = $(eval complaint := $(shell $(1) 2>&1 >/dev/null))$(if $(complaint),$(error $(complaint)))

.venv/bin/python:
	$(call require,scripts/find_python.sh)
	"$$(scripts/find_python.sh)" -m venv --clear .venv

$(RUNTIME): | .venv/bin/python
	echo "Installing Python packages (the first time: under a minute) …"
	scripts/quietly.sh $(PY) -m pip install --no-input --disable-pip-version-check --require-hashes -r requirements.txt
	rm -f .venv/.runtime-*
	touch $@

$(DEV): | $(RUNTIME)
	echo "Installing Python packages for the checks (the first time: under a minute) …"
	scripts/quietly.sh $(PY) -m pip install --no-input --disable-pip-version-check --require-hashes -r requirements-dev.txt
	rm -f .venv/.dev-*
	touch $@

$(NODE_MODULES):
	$(call require,scripts/find_node.sh)
	echo "Installing packages for the pages …"
	scripts/quietly.sh npm ci --include=dev --no-audit --no-fund --loglevel=error
	touch $@

$(ASSETS): assets/build.mjs assets/icons.json package-lock.json $(shell find app/static/css app/static/js 2>/dev/null) | $(NODE_MODULES)
	echo "Building the assets …"
	scripts/quietly.sh node assets/build.mjs
