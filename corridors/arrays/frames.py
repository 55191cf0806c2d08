"""Results as tables: a pandas DataFrame where one is asked for, and the markup that a notebook shows."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

ROWS = 10
"""A notebook shows at most so many rows of a table: half from its beginning, half from its end."""


def frame(columns: Mapping[str, Any], dtypes: Mapping[str, str] | None = None) -> pd.DataFrame:
    """A DataFrame of some columns of one length; pandas is imported here, and only here, in this room.

    Parameters
    ----------
    columns : mapping from str to (N,) array or list
    dtypes : mapping from str to str, optional
        The types of columns that pandas can not infer, such as ``Int64`` for integers some of which are missing.

    Examples
    --------
    >>> frame({"cost": [3, None]}, {"cost": "Int64"}).cost.tolist()
    [3, <NA>]
    """
    import pandas as pd

    types = dtypes or {}
    return pd.DataFrame({name: pd.Series(values, dtype=types.get(name)) for name, values in columns.items()})


def html(title: str, figures: Mapping[str, Any], table: pd.DataFrame | None = None) -> str:
    """Markup of a result, every text escaped: a table of its figures, then the beginning and end of a long table.

    Parameters
    ----------
    title : str
    figures : mapping
        Numbers or texts by name.
    table : DataFrame, optional

    Examples
    --------
    >>> html("Flow", {"cost": "<17>"})
    '<table><caption>Flow</caption><tr><th>cost</th><td>&lt;17&gt;</td></tr></table>'
    """
    cells = "".join(f"<tr><th>{escape(str(k))}</th><td>{escape(str(v))}</td></tr>" for k, v in figures.items())
    rows = "" if table is None else table.to_html(index=False, max_rows=ROWS, border=0, na_rep="")
    return f"<table><caption>{escape(title)}</caption>{cells}</table>{rows}"
