"""Writes the tables of data/geo, or of the folder given."""

from __future__ import annotations

import sys
from pathlib import Path

from . import demand, links, nodes, plain, shipping, stages, transfers
from .facts import Row, write
from .repairs import Repairs


def build(folder: Path) -> None:
    """Write every table into `folder`."""
    repairs = Repairs()
    all_links = links.build(repairs)
    write(folder, "nodes", nodes.build(repairs), nodes.EXTRAS)
    write(folder, "links", all_links, links.EXTRAS)
    write(folder, "transfers", transfers.build(all_links, repairs), transfers.EXTRAS)
    write(folder, "tariffs", shipping.tariffs(all_links), shipping.EXTRAS)
    write(folder, "fleets", shipping.fleets(), shipping.FLEET_EXTRAS)
    write(folder, "zones", demand.zones(), demand.ZONE_EXTRAS)
    write(folder, "commodities", plain.commodities(), plain.COMMODITY_EXTRAS)
    write(folder, "rates", plain.rates())
    for year in demand.YEARS:
        write(folder, f"demand_{year}", demand.demand(year), demand.DEMAND_EXTRAS)
    write(folder, "observed_2024", demand.observed(), demand.OBSERVED_COLUMNS)
    write(folder, "path_exceptions", plain.path_exceptions(), plain.PATH_EXCEPTION_COLUMNS)
    write(folder, "stages", stages.build(all_links, repairs), stages.COLUMNS)
    for name, rows in {
        "blocs": plain.blocs(),
        "countries": plain.countries(),
        "defaults": plain.defaults(),
        "elasticities": plain.elasticities(),
        "emission_factors": plain.emission_factors(),
        "events": plain.events(),
        "flows": plain.flows(),
        "gates": plain.gates(),
        "legs": plain.legs(),
        "parameters": plain.parameters(),
        "partners": plain.partners(),
        "penalties": plain.penalties(),
        "preferences": plain.preferences(),
        "published_trade": plain.published_trade(),
        "references": plain.references(),
        "seas": plain.seas(),
        "seasons": plain.seasons(),
        "storages": plain.storages(),
        "sources": plain.sources(),
        "spreads": plain.spreads(),
        "surge": plain.surge(),
        "validation": plain.validation(),
        "repairs": repairs.table(),
    }.items():
        write(folder, name, rows, _columns(rows))


def _columns(rows: list[Row]) -> list[str]:
    return list(rows[0])


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])
