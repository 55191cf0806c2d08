"""From a result to what is drawn: flows checked and summed by link, and the look of each link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments, symbols
from corridors.errors import InputError, complaint, listed
from corridors.maps import style
from corridors.network import Network
from corridors.results import as_text, read_result

MAIN_DIRECTION = 0.2
"""A link has a main direction if its net flow is more than this share of the flow of both directions."""
HAIRLINE = 0.5
"""Width of a link that carries nothing, points."""


def chosen(result: xr.Dataset, commodity: str | Sequence[str] | None) -> list[str]:
    """The commodities of a result that are asked for; all of them for None."""
    have = [as_text(c) for c in result["commodity"].to_numpy()]
    if commodity is None:
        return have
    wanted = arguments.names_of("commodity", commodity)
    unknown = [c for c in wanted if c not in have]
    if unknown or not wanted:
        what = f"{len(unknown)} not in the result ({listed(unknown)})" if unknown else "none given"
        raise InputError(f"commodity: {what}; give some of {', '.join(have)}, or None for all")
    return wanted


def link_flows(
    network: Network, result: xr.Dataset, commodity: str | Sequence[str] | None, name: str = "result"
) -> pd.DataFrame:
    """Flows of a result on the links of a network: columns ``fwd`` and ``rev``, t/year, by ``link_id``.

    Raises
    ------
    InputError
        The result has no flow, still has scenarios, lacks links of the network or a commodity, or its flow is missing.
    """
    result = read_result(network, result, ["flow"], name=name, part=True)
    total = result.flow.sel(commodity=chosen(result, commodity)).sum("commodity", skipna=False)
    present = [str(d) for d in total["direction"].to_numpy()]
    table = pd.DataFrame(
        {name: total.sel(direction=name).to_numpy() if name in present else 0.0 for name in ("fwd", "rev")},
        index=total["link"].to_numpy(),
    )
    missing = [str(i) for i, gap in table.isna().any(axis="columns").items() if gap]
    if missing:
        raise InputError(
            complaint("links", "flow is missing", missing, "draw a scenario that was solved: see result.status")
        )
    return table


def looks_of_flows(
    network: Network, flows: pd.DataFrame | None, room: float = 900.0, others: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, style.Widths | None]:
    """The look of every link on a map of flows, and its scale of widths.

    Parameters
    ----------
    network : Network
        What is drawn.
    flows : DataFrame or None
        What `link_flows` gave; None to draw links by mode alone.
    room : float
        Width of the map, points: lines are thinner on a small one.
    others : DataFrame, optional
        The flows of another map that this one is compared with.

    Returns
    -------
    looks : DataFrame
        By ``link_id``: ``kind`` (of mode), ``width`` (points), ``color``, ``load`` (t/year), ``direction`` of
        most flow (1 away from its first node, -1 to it, 0 for neither), ``drawn`` as ``flow``, ``idle`` (carries
        nothing) or ``shut`` (planned or closed), ``cross`` (marked as closed); ``label_load, label_width`` (those by
        which names are chosen and placed: of both maps the larger).
    widths : Widths or None
        None without flows.
    """
    links = network.links.set_index("link_id")
    kinds = links["mode"].map(symbols.kind_of_mode)
    looks = pd.DataFrame({"kind": kinds, "color": kinds.map(lambda k: symbols.MODES[k].color)})
    shut = links["status"].ne("operating") if "status" in links else pd.Series(False, index=links.index)
    thin = kinds.map(lambda k: symbols.MODES[k].thin).astype(float)
    if flows is None:
        looks["load"], looks["direction"], widths = 0.0, 0, None
        looks["width"] = 1.1 * thin
        looks["drawn"] = np.where(shut, "shut", "flow")
    else:
        looks["load"] = flows.abs().sum(axis=1)
        net = flows["fwd"] - flows["rev"]
        looks["direction"] = np.where(net.abs() > MAIN_DIRECTION * looks.load, np.sign(net), 0).astype(int)
        largest = looks.load if others is None else np.maximum(looks.load, others.abs().sum(axis=1))
        widths = style.Widths.up_to(float(largest.max()), room)
        looks["label_load"], looks["label_width"] = largest, np.where(largest > 0, widths(largest), HAIRLINE)
        carries = looks.load > 0
        looks["width"] = np.where(carries, widths(looks.load), HAIRLINE)
        looks["drawn"] = np.where(carries, "flow", np.where(shut, "shut", "idle"))
    looks["cross"] = False
    return looks, widths


def looks_of_idle(network: Network, room: float = 900.0) -> pd.DataFrame:
    """The look of every link where nothing flows, by ``link_id``: the ground of maps that mark links themselves."""
    nothing = pd.DataFrame(0.0, index=network.links.link_id, columns=["fwd", "rev"])
    return looks_of_flows(network, nothing, room)[0]


def looks_of_changes(
    network: Network, before: pd.DataFrame, after: pd.DataFrame, closed: Iterable[str], room: float = 900.0
) -> tuple[pd.DataFrame, style.Widths]:
    """The look of every link on a map of differences, and its scale of widths; columns as in `looks_of_flows`."""
    looks, _ = looks_of_flows(network, before)
    change = after.abs().sum(axis=1) - before.abs().sum(axis=1)
    looks = with_crosses(looks, closed)
    # Less than a tonne, or than a millionth of the most on a small network, is rounding of fractional optima.
    most = max(float(flows.abs().sum(axis=1).max()) for flows in (before, after)) if len(change) else 0.0
    change = change.where(change.abs() >= min(1.0, 1e-6 * most), 0.0)
    widths = style.Widths.up_to(float(change.abs().max()), room)
    kept = (before.abs().sum(axis=1) > 0) & (change == 0)
    looks["load"] = change
    looks["direction"] = 0
    looks["width"] = np.where(change != 0, widths(change.abs()), np.where(kept, 1.0, HAIRLINE))
    looks["color"] = np.select([change > 0, change < 0], [style.GAINED, style.LOST], style.UNCHANGED)
    looks["drawn"] = np.select([change != 0, kept, looks.drawn == "shut"], ["flow", "kept", "shut"], "idle")
    looks = looks.drop(columns=["label_load", "label_width"])
    return looks, widths


def with_crosses(looks: pd.DataFrame, closed: Iterable[str]) -> pd.DataFrame:
    """Looks of links with some marked as closed."""
    names = set(arguments.names_of("closed", closed))
    unknown = sorted(names - set(looks.index))
    if unknown:
        raise InputError(f"closed: {len(unknown)} not in the network ({listed(unknown)}); give ids of links")
    return looks.assign(cross=looks.index.isin(names))
