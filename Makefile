# `make` shows what there is. Each target sets up what it needs, and is quick afterwards.

VENV     := .venv
BACKENDS := .venv-backends
DOCS     := .venv-docs
PYTHON   ?= $(shell command -v python3.11 || command -v python3)
PIP      := -m pip install --quiet --disable-pip-version-check
IN_TWO   := -m pytest -q --numprocesses 2 --dist worksteal
PYTEST   := $(VENV)/bin/python $(IN_TWO)
READY    := $(VENV)/.ready
BACKENDS_READY := $(BACKENDS)/.ready
DOCS_READY := $(DOCS)/.ready
PURELIB  := import sysconfig; print(sysconfig.get_path("purelib"))
# what the extra `docs` lists in setup.cfg
DOCS_NEED := import configparser; c = configparser.ConfigParser(); c.read("setup.cfg"); \
  print(c["options.extras_require"]["docs"])

.DEFAULT_GOAL := help
.PHONY: help demo test lint format types test-long test-backends docs docs-commands \
  storm bench fuzz options lock clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

demo: $(READY)  ## train four models on the embedded corpus, compare them, read their text
	$(VENV)/bin/keraslm demo

test: lint types  ## ruff, mypy and the tests, but for those that take minutes
	$(PYTEST) -m 'not long'

test-long: $(READY) $(DOCS_READY) $(BACKENDS_READY)  ## the tests that take minutes: kills, resumed runs, exported files
	$(PYTEST) -m long
	KERAS_BACKEND=jax $(BACKENDS)/bin/python -m pytest -q -m long tests/backends

lint: $(READY)  ## ruff: mistakes and form
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check

format: $(READY)  ## mend what ruff can mend
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

types: $(READY)  ## mypy
	$(VENV)/bin/mypy

# pytest ends with 5 where no test is marked; threads of PyTorch wait for each other where
# there are more of them than cores.
test-backends: $(BACKENDS_READY)  ## the models on JAX and on PyTorch
	@for backend in jax torch; do \
	  echo "KERAS_BACKEND=$$backend"; \
	  KERAS_BACKEND=$$backend OMP_NUM_THREADS=1 \
	    $(BACKENDS)/bin/python $(IN_TWO) -m 'backends and not long'; \
	  status=$$?; \
	  test $$status -eq 0 || test $$status -eq 5 || exit $$status; \
	done

docs: export KERASLM_LESSONS ?= cache
docs: $(DOCS_READY)  ## the site, docs/_build/html, with its lessons executed
	$(DOCS)/bin/codespell docs keraslm cli datasets README.md CONTRIBUTING.md
	$(DOCS)/bin/python -m sphinx -W --keep-going -q -j auto docs docs/_build/html
	@echo "The site is in docs/_build/html/index.html"

docs-commands: $(READY)  ## paste every command of README and the pages, in one folder
	$(VENV)/bin/python -m tests.paste_docs

storm: $(READY)  ## kill runs at every write and 200 times at random; each goes on
	KERASLM_STORM=200 $(VENV)/bin/python -m pytest -q tests/training/test_storm.py

bench: export TEXT := $(TEXT)
bench: $(READY)  ## measure speeds; TEXT=FILE: of counting on a text of your own
	@for file in tests/benchmarks/bench_*.py; do \
	  test -e "$$file" || continue; \
	  echo "$$file"; $(VENV)/bin/python "$$file" || exit 1; \
	done

fuzz: SECONDS ?= 60
fuzz: $(READY)  ## look for bytes that crash a reader; SECONDS=600: so long for each
	@$(VENV)/bin/python $(PIP) --no-build-isolation -e '.[fuzz]'
	@for file in tests/fuzz/fuzz_*.py; do \
	  echo "$$file"; $(VENV)/bin/python "$$file" $(SECONDS) || exit 1; \
	done

options: $(READY)  ## write docs/options.md from the table of options
	$(VENV)/bin/python -m keraslm_cli.options_page > docs/options.md

lock: $(READY)  ## choose the newest allowed versions, write requirements*.lock
	$(VENV)/bin/python $(PIP) pip-tools
	CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/python -m piptools compile --quiet \
	  --upgrade --extra cluster --extra dev --extra export --extra fast --extra lab \
	  --extra tensorboard \
	  --all-build-deps --generate-hashes --allow-unsafe \
	  --strip-extras --no-annotate --no-emit-index-url --no-emit-find-links \
	  --no-emit-trusted-host --no-emit-options \
	  --output-file requirements.lock setup.cfg
	$(VENV)/bin/python -c '$(DOCS_NEED)' | \
	  CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/python -m piptools compile --quiet \
	  --upgrade --constraint requirements.lock --generate-hashes --allow-unsafe \
	  --strip-extras --no-annotate --no-emit-index-url --no-emit-find-links \
	  --no-emit-trusted-host --no-emit-options \
	  --output-file requirements-docs.lock -

clean:  ## remove the environments and what the tools left
	rm -rf $(VENV) $(BACKENDS) $(DOCS) docs/_build docs/api build *.egg-info .mypy_cache .ruff_cache .pytest_cache \
	  .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "keraslm needs \
	Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@echo "Setting up $(VENV); this takes a few minutes, once."
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python $(PIP) --require-hashes -r requirements.lock
	$(VENV)/bin/python $(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# Environments of their own keep the other backends and the tools of the site out of
# .venv. What .venv holds is seen through a path file, not installed twice.
define beside-venv
	@echo "Setting up $(1); this takes a few minutes, once."
	$(PYTHON) -m venv $(1)
	@place=$$($(1)/bin/python -c '$(PURELIB)') && \
	  echo "import site; site.addsitedir('$$($(VENV)/bin/python -c '$(PURELIB)')')" \
	  > "$$place/venv.pth"
endef

$(BACKENDS_READY): $(READY)
	$(call beside-venv,$(BACKENDS))
	$(BACKENDS)/bin/python $(PIP) jax==0.10.2 torch==2.13.0
	@touch $@

$(DOCS_READY): $(READY) requirements-docs.lock
	$(call beside-venv,$(DOCS))
	$(DOCS)/bin/python $(PIP) --require-hashes -r requirements-docs.lock
	@touch $@
