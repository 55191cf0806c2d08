# `make run` and `make test` set up what they need: Python 3.11, pip and make are enough.

UV := .uv/bin/uv
export UV_PYTHON_DOWNLOADS := never
export MPLBACKEND := Agg

# A process a core, each with whole files of tests, so that what a file sets up is made once.
PARALLEL := --numprocesses auto --dist loadfile

.PHONY: run test check format bench docs mutants clean

run: $(UV)           ## the main job: corridors report, into out/
	$(UV) run corridors report

test: $(UV)          ## the tests
	$(UV) run pytest $(PARALLEL)

check: $(UV)         ## what CI runs: format, lint, import layers, types, tests last
	$(UV) run ruff format --check
	$(UV) run ruff check
	$(UV) run lint-imports
	$(UV) run mypy
	$(UV) run pytest $(PARALLEL)

format: $(UV)        ## rewrite the code as `make check` wants it
	$(UV) run ruff format
	$(UV) run ruff check --fix

bench: $(UV)         ## the benchmark table of the solvers, printed and written to out/
	$(UV) run --group bench python -m benchmarks

docs: $(UV)          ## all code of README.md and docs/, and what it prints: some minutes
	$(UV) run python tests/pages.py

mutants: $(UV)       ## mutation testing of the checker and of the model: which changes no test notices
	$(UV) run python tests/mutate.py

clean:
	rm -rf .venv out

$(UV):
	python3 -m pip install --quiet --disable-pip-version-check --target .uv 'uv==0.13.9'
