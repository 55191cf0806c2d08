"""Candidates for generated networks, and the best portfolio of them by trying all."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pandas as pd
from independent import least_loss

import corridors as cd
from corridors.arrays.typing import FloatArray
from corridors.edits.candidates import prepared
from corridors.methods.portfolio_losses import Future, PortfolioLosses
from corridors.network import checked_demand
from corridors.schema.candidates import candidates_of

BY_ITSELF = 16
"""How many portfolios are solved by a programme of their own."""


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


def portfolios(candidates: pd.DataFrame, budget: float) -> FloatArray:
    """All portfolios of whole modules that keep the budget, and what is required and excluded, (P, N)."""
    names, most = candidates.candidate_id.tolist(), candidates.most.astype(int).to_numpy()
    modules = np.indices(most + 1).reshape(len(most), -1).T
    keeps = modules @ candidates.cost.to_numpy() <= budget
    for at, row in enumerate(candidates.itertuples()):
        built = modules[:, at] > 0
        if row.requires:
            keeps &= ~built | (modules[:, names.index(row.requires)] > 0)
        if row.excludes:
            keeps &= ~built | (modules[:, names.index(row.excludes)] == 0)
    return modules[keeps].astype(float)


def yearly(candidates: pd.DataFrame, modules: FloatArray, rate: float) -> FloatArray:
    """What portfolios, (P, N), cost a year, by the annuity formula."""
    life = candidates.life.to_numpy()
    found: FloatArray = modules @ (candidates.cost.to_numpy() * rate / (1 - (1 + rate) ** -life))
    return found


def losses(
    network: cd.Network, demands: list[pd.DataFrame], candidates: pd.DataFrame, modules: FloatArray
) -> FloatArray:
    """The losses of portfolios, (P, N), with each demand, (P, D), by a programme that shares no code with the library.

    Of more than `BY_ITSELF` only so many are solved by it, and all by a sweep, which has to agree.
    """
    if len(modules) <= BY_ITSELF:
        return np.array([_losses(network, demands, candidates, built) for built in modules])
    wanted = candidates_of(candidates)
    ready = prepared(network, wanted)
    futures = [
        Future(f"{at}", ready.network, checked_demand(network, demand), cd.baseline(), ready.rooms)
        for at, demand in enumerate(demands)
    ]
    swept, _ = PortfolioLosses(futures, len(wanted), progress=False)(modules)
    some = np.random.default_rng(len(modules)).choice(len(modules), BY_ITSELF, replace=False)
    solved = np.array([_losses(network, demands, candidates, built) for built in modules[some]])
    np.testing.assert_allclose(swept[some], solved, rtol=1e-9, atol=1e-3)
    return swept


def _losses(network: cd.Network, demands: list[pd.DataFrame], candidates: pd.DataFrame, modules: FloatArray):
    built = {name: float(m) for name, m in zip(candidates.candidate_id, modules, strict=True) if m}
    there = cd.with_candidates(network, candidates, built)
    return [least_loss(there, demand).loss for demand in demands]
