# What a newcomer needs: Python 3.11 or newer, git, make.
# The newest of these that runs: what pyenv calls python3.13 may be a name only.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
CORES ?= $(shell getconf _NPROCESSORS_ONLN)
# More than cores: many of these tests wait for programs that they start.
WORKERS ?= $(shell echo $$(($(CORES) + 1)))
DEMO ?= $(CURDIR)/.demo

.PHONY: demo test traced untraced bench torture mutants clean

$(VENV)/ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "crm needs Python 3.11 or newer; say where: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(VENV)/ready            ## a sample book, and a first look at it
	@sh docs/demo.sh $(BIN) $(DEMO)

test: $(VENV)/ready            ## the whole check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory -j2 traced untraced

# Side by side, so that neither waits for the other's last test. The tracer doubles the price of a test: those that
# reach nothing new do without (tests/untraced.py).
traced: $(VENV)/ready
	$(BIN)/coverage erase
	$(BIN)/pytest -n $(CORES) --dist worksteal -m 'not no_cover' --cov --cov-report=term
untraced: $(VENV)/ready
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m no_cover

bench: $(VENV)/ready           ## how fast, beside what one would use instead
	$(BIN)/python -m benchmarks

torture: $(VENV)/ready         ## faults at every system call, many histories, many writers: hours; TORTURE_STEP=7 TORTURE_KILLS=1 for less
	$(BIN)/python -m tests.faults.torture
	CRM_TEST_ALL=1 $(BIN)/pytest -q -n auto --dist worksteal
	CRM_TEST_HISTORIES=10000 $(BIN)/pytest -q -n auto tests/store/sync/test_histories.py
	CRM_TEST_WRITERS=8 CRM_TEST_EACH=50 $(BIN)/pytest -q tests/adversarial/test_concurrency.py \
		tests/adversarial/test_together.py -k lose_nothing

mutants: $(VENV)/ready         ## bugs planted in the merge and in the sync: the tests have to notice each
	$(BIN)/pytest -q -n auto tests/store/merge/test_laws.py tests/store/sync/test_mutants.py

clean:
	rm -rf $(VENV) $(DEMO) build dist .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
