# make demo: the main job on a throw-away real MediaWiki.   make test: every test.   Both do all of their own set-up.
PYTHON ?= python3
BIN := .venv/bin
# Tests wait more than they compute: more of them at once than there are cores.
JOBS ?= 3

.PHONY: demo test check soak bench schemas wiki wiki-down clean venv

demo: venv
	$(BIN)/python -m tests.demo

test: check
	$(BIN)/python -m tests.mediawiki prepare
	$(BIN)/pytest -m "not soak" -n $(JOBS) --dist worksteal

check: venv
	$(BIN)/ruff check runner tests
	$(BIN)/ruff format --check runner tests
	$(BIN)/mypy

soak: venv
	$(BIN)/python -m tests.mediawiki prepare
	$(BIN)/pytest -m soak -n $(JOBS) --dist worksteal
	$(BIN)/python -m tests.fuzz.guided

bench: venv
	$(BIN)/python -m tests.bench

schemas: venv
	$(BIN)/python -m tests.schemas.write

wiki: venv
	$(BIN)/python -m tests.mediawiki up --env

wiki-down:
	$(PYTHON) -m tests.mediawiki down

venv:
	@sh .ci/venv $(PYTHON)

clean:
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
