# `make lab` opens the course. `make test` runs the tests, but those that take minutes, which are `make proofs`. Each first
# sets up what it needs, once, in .venv.
# Options go into ARGS: make lab ARGS="--no-browser --port=9999". With ARGS="tests/checks -k 18.3", only those tests run.
# Windows has no make: the README gives the same steps as plain python lines.

# Python 3.11 comes first because the course was tested with it. Each name is run, because one can exist
# and not work. To choose another one: make lab PYTHON=/path/to/python3
PYTHON ?= $(shell for p in $(CANDIDATES); do $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
CANDIDATES = python3.11 python3.12 python3.13 python3
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
TOO_OLD = The course needs Python 3.11 or later, and found none. Install it, then try again.
NO_VENV = The environment could not be made. On Debian or Ubuntu, first run: apt install python3-venv

RUN = .venv/bin/python -m
INSTALL = $(RUN) pip install --constraint constraints.txt --editable
START = --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(PROMPT)
# Without this option sliders answer up to 40 ms later.
PROMPT = --ServerApp.kernel_websocket_connection_class=clinxai_teach.lab.PromptConnection
# One process more than there are processors (conftest.py), because many tests wait. For a few tests, they would only take
# longer to start.
TOGETHER = --numprocesses logical --maxprocesses 4
ROOMS = attribution calibration conformal trust uncertainty
# Jupyter refuses to start as root, the usual user of a container, unless it is told to.
ROOT = $(shell [ "$$(id -u)" != 0 ] || echo --allow-root)

# Where Python may not keep what it has compiled, every kernel and every process of a test compiles the package anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: lab small test proofs site site-proofs lite native handouts slides build check bench lowest pythons kit hub mutate clean workshops

lab: .venv/.lab
	$(RUN) jupyterlab $(START) $(ROOT) $(ARGS)

test: .venv/.test
	$(RUN) pytest $(or $(ARGS),$(TOGETHER))

# For Linux: the whole course with a torch that has no parts for graphics cards. docs/offline.md says how pip finds it.
small: | .venv/bin/python
	.venv/bin/python tools/small.py $(ARGS)
	@touch .venv/.lab

# The proofs that take minutes: tests with the mark `slow`, but for those of the website, which are below; and the five
# lessons that compute longest (conftest.py names them), in the browser too, with their exercises as learners get them.
proofs: .venv/.test
	$(RUN) pytest $(TOGETHER) -m slow notebooks exercises tests --ignore tests/webpages $(ARGS)

# The proofs of the website, on one that is built as `make site` does with fewer steps of its sliders. Where the parts of
# JupyterLite cannot be fetched, its tests are skipped and say so. For the whole website: make site, then
# CLINXAI_SITE=site .venv/bin/python -m pytest -m slow tests/webpages
SMALL = build/small_site
site-proofs: .venv/.test
	.venv/bin/python tools/website/build.py --most 24 --out $(SMALL)
	-.venv/bin/python tools/website/lite.py build --site $(SMALL)
	-[ -e build/pyodide/pyodide-lock.json ] || .venv/bin/python tools/website/pyodide_copy.py
	CLINXAI_SITE=$(SMALL) $(RUN) pytest $(TOGETHER) -m slow tests/webpages $(ARGS)

# The course as pages that need nothing, in site/. Minutes the first time; then only what has changed.
site: .venv/.test
	.venv/bin/python tools/website/build.py

# The lessons, sheets, forms and keys as PDFs, in build/teaching/handouts/. ARGS="18_3 glossary" prints only these.
handouts: .venv/.test
	.venv/bin/python tools/handouts/build.py $(ARGS)

# What the four workshops need on paper, in teaching/print/, which git keeps.
workshops: .venv/.test
	.venv/bin/python tools/handouts/build.py --workshops

# Live notebooks in the browser for a site that is built: site/lite. make lite ARGS="--pyodide build/pyodide" ships Python, too.
lite: .venv/.test
	.venv/bin/python tools/website/lite.py build $(ARGS)

# The notebooks of 18.3, 18.4.3, 18.5 and 18.6 with the libraries' versions that the browser has, in the newest Python here.
native: .venv/.test
	.venv/bin/python tools/website/in_pyodide.py --native

# A deck for each lesson, as HTML and as PDF, and its notes as PDF, in build/teaching/slides/. ARGS="18_3_1 18_6" makes only these.
slides: .venv/.test
	.venv/bin/python tools/slides/build.py $(ARGS)

build: .venv/.test
	.venv/bin/python tools/make_card.py
	.venv/bin/python tools/build.py build $(ARGS)
	.venv/bin/python tools/teaching_pages.py
	.venv/bin/python tools/handouts/build.py --workshops

check: .venv/.test
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	.venv/bin/python tools/build.py check
	.venv/bin/python tools/teaching_pages.py --check

bench: .venv/.test
	.venv/bin/python tools/bench.py $(ARGS)

# The tests of the package with the lowest versions that pyproject.toml allows, and how much of it they reach. What `make test`
# tries on up to 300 examples is tried on 10 here.
FEW = CLINXAI_MOST_EXAMPLES=10
lowest: .venv-lowest/.test
	$(FEW) .venv-lowest/bin/python -m pytest $(or $(ARGS),$(TOGETHER) --cov -m "not browser and not slow" tests clinxai_teach)

# One folder for computers without a network, in build/kit-PLATFORM. make kit PLATFORM=windows ARGS="--python 3.12 --whole"
kit: .venv/.test
	.venv/bin/python tools/kit.py $(or $(PLATFORM),linux) $(ARGS)

# A hub for a trial on this computer. docs/hub.md says what it needs, and how a real one is made.
hub: .venv/.hub
	.venv/bin/python tools/hub.py $(ARGS)

# The package's tests in each of these Pythons that is installed; it says which is not.
pythons:
	@for v in 3.11 3.12 3.13; do \
	    python$$v -c '' 2>/dev/null || { echo "Python $$v is not installed here: not tested."; continue; }; \
	    { [ -e .venv-$$v/.test ] || python$$v -m venv --clear .venv-$$v; } && \
	    .venv-$$v/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[test]' && \
	    touch .venv-$$v/.test && \
	    $(FEW) .venv-$$v/bin/python -m pytest $(or $(ARGS),$(TOGETHER) -m "not browser and not slow" tests clinxai_teach) || exit 1; \
	done

# Changes one thing at a time in the rooms that compute, and shows the changes that no test notices. ARGS="trust" takes
# one room; all of them take hours. Then: .venv/bin/mutmut show NAME
mutate: .venv/.test
	$(RUN) mutmut run $(foreach room,$(or $(ARGS),$(ROOMS)),"clinxai_teach.$(room).*")
	$(RUN) mutmut results

clean:
	rm -rf .venv .venv-* build dist mutants .pytest_cache .ruff_cache .hypothesis .coverage

.venv-lowest/.test: tools/lowest.py .venv/.test
	.venv/bin/python tools/lowest.py
	@touch $@

# Two empty files say that an installation is complete. After a change of these two sources it runs again.
.venv/.lab: pyproject.toml constraints.txt | .venv/bin/python
	$(INSTALL) .
	@touch $@

.venv/.hub: pyproject.toml constraints.txt | .venv/bin/python
	$(INSTALL) '.[hub]'
	@touch .venv/.lab $@

.venv/.test: pyproject.toml constraints.txt | .venv/bin/python
	$(INSTALL) '.[test]'
	@touch .venv/.lab $@

.venv/bin/python:
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null || { echo "$(TOO_OLD)"; exit 1; }
	@"$(PYTHON)" -m venv --clear .venv || { rm -rf .venv; echo "$(NO_VENV)"; exit 1; }
