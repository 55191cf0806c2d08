"""The formats that networks are read from and written to: each says by the content of a file whether it is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corridors.errors import InputError, listed
from corridors.io import csv_folder, dimacs, excel, geojson, geopackage, geoparquet, gmns, shapefile, tntp
from corridors.io.case import Content


@dataclass(frozen=True)
class Format:
    """A format of files.

    Parameters
    ----------
    name : str
        What `corridors.write` calls it.
    is_one : callable
        Whether a path is one, by its content.
    read : callable
        Its content.
    write : callable, optional
        Writes content to a path; None where the format is read only.
    suffixes : tuple of str
        How names of files end that are written in it; ``""`` for a folder.
    """

    name: str
    is_one: Callable[[Path], bool]
    read: Callable[[Path], Content]
    write: Callable[[Content, Path], None] | None = None
    suffixes: tuple[str, ...] = ()


FORMATS = (
    Format("geopackage", geopackage.is_one, geopackage.read, geopackage.write, (".gpkg",)),
    Format("excel", excel.is_one, excel.read, excel.write, (".xlsx",)),
    Format("geojson", geojson.is_one, geojson.read, geojson.write, (".geojson", ".json")),
    Format("gmns", gmns.is_one, gmns.read, gmns.write),
    Format("csv", csv_folder.is_one, csv_folder.read, csv_folder.write, ("",)),
    Format("geoparquet", geoparquet.is_one, geoparquet.read, geoparquet.write),
    Format("shapefile", shapefile.is_one, shapefile.read),
    Format("tntp", tntp.is_one, tntp.read),
    Format("dimacs", dimacs.is_one, dimacs.read),
)
"""In the order in which a file is asked what it is."""


def format_of(path: Path) -> Format:
    """The format of a file or folder that is there.

    Raises
    ------
    InputError
        Nothing is there, or nothing that is known.
    """
    if not path.exists():
        raise InputError(f"read: path {path} is no file or folder that is there; give one")
    for one in FORMATS:
        if one.is_one(path):
            return one
    what = "a folder" if path.is_dir() else "a file"
    names = listed([one.name for one in FORMATS][:5]) if path.is_dir() else ", ".join(one.name for one in FORMATS)
    raise InputError(f"read: {path} is {what} of no known format; a network is read from {names}")


def format_named(name: str | None, path: Path) -> Format:
    """The format to write to: by its name, else by how the path ends.

    Raises
    ------
    InputError
        No format is called so, or none that is written.
    """
    written = {one.name: one for one in FORMATS if one.write is not None}
    if name is not None:
        if name not in written:
            raise InputError(f"format: {name!r} is none that is written; give one of {', '.join(written)}")
        return written[name]
    for one in written.values():
        if path.suffix.casefold() in one.suffixes:
            return one
    ends = ", ".join(suffix for one in written.values() for suffix in one.suffixes if suffix)
    raise InputError(
        f"write: {path.name} is the name of no format that is written; give a name that ends in {ends}, a name without "
        f"an ending for a folder of CSV, or format= ({', '.join(written)})"
    )
