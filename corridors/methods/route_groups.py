"""Tonnes by route: the flows of a sweep as routes, named by corridor, countries, links or gates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.arrays.typing import FloatArray
from corridors.errors import InputError, complaint
from corridors.methods.digits import places
from corridors.model.paths import Steps, paths_of, places_of
from corridors.model.units import units_in
from corridors.network import Network, class_names
from corridors.scenarios.crossings import courses, crossings, members
from corridors.scenarios.labels import together
from corridors.schema.checks import split
from corridors.schema.columns import as_id

By = str | Mapping[str, Iterable[str]]
"""What routes are named by: ``corridor, country, link, through:BLOC,BLOC``, or links by name of a gate."""
KEPT = ("class_flow", "class_transfer_flow")
"""What a sweep has to keep for its routes to be named."""
THROUGH = "through:"
RouteTonnes = dict[str, float]
"""Tonnes a year by route."""
DOMESTIC = "domestic"
OTHER = "other"
AROUND = "around"


def tonnes_by_route(
    network: Network, result: xr.Dataset, rows: pd.DataFrame, routes_by: By = "corridor"
) -> list[RouteTonnes]:
    """Tonnes by route, t/year, the largest first, for each scenario of a sweep that kept `KEPT`.

    Parameters
    ----------
    network : Network
    result : Dataset
    rows : DataFrame
        Demand rows whose routes are wanted. Those with one flow class and end node are counted together.
    routes_by : str or mapping
        ``corridor``: the one that covers most kilometres of a route; ``country``: those entered after the first,
        in order; ``link``: all links, in order; ``through:eaeu,TR``: which of these blocs or countries are entered; or
        links by the name of a gate: the gates passed.
    """
    name_of = namer(network, routes_by)
    node = {name: i for i, name in enumerate(network.nodes.node_id)}
    ends, modes = places_of(network)
    links = len(network.links)
    of = class_names(rows)
    classes = dict.fromkeys(of)
    goals = [_goals(network, rows[of == name], node) for name in classes]
    chosen = result.sel({"class": list(classes)})
    flows = class_flows(chosen, "scenario", "class")
    smallest = units_in(result).trace(flows)
    found = []
    for scenario in flows:
        by_route: RouteTonnes = {}
        for flow, goal_nodes in zip(scenario, goals, strict=True):
            for steps, amount in paths_of(flow, ends, smallest):
                step, direction = steps[-1]
                on_links_only = [step for step in steps if step[0] < links]
                # Goods wanted at the node where they start use no link, at most a change of mode.
                if int(ends[step, 1 - direction]) // modes not in goal_nodes or not on_links_only:
                    continue
                name = name_of(on_links_only)
                by_route[name] = by_route.get(name, 0.0) + amount
        found.append(_ranked(by_route))
    return found


def class_flows(result: xr.Dataset, *dims: str) -> FloatArray:
    """What a result kept as `KEPT`, on links and then at transfers, (*dims, L + T, 2) t/year."""
    parts = zip(KEPT, ("link", "transfer"), strict=True)
    return np.concatenate([result[name].transpose(*dims, of, "direction").to_numpy() for name, of in parts], axis=-2)


def between(one: RouteTonnes, other: RouteTonnes, share: float, smallest: float = 0.0) -> RouteTonnes:
    """Tonnes by route between two flows, the largest first, without those that are no more than `smallest`."""
    names = dict.fromkeys([*one, *other])
    mixed = {name: (1 - share) * one.get(name, 0.0) + share * other.get(name, 0.0) for name in names}
    return _ranked({name: amount for name, amount in mixed.items() if amount > smallest})


def leading_parts(
    one: RouteTonnes, other: RouteTonnes, smallest: float = 0.0
) -> list[tuple[float, float, RouteTonnes, RouteTonnes]]:
    """The parts between one flow and another in which one route has most tonnes: start, end, and tonnes at both.

    Examples
    --------
    >>> leading_parts({"north": 4.0, "middle": 2.0}, {"north": 4.0, "middle": 6.0})
    [(0.0, 0.5, {'north': 4.0, 'middle': 2.0}, {'middle': 4.0, 'north': 4.0}),
     (0.5, 1.0, {'middle': 4.0, 'north': 4.0}, {'middle': 6.0, 'north': 4.0})]
    >>> leading_parts({"north": 4.0}, {"north": 4.0})
    [(0.0, 1.0, {'north': 4.0}, {'north': 4.0})]
    """
    names = dict.fromkeys([*one, *other])
    rise = {name: other.get(name, 0.0) - one.get(name, 0.0) for name in names}
    at, cuts = 0.0, [0.0]
    ahead = max(names, key=lambda name: (one.get(name, 0.0), rise[name]), default="")
    while True:
        # A route that rises faster than the leading one catches up with it.
        catch = {
            name: (one.get(ahead, 0.0) - one.get(name, 0.0)) / (rise[name] - rise[ahead])
            for name in names
            if rise[name] > rise[ahead] + smallest
        }
        later = {name: share for name, share in catch.items() if at <= share < 1.0}
        if not later:
            break
        ahead = min(later, key=lambda name: (later[name], -rise[name]))
        at = later[ahead]
        if at > cuts[-1]:
            cuts.append(at)
    ends = zip(cuts, [*cuts[1:], 1.0], strict=True)
    return [(a, b, between(one, other, a, smallest), between(one, other, b, smallest)) for a, b in ends]


def _ranked(by_route: RouteTonnes) -> RouteTonnes:
    """The largest first; of equal ones, by name."""
    digits = places(3, list(by_route.values()), 1e6)
    return dict(sorted(by_route.items(), key=lambda item: (-round(item[1], digits), item[0])))


def _goals(network: Network, rows: pd.DataFrame, node: dict[str, int]) -> set[int]:
    """The nodes where some rows end."""
    zones = network.zones[(network.zones.role == "destination") & network.zones.zone_id.isin(rows.destination)]
    return {node[name] for name in [*rows.destination, *zones.node_id] if name in node}


def namer(network: Network, routes_by: By) -> Callable[[Steps], str]:
    """A function that names the steps of a route.

    Raises
    ------
    InputError
        An unknown `routes_by`.
    """
    links = network.links
    ids = links.link_id.tolist()
    if isinstance(routes_by, str) and routes_by.startswith(THROUGH):
        return _entering(network, routes_by.removeprefix(THROUGH).split(","))
    if isinstance(routes_by, Mapping):
        arguments.mappings(routes_by=routes_by)
        gates = {as_id(name): set(arguments.names_of("routes_by", wanted)) for name, wanted in routes_by.items()}
        unknown = sorted(set().union(*gates.values()) - set(ids)) if gates else []
        if unknown or not gates:
            raise InputError(
                complaint("links", "of a gate in routes_by is unknown", unknown, "give ids of links by name of a gate")
            )
        return lambda steps: together(g for g, own in gates.items() if own & {ids[k] for k, _ in steps}) or OTHER
    arguments.texts(routes_by=routes_by)
    if routes_by == "link":
        return lambda steps: ";".join(ids[k] for k, _ in steps)
    if routes_by == "corridor":
        cells = [split(cell) for cell in links.corridors]
        length = links.length.fillna(0.0).clip(lower=1e-9).tolist()

        def corridor(steps: Steps) -> str:
            along: dict[str, float] = {}
            for k, _ in steps:
                for name in cells[k]:
                    along[name] = along.get(name, 0.0) + length[k]
            return max(along, key=along.__getitem__) if along else OTHER

        return corridor
    if routes_by == "country":
        over = list(courses(network).values())

        def countries(steps: Steps) -> str:
            passed: list[str] = []
            for k, direction in steps:
                passed += over[k] if direction == 0 else over[k][::-1]
            return " > ".join(c for c in dict.fromkeys(passed) if c and c != passed[0]) or DOMESTIC

        return countries
    raise InputError(
        f"routes_by={routes_by!r} is unknown; give corridor, country, link, through:BLOC, or links by name of a gate"
    )


def _entering(network: Network, blocs: list[str]) -> Callable[[Steps], str]:
    """Names of the blocs or countries that a route enters."""
    number = {link: k for k, link in enumerate(network.links.link_id)}
    entries = {}
    for bloc in blocs:
        found = crossings(network, members(network, bloc))
        found = found[found.crossing == "in"]
        entries[bloc] = {
            (number[i], int(side == "rev")) for i, side in zip(found.link_id, found.direction, strict=True)
        }
    return lambda steps: together(f"through {b}" for b, own in entries.items() if own & set(steps)) or AROUND
