"""Scenarios from tables: of what is left of links, as freight and risk tools exchange them, or of changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.errors import InputError, complaint
from corridors.io.cells import column
from corridors.io.files import local_path
from corridors.io.table import read_table
from corridors.scenarios.batch import Scenarios
from corridors.schema.columns import as_id

ALIASES = {"unique_link_id": "link_id", "scenario": "scenario_id", "hazard_id": "scenario_id"}
"""What columns are called by other tools: FTOT names links ``unique_link_id``."""
COLUMNS = ("scenario_id", "link_id", "link_availability")
CHANGE = ("table", "id", "field", "operation", "value")
"""Columns of a table of changes."""


def from_table(table: pd.DataFrame | Mapping[str, pd.DataFrame]) -> Scenarios:
    """Scenarios from a table of link availabilities, as freight and risk tools exchange them.

    Parameters
    ----------
    table : DataFrame, or mapping of DataFrame
        ``scenario_id, link_id, link_availability``: 0 closes the link, between 0 and 1 its capacity is scaled. A
        scenario that only has a row without a link changes nothing. An optional ``weight`` is constant in a scenario.
        A table without ``scenario_id`` is one scenario, as hazards of RDR are; several by their names are a mapping.
        ``unique_link_id`` of FTOT will do for ``link_id``.

    Returns
    -------
    Scenarios
        In the order in which the table names them, with its weights.

    Raises
    ------
    InputError
        A column that is missing, a share that is none, a link twice in a scenario.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> cd.from_table(pd.DataFrame({"scenario_id": ["flood", "flood", "calm"], "link_id": ["a", "b", ""],
    ...                             "link_availability": [0.0, 0.5, 1.0]}))
    Scenarios(2: flood, calm)
    >>> quake = pd.DataFrame({"link_id": ["a", "b"], "link_availability": [0.5, 1.0]})
    >>> cd.from_table({"quake": quake, "strong quake": quake.assign(link_availability=0.0)})
    Scenarios(2: quake, strong quake)
    """
    table = _one(table) if isinstance(table, Mapping) and not isinstance(table, pd.DataFrame) else _named(table)
    table = arguments.table_of("table", table, COLUMNS)
    ids = table.scenario_id.astype(object).map(as_id).astype(object)
    links = table.link_id.astype(object).map(as_id).astype(object)
    level = pd.to_numeric(table.link_availability, errors="coerce")
    bad = ~level.between(0, 1)
    if bad.any():
        pairs = zip(ids[bad], links[bad], table.link_availability[bad], strict=True)
        cases = [f"{scenario}: {link or 'no link'} {value}" for scenario, link, value in pairs]
        raise InputError(complaint("scenarios", "link_availability is not 0 to 1", cases, "give a share"))
    twice = (links != "") & pd.DataFrame({"scenario": ids, "link": links}).duplicated().to_numpy()
    if twice.any():
        cases = [f"{scenario}: {link}" for scenario, link in zip(ids[twice], links[twice], strict=True)]
        remedy = "give a link one row in a scenario"
        raise InputError(complaint("scenarios", "a link is there twice", dict.fromkeys(cases), remedy))
    names = list(dict.fromkeys(ids))
    changes = pd.DataFrame(
        {
            "scenario": ids.map({name: i for i, name in enumerate(names)}),
            "table": "links",
            "id": links,
            "field": np.where(level == 0, "status", "capacity"),
            "operation": np.where(level == 0, "close", "scale"),
            "value": level,
        }
    )
    changes = changes[(changes.id != "") & (level < 1)]
    return Scenarios(names, changes, _weights(table.weight, ids)[names] if "weight" in table else None)


def read_scenarios(path: str | Path) -> Scenarios:
    r"""Scenarios from a file of link availabilities or of changes, or from a folder of such files.

    Parameters
    ----------
    path : path
        CSV, Parquet or Excel, with what `from_table` takes, or with the columns that changes of `Scenarios` have:
        ``table, id, field, operation, value``. A table without ``scenario_id`` is one scenario, called as its file is.

    Returns
    -------
    Scenarios
        In the order of the rows; of a folder, of its files by name.

    Raises
    ------
    InputError
        No such file, no table in the folder, or what `from_table` and `Scenarios` refuse.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import corridors as cd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "haz1.csv").write_text("link_id,link_availability\n1,0.5\n")
    ...     _ = (Path(folder) / "haz2.csv").write_text("link_id,link_availability\n1,0\n")
    ...     cd.read_scenarios(folder)
    Scenarios(2: haz1, haz2)
    """
    path = local_path(path)
    files = [path]
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.casefold() in (".csv", ".parquet", ".xlsx"))
        if not files:
            raise InputError(f"path: {path} has no table; give a folder with a CSV, Parquet or Excel file a scenario")
    tables = {file.stem: read_table(file) for file in files}
    if not any(set(CHANGE) <= set(table) for table in tables.values()):
        return from_table(tables)
    parts = [_changes(table, name) if set(CHANGE) <= set(table) else from_table({name: table})
             for name, table in tables.items()]  # fmt: skip
    return reduce(add, parts)


def _changes(table: pd.DataFrame, name: str) -> Scenarios:
    """Scenarios of a table of changes."""
    table = _renamed(table)
    ids = table.scenario_id.astype(object).map(as_id) if "scenario_id" in table else pd.Series(name, table.index)
    if (ids == "").any():
        rows = [f"row {i}" for i in np.flatnonzero(ids == "")]
        raise InputError(complaint("scenarios", "scenario_id is blank", rows, "name the scenario of each change"))
    names = list(dict.fromkeys(ids))
    changes = table.drop(columns=["scenario_id", "weight"], errors="ignore").assign(
        scenario=ids.map({label: i for i, label in enumerate(names)}),
        value=column("scenarios", table, "value"),
    )
    return Scenarios(names, changes, _weights(table.weight, ids)[names] if "weight" in table else None)


def _one(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables by the names of their scenarios as one."""
    if not tables:
        raise InputError("table: is empty; give a table a scenario")
    return pd.concat([_named(table, as_id(name)) for name, table in tables.items()], ignore_index=True)


def _named(table: Any, name: str = "") -> Any:
    """A table with columns as they are called here, and a scenario where it has none."""
    if not isinstance(table, pd.DataFrame):
        return arguments.table_of("table", table)
    table = _renamed(table)
    if "scenario_id" not in table and "link_id" in table:
        table = table.assign(scenario_id=name or as_id(table.attrs.get("name")) or "scenario")
    return table


def _renamed(table: pd.DataFrame) -> pd.DataFrame:
    called = {theirs: ours for theirs, ours in ALIASES.items() if theirs in table and ours not in table}
    return table.rename(columns=called)


def _weights(weight: pd.Series[Any], ids: pd.Series[Any]) -> pd.Series[Any]:
    """The weight of each scenario of a table, in which it is constant."""
    number = pd.to_numeric(weight, errors="coerce").fillna(-1.0)  # which is refused by scenario
    first = number.groupby(ids.to_numpy()).transform("first")
    differs = ids[(number != first).to_numpy()]
    if len(differs):
        remedy = "give all rows of a scenario the same"
        raise InputError(complaint("scenarios", "weight differs by row", dict.fromkeys(differs), remedy))
    return number.groupby(ids.to_numpy()).first()
