"""Trade: tonnes and money of a country by partner, bloc, corridor and commodity, next to published totals."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.datasets import country_words
from corridors.errors import InputError, nearest
from corridors.network import Network, case_names, checked_demand
from corridors.results import read_result
from corridors.scenarios.crossings import bloc_members
from corridors.schema.checks import split
from corridors.schema.columns import as_known
from corridors.schema.homes import homes_on_routes
from corridors.studies.penalties import priced
from corridors.studies.volumes import corridors_of

PER = ("partner", "bloc", "corridor", "commodity")
UNKNOWN = "unknown"
"""The partner of what goes to or comes from a place that sells on, such as a sea terminal, where no share is given."""
FIGURES = ["export_tonnes", "import_tonnes", "export_value", "import_value"]


def trade(
    network: Network,
    demand: Any,
    result: Any,
    *,
    per: str = "partner",
    of: str = "KZ",
    partners: pd.DataFrame | None = None,
    published: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What a country sends and receives, in tonnes and in money, by whom it trades with.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`. A tonne is worth its market price: the column ``price``, else that of the commodity.
        Its ``value`` is a penalty and is not asked.
    result : Dataset or DataFrame
        What `corridors.solve` gave, one scenario of what `corridors.sweep` gave with ``keep=("unmet",)``, or what
        `corridors.routes` gave: what is delivered counts.
    per : str
        ``partner`` (country), ``bloc`` (of `Network.blocs`; a partner counts in each of its blocs), ``corridor`` (what
        passes its gate; needs routes) or ``commodity``.
    of : str
        The country whose trade it is: what starts there and ends elsewhere, and what ends there and starts elsewhere.
    partners : DataFrame, optional
        As of `corridors.load_partners`: who buys or sells at the far end of a flow, where that is not the country of
        its place (a sea terminal): ``part_of, partner, share``.
    published : DataFrame, optional
        As of `corridors.load_published_trade`: ``country, partner, year, value`` (USD); compared by partner and bloc.

    Returns
    -------
    DataFrame
        A row a partner (bloc, corridor, commodity), those of most value first: its name, ``export_tonnes,
        import_tonnes`` (t/year), ``export_value, import_value, value`` (USD/year); with `published` also ``published,
        published_year`` and ``coverage`` (value by published). In ``attrs``: ``known`` (share of the value whose
        partner is known) and the names of network and demand.

    Raises
    ------
    InputError
        An unknown `per` or country; corridors of a result without routes; demand without prices; shares of
        partners above 1.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"], "country": ["KZ", "AZ", "GE"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "rail"], "from_node_id": ["aktau", "baku"],
    ...                       "to_node_id": ["baku", "poti"], "mode": "ship", "tariff": 10.0})
    >>> demand = pd.DataFrame({"demand_id": ["g", "h"], "commodity": "grain", "origin": "aktau", "price": 220.0,
    ...                        "destination": ["baku", "poti"], "volume": [3e6, 1e6], "value": 220.0})
    >>> network = cd.Network(nodes, links)
    >>> buyers = pd.DataFrame({"part_of": ["h"], "partner": ["IT"], "share": [0.5]})
    >>> cd.trade(network, demand, cd.solve(network, demand), partners=buyers)[["partner", "export_tonnes", "value"]]
       partner  export_tonnes        value
    0       AZ      3000000.0  660000000.0
    1       IT       500000.0  110000000.0
    2  unknown       500000.0  110000000.0
    """
    arguments.networks(network=network)
    arguments.texts(per=per, of=of)
    if per not in PER:
        raise InputError(f"trade: per={per!r} is unknown; give one of {', '.join(PER)}")
    if per == "corridor" and not isinstance(result, pd.DataFrame):
        raise InputError("trade: per='corridor' needs routes; give what cd.routes gave as result")
    of = known_country(network, of)
    sold_on = None if partners is None else _shares(partners)
    totals = None if published is None else _totals(published)
    rows = checked_demand(network, demand)
    moved = _delivered(network, rows, result)
    crossing = _by_partner(_abroad(network, rows, moved, of), sold_on)
    named = _named(network, crossing, per)
    table = named.groupby(per, sort=True)[FIGURES].sum().reset_index()
    table["value"] = table.export_value + table.import_value
    if totals is not None and per in ("partner", "bloc"):
        table = _compared(table, totals, per, of)
    table = table.sort_values(["value", per], ascending=[False, True], ignore_index=True)
    money = crossing.export_value + crossing.import_value
    known = float(money[crossing.partner != UNKNOWN].sum() / money.sum()) if money.sum() > 0 else 0.0
    table.attrs.update({**case_names(network, rows), "of": of, "known": round(known, 6)})
    return table


