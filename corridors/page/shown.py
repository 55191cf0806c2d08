"""What a page shows of one case, as lists, numbers and texts: what is drawn, and what is said of each link."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import symbols
from corridors.maps.flow_map import source_line, view_for
from corridors.maps.flows import link_flows
from corridors.network import Network, case_names
from corridors.page.answers import Flows, Unit
from corridors.page.choices import country_names
from corridors.page.drawing import drawing_of
from corridors.results import read_result
from corridors.schema.homes import zone_names
from corridors.studies.rents import rents


def heading(network: Network, demand: pd.DataFrame) -> str:
    """The heading of a page that is given none."""
    return f"What if a link closes? {case_names(network, demand).get('network', '').capitalize()}".strip()


def shown_of(network: Network, result: xr.Dataset | None, title: str) -> dict[str, Any]:
    """What a page shows of one case, where nothing can be chosen.

    Parameters
    ----------
    network : Network
        With coordinates.
    result : Dataset or None
        What `corridors.solve` gave, or one scenario of a sweep with ``keep=("flow",)``; None for the network alone.
    title : str
    """
    idle = pd.DataFrame(0.0, index=network.links.link_id, columns=["fwd", "rev"])
    view = view_for(network)
    flow = None if result is None else read_result(network, result, ["flow"]).flow
    unit = Unit.of_flow(0.0 if flow is None else float(np.abs(flow.to_numpy()).max(initial=0.0)))
    given = {name for name in ("loss", "unmet") if result is not None and name in result}
    return {
        "title": title,
        "source": source_line(view, network, result),
        "flow": unit.as_told(),
        "money": Unit.of_money(abs(float(result.loss)) if result is not None and "loss" in given else 0.0).as_told(),
        "kinds": {kind: look.label for kind, look in symbols.MODES.items()},
        "countries": zone_names(network.zones) | country_names(),
        "commodities": [] if flow is None else [str(name) for name in flow.commodity.to_numpy()],
        "drawing": drawing_of(network, view, idle if result is None else link_flows(network, result, None)),
        "links": _links_described(network, result),
        "loss": None if result is None or "loss" not in given else float(result.loss),
        "unmet": None if result is None or "unmet" not in given else float(result.unmet.sum()),
        "flows": Flows.of(flow, unit).as_told() if flow is not None else {"place": [], "value": []},
        "choices": [],
        "pairs": [],
        "sliders": [],
    }


def _links_described(network: Network, result: xr.Dataset | None) -> list[dict[str, Any]]:
    """What the page says of each link; its rent, where the result has rents."""
    links, names = network.links, dict(zip(network.nodes.node_id, network.nodes.name, strict=True))
    paid = pd.Series(dtype=float)
    if result is not None and {"rent", "throughput"} <= set(result):
        full = rents(network, result)
        paid = full[full.kind == "link"].groupby("id").dual.max()
    described = links.assign(
        ends=[f"{names[a] or a} - {names[b] or b}" for a, b in zip(links.from_node_id, links.to_node_id, strict=True)],
        rent=links.link_id.map(paid),
    )
    wanted = {"id": "link_id", "name": "name", "ends": "ends", "status": "status", "mode": "mode"}
    wanted |= {
        name: name for name in ("capacity", "capacity_scope", "length", "tariff", "rent", "source", "confidence")
    }
    found = []
    for row in described[[name for name in wanted.values() if name in described]].to_dict("records"):
        item = {key: row[name] for key, name in wanted.items() if name in row}
        found.append(
            {key: value for key, value in item.items() if value == value and value != "" and value is not None}
        )
    return found
