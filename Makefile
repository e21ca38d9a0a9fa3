# What a fresh machine needs: Python 3.11 or later, git, make. `make test` is exactly what CI runs.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
INDEX := seeds.index
QUESTIONS := 今年启动的18个安置小区总投资约多少？ 湘乡经开区2017年1—11月完成税收多少？ 渌口区2018年全年引进了多少个产业项目？
READY := $(VENV)/.ready

.PHONY: demo test install lint types unit floors clean

install: $(READY)

# Made again when the dependencies change; otherwise the set-up is skipped.
$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later found. Install one, or: make PYTHON=/path/to/python" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(READY)
	@$(BIN)/qa index seeds --index $(INDEX)
	@for question in $(QUESTIONS); do \
		echo; echo "问：$$question"; $(BIN)/qa ask "$$question" --index $(INDEX) -k 1 || exit 1; done

test: lint types unit floors

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

unit: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

# Answers on a fixed sample must not fall below benchmarks/floors.json.
floors: $(READY)
	$(BIN)/python benchmarks/floors.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