def known_country(network: Network, of: str) -> str:
    """The country as the network has it, whatever its case.

    Raises
    ------
    InputError
        The nodes have no such country.
    """
    known = [country for country in network.nodes.country.unique() if country]
    found = as_known(of, known)
    if found not in known:
        near = nearest([found], known, country_words())
        remedy = f"give one of {', '.join(sorted(known))}{near}" if known else "give nodes a column country"
        raise InputError(f"of: {found!r} is no country of the nodes; {remedy}")
    return found


def _shares(partners: pd.DataFrame) -> pd.DataFrame:
    """Who buys and sells what is sold on, the shares checked."""
    given = arguments.table_of("partners", partners, ["part_of", "partner"], numbers=["share"])
    given = given.assign(share=pd.to_numeric(given.share))
    total = given.groupby("part_of").share.sum()
    if (total > 1.0 + 1e-9).any():
        raise InputError(
            f"partners: shares of {total.idxmax()} sum to {total.max():.3f}; give shares of at most 1 in all"
        )
    if not (given.share >= 0.0).all():
        raise InputError("partners: a share is below 0 or missing; give shares of 0 or more")
    return given[["part_of", "partner", "share"]]


def _totals(published: pd.DataFrame) -> pd.DataFrame:
    """Published totals with their columns."""
    return arguments.table_of("published", published, ["country", "partner"], numbers=["year", "value"])


def _delivered(network: Network, rows: pd.DataFrame, result: Any) -> pd.DataFrame:
    """What is delivered: ``demand_id, tonnes, links, origin, destination`` (nodes; no links in a dataset)."""
    if not isinstance(result, xr.Dataset | xr.DataArray):
        columns = ["demand_id", "links", "origin", "destination"]
        table = arguments.table_of("result", result, columns, numbers=["volume"], source="routes")
        return table[[*columns, "volume"]].rename(columns={"volume": "tonnes"})
    zones = network.zones.assign(member=network.member_ids())
    zones = zones[zones.zone_id.isin(zones.zone_id[zones.country != ""])]
    divided = rows.origin.isin(zones.zone_id).any() or rows.destination.isin(zones.zone_id).any()
    found = read_result(network, result, ["unmet", "member_flow"] if divided else ["unmet"])
    unmet = found.unmet.to_series().reindex(rows.demand_id).fillna(0.0)
    moved = rows[["demand_id", "commodity", "origin", "destination"]].assign(
        tonnes=rows.volume.to_numpy() - unmet.to_numpy(), links=""
    )
    return _by_member(moved, zones, found.member_flow) if divided else moved.drop(columns="commodity")


def _by_member(moved: pd.DataFrame, zones: pd.DataFrame, member_flow: xr.DataArray) -> pd.DataFrame:
    """Each row divided among the members of its zones, as they share what the zone gives or takes of the commodity."""
    used = zones.merge(member_flow.to_series().rename("used").reset_index(), on="member")
    used["share"] = used.used / used.groupby(["zone_id", "commodity"]).used.transform("sum")
    for end in ("origin", "destination"):
        shares = used[used.used > 0].rename(columns={"zone_id": end})[[end, "commodity", "node_id", "share"]]
        moved = moved.merge(shares, on=[end, "commodity"], how="left")
        moved["tonnes"] *= moved.share.fillna(1.0)
        moved[end] = moved.node_id.fillna(moved[end])
        moved = moved.drop(columns=["node_id", "share"])
    return moved.drop(columns="commodity")


