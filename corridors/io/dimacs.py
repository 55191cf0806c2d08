"""Min-cost-flow problems in the format of DIMACS (``.min``), plain or gzip: ``p min V E``, ``n`` lines, ``a`` lines.

A negative capacity is none, as LEMON has it. References: DIMACS (1991), The First DIMACS International Algorithm
Implementation Challenge: Problem Definitions and Specifications, section 2.3.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors.arrays.problem import UNCAPACITATED, Problem
from corridors.errors import InputError, kind_of
from corridors.io.case import Content
from corridors.io.files import local_path, replacing
from corridors.io.limits import most
from corridors.io.recipe import Recipe

LARGEST = np.iinfo(np.int64).max
MOST = 1 << 28
"""Vertices and arcs that a file may announce."""
IDLE = 1 << 20
"""Vertices that may be announced, however few have arcs."""
CHUNK = 1 << 20
"""Bytes that are read at a time, and the longest line."""
FROM, TO = "supply", "demand"
"""The zones that the sources and the sinks of a problem are members of."""


def is_one(path: Path) -> bool:
    """Whether the first line that is no comment names a problem, ``p min``."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.read(1 << 16)
    if start[:2] == b"\x1f\x8b":
        try:
            start = zlib.decompressobj(31).decompress(start, 1 << 16)
        except zlib.error:
            return True
    lines = (line.strip() for line in start.split(b"\n"))
    first = next((line for line in lines if line and line != b"c" and not line.startswith((b"c ", b"c\t"))), b"")
    return first.split()[:2] == [b"p", b"min"]


def read_dimacs(path: str | Path) -> Problem:
    """Read a min-cost-flow problem in the format of DIMACS, plain or gzip.

    Vertices are numbered from 0 here, from 1 in the file; arcs keep their order.

    Parameters
    ----------
    path : path

    Returns
    -------
    Problem
        Its arcs in the order of the file.

    Raises
    ------
    InputError
        A line that is none of the format, by its number; more or fewer arcs than announced; what `Problem` refuses.

    Examples
    --------
    >>> import corridors as cd
    >>> problem = cd.Problem([0, 0], [1, 1], [4, 2], [2, 5], [5, -5])
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     back = cd.read_dimacs(cd.write_dimacs(problem, f"{folder}/two.min.gz"))
    >>> back.capacity.tolist()
    [4, 2]
    """
    path = local_path(path)
    sizes: tuple[int, int] | None = None
    supply: dict[int, int] = {}
    arcs: list[list[str]] = []
    for number, line in _lines(path):
        words = line.split()
        if words[0] == "c":
            continue
        kind, count = words[0], len(words)
        if kind == "a" and count == 6:
            arcs.append(words[1:])
        elif kind == "n" and count == 3:
            vertex, amount = _whole(path, number, words[1:])
            supply[vertex] = supply.get(vertex, 0) + amount
        elif kind == "p" and count == 4 and words[1] == "min" and sizes is None:
            sizes = tuple(_whole(path, number, words[2:]))  # type: ignore[assignment]
        else:
            raise InputError(f"{path.name}, line {number}: {line.strip()[:60]!r} is no line of a problem 'p min'")
        if sizes is None:
            raise InputError(f"{path.name}, line {number}: comes before the line 'p min VERTICES ARCS'; put that first")
    if sizes is None:
        raise InputError(f"{path.name}: has no line 'p min VERTICES ARCS'; give a min-cost-flow problem")
    vertices, count = sizes
    if len(arcs) != count or not 0 <= vertices <= MOST:
        raise InputError(f"{path.name}: has {len(arcs)} arcs and announces {vertices} vertices and {count} arcs")
    if vertices > max(IDLE, 10 * (2 * count + len(supply))):
        raise InputError(f"{path.name}: announces {vertices} vertices, and hardly any has an arc; it is not read")
    strange = [vertex for vertex in supply if not 1 <= vertex <= vertices]
    if strange:
        raise InputError(f"{path.name}: n names vertex {strange[0]}; give 1 to {vertices}")
    try:
        table = np.array(arcs, dtype=np.int64).reshape(-1, 5)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{path.name}: an arc has a number that is no whole one of 64 bits ({error})") from None
    tail, head, lower, capacity, cost = table.T
    sends = np.zeros(vertices, np.int64)
    sends[np.array(list(supply), int) - 1] = list(supply.values())
    capacity = np.where(capacity < 0, UNCAPACITATED, capacity)
    return Problem(tail - 1, head - 1, capacity, cost, sends, lower)


