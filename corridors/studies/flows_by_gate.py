"""Who ships to whom, and by which gate: tonnes by country of origin, gate, country of destination and commodity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.errors import InputError
from corridors.methods.route_groups import KEPT, class_flows
from corridors.model.paths import Steps, paths_of, places_of
from corridors.model.units import units_in
from corridors.network import Network, case_names, checked_demand, class_names
from corridors.results import read_result
from corridors.scenarios.crossings import blocs_of, countries_passed
from corridors.schema.checks import split
from corridors.schema.columns import as_id
from corridors.schema.homes import homes_on_routes, zone_names
from corridors.studies.volumes import corridors_of

NO_GATE = "no gate"
"""What the gate of goods is called that pass none."""
COLUMNS = ["origin", "gate", "destination", "commodity"]
Route = tuple[str, list[str]]
"""The node where a route starts, and its links in order."""


def flows_by_gate(
    network: Network,
    demand: Any,
    result: Any,
    *,
    by: str | Mapping[str, Iterable[str]] = "corridor",
    blocs: str | Iterable[str] | None = None,
) -> pd.DataFrame:
    """Who ships to whom by which gate: what is delivered, by country of origin, gate, country of destination and goods.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    result : Dataset or DataFrame
        What `corridors.routes` gave; or one scenario of what `corridors.sweep` gave with ``keep=("class_flow",
        "class_transfer_flow")``.
    by : str or mapping
        What gates are: ``corridor`` (the first corridor that a route counts for: at its gate, or on any of its links
        where it has none), ``border`` (the one over which goods leave the country in which they start: ``KZ-RU``), or
        links by the name of a gate (the first that is passed).
    blocs : str or iterable of str, optional
        Countries in one of these blocs of the network count together, under the name of the first that has them; by
        default each counts by itself.

    Returns
    -------
    DataFrame
        The most tonnes first: ``origin, gate, destination, commodity, volume`` (t/year). Goods that pass no gate have
        ``no gate``; goods of a zone that is at home in no country, such as oil for any sea terminal, start or end in
        the zone, whose name is in ``attrs["zones"]``. Goods wanted where they start move on no link and are left out.

    Raises
    ------
    InputError
        An unknown `by` or bloc; a result without routes, or of several scenarios.

    See Also
    --------
    corridors.plot_flows_by_gate : Draws it.
    corridors.dependence : How much passes each corridor or country, each tonne as often as it passes one.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"], "country": ["KZ", "AZ", "GE"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "rail"], "from_node_id": ["aktau", "baku"],
    ...                       "to_node_id": ["baku", "poti"], "mode": "ship", "tariff": 10.0, "gates": ["TITR", ""]})
    >>> demand = pd.DataFrame({"demand_id": ["g", "h"], "commodity": "grain", "origin": ["aktau", "baku"],
    ...                        "destination": "poti", "volume": [3e6, 1e6], "value": 220.0})
    >>> network = cd.Network(nodes, links)
    >>> cd.flows_by_gate(network, demand, cd.routes(network, demand))
      origin     gate destination commodity     volume
    0     KZ     TITR          GE     grain  3000000.0
    1     AZ  no gate          GE     grain  1000000.0
    """
    arguments.networks(network=network)
    rows = checked_demand(network, demand)
    gate_of = _gates(network, by)
    in_bloc = {} if blocs is None else blocs_of(network, blocs)
    moved = _of_dataset(network, rows, result) if isinstance(result, xr.Dataset) else _of_routes(rows, result)
    named = {}
    for end in ("origin", "destination"):
        home = homes_on_routes(network.zones, network.nodes, moved[f"wanted_{end}"], moved[end])
        named[end] = home.where(home != "", moved[f"wanted_{end}"]).map(lambda name: in_bloc.get(name, name))
    gate = [gate_of((start, links)) or NO_GATE for start, links in zip(moved.origin, moved.links, strict=True)]
    table = moved[["commodity", "volume"]].assign(**named, gate=gate)
    table = table.groupby(COLUMNS, sort=True, as_index=False).volume.sum()
    table = table.sort_values("volume", ascending=False, kind="stable", ignore_index=True)
    known = zone_names(network.zones)
    zones = {name: known[name] for end in named for name in table[end].unique() if name in known}
    table.attrs.update({**case_names(network, rows), "blocs": sorted({*in_bloc.values()}), "zones": zones})
    return table


def _gates(network: Network, by: Any) -> Callable[[Route], str]:
    """A function that names the gate of a route; blank for none."""
    if isinstance(by, Mapping):
        arguments.mappings(by=by)
        gate_of: dict[str, Sequence[str]] = {}
        for name, links in by.items():
            remedy = "give ids of links by name of a gate"
            wanted = arguments.known_names("by", links, network.links.link_id, "is no link of the network", remedy)
            gate_of |= {link: (as_id(name),) for link in wanted if link not in gate_of}
    else:
        arguments.texts(by=by)
        if by == "border":
            return _borders(network)
        if by != "corridor":
            raise InputError(f"flows_by_gate: by={by!r} is unknown; give corridor, border, or links by name of a gate")
        gate_of = {**corridors_of(network)}
    return lambda route: next((name for link in route[1] for name in gate_of.get(link, ())), "")


def _borders(network: Network) -> Callable[[Route], str]:
    passed = countries_passed(network)

    def first(route: Route) -> str:
        names = filter(None, passed(*route))
        return next(("-".join(sorted(pair)) for pair in pairwise(names) if pair[0] != pair[1]), "")

    return first


def _of_routes(rows: pd.DataFrame, result: Any) -> pd.DataFrame:
    """Routes with their links as lists, and where their demand rows start and end."""
    columns = ("demand_id", "commodity", "origin", "destination", "links")
    found = arguments.table_of("result", result, columns, numbers=("volume",), source="routes")
    found = found.assign(links=[split(cell) for cell in found.links])
    found = found[(found.links.map(len) > 0) & (found.volume > 0)].reset_index(drop=True)
    wanted = rows.set_index("demand_id")
    unknown = found.demand_id[~found.demand_id.isin(wanted.index)]
    if len(unknown):
        raise InputError(f"result: demand_id {unknown.iloc[0]} is not in the demand; give the routes of this demand")
    return found.assign(**{f"wanted_{end}": found.demand_id.map(wanted[end]) for end in ("origin", "destination")})


def _of_dataset(network: Network, rows: pd.DataFrame, result: xr.Dataset) -> pd.DataFrame:
    """The same of one scenario of a sweep, whose classes of flow are taken apart into paths."""
    found = read_result(network, result, list(KEPT))
    ends, modes = places_of(network)
    ids, nodes = network.links.link_id.tolist(), network.nodes.node_id.tolist()
    of_class, zones = class_names(rows), network.zones
    members = zones[zones.role == "destination"].groupby("node_id").zone_id.agg(set).to_dict()
    flows = class_flows(found, "class")
    smallest = units_in(found).trace(flows)
    parts = []
    for label, flow in zip(found["class"].to_numpy().tolist(), flows, strict=True):
        own = rows[of_class == label]
        goals = own.destination.tolist()
        for steps, tonnes in paths_of(flow, ends, smallest):
            links = [ids[step] for step, _ in steps if step < len(ids)]
            start, end = (nodes[place] for place in _ends(steps, ends, modes))
            wanted = next((goal for goal in goals if goal == end or goal in members.get(end, ())), None)
            if links and wanted is not None:
                parts.append((own.commodity.iloc[0], start, end, own.origin.iloc[0], wanted, links, tonnes))
    columns = ["commodity", "origin", "destination", "wanted_origin", "wanted_destination", "links", "volume"]
    return pd.DataFrame(parts, columns=columns)


def _ends(steps: Steps, ends: Any, modes: int) -> tuple[int, int]:
    """The nodes, by number, where a path starts and ends."""
    (first, out), (last, into) = steps[0], steps[-1]
    return int(ends[first, out]) // modes, int(ends[last, 1 - into]) // modes
