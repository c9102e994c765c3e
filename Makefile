.PHONY: demo test check bench docs

demo: .venv/.local ; .venv/bin/sfn demo
test: .venv/.dev ; .venv/bin/python -m pytest
check: .venv/.dev ; .venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports
bench: .venv/.dev ; .venv/bin/python benchmarks/run.py
docs: .venv/.dev ; .venv/bin/python docs/build.py

.venv/bin/python: ; python3 -m venv .venv
.venv/.local: .venv/bin/python requirements/local.txt pyproject.toml ; .venv/bin/pip install -q --require-hashes -r requirements/local.txt && .venv/bin/pip install -q --no-deps --no-build-isolation -e . && touch $@
.venv/.dev: .venv/.local requirements/dev.txt ; .venv/bin/pip install -q --require-hashes -r requirements/dev.txt && touch $@
