"""In which country goods start and end: at nodes, at members of zones, and in zones as a whole."""

from __future__ import annotations

import pandas as pd


def homes_of_members(zones: pd.DataFrame, nodes: pd.DataFrame) -> pd.Series[str]:
    """The country in which goods of each member of a zone start or end, a row a row of `zones`; blank for none.

    It is what the members of a zone say themselves (`zones.country`). Where none of them says it, it is the country in
    which all lie. So what a zone over several countries takes ends in none of them: sea terminals sell it on.

    Parameters
    ----------
    zones, nodes : DataFrame
        The tables of a network.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame({"node_id": ["samara", "uzen", "trieste"], "country": ["RU", "KZ", "IT"]})
    >>> zones = pd.DataFrame({"zone_id": ["fields", "supply", "supply", "sea", "sea"], "role": "origin",
    ...                       "node_id": ["uzen", "samara", "trieste", "samara", "trieste"],
    ...                       "country": ["", "RU", "", "", ""]})
    >>> homes_of_members(zones, nodes).tolist()
    ['KZ', 'RU', '', '', '']
    >>> homes(zones, nodes)[["uzen", "fields", "supply", "sea"]].tolist()
    ['KZ', 'KZ', 'RU', '']
    """
    lies_in = zones.node_id.map(nodes.set_index("node_id").country)
    said = (zones.country != "").groupby(zones.zone_id).transform("any")
    together = lies_in.groupby(zones.zone_id).transform("nunique") == 1
    return zones.country.where(said, lies_in.where(together, ""))


def homes(zones: pd.DataFrame, nodes: pd.DataFrame) -> pd.Series[str]:
    """The country of each node and zone, by id: of a zone the only one in which goods of its members are at home.

    Parameters
    ----------
    zones, nodes : DataFrame
        The tables of a network.
    """
    members = zones[["zone_id"]].assign(home=homes_of_members(zones, nodes))
    named = members[members.home != ""].drop_duplicates()
    of_zone = named.drop_duplicates("zone_id", keep=False).set_index("zone_id").home
    of_zone = of_zone.reindex(members.zone_id.unique(), fill_value="")
    return pd.concat([nodes.set_index("node_id").country, of_zone])


def zone_names(zones: pd.DataFrame) -> dict[str, str]:
    """The name for people of each zone, by id; of a zone without one, its id.

    Parameters
    ----------
    zones : DataFrame
        The table of a network.

    Examples
    --------
    >>> import pandas as pd
    >>> zones = pd.DataFrame({"zone_id": ["sea", "sea", "fields"], "name": ["", "Sea terminals", ""]})
    >>> zone_names(zones)
    {'sea': 'Sea terminals', 'fields': 'fields'}
    """
    named = zones[zones["name"] != ""].drop_duplicates("zone_id").set_index("zone_id")["name"].to_dict()
    return {zone: named.get(zone, zone) for zone in zones.zone_id.unique()}


def end_names(nodes: pd.DataFrame, zones: pd.DataFrame) -> dict[str, str]:
    """The name for people of each node and zone, by id; of one without, its id.

    Parameters
    ----------
    nodes, zones : DataFrame
        Tables of a network.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame({"node_id": ["xian", "n7"], "name": ["Xi'an", ""]})
    >>> end_names(nodes, pd.DataFrame({"zone_id": ["sea"], "name": ["Sea terminals"]}))
    {'xian': "Xi'an", 'n7': 'n7', 'sea': 'Sea terminals'}
    """
    named = nodes["name"].where(nodes["name"] != "", nodes.node_id) if "name" in nodes else nodes.node_id
    return dict(zip(nodes.node_id, named, strict=True)) | zone_names(zones)


def homes_on_routes(
    zones: pd.DataFrame, nodes: pd.DataFrame, ends: pd.Series[str], places: pd.Series[str]
) -> pd.Series[str]:
    """The country at the end of each route: where the end is a zone, that of the member used; blank for none.

    Where the node is no member of the zone, as in a result that has no routes, it is the country of the zone.

    Parameters
    ----------
    zones, nodes : DataFrame
        The tables of a network.
    ends : Series
        The origin or destination as the demand has it.
    places : Series
        The node in which the route starts or ends, or the zone again where that is not known.
    """
    of_member = dict(zip(zip(zones.zone_id, zones.node_id, strict=True), homes_of_members(zones, nodes), strict=True))
    of_end = homes(zones, nodes).to_dict()
    pairs = zip(ends, places, strict=True)
    return pd.Series([of_member.get((end, node), of_end[end]) for end, node in pairs], ends.index, dtype=object)
