# What one types. `make run` and `make test` each set up everything on a fresh machine with Python 3.11 or newer.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
HOST ?= 127.0.0.1

BIN := $(VENV)/bin
PARTS := -e standards -e plugins/village-indicators -e plugins/jiuyou-liuwu -e plugins/wuge-quanfugai \
	-e plugins/sanhua -e plugins/wuge-daowei -e plugins/shanxi-wuge-quanfugai -e plugins/obstacle-degree -e server
PROJECTS := pyproject.toml constraints.txt $(wildcard */pyproject.toml plugins/*/pyproject.toml)

.PHONY: run test check bench bench-api bench-plugins bench-compare bench-faults bench-import schema format clean help

help: ## what there is to type
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 20

run: $(VENV)/.ready ## install, create the database for 长岭县, serve (PORT=8123 serves elsewhere)
	$(BIN)/liangcun serve --init --demo --host $(HOST) --port $(PORT)

test: $(VENV)/.ready-test ## every check and every test
	$(MAKE) check
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(PYTEST)

check: $(VENV)/.ready-test ## style, types, the arrows between the parts, the exported contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy standards/liangcun_standards standards/pytest_liangcun server/liangcun_server $(wildcard plugins/*/liangcun_*)
	$(BIN)/lint-imports
	$(BIN)/liangcun schema export --check

bench: $(VENV)/.ready-bench ## measure against peers, in one run
	$(BIN)/python -m benchmarks

bench-api: $(VENV)/.ready-bench ## measure the API against Strawberry, Ariadne, PostGraphile and bare SQL
	$(BIN)/python -m benchmarks.api

bench-plugins: $(VENV)/.ready-bench ## measure what a hundred plugins cost, and a plugin's rule beside one that ships
	$(BIN)/python -m benchmarks.plugins

bench-compare: $(VENV)/.ready-bench ## measure what comparing schemes and sensitivity analyses take, putting together beside pymcdm
	$(BIN)/python -m benchmarks.comparing
	$(BIN)/python -m benchmarks.planning
	$(BIN)/python -m benchmarks.sensitivity

bench-faults: $(VENV)/.ready-bench ## end a writer and importer 200 times on each database and count what was lost
	$(BIN)/python -m benchmarks.faults

bench-import: $(VENV)/.ready-bench ## measure what files take to bring in, beside writing their values bare
	$(BIN)/python -m benchmarks.importing
	$(BIN)/python -m benchmarks.importing_workbook
	$(BIN)/python -m benchmarks.point_writes

schema: $(VENV)/.ready ## export the contracts after a change of the API or of the document format
	$(BIN)/liangcun schema export

format: $(VENV)/.ready-test ## put the code into its form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

clean: ## remove what was installed and built; data in var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "需要 Python 3.11 或更新版本：make $(MAKECMDGOALS) PYTHON=python3.12 / Python 3.11 or newer is needed"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: $(VENV)/bin/python $(PROJECTS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(PARTS) -e .
	@touch $@

$(VENV)/.ready-test: $(VENV)/bin/python $(PROJECTS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(PARTS) -e '.[test,check]'
	@touch $@ $(VENV)/.ready

$(VENV)/.ready-bench: $(VENV)/bin/python $(PROJECTS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(PARTS) -e '.[test,bench]'
	@touch $@ $(VENV)/.ready
