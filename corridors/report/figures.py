"""What is drawn for a report, each into files of a folder.

What draws is imported where it is used: the process that solves asks for it, and does without.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from corridors.io.files import replacing
from corridors.network import Network


def load(network: Network) -> None:
    """Import all that draws, before it is needed; and have no window open."""
    import matplotlib

    matplotlib.use("agg")
    import corridors.io.write
    import corridors.maps.flow_map
    import corridors.page.shown
    import corridors.page.write  # noqa: F401


def write_geopackage(network: Network, base: xr.Dataset, path: Path) -> None:
    """Write a network and its flows."""
    from corridors.io.write import write

    write(network, path, result=base)


def draw_map(network: Network, base: xr.Dataset, commodity: str | None, out: Path) -> list[str]:
    """Draw all flows or those of a commodity, as PNG and SVG; the names of the files."""
    from corridors.maps.flow_map import plot_map

    return _saved(plot_map(network, base, commodity=commodity), out / f"map_{commodity or 'all'}")


def draw_closure(network: Network, before: xr.Dataset, after: xr.Dataset, closed: str, out: Path) -> list[str]:
    """Draw what a closure changes, as PNG and SVG; the names of the files."""
    from corridors.maps.flow_map import plot_difference

    name = network.links.set_index("link_id").name[closed] or closed
    title = f"What the closure of {name} changes"
    return _saved(plot_difference(network, before, after, closed=[closed], title=title), out / "map_worst_closure")


def draw_page(network: Network, demand: pd.DataFrame, base: xr.Dataset) -> dict[str, Any]:
    """What the page shows of the base case."""
    from corridors.page.shown import heading, shown_of

    return shown_of(network, base, heading(network, demand))


def write_page(network: Network, shown: dict[str, Any], chosen: dict[str, Any], path: Path) -> None:
    """Write the page of what is shown and what can be chosen."""
    from corridors.page.write import page_of

    with replacing(path) as temporary:
        temporary.write_text(page_of({**shown, **chosen}), encoding="utf-8")


def _saved(ax: Any, path: Path) -> list[str]:
    from corridors.maps.style import save_figure

    return [file.name for file in save_figure(ax, path)]
