"""Maps on paper: `plot_map` draws a network and its flows, `plot_difference` what a change did to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from pyproj import Geod

from corridors import arguments, symbols
from corridors.errors import InputError, whole
from corridors.maps import style
from corridors.maps.flows import chosen, link_flows, looks_of_changes, looks_of_flows, with_crosses
from corridors.maps.legend import change_legend, flow_legend
from corridors.maps.picture import draw_network
from corridors.maps.projection import Floats, View, box_of, view_of, view_of_box
from corridors.maps.sheet import room_of, sheet_for
from corridors.maps.surround import Surround, draw_surround
from corridors.network import Network

if TYPE_CHECKING:
    import xarray as xr

LABELS = 52
"""Labels on a map unless another number is asked for."""
CROSSING = 1e6
"""Metres from the nearest node over land within which a node at sea is shown by default; farther off is an ocean, and
no distant cape shall set the scale of the map."""
_globe = Geod(ellps="WGS84")


def plot_map(
    network: Network,
    result: xr.Dataset | None = None,
    *,
    commodity: str | Sequence[str] | None = None,
    extent: str | Sequence[float] | None = None,
    title: str | None = None,
    closed: Iterable[str] = (),
    compared: xr.Dataset | None = None,
    labels: int = LABELS,
    inset: bool = True,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw a network, and the flows of a result by width.

    Colour and dash show the mode, width the flow of both directions together. Links that carry nothing are hairlines,
    planned and closed ones faint dots.

    Parameters
    ----------
    network : Network
        What to draw. Its nodes need coordinates.
    result : xr.Dataset, optional
        What `solve` gave, or one scenario of what `sweep` gave with ``keep=("flow",)``; flows in t/year.
    commodity : str or list of str, optional
        Draw the flow of these commodities only.
    extent : str or four numbers, optional
        ``eurasia``, ``europe``, ``central_asia``, ``caspian``, or west, south, east, north in degrees. By default all
        nodes that are not at sea.
    title : str, optional
        What to write over the map.
    closed : iterable of str, optional
        Ids of links to mark by a cross; where all links of a node are, the node bears it.
    compared : xr.Dataset, optional
        Another result, drawn on a map of its own: widths have the same scale, and names are chosen and placed by the
        flows of both, so that they stand at the same places.
    labels : int
        The most node labels to write.
    inset : bool
        Whether to show the Caspian larger, where the map holds it and has a place to spare.
    ax : Axes, optional
        Where to draw; title and legend take room within it. By default a new figure.
    figsize : tuple of float, optional
        Width and height of the new figure, inches. By default 13 wide, as high as the extent asks.

    Returns
    -------
    Axes
        The map, in metres of its projection. `corridors.save_figure` saves it.

    Raises
    ------
    InputError
        Nodes without coordinates, a commodity or extent that is not known, a result without flow.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["a", "b"], "x_coord": [51.2, 49.4], "y_coord": [43.6, 40.0]})
    >>> links = pd.DataFrame({"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["ferry"]})
    >>> ax = cd.plot_map(cd.Network(nodes, links), figsize=(5, 5))
    >>> ax.get_gid()
    'map'
    """
    arguments.words(title=title)
    view = view_for(network, extent)
    if commodity is not None and result is None:
        raise InputError("commodity: there is no result to take its flow from; give result, or leave commodity out")
    flows = None if result is None else link_flows(network, result, commodity)
    others = None if compared is None else link_flows(network, compared, commodity, "compared")
    looks, widths = looks_of_flows(network, flows, room_of(ax, figsize), others)
    looks = with_crosses(looks, closed)
    title = f"Flow of {goods_in_words(result, commodity)}" if title is None and result is not None else title
    words = (
        "Links by mode"
        if result is None
        else "Width: both directions together, Mt a year. Arrows: where most of it goes"
    )
    legend = flow_legend(network, looks, widths)
    surround = Surround(
        "Network" if title is None else title, words, legend, source_line(view, network, result), tie_note([result])
    )
    return compose(network, looks, view, surround, labels=labels, inset=inset, ax=ax, figsize=figsize)


