"""What a type checker sees of `corridors`: `make check` has mypy read this file, and an ignore too many is an error."""

from collections.abc import Iterable
from typing import assert_type

import pandas as pd
import xarray as xr

import corridors as cd


def names_have_their_own_types(network: cd.Network, demand: pd.DataFrame, shut: cd.Scenarios) -> None:
    """None of them is `Any`, which every type would pass for."""
    assert_type(cd.load_network("eurasia"), cd.Network)
    assert_type(cd.solve(network, demand), xr.Dataset)
    assert_type(cd.sweep(network, demand, shut), xr.Dataset)
    assert_type(cd.outages(network), cd.Scenarios)
    assert_type(cd.UNCAPACITATED, int)
    cd.solve(network)  # type: ignore[call-arg]
    cd.solve(network, demand, sovler="lp")  # type: ignore[call-arg]


def names_that_are_none_are_errors() -> Iterable[object]:
    """As a misspelt one."""
    yield cd.slove  # type: ignore[attr-defined]
