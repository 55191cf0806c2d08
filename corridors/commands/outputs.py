"""What commands leave: a summary on the screen; tables with their units, and figures, in a folder or as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from corridors.commands.units import PER_CENT, SHARE, on_screen, units_of

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 110
"""The characters of a line of text on a screen."""


def tried_folder(context: click.Context, option: click.Parameter, folder: Path | None) -> Path | None:
    """A folder for results, made and written to before any work is done."""
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            problem = f"{folder} can't be written to ({error.strerror}); name a folder of yours"
            raise click.BadParameter(problem, context, option) from None
    return folder


def tried_file(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """A file for results, whose folder is written to before any work is done."""
    if path is not None and path.is_dir():
        raise click.BadParameter(f"{path} is a folder; give the name of a file", context, option)
    if path is not None:
        tried_folder(context, option, path.parent)
    return path


def say(text: str) -> None:
    """Print a text on the screen; a progress bar that is there moves aside."""
    from tqdm import tqdm

    with tqdm.external_write_mode(sys.stdout):
        click.echo(text)


def paragraph(text: str, indent: str = "") -> str:
    """A text in lines that fit a screen; all but the first are indented."""
    return fill(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def as_text(table: pd.DataFrame, per: str = "year", units: Mapping[str, str] | None = None) -> str:
    """A table as text: names of columns as in the file, and under each the unit in which it is shown.

    Parameters
    ----------
    table : DataFrame
    per : str
        One of `corridors.commands.units.PERIODS`.
    units : mapping, optional
        Units of columns for which those of `corridors.commands.units` do not hold.
    """
    import pandas as pd

    if table.empty:
        return "none"
    shown, heads = {}, []
    known = units_of(table, units or {})
    for name in table.columns:
        unit, factor = on_screen(known[name], per) if name in known else ("", 1.0)
        cells = table[name]
        if known.get(name) == SHARE and name in PER_CENT:
            unit, factor = "%", 100.0
        if pd.api.types.is_bool_dtype(cells) or not pd.api.types.is_numeric_dtype(cells):
            shown[name] = cells.astype(object).where(cells.notna(), "-").astype(str).str.slice(0, 60)
        else:
            shown[name] = cells.map(lambda v, factor=factor: _number(v * factor))
        heads.append((str(name), unit))
    frame = pd.DataFrame(shown)
    frame.columns = pd.MultiIndex.from_tuples(heads) if any(unit for _, unit in heads) else frame.columns
    return frame.to_string(index=False, sparsify=False)


def _number(value: float) -> str:
    if value != value:
        return "-"
    if value in (float("inf"), float("-inf")):
        return "any"
    if float(value).is_integer() and abs(value) < 1e4:
        return f"{value:.0f}"
    return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:,.1f}" if abs(value) >= 100 else f"{value:#.3g}"


def as_json(names: Mapping[str, str], tables: Mapping[str, pd.DataFrame], units: Mapping[str, str]) -> str:
    """Tables as they are written, with their units, as one JSON object."""
    return json.dumps(
        {
            "case": dict(names),
            "units": {name: units_of(table, units) for name, table in tables.items()},
            "tables": {name: _records(table) for name, table in tables.items()},
        },
        indent=1,
        ensure_ascii=False,
    )


def _records(table: pd.DataFrame) -> Any:
    """The rows of a table as JSON has them, with days and hours as ISO 8601 has them."""
    return json.loads(table.to_json(orient="records", date_format="iso"))


def write_results(
    tables: Mapping[str, pd.DataFrame],
    out: Path,
    names: Mapping[str, str],
    units: Mapping[str, str],
    figures: Mapping[str, Callable[[], Any]],
    quiet: bool = False,
) -> None:
    """Write tables and figures into a folder by their names.

    ``case.json`` with them says of which network and demand they are, ``units.json`` in which unit each column is.
    """
    from corridors.io.case import write_case
    from corridors.io.files import write_csv
    from corridors.maps.style import save_figure
    from corridors.sweeping.progress import counted

    out.mkdir(parents=True, exist_ok=True)
    write_case(names, out)
    for name, table in tables.items():
        write_csv(table, out / f"{name}.csv")
    _write_units(out / "units.json", {f"{name}.csv": units_of(table, units) for name, table in tables.items()})
    try:
        with counted("drawing", len(figures), "figures", bool(figures)) as drawn:
            for figure, draw in figures.items():
                save_figure(draw(), out / figure)
                drawn(1)
    except KeyboardInterrupt as interrupt:
        interrupt.args = (f"stopped while figures were drawn; the tables are in {out}",)
        interrupt.answered = True  # type: ignore[attr-defined]
        raise
    if quiet:
        return
    what = "Tables, their units and figures" if figures else "Tables and their units"
    say(f"{what} are in {out}{'' if str(out).endswith('/') else '/'}")


def done_so_far(partial: Any) -> pd.DataFrame:
    """What was found before Ctrl-C as a table: of a sweep its scenarios with their losses."""
    import pandas as pd

    if isinstance(partial, pd.DataFrame):
        return partial
    table = partial[["loss", "cost", "unmet_total"]].reset_coords(drop=True).to_dataframe().reset_index()
    return table.rename(columns={"unmet_total": "unmet"})


def _write_units(path: Path, units: dict[str, dict[str, str]]) -> None:
    """The units of tables in a folder; those of other tables that are there stay."""
    there = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    path.write_text(json.dumps({**there, **units}, indent=1) + "\n", encoding="utf-8")
