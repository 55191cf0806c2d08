"""`corridors warm-up` leaves nothing to compile."""

import os
import subprocess
import sys

from click.testing import CliRunner

from corridors.cli import main
from corridors.commands import warm_up

CHECK = """
from corridors.kernels import closures, primal
from corridors.kernels.multicommodity import block, cold
from corridors.solvers.announce import is_ready
print([is_ready(kernel) for kernel in (primal.optimise, closures.sweep_closures, block.solve_block, cold.solve_cold)])
"""


def test_it_compiles_the_kernels_of_a_solve_of_a_sweep_and_of_flows():
    run = CliRunner().invoke(main, ["warm-up"])
    assert run.exit_code == 0, run.output
    assert run.output.startswith("the kernels are compiled: ")
    found = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True, check=True, env=os.environ)
    assert found.stdout == "[True, True, True, True]\n"


def test_what_fails_beside_it_is_an_error(monkeypatch):
    monkeypatch.setattr(warm_up, "FLOWS", "raise SystemExit(3)")
    run = CliRunner().invoke(main, ["warm-up"])
    assert run.exit_code == 1
    assert "could not be compiled" in run.stderr
