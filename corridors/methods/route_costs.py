"""What the next tonne pays on each leg of a route, by kind of cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.arcs import Kind
from corridors.model.build import Model
from corridors.model.costs import Parts
from corridors.schema.definitions import DIRECTIONS

COSTS = ("tariff", "fee", "time", "preference", "rent", "price")
"""Kinds of cost, USD/t: freight and handling, border fees, the value of time, what cost steps add, rents of what is
full, and prices at members of zones."""
LEGS = (
    *("kind", "id", "direction", "name", "mode", "from_node_id", "to_node_id", "length", "hours"),
    *("cost", *COSTS),
)
_KINDS = {
    Kind.ORIGIN: "start",
    Kind.ACCESS: "loading",
    Kind.LINK: "link",
    Kind.TRANSFER: "transfer",
    Kind.EGRESS: "end",
}


def legs_of(model: Model, rent: FloatArray, path: IntArray) -> pd.DataFrame:
    """The legs of a path, those that cost nothing at its ends left out.

    Parameters
    ----------
    model : Model
    rent : (B,) float
        Of the bundles, in units of the problem's costs.
    path : (A,) int
        Arcs from the world to a demand row.

    Returns
    -------
    DataFrame
        A row a leg: `LEGS`; ``length`` in km, ``hours``, costs in USD/t; ``direction`` is blank where there is one.
    """
    costs = _costs(model, rent, path)
    rows = []
    for place, arc in enumerate(path.tolist()):
        kind = Kind(int(model.arcs.kind[arc]))
        parts = {name: float(values[place]) + 0.0 for name, values in costs.items()}
        at_end = kind not in (Kind.LINK, Kind.TRANSFER)
        if at_end and model.arcs.item[arc] < 0 and not any(parts[name] for name in COSTS):
            continue
        rows.append({"kind": _KINDS[kind], **_described(model, arc, kind), **parts})
    return pd.DataFrame(rows, columns=list(LEGS))


def rents_on(model: Model, rent: FloatArray, path: IntArray) -> FloatArray:
    """The rents of capacities (no widths of cost steps) that a path pays, (B,), in units of the problem's costs."""
    bundles = model.bundles
    entry = np.isin(bundles.arc, path) & (bundles.bundle < len(model.labels))
    paid = np.zeros(bundles.B)
    np.add.at(paid, bundles.bundle[entry], bundles.weight[entry] * rent[bundles.bundle[entry]])
    return paid


def _costs(model: Model, rent: FloatArray, path: IntArray) -> dict[str, FloatArray]:
    """Hours and costs of the arcs of a path, (A,) each."""
    bundles, kind = model.bundles, model.arcs.kind[path]
    parts = Parts(*(column[model.part_of[path]] for column in model.parts))
    freight, worth = parts.freight, parts.worth
    hours = np.nan_to_num(parts.hours())
    at_member = (kind == Kind.ORIGIN) | (kind == Kind.EGRESS)
    place = np.full(len(model.arcs.tail), -1)
    place[path] = np.arange(len(path))
    on_path = place[bundles.arc] >= 0
    charged = {}
    for what, own in (("rent", bundles.bundle < len(model.labels)), ("width", bundles.bundle >= len(model.labels))):
        entry = on_path & own
        paid = bundles.weight[entry] * rent[bundles.bundle[entry]]
        charged[what] = np.bincount(place[bundles.arc[entry]], paid, minlength=len(path)) * model.units.cost
    found = {
        "tariff": np.where(at_member, 0.0, freight),
        "fee": parts.fee,
        "time": np.where(worth > 0, worth * hours, 0.0),
        "preference": model.extra[path] + charged["width"],
        "rent": charged["rent"],
        "price": np.where(at_member, freight, 0.0),
    }
    cost = np.sum(list(found.values()), axis=0)
    return {"hours": hours, "cost": cost, **found}


def _described(model: Model, arc: int, kind: Kind) -> dict[str, object]:
    """What a leg is and where it leads."""
    network, arcs = model.network, model.arcs
    item, side = int(arcs.item[arc]), int(arcs.direction[arc])
    if kind == Kind.LINK:
        link = network.links.iloc[item]
        ends = (link.from_node_id, link.to_node_id)[:: -1 if side else 1]
        direction = "" if link.directed else DIRECTIONS[side]
        length = float(np.nan_to_num(link.length))
        return _leg(link.link_id, direction, link["name"], link["mode"], ends, length)
    if kind == Kind.TRANSFER:
        at = network.transfers.iloc[item]
        mode, direction = at.from_mode if side else at.to_mode, "" if at.directed else DIRECTIONS[side]
        node = network.nodes.iloc[int(arcs.node[arc])]
        return _leg(at.transfer_id, direction, node["name"], mode, (at.node_id, at.node_id), 0.0)
    node = network.nodes.iloc[int(arcs.node[arc])]
    name = node.node_id if item < 0 else network.member_ids().iloc[item]
    return _leg(name, "", node["name"], "", (node.node_id, node.node_id), 0.0)


def _leg(name: str, direction: str, words: str, mode: str, ends: tuple[str, str], length: float) -> dict[str, object]:
    columns = ("id", "direction", "name", "mode", "from_node_id", "to_node_id", "length")
    return dict(zip(columns, (name, direction, words, mode, *ends, length), strict=True))
