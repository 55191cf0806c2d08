"""A network or a result to turn in the hand: in a notebook, and in any browser, without a network."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import xarray as xr

from corridors import arguments
from corridors.errors import InputError, kind_of, whole
from corridors.io.files import local_path, replacing
from corridors.network import Network
from corridors.page.shown import shown_of
from corridors.page.write import page_of

HEIGHT = 560
"""Height in a notebook unless another one is asked for, pixels."""


@dataclass(frozen=True)
class Explorer:
    """A map that a notebook shows, and that `save` writes into a file of its own.

    Parameters
    ----------
    page : str
        The whole page, HTML.
    height : int
        In a notebook, pixels, 50 to 10,000.

    Raises
    ------
    InputError
        A page that is no text, or another height.

    Examples
    --------
    >>> import tempfile
    >>> import corridors as cd
    >>> page = cd.Explorer("<p>A map</p>", height=300)
    >>> page
    Explorer(height=300)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page.save(f"{folder}/map.html").read_text(encoding="utf-8")
    '<p>A map</p>'
    """

    page: str = field(repr=False)
    height: int = HEIGHT

    def __post_init__(self) -> None:
        if not isinstance(self.page, str):
            raise InputError(f"page: is {kind_of(self.page)}; give the text of a page")
        object.__setattr__(self, "height", whole("height", self.height, 50, 10_000))

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the map into a file, which any browser opens.

        Raises
        ------
        InputError
            There is no folder for it.
        """
        with replacing(local_path(path)) as temporary:
            temporary.write_text(self.page, encoding="utf-8")
        return Path(path)

    def _repr_html_(self) -> str:
        # A frame keeps the page's style and script apart from the notebook's; its markup is an attribute, so that it
        # is shown offline and stays in notebooks that are exported.
        look = f"width:100%;height:{self.height}px;border:0"
        return f'<iframe sandbox="allow-scripts allow-downloads" style="{look}" srcdoc="{escape(self.page)}"></iframe>'


def explore(
    network: Network, result: xr.Dataset | None = None, *, title: str | None = None, height: int = HEIGHT
) -> Explorer:
    """Show a network, or the flows of a result, as a map to move, zoom and point at; in the manner of geopandas.

    Parameters
    ----------
    network : Network
        With coordinates.
    result : Dataset, optional
        What `corridors.solve` gave, or one scenario of what `corridors.sweep` gave with ``keep=("flow",)``.
    title : str, optional
        The heading; by default the network's name.
    height : int
        In a notebook, pixels.

    Returns
    -------
    Explorer
        Jupyter, JupyterLab, VS Code and exported notebooks show it, also offline; its ``save(path)`` writes a file.

    Raises
    ------
    InputError
        Nodes without coordinates; a result of another network, or without flow.

    See Also
    --------
    corridors.write_page : The same map, on which a click closes a link.
    corridors.plot_map : The map on paper.

    Examples
    --------
    >>> import corridors as cd
    >>> network = cd.load_network()
    >>> map_of = cd.explore(network, cd.solve(network, cd.load_demand()))
    >>> map_of
    Explorer(height=560)
    """
    arguments.networks(network=network)
    arguments.words(title=title)
    height = whole("height", height, 50, 10_000)
    content: dict[str, Any] = shown_of(network, result, title or network.name.capitalize() or "Network")
    return Explorer(page_of(content), height)
