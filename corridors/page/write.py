"""The page put together: one HTML file with its script, its style and its numbers, that asks for nothing else."""

from __future__ import annotations

import base64
import colorsys
import gzip
import hashlib
import html
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import to_hex, to_rgb

from corridors import arguments, symbols
from corridors.errors import whole
from corridors.io.files import local_path, replacing
from corridors.maps import style
from corridors.network import Network, checked_demand
from corridors.page.chosen import LINKS
from corridors.page.content import content_of
from corridors.page.sliders import checked_sliders
from corridors.scenarios.atoms import Parameter

PAIRS = 500
"""Pairs of closures unless another number is asked for."""
MOST = 100_000
"""The most links or pairs: a page of more would not open."""
BRIGHT, SPREAD, VIVID = 0.5, 0.4, 0.45
"""How light the darkest line of a light map is on a dark one, how much lighter the others, and the least saturation."""


def write_page(
    network: Network,
    demand: Any,
    path: str | PathLike[str],
    *,
    title: str | None = None,
    links: int = LINKS,
    pairs: int = PAIRS,
    sliders: Mapping[str, tuple[Parameter, float, float]] | None = None,
    progress: bool = True,
) -> Path:
    """Write the what-if page: a map in one HTML file in which a click closes a link.

    All that the page can show is solved before and written into it, so it opens from a disk or an attachment, without a
    network. A reader closes links, ports, borders, countries and corridors, two at a time for some pairs, has a named
    shock happen or a planned project open, or moves a toll or a capacity; loss, who bears it, where the flow goes and
    what would be worst next change at once. The address holds what is chosen.

    Parameters
    ----------
    network : Network
        With coordinates.
    demand : DataFrame
        As for `corridors.solve`.
    path : str or path
        The file to write, replaced if it is there.
    title : str, optional
        The heading; by default the names of network and demand.
    links : int
        How many operating links can be closed one by one: those that carry most. The rest of them are drawn.
    pairs : int
        How many pairs can be closed: all pairs of the choices that cost most, as many as fit into this number.
    sliders : mapping, optional
        Numbers that can be moved, by name: a parameter as `corridors.named_parameter` makes it, its least and its
        largest value. By default those of `corridors.load_sliders` that the network has links for; ``{}`` for none.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        Nodes without coordinates; tables that do not fit together; a folder that is not there.
    SolverError
        A scenario could not be solved.

    Notes
    -----
    Every number is that of `corridors.sweep`, rounded once to the digits that are shown. Between the breakpoints of a
    slider the least loss is linear, and the flows are constant (of a cost) or linear (of a capacity), so what is shown
    is exact there as well (see `corridors.break_even`), but for breakpoints that bend the loss by less than half of the
    last digit that is shown of it, which are left out: the flows between are then those of an optimum nearby. The time
    goes into solving; on thousands of links whose capacities are scarce, fewer `links` and `pairs` take less of it.
    Flows of scenarios are kept as differences from the base, and all numbers compressed: the Eurasian network with
    1,350 scenarios is about one megabyte, a grid of 5,000 links one to four.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"], "x_coord": [51.2, 49.4], "y_coord": [43.6, 40.4]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "ship"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": ["ferry", "ship"], "capacity": [2e6, 1e6], "tariff": [10.0, 12.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [2e6], "value": [220.0]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = cd.write_page(cd.Network(nodes, links), demand, folder + "/page.html", progress=False)
    ...     page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    True
    """
    arguments.networks(network=network)
    arguments.words(title=title)
    links, pairs = whole("links", links, most=MOST), whole("pairs", pairs, most=MOST)
    sliders = None if sliders is None else checked_sliders(sliders)
    rows = checked_demand(network, demand)
    with replacing(local_path(path)) as temporary:
        content = content_of(
            network, rows, title=title or "", links=links, pairs=pairs, sliders=sliders, progress=progress
        )
        temporary.write_text(page_of(content), encoding="utf-8")
    return Path(path)


def page_of(content: Mapping[str, Any]) -> str:
    """The HTML of a page from its content."""
    script, sheet = _assets()
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain)
    packed = base64.b64encode(gzip.compress(data.encode("utf-8"), 6, mtime=0)).decode("ascii")
    filled = {
        "title": html.escape(str(content["title"])),
        "policy": policy(live="live" in content),
        "style": sheet,
        "script": script,
        "data": packed,
    }
    page = (_FOLDER / "page.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: filled[found[1]], page)


def policy(*, live: bool = False) -> str:
    """What a page may do, as a Content-Security-Policy: run its own script and style; `live`, ask its own server."""
    script, sheet = map(_digest, _assets())
    asks = "connect-src 'self'; " if live else ""
    return (
        f"default-src 'none'; img-src data:; style-src {sheet}; script-src {script}; {asks}"
        "base-uri 'none'; form-action 'none'"
    )


_FOLDER = files("corridors.page") / "assets"


@cache
def _assets() -> tuple[str, str]:
    """The script and the style sheet of every page."""
    script = (_FOLDER / "page.js").read_text(encoding="utf-8")
    return script, colours() + (_FOLDER / "page.css").read_text(encoding="utf-8")


def colours() -> str:
    """The colours of the paper maps as variables of a style sheet, for light and for dark screens."""
    light = {f"kind-{kind}": look.color for kind, look in symbols.MODES.items()}
    light |= {"sea": style.SEA, "land": style.LAND, "coast": style.COAST, "border": style.BORDER, "ink": style.INK}
    light |= {"sea-ink": style.SEA_INK, "country-ink": style.COUNTRY_INK, "halo": style.HALO}
    light |= {"gained": style.GAINED, "lost": style.LOST, "unchanged": style.UNCHANGED, "faded": "#56606a"}
    light["worse"] = "#b84315"  # what is lost, as letters: dark enough on white
    dark = {f"kind-{kind}": _brighter(look.color) for kind, look in symbols.MODES.items()}
    dark |= {"sea": "#16202a", "land": "#232a31", "coast": "#465562", "border": "#4d5357", "ink": "#e8ecef"}
    dark |= {"sea-ink": "#6f93ab", "country-ink": "#767d82", "halo": "#1b2127", "faded": "#a9b3bb"}
    dark |= {"gained": "#6cb0f5", "lost": "#ff9463", "worse": "#ff9463", "unchanged": "#59626a"}
    said = {name: "".join(f"--{key}:{value};" for key, value in of.items()) for name, of in (("l", light), ("d", dark))}
    return (
        f":root{{{said['l']}}}\n@media (prefers-color-scheme: dark){{:root:not([data-theme=light]){{{said['d']}}}}}\n"
        f":root[data-theme=dark]{{{said['d']}}}\n"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _brighter(color: str) -> str:
    """A colour of the light map as bright as a dark one needs it, of the same hue, still lighter than darker ones."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*to_rgb(color))
    return to_hex(colorsys.hls_to_rgb(hue, BRIGHT + SPREAD * lightness, max(saturation, VIVID)))


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's, and what else a table may hold as text."""
    return value.item() if isinstance(value, np.generic) else str(value)
