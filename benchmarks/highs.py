"""HiGHS, hot: the linear program of the base solved once, then each scenario from its optimal basis.

highspy and OR-Tools can't share a process, so this module is also a program of its own: it reads scenarios from a file,
and writes costs and times.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def timed(problem, changes, scenarios: int, rounds: int) -> tuple[np.ndarray, float]:
    """Costs (scenarios,) and the median seconds a scenario, measured in a process without OR-Tools."""
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder, "given.npz"), Path(folder, "found.npz")
        np.savez(given, rounds=rounds, **vars(problem), **vars(changes[:scenarios]))
        subprocess.run([sys.executable, __file__, str(given), str(found)], check=True)
        with np.load(found) as result:
            return result["cost"], float(np.median(result["seconds"])) / scenarios


def main(given: str, found: str) -> None:
    """Solve the scenarios of a file a few times over."""
    data = dict(np.load(given))
    solver = model(data)
    scenarios = len(data["cap_ptr"]) - 1
    basis = solver.getBasis()
    cost, seconds = sweep(solver, basis, data, scenarios), []
    for _ in range(int(data["rounds"])):
        started = time.process_time()
        sweep(solver, basis, data, scenarios)
        seconds.append(time.process_time() - started)
    np.savez(found, cost=cost, seconds=seconds)


def model(data):
    """The base, solved."""
    import highspy

    V, E = len(data["supply"]), len(data["tail"])
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = E, V
    lp.col_cost_ = data["cost"].astype(float)
    lp.col_lower_, lp.col_upper_ = data["lower"].astype(float), data["capacity"].astype(float)
    lp.row_lower_ = lp.row_upper_ = data["supply"].astype(float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = 2 * np.arange(E + 1)
    lp.a_matrix_.index_ = np.column_stack((data["tail"], data["head"])).ravel()
    lp.a_matrix_.value_ = np.tile([1.0, -1.0], E)
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex")):
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    solver.run()
    return solver


def sweep(solver, basis, data, scenarios) -> np.ndarray:
    """The cost of each scenario, from the base's basis."""
    lower, capacity, unit_cost, supply = (data[name].astype(float) for name in ("lower", "capacity", "cost", "supply"))
    out = np.zeros(scenarios)
    at = {"cap": "arc", "cost": "arc", "supply": "vertex"}
    index = {group: data[f"{group}_{noun}"].astype(np.int32) for group, noun in at.items()}
    value = {group: data[f"{group}_value"].astype(float) for group in at}
    for s in range(scenarios):
        own = {group: slice(data[f"{group}_ptr"][s], data[f"{group}_ptr"][s + 1]) for group in at}
        arcs, priced, vertices = (index[group][own[group]] for group in at)
        put(solver, arcs, lower[arcs], value["cap"][own["cap"]], priced, value["cost"][own["cost"]])
        put_supply(solver, vertices, value["supply"][own["supply"]])
        solver.setBasis(basis)
        solver.run()
        out[s] = solver.getInfo().objective_function_value
        put(solver, arcs, lower[arcs], capacity[arcs], priced, unit_cost[priced])
        put_supply(solver, vertices, supply[vertices])
    return out


def put(solver, arcs, lower, capacity, priced, cost) -> None:
    """New bounds and costs."""
    if len(arcs):
        solver.changeColsBounds(len(arcs), arcs, lower, capacity)
    if len(priced):
        solver.changeColsCost(len(priced), priced, cost)


def put_supply(solver, vertices, supply) -> None:
    """New right-hand sides."""
    for vertex, sent in zip(vertices.tolist(), supply.tolist(), strict=True):
        solver.changeRowBounds(vertex, sent, sent)


if __name__ == "__main__":
    main(*sys.argv[1:])
