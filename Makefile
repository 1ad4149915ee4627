# Everything a newcomer needs. `make help` lists the verbs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8080
PY := .venv/bin/python
UV := .venv/bin/uv
SOURCES := shared ingest mux storage control_room deploy tests
WEB := control_room/web
WEB_SOURCES := $(shell find $(WEB) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -name '*.tsbuildinfo' 2>/dev/null)

CHECKS := check-types check-page check-python
PARALLEL := $(MAKE) --no-print-directory -j 2 --output-sync=target
# Where Python may keep nothing compiled, each of a hundred processes compiles anew all it imports.
unexport PYTHONDONTWRITEBYTECODE

help: ## List the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: setup-run web ## Start everything on this machine with simulated cameras (PORT=8080)
	@.venv/bin/beffroi demo --port $(PORT)

doctor: setup-run ## Say what is missing or misconfigured
	@.venv/bin/beffroi doctor

# What is held to seconds that busy neighbours would take comes last. Those that use the one whole system go one
# after the other; the others go beside them, while the first of them waits for a minute.
QUIET := tests/integration/whole tests/browser
# A picture that is late by a neighbour's work is one that froze: alone.
ALONE := tests/integration/mux/test_bad_network_chromium.py tests/integration/mux/test_stutter_chromium.py
APART := $(QUIET) $(ALONE)
# A file stays together (tests/support/sharing.py). Processes before units of code: short files fill the end.
IN_ORDER := --dist loadfile --no-loadscope-reorder
# Several tests at a time make a small machine late: what failed in company is judged once more, alone, and named
# at the end.
JUDGED_AGAIN := .make/again
AGAIN := [ $$? -eq 1 ] && $(PY) -m tests.again $(JUDGED_AGAIN)

test: ready ## Run every check and test
	@+$(PARALLEL) $(CHECKS) check-tests browser
	@rm -f $(JUDGED_AGAIN)
	$(PY) -m pytest -q -n 3 $(IN_ORDER) tests $(APART:%=--ignore %) || { $(AGAIN) tests $(APART:%=--ignore %); }
	$(PY) -m pytest -q -n 2 $(IN_ORDER) $(QUIET) || { $(AGAIN) $(QUIET); }
	$(PY) -m pytest -q $(ALONE) || { $(AGAIN) $(ALONE); }
	@$(PY) -m tests.again $(JUDGED_AGAIN)

check: ready ## Format, lint, types, import walls, page, docs
	@+$(PARALLEL) $(CHECKS)

ready:
	@+$(PARALLEL) setup web

check-types: setup
	.venv/bin/mypy

check-python: setup
	.venv/bin/ruff format --check $(SOURCES)
	.venv/bin/ruff check $(SOURCES)
	.venv/bin/lint-imports
	$(PY) -m tests.docs_check

# Leaves all that tests import compiled, while types are checked, for the many processes that follow.
check-tests: setup
	$(PY) -m pytest -q --collect-only tests > .make/tests || { tail -n 60 .make/tests; exit 1; }

check-page: web-setup
	cd $(WEB) && npm run --silent check

format: setup ## Put the code into its format
	.venv/bin/ruff format $(SOURCES)
	.venv/bin/ruff check --fix $(SOURCES)

FAULTS_EVERY ?= 3
faults: setup ## Strike each step of each procedure of storage by each fault (FAULTS_EVERY=1: each; 3: a third)
	BEFFROI_TEST_FAULTS_EVERY=$(FAULTS_EVERY) $(PY) -m pytest -q -n 2 -p no:logging tests/unit/storage/faults

bench: setup browser ## Measure speed and memory on this machine (ONLY="viewers delay" for parts)
	$(PY) -m tests.bench $(ONLY)

bench-peers: setup ## Measure mux beside Janus and aiortc; installs Janus and libIPSec_MB where it may
	@$(PY) -m tests.bench.install
	@$(MAKE) --no-print-directory setup
	$(PY) -m tests.bench peers

CAMERAS ?= 20 50 100
bench-cameras: setup ## Measure what cameras cost with nobody watching (CAMERAS="20 50 100 500")
	@$(PY) -m tests.bench.camera_cost --cameras $(CAMERAS)

profile: setup ## Show where the CPU of ingest, storage and mux goes, by kind of work and by function
	@$(PY) -m tests.bench.profiles

bench-plots: setup ## Draw docs/performance from what was measured last
	$(PY) -m tests.bench.plots

performance: setup ## Put what was measured last into docs/performance.md, plots included
	$(PY) -m tests.bench.performance

pictures: setup web browser ## Take the pictures of docs/pictures anew
	BEFFROI_PICTURES=1 $(PY) -m pytest -q tests/browser

setup: .make/python ## Make the Python environment, test tools included
setup-run: .make/python-run
web: .make/web ## Build the page

browser: setup ## Have a headless Chromium for the browser tests
	@tests/install_browser.sh

lock: .make/uv ## Resolve the dependencies anew into requirements/*.lock
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml --group build -o requirements/run.lock
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml --group build --group test -o requirements/test.lock

clean: ## Remove what was built; recordings and keys in var/ stay
	rm -rf .venv .make $(WEB)/node_modules $(WEB)/dist

.make/uv: requirements/bootstrap.lock
	@command -v $(PYTHON) >/dev/null || { echo "beffroi: python3 is missing: install Python 3.11 or newer" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "beffroi: Python 3.11 or newer is needed, $$($(PYTHON) --version) is here" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "beffroi: Python's venv module is missing: install python3-venv" >&2; exit 1; }
	@[ -x $(PY) ] || $(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@mkdir -p .make && touch $@

.make/python: .make/uv requirements/test.lock pyproject.toml $(wildcard ingest/rtsp/*.c storage/recording/*.c mux/transport/*.c mux/transport/*.h)
	@$(UV) pip sync --quiet --require-hashes --python $(PY) requirements/test.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --reinstall-package beffroi --python $(PY) -e .
	@touch $@ .make/python-run

.make/python-run: .make/uv requirements/run.lock pyproject.toml $(wildcard ingest/rtsp/*.c storage/recording/*.c mux/transport/*.c mux/transport/*.h)
	@$(UV) pip install --quiet --require-hashes --python $(PY) -r requirements/run.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --reinstall-package beffroi --python $(PY) -e .
	@touch $@

.make/node: $(WEB)/package-lock.json
	@command -v npm >/dev/null || { echo "beffroi: npm is missing: install Node.js 20 or newer with npm" >&2; exit 1; }
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' || { echo "beffroi: Node.js 20 or newer is needed, $$(node --version) is here" >&2; exit 1; }
	cd $(WEB) && npm ci --silent
	@mkdir -p .make && touch $@

web-setup: .make/node

.make/web: .make/node $(WEB_SOURCES)
	cd $(WEB) && npm run --silent build
	@touch $@

.PHONY: ready check-types check-tests check-python check-page help setup-run demo doctor test check format faults bench bench-cameras profile bench-peers bench-plots performance pictures setup web browser lock clean web-setup
