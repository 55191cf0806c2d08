"""Target: a volume at a corridor's gate, how much cheaper the corridor must get for it, and which capacities bind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.arrays.frames import html
from corridors.errors import InputError
from corridors.methods.digits import places
from corridors.methods.solved import require_solved
from corridors.model.costs import link_parts
from corridors.model.units import units_in
from corridors.network import Network, checked_demand
from corridors.scenarios.groups import closures, names_among
from corridors.scenarios.make import grid
from corridors.scenarios.parameters import named_parameter
from corridors.studies.volumes import gates_of
from corridors.sweeping.progress import one_bar
from corridors.sweeping.solve import Sweeps

STEPS = 8
"""Parts into which a range of tariffs is cut, and the part in which the target is met is cut again."""
ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Target:
    """What it takes that a corridor carries a volume.

    Parameters
    ----------
    corridor : str
    wanted, today, reached : float
        Tonnes a year at its gate: asked for, in the base, and at `tariff`.
    tariff : float
        What its tariffs are multiplied by: the highest at which the target is met, and 0 where none is low enough.
    revenue : float
        USD/year of freight that the corridor forgoes by it, on what it then carries.
    cost : float
        USD/year that everybody together loses by it, freight forgone not counted as a gain.
    binding : DataFrame
        Capacities of the corridor that are full then: ``bundle, limit`` (t/year), ``rent`` (USD/t, a dual: what one
        more tonne of it saves at most), the highest rent first.
    after : Dataset
        The flows then, for `corridors.plot_map`.

    See Also
    --------
    corridors.target : What gives it.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "kz", "to_node_id": "eu", "mode": "ship",
    ...                       "tariff": [50.0, 40.0], "capacity": [2e6, None], "corridors": ["middle", "north"],
    ...                       "gates": ["middle", ""]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"],
    ...                        "volume": [3e6], "value": [200.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links)
    >>> found = cd.target(network, demand, "Middle", 1e6, progress=False)
    >>> found.met, found.reached, round(found.tariff, 2), round(float(found.revenue), -5)
    (True, 2000000.0, 0.8, 20100000.0)
    """

    corridor: str
    wanted: float
    today: float
    reached: float
    tariff: float
    revenue: float
    cost: float
    binding: pd.DataFrame
    after: xr.Dataset

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.reached >= self.wanted

    def to_frame(self) -> pd.DataFrame:
        """The result as a table of one row, with ``attrs["units"]``."""
        names = ("corridor", "wanted", "today", "reached", "tariff", "revenue", "cost")
        table = pd.DataFrame([{name: getattr(self, name) for name in names}])
        tonnes, money = dict.fromkeys(names[1:4], "t/year"), dict.fromkeys(names[5:], "USD/year")
        table.attrs["units"] = {**tonnes, "tariff": "1", **money}
        return table

    def _repr_html_(self) -> str:
        return html("Target", self.to_frame().iloc[0].to_dict(), self.binding)


def target(network: Network, demand: Any, corridor: str, volume: float, *, progress: bool = True) -> Target:
    """What it takes that a corridor carries a volume: how much cheaper it must get, or which capacities forbid it.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`; of the year that the target is for.
    corridor : str
        A corridor that has a gate (`corridors.load_gates`), whatever its case.
    volume : float
        Tonnes a year that are to pass its gate, in both directions together.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    Target
        The tariff that does it and what it costs, or what is full before it is met.

    Raises
    ------
    InputError
        A corridor that there is not, or that has no gate; a volume below 0.
    SolverError
        A tariff could not be solved.

    Notes
    -----
    Tariffs of all links of the corridor are lowered together, and the highest factor at which the gate carries the
    target is found by dividing its range again and again. All that is shared counts, so that more goods do not come
    where ports or tracks are full: then `tariff` is 0, `reached` is the most that free passage brings, and `binding`
    says where room is missing. A factor is right to 1/512.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "kz", "to_node_id": "eu", "mode": "ship",
    ...                       "tariff": [50.0, 40.0], "capacity": [2e6, None], "corridors": ["middle", "north"],
    ...                       "gates": ["middle", ""]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"],
    ...                        "volume": [3e6], "value": [200.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links)
    >>> found = cd.target(network, demand, "Middle", 1e6)
    >>> found.today, found.met, round(found.tariff, 2), found.binding.bundle.tolist()
    (0.0, True, 0.8, ['link:ferry'])
    >>> cd.target(network, demand, "Middle", 3e6).reached
    2000000.0
    """
    rows = checked_demand(network, demand)
    arguments.numbers(0, volume=volume)
    [name] = names_among("corridor", network, "corridor", closures(network, "corridor"), [corridor])
    gates = gates_of(network)
    if name not in gates:
        raise InputError(f"corridor: {name} has no gate; give one of {', '.join(gates)}, or name its links in gates")
    parameter = named_parameter(network, rows, "tariff", "corridor", name)
    sweeps = Sweeps(network, rows, keep=("flow", "rent", "throughput", "tied"), progress=progress)

    def swept(factors: Any) -> tuple[xr.Dataset, Any]:
        result = sweeps(grid({"tariff": (parameter, factors)}))
        require_solved("target", result.loss)
        passing = result.flow.sel(link=gates[name]).sum(["link", "direction", "commodity"])
        return result, passing.to_numpy().round(places(3, [volume], 1e6))

    with one_bar("target"):
        high, low = 1.0, 0.0
        for turn in range(ROUNDS):
            factors = np.linspace(high, low, STEPS + 1)
            result, passing = swept(factors)
            if turn == 0:
                today, base = float(passing[0]), result.isel(scenario=0, drop=True)
            enough = np.flatnonzero(passing >= volume)
            at = int(enough[0]) if len(enough) else STEPS
            if at == 0 or not len(enough):
                break
            high, low = float(factors[at - 1]), float(factors[at])
    after = result.isel(scenario=at, drop=True)
    freight = _freight(network, after, parameter.id.tolist())
    forgone = (1 - factors[at]) * freight
    money = places(2, [float(base.loss)], 1e7)
    return Target(
        corridor=name,
        wanted=float(volume),
        today=today,
        reached=float(passing[at]),
        tariff=float(factors[at]),
        revenue=round(forgone, money) + 0.0,
        cost=round(float(after.loss - base.loss) + forgone, money) + 0.0,
        binding=_binding(network, after, parameter.id.tolist()),
        after=after,
    )


def _freight(network: Network, result: xr.Dataset, links: list[str]) -> float:
    """What the flow on some links pays at today's tariffs, USD/year."""
    row = pd.Index(network.links.link_id).get_indexer(links)
    paid = 0.0
    for commodity in result.commodity.to_numpy().astype(str).tolist():
        flow = result.flow.sel(commodity=commodity, link=links).sum("direction").to_numpy()
        paid += float(np.nan_to_num(link_parts(network, commodity).freight[row]) @ flow)
    return paid


def _binding(network: Network, result: xr.Dataset, links: list[str]) -> pd.DataFrame:
    """Full capacities of some links, and of nodes and transfers at their ends."""
    chosen = network.links[network.links.link_id.isin(links)]
    nodes = {*chosen.from_node_id, *chosen.to_node_id}
    transfers = network.transfers.transfer_id[network.transfers.node_id.isin(nodes)]
    own = {"link": set(links), "node": nodes, "transfer": set(transfers)}
    full = result.rent.to_series().rename("rent").reset_index()[["bundle", "rent"]]
    full["limit"] = result.throughput.to_numpy().round(3)
    parts = [result[f"bundle_{part}"].to_numpy().astype(str).tolist() for part in ("kind", "id")]
    of_corridor = [i in own.get(kind, ()) for kind, i in zip(*parts, strict=True)]
    full = full[np.array(of_corridor, bool) & (full.rent > units_in(result).cost / 2).to_numpy()]
    return full.sort_values("rent", ascending=False, kind="stable", ignore_index=True)[["bundle", "limit", "rent"]]
