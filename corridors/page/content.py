"""All that a page shows, as lists, numbers and texts: what is drawn, what can be chosen, and what each choice does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.network import Network
from corridors.page.answers import comparable
from corridors.page.chosen import chosen_of
from corridors.page.shown import heading, shown_of
from corridors.scenarios.atoms import Parameter
from corridors.sweeping.solve import solve


def content_of(
    network: Network,
    demand: pd.DataFrame,
    *,
    title: str,
    links: int,
    pairs: int,
    sliders: Mapping[str, tuple[Parameter, float, float]] | None,
    progress: bool,
    base: xr.Dataset | None = None,
) -> dict[str, Any]:
    """All that the page shows, as lists, numbers and texts.

    Parameters
    ----------
    network, demand, title, links, pairs, sliders, progress
        As for `corridors.write_page`.
    base : Dataset, optional
        What `corridors.page.answers.comparable` gave, where it was solved before.
    """
    arguments.placed_nodes(network)  # a network that can't be drawn is an error before anything is solved
    base = comparable(network, demand, solve(network, demand)) if base is None else base
    shown = shown_of(network, base, title or heading(network, demand))
    chosen = chosen_of(network, demand, base, links=links, pairs=pairs, sliders=sliders, progress=progress)
    return {**shown, **chosen}
