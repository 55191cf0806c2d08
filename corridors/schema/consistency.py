"""Checks of a network's tables against each other, and of links against the map; `checks` has those of one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError, complaint, listed, warn
from corridors.places import apart, course_km, ground_km, tips
from corridors.schema.checks import check_reference, split

FAR = 1.0
"""Degrees: the ends of a link's course are no further from its nodes."""
SHORT, LONG = 0.9, 10.0
"""A length below `SHORT` of the straight line, or above `LONG` times what is drawn, is hardly in kilometres: the line
haul of railways and pipelines is 1.0 to 2.7 times the straight line in data/geo."""
LISTING = ("links", "transfers", "cost_steps")
"""Tables whose rows list commodities."""
POLE = 80.0
"""Degrees north or south beyond which no goods go: lengths fit anything there, as degrees of longitude are short."""
BLUR = (1.0, 5.0)
"""Kilometres by which a length may be too short and too long as well: nodes are placed to a yard or a city."""


def with_lists_parted(table: pd.DataFrame, commodities: set[str]) -> pd.DataFrame:
    """A table whose lists of commodities were written with commas: "grain, coal" is grain;coal."""
    cells = table.commodities
    if not cells.str.contains(",", regex=False).any():
        return table
    return table.assign(commodities=cells.map(lambda cell: _parted(cell, commodities)))


def _parted(cell: str, known: set[str]) -> str:
    """A list cell whose items with commas, unless they are known as they stand, are lists as well."""
    items = [[item] if item in known else item.split(",") for item in split(cell)]
    return ";".join(part.strip() for parts in items for part in parts if part.strip())


def check_references(tables: Mapping[str, pd.DataFrame]) -> None:
    """Raise where a table has a node or a commodity that the table of these does not have."""
    nodes, links = tables["nodes"], tables["links"]
    for name, column in (("links", "from_node_id"), ("links", "to_node_id"), ("transfers", "node_id"),
                         ("zones", "node_id")):  # fmt: skip
        check_reference(name, tables[name], column, nodes.node_id, "nodes")
    steps, zones = tables["cost_steps"], tables["zones"]
    for name, where in (("link_id", "links"), ("transfer_id", "transfers")):
        check_reference("cost_steps", steps[steps[name] != ""], name, tables[where][name], where)
    if (steps.origins != "").any():
        starts = {*nodes.node_id.tolist(), *zones.zone_id[zones.role == "origin"], *nodes.country.tolist()} - {""}
        _check_items("cost_steps", steps, "origins", starts, "nodes, zones of origin or countries of nodes")
    tariffs = tables["tariffs"]
    for name in ("tariffs", "fleets"):
        check_reference(name, tables[name], "link_id", links.link_id, "links")
    commodities = set(tables["commodities"].commodity)
    if not commodities:
        return
    check_reference("tariffs", tariffs, "commodity", commodities, "commodities")
    for name in LISTING:
        _check_items(name, tables[name], "commodities", commodities, "commodities")
    rates = tables["rates"]
    check_reference("rates", rates[rates.commodity != ""], "commodity", commodities, "commodities")


def _check_items(name: str, table: pd.DataFrame, column: str, known: set[str], where: str) -> None:
    """Raise where a list of a column has an item that is not known."""
    if known.issuperset(item for cell in table[column].unique() for item in split(cell)):
        return
    listing = table[table[column] != ""]
    items = listing.assign(**{column: listing[column].map(split)}).explode(column).dropna(subset=[column])
    check_reference(name, items, column, known, where)


def check_ends_and_modes(
    links: pd.DataFrame, transfers: pd.DataFrame, rates: pd.DataFrame, tariffs: pd.DataFrame
) -> None:
    """Raise where a link ends where it starts, a transfer keeps the mode, or a rate or tariff is given twice."""
    loops = links.from_node_id == links.to_node_id
    if loops.any():
        raise InputError(complaint("links", "both ends are the same node", links.link_id[loops], "give two nodes"))
    same = transfers.from_mode == transfers.to_mode
    if same.any():
        ids = transfers.transfer_id[same]
        raise InputError(complaint("transfers", "from_mode and to_mode are the same", ids, "give two modes"))
    if len(twice := rates[rates.duplicated(["mode", "commodity"])]):
        pairs = (twice["mode"] + ":" + twice.commodity).str.removesuffix(":")
        raise InputError(complaint("rates", "mode and commodity are there twice", pairs, "keep one row"))
    if len(twice := tariffs[tariffs.duplicated(["link_id", "commodity"])]):
        pairs = twice.link_id + ":" + twice.commodity
        raise InputError(complaint("tariffs", "link_id and commodity are there twice", pairs, "keep one row"))


def member_ids(zones: pd.DataFrame) -> pd.Series[str]:
    """The names of members of zones, ``zone_id:node_id``: one for each row."""
    ids: pd.Series[str] = zones.zone_id + ":" + zones.node_id
    return ids


def check_zones(zones: pd.DataFrame, nodes: pd.DataFrame) -> None:
    """Raise where a zone has two roles, a member twice, or a name that another zone or a node has as well."""
    if not len(zones):
        return
    roles = zones.groupby("zone_id").role.nunique()
    if (roles > 1).any():
        raise InputError(complaint("zones", "role differs by member", roles.index[roles > 1], "give a zone one role"))
    twice = zones[zones.duplicated(["zone_id", "node_id"])]
    ids = member_ids(zones)
    if len(twice):
        raise InputError(complaint("zones", "a node is there twice", ids[twice.index], "give each member one row"))
    if (alike := ids.duplicated(keep=False)).any():
        pairs = [f"{zone!r} with {node!r}" for zone, node in zip(zones.zone_id, zones.node_id, strict=True)]
        problem = f"{ids[alike].iloc[0]} is the name of several members"
        remedy = "rename a zone or node: a member is named zone_id:node_id"
        raise InputError(complaint("zones", problem, pd.Series(pairs)[alike.to_numpy()], remedy))
    names = pd.Series(zones.zone_id.unique(), dtype=object)
    alike = names[names.str.casefold().duplicated(keep=False)]
    if len(alike):
        raise InputError(complaint("zones", "zone_id differs in case only", alike, "use one spelling"))
    clash = names[names.str.casefold().isin(nodes.node_id.str.casefold())]
    if len(clash):
        raise InputError(complaint("zones", "zone_id is also a node", clash, "rename the zone"))


