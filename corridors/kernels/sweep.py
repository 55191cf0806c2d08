"""Many scenarios in turn, each from the base's optimum."""

from __future__ import annotations

from corridors.arrays.typing import IntArray
from corridors.kernels.basis import Basis, open_level, start_over
from corridors.kernels.by_reference import by_reference
from corridors.kernels.compiled import entry
from corridors.kernels.net import Net
from corridors.kernels.output import (
    ABSORBED,
    BOTH,
    DUAL,
    INFEASIBLE,
    NOT_SOLVED,
    OPTIMAL,
    PRIMAL,
    UNBOUNDED,
    Output,
    kept_rows,
    touched,
    write_rows,
)
from corridors.kernels.primal import DONE, ENDLESS_CYCLE, NO_FEASIBLE_FLOW
from corridors.kernels.scenario import Batch, solve_scenario
from corridors.kernels.work import COST, Work


@entry
def sweep_scenarios(b: Basis, net: Net, w: Work, c: Batch, out: Output, ids: IntArray) -> None:
    """Solve the scenarios `ids` (n,), one after another. Modified in place: out; b and w are as before in the end."""
    b, net, w = by_reference(b), by_reference(net), by_reference(w)
    c, out = by_reference(c), by_reference(out)
    for k in range(len(ids)):
        if w.stop[0] != 0:
            return
        s = ids[k]
        open_level(b)
        code, dual, primal = solve_scenario(b, net, w, c, s)
        out.path[s] = (BOTH if primal > 0 else DUAL) if dual > 0 else (PRIMAL if primal > 0 else ABSORBED)
        if code == DONE:
            out.status[s] = OPTIMAL
            out.cost[s] = out.base_cost[s] + w.counter[COST]
            if kept_rows(out):
                write_rows(b, net, w, out, s, touched(b, w, len(net.near)))
        elif code == NO_FEASIBLE_FLOW:
            out.status[s] = INFEASIBLE
        elif code == ENDLESS_CYCLE:
            out.status[s] = UNBOUNDED
        else:
            out.path[s] = NOT_SOLVED
        start_over(b)
