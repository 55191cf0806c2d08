"""The schema in the words of Frictionless Data: a ``datapackage.json`` for a folder of CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from corridors.schema.definitions import KEYS, TABLES, Column

TYPES = {"number": "number", "flag": "boolean"}
"""What a kind of column is called by Frictionless; other kinds are strings, lists and shapes (WKT) too."""


def datapackage(columns: Mapping[str, Iterable[str]], kinds: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The description of a folder with a file ``<table>.csv`` a table.

    Parameters
    ----------
    columns : mapping
        The columns of each table, in the file's order.
    kinds : mapping
        By table and column, the type of those that the schema does not name: ``string, number, integer, boolean``.

    References
    ----------
    Frictionless Data, Data Package (v1): Data Resource, Table Schema. Units follow its pattern "unit of a field".

    Examples
    --------
    >>> datapackage({"blocs": ["bloc", "country"]}, {})["resources"][0]["path"]
    'blocs.csv'
    """
    return {
        "profile": "tabular-data-package",
        "name": "corridors-network",
        "resources": [
            {
                "name": table,
                "path": f"{table}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "encoding": "utf-8",
                "schema": table_schema(table, names, kinds.get(table, {}), list(columns)),
            }
            for table, names in columns.items()
        ],
    }


def table_schema(table: str, names: Iterable[str], kinds: Mapping[str, str], tables: Iterable[str]) -> dict[str, Any]:
    """The Table Schema of one table; references to `tables` only, as others are not in the folder."""
    known = {column.name: column for column in TABLES.get(table, ())}
    columns = list(names)
    schema: dict[str, Any] = {
        "fields": [field(known[name]) if name in known else _own(name, kinds) for name in columns],
        "missingValues": [""],
    }
    if KEYS.get(table):
        schema["primaryKey"] = KEYS[table]
    refers = {name: known[name].refers.split(".") for name in columns if name in known and known[name].refers}
    keys = [
        {"fields": name, "reference": {"resource": other, "fields": key}}
        for name, (other, key) in refers.items()
        if other in set(tables)
    ]
    return {**schema, **({"foreignKeys": keys} if keys else {})}


def field(column: Column) -> dict[str, Any]:
    """A column of the schema as a field.

    Examples
    --------
    >>> from corridors.schema import column
    >>> field(column("links", "length"))["unit"]
    'km'
    """
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.low is not None:
        constraints["minimum"] = column.low
    if column.allowed and column.kind == "text":
        constraints["enum"] = [value for value in column.allowed if value]
    return {
        "name": column.name,
        "type": TYPES.get(column.kind, "string"),
        "description": column.meaning,
        **({"unit": column.unit} if column.unit else {}),
        **({"trueValues": ["True"], "falseValues": ["False"]} if column.kind == "flag" else {}),
        **({"constraints": constraints} if constraints else {}),
    }


def _own(name: str, kinds: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "type": kinds.get(name, "string")}
