"""Files: plain paths, CSV tables read with the line in every complaint, and writing that keeps the older file whole."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import CorridorsError, InputError, kind_of, listed

FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How text begins that a spreadsheet takes for a formula, or that was given a quote so that it does not."""


def local_path(path: Any, name: str = "path") -> Path:
    """A path of this file system, or an error: URLs and GDAL's virtual paths are not read. `name` is the argument."""
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"{name}: is {kind_of(path)}; give the path of a file or folder")
    text = str(path)
    if "://" in text or text.startswith("/vsi") or "\0" in text:
        raise InputError(f"{name}: {text!r} is no plain path; give a file or folder of this computer")
    return Path(text)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path next to `path` to write to, which replaces it at the end; after an error the older file is as it was.

    Raises
    ------
    InputError
        There is no folder for it, or `path` is a folder.
    """
    if not path.parent.is_dir():
        raise InputError(f"write: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise InputError(f"write: {path} is a folder; give the name of a file")
    temporary = _beside(path)
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        for left in path.parent.glob(f"{temporary.name}*"):  # SQLite may leave a journal
            with suppress(OSError):
                left.unlink()


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """A new folder next to `path` to write files to, which take the place of those of their names in it at the end.

    Raises
    ------
    InputError
        There is no folder to make it in, or `path` is a file.
    """
    if not path.parent.is_dir():
        raise InputError(f"write: there is no folder {path.parent}; make it first")
    if path.exists() and not path.is_dir():
        raise InputError(f"write: {path} is a file; give the name of a folder")
    temporary = _beside(path)
    temporary.mkdir()
    try:
        yield temporary
        path.mkdir(exist_ok=True)
        for made in temporary.iterdir():
            os.replace(made, path / made.name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.stem}-{uuid.uuid4().hex[:12]}{path.suffix}")


@contextmanager
def parsing(path: Path, kind: str) -> Iterator[None]:
    """Errors of the libraries that read a file become one of ours, which names the file.

    Parameters
    ----------
    path : Path
    kind : str
        What it should be: ``GeoPackage``.
    """
    try:
        yield
    except (CorridorsError, MemoryError):
        raise
    except Exception as error:  # a parser meets a damaged file with any error there is
        text = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise InputError(f"read: {path.name} is no {kind} that can be read ({text}); take another copy") from error


def read_csv(path: Path) -> pd.DataFrame:
    """A table of a CSV file as text: every cell as it stands, blank where it is blank.

    Rows that end in a comma more than the header are read as they are meant. Blank lines are left out, and the quote
    that `write_csv` puts before text that looks like a formula.

    Parameters
    ----------
    path : Path
        UTF-8, or UTF-16 with its mark; cells split by commas, or by tabs.

    Returns
    -------
    DataFrame
        Strings, a column a name of the header.

    Raises
    ------
    InputError
        No such file, no header, text of another encoding, a row with more or fewer cells than the header has, a quote
        without its end, a column without a name or with the name of another. The file and the line are named.
    """
    text = text_of(path)
    head = text.lstrip("\r\n").partition("\n")[0]
    tabs = "\t" in head and "," not in head
    if ";" in head and "," not in head and not tabs:
        raise InputError(f"{path.name}: cells are split by ';'; save it with commas")
    rows = _rows(path, text, "\t" if tabs else ",")
    if not rows:
        raise InputError(f"{path.name}: is empty; give a line of column names, then a line a row")
    (_, names), *body = rows
    names = [name.strip() for name in names]
    while names and not names[-1]:
        names.pop()
    wide = len(names)
    for line, cells in body:
        if len(cells) < wide or any(cell.strip() for cell in cells[wide:]):
            remedy = (
                "give each a cell, blank where there is nothing" if len(cells) < wide else "quote cells with commas"
            )
            raise InputError(f"{path.name}, line {line}: {len(cells)} cells for {wide} columns; {remedy}")
    names = [name or f"column_{i}" for i, name in enumerate(names)]  # the index that pandas writes has no name
    twice = [name for i, name in enumerate(names) if name in names[:i]]
    if twice:
        raise InputError(f"{path.name}: column {listed(dict.fromkeys(twice))} is there twice; keep one")
    body = [(line, [cell[1:] if cell[:1] == "'" and FORMULA.match(cell) else cell for cell in cells])
            for line, cells in body]  # fmt: skip
    columns = zip(*(cells[:wide] for _, cells in body), strict=True) if body else [()] * wide
    return pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in zip(names, columns, strict=True)})


def write_csv(table: pd.DataFrame, path: Path, *, digits: int | None = 10) -> Path:
    """Write a table as CSV that no spreadsheet takes for formulas: text that begins like one gets a leading quote.

    Parameters
    ----------
    table : DataFrame
    path : Path
        An older file is replaced, at the end.
    digits : int, optional
        Of numbers; None for as many as it takes to read the same number back.
    """
    safe = table.copy()
    for name in safe.columns:
        if safe[name].dtype.kind not in "fiub":
            text = safe[name].astype(object)
            risky = text.map(lambda v: isinstance(v, str) and FORMULA.match(v) is not None)
            safe[name] = np.where(risky, "'" + text.astype(str), text)
    with replacing(path) as temporary:
        safe.to_csv(
            temporary, index=False, lineterminator="\n", float_format=None if digits is None else f"%.{digits}g"
        )
    return path


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark; an InputError with the line where it is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name}: can't be read ({error.strerror}); give a CSV file") from None
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        where = path.name if wide else f"{path.name}, line {line}"
        byte = data[error.start : error.start + 1].hex()
        raise InputError(f"{where}: is not UTF-8 text (byte {byte}); save the file as CSV UTF-8") from None
    if "\0" in text:
        line = text.partition("\0")[0].count("\n") + 1
        raise InputError(f"{path.name}, line {line}: holds a zero byte, so it is no text; save the file as CSV UTF-8")
    return text


def _rows(path: Path, text: str, separator: str) -> list[tuple[int, list[str]]]:
    """Line number and cells of each row that is not blank."""
    before = csv.field_size_limit(2**31 - 1)  # the course of a link may be long
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows, start = [], 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path.name}, line {start}: a quote is not closed ({error}); write it twice within") from None
    finally:
        csv.field_size_limit(before)
    return rows
