"""One table in a file: CSV, Parquet or Excel; read by content, written by how the name ends."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from corridors.errors import InputError, listed
from corridors.io import excel, geoparquet
from corridors.io.files import local_path, read_csv, replacing, write_csv
from corridors.io.optional import needed

SUFFIXES = (".csv", ".parquet", ".xlsx")


def read_table(path: str | Path, name: str = "path") -> pd.DataFrame:
    """The table in a file.

    Parameters
    ----------
    path : path
        CSV, Parquet, or an Excel workbook with one sheet of cells.
    name : str
        What messages call the argument.

    Raises
    ------
    InputError
        No such file, or no table that can be read.
    """
    path = local_path(path, name)
    if not path.is_file():
        raise InputError(f"{name}: there is no file {path}; give one that is there")
    if geoparquet.is_one(path):
        return pd.DataFrame(geoparquet.read_table(path))
    if excel.is_one(path):
        sheets = {sheet: table for sheet, table in excel.read(path).tables.items() if len(table.columns)}
        if len(sheets) != 1:
            raise InputError(
                f"{name}: {path.name} has {len(sheets)} sheets ({listed(sheets)}); give one with one table"
            )
        return next(iter(sheets.values()))
    return read_csv(path)


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV, Parquet or Excel, as the name ends; an older file is replaced, once the new one is whole.

    Raises
    ------
    InputError
        A name that ends in something else; columns that the format does not hold.
    """
    suffix = path.suffix.casefold()
    if suffix == ".csv":
        return write_csv(table, path)
    if suffix == ".xlsx":
        return excel.write_table(table, path)
    if suffix != ".parquet":
        raise InputError(f"write: {path.name} is the name of no table; give one that ends in {', '.join(SUFFIXES)}")
    needed("pyarrow.parquet", "pyarrow", "Parquet files")
    with replacing(path) as temporary:
        try:
            table.to_parquet(temporary, index=False)
        except (ValueError, TypeError, OverflowError, NotImplementedError) as error:
            raise InputError(f"write: {path.name} can't hold the table ({str(error).splitlines()[0]})") from None
    return path
