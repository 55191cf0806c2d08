"""A folder with a CSV file a table, and a ``datapackage.json`` that says what their columns are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from corridors.errors import InputError, listed
from corridors.io.case import Content
from corridors.io.files import parsing, read_csv, replacing_folder, write_csv
from corridors.io.recipe import ALIASES, Recipe
from corridors.io.tables import ITEM, kind_of_cells, with_wkt
from corridors.schema.datapackage import datapackage
from corridors.schema.definitions import TABLES

DESCRIPTION = "datapackage.json"
_TYPES = {"numbers": "number", "flags": "boolean"}


def is_one(path: Path) -> bool:
    """Whether a folder has a description, or a CSV file of links."""
    return path.is_dir() and bool(_files(path))


def read(path: Path) -> Content:
    """The tables of a folder: those that its description names, else those that are called as tables are."""
    description = _description(path)
    resources = _resources(path, description)
    tables = {name: read_csv(file) for name, (file, _) in resources.items()}
    about = description.get(ITEM, {})
    fields = {name: own for name, (_, own) in resources.items()}
    units = {f"{name}.{column['name']}": column["unit"] for name, own in fields.items() if name in TABLES
             for column in own if isinstance(column.get("unit"), str) and _is_other(name, column)}  # fmt: skip
    tables = {name: _typed(table, fields[name], name) for name, table in tables.items()}
    return Content(tables, about if isinstance(about, dict) else {}, Recipe(units=units))


def write(content: Content, path: Path) -> None:
    """Write a CSV file a table and the description; numbers have as many digits as give the same numbers back."""
    with replacing_folder(path) as temporary:
        put(content, temporary)


def put(content: Content, folder: Path) -> None:
    """Put files and description into a folder that is there."""
    for name, table in content.tables.items():
        write_csv(with_wkt(table), folder / f"{name}.csv", digits=None)
    columns = {name: list(map(str, table)) for name, table in content.tables.items()}
    kinds = {
        name: {str(c): _TYPES.get(kind_of_cells(table[c]), "string") for c in table if c not in _schema(name)}
        for name, table in content.tables.items()
    }
    package = datapackage(columns, kinds) | {ITEM: content.about}
    (folder / DESCRIPTION).write_text(f"{json.dumps(package, indent=1, ensure_ascii=False)}\n", encoding="utf-8")


def _schema(table: str) -> set[str]:
    return {column.name for column in TABLES.get(table, ())}


def _is_other(table: str, field: Mapping[str, Any]) -> bool:
    """Whether a field is a number of the schema in another unit than the schema has."""
    return any(c.name == field.get("name") and c.unit and c.unit != field["unit"] for c in TABLES[table])


def _typed(table: pd.DataFrame, fields: list[Mapping[str, Any]], name: str) -> pd.DataFrame:
    """Columns that are not in the schema, as numbers and flags where the description calls them so."""
    for column in fields:
        own, kind = column.get("name"), column.get("type")
        if own not in table or own in _schema(name):
            continue
        if kind in ("number", "integer"):
            numbers = pd.to_numeric(table[own].replace("", None), errors="coerce")
            table[own] = numbers if numbers.notna().eq(table[own] != "").all() else table[own]
        elif kind == "boolean" and table[own].isin(["True", "False"]).all():
            table[own] = table[own] == "True"
    return table


def _files(path: Path) -> list[Path]:
    names = {f"{name}.csv" for table in ("links", "nodes") for name in (table, *ALIASES[table])} | {DESCRIPTION}
    return [file for file in path.iterdir() if file.name.casefold() in names]


def _description(path: Path) -> dict[str, Any]:
    file = path / DESCRIPTION
    if not file.is_file():
        return {}
    with parsing(file, "description of a data package"):
        found = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise InputError(f"{DESCRIPTION}: is no object; give a data package of Frictionless Data")
    return found


def _resources(path: Path, description: Mapping[str, Any]) -> dict[str, tuple[Path, list[Mapping[str, Any]]]]:
    """The file of each table and its fields."""
    listed_ones = description.get("resources")
    if not isinstance(listed_ones, list):
        files = sorted(file for file in path.iterdir() if file.suffix.casefold() == ".csv" and file.is_file())
        return {file.stem: (file, []) for file in files}
    found: dict[str, tuple[Path, list[Mapping[str, Any]]]] = {}
    for resource in listed_ones:
        name, file = (resource.get(key) if isinstance(resource, dict) else None for key in ("name", "path"))
        if not isinstance(name, str) or not isinstance(file, str):
            raise InputError(f"{DESCRIPTION}: a resource has no name or no path; give each both, as text")
        inside = (path / file).resolve()
        if not inside.is_relative_to(path.resolve()) or "\0" in file:
            raise InputError(f"{DESCRIPTION}: path {file!r} of {name} is outside of the folder; give files within it")
        if inside.suffix.casefold() in (".csv", ".tsv", ".txt"):
            schema = resource.get("schema")
            fields = schema.get("fields") if isinstance(schema, dict) else None
            found[name] = (inside, [one for one in fields if isinstance(one, dict)] if isinstance(fields, list) else [])
    if not found:
        raise InputError(f"{DESCRIPTION}: names no CSV file; give {listed(['nodes.csv', 'links.csv'])} at least")
    return found
