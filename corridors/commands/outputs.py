"""What commands leave: a table as text on the terminal; tables and figures in a folder, where one is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd


def as_text(table: pd.DataFrame, millions: tuple[str, ...] = (), shares: tuple[str, ...] = ()) -> str:
    """A table as text: money and tonnes of `millions` in millions, `shares` in per cent."""
    shown = table.copy()
    for column in millions:
        shown[column] = [f"{v / 1e6:,.1f}" if v == v else "-" for v in table[column]]
    for column in shares:
        shown[column] = [f"{100 * v:,.1f} %" if v == v else "-" for v in table[column]]
    return shown.to_string(index=False)


def write_results(
    name: str,
    table: pd.DataFrame,
    out: Path | None,
    names: Mapping[str, str],
    also: Mapping[str, pd.DataFrame] | None = None,
    **figures: Callable[[], Any],
) -> None:
    """Write a table and its figures into a folder, where one is wanted, and other tables by their names.

    ``case.json`` with them holds `names`: of which network and demand they are.
    """
    if out is None:
        return
    from corridors.io.case import write_case
    from corridors.io.files import write_csv
    from corridors.maps.style import save_figure

    out.mkdir(parents=True, exist_ok=True)
    write_case(names, out)
    for file, content in {name: table, **(also or {})}.items():
        write_csv(content, out / f"{file}.csv")
    for figure, draw in figures.items():
        save_figure(draw(), out / figure)
    click.echo(f"All of it is in {out}{'' if str(out).endswith('/') else '/'}")
