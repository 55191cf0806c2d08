"""Excel workbooks, a sheet a table, and a sheet that says what the columns are; for a colleague without Python."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from corridors.errors import InputError, complaint
from corridors.io.case import Content
from corridors.io.files import parsing, replacing
from corridors.io.limits import check_zip
from corridors.io.optional import needed
from corridors.io.tables import ITEM, with_wkt
from corridors.schema.definitions import TABLES

COLUMNS, ABOUT = "columns", "about"
"""Sheets that are no tables: the schema of those there are, and what `corridors.io.tables` keeps."""
ROWS, LETTERS = 1_048_575, 32_767
"""What a sheet and a cell hold at most, by Microsoft's specification of Excel."""


def is_one(path: Path) -> bool:
    """Whether a file is a workbook of Office Open XML."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as parts:
            return any(name.startswith("xl/") for name in parts.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError):
        return path.suffix.casefold() == ".xlsx"


def read(path: Path) -> Content:
    """The sheets of a workbook; of formulas the values that Excel left in it. No macro, link or entity is followed."""
    openpyxl = needed("openpyxl", "openpyxl", "Excel workbooks")
    with parsing(path, "Excel workbook"):
        check_zip(path)
        _check_entities(path)
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            tables = {sheet.title: _table(sheet) for sheet in book.worksheets}
        tables.pop(COLUMNS, None)
        about = tables.pop(ABOUT, None)
        return Content(tables, _about(about) if about is not None else {})


def write(content: Content, path: Path) -> None:
    """Write a workbook; text is never a formula, and an older file is replaced at the end."""
    openpyxl = needed("openpyxl", "openpyxl", "Excel workbooks")
    book = openpyxl.Workbook(write_only=True)
    for name, table in content.tables.items():
        _put(book, name, with_wkt(table))
    schema = [(name, c.name, c.unit, c.meaning) for name in content.tables for c in TABLES[name]]
    _put(book, COLUMNS, pd.DataFrame(schema, columns=["table", "column", "unit", "meaning"]))
    about = {key: json.dumps(value) for key, value in content.about.items()}
    _put(book, ABOUT, pd.DataFrame({"key": [ITEM, *about], "value": ["", *about.values()]}))
    with replacing(path) as temporary:
        book.save(temporary)


def write_table(table: pd.DataFrame, path: Path, name: str = "table") -> Path:
    """Write one table as a workbook; text is never a formula."""
    book = needed("openpyxl", "openpyxl", "Excel workbooks").Workbook(write_only=True)
    _put(book, name, table)
    with replacing(path) as temporary:
        book.save(temporary)
    return path


def _put(book: Any, name: str, table: pd.DataFrame) -> None:
    from openpyxl.cell import WriteOnlyCell

    if len(table) > ROWS:
        raise InputError(f"write: {name} has {len(table)} rows, and a sheet of Excel holds {ROWS}; give another format")
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "B2"
    for row in ([list(map(str, table))], table.itertuples(index=False, name=None)):
        for values in row:
            sheet.append([_cell(WriteOnlyCell(sheet), value, name) for value in values])


def _cell(cell: Any, value: Any, table: str) -> Any:
    """A cell that holds what it is given: text is text, whatever it begins with."""
    if value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value))):
        return None
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, str) or not isinstance(value, (bool, int, float, pd.Timestamp)):
        text = str(value)
        if len(text) > LETTERS:
            remedy = f"a cell of Excel holds {LETTERS}; give a GeoPackage"
            raise InputError(complaint(table, "a cell has more letters than Excel holds", [text[:40]], remedy))
        try:
            cell.value = text
        except ValueError as error:
            raise InputError(f"write: {table} has a cell that Excel does not hold ({error})") from None
        cell.data_type = "s"
        return cell
    cell.value = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    return cell


def _table(sheet: Any) -> pd.DataFrame:
    """The cells of a sheet under the names in its first row; rows and columns without any cell are left out."""
    sheet.reset_dimensions()
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    rows = [row for row in rows if any(cell is not None for cell in row)]
    if not rows:
        return pd.DataFrame()
    names = [str(name).strip() if name is not None else "" for name in rows[0]]
    wide = max(len(row) for row in rows)
    names += [""] * (wide - len(names))
    cells = [row + [None] * (wide - len(row)) for row in rows[1:]]
    kept = [i for i in range(wide) if names[i] or any(row[i] is not None for row in cells)]
    nameless = [i + 1 for i in kept if not names[i]]
    if nameless:
        raise InputError(
            f"{sheet.title}: column {nameless[0]} has cells and no name in the first row; name it, or "
            "delete the rows above the names"
        )
    return pd.DataFrame({i: pd.Series([row[i] for row in cells], dtype=object) for i in kept}).set_axis(
        [names[i] for i in kept], axis=1
    )


def _about(sheet: pd.DataFrame) -> dict[str, Any]:
    rows = dict(zip(sheet["key"], sheet["value"], strict=True)) if {"key", "value"} <= set(sheet) else {}
    return {str(key): json.loads(value) for key, value in rows.items() if key != ITEM} if ITEM in rows else {}


def _check_entities(path: Path) -> None:
    """Raise where a part declares a document type: no workbook does, and its entities may be bombs or other files."""
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                before = b""
                with parts.open(name) as part:
                    while chunk := part.read(1 << 20):
                        text = (before + chunk).replace(b"\0", b"").upper()
                        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                            raise InputError(f"read: {path.name} declares entities in {name}; save it again in Excel")
                        before = chunk[-64:]
