"""A network and its demand as one min-cost-flow problem on arrays, where nothing but arcs has a limit."""

from __future__ import annotations

from typing import Any

import numpy as np

from corridors.arrays.problem import Problem
from corridors.arrays.typing import IntArray
from corridors.errors import InputError, complaint
from corridors.model.arcs import Kind
from corridors.model.build import Model, build
from corridors.network import Network


def to_problem(network: Network, demand: Any) -> Problem:
    """Lay a network and its demand out as a min-cost-flow problem, for solvers of arrays and files of DIMACS.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.

    Returns
    -------
    Problem
        A vertex is a node and mode as a commodity from one origin sees it. All demand must be met, by the links or at
        its value by an arc of its own, so that the least cost is the loss that `corridors.solve` gives, in the units
        that its result names (``quantity_unit`` times ``cost_unit``).

    Raises
    ------
    InputError
        Goods share what is limited: several on one link, all that a port handles, rows of one zone. Select demand, or
        take the limit away.

    Notes
    -----
    A demand row is an arc that earns its value; it is taken as full, and an arc back gives up the value (the
    transformation of full arcs, Ahuja, Magnanti & Orlin 1993, section 2.4). Both directions of a single track are
    limited apart: at least cost no tonne meets another.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry"], "from_node_id": ["aktau"], "to_node_id": ["baku"],
    ...                       "mode": ["ferry"], "tariff": [10.0], "capacity": [80.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> result, problem = cd.solve(network, demand), cd.to_problem(network, demand)
    >>> float(result.loss), cd.min_cost_flow(problem).cost * result.quantity_unit * result.cost_unit
    (5200.0, 5200.0)
    """
    model = build(network, demand)
    problem = model.problem
    capacity = _limited(model)
    tail, head, cost = problem.tail.copy(), problem.head.copy(), problem.cost.copy()
    supply = problem.supply.copy()
    full = model.arcs.of(Kind.DEMAND)
    np.subtract.at(supply, tail[full], capacity[full])
    np.add.at(supply, head[full], capacity[full])
    tail[full], head[full], cost[full] = problem.head[full], problem.tail[full], -cost[full]
    return Problem(tail, head, capacity, cost, supply)


def _limited(model: Model) -> IntArray:
    """The capacities of arcs, with what bundles limit of them.

    Raises
    ------
    InputError
        A bundle that may bind limits several arcs together, other than both directions of one way.
    """
    problem, bundles = model.problem, model.bundles
    capacity = problem.capacity.copy()
    total = int(problem.capacity[model.arcs.of(Kind.DEMAND)].sum())
    size = np.bincount(bundles.bundle, minlength=len(bundles.limit))
    first = np.cumsum(size) - size
    shared = []
    for bundle in np.flatnonzero(size):
        arcs = bundles.arc[first[bundle] : first[bundle] + size[bundle]]
        back = len(arcs) == 2 and problem.tail[arcs[0]] == problem.head[arcs[1]]
        opposed = back and problem.head[arcs[0]] == problem.tail[arcs[1]] and problem.cost[arcs].sum() >= 0
        if len(arcs) == 1 or opposed:
            capacity[arcs] = np.minimum(capacity[arcs], bundles.limit[bundle])
        elif bundles.limit[bundle] < len(arcs) * total:
            shared.append(bundle)
    if shared:
        known = model.labels.bundle
        names = [known.iloc[bundle] if bundle < len(known) else "a cost step" for bundle in shared]
        remedy = "arrays of DIMACS hold limits of single arcs; select demand, or take these limits away"
        raise InputError(complaint("limits", "is shared by several flows", names, remedy))
    return capacity
