"""The World Bank's model of Asia's railways as a `Network`: costs between all places, and volumes on all links.

    python -m benchmarks.worldbank FOLDER [--out out/worldbank]

`FOLDER` holds the model's ``nodes.csv``, ``edges.csv`` and ``trade_2032.csv`` (worldbank/GOST_PublicGoods,
Implementations/FY20/ACC_asia_railways); none of it comes with the library. Written are ``od_costs.csv``, USD a tonne
with access, a row and a column a place (``18-b`` is the inland half of border 18), and ``link_volumes.csv``, tonnes of
2032 on the least-cost routes, both directions together. Half of a border's fee lies on each of its links; where it has
two halves, on their join in place of the inland links. Nine published costs are asserted, and it is printed what the
parallel links change that the published graph drops: two of them, for of the third pair it keeps the cheaper.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

import corridors as cd

ACCESS = 0.17117
"""USD a tonne for the trip by road to a station, added to every cost."""
WORTH = 1e6
"""USD a tonne not delivered: above any route over links that are not built, at 100,000 each."""
PUBLISHED = {
    ("40", "10"): 153.1912,
    ("40", "51"): 259.9112,
    ("4", "15"): 316.4712,
    ("69", "15"): 359.7612,
    ("21", "18"): 311.3762,
    ("1", "10"): 39.3012,
    ("4", "60"): 46.4912,
    ("69", "63"): 283.7512,
    ("40", "34"): 369.8312,
}
"""Khorgos-Baku, Khorgos-Poti, Almaty-Berlin, Turpan-Berlin, Dostyk-Brest, Aktau-Baku, Almaty-Tashkent,
Turpan-Teheran, Khorgos-Istanbul: USD a tonne, as published."""


def network_of(folder: Path, *, parallel: bool) -> cd.Network:
    """The model as a network; of parallel links the last alone, as published, or all of them."""
    nodes = pd.read_csv(folder / "nodes.csv", dtype=str).set_index("node_id")
    edges = pd.read_csv(folder / "edges.csv", dtype={"source": str, "target": str})
    if not parallel:
        pair = pd.Series([frozenset(ends) for ends in zip(edges.source, edges.target, strict=True)])
        edges = edges[~pair.duplicated(keep="last")]
    stops = (nodes.border == "TRUE") | (nodes.gauge_change == "TRUE")
    fee = pd.to_numeric(nodes.cost, errors="coerce").fillna(0.0).where(stops, 0.0)
    links = pd.DataFrame(
        {
            "link_id": "link " + edges.link_id.astype(str),
            "from_node_id": edges.source,
            "to_node_id": edges.target,
            "mode": "rail",
            "length": edges.length,
            "tariff": edges.cost + (edges.source.map(fee) + edges.target.map(fee)) / 2,
        }
    )
    joins = []
    for border in nodes.index[nodes.if_border_is_an_origin_or_destination == "TRUE"]:
        half = fee[border] / 2
        if _split(links, nodes.country, border, half):
            joins.append((f"join {border}", border, f"{border}-b", "rail", 0.0, half))
    links = pd.concat([links, pd.DataFrame(joins, columns=links.columns)], ignore_index=True)
    ids = [*pd.unique(edges[["source", "target"]].to_numpy().ravel()), *(join[2] for join in joins)]
    names = [nodes.name[i.removesuffix("-b")] for i in ids]
    return cd.Network(pd.DataFrame({"node_id": ids, "name": names}), links)


def _split(links: pd.DataFrame, country: pd.Series, border: str, half: float) -> bool:
    """Moves the links of a border to places of its own country to its other half, in place; whether there are any.

    Half of the border's fee is taken off them: the join charges it.
    """
    moved = False
    for here, there in (("from_node_id", "to_node_id"), ("to_node_id", "from_node_id")):
        inland = (links[here] == border) & (links[there].map(country) == country[border])
        links.loc[inland, here] = f"{border}-b"
        links.loc[inland, "tariff"] -= half
        moved |= bool(inland.any())
    return moved


def trade_of(folder: Path) -> pd.DataFrame:
    """Tonnes of 2032 as demand rows."""
    table = pd.read_csv(folder / "trade_2032.csv", index_col=0)
    rows = table.rename_axis("origin").reset_index().melt("origin", var_name="destination", value_name="volume")
    rows = rows[rows.volume > 0].astype({"origin": str, "destination": str}).reset_index(drop=True)
    return rows.assign(demand_id=rows.origin + "-" + rows.destination, commodity="goods", value=WORTH)


def volumes_of(network: cd.Network, routes: pd.DataFrame, trade: pd.DataFrame) -> pd.Series:
    """Tonnes on each link, both directions together, when every tonne takes its cheapest route."""
    taken = trade.merge(routes, on=["origin", "destination"])
    on_links = taken.assign(link_id=taken.links.str.split(";")).explode("link_id").groupby("link_id").volume.sum()
    return on_links.reindex(network.links.link_id).fillna(0.0)


def main() -> None:
    """Writes the tables, asserts the published costs and prints what the dropped links change."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("out/worldbank"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    trade = trade_of(options.folder)

    network = network_of(options.folder, parallel=False)
    routes = cd.skim(network, commodity="goods")
    costs = _square(routes, network)
    volumes = volumes_of(network, routes, trade)
    costs.to_csv(options.out / "od_costs.csv", float_format="%.6f")
    ends = network.links.set_index("link_id")[["from_node_id", "to_node_id", "length", "tariff"]]
    ends.assign(volume=volumes).to_csv(options.out / "link_volumes.csv")
    print(f"{len(network.nodes)} places, {len(network.links)} links, {len(trade)} flows, {trade.volume.sum():,.0f} t")
    print(f"written to {options.out}: od_costs.csv ({len(costs)} x {len(costs)}), link_volumes.csv")

    for (start, end), published in PUBLISHED.items():
        difference = abs(costs.loc[start, end] - published)
        assert difference <= 1e-4, f"{start}-{end}: {costs.loc[start, end]:.4f}, published {published}"
    print(f"{len(PUBLISHED)} published costs agree to 1e-4")

    solved = cd.solve(network, trade)
    by_hand = float((trade.merge(routes, on=["origin", "destination"]).eval("volume * cost")).sum())
    assert float(solved.unmet.sum()) == 0
    assert abs(float(solved.cost) / by_hand - 1) < 1e-6, (float(solved.cost), by_hand)
    print(f"the min-cost flow of all trade costs the same: {by_hand:,.0f} USD")

    full = network_of(options.folder, parallel=True)
    other_ways = cd.skim(full, commodity="goods")
    change = _square(other_ways, full) - costs
    moved = (volumes_of(full, other_ways, trade).reindex(volumes.index).fillna(0.0) - volumes).round(6)
    falls = -change.to_numpy()[change.to_numpy() < -1e-9]
    more = len(full.links) - len(network.links)
    print(
        f"\nwith {more} parallel links more, {len(falls)} of {change.size} costs fall, "
        f"by {falls.mean():.2f} USD/t on average and {falls.max():.2f} at most; "
        f"Khorgos-Baku by {-change.loc['40', '10']:.2f}"
    )
    for link in full.links[~full.links.link_id.isin(network.links.link_id)].itertuples():
        carried = volumes_of(full, other_ways, trade)[link.link_id]
        between = f"{link.from_node_id}-{link.to_node_id}"
        print(f"  {link.link_id} ({between}, {link.tariff:.2f} USD/t) carries {carried:,.0f} t")
    for name, tonnes in moved[moved != 0].sort_values().items():
        print(f"  {name} ({'-'.join(ends.loc[name, ['from_node_id', 'to_node_id']])}): {tonnes:+,.0f} t")


def _square(routes: pd.DataFrame, network: cd.Network) -> pd.DataFrame:
    order = network.nodes.node_id
    return routes.set_index(["origin", "destination"]).cost.unstack().loc[order, order] + ACCESS  # noqa: PD010


if __name__ == "__main__":
    main()
