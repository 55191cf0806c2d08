"""A network and its demand, as they go into files and come out; and which of them results are of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from corridors.io.recipe import Recipe
from corridors.network import Network


class Case(NamedTuple):
    """What a file or folder holds: a network, and the demand on it, None where there is none.

    Examples
    --------
    >>> import corridors as cd
    >>> case = cd.Case(cd.load_network("eurasia"), cd.load_demand("2024"))
    >>> network, demand = case
    >>> network.name, demand.attrs["name"]
    ('eurasia 2024 with preferences', '2024')
    """

    network: Network
    demand: pd.DataFrame | None = None


@dataclass(frozen=True)
class Content:
    """What a format finds in a file, or puts into one.

    Parameters
    ----------
    tables : dict
        Tables as they stand in the file, by name: nodes, links, ..., demand; shapes in a column ``geometry``.
    about : dict
        What the file says of itself and is no table, as `corridors.io.tables` has it.
    recipe : Recipe
        What columns, units and words of the format mean here, where that is known.
    assumed : dict
        By column here, the unit that the recipe takes though neither the file nor the format says so.
    """

    tables: dict[str, pd.DataFrame]
    about: dict[str, Any] = field(default_factory=dict)
    recipe: Recipe = field(default_factory=Recipe)
    assumed: dict[str, str] = field(default_factory=dict)


def write_case(names: Mapping[str, str], folder: Path) -> None:
    """Write the names of network and demand into a folder of results, as ``case.json``."""
    text = json.dumps(dict(names), indent=1, ensure_ascii=False)
    (folder / "case.json").write_text(f"{text}\n", encoding="utf-8")
