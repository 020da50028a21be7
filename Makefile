# What people and continuous integration run. Every target starts from nothing and is quick the second time.

.DEFAULT_GOAL := help
SOAK :=
ONLY :=

.PHONY: help setup demo demo-interview test test-fast check bench bench-latency soak trust clean environment

BIN := .venv/bin
READY := .venv/.ready
# Two files of tests at a time on two cores: with a third, the sound of those that record it is torn.
PYTEST = $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

$(READY): pyproject.toml constraints.txt scripts/setup.sh
	@scripts/setup.sh
	@touch $@

environment: $(READY)

setup: environment  ## make .venv, install everything, fetch the model weights (about 182 MB)
	@echo "setup: model weights" >&2
	@$(BIN)/interviewkit weights fetch

demo: setup  ## transcribe a real telephone conversation, from consent to spreadsheet, in demo/
	@$(BIN)/interviewkit demo demo

demo-interview: setup  ## hold an interview with a participant who is played, in demo-interview/
	@$(BIN)/interviewkit demo --interview demo-interview

test: setup  ## run all tests
	@scripts/test-tools.sh
	@$(PYTEST)

test-fast: environment  ## run the tests that take moments
	@$(PYTEST) -m "not slow"

check: environment  ## check style, types and the direction of imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: setup  ## measure accuracy and cost beside peers, or one part (ONLY=pace); needs the evaluation audio
	@$(BIN)/python -m tests.bench $(ONLY)

bench-latency: environment  ## measure the room from key to screen while two channels are recorded; six minutes
	@scripts/test-tools.sh
	@$(BIN)/python -m tests.bench.latency

soak: setup  ## kill and strain the recorder for hours, on virtual sound cards; writes docs/soak.md
	@scripts/test-tools.sh
	@$(BIN)/python -m tests.soak $(SOAK)

trust: environment  ## measure what is promised of consent, keys, records and hostile files; writes docs/trust.md
	@scripts/test-tools.sh
	@TRUST=full $(BIN)/python -m pytest --timeout 3600 tests/trust tests/system/test_*_kill.py tests/system/test_no_speech.py tests/system/test_interrupted.py $(ONLY)

clean:  ## remove what these commands made here; never a study of yours
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist demo demo-interview
