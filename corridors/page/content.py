"""What the page shows, as lists, numbers and texts: what is drawn, what can be chosen, and what each choice does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors.maps import style
from corridors.maps.flow_map import source_line, view_for
from corridors.maps.flows import link_flows
from corridors.network import Network, case_names
from corridors.page.answers import Answer, Answers, Flows, Unit
from corridors.page.choices import Choice, choices_of, country_names, pairs_of
from corridors.page.drawing import drawing_of
from corridors.page.sliders import Slider, sliders_of
from corridors.scenarios.atoms import Parameter
from corridors.studies.rents import rents
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
) -> dict[str, Any]:
    """All that the page shows, as lists, numbers and texts; parameters as for `write_page`."""
    view_for(network)  # a network that can't be drawn is an error before anything is solved
    base = solve(network, demand)
    flows = link_flows(network, base, None)
    answers = Answers(network, demand, base, progress=progress)
    choices = choices_of(network, demand, links=_busiest(network, flows, links))
    solved = answers.of([choice.changes for choice in choices])
    closing = _apart(choices, solved)
    couples = [(closing[a], closing[b]) for a, b in pairs_of([choices[i] for i in closing], pairs)]
    together = answers.of([pd.concat([choices[a].changes, choices[b].changes]) for a, b in couples])
    moved = sliders_of(network, demand, answers, sliders, progress=progress)
    names = case_names(network, demand)
    number = {link: i for i, link in enumerate(network.links.link_id)}
    return {
        "title": title or " ".join(["What if a link closes?", names.get("network", "").capitalize()]).strip(),
        "source": source_line(view_for(network), network, base),
        "units": {
            "flow": _unit(answers.unit),
            "money": _unit(Unit.of_money(max((abs(answer.loss) for answer in solved), default=0.0))),
        },
        "kinds": {kind: look.label for kind, look in style.MODES.items()},
        "countries": country_names(),
        "commodities": [str(name) for name in base.commodity.to_numpy()],
        "drawing": drawing_of(network, flows),
        "links": _links_told(network, base),
        "loss": float(base.loss),
        "unmet": float(base.unmet.sum()),
        "flows": _flows(answers.flows),
        "choices": [
            {"kind": c.kind, "id": c.id, "name": c.name, "links": [number[i] for i in c.links], **_answer(a)}
            for c, a in zip(choices, solved, strict=True)
        ],
        "pairs": [{"of": list(couple), **_answer(a)} for couple, a in zip(couples, together, strict=True)],
        "sliders": [_moved(slider) for slider in moved],
    }


def _busiest(network: Network, flows: pd.DataFrame, most: int) -> list[str]:
    """The operating links, those that carry most first."""
    operating = network.links.link_id[network.links.status == "operating"]
    carried = flows.abs().sum(axis=1).reindex(operating)
    return [str(link) for link in carried.sort_values(ascending=False, kind="stable").index[:most]]


def _apart(choices: list[Choice], solved: list[Answer]) -> list[int]:
    """Closures of links and ports, worst first, one of those that cost the same: links in series are one trap."""
    found: dict[float, int] = {}
    order = sorted(range(len(choices)), key=lambda i: -solved[i].loss)
    for i in order:
        if choices[i].kind in ("link", "port") and solved[i].loss > 0:
            found.setdefault(round(solved[i].loss), i)
    return list(found.values())


def _links_told(network: Network, base: xr.Dataset) -> list[dict[str, Any]]:
    """What the page tells of each link."""
    links, names = network.links, dict(zip(network.nodes.node_id, network.nodes.name, strict=True))
    paid = rents(network, base)
    paid = paid[paid.kind == "link"].groupby("id").dual.max()
    told = links.assign(
        ends=[f"{names[a] or a} - {names[b] or b}" for a, b in zip(links.from_node_id, links.to_node_id, strict=True)],
        rent=links.link_id.map(paid),
    )
    wanted = {"id": "link_id", "name": "name", "ends": "ends", "status": "status", "mode": "mode"}
    wanted |= {
        name: name for name in ("capacity", "capacity_scope", "length", "tariff", "rent", "source", "confidence")
    }
    found = []
    for row in told[[name for name in wanted.values() if name in told]].to_dict("records"):
        item = {key: row[name] for key, name in wanted.items() if name in row}
        found.append(
            {key: value for key, value in item.items() if value == value and value != "" and value is not None}
        )
    return found


def _answer(answer: Answer) -> dict[str, Any]:
    bear = [[end == "destination", country, loss] for end, country, loss in answer.losers]
    return {"loss": answer.loss, "unmet": answer.unmet, "losers": bear, **_flows(answer.flows)}


def _flows(flows: Flows) -> dict[str, list[int]]:
    """Places as differences, which are small numbers, and values."""
    return {"place": np.diff(flows.place, prepend=0).tolist(), "value": flows.value.tolist()}


def _unit(unit: Unit) -> dict[str, Any]:
    return {"name": unit.name, "per": unit.per, "grain": unit.grain}


def _moved(slider: Slider) -> dict[str, Any]:
    now = slider.now if np.isfinite(slider.now) else None
    of = {"name": slider.name, "unit": slider.unit, "now": now, "at": slider.at, "loss": slider.loss}
    return {**of, "constant": slider.constant, "answers": [_answer(answer) for answer in slider.answers]}
