"""A result as a notebook shows it: its name, its figures in a line each, and the beginning of a table."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd

ROWS = 10
"""Rows of the table that are shown at the most: half from its beginning, half from its end."""


def as_html(title: str, figures: Mapping[str, str], table: pd.DataFrame | None = None) -> str:
    """Markup of a result, with every text escaped: names of links come from files.

    Parameters
    ----------
    title : str
    figures : mapping
        What was found, by its name, each as text with its unit.
    table : DataFrame, optional

    Examples
    --------
    >>> as_html("Interdiction", {"closed": "a & b"})
    '<div><strong>Interdiction</strong><ul><li>closed: a &amp; b</li></ul></div>'
    """
    items = "".join(f"<li>{escape(name)}: {escape(value)}</li>" for name, value in figures.items())
    rows = "" if table is None else table.to_html(index=False, max_rows=ROWS, border=0, na_rep="")
    return f"<div><strong>{escape(title)}</strong><ul>{items}</ul>{rows}</div>"
