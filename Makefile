# Each target makes its own virtual environment when it is missing; python3 and make are enough.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: colordeg test lint clean

colordeg: $(STAMP)  ## the gate: bundled images, committed baselines; ends in a report
	$(BIN)/pytest --colordeg -n auto -q tests/colors --colordeg-report=.colordeg/report.html

test: $(STAMP)  ## the whole test suite
	$(BIN)/pytest -n auto -q

lint: $(STAMP)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[test]'
	touch $@

clean:  ## the environment and what runs leave behind
	rm -rf $(VENV) .colordeg .pytest_cache .mypy_cache .ruff_cache .hypothesis
