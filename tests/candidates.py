"""Candidates for generated networks, and the best portfolio of them by trying all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from random import Random

import numpy as np
import pandas as pd
from independent import least_loss

import corridors as cd


def some_candidates(random: Random, network: cd.Network, most: int, kinds: tuple[str, ...]) -> pd.DataFrame:
    """A few candidates of each kind that fits the network; some require or exclude others."""
    links = network.links
    operating = links[links.status == "operating"]
    limited = operating[operating.capacity >= operating.background]
    cut = operating[(operating.tariff > 0) & operating.time.notna()]
    choices = [("links", i, "capacity", _room(random)) for i in limited.link_id]
    choices += [("links", i, "status", math.nan) for i in links.link_id[links.status != "operating"]]
    cheapest = network.tariffs.groupby("link_id").tariff.min().reindex(cut.link_id).fillna(np.inf)
    tariff = np.minimum(cheapest.to_numpy(), cut.tariff.to_numpy())
    choices += [("links", i, "tariff", t) for i, t in zip(cut.link_id, tariff, strict=True)]
    choices += [("links", i, "time", t) for i, t in zip(cut.link_id, cut.time, strict=True)]
    nodes, zones, fleets = network.nodes, network.member_ids(), network.fleets
    choices += [("nodes", i, "capacity", _room(random)) for i in nodes.node_id[nodes.capacity.notna()]]
    choices += [("zones", i, "limit", _room(random)) for i in zones[network.zones.limit.notna()]]
    choices += [("fleets", i, "capacity", _room(random)) for i in fleets.fleet_id[fleets.capacity.notna()].unique()]
    transfers = network.transfers
    limited = transfers[transfers.capacity.notna() & (transfers.status == "operating")]
    choices += [("transfers", i, "capacity", _room(random)) for i in limited.transfer_id]
    chosen = random.sample(choices, min(most, len(choices)))
    rows = [_candidate(random, f"c{at}", *choice, kinds) for at, choice in enumerate(chosen)]
    for at, row in enumerate(rows[1:], 1):
        if random.random() < 0.5:
            row[random.choice(["requires", "excludes"])] = f"c{random.randrange(at)}"
    return pd.DataFrame(rows)


def _room(random: Random) -> float:
    return 5.0 * random.randint(1, 30)


def _candidate(random: Random, name: str, table: str, i: str, field: str, amount: float, kinds: tuple[str, ...]):
    kind = "whole" if field in ("tariff", "time") else random.choice(kinds)
    most = {"whole": 1.0, "modules": float(random.randint(1, 3)), "continuous": random.choice([1.0, 2.5])}[kind]
    life, cost = random.choice([10.0, 30.0]), float(random.choice([0, 1, 2, 3]) * random.randint(1, 9) * 1e4)
    return {
        **{"candidate_id": name, "table": table, "id": i, "field": field, "amount": amount, "cost": cost},
        **{"kind": kind, "most": most, "life": life, "requires": "", "excludes": ""},
    }


def portfolios(candidates: pd.DataFrame, budget: float) -> Iterator[dict[str, float]]:
    """All portfolios of whole modules that keep the budget, and what is required and excluded."""
    names, most = candidates.candidate_id.tolist(), candidates.most.astype(int)
    for modules in product(*(range(m + 1) for m in most)):
        built = {name: float(m) for name, m in zip(names, modules, strict=True) if m}
        needs, never = (candidates.set_index("candidate_id")[c].to_dict() for c in ("requires", "excludes"))
        if any(needs[name] and needs[name] not in built for name in built):
            continue
        if any(never[name] in built for name in built):
            continue
        if sum(candidates.cost * np.array(modules)) <= budget:
            yield built


def yearly(candidates: pd.DataFrame, built: dict[str, float], rate: float) -> float:
    """What a portfolio costs a year, by the annuity formula."""
    return sum(
        built.get(row.candidate_id, 0.0) * row.cost * rate / (1 - (1 + rate) ** -row.life)
        for row in candidates.itertuples()
    )


def losses(network: cd.Network, demands: list[pd.DataFrame], candidates: pd.DataFrame, built: dict[str, float]):
    """The loss of a portfolio with each demand, by a linear programme that shares no code with the library's."""
    there = cd.with_candidates(network, candidates, built)
    return np.array([least_loss(there, demand).loss for demand in demands])
