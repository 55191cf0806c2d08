"""Networks in the General Modeling Network Specification (Zephyr Foundation, GMNS 0.96): node.csv and link.csv."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from corridors.errors import InputError, listed
from corridors.io.files import local_path
from corridors.network import Network

NODE = ("node_id", "name", "x_coord", "y_coord", "node_type")
LINK = ("link_id", "name", "from_node_id", "to_node_id", "directed", "length")


def read_gmns(
    folder: str | Path, *, mode: str = "road", tonnes: float | None = None, kilometres: float = 1.0
) -> Network:
    """Read a network from a folder in GMNS: ``node.csv``, ``link.csv``, and ``geometry.csv`` where links name theirs.

    GMNS counts vehicles an hour and lane, so capacities are taken only where `tonnes` says what that comes to.

    Parameters
    ----------
    folder : path
    mode : str
        The mode of all links.
    tonnes : float, optional
        Tonnes a year that one vehicle an hour comes to; with it a link's capacity is ``capacity x lanes x tonnes``,
        each way for a link of both ways.
    kilometres : float
        Kilometres that a unit of GMNS length is; 0.001 for metres, 1.609344 for miles. Speeds are of the same unit an
        hour.

    Returns
    -------
    Network
        With ``length``, and ``time`` from ``free_speed`` where that is given; tariffs are still to be added, by
        ``replace(links=...)`` or rates.

    Raises
    ------
    InputError
        A file or a column that is not there, or what `Network` refuses.
    """
    path = local_path(folder)
    nodes, links = _table(path, "node", ("node_id",)), _table(path, "link", ("link_id", "from_node_id", "to_node_id"))
    clean = links[[c for c in LINK if c in links]].assign(mode=mode)
    lengths = _numbers(links, "length")
    clean["length"] = lengths * kilometres
    clean["time"] = lengths / _numbers(links, "free_speed")
    if tonnes is not None:
        clean["capacity"] = _numbers(links, "capacity") * _numbers(links, "lanes").fillna(1.0) * tonnes
        clean["capacity_scope"] = "each"
    clean["geometry"] = _geometry(path, links)
    return Network(nodes[[c for c in NODE if c in nodes]], clean)


def _table(path: Path, name: str, needed: tuple[str, ...]) -> pd.DataFrame:
    file = path / f"{name}.csv"
    if not file.is_file():
        raise InputError(f"gmns: there is no {name}.csv in {path}; give a folder with node.csv and link.csv")
    table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    missing = [c for c in needed if c not in table]
    if missing:
        raise InputError(f"gmns: {name}.csv has no column {listed(missing)}; it has {listed(table.columns)}")
    return table


def _numbers(table: pd.DataFrame, column: str) -> Any:
    if column not in table:
        return pd.Series(float("nan"), index=table.index)
    bad = pd.to_numeric(table[column].where(table[column] != ""), errors="coerce").isna() & (table[column] != "")
    if bad.any():
        ids = table.link_id[bad]
        raise InputError(
            f"gmns: {column} is no number for {len(ids)} links ({listed(ids)}); give one or leave it blank"
        )
    return pd.to_numeric(table[column].where(table[column] != ""))


def _geometry(path: Path, links: pd.DataFrame) -> Any:
    """Lines as WKT: the link's own, else the one that it names in geometry.csv; blank where there is none."""
    own = links.geometry if "geometry" in links else pd.Series("", index=links.index)
    if "geometry_id" in links and (path / "geometry.csv").is_file():
        named = _table(path, "geometry", ("geometry_id", "geometry")).set_index("geometry_id").geometry
        own = own.where(own != "", links.geometry_id.map(named).fillna(""))
    return own
