"""Links that only follow each other, with the same attributes, as one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import shapely

NOT_COMPARED = ("link_id", "length", "geometry", "from_node_id", "to_node_id")


def merged(table: pd.DataFrame, shapes: Any, rows: Any, ends: Any) -> tuple[Any, Any, Any]:
    """Lines between nodes at which something ends, meets or changes.

    Parameters
    ----------
    table : DataFrame
        Attributes; a line is of the row that `rows` says, or of none (-1).
    shapes : (n,) of LineString
    rows : (n,) int
    ends : (n, 2) int
        Nodes.

    Returns
    -------
    shapes, rows, ends
        Of the chains; a chain is of the row of its first line and runs as that one does.
    """
    kind = pd.util.hash_pandas_object(table.drop(columns=list(NOT_COMPARED), errors="ignore").astype(str), index=False)
    kinds = [hash((int(kind.iloc[row]), row < 0)) for row in rows]
    at: dict[int, list[int]] = defaultdict(list)
    for i, (a, b) in enumerate(ends.tolist()):
        at[a].append(i)
        at[b].append(i)
    one_way = table["directed"].astype(str).str.lower().isin(["true", "1"]).to_numpy() if "directed" in table else None
    left = np.ones(len(rows), bool)
    out: tuple[list[Any], list[int], list[tuple[int, int]]] = ([], [], [])
    for i in range(len(rows)):
        if not left[i]:
            continue
        left[i] = False
        directed = bool(one_way is not None and rows[i] >= 0 and one_way[rows[i]])
        points = [shapely.get_coordinates(shapes[i])]
        start, end = (int(node) for node in ends[i])
        while (step := _next(end, kinds[i], at, left, kinds, ends, directed)) is not None:
            line, ahead = step
            beyond = int(ends[line][1 if ahead else 0])
            if beyond == start:
                break  # a ring stays two links: the same line drawn twice leads somewhere
            left[line] = False
            points.append(shapely.get_coordinates(shapes[line])[:: 1 if ahead else -1][1:])
            end = beyond
        while (step := _next(start, kinds[i], at, left, kinds, ends[:, ::-1], directed)) is not None:
            line, ahead = step
            beyond = int(ends[line][0 if ahead else 1])
            if beyond == end:
                break
            left[line] = False
            points.insert(0, shapely.get_coordinates(shapes[line])[:: 1 if ahead else -1][:-1])
            start = beyond
        out[0].append(shapely.LineString(np.concatenate(points)))
        out[1].append(int(rows[i]))
        out[2].append((start, end))
    lines = np.array([*out[0], None], dtype=object)[:-1]
    return lines, np.array(out[1], np.int64), np.array(out[2], np.int64).reshape(-1, 2)


def _next(
    node: int, kind: int, at: dict[int, list[int]], left: Any, kinds: list[int], ends: Any, directed: bool
) -> tuple[int, bool] | None:
    """The one other line at a node, where it goes on as the chain does; and whether it leaves from the node."""
    lines = at[node]
    follow = [line for line in lines if left[line] and kinds[line] == kind]
    if len(lines) != 2 or len(follow) != 1:
        return None
    ahead = bool(ends[follow[0]][0] == node)
    return (follow[0], ahead) if ahead or not directed else None
