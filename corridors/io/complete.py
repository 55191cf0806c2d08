"""What files of others leave out and the rest of them says: nodes, ids, directions, lengths and times of links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from corridors.errors import InputError, complaint, listed, nearest, warn
from corridors.io.cells import column, numbers
from corridors.io.places import shape_of
from corridors.io.recipe import BACK, DIRECTION, NAMED, SPEED, shipped
from corridors.places import apart, course_km, ground_km, tips
from corridors.schema.columns import ids_in

NEAR = 1e-4
"""Degrees, ten metres on the ground: ends of lines that are one node are no further from each other."""


def completed(tables: Mapping[str, pd.DataFrame], *, own: bool = False) -> dict[str, pd.DataFrame]:
    """Tables with what follows from the rest of them; geometry is in degrees.

    Parameters
    ----------
    tables : dict
        By their names here, in columns of the library.
    own : bool
        Whether this library wrote them, so that what is blank is meant to be.

    Raises
    ------
    InputError
        Links without a mode, without ends, or without nodes and lines to take them from.
    """
    tables = dict(tables)
    if "links" not in tables:
        return tables
    links = pd.DataFrame(tables["links"])
    _check_ends(links)
    if "link_id" in links and ids_in(links.link_id).eq("").all():
        links = links.drop(columns="link_id")
    links = without_loops(_one_way(_with_single_lines(links)))
    _check_modes(links)
    if "link_id" not in links:
        links = links.assign(link_id=_named_by_ends(links))
    if "nodes" not in tables:
        tables["nodes"] = _nodes_of(links)
    tables["links"] = _with_times(_with_lengths(links, pd.DataFrame(tables["nodes"]), own=own))
    return tables


def _check_ends(links: pd.DataFrame) -> None:
    missing = [c for c in ("from_node_id", "to_node_id") if c not in links]
    if missing:
        lines = ", or make a network of the lines by cd.from_lines" if "geometry" in links else ""
        raise InputError(
            f"links: column {listed(missing)} is missing; name the columns of the ends, "
            f"names={{'u': 'from_node_id', 'v': 'to_node_id'}}, or the tool that wrote the file, recipe= "
            f"({', '.join(shipped())}){lines}{nearest(missing, links.columns)}"
        )


def _one_way(links: pd.DataFrame) -> pd.DataFrame:
    """Links with ``directed`` by a column of directions, turned round where they run to -> from."""
    if NAMED[DIRECTION] in links:
        given = links[NAMED[DIRECTION]].rename(DIRECTION)
        flag = numbers("links", given, links)
        wrong = ~flag.isin([-1, 0, 1])
        if wrong.any():
            found = ", ".join(dict.fromkeys(repr(cell) for cell in given[wrong]))
            raise InputError(f"links: direction is {found}; give 1 (from -> to), -1 (to -> from) or 0 (both)")
        links, flag = _by_direction(links, flag)
        back = (flag == -1).to_numpy()
        first, last = links.from_node_id.astype(object), links.to_node_id.astype(object)
        links = links.assign(
            from_node_id=first.where(~back, last), to_node_id=last.where(~back, first), directed=flag != 0
        ).drop(columns=NAMED[DIRECTION])
        if "geometry" in links and back.any():
            links["geometry"] = [
                _turned(line) if turn else line for line, turn in zip(links.geometry, back, strict=True)
            ]
    return links


def _by_direction(links: pd.DataFrame, flag: pd.Series[float]) -> tuple[pd.DataFrame, pd.Series[float]]:
    """Links with the values of their direction; those whose two directions differ as two, ``ID_ab`` and ``ID_ba``."""
    columns = {str(c).removesuffix(BACK): c for c in links if str(c).endswith(BACK)}
    if not columns:
        return links, flag
    plain = links.drop(columns=list(columns.values()))
    of_way = [pd.DataFrame({c: column("links", links, there) for c, there in columns.items()}, links.index)
              for columns in ({c: c for c in columns}, columns)]  # fmt: skip
    ahead, back = (plain.assign(**values) for values in of_way)
    differ = (flag == 0) & ~(of_way[0].eq(of_way[1]) | (of_way[0].isna() & of_way[1].isna())).all(axis=1)
    if differ.any() and "link_id" in links:
        ids = ids_in(links.link_id).astype(object)
        ahead, back = (way.assign(link_id=ids.where(~differ, ids + end))
                       for way, end in ((ahead, "_ab"), (back, "_ba")))  # fmt: skip
    found = pd.concat([ahead[flag != -1], back[(flag == -1) | differ]]).sort_index(kind="stable")
    flags = pd.concat([flag.mask(differ, 1.0)[flag != -1], flag.mask(differ, -1.0)[(flag == -1) | differ]])
    return found.reset_index(drop=True), flags.sort_index(kind="stable").reset_index(drop=True)


def _turned(line: Any) -> Any:
    return shapely.reverse(line) if isinstance(line, shapely.Geometry) else line


def without_loops(links: pd.DataFrame) -> pd.DataFrame:
    """Links without those that end where they start: nothing gains by them."""
    first, last = (ids_in(links[c]) for c in ("from_node_id", "to_node_id"))
    loops = ((first == last) & (first != "")).to_numpy()
    if loops.any():
        ids = links.link_id if "link_id" in links else first
        remedy = "they are left out, as no goods gain by them"
        warn(complaint("links", "both ends are the same node", ids[loops], remedy))
    return links[~loops].reset_index(drop=True)


def _check_modes(links: pd.DataFrame) -> None:
    blank = ids_in(links["mode"]).eq("") if "mode" in links else pd.Series(True, links.index)
    if blank.any():
        names = links.link_id[blank] if "link_id" in links else [f"row {i}" for i in np.flatnonzero(blank)]
        raise InputError(complaint("links", "mode is missing", names, "give mode='rail' or such for all of them"))


def _named_by_ends(links: pd.DataFrame) -> pd.Series[Any]:
    """Names of links by their ends, ``a-b``, and by their place among those of the same ends, ``a-b-2``."""
    ends = ids_in(links.from_node_id) + "-" + ids_in(links.to_node_id)
    number = ends.groupby(ends).cumcount()
    return ends.where(number == 0, ends + "-" + (number + 1).astype(str))


def _nodes_of(links: pd.DataFrame) -> pd.DataFrame:
    """Nodes where the lines of links end."""
    lines = _lines(links)
    without = [True] * len(links) if lines is None else [line is None for line in lines]
    if any(without):
        problem = "there is neither a table of nodes nor a line that ends at them"
        raise InputError(complaint("links", problem, links.link_id[without], "give nodes"))
    ids = pd.concat([ids_in(links[c]) for c in ("from_node_id", "to_node_id")], ignore_index=True)
    places = np.concatenate(tips(lines))
    nodes = pd.DataFrame({"node_id": ids, "x_coord": places[:, 0], "y_coord": places[:, 1]})
    first = nodes.groupby("node_id")[["x_coord", "y_coord"]].transform("first").to_numpy()
    far = apart(places, first) > NEAR
    if far.any():
        remedy = "give a table of nodes, or make a network of the lines by cd.from_lines"
        raise InputError(complaint("nodes", "lines end at different places", ids[far].unique(), remedy))
    return nodes.drop_duplicates("node_id", ignore_index=True)


def _with_single_lines(links: pd.DataFrame) -> pd.DataFrame:
    """Links whose lines of several parts are one line, where the parts follow each other; none has heights."""
    if "geometry" not in links:
        return links
    shapes = [shape_of(cell) for cell in links.geometry]
    several = [i for i, shape in enumerate(shapes) if isinstance(shape, shapely.MultiLineString)]
    high = [i for i, shape in enumerate(shapes) if isinstance(shape, shapely.Geometry) and shapely.has_z(shape)]
    for i in high:
        shapes[i] = shapely.force_2d(shapes[i])
    for i in several:
        whole = shapely.line_merge(shapes[i], directed=True)
        shapes[i] = whole if isinstance(whole, shapely.LineString) else shapely.line_merge(shapes[i])
    return links.assign(geometry=pd.Series(shapes, links.index, dtype=object)) if several or high else links


def _lines(links: pd.DataFrame) -> Any:
    """Shapes of links, (n,) of LineString or None; None where there is no column, or something else in it."""
    if "geometry" not in links:
        return None
    shapes = np.array(links.geometry, dtype=object)
    for i in [i for i, cell in enumerate(shapes) if not isinstance(cell, shapely.LineString)]:
        shapes[i] = None if isinstance(shapes[i], float) else shape_of(shapes[i])
        if not (shapes[i] is None or isinstance(shapes[i], shapely.LineString)):
            return None
    return shapes


def _with_lengths(links: pd.DataFrame, nodes: pd.DataFrame, *, own: bool) -> pd.DataFrame:
    """Lengths of lines, else of the straight line between nodes, where the file has no column of lengths.

    Where it has one with blanks, only lines fill them; none, where the library wrote it.
    """
    if "length" in links:
        if own or "geometry" not in links:
            return links
        given = column("links", links, "length")
        lines = _lines(links) if given.isna().any() else None
        return links if lines is None else links.assign(length=given.where(given.notna(), course_km(lines)))
    lines = _lines(links)
    length = course_km(lines) if lines is not None else np.full(len(links), np.nan)
    if np.isnan(length).any() and {"node_id", "x_coord", "y_coord"} <= set(nodes):
        ids = ids_in(nodes.node_id)
        place = pd.DataFrame({axis: column("nodes", nodes, axis).to_numpy() for axis in ("x_coord", "y_coord")}, ids)
        place = place[~place.index.duplicated()]
        ends = [place.reindex(ids_in(links[c])).to_numpy(float) for c in ("from_node_id", "to_node_id")]
        length = np.where(np.isnan(length), ground_km(*ends), length)
    return links.assign(length=length)


def _with_times(links: pd.DataFrame) -> pd.DataFrame:
    """Times by a column of speeds, where links have none."""
    if NAMED[SPEED] not in links:
        return links
    speed = numbers("links", links[NAMED[SPEED]].rename(SPEED), links)
    bad = (speed <= 0).to_numpy()
    if bad.any():
        remedy = "give a speed > 0, leave it blank, or leave the link out where it is closed"
        raise InputError(complaint("links", "speed is zero or negative", links.link_id[bad], remedy))
    time = column("links", links, "time").fillna(column("links", links, "length") / speed)
    return links.drop(columns=NAMED[SPEED]).assign(time=time)
