"""Networks, demand and flows into files of many formats."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.arrays.problem import Problem
from corridors.errors import InputError
from corridors.io.case import Content
from corridors.io.dimacs import write_dimacs
from corridors.io.files import local_path
from corridors.io.formats import format_named
from corridors.io.tables import tables_of
from corridors.network import Network, checked_demand


def write(
    network: Network | Problem,
    path: str | Path,
    *,
    demand: pd.DataFrame | None = None,
    result: xr.Dataset | None = None,
    format: str | None = None,
) -> Path:
    """Write a network to a file or folder, with the demand on it and its flows where they are given.

    `corridors.read` gives both back as they were, without the flows.

    Parameters
    ----------
    network : Network
        Or a `Problem` on arrays, such as `corridors.to_problem` makes, for a file of DIMACS.
    path : path
        Ends in ``.gpkg`` (GeoPackage), ``.xlsx`` (Excel) or ``.geojson``; a name without an ending is a folder of CSV
        with a ``datapackage.json``. That of a problem ends in ``.min`` or ``.min.gz`` (DIMACS). An older file is
        replaced, once the new one is whole.
    demand : DataFrame, optional
        Demand rows.
    result : Dataset, optional
        What `corridors.solve` gave: links get ``flow`` and a ``flow_<commodity>`` each (t/year, both directions), and
        ``flow_fwd, flow_rev``, by their ids. A column of the network with such a name is called ``network_flow`` in the
        file.
    format : str, optional
        ``geopackage, excel, geojson, csv, gmns`` or ``geoparquet`` (folders), where the path does not say it.

    Returns
    -------
    Path
        The file or folder written.

    Raises
    ------
    InputError
        A path whose ending says no format, or in a folder that is not there; for formats of maps, nodes without
        coordinates; a result of another network or of several scenarios; columns that the format can't hold, such as
        lists. The older file is as it was.

    Examples
    --------
    >>> import tempfile
    >>> import corridors as cd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = cd.write(cd.load_network("eurasia"), f"{folder}/eurasia", demand=cd.load_demand("2024"))
    ...     sorted(file.name for file in made.iterdir())[:2]
    ['blocs.csv', 'commodities.csv']
    """
    arguments.texts_or_none(format=format)
    path = local_path(path)
    of_arrays = path.name.casefold().endswith((".min", ".min.gz")) if format is None else format == "dimacs"
    if of_arrays and isinstance(network, Problem) and demand is None and result is None:
        return write_dimacs(network, path)
    if of_arrays:
        raise InputError(
            "write: a file of DIMACS holds a problem on arrays alone; give what cd.to_problem makes of both"
        )
    if isinstance(network, Problem):
        raise InputError(f"write: {path.name} can't hold a problem on arrays; end its name in .min or .min.gz")
    arguments.networks(network=network)
    kind = format_named(format, path)
    tables, about = tables_of(network, None if demand is None else checked_demand(network, demand), result)
    assert kind.write is not None
    kind.write(Content(tables, about), path)
    return path
