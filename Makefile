# What a developer types. The rest of the machinery is plain Python tools, configured in pyproject.toml.
#
#   make demo DEMO=my/memory.py       another submission
#   make test ARGS="-k shapes -x"     more options for pytest
#   make PYTHON=python3.12 test       another interpreter (for a new .venv)
#   make audit SINCE=main             only the audits that changes since then may have altered

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test coverage check audit fix golden frozen docs bench clean

VENV ?= .venv
DEMO ?= tests/submissions/assignment3/067_believable.py
ARGS ?=
export PYTHON

# Tests start hundreds of Pythons. Where containers ask for no bytecode, each would compile all of grader again.
test coverage check: export PYTHONDONTWRITEBYTECODE :=
# As in the command: more threads of it wait busily, on the processors of other tests.
test coverage check: export OPENBLAS_NUM_THREADS := 1

BIN := $(VENV)/bin
# -qq: errors only, because pip warns of much that is no fault.
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# As many workers as tests/conftest.py says; one that is done takes tests from the others.
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/installed  ## grade a sample submission of assignment3, mistakes and all
	@$(BIN)/grade assignment3 $(DEMO) --html report.html --exit-zero

test: $(VENV)/installed-test  ## run all tests (Chromium is installed for them if it can be)
	@tests/browser/install-chromium
	@$(PYTEST) $(ARGS)

# Not part of `check`: it takes longer, and is to be read. What runs student code is not measured (pyproject.toml), and a
# child that a test has confined may leave half a file of data.
coverage: $(VENV)/installed-test  ## run all tests and show what of grader none reaches, line by line in build/coverage
	@tests/browser/install-chromium
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(BIN)/coverage run -m pytest -n auto --dist worksteal $(ARGS); failed=$$?; \
	$(BIN)/coverage combine --quiet 2>build/coverage/combined.log; rm -f build/coverage/data.*; \
	$(BIN)/coverage html --quiet; $(BIN)/coverage report; exit $$failed

check: $(VENV)/installed-all  ## everything that CI asks for: lint, format, types, layers, docs, tests
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/sphinx-build -E -W -q docs docs/_build
	@tests/browser/install-chromium
	$(PYTEST) $(ARGS)

# Not part of `check`: that of assignment3 alone takes a quarter of an hour. CI runs it beside the checks.
audit: $(VENV)/installed  ## prove the tests of all assignments: which wrong solutions they catch
	@due=$$(scripts/audits-due $(SINCE)); failed=; \
	for each in $$due; do $(BIN)/grade audit $$each || failed="$$failed $$each"; done; \
	if [ -n "$$failed" ]; then echo "Not proven:$$failed" >&2; exit 1; fi; \
	if [ -z "$$due" ]; then echo "Nothing has changed since $(SINCE) that an audit depends on."; fi

fix: $(VENV)/installed-all  ## repair what ruff can repair, show the rest, and format
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format

golden: $(VENV)/installed-test  ## write golden reports, docs/commands.md and figures anew; then read the diff
	$(BIN)/python docs/generate_commands.py
	$(BIN)/grade figures
	$(BIN)/python -m pytest --update-goldens $(ARGS)

frozen: $(VENV)/installed  ## make the case banks that come with the assignments anew, where what decides the cases has changed
	@for each in assignments/*/bank.frozen; do $(BIN)/grade build "$$(basename "$$(dirname "$$each")")" --frozen || exit; done

docs: $(VENV)/installed-all  ## build the documentation; a warning is an error
	$(BIN)/sphinx-build -E -W -q docs docs/_build
	@echo "$(CURDIR)/docs/_build/index.html"

bench: $(VENV)/installed  ## time grading against a bare script that does the same, and building against import numpy
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.building

clean:  ## remove what was built, but not .venv
	rm -rf report.html results dist build docs/_build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is older than these files when what is installed may not be what they ask for.
REQUIREMENTS := pyproject.toml constraints.txt

$(VENV)/installed: $(REQUIREMENTS)
	@scripts/create-venv $(VENV)
	@echo "Installing grader into $(VENV) …"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	@echo "Installing what the tests need …"
	@$(PIP) install --constraint constraints.txt --editable '.[test]'
	@touch $@

$(VENV)/installed-all: $(VENV)/installed-test
	@echo "Installing what the checks and the documentation need …"
	@$(PIP) install --constraint constraints.txt --editable '.[test,check,docs]'
	@touch $@
