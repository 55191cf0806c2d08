"""How large a file may become when it is unpacked: a small one that says it is huge is refused before it is read."""

from __future__ import annotations

import zipfile
from pathlib import Path

from corridors.errors import InputError

SMALL = 1 << 29
"""Bytes, half a gigabyte: what is no larger is read, however small the file is."""
RATIO = 50
"""Times the size of the file: tables of numbers and text are packed to a tenth, seldom to a thirtieth."""


def check_size(path: Path, unpacked: int) -> None:
    """Raise where a file would be unpacked to more than `SMALL` and to more than `RATIO` times its size."""
    if unpacked > most(path):
        raise InputError(
            f"read: {path.name} unpacks to {unpacked / 2**20:,.0f} MiB from {path.stat().st_size / 2**20:,.1f}; "
            "that is no table: it is not read"
        )


def most(path: Path) -> int:
    """Bytes that a file may be unpacked to."""
    return max(SMALL, RATIO * path.stat().st_size)


def check_zip(path: Path) -> list[str]:
    """The names in a ZIP file, whose parts are of a bearable size together; nothing is unpacked."""
    with zipfile.ZipFile(path) as parts:
        check_size(path, sum(part.file_size for part in parts.infolist()))
        return parts.namelist()