def _abroad(network: Network, rows: pd.DataFrame, moved: pd.DataFrame, of: str) -> pd.DataFrame:
    """What crosses the border of the country, with the country at the far end and its value."""
    rows = priced(network, rows)
    missing = rows.demand_id[rows.price.isna()]
    if len(missing):
        raise InputError(f"demand: {len(missing)} rows have no price (first {missing.iloc[0]}); give a column price")
    rows = rows.assign(part_of=rows.part_of if "part_of" in rows else rows.demand_id)
    asked = rows[["demand_id", "part_of", "commodity", "price", "origin", "destination"]]
    crossing = moved.merge(asked, on="demand_id", suffixes=("_node", ""))
    home = {
        end: homes_on_routes(network.zones, network.nodes, crossing[end], crossing[f"{end}_node"])
        for end in ("origin", "destination")
    }
    out = (home["origin"] == of) & (home["destination"] != of)
    into = (home["destination"] == of) & (home["origin"] != of)
    partner = home["destination"].where(out, home["origin"])
    crossing["partner"] = partner.where(partner != "", UNKNOWN)
    value = crossing.tonnes * crossing.price
    for crosses, figure in ((out, "export"), (into, "import")):
        crossing[f"{figure}_tonnes"] = crossing.tonnes.where(crosses, 0.0)
        crossing[f"{figure}_value"] = value.where(crosses, 0.0)
    return crossing[out | into].reset_index(drop=True)


def _by_partner(crossing: pd.DataFrame, given: pd.DataFrame | None) -> pd.DataFrame:
    """Flows that are sold on, divided among partners; what their shares leave has none that is known."""
    if given is None:
        return crossing
    total = given.groupby("part_of").share.sum()
    rest = pd.DataFrame({"part_of": total.index, "partner": UNKNOWN, "share": 1.0 - total.to_numpy()})
    shares = pd.concat([given, rest[rest.share > 1e-9]])
    sold_on = crossing.part_of.isin(total.index)
    divided = crossing[sold_on].drop(columns="partner").merge(shares, on="part_of")
    divided[FIGURES] = divided[FIGURES].mul(divided.share, axis=0)
    return pd.concat([crossing[~sold_on], divided.drop(columns="share")], ignore_index=True)


def _named(network: Network, crossing: pd.DataFrame, per: str) -> pd.DataFrame:
    """The flows once for each name that they count for."""
    if per == "bloc":
        blocs: dict[str, list[str]] = {}
        for bloc, members in bloc_members(network).items():
            for country in members:
                blocs.setdefault(country, []).append(bloc)
        names = crossing.partner.map(lambda country: blocs.get(country, []))
    elif per == "corridor":
        of_link = corridors_of(network)
        names = crossing.links.map(lambda links: list(dict.fromkeys(n for link in split(links) for n in of_link[link])))
    else:
        return crossing
    return crossing.assign(**{per: names}).explode(per).dropna(subset=per)


def _compared(table: pd.DataFrame, totals: pd.DataFrame, per: str, of: str) -> pd.DataFrame:
    """With the latest published total of each partner, where there is one."""
    totals = totals[totals.country == of].sort_values("year").drop_duplicates("partner", keep="last")
    names = totals.partner.str.lower() if per == "bloc" else totals.partner
    totals = totals.assign(**{per: names}).rename(columns={"value": "published", "year": "published_year"})
    joined = table.merge(totals[[per, "published", "published_year"]], on=per, how="left")
    return joined.assign(coverage=(joined.value / joined.published).round(4))
