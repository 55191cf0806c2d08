"""A result in the form in which `corridors.solve` and `corridors.sweep` give it, also after it was opened again.

A result that was written and opened again has labels of another type (bytes, NumPy's variable-width strings), one that
was worked on may have its dimensions or labels in another order. Functions that take a result use `read_result`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.errors import InputError, kind_of, listed
from corridors.network import Network
from corridors.schema.definitions import VARIABLES

Labels = np.ndarray[Any, Any]


def read_result(
    network: Network,
    result: Any,
    needs: Iterable[str] = (),
    *,
    name: str = "result",
    one: bool = True,
    part: bool = False,
) -> xr.Dataset:
    """A result with labels as text, dimensions in their order, and links and nodes in the network's.

    Parameters
    ----------
    network : Network
        What was solved.
    result : Dataset
        What `corridors.solve` or `corridors.sweep` gave, as it was or opened again.
    needs : iterable of str
        The variables that are read.
    name : str
        What messages call it.
    one : bool
        Whether it has to be of one scenario.
    part : bool
        Whether the network may be a part of what was solved.

    Raises
    ------
    InputError
        No dataset, a variable or the labels of one missing, several scenarios where one is read, labels twice, labels
        that the network does not have or that it has and the result has not.
    """
    if not isinstance(result, xr.Dataset):
        raise InputError(f"{name}: is a {type(result).__name__}; give a Dataset, what solve or sweep gave")
    wanted = list(needs)
    missing = [variable for variable in wanted if variable not in result]
    if missing:
        raise InputError(
            f"{name}: has no {listed(missing)}; keep it: sweep(..., keep={tuple(missing)!r}), or give what solve gave"
        )
    for variable in wanted:
        _check_dimensions(name, variable, result[variable], one)
    named = {label: (result[label].dims, _texts(result[label])) for label in result.coords if result[label].ndim == 1}
    found = result.assign_coords(named)
    for dim in found.dims:
        if dim in found.coords:
            twice = pd.Index(found[dim].to_numpy())
            if twice.has_duplicates:
                again = dict.fromkeys(twice[twice.duplicated()])
                raise InputError(f"{name}: {dim} {listed(again)} is there twice; give each once")
    for dim, ids in (("link", network.links.link_id), ("node", network.nodes.node_id)):
        if dim in found.dims and dim in found.coords:
            found = found.sel({dim: _matched(name, str(dim), found[dim].to_numpy(), ids.tolist(), part)})
    if "direction" in found.dims and set(found["direction"].to_numpy()) == {"fwd", "rev"}:
        found = found.sel(direction=["fwd", "rev"])
    order = ["scenario", *dict.fromkeys(dim for variable in VARIABLES.values() for dim in variable.dims)]
    return found.transpose(*(dim for dim in order if dim in found.dims), ...)


def as_text(label: object) -> str:
    """A label as text, whatever a file made of it.

    Examples
    --------
    >>> as_text(b"ferry"), as_text(np.str_("ferry"))
    ('ferry', 'ferry')
    """
    return label.decode() if isinstance(label, bytes) else str(label)


def _check_dimensions(name: str, variable: str, values: xr.DataArray, one: bool) -> None:
    dims = VARIABLES[variable].dims
    unlabelled = [dim for dim in dims if dim not in values.dims or dim not in values.coords]
    if unlabelled:
        raise InputError(f"{name}: {variable} has no {listed(unlabelled)} with labels; give what solve or sweep gave")
    extra = [str(dim) for dim in values.dims if dim not in dims and (one or dim != "scenario")]
    if extra == ["scenario"]:
        raise InputError(f"{name}: {variable} has scenarios; choose one: {name}.isel(scenario=0)")
    if extra:
        sizes = ", ".join(f"{dim} of {values.sizes[dim]}" for dim in extra)
        raise InputError(f"{name}: {variable} has a dimension too many ({sizes}); choose one: .isel({extra[0]}=0)")


def _texts(labels: xr.DataArray) -> Labels:
    """Labels as text, whatever a file made of them; numbers and weights of scenarios stay numbers."""
    values = labels.to_numpy()
    if values.dtype.kind in "iuf" and labels.name in ("scenario", "weight"):
        return values
    texts = np.empty(len(values), object)
    texts[:] = [as_text(one) for one in values.tolist()]
    return texts


def _matched(name: str, dim: str, labels: Labels, ids: list[str], part: bool) -> list[str]:
    """The ids of a network in its order, where the result has them and no others."""
    have, wanted = set(labels), set(ids)
    missing = [label for label in ids if label not in have]
    if missing:
        raise InputError(
            f"{name}: has no {dim} {listed(missing)} of the network; "
            "give the network that was solved, and all its result"
        )
    unknown = [label for label in labels if label not in wanted]
    if unknown and not part:
        raise InputError(f"{name}: {dim} {listed(unknown)} is not in the network; give the network that was solved")
    return ids


def tidy(result: xr.Dataset, variables: Iterable[str] | str | None = None, *, zeros: bool = False) -> pd.DataFrame:
    """A result as one long table with units: a row a number, for Excel, R or a database.

    xarray's own ``result.to_dataframe()`` makes a row for every combination of links, nodes, demand rows and classes,
    which no memory holds; this has a row for each number that there is.

    Parameters
    ----------
    result : Dataset
        What `corridors.solve` or `corridors.sweep` gave.
    variables : str or iterable of str, optional
        Variables of the result; by default all.
    zeros : bool
        Whether to list numbers that are zero as well.

    Returns
    -------
    DataFrame
        ``variable``; a column for each dimension of those variables (``scenario, link, direction, commodity, node,
        demand``, ...), blank where a variable does not have it; ``value, unit``. Missing values are left out.

    Raises
    ------
    InputError
        No Dataset; a variable that it does not have.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry"], "from_node_id": ["aktau"], "to_node_id": ["baku"],
    ...                       "mode": ["ferry"], "capacity": [60.0], "tariff": [10.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> base = cd.solve(cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links), demand)
    >>> cd.tidy(base, ["loss", "unmet", "flow"])
      variable demand   link direction commodity   value      unit
    0     loss                                    9400.0  USD/year
    1    unmet      g                               40.0    t/year
    2     flow         ferry       fwd     grain    60.0    t/year
    """
    if not isinstance(result, xr.Dataset):
        raise InputError(f"result: is {kind_of(result)}; give a Dataset, what solve or sweep gave")
    held = [str(name) for name in result.data_vars]
    remedy = f"give some of {', '.join(held)}"
    names = held if variables is None else arguments.known_names("variables", variables, held, "is unknown", remedy)
    dims = list(dict.fromkeys(str(dim) for name in names for dim in result[name].dims))
    dims.sort(key=lambda dim: dim != "scenario")
    parts = []
    for name in names:
        numbers = result[name].to_numpy().astype(float)
        chosen = ~np.isnan(numbers) & (zeros | (numbers != 0))
        places = dict(zip(map(str, result[name].dims), np.argwhere(chosen).T, strict=True))
        columns: dict[str, Any] = {"variable": name}
        for dim in dims:
            columns[dim] = result[dim].to_numpy()[places[dim]] if dim in places else ""
        columns["value"], columns["unit"] = numbers[chosen], str(result[name].attrs.get("units", ""))
        parts.append(pd.DataFrame(columns, index=range(int(chosen.sum()))))
    if not parts:
        return pd.DataFrame(columns=["variable", "value", "unit"])
    return pd.concat(parts, ignore_index=True)
