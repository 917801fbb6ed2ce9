# Everything runs in .venv, which `make` builds once from the hashed lock files.
PYTHON ?= python3
BIN := .venv/bin
export NUMBA_SLP_VECTORIZE := 1

.PHONY: check setup test test-slow test-all test-samplers released proofs lint types docs steps report dist lock clean

check: setup
	@$(BIN)/maskbound check

setup: .venv/running

# One stamp a lock file: a second `make` finds it newer and installs nothing.
.venv/running: requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/testing: requirements-test.txt .venv/running
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@

test: .venv/testing lint
	$(BIN)/pytest -n 2

# What the default leaves out, but for the tests of `make dist`.
test-slow: .venv/testing
	$(BIN)/pytest -n 2 -m slow --ignore tests/test_distribution.py

# Both in one run, which collects once.
test-all: .venv/testing lint
	$(BIN)/pytest -n 2 -m "slow or not slow" --ignore tests/test_distribution.py

# Real samplers on torch and diffusers, in an environment of their own. Of torch the version is locked and no hash: every
# index has builds of its own, for CPUs (which suffice) or for CUDA, whose libraries come along unlocked.
TORCH := torch==2.13.0

.venv-samplers/locked: requirements-samplers.txt pyproject.toml
	@test -x .venv-samplers/bin/python || $(PYTHON) -m venv .venv-samplers
	.venv-samplers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-samplers.txt
	.venv-samplers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv-samplers/torch: .venv-samplers/locked
	.venv-samplers/bin/python -m pip install --quiet --disable-pip-version-check "$(TORCH)"
	@touch $@

test-samplers: .venv-samplers/torch
	OMP_NUM_THREADS=1 .venv-samplers/bin/python -m pytest -n 2 --dist loadfile tests/samplers

# What samplers of released packages do: a quarter of an hour, in an environment of its own. The packages come without
# what they require, of which only what their samplers import is installed; each adapter says which version it is for.
RELEASED = $(shell sed -n 's/^PACKAGE, VERSION = "\(.*\)", "\(.*\)"/\1==\2/p' numerics/conformance/adapters/*.py)

.venv-released/installed: requirements.txt requirements-released.txt pyproject.toml numerics/conformance/adapters/*.py
	@test -x .venv-released/bin/python || $(PYTHON) -m venv .venv-released
	.venv-released/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	.venv-released/bin/python -m pip install --quiet --disable-pip-version-check "$(TORCH)" -r requirements-released.txt
	.venv-released/bin/python -m pip install --quiet --disable-pip-version-check --no-deps $(RELEASED)
	.venv-released/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

released: .venv-released/installed
	.venv-released/bin/maskbound table released --out tests/samplers/released.json

# Compiles the Coq development from scratch and checks what its theorems assume; installs nothing.
proofs:
	@$(PYTHON) proofs_notes/coq/check.py

lint: .venv/testing types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# mypy finds the folders under the names that they are installed by in a tree of links.
types: .venv/testing
	@mkdir -p build/types/maskbound
	@ln -sfn ../../../theory build/types/maskbound/theory
	@ln -sfn ../../../numerics build/types/maskbound/numerics
	$(BIN)/mypy

report: setup
	$(BIN)/maskbound report --out report

# The wheel and the source archive, and what is in them.
dist: .venv/testing
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	WHEEL=$$(ls dist/*.whl) $(BIN)/pytest -m "slow or not slow" tests/test_distribution.py

# What the page on a number of steps says: its files, tables and figures.
steps: .venv/testing
	$(BIN)/python -P tests/pages.py proofs_notes/using/how-many-steps.md build/steps

docs: .venv/testing
	$(BIN)/python -P tests/docs.py

# Maintainers only (needs uv, and for the last line a CPU build of torch): the versions that everybody installs.
lock:
	echo 'setuptools>=77' | uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet pyproject.toml - -o requirements.txt
	echo 'setuptools>=77' | uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --constraint requirements.txt --extra test pyproject.toml - -o requirements-test.txt
	printf 'hypothesis\npytest\npytest-xdist\nsetuptools>=77\n$(TORCH)\n' | UV_FIND_LINKS="$$PIP_FIND_LINKS" uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-package torch --no-header --quiet --constraint requirements-test.txt --extra samplers pyproject.toml - -o requirements-samplers.txt

clean:
	rm -rf .venv .venv-samplers .venv-released build dist report *.egg-info
