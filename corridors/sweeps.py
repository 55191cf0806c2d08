"""Solve a network for one case, or for every scenario of a batch."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd
import xarray as xr
from tqdm import tqdm

from corridors.errors import InputError
from corridors.model import decode as decoding
from corridors.model.build import Model, build
from corridors.model.compile import Compiler, apply, limits_wanted
from corridors.model.decode import Solution, decode, proven
from corridors.network import Network
from corridors.scenarios.batch import Scenarios
from corridors.solvers import lp

ALWAYS = ("status", "objective", "loss", "cost", "gap", "unmet")
"""The variables that every sweep keeps."""

KEEPABLE = ("flow", "row_cost", "transfer_flow", "member_flow", "price", "rent", "throughput", "tied")


def solve(network: Network, demand: Any) -> xr.Dataset:
    """The least-loss flows of all demand on a network, with shared capacities.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Rows of ``demand_id, commodity, origin, destination, volume`` (t/year), ``value`` (USD/t not delivered).

    Returns
    -------
    Dataset
        ``loss, cost, objective`` (USD/year), ``unmet(demand)``, ``flow(link, direction, commodity)`` and others in
        t/year, ``price(node, class)`` and ``rent(bundle)`` in USD/t, ``gap`` (proven), ``tied``, ``status``;
        each with its unit and meaning in attrs.

    Raises
    ------
    InputError
        Tables that do not fit together.
    SolverError
        No optimum was found, which should not happen.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"]})
    >>> links = pd.DataFrame({"link_id": ["ferry"], "from_node_id": ["aktau"], "to_node_id": ["baku"],
    ...                       "mode": ["ferry"], "capacity": [60.0], "tariff": [10.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> base = cd.solve(cd.Network(nodes, links), demand)
    >>> float(base.loss), float(base.cost), base.unmet.values
    (9400.0, 600.0, array([40.]))
    """
    return decode(solved(build(network, demand)))


def routes(network: Network, demand: Any) -> pd.DataFrame:
    """Where each demand row goes in the optimum: paths with their tonnes.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `solve`.

    Returns
    -------
    DataFrame
        ``demand_id, commodity, origin, destination, volume`` (t/year), ``cost`` (USD/t), ``length`` (km), ``modes``,
        ``links``.
    """
    return decoding.routes(solved(build(network, demand)))


def solved(model: Model) -> Solution:
    """The proven optimum of a model."""
    return proven(model, lp.solve(model.problem, model.bundles))


def sweep(
    network: Network, demand: Any, scenarios: Scenarios, *, keep: Iterable[str] = (), progress: bool = True
) -> xr.Dataset:
    """Solve every scenario of a batch.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `solve`.
    scenarios : Scenarios
        Each starts from this network and demand.
    keep : iterable of str
        What to keep beside ``loss, cost, objective, gap, unmet, status``: ``flow, row_cost, transfer_flow,
        member_flow, price, rent, throughput, tied``.
    progress : bool
        Whether to show a progress bar; there is none where the output is no terminal.

    Returns
    -------
    Dataset
        The variables of `solve`, ``scenario`` first; ``weight(scenario)`` as a coordinate. After Ctrl-C the
        scenarios done so far.
    """
    keep = (keep,) if isinstance(keep, str) else tuple(keep)
    unknown = [name for name in keep if name not in KEEPABLE + ALWAYS]
    if unknown:
        raise InputError(f"sweep: keep={unknown} is unknown; give some of {', '.join(KEEPABLE)}")
    base = build(network, demand, limits_wanted(scenarios))
    compiler = Compiler(base, scenarios)
    names = [*ALWAYS, *dict.fromkeys(name for name in keep if name not in ALWAYS)]
    done: list[xr.Dataset] = []
    bar = tqdm(range(len(scenarios)), "sweep", unit=" scenarios", disable=not (progress and sys.stderr.isatty()))
    try:
        for number in bar:
            problem, bundles = apply(base, compiler.block(number, number + 1), 0)
            done.append(decode(solved(replace(base, problem=problem, bundles=bundles)))[names])
    except KeyboardInterrupt:
        bar.close()
        print(f"sweep: stopped after {len(done)} of {len(scenarios)} scenarios", file=sys.stderr)
    return _stacked(done, scenarios, base, names)


def _stacked(done: list[xr.Dataset], scenarios: Scenarios, base: Model, names: list[str]) -> xr.Dataset:
    labels = xr.DataArray(list(scenarios.labels[: len(done)]), dims="scenario", name="scenario")
    labels = labels.astype(object)
    if not done:
        return decode(solved(base))[names].expand_dims(scenario=labels).isel(scenario=slice(0, 0))
    together = xr.concat(
        done, dim=labels, join="override", combine_attrs="override", coords="minimal", compat="override"
    )
    return together.assign_coords(weight=("scenario", scenarios.weights[: len(done)]))
