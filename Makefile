# What you need: Python 3.11 or newer with venv, make, and pip's package index. Nothing is installed outside .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo test check e2e soak bench bless fixtures requirements clean help

help:            ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/ -/'

demo: $(VENV)/.run  ## a simulated wearer's day through the whole daemon; no strap needed
	$(BIN)/hrvdaemon demo $(ARGS)

test: $(VENV)/.test ## lint, types, import floors and the whole suite
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -q -rs $(ARGS)

check: $(VENV)/.test ## lint, types, import floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

e2e: $(VENV)/.test ## the installed daemon against the real BlueZ, in QEMU or, with HRVDAEMON_UML_KERNEL=PATH, User-Mode Linux
	$(BIN)/python -m tests.e2e $(ARGS)

soak: $(VENV)/.test ## eight hours of the daemon in minutes; needs HRVDAEMON_UML_KERNEL=PATH
	$(BIN)/python -m tests.soak $(ARGS)

bench: $(VENV)/.test ## speed and memory beside every peer, in one run; artefacts on MIT-BIH where HRVDAEMON_RECORDINGS is set
	$(BIN)/python -m benchmarks $(ARGS)
	test -z "$$HRVDAEMON_RECORDINGS" || $(BIN)/python -m benchmarks.artefacts --write

fixtures: $(VENV)/.test ## remake the simulated recordings in fixtures/
	$(BIN)/python -m fixtures.make

evaluate: $(VENV)/.run ## the detector against simulated days; half an hour on two cores
	$(BIN)/hrvdaemon evaluate simulated --jobs 2 $(ARGS)

bless: $(VENV)/.test ## rewrite the golden expectations; the diff is part of the review
	HRVDAEMON_BLESS=1 $(BIN)/python -m pytest -q tests/recordings

$(VENV)/.run: requirements/run.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.test: requirements/test.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/test.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.run

clean:           ## remove everything that make made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-data
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

requirements:    ## renew the pins (needs pip-tools on PATH)
	pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --strip-extras --allow-unsafe -o requirements/run.txt pyproject.toml
	pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --strip-extras --allow-unsafe --extra test -o requirements/test.txt pyproject.toml requirements/build.in
