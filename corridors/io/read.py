"""Networks and demand from files of many formats: the content of a file decides what it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.errors import InputError, complaint, kind_of, listed, warn
from corridors.io import excel, geojson, geoparquet, gmns, matrices, tntp
from corridors.io.case import Case, Content
from corridors.io.complete import completed
from corridors.io.files import local_path
from corridors.io.formats import format_of
from corridors.io.places import in_degrees
from corridors.io.recipe import Recipe, applied, by_arguments, recipe_of, recipe_with, renamed_tables
from corridors.io.table import read_table
from corridors.io.tables import named, without_flows, without_straight_lines
from corridors.io.traffic_zones import at_nodes
from corridors.network import Network
from corridors.schema.checks import checked
from corridors.schema.columns import as_id, ids_in
from corridors.schema.definitions import TABLES
from corridors.schema.plausibility import warn_of_implausible


def read(
    path: str | Path,
    *,
    names: Any = None,
    units: Any = None,
    recipe: Any = None,
    mode: str | None = None,
    directed: bool | None = None,
    crs: Any = None,
) -> Case:
    """Read a network, and the demand on it where there is any, from a file or folder.

    GeoPackage, Excel workbook, GeoJSON, GMNS, a folder of CSV with or without ``datapackage.json``, GeoParquet,
    shapefile, TNTP, DIMACS ``.min`` (plain or gzip), and SQLite files with layers. The points of nodes are their
    coordinates, so a node that was moved in a GIS is where it was moved to. A single file of links takes its nodes from
    the ends of their lines, where no file of nodes is next to it.

    Parameters
    ----------
    path : path
        A file or a folder. Its content decides what it is, not its name. URLs and GDAL's virtual paths are refused.
    names : mapping, optional
        What columns of the file are called here, ``{"weight": "tariff"}``, for every table that has one; or such a
        mapping by table. None leaves a column out. ``speed`` (of links, km/h) becomes their time, ``direction`` (1, -1,
        or 0 for both) whether and how they are directed.
    units : mapping, optional
        By column as it is called here, its unit in the file: ``{"length": "mi", "time": "min"}``. A number before the
        unit is what one comes to: ``{"capacity": "12 t/h"}`` where an hour's capacity is in vehicles of 12 t.
    recipe : str, path or mapping, optional
        Tables, names, units and words of a known tool (``osmnx, osmnx-directed, open-gira, aequilibrae, pypsa, rdr,
        ftot, path4gmns``), or of a YAML file. By default that of a file ``recipe.yaml`` in the folder, or of
        ``FILE.yaml`` next to the file. `names` and `units` count more.
    mode : str, optional
        The mode of links that have none.
    directed : bool, optional
        Whether links run from -> to only that do not say so.
    crs : str or int, optional
        The reference system of a file that does not say its own; degrees by default, except for layers of shapes, which
        have to say it.

    Returns
    -------
    Case
        ``network, demand``; demand is None where the file has none.

    Raises
    ------
    InputError
        No such file, a file that is damaged or of no known format, columns, units or words that are not known, or what
        `Network` refuses.

    Warns
    -----
    InputWarning
        Links that end where they start, which are left out; units that are taken as neither the file nor the caller
        says them; speeds, capacities and tariffs out of all range; what `Network` warns of.

    Examples
    --------
    >>> import tempfile
    >>> import corridors as cd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = cd.write(cd.load_network("eurasia"), f"{folder}/eurasia.gpkg", demand=cd.load_demand("2024"))
    ...     network, demand = cd.read(file)
    >>> network
    Network('eurasia 2024 with preferences', nodes=325, ...)
    """
    arguments.mappings_or_none(names=names, units=units)
    arguments.texts_or_none(mode=mode)
    if not isinstance(directed, (bool, np.bool_, type(None))):
        raise InputError(f"directed: is {kind_of(directed)}; give True, False or None")
    path = local_path(path)
    if matrices.is_omx(path) or tntp.holds_trips(path):
        raise InputError(f"read: {path.name} has demand and no network; cd.read_demand reads demand alone")
    kind = format_of(path)
    content = with_nodes_beside(path, kind.read(path))
    given = recipe_of(recipe) if recipe is not None else recipe_with(path)
    known = content.recipe.then(given)
    tables = renamed_tables(without_flows(content.tables, content.about), known)
    if "links" not in tables:
        _refuse(path, content)
    fill = {name: given for name, given in (("mode", mode), ("directed", directed)) if given is not None}
    known = known.then(by_arguments(names, units, tables)).then(Recipe(fill={"links": fill}))
    _warn_of_assumed(path, tables["links"], content.assumed, known, {**given.units, **dict(units or {})})
    tables = applied(tables, known)
    if kind.name == "geojson" and crs is None:
        tables = geojson.in_degrees_by_default(tables)
    tables = completed(in_degrees(tables, crs), own=bool(content.about))
    _check_degrees(tables["nodes"])
    if kind.name == "gmns":
        gmns.check_directed(tables["links"])
    if kind.name == "tntp":
        tables = tntp.not_through_zones(tables)
    tables["links"] = without_straight_lines(tables["links"], content.about)
    demand = tables.pop("demand", None)
    network = Network(**{name: table for name, table in tables.items() if name in TABLES})
    warn_of_implausible(network.links, network.nodes, network.transfers)
    if name := named(network.nodes, content.about, "network"):
        network = network.named(name)
    return Case(network, _demand(demand, named(demand, content.about, "demand")))


def read_demand(
    path: str | Path,
    *,
    names: Any = None,
    units: Any = None,
    recipe: Any = None,
    commodity: str | None = None,
    value: float | None = None,
    network: Network | None = None,
) -> pd.DataFrame:
    r"""Read demand rows, or a matrix of volumes, from a file.

    A table (CSV, Excel, Parquet), a case that `corridors.write` wrote, a square matrix (CSV, Excel), an Open Matrix
    file (OMX, a commodity a matrix), or trips of TNTP. Cells of a matrix that are zero are no rows.

    Parameters
    ----------
    path : path
    names, units, recipe
        As in `corridors.read`.
    commodity : str, optional
        The commodity of rows that name none.
    value : float, optional
        What a tonne not delivered costs, USD/t, of rows that do not say it.
    network : Network, optional
        One whose nodes say by ``zone_id`` of which traffic zone they are, as in GMNS and DTALite: origins and
        destinations of the file are then zones, and become their nodes, in equal parts where a zone has several.

    Returns
    -------
    DataFrame
        ``demand_id, commodity, origin, destination, volume`` (t/year), ``value`` (USD/t) and others.

    Raises
    ------
    InputError
        No such file, or a table without a column that demand needs; zones of which no node of `network` is.

    Warns
    -----
    InputWarning
        Rows that start and end in one place, which are left out; several lookups in a file of matrices.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import corridors as cd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "trips.csv"
    ...     _ = file.write_text(",1,2\n1,0,5\n2,3,0\n")
    ...     rows = cd.read_demand(file, commodity="coal", value=200, units={"volume": "kt/year"})
    >>> rows[["origin", "destination", "volume"]].to_numpy().tolist()
    [['1', '2', 5000.0], ['2', '1', 3000.0]]
    """
    arguments.mappings_or_none(names=names, units=units)
    arguments.texts_or_none(commodity=commodity)
    arguments.numbers_or_none(0, value=value)
    if network is not None:
        arguments.networks(network=network)
    path = local_path(path)
    table, about = _demand_table(path)
    tables = {"demand": from_matrix(table)}
    known = recipe_of(recipe) if recipe is not None else recipe_with(path) if path.is_file() else Recipe()
    rows = applied(tables, known.then(by_arguments(names, units, tables)))["demand"]
    for name, given in (("commodity", commodity), ("value", value)):
        if given is not None:
            blank = rows[name].astype(object).map(as_id).eq("") if name in rows else pd.Series(True, rows.index)
            rows[name] = rows[name].astype(object).where(~blank, given) if name in rows else given
    if "demand_id" not in rows and len(rows):
        rows.insert(0, "demand_id", [str(i) for i in range(1, len(rows) + 1)])
    found = _without_own_trips(checked("demand", rows), places=network is None)
    if network is not None:
        found = checked("demand", at_nodes(found, network.nodes))
    found.attrs["name"] = as_id(about.get("demand")) or path.name
    return found


def _without_own_trips(rows: pd.DataFrame, *, places: bool) -> pd.DataFrame:
    """Rows without those that start where they end, which use no link; zones may have several nodes."""
    within = (rows.origin == rows.destination) & places
    if within.any():
        ids, all_of_it = rows.origin[within].unique(), rows.volume[within].sum()
        problem = "origin is the destination"
        remedy = f"such rows are left out, {all_of_it:,.6g} t/year in all, as they use no link"
        warn(complaint("demand", problem, ids, remedy))
    return rows[~within].reset_index(drop=True)


def from_matrix(table: pd.DataFrame) -> pd.DataFrame:
    """A table of demand as it is, a square matrix as rows."""
    return matrices.from_square(table) if "volume" not in table and matrices.is_square(table) else table


def with_nodes_beside(path: Path, content: Content) -> Content:
    """A single file of links with the table of nodes that lies next to it: ``x_nodes`` with ``x_edges``."""
    if path.is_dir() or len(content.tables) != 1 or "nodes" in renamed_tables(content.tables, content.recipe):
        return content
    (name, links), stem = next(iter(content.tables.items())), path.stem.casefold()
    for theirs, nodes in (("links", "nodes"), ("link", "node"), ("edges", "nodes"), ("edge", "node")):
        if theirs in stem:
            for other in (stem.replace(theirs, nodes), nodes):
                found = [f for f in path.parent.iterdir() if f.stem.casefold() == other and f.suffix == path.suffix]
                if found and (kind := format_of(found[0])).is_one(found[0]):
                    (table, *_) = kind.read(found[0]).tables.values()
                    return Content({"nodes": table, "links": links}, content.about, content.recipe)
    return Content({"links" if name not in TABLES else name: links}, content.about, content.recipe)


def _demand(rows: pd.DataFrame | None, name: str) -> pd.DataFrame | None:
    if rows is None:
        return None
    found = checked("demand", pd.DataFrame(rows))
    if name:
        found.attrs["name"] = name
    return found


def _demand_table(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The one table of demand in a file, and what the file says of itself."""
    if not path.exists():
        raise InputError(f"demand: path {path} is no file or folder that is there; give one")
    if matrices.is_omx(path):
        return matrices.read_omx(path), {}
    if tntp.holds_trips(path):
        return tntp.read_trips(path), {}
    if path.is_dir() and len(trips := [file for file in sorted(path.iterdir()) if tntp.holds_trips(file)]) == 1:
        return tntp.read_trips(trips[0]), {}
    if path.is_file() and (geoparquet.is_one(path) or path.suffix.casefold() in (".csv", ".tsv", ".txt")):
        return read_table(path), {}
    content = format_of(path).read(path)
    tables = renamed_tables(content.tables, content.recipe)
    if "demand" in tables:
        return tables["demand"], content.about
    if path.is_dir() and (path / "demand.csv").is_file():
        return read_table(path / "demand.csv"), {}
    if excel.is_one(path) and len(content.tables) == 1:
        return next(iter(content.tables.values())), {}
    raise InputError(f"demand: {path.name} has no table of demand; it has {listed(content.tables) or 'none'}")


