# `make demo` and `make test` are the two commands to know; `make help` lists the rest.
# They need Python 3.11 or newer (with venv and pip) and make, nothing else.

# The first Python on the PATH that is new enough; `make PYTHON=...` names another one.
PYTHON ?= $(or $(firstword $(foreach p,python3 python3.11 python3.12 python3.13 python,$(shell \
  $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(p)))),python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo chat test test-all lint format typecheck imports bench bench-gpu venv clean distclean
.PHONY: train-student continue-student ablation

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed  ## watch a LangGraph agent solve a problem on the embedded student
	@$(BIN)/mtp-agents demo

chat: $(VENV)/.installed  ## talk to the embedded student in the terminal
	@$(BIN)/mtp-agents chat

test: lint typecheck imports  ## lint, types, import layers, then the tests (without the slow ones)
	$(BIN)/python -m pytest -m "not slow" $(PYTEST_ARGS)

test-all: lint typecheck imports  ## the same with the slow tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.installed-dev  ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(VENV)/.installed-dev  ## let ruff fix and format the sources
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

typecheck: $(VENV)/.installed-dev  ## mypy, strict
	$(BIN)/mypy

imports: $(VENV)/.installed-dev  ## import-linter: the layer rules
	$(BIN)/lint-imports

bench: $(VENV)/.installed-bench  ## the demo's agent, five interleaved runs; whole agents; the engine; JSON
	@$(BIN)/mtp-agents demo --compare 5 --json
	@$(BIN)/mtp-agents bench agent --quick --json
	@$(BIN)/mtp-agents bench decode --quick --json

bench-gpu: $(VENV)/.installed-bench $(VENV)/.installed-dev  ## on a GPU: its tests, then the engine at 8 B parameters
	$(BIN)/python -m pytest -m gpu
	$(BIN)/mtp-agents bench decode --loop host,device --context 256,2k --out runs/bench-gpu/embedded
	set -e; for attention in sdpa flex; do $(BIN)/mtp-agents bench decode --model random-8b --engines mtp,hf \
	  --loop host,device --k 8 --attention $$attention --batch 1,4,16 --context 2k --rounds 3 \
	  --out runs/bench-gpu/8b-$$attention; done

# Each step resumes or is quick to repeat, so a run that was killed goes on with the same command.
# GSM8K=train.jsonl mixes GSM8K's training split in; STUDENT=model/mtp_model/checkpoint/embedded replaces
# the student that ships.
RECIPE  := trainer/configs/embedded
RUN     := runs/embedded
STUDENT ?= $(RUN)/student
GSM8K   ?=
# glibc: large buffers stay in the process, instead of being mapped anew in every step
TRAIN   := GLIBC_TUNABLES=glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=17179869184 \
  $(BIN)/mtp-train
WITH_GSM8K := $(if $(GSM8K),--gsm8k $(GSM8K))

EMBEDDED := model/mtp_model/checkpoint/embedded

train-student: $(VENV)/.installed  ## make the embedded student from nothing (hours on two CPU cores)
	$(call student,pretrain distill)

continue-student: $(VENV)/.installed  ## train the embedded student further, from the weights that ship
	mkdir -p $(RUN)/corpus/tokenizer
	cp $(EMBEDDED)/tokenizer.json $(EMBEDDED)/tokenizer_config.json $(EMBEDDED)/chat_template.jinja \
	  $(RUN)/corpus/tokenizer
	$(call student,continue continue-distill)

# the configs in this order: next tokens first, then distillation
define student
test -d $(RUN)/corpus/tokens || $(TRAIN) toolworld --config $(RECIPE)/corpus.yaml $(WITH_GSM8K)
$(TRAIN) pretrain --config $(RECIPE)/$(word 1,$(1)).yaml
set -e; for config in $(wordlist 2,9,$(1)); do $(TRAIN) distill --config $(RECIPE)/$$config.yaml; done
$(TRAIN) export --model $(RUN)/distill/model --out $(STUDENT) --dtype bfloat16 --license apache-2.0 \
  $(foreach config,corpus $(1),--recipe $(RECIPE)/$(config).yaml)
$(TRAIN) eval --model $(STUDENT) --dtype float32 --tasks 500 $(WITH_GSM8K) --out $(STUDENT)/scores.json
endef

ABLATION := runs/ablation

ablation: $(VENV)/.installed  ## train variants of the objective, as many steps each, and compare them in a table
	mkdir -p $(ABLATION)/corpus/tokenizer
	cp $(EMBEDDED)/tokenizer.json $(EMBEDDED)/tokenizer_config.json $(EMBEDDED)/chat_template.jinja \
	  $(ABLATION)/corpus/tokenizer
	test -d $(ABLATION)/corpus/tokens || \
	  $(TRAIN) toolworld --out $(ABLATION)/corpus --conversations 12000
	$(TRAIN) ablate --config $(RECIPE)/ablation.yaml

venv: $(VENV)/.installed-dev  ## create .venv with everything, development tools included

clean:  ## remove caches and builds
	rm -rf dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean  ## the same, and remove .venv
	rm -rf $(VENV)

# --- the environment ---------------------------------------------------------------------------
# The stamp files make later runs skip pip until pyproject.toml or constraints.txt changes.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "mtp-agents needs Python 3.11 or newer, and \"$(PYTHON)\" is $$($(PYTHON) --version 2>/dev/null || echo missing)."; \
	  echo "Install one and name it, for example: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@echo "==> creating $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "python could not create $(VENV): install its venv module (Debian, Ubuntu: python3-venv)"; exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "==> installing mtp-agents and what it needs into $(VENV) (the first time takes a few minutes)"
	@$(PIP) install -qq --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "==> installing mtp-agents and the development tools into $(VENV) (the first time takes a few minutes)"
	@$(PIP) install -qq --constraint constraints.txt --editable '.[dev,studio]'
	@touch $(VENV)/.installed $@

$(VENV)/.installed-bench: $(VENV)/.installed
	@echo "==> installing what the benchmark compares with into $(VENV)" >&2
	@$(PIP) install -qq --constraint constraints.txt --editable '.[bench]'
	@touch $@
