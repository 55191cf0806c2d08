"""Columns of files as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError, complaint, listed


def numbers(table: str, cells: pd.Series[Any], frame: pd.DataFrame) -> pd.Series[float]:
    """A column as floats, NaN where it is blank.

    Parameters
    ----------
    table : str
        What messages call the table.
    cells : Series
        The column, called as messages call it.
    frame : DataFrame
        The table, whose ids name rows.

    Raises
    ------
    InputError
        A cell that is no number, or that is infinite.

    Examples
    --------
    >>> links = pd.DataFrame({"link_id": ["a", "b"], "length": ["5", ""]})
    >>> numbers("links", links.length, links).tolist()
    [5.0, nan]
    """
    if cells.dtype.kind not in "iuf":
        cells = cells.astype(object).map(lambda cell: cell.strip() if isinstance(cell, str) else cell)
        cells = cells.where(cells != "", None)
    found = pd.to_numeric(cells, errors="coerce").astype(float)
    bad = ((found.isna() | np.isinf(found)) & cells.notna()).to_numpy()
    if bad.any():
        shown = listed(dict.fromkeys(repr(cell) for cell in cells[bad]))
        key = f"{table.removesuffix('s')}_id"
        rows = frame[key][bad] if key in frame else [f"row {i}" for i in np.flatnonzero(bad)]
        raise InputError(complaint(table, f"{cells.name} {shown} is no number", rows, "give one or leave it blank"))
    return found


def column(table: str, frame: pd.DataFrame, name: str) -> pd.Series[float]:
    """A column of a table as floats; NaN where there is none."""
    return numbers(table, frame[name], frame) if name in frame else pd.Series(np.nan, index=frame.index)
