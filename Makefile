# `make run` and `make test` set up what they need: Python 3.11, pip and make are enough.

UV := .uv/bin/uv
export UV_PYTHON_DOWNLOADS := never
export MPLBACKEND := Agg
# Tests start many processes: what Python compiles as it imports is kept for the next, whoever calls make.
export PYTHONDONTWRITEBYTECODE :=

# A process a core, each with whole files of tests, so that what a file sets up is made once. In their order the examples
# of docstrings come last, a hundred small files: sorted by how many tests there are, the last would be few and long.
PARALLEL := --numprocesses auto --dist loadfile --no-loadscope-reorder
# Tests of generated cases, of which there may be any number.
GENERATED = $(shell grep --files-with-matches '\bTIMES\b' tests/test_*.py)

.PHONY: run test check types kernels format bench docs site pages soak fuzz mutants dist clean

run: $(UV)           ## the main job: corridors report, into out/
	$(UV) run corridors report

test: $(UV)          ## the tests
	$(UV) run pytest $(PARALLEL)

check: $(UV)         ## what CI runs: format, lint, import layers, types, tests last
	$(UV) run ruff format --check
	$(UV) run ruff check
	$(UV) run lint-imports
	$(MAKE) --jobs=2 types kernels
	$(UV) run pytest $(PARALLEL)

types: $(UV)         ## the types, which mypy checks on one core
	$(UV) run mypy

kernels: $(UV)       ## compile the kernels, so that not each process of the tests does
	$(UV) run corridors warm-up

format: $(UV)        ## rewrite the code as `make check` wants it
	$(UV) run ruff format
	$(UV) run ruff check --fix

bench: $(UV)         ## the benchmark table of the solvers, printed and written to out/
	$(UV) run --group bench python -m benchmarks

docs:                ## the site from nothing, with today's data, and all code of README.md and docs/
	rm -rf docs/generated
	$(MAKE) --jobs=2 site pages

site: $(UV)          ## the site of docs/, into out/site: open out/site/index.html; no warning is let pass
	$(UV) run --group docs python -m sphinx -W --keep-going -q docs out/site

pages: $(UV)         ## all code of README.md and docs/, and what it prints: some minutes
	$(UV) run python tests/pages.py

soak: $(UV)          ## 20 times the generated cases of the tests, and a long search on arrays: an hour
	TIMES=20 $(UV) run pytest $(PARALLEL) $(GENERATED)
	$(UV) run python tests/soak.py

fuzz: $(UV)          ## broken files for every reader: an hour of what the tests do for some seconds
	$(UV) run python tests/fuzz.py 3600

mutants: $(UV)       ## mutation testing of the checker and of the model: which changes no test notices
	$(UV) run python tests/mutate.py

browser: $(UV)       ## the what-if page in a real browser: needs Debian's chromium and chromium-driver
	$(UV) run python tests/browser.py

dist: $(UV)          ## sdist and wheel into dist/, each tried in an empty environment
	rm -rf dist
	$(UV) build --quiet
	$(UV) run python tests/smoke.py dist

clean:
	rm -rf .venv out docs/generated

$(UV):
	python3 -m pip install --quiet --disable-pip-version-check --target .uv 'uv==0.13.9'