def write_dimacs(problem: Problem, path: str | Path) -> Path:
    """Write a min-cost-flow problem in the format of DIMACS; gzip where the name ends in ``.gz``.

    Parameters
    ----------
    problem : Problem
    path : path
        An older file is replaced.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        Capacities below zero, which the format takes for none.

    Examples
    --------
    >>> import tempfile
    >>> import corridors as cd
    >>> problem = cd.Problem([0, 0], [1, 1], [4, 2], [2, 5], [5, -5])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(cd.write_dimacs(problem, f"{folder}/two.min").read_text(encoding="utf-8"))
    p min 2 2
    n 1 5
    n 2 -5
    a 1 2 0 4 2
    a 1 2 0 2 5
    """
    if not isinstance(problem, Problem):
        raise InputError(f"problem: is {kind_of(problem)}; give a Problem")
    path = local_path(path)
    if (problem.capacity < 0).any():
        raise InputError("problem: a capacity is negative, which is none in DIMACS; add to it, and to lower and supply")
    capacity = np.where(problem.capacity == UNCAPACITATED, -1, problem.capacity)
    lines = [f"p min {problem.V} {problem.E}"]
    lines += [f"n {i + 1} {problem.supply[i]}" for i in np.flatnonzero(problem.supply)]
    columns = (problem.tail + 1, problem.head + 1, problem.lower, capacity, problem.cost)
    lines += [f"a {a} {b} {c} {d} {e}" for a, b, c, d, e in zip(*(column.tolist() for column in columns), strict=True)]
    data = "\n".join([*lines, ""]).encode()
    with replacing(path) as temporary:
        temporary.write_bytes(gzip.compress(data, 6, mtime=0) if path.suffix == ".gz" else data)
    return path


def read(path: Path) -> Content:
    """A problem as tables: sources are members of the zone ``supply``, sinks of the zone ``demand``.

    All that is supplied is one row of demand, whose value is above the cost of any path.
    """
    problem = read_dimacs(path)
    if problem.lower.any():
        raise InputError(f"read: {path.name} has lower bounds, which links have not; cd.read_dimacs gives it as arrays")
    if (problem.cost < 0).any():
        raise InputError(f"read: {path.name} has costs below zero, which links have not; cd.read_dimacs reads it")
    sources, sinks = np.flatnonzero(problem.supply > 0), np.flatnonzero(problem.supply < 0)
    ends = {FROM: ("origin", sources), TO: ("destination", sinks)}
    zones = pd.concat(
        [
            pd.DataFrame({"zone_id": zone, "role": role, "node_id": at + 1, "limit": np.abs(problem.supply[at])})
            for zone, (role, at) in ends.items()
        ],
        ignore_index=True,
    )
    kept = problem.tail != problem.head
    links = pd.DataFrame(
        {
            "link_id": np.arange(1, problem.E + 1)[kept],
            "from_node_id": problem.tail[kept] + 1,
            "to_node_id": problem.head[kept] + 1,
            "capacity": np.where(problem.capacity == UNCAPACITATED, np.inf, problem.capacity)[kept],
            "tariff": problem.cost[kept],
        }
    )
    value = int(np.sort(problem.cost)[::-1][: max(problem.V - 1, 0)].sum()) + 1
    row = {"demand_id": [1], "commodity": ["flow"], "origin": [FROM], "destination": [TO],
           "volume": [int(problem.supply[sources].sum())], "value": [value]}  # fmt: skip
    tables = {"nodes": pd.DataFrame({"node_id": np.arange(1, problem.V + 1)}), "links": links, "zones": zones}
    tables |= {"demand": pd.DataFrame(row)} if len(sources) else {}
    return Content(tables, recipe=Recipe(fill={"links": {"mode": "road", "directed": True}}))


def _whole(path: Path, number: int, words: list[str]) -> list[int]:
    try:
        found = [int(word) for word in words]
    except ValueError:
        raise InputError(f"{path.name}, line {number}: {' '.join(words)[:60]!r} are no whole numbers") from None
    if any(abs(value) > LARGEST for value in found):
        raise InputError(f"{path.name}, line {number}: {' '.join(words)[:60]!r} leaves 64-bit integers")
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number and text of the lines of a plain or packed file that are not blank; no more of it than `most` says."""
    left, number, rest = most(path) if path.is_file() else 0, 1, b""
    try:
        with path.open("rb") as start:
            packed = start.read(2) == b"\x1f\x8b"
        opened: Any = gzip.open if packed else open
        with opened(path, "rb") as file:
            while chunk := file.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise InputError(f"read: {path.name} unpacks to more than a problem would; it is not read")
                whole, newline, rest = (rest + chunk).rpartition(b"\n")
                if len(rest) > CHUNK:
                    raise InputError(f"{path.name}, line {number}: is longer than a line of a problem")
                yield from _texts(whole, number)
                number += whole.count(b"\n") + len(newline)
            yield from _texts(rest, number)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"read: path {path.name} can't be read ({error}); give a file in the format of DIMACS"
        ) from None


def _texts(lines: bytes, number: int) -> Iterator[tuple[int, str]]:
    at = 0
    for line in re.finditer(rb"[^\s][^\n]*", lines):
        number += lines.count(b"\n", at, line.start())
        at = line.start()
        yield number, line[0].decode("ascii", errors="replace")