def plot_difference(
    network: Network,
    before: xr.Dataset,
    after: xr.Dataset,
    *,
    commodity: str | Sequence[str] | None = None,
    closed: Iterable[str] | None = None,
    extent: str | Sequence[float] | None = None,
    title: str | None = None,
    labels: int = LABELS,
    inset: bool = True,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw where flow was gained and lost between two results.

    Blue links carry more than before, orange ones less, both directions together; width shows by how much. A cross
    marks a link that was closed.

    Parameters
    ----------
    network : Network
        What was solved.
    before, after : xr.Dataset
        Two results with flow in t/year, as for `plot_map`.
    commodity, extent, title, labels, inset, ax, figsize
        As for `plot_map`.
    closed : iterable of str, optional
        Ids of the links that were closed in between. By default the links of `network` that are closed and carried
        flow before.

    Returns
    -------
    Axes
        The map, in metres of its projection.

    Raises
    ------
    InputError
        As `plot_map`; or a closed link that the network does not have.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"], "x_coord": [51.2, 49.9, 41.7],
    ...                       "y_coord": [43.6, 40.4, 42.1]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "barge", "rail"], "from_node_id": ["aktau", "aktau", "baku"],
    ...                       "to_node_id": ["baku", "baku", "poti"], "mode": "ship", "tariff": [10.0, 30.0, 12.0],
    ...                       "capacity": [2e6, None, None]})
    >>> network = cd.Network(nodes, links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["poti"], "volume": [3e6], "value": [220.0]})
    >>> before = cd.solve(network, demand)
    >>> after = cd.sweep(network, demand, cd.outages(network), keep=["flow"], progress=False).sel(scenario="ferry")
    >>> ax = cd.plot_difference(network, before, after, closed=["ferry"], extent="caspian", inset=False)
    >>> {line.get_gid(): line.get_color() for line in ax.lines if str(line.get_gid()).startswith("link-")}
    {'link-rail': '#b9bcbe', 'link-ferry': '#d1541f', 'link-barge': '#2067ac'}
    """
    arguments.words(title=title)
    view = view_for(network, extent)
    flows = [link_flows(network, result, commodity, name) for result, name in ((before, "before"), (after, "after"))]
    if closed is None:
        links = network.links
        closed = [i for i in links.link_id[links.status.eq("closed")] if flows[0].loc[i].abs().sum() > 0]
    looks, widths = looks_of_changes(network, flows[0], flows[1], closed, room_of(ax, figsize))
    title = f"Gain and loss of flow: {goods_in_words(after, commodity)}" if title is None else title
    words = "Width: change of both directions together, Mt a year"
    legend = change_legend(network, looks, widths)
    surround = Surround(title, words, legend, source_line(view, network, after), tie_note([before, after]))
    return compose(network, looks, view, surround, labels=labels, inset=inset, ax=ax, figsize=figsize)


def compose(
    network: Network,
    looks: pd.DataFrame,
    view: View,
    surround: Surround,
    *,
    labels: int = LABELS,
    inset: bool = True,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw a map from its parts, as all maps of networks here are made.

    Parameters
    ----------
    network : Network
        What to draw.
    looks : DataFrame
        One row per link: its colour, width and dash; `corridors.maps.flows.looks_of_idle` gives a first version.
    view : View
        What part of the world to show: see `view_for`.
    surround : Surround
        Title, legend, source and note.
    labels, inset, ax, figsize
        As for `plot_map`.

    Returns
    -------
    Axes
        The map, in metres of its projection.

    Raises
    ------
    InputError
        No number of labels; a figure too small for a map.
    """
    labels = whole("labels", labels)
    with style.settings():
        sheet = sheet_for(view, surround, ax, figsize)
        draw_network(sheet, network, looks, labels=labels, inset=inset)
        draw_surround(sheet.ax, surround, sheet.width, sheet.height)
    return sheet.ax


def view_for(network: Network, extent: str | Sequence[float] | None = None) -> View:
    """The view of an extent; for None, of all nodes that links over land reach and those at sea near them.

    Parameters
    ----------
    network : Network
    extent : str or four numbers, optional
        As for `plot_map`.

    Raises
    ------
    InputError
        An extent that is not known; nodes without coordinates.
    """
    nodes = arguments.placed_nodes(network)
    if extent is not None:
        return view_of_box(box_of(extent))
    links = network.links
    over_land = links[~links["mode"].isin(symbols.WATER)]
    ashore = (nodes.node_id.isin(over_land.from_node_id) | nodes.node_id.isin(over_land.to_node_id)).to_numpy()
    places = nodes[["x_coord", "y_coord"]].to_numpy(float)
    if not ashore.any():
        return view_of(places)
    near = ashore.copy()
    near[~ashore] = [_nearest(place, places[ashore]) < CROSSING for place in places[~ashore]]
    return view_of(places[near])


def _nearest(place: Floats, others: Floats) -> float:
    """Metres from a place to the nearest of others, degrees."""
    many = np.broadcast_to(place, others.shape)
    return float(np.min(_globe.inv(many[:, 0], many[:, 1], others[:, 0], others[:, 1])[2]))


def goods_in_words(result: xr.Dataset, commodity: str | Sequence[str] | None) -> str:
    """The commodities drawn, in words."""
    goods = chosen(result, commodity)
    if len(goods) == result.sizes["commodity"] > 1:
        return "all commodities"
    return ", ".join(g.replace("_", " ") for g in goods)


def source_line(view: View, network: Network, result: xr.Dataset | pd.DataFrame | None = None) -> str:
    """The line under a map: its network and demand, where they have names, and the sources of the base map.

    Parameters
    ----------
    view : View
    network : Network
    result : Dataset or DataFrame, optional
        What is drawn; its ``attrs`` name the demand.
    """
    demand = "" if result is None else result.attrs.get("demand", "")
    names = [f"Network {network.name}"] * bool(network.name) + [f"demand {demand}"] * bool(demand)
    case = f"{', '.join(names)}. " if names else ""
    return f"{case}Base map: Natural Earth. Lines © OpenStreetMap contributors (ODbL) and public sources. {view.words}."


def tie_note(results: Sequence[xr.Dataset | None]) -> str:
    """The note that a map bears where other flows cost the same as those of one of the results; else blank."""
    tied = any(r is not None and "tied" in r and bool(np.any(r["tied"].to_numpy())) for r in results)
    return "Flows are those of one optimum: others cost the same." if tied else ""
