.PHONY: demo test check bench docs fuzz conformance test-sagemaker2 test-sagemaker3

demo: .venv/.local ; .venv/bin/sfn demo
test: .venv/.dev ; .venv/bin/python -m pytest
check: .venv/.dev ; .venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports --no-cache
docs: .venv/.dev ; .venv/bin/python docs/build.py
fuzz: .venv/.dev ; .venv/bin/python -m fuzz $(FUZZ)
conformance: .venv/.dev ; .venv/bin/python docs/conformance.py
bench: .venv/.dev .venv-peers/.installed ; .venv/bin/python benchmarks/run.py
test-sagemaker2: .venv-sagemaker2/.installed ; .venv-sagemaker2/bin/python -m pytest tests/sagemaker2
test-sagemaker3: .venv-sagemaker3/.installed ; .venv-sagemaker3/bin/python -m pytest tests/sagemaker3

.venv/bin/python: ; python3 -m venv .venv
.venv/.local: requirements/local.txt pyproject.toml | .venv/bin/python ; .venv/bin/pip install -q --require-hashes -r requirements/local.txt && .venv/bin/pip install -q --no-deps --no-build-isolation -e . && .venv/bin/python -m compileall -q src && touch $@
.venv/.dev: requirements/dev.txt .venv/.local ; .venv/bin/pip install -q --require-hashes -r requirements/dev.txt && touch $@
.venv-%/.installed: requirements/%.txt pyproject.toml ; python3 -m venv .venv-$* && .venv-$*/bin/pip install -q --require-hashes -r requirements/$*.txt && .venv-$*/bin/pip install -q --no-deps --no-build-isolation -e . && touch $@
