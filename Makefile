# Each target makes its own virtual environment when it is missing; python3 and make are enough.
# NEURAL=0 leaves the learned codecs out, and with them torch (about 6 GB).
PYTHON ?= python3
NEURAL ?= 1
ifeq ($(NEURAL),0)
VENV   ?= .venv-light
EXTRAS := test
else
VENV   ?= .venv
EXTRAS := test,neural
endif
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: colordeg test mutants lint clean

colordeg: $(STAMP)  ## the gate: bundled images, committed baselines; ends in a report
	$(BIN)/pytest --colordeg -n auto -q tests/colors --colordeg-report=.colordeg/report.html

test: $(STAMP)  ## the whole test suite
	$(BIN)/pytest -n auto -q

mutants: $(STAMP)  ## a check on the tests: each constant of the colour formulas, 1 % off, makes one fail
	$(BIN)/python tools/mutate_color.py --jobs 2

lint: $(STAMP)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[$(EXTRAS)]'
	touch $@

clean:  ## the environment and what runs leave behind
	rm -rf .venv .venv-light .colordeg .pytest_cache .mypy_cache .ruff_cache .hypothesis
