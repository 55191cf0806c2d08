"""What the page shows, as lists, numbers and texts: what is drawn, what can be chosen, and what each choice does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import symbols
from corridors.maps.flow_map import source_line, view_for
from corridors.maps.flows import link_flows, placed_nodes
from corridors.network import Network, case_names
from corridors.page.answers import Answer, Answers, Flows, Unit, comparable, pairs_in
from corridors.page.choices import Choice, choices_of, country_names, pairs_of
from corridors.page.drawing import drawing_of
from corridors.page.sliders import Slider, sliders_of
from corridors.results import read_result
from corridors.scenarios.atoms import Parameter
from corridors.scenarios.batch import of_changes
from corridors.schema.homes import zone_names
from corridors.studies.rents import rents
from corridors.studies.volumes import busiest_links
from corridors.sweeping.solve import solve

FINE = 0.5
"""The share of the last digit shown by which the loss of a slider may be off between two of its breakpoints."""


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
    placed_nodes(network)  # a network that can't be drawn is an error before anything is solved
    base = comparable(network, demand, solve(network, demand)) if base is None else base
    shown = shown_of(network, base, title or heading(network, demand))
    chosen = chosen_of(network, demand, base, links=links, pairs=pairs, sliders=sliders, progress=progress)
    return {**shown, **chosen}


def chosen_of(
    network: Network,
    demand: pd.DataFrame,
    base: xr.Dataset,
    *,
    links: int,
    pairs: int,
    sliders: Mapping[str, tuple[Parameter, float, float]] | None,
    progress: bool,
    closures: xr.Dataset | None = None,
) -> dict[str, Any]:
    """What can be chosen on a page, and what each choice does.

    Parameters
    ----------
    network, demand, base, links, pairs, sliders, progress
        As for `content_of`.
    closures : Dataset, optional
        Closures of links, by ``link_id``, from a sweep of the same case that kept `answers.KEEP`: these are not solved
        again.
    """
    answers = Answers(network, demand, base, progress=progress)
    choices = choices_of(network, demand, links=busiest_links(network, base, links))
    solved = _solved(choices, answers, closures)
    apart = _apart(choices, solved)
    numbered = pairs_of(len(apart), pairs)
    couples = [(apart[a], apart[b]) for a, b in numbered]
    # A batch of these alone, so that the solver looks at their closures only.
    paired = of_changes([choices[i].changes for i in apart[: 1 + max((b for _, b in numbered), default=-1)]])
    together = answers.of(pairs_in(paired, numbered))
    money = Unit.of_money(max((abs(answer.loss) for answer in solved), default=0.0))
    moved = sliders_of(
        network, demand, answers, sliders, fine=lambda loss: FINE * money.last_digit(loss), progress=progress
    )
    number = {link: i for i, link in enumerate(network.links.link_id)}
    return {
        "money": _unit(money),
        "choices": [
            {"kind": c.kind, "id": c.id, "name": c.name, "links": [number[i] for i in c.links], **answered(a)}
            for c, a in zip(choices, solved, strict=True)
        ],
        "pairs": [{"of": list(couple), **answered(a)} for couple, a in zip(couples, together, strict=True)],
        "sliders": [_moved(slider) for slider in moved],
    }


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
        "flow": _unit(unit),
        "money": _unit(Unit.of_money(abs(float(result.loss)) if result is not None and "loss" in given else 0.0)),
        "kinds": {kind: look.label for kind, look in symbols.MODES.items()},
        "countries": zone_names(network.zones) | country_names(),
        "commodities": [] if flow is None else [str(name) for name in flow.commodity.to_numpy()],
        "drawing": drawing_of(network, view, idle if result is None else link_flows(network, result, None)),
        "links": _links_described(network, result),
        "loss": None if result is None or "loss" not in given else float(result.loss),
        "unmet": None if result is None or "unmet" not in given else float(result.unmet.sum()),
        "flows": _flows(Flows.of(flow, unit)) if flow is not None else {"place": [], "value": []},
        "choices": [],
        "pairs": [],
        "sliders": [],
    }


def _solved(choices: list[Choice], answers: Answers, closures: xr.Dataset | None) -> list[Answer]:
    """The answer to each choice; of links, from their closures where these are there."""
    known: dict[tuple[str, str], Answer] = {}
    if closures is not None:
        links = closures.scenario.to_numpy().tolist()
        known = {("link", link): answer for link, answer in zip(links, answers.in_sweep(closures), strict=True)}
    for of_links in (True, False):
        asked = [c for c in choices if (c.kind == "link") == of_links and (c.kind, c.id) not in known]
        found = answers.of(of_changes([choice.changes for choice in asked]), grouped=of_links)
        known |= {(choice.kind, choice.id): answer for choice, answer in zip(asked, found, strict=True)}
    return [known[choice.kind, choice.id] for choice in choices]


def _apart(choices: list[Choice], solved: list[Answer]) -> list[int]:
    """Closures of links and ports, worst first, one of those that cost the same: links in series are one trap."""
    found: dict[float, int] = {}
    order = sorted(range(len(choices)), key=lambda i: -solved[i].loss)
    for i in order:
        if choices[i].kind in ("link", "port") and solved[i].loss > 0:
            found.setdefault(round(solved[i].loss), i)
    return list(found.values())


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


def answered(answer: Answer) -> dict[str, Any]:
    """An answer as the page's script takes it."""
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
    shown = [{"unmet": answer.unmet, **_flows(answer.flows)} for answer in slider.answers]
    return {**of, "constant": slider.constant, "answers": shown}
