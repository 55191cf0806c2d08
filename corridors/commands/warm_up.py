"""The command that compiles the kernels ahead of their first use: for containers, CI and clusters."""

from __future__ import annotations

import click

FLOWS = """
from corridors import Changes, Problem, min_cost_flow, min_cost_flow_sweep
problem = Problem([0, 0, 1], [1, 2, 2], [5, 9, 5], [2, 5, 1], [5, 0, -5])  # its second arc is idle
closed = Changes.from_coo(2, capacity=([0, 1], [0, 1], [0, 0]))
mixed = Changes.from_coo(2, capacity=([0], [0], [3]), cost=([1], [1], [4]), supply=([1, 1], [0, 2], [4, -4]))
min_cost_flow(problem)
for changes in (closed, mixed):
    min_cost_flow_sweep(problem, changes, keep=("flow", "potential"))
"""
"""A program that compiles the kernels of problems on arrays."""


@click.command("warm-up")
def warm_up() -> None:
    """Compile the kernels into the cache, so that no later call waits for it: about twenty seconds, once."""
    import subprocess
    import sys
    import time

    import pandas as pd

    from corridors.network import Network
    from corridors.scenarios.make import outages
    from corridors.sweeping.solve import sweep

    started = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", FLOWS]) as flows:  # side by side: Numba compiles on one core
        links = pd.DataFrame(
            {"link_id": ["a", "b", "c"], "from_node_id": "x", "to_node_id": "y", "mode": "ship", "capacity": 6.0}
        )
        links["tariff"] = [1.0, 2.0, 3.0]
        rows = pd.DataFrame(
            {"demand_id": ["d"], "commodity": "g", "origin": "x", "destination": "y", "volume": 10.0, "value": 9.0}
        )
        network = Network(pd.DataFrame({"node_id": ["x", "y"]}), links)
        sweep(network, rows, outages(network, k=2), keep=("flow",), progress=False)
    if flows.returncode:
        raise click.ClickException("the kernels of problems on arrays could not be compiled; see the error above")
    click.echo(f"the kernels are compiled: {time.perf_counter() - started:.1f} s")


COMMANDS = (warm_up,)