def _check_degrees(nodes: pd.DataFrame) -> None:
    """Raise where coordinates are far from any degrees: metres, or places on a sheet of paper."""
    if not {"x_coord", "y_coord"} <= set(nodes):
        return
    x, y = (pd.to_numeric(nodes[axis], errors="coerce").to_numpy(float) for axis in ("x_coord", "y_coord"))
    odd = (np.abs(x) > 360) & (np.abs(y) > 90)
    if odd.any():
        ids = ids_in(nodes.node_id[odd]) if "node_id" in nodes else nodes.index[odd]
        shown = [f"{node}: {a:.8g} {b:.8g}" for node, a, b in zip(ids, x[odd], y[odd], strict=True)]
        remedy = "say in which system they are, crs='EPSG:...'; where it is a sheet of paper, leave them out, "
        remedy += "names={'x_coord': None, 'y_coord': None}"
        raise InputError(complaint("nodes", "x_coord and y_coord are no degrees", shown, remedy))


def _warn_of_assumed(
    path: Path, links: pd.DataFrame, assumed: Mapping[str, str], known: Recipe, told: Mapping[str, Any]
) -> None:
    """Warn of units that a file does not say, where links have something in them and the caller does not say them."""
    theirs = {ours: name for name, ours in known.names.get("links", {}).items() if ours and name in links}
    of_links = {column.removeprefix("links.") for column in told}
    columns = [c for c in assumed if c not in of_links and theirs.get(c, c) in links]
    columns = [c for c in columns if links[theirs.get(c, c)].astype(object).map(as_id).ne("").any()]
    if columns:
        taken = listed([f"{theirs.get(c, c)} in {assumed[c]}" for c in columns])
        say = ", ".join(f"{c!r}: {assumed[c]!r}" for c in columns)
        warn(f"read: {path.name} does not say its units, and is taken to have {taken}; say them, units={{{say}}}")


def _refuse(path: Path, content: Content) -> None:
    """Say what is missing in a file that has no links."""
    there = listed(content.tables) or "none"
    remedy = "name the table of links, recipe={'tables': {'links': ...}}"
    if "demand" in renamed_tables(content.tables, content.recipe):
        remedy = "cd.read_demand reads demand alone"
    raise InputError(f"read: {path} has no table links (it has {there}); {remedy}")
