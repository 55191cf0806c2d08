"""GeoParquet, a file a table in a folder; and single files of links, with their nodes next to them or without any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from corridors.errors import InputError
from corridors.io.case import Content
from corridors.io.files import parsing, replacing_folder
from corridors.io.limits import check_size
from corridors.io.optional import needed
from corridors.io.tables import ITEM, on_the_map

MAGIC = b"PAR1"


def is_one(path: Path) -> bool:
    """Whether a file is Parquet, or a folder has some."""
    return _is_parquet(path) if path.is_file() else path.is_dir() and any(_files(path))


def read(path: Path) -> Content:
    """The tables of a folder by the names of its files, or the one of a file."""
    tables = {file.stem: read_table(file) for file in (_files(path) if path.is_dir() else [path])}
    links = next((table for table in tables.values() if ITEM in table.attrs), None)
    about = links.attrs[ITEM] if links is not None else {}
    return Content(tables, about if isinstance(about, dict) else {})


def read_table(path: Path) -> pd.DataFrame:
    """The table of one file; with its shapes, where it has any."""
    parquet = needed("pyarrow.parquet", "pyarrow", "Parquet files")
    with parsing(path, "Parquet"):
        metadata = parquet.read_metadata(path)
        groups = (metadata.row_group(i) for i in range(metadata.num_row_groups))
        check_size(path, sum(group.total_byte_size for group in groups) + 8 * metadata.num_rows * metadata.num_columns)
        table = (
            gpd.read_parquet(path) if b"geo" in (metadata.metadata or {}) else pd.read_parquet(path, engine="pyarrow")
        )
        held = [name for name in table.index.names if name is not None]
        return table.reset_index(held) if held else table


def write(content: Content, path: Path) -> None:
    """Write a folder with ``nodes.parquet, links.parquet, ...``; files of their names are replaced, at the end."""
    needed("pyarrow.parquet", "pyarrow", "Parquet files")
    tables, about = on_the_map(content.tables, content.about)
    with replacing_folder(path) as temporary:
        for name, table in tables.items():
            own = table.copy()
            own.attrs = {ITEM: about} if name == "links" else {}
            try:
                own.to_parquet(temporary / f"{name}.parquet", index=False)
            except (ValueError, TypeError, OverflowError, NotImplementedError) as error:
                raise InputError(f"write: {name} does not go into a Parquet file ({_line(error)})") from None


def _line(error: Exception) -> Any:
    return str(error).splitlines()[0]


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == MAGIC


def _files(path: Path) -> list[Path]:
    return sorted(file for file in path.iterdir() if file.is_file() and _is_parquet(file))
