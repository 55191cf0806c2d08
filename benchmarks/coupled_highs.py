"""HiGHS, hot, on the arc formulation with shared capacities: each scenario from the base's optimal basis.

A program of its own, because highspy and OR-Tools can't share a process: it reads scenarios from a file, and writes
objectives and times.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def timed(base, mixes) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Objectives and CPU seconds of each scenario of each mix."""
    problem, bundles = base.problem, base.bundles
    given = {f"base_{name}": getattr(problem, name) for name in ("tail", "head", "capacity", "cost")}
    given |= {f"base_{name}": getattr(bundles, name) for name in ("bundle", "arc", "weight", "limit")}
    given["group_start"], given["group_arc"] = base.groups.indptr, base.groups.indices
    for mix, changes in mixes.items():
        for name in ("closed", "capacity", "cost", "limit"):
            part = getattr(changes, name)
            given |= {f"{mix} {name} {field}": getattr(part, field) for field in ("start", "index", "value")}
    with tempfile.TemporaryDirectory() as folder:
        asked, found = Path(folder, "given.npz"), Path(folder, "found.npz")
        np.savez(asked, mixes=list(mixes), **given)
        subprocess.run([sys.executable, __file__, str(asked), str(found)], check=True)
        with np.load(found) as result:
            return {mix: (result[f"{mix} objective"], result[f"{mix} seconds"]) for mix in mixes}


def main(given: str, found: str) -> None:
    """Solve the scenarios of a file."""
    data = dict(np.load(given))
    solver = model(data)
    basis = solver.getBasis()
    out = {}
    for mix in data["mixes"]:
        some = {name.split(" ", 1)[1]: values for name, values in data.items() if name.startswith(f"{mix} ")}
        rows = [one(solver, basis, data, some, s) for s in range(len(some["cost start"]) - 1)]
        out[f"{mix} objective"], out[f"{mix} seconds"] = np.array(rows).T
    np.savez(found, **out)


def model(data):
    """The base, solved."""
    import highspy
    from scipy.sparse import csc_array

    E, B = len(data["base_tail"]), len(data["base_limit"])
    V = int(max(data["base_tail"].max(), data["base_head"].max())) + 1
    arcs = np.arange(E)
    row = np.concatenate([data["base_tail"], data["base_head"], V + data["base_bundle"]])
    column = np.concatenate([arcs, arcs, data["base_arc"]])
    value = np.concatenate([np.ones(E), -np.ones(E), data["base_weight"]])
    matrix = csc_array((value, (row, column)), shape=(V + B, E))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = E, V + B
    lp.col_cost_ = data["base_cost"].astype(float)
    lp.col_lower_, lp.col_upper_ = np.zeros(E), endless(data["base_capacity"])
    lp.row_lower_ = np.concatenate([np.zeros(V), np.full(B, -np.inf)])
    lp.row_upper_ = np.concatenate([np.zeros(V), endless(data["base_limit"])])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    solver = highspy.Highs()
    for option, choice in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex")):
        solver.setOptionValue(option, choice)
    solver.passModel(lp)
    solver.run()
    return solver


def one(solver, basis, data, some, s) -> tuple[float, float]:
    """Objective and seconds of a scenario; the base is put back outside the time."""
    part = {}
    for name in ("closed", "capacity", "cost", "limit"):
        own = slice(some[f"{name} start"][s], some[f"{name} start"][s + 1])
        part[name] = some[f"{name} index"][own].astype(np.int32), some[f"{name} value"][own]
    groups = [data["group_arc"][slice(*data["group_start"][g : g + 2])] for g in part["closed"][0]]
    shut = np.concatenate([np.zeros(0, np.int32), *groups]).astype(np.int32)
    arcs = np.concatenate([part["capacity"][0], shut])
    room = np.concatenate([endless(part["capacity"][1]), np.zeros(len(shut))])
    first = int(solver.getNumRow() - len(data["base_limit"]))
    solver.setBasis(basis)
    started = time.process_time()
    put(solver, first, arcs, room, part["cost"][0], part["cost"][1], part["limit"][0], endless(part["limit"][1]))
    solver.run()
    seconds = time.process_time() - started
    objective = solver.getInfo().objective_function_value
    priced, limited = part["cost"][0], part["limit"][0]
    room, limit = endless(data["base_capacity"][arcs]), endless(data["base_limit"][limited])
    put(solver, first, arcs, room, priced, data["base_cost"][priced], limited, limit)
    return objective, seconds


def put(solver, first, arcs, room, priced, cost, limited, limit) -> None:
    """New capacities, costs and limits."""
    if len(arcs):
        solver.changeColsBounds(len(arcs), arcs, np.zeros(len(arcs)), room)
    if len(priced):
        solver.changeColsCost(len(priced), priced, cost.astype(float))
    for bundle, most in zip(limited.tolist(), limit.tolist(), strict=True):
        solver.changeRowBounds(first + bundle, -np.inf, most)


def endless(values) -> np.ndarray:
    """Floats, infinite where there is no bound."""
    return np.where(values == np.iinfo(np.int64).max, np.inf, values.astype(float))


if __name__ == "__main__":
    main(*sys.argv[1:])