def check_blocs(blocs: pd.DataFrame) -> None:
    """Raise where a country is in a bloc twice."""
    if not len(blocs):
        return
    memberships = blocs.bloc.str.lower() + ":" + blocs.country
    if (twice := memberships.duplicated()).any():
        raise InputError(complaint("blocs", "a membership is there twice", memberships[twice], "keep one row"))


def places_of_ends(nodes: pd.DataFrame, links: pd.DataFrame) -> list[Any]:
    """Longitude and latitude of the first and of the last node of each link, (n, 2) each."""
    place, names = nodes[["x_coord", "y_coord"]].to_numpy(), pd.Index(nodes.node_id.to_numpy(object))
    return [place[names.get_indexer(links[column].to_numpy(object))] for column in ("from_node_id", "to_node_id")]


def check_courses(links: pd.DataFrame, ends: list[Any]) -> None:
    """Raise where a link's course does not run between its nodes, of those that have coordinates.

    Parameters
    ----------
    links : DataFrame
    ends : list
        What `places_of_ends` gives.
    """

    def far(of_course: list[Any]) -> Any:
        ahead, back = (
            np.maximum(*(apart(ends[i], tip) for i, tip in zip(order, of_course, strict=True)))
            for order in ((0, 1), (1, 0))
        )
        return np.minimum(ahead, back) > FAR  # NaN, where nothing is drawn or known, is not

    of_course = list(tips(links.geometry))
    if (bad := far(of_course)).any():
        swapped = not far([tip[:, ::-1] for tip in of_course]).any()
        remedy = "swap its longitudes and latitudes" if swapped else "draw it from node to node, in degrees"
        raise InputError(complaint("links", "geometry is far from its nodes", links.link_id[bad], remedy))


def warn_of_lengths(links: pd.DataFrame, ends: list[Any]) -> None:
    """Warn of lengths that are hardly in kilometres, given what is drawn; `ends` as `check_courses` has them."""
    known = links.length.notna().to_numpy()
    links, ends = links[known], [place[known] for place in ends]
    course, length = links.geometry.to_numpy(dtype=object), links.length.to_numpy()
    direct = _direct_km(course, ends)
    slack = BLUR[0] if length[direct >= 0].sum() >= SHORT * np.nansum(direct) else 0.0  # else all are too short
    odd = ~((length >= SHORT * direct - slack) & (length <= LONG * direct + BLUR[1]))
    drawn = direct.copy()
    drawn[odd] = np.fmax(direct[odd], course_km(course[odd]))  # no shorter than the straight line, and seldom needed
    bad = (length < SHORT * direct - slack) | (length > LONG * drawn + BLUR[1])
    if bad.any():
        shown = [
            f"{name}: {km:.4g} km for {ground:.4g} km on the map"
            for name, km, ground in zip(links.link_id[bad], length[bad], drawn[bad], strict=True)
        ]
        if _fit_swapped(ends, length):
            problem = "length fits the map only where x_coord and y_coord of nodes are swapped"
            message = complaint("links", problem, shown, "x_coord is the longitude, y_coord the latitude: swap them")
            warn(message)
            return
        remedy = "give kilometres (times 0.001 where they are metres, 0.0003048 for feet, 1.609344 for miles)"
        message = complaint("links", "length is implausible against the map", shown, remedy)
        warn(message)


def _direct_km(course: Any, ends: list[Any]) -> Any:
    """Kilometres of the straight line between the nodes of links, else between the ends of their courses."""
    direct = ground_km(*ends)
    unplaced = np.isnan(direct)
    direct[unplaced] = ground_km(*tips(course[unplaced]))
    return direct


def _fit_swapped(ends: list[Any], length: Any) -> bool:
    """Whether lengths fit the straight lines between nodes in the swapped coordinates, and all of them do."""
    if any((np.abs(place[:, 0]) > POLE).any() for place in ends):
        return False
    direct = ground_km(*(place[:, ::-1] for place in ends))
    known = direct >= 0
    fit = (length >= SHORT * direct - BLUR[0]) & (length <= LONG * direct + BLUR[1])
    return bool(known.any() and fit[known].all())


def warn_of_modes_apart(links: pd.DataFrame, transfers: pd.DataFrame) -> None:
    """Warn where modes meet and the network has no transfer at all: no goods change there."""
    if len(transfers) or links["mode"].nunique() < 2:
        return
    ends = pd.concat([links[[c, "mode"]].set_axis(["node", "mode"], axis=1) for c in ("from_node_id", "to_node_id")])
    met = ends.drop_duplicates()
    separate = met[met.duplicated("node", keep=False)].groupby("node", sort=False)["mode"].agg(list)
    if len(separate):
        where = [f"{node}: {', '.join(names)}" for node, names in separate.items()]
        warn(
            f"transfers: there are none, so goods do not change between the modes that meet at {len(separate)} "
            f"node{'s' if len(separate) > 1 else ''} ({listed(where)}); add a row where they may"
        )
