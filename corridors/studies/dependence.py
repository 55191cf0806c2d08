"""Dependence: how much of what is moved goes through each country, bloc, corridor, node or link, and over how few."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from corridors import arguments
from corridors.errors import InputError, nearest
from corridors.methods.digits import places
from corridors.network import Network, case_names, checked_demand
from corridors.scenarios.crossings import bloc_members, blocs_of, countries_passed, touched
from corridors.schema.checks import split
from corridors.schema.homes import homes_on_routes
from corridors.studies.volumes import GATE, LINKS, corridors_of, gates_of, users_of
from corridors.sweeping.solve import routes as routes_of

_Names = tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]
GROUPINGS = ("country", "bloc", "corridor", "mode", "node", "link")
GROUPS = ("all", "commodity", "origin", "destination")


def dependence(
    network: Network, demand: Any, routes: pd.DataFrame | None = None, *, on: str = "country", of: str = "all"
) -> pd.DataFrame:
    """Shares of what is moved that go through each country (bloc, corridor, mode, node, link).

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    routes : DataFrame, optional
        What `corridors.routes` gave for them; solved where it is not given.
    on : str
        Dependence on what: ``country, bloc, corridor, mode, node`` (a port or border as a chokepoint) or ``link``.
    of : str
        Groups whose dependence is measured: ``all, commodity, origin`` or ``destination`` (countries).

    Returns
    -------
    DataFrame
        The most tonnes first in each group: ``group, through, tonnes`` (t/year that start or end there or pass; each
        tonne once, however often), ``touching_share`` of the group's tonnes moved, ``transit_share`` (of those that
        neither start nor end there; goods for a zone over several countries, such as oil for any sea terminal, end in
        none of them unless the column `country` of zones says so), ``value_share`` (tonnes times the value of the
        demand row), ``cost_share`` (generalised cost of the whole route). On corridors, tonnes and shares are of what
        passes the corridor's gate (the column `gates` of links); ``counted`` says so, or that it has no gate and they
        are on any of its links, and ``otherwise`` is what uses its links and does not pass its gate (t/year; missing
        where there is none).

    Raises
    ------
    InputError
        An unknown `on` or `of`; countries where the network has none; routes of something else.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"], "country": ["KZ", "AZ", "GE"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "rail"], "from_node_id": ["aktau", "baku"],
    ...                       "to_node_id": ["baku", "poti"], "mode": "ship", "tariff": 10.0})
    >>> demand = pd.DataFrame({"demand_id": ["g", "h"], "commodity": "grain", "origin": "aktau",
    ...                        "destination": ["baku", "poti"], "volume": [3e6, 1e6], "value": 220.0})
    >>> cd.dependence(cd.Network(nodes, links), demand)[["through", "touching_share", "transit_share", "cost_share"]]
      through  touching_share  transit_share  cost_share
    0      AZ            1.00           0.25         1.0
    1      KZ            1.00           0.00         1.0
    2      GE            0.25           0.00         0.4
    """
    arguments.texts(on=on)
    if on not in GROUPINGS:
        raise InputError(
            f"dependence: on={on!r} is unknown; give one of {', '.join(GROUPINGS)}{nearest([on], GROUPINGS)}"
        )
    moved = _moved(network, demand, routes, of)
    passed = _passed(moved, _names(network, on))
    ends = [_at_ends(network, moved, on, end) for end in ("origin", "destination")]
    passed["transit"] = [
        not any(name in end[number] for end in ends) for number, name in zip(passed.route, passed.through, strict=True)
    ]
    passed["counts"] = True
    if on == "corridor":
        used = _passed(moved, ({}, users_of(network)))
        passed = used.merge(passed, how="left").fillna({"transit": False, "counts": False})
    joined = passed.merge(moved[["group", "volume", "worth", "paid"]], left_on="route", right_index=True)
    counts = joined.counts.astype(bool)
    joined["otherwise"] = joined.volume.where(~counts, 0.0)
    joined["in_transit"] = joined.volume.where(joined.transit.astype(bool), 0.0)
    counted = ["volume", "worth", "paid"]
    joined[counted] = joined[counted].where(counts, 0.0)
    table = joined.groupby(["group", "through"])[[*counted, "in_transit", "otherwise"]].sum().reset_index()
    total = moved.groupby("group")[["volume", "worth", "paid"]].sum().loc[table.group].reset_index(drop=True)
    table["tonnes"] = table.volume.round(places(3, table.volume, 1e6))
    for name, part, whole in (
        ("touching_share", "volume", "volume"),
        ("transit_share", "in_transit", "volume"),
        ("value_share", "worth", "worth"),
        ("cost_share", "paid", "paid"),
    ):
        table[name] = (table[part] / total[whole].where(total[whole] != 0)).fillna(0.0).round(9)
    columns = ["group", "through", "tonnes", "touching_share", "transit_share", "value_share", "cost_share"]
    if on == "corridor":
        gated = table.through.isin(gates_of(network))
        table = table.assign(
            counted=gated.map({True: GATE, False: LINKS}), otherwise=table.otherwise.round(3).where(gated)
        )
        columns[3:3] = ["counted", "otherwise"]
    table = table.sort_values(["group", "tonnes"], ascending=[True, False], kind="stable", ignore_index=True)[columns]
    table.attrs.update(case_names(network, demand))
    return table


def concentration(
    network: Network,
    demand: Any,
    routes: pd.DataFrame | None = None,
    *,
    of: str = "origin",
    blocs: str | Iterable[str] | None = None,
) -> pd.DataFrame:
    """Over how few neighbours, or blocs crossed, goods leave the country in which they start: the Herfindahl index.

    Parameters
    ----------
    network, demand, routes, of
        As for `dependence`.
    blocs : str or iterable of str, optional
        Blocs by name, and countries, as ``["eaeu", "CN", "ots"]``: all that goods touch abroad counts then, to the end
        of their way, and not only the country that they enter first. A country is of the first in this list that has
        it, and stands for itself where none does; a tonne that touches several counts in equal parts for each.

    Returns
    -------
    DataFrame
        ``group, exported`` (t/year that leave), ``gates`` (countries next entered, or blocs touched), ``herfindahl``
        (sum of squared shares; 1 is a single gate), ``effective_gates`` (its inverse), ``largest`` (the gate or bloc)
        and ``largest_share``.

    Raises
    ------
    InputError
        As `dependence`; a bloc that the network does not have.

    Notes
    -----
    Herfindahl 1950; Hirschman 1945, chapter 6, on trade and national power.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"], "country": ["KZ", "AZ"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "road"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": [10.0, 30.0], "capacity": [60.0, 60.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"], "destination": ["baku"],
    ...                        "volume": [100.0], "value": [220.0]})
    >>> network = cd.Network(nodes, links)
    >>> cd.concentration(network, demand)[["group", "exported", "gates", "herfindahl", "largest"]]
      group  exported  gates  herfindahl largest
    0    KZ     100.0      1         1.0      AZ
    """
    moved = _moved(network, demand, routes, of)
    abroad = _abroad(network, moved)
    if blocs is None:
        named = [countries[:1] for countries in abroad]
    else:
        bloc_of = blocs_of(network, blocs)
        named = [tuple(dict.fromkeys(bloc_of.get(name, name) for name in countries)) for countries in abroad]
    leaving = moved.assign(gate=named, volume=moved.volume / [max(len(names), 1) for names in named])
    leaving = leaving.explode("gate").dropna(subset="gate")
    rows = []
    for group, part in leaving.groupby("group"):
        by_gate = part.groupby("gate").volume.sum().sort_values(ascending=False, kind="stable")
        share = by_gate / by_gate.sum()
        index = float((share**2).sum())
        exported = round(by_gate.sum(), places(3, by_gate, 1e6))
        rows.append((group, exported, len(share), round(index, 9), round(1 / index, 6), share.index[0],
                     round(share.iloc[0], 9)))  # fmt: skip
    columns = ["group", "exported", "gates", "herfindahl", "effective_gates", "largest", "largest_share"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("exported", ascending=False, kind="stable", ignore_index=True)


def _moved(network: Network, demand: Any, routes: pd.DataFrame | None, of: str) -> pd.DataFrame:
    """Routes with the group they count for, and what they are worth and cost, USD/year."""
    arguments.texts(of=of)
    if of not in GROUPS:
        raise InputError(f"dependence: of={of!r} is unknown; give one of {', '.join(GROUPS)}{nearest([of], GROUPS)}")
    rows = checked_demand(network, demand)
    columns = ("demand_id", "commodity", "origin", "destination", "links")
    found = routes_of(network, rows) if routes is None else routes
    found = arguments.table_of("routes", found, columns, numbers=("volume", "cost"), source="routes")
    value = found.demand_id.map(rows.set_index("demand_id").value)
    moved = found.assign(worth=found.volume * value, paid=found.volume * found.cost).reset_index(drop=True)
    for end in ("origin", "destination"):
        moved[f"wanted_{end}"] = moved.demand_id.map(rows.set_index("demand_id")[end])
    if of in ("origin", "destination"):
        names = homes_on_routes(network.zones, network.nodes, moved[f"wanted_{of}"], moved[of])
        return moved.assign(group=names.where(names != "", moved[f"wanted_{of}"]))
    return moved.assign(group=moved.commodity if of == "commodity" else "all")


def _passed(moved: pd.DataFrame, names: _Names) -> pd.DataFrame:
    """Pairs ``route, through``, each once."""
    pairs = [(route, name) for route, row in enumerate(moved.itertuples()) for name in _of_route(names, row)]
    return pd.DataFrame(list(dict.fromkeys(pairs)), columns=["route", "through"])


def _of_route(names: _Names, row: Any) -> list[str]:
    of_node, of_link = names
    found = [*of_node.get(row.origin, ()), *of_node.get(row.destination, ())]
    for link in split(row.links):
        found += of_link[link]
    return found


def _names(network: Network, on: str) -> _Names:
    """What each node and each link is part of."""
    nodes, links = network.nodes, network.links
    country = dict(zip(nodes.node_id, nodes.country, strict=True))
    if on in ("country", "bloc"):
        named = _of_countries(network, on)
        at = {node: named([c]) for node, c in country.items()}
        over = {link: named(cs) for link, cs in touched(network).items()}
    elif on == "node":
        at = {node: (node,) for node in country}
        over = {row.link_id: (row.from_node_id, row.to_node_id) for row in links.itertuples()}
    else:
        at = {}
        column = {"mode": "mode", "link": "link_id"}.get(on)
        over = (
            corridors_of(network)
            if column is None
            else {i: (x,) for i, x in zip(links.link_id, links[column], strict=True)}
        )
    return at, over


def _of_countries(network: Network, on: str) -> Callable[[Iterable[str]], tuple[str, ...]]:
    """What countries are called in the table: themselves, or the blocs in which they are."""
    if on == "country":
        return lambda countries: tuple(filter(None, countries))
    blocs: dict[str, list[str]] = {}
    for bloc, countries in bloc_members(network).items():
        for name in countries:
            blocs.setdefault(name, []).append(bloc)
    return lambda countries: tuple(bloc for name in countries for bloc in blocs.get(name, ()))


def _at_ends(network: Network, moved: pd.DataFrame, on: str, end: str) -> list[set[str]]:
    """What each route's origin or destination is part of: of a zone over several countries, what its members say."""
    wanted = moved[f"wanted_{end}"]
    if on in ("country", "bloc"):
        named = _of_countries(network, on)
        return [set(named([home])) for home in homes_on_routes(network.zones, network.nodes, wanted, moved[end])]
    of_node = _names(network, on)[0]
    zones = network.zones.groupby("zone_id").node_id.apply(list).to_dict()
    parts = {
        name: set.intersection(*(set(of_node.get(node, ())) for node in zones.get(name, [name])))
        for name in wanted.unique()
    }
    return [parts[name] for name in wanted]


def _abroad(network: Network, moved: pd.DataFrame) -> list[tuple[str, ...]]:
    """The other countries on each route, each once, in the order of its links; none for domestic routes."""
    passed = countries_passed(network)
    routes = (passed(row.origin, split(row.links)) for row in moved.itertuples())
    return [tuple(dict.fromkeys(name for name in names if name and name != names[0])) for names in routes]
