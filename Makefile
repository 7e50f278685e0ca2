# Everything runs in .venv, which `make install` sets up from the lock file.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: bench-batch bench-memory kills install run test check types lint train evaluate corpus-check plots learning-curve views learners errors lexicon-ablation suspects bench lock clean

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dunwatch needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

run: install
	mkdir -p out
	$(BIN)/dunwatch score data/examples/phone.csv -o out/phone.scored.csv --strongest 3

test: check
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: lint types

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: install
	$(BIN)/mypy

train: install
	$(BIN)/dunwatch train

evaluate: install
	$(BIN)/dunwatch evaluate

corpus-check: install
	$(BIN)/dunwatch corpus-check

plots: install
	$(BIN)/python -m dunwatch_train.studies.plots

learning-curve: install
	$(BIN)/python -m dunwatch_train.studies.learning_curve

views: install
	$(BIN)/python -m dunwatch_train.studies.views

# Nested cross-validation of many learners: takes some ten minutes.
learners: install
	$(BIN)/python -m dunwatch_train.studies.learners

errors: install
	$(BIN)/python -m dunwatch_train.studies.errors

# Trains the model once for each class: takes a quarter of an hour or more.
lexicon-ablation: install
	$(BIN)/python -m dunwatch_train.studies.lexicon_ablation

suspects: install
	$(BIN)/python -m dunwatch_train.studies.suspects

bench: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check fasttext-wheel==0.9.2
	$(BIN)/python -m benchmarks.side_by_side

bench-batch: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check fasttext-wheel==0.9.2
	$(BIN)/python -m benchmarks.batch rates

bench-memory: install
	$(BIN)/python -m benchmarks.batch memory

# Kills runs a hundred times and more; takes some ten minutes. The tests do it a few times.
kills: install
	$(BIN)/python -m benchmarks.kills

# After a change of the dependencies in pyproject.toml.
lock:
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet uv
	$(VENV)/lock/bin/uv pip compile --quiet --universal --no-header --no-emit-index-url --no-emit-find-links --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) out .mypy_cache .pytest_cache .ruff_cache .hypothesis
