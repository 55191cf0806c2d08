"""The looks of our maps as layer styles that a GeoPackage holds and QGIS opens it with.

QGIS keeps styles in a table ``layer_styles`` of the file, a row a style, as QML; the default of a layer is the one it
is shown with (QGIS User Guide, "Saving and Sharing Layer Properties"). Categories are rules on ``mode`` and ``status``
of links and ``node_type`` of nodes, so that rows added in QGIS have a look as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

import pandas as pd

from corridors.symbols import MODES, NODES, kind_of_mode, kind_of_node

TABLE = "layer_styles"
COLUMNS = """
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
"""
WIDTH = 0.6
"""Of a line, mm; that of a mode is a part of it."""
POINT = 25.4 / 72
"""Millimetres in a point."""
SHAPES = {"s": "square", "D": "diamond", "^": "triangle", "o": "circle"}
"""QGIS's names of Matplotlib's markers."""
DATE = "2000-01-01T00:00:00.000Z"
"""Of every style, so that a network is the same file whenever it is written."""


def add_styles(path: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Put the styles of nodes and links, as far as they have shapes, into a GeoPackage."""
    with closing(sqlite3.connect(path)) as base, base:
        shapes = dict(base.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
        base.execute(f"CREATE TABLE {TABLE} ({COLUMNS})")
        about = "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES (?, ?, ?, ?)"
        base.execute(about, (TABLE, "attributes", TABLE, DATE))
        for table, style in (("links", _links), ("nodes", _nodes)):
            if table in tables and table in shapes:
                row = ("", "", table, shapes[table], f"corridors: {table}", style(tables[table]), True, DATE)
                base.execute(
                    f"INSERT INTO {TABLE} (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
                    "styleName, styleQML, useAsDefault, update_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    row,
                )


def _links(links: pd.DataFrame) -> str:
    """Lines by kind of mode; what does not operate is thin and dotted."""
    kinds = {mode: kind_of_mode(str(mode)) for mode in sorted(links["mode"].dropna().astype(str).unique())}
    rules = []
    for kind in (kind for kind in MODES if kind in kinds.values()):
        look, modes = MODES[kind], [mode for mode, of in kinds.items() if of == kind]
        width = WIDTH * look.thin
        dash = ";".join(f"{length * POINT:.2f}" for length in look.dash)
        line = {"line_color": _rgb(look.color), "line_width": f"{width:.2f}", "use_custom_dash": str(int(bool(dash)))}
        rules.append((look.label, f"{_among('mode', modes)} AND {_OPERATES}", {**line, "customdash": dash or "5;2"}))
    if "status" in links and (links.status != "operating").any():
        idle = {"line_color": _rgb("#66707a"), "line_width": "0.26", "use_custom_dash": "1", "customdash": "1;1"}
        rules.append(("Planned or closed", f"NOT ({_OPERATES})", idle))
    return _qml("line", "SimpleLine", rules)


_OPERATES = "coalesce(\"status\", 'operating') = 'operating'"


def _nodes(nodes: pd.DataFrame) -> str:
    """Marks by kind of node."""
    types = nodes.node_type.dropna().astype(str).unique() if "node_type" in nodes else []
    kinds = {kind: sorted(t for t in types if kind_of_node(t) == kind) for kind in NODES}
    rules = []
    for kind, of in kinds.items():
        look = NODES[kind]
        mark = {"name": SHAPES[look.marker], "color": "251,250,247,255", "outline_color": _rgb("#1d2733")}
        where = "ELSE" if kind == "junction" else _among("node_type", of)
        if of or kind == "junction":
            rules.append((look.label, where, {**mark, "size": f"{look.size * POINT:.2f}", "outline_width": "0.2"}))
    return _qml("marker", "SimpleMarker", rules)


def _qml(kind: str, layer: str, rules: Iterable[tuple[str, str, Mapping[str, str]]]) -> str:
    """A document of rules, each with a symbol of one layer."""
    document = Element("qgis", styleCategories="Symbology")
    renderer = SubElement(document, "renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0")
    tree, symbols = SubElement(renderer, "rules", key="rules"), SubElement(renderer, "symbols")
    for number, (label, where, options) in enumerate(rules):
        SubElement(tree, "rule", key=f"rule {number}", label=label, filter=where, symbol=str(number))
        symbol = SubElement(symbols, "symbol", type=kind, name=str(number), alpha="1", clip_to_extent="1")
        of = SubElement(symbol, "layer", {"class": layer, "enabled": "1", "pass": "0", "locked": "0"})
        given = SubElement(of, "Option", type="Map")
        for name, value in options.items():
            SubElement(given, "Option", type="QString", name=name, value=value)
    doctype = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return doctype + tostring(document, encoding="unicode")


def _among(column: str, known: Iterable[str]) -> str:
    """An expression of QGIS: whether a column has one of some words that need no quoting."""
    words = ", ".join(f"'{word}'" for word in known)
    return f'"{column}" IN ({words})'


def _rgb(color: str) -> str:
    return ",".join(str(int(color[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"
