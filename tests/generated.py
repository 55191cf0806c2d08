"""Small networks with demand, generated: every figure a multiple of what the model rounds to.

The model counts in whole tonnes and 1e-4 USD a tonne, so its optimum on these tables must be exact. Hypothesis draws
the seed of each: so they are full of transfers, shared capacities and zones that matter, which they are not when
hypothesis draws each figure.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from random import Random

import pandas as pd
from hypothesis import Phase, settings
from hypothesis import strategies as st
from toy_networks import demand, network

from corridors import Network
from corridors.model.build import Model, build

MODES = ["rail-1520", "rail-1435", "ship"]
COMMODITIES = ["grain", "oil", "steel"]

TIMES = int(os.environ.get("TIMES", "1"))
"""How many times as many examples as `make check` solves: `make soak` gives 20."""
thorough = settings(max_examples=9 * TIMES, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
"""The same examples on every machine. Nothing is gained by making a seed smaller, so hypothesis does not try."""


@dataclass(frozen=True)
class Case:
    """A network and its demand."""

    network: Network
    demand: pd.DataFrame

    def _repr_pretty_(self, printer, cycle) -> None:
        """Whole tables where hypothesis prints a failing case."""
        tables = [f"{name}:\n{_told(getattr(self.network, name))}" for name in self.network.__dataclass_fields__]
        printer.text("\n".join(["", *tables, f"demand:\n{_told(self.demand)}"]))


def _told(frame: pd.DataFrame) -> str:
    return frame.drop(columns=["source", "source_date", "confidence", "geometry"], errors="ignore").to_string()


def cases() -> st.SearchStrategy[Case]:
    """2-7 nodes, three modes and gauges, transfers, both scopes, zones of both roles, up to three commodities."""
    return st.integers(0, 2**32).map(lambda seed: case(Random(seed)))


def case(random: Random) -> Case:
    """A chain through all nodes with transfers where its mode changes, and links, transfers and demand anywhere."""
    nodes, links, transfers, rows = (random.randint(*span) for span in ((2, 7), (0, 9), (1, 6), (1, 9)))
    ids = [f"n{i}" for i in range(nodes)]
    chain = [(start, end, random.choice(MODES)) for start, end in pairwise(ids)]
    anywhere = [(*random.sample(ids, 2), random.choice(MODES)) for _ in range(links)]
    changes = [(a[1], a[2], b[2]) for a, b in pairwise(chain) if a[2] != b[2]]
    changes += [(random.choice(ids), *random.sample(MODES, 2)) for _ in range(transfers)]
    network = Network(
        nodes=pd.DataFrame({"node_id": ids, "capacity": [_now_and_then(random, 0.15, _tonnes) for _ in ids]}),
        links=pd.DataFrame([_link(random, f"l{i}", *ends) for i, ends in enumerate(chain + anywhere)]),
        transfers=pd.DataFrame([_transfer(random, f"t{i}", *at) for i, at in enumerate(changes)]) if changes else None,
        zones=_zones(random, ids),
        commodities=pd.DataFrame(
            {
                "commodity": COMMODITIES,
                "modes": random.choices(["", "rail", "rail;ship", "ship;rail-1520"], [6, 1, 2, 2], k=3),
                "value_of_time": random.choices([0.0, 0.02, 0.5], k=3),
                "start_modes": random.choices(["", "rail-1520", "ship"], [6, 1, 1], k=3),
            }
        ),
        rates=_rates(random),
        tariffs=_tariffs(random, len(chain + anywhere)),
        fleets=_fleets(random, len(chain + anywhere)),
    )
    return Case(network, _demand(random, network, rows))


def with_steps(random: Random, example: Case) -> Case:
    """The same with cost steps on half of its links and transfers: for all goods, by commodity, direction or origin."""
    rows: list[dict[str, object]] = []
    origins = list(dict.fromkeys(example.demand.origin))
    links = [({"link_id": link.link_id}, link.directed) for link in example.network.links.itertuples()]
    changes = [({"transfer_id": at.transfer_id}, at.directed) for at in example.network.transfers.itertuples()]
    for item, directed in links + changes:
        split = random.choice(["all", "commodity", "direction", "origin"])
        if random.random() < 0.5 or (split == "direction" and directed):
            continue
        ladders = {
            "all": [{}],
            "commodity": [{"commodities": "grain;steel"}, {"commodities": "oil"}],
            "direction": [{"direction": "fwd"}, {"direction": "rev"}],
            "origin": [{"origins": origins[:2]}, {"origins": origins[2:3]}] if origins[2:] else [{"origins": origins}],
        }[split]
        for covered in ladders:
            loads = sorted(random.sample(range(0, 60, 5), random.randint(1, 4)))
            extra = sorted(random.randint(0, 60) / 4 for _ in loads)
            rows += [
                item | {"load": load, "extra_cost": cost} | covered for load, cost in zip(loads, extra, strict=True)
            ]
    steps = pd.DataFrame(rows).fillna("") if rows else None
    return Case(example.network.replace(cost_steps=steps), example.demand)


@cache
def example(number: int) -> Case:
    """For -2 one tonne, for -1 the toy network, then generated ones, those of odd numbers with cost steps."""
    random = Random(number)
    if number == -2:
        return one_tonne()
    if number == -1:
        return Case(network(), demand())
    return with_steps(random, case(random)) if number % 2 else case(random)


@cache
def model(number: int) -> Model:
    return build(example(number).network, example(number).demand)


def one_tonne() -> Case:
    """A tonne worth 30 USD, from a to b by one link for 10 or by another for 30."""
    links = pd.DataFrame(
        {"link_id": ["cheap", "just worth it"], "from_node_id": "a", "to_node_id": "b", "mode": "rail"}
    )
    rows = {"demand_id": ["d"], "commodity": "ore", "origin": "a", "destination": "b", "volume": 1.0, "value": 30.0}
    nodes = pd.DataFrame({"node_id": ["a", "b"]})
    return Case(Network(nodes, links.assign(tariff=[10.0, 30.0])), pd.DataFrame(rows))


def _tonnes(random: Random) -> float:
    return 5.0 * random.randint(0, 40)


def _dollars(random: Random) -> float:
    return random.randint(0, 200) / 4


def _hours(random: Random) -> float:
    return random.randint(0, 20) / 2


def _now_and_then(random: Random, chance: float, figure) -> float:
    """The figure with a chance, else missing."""
    return figure(random) if random.random() < chance else math.nan


def _link(random: Random, link_id: str, start: str, end: str, mode: str) -> dict[str, object]:
    return {
        "link_id": link_id,
        "from_node_id": start,
        "to_node_id": end,
        "mode": mode,
        "directed": random.random() < 0.2,
        "length": 50.0 * random.randint(0, 20),
        "capacity": _now_and_then(random, 0.5, _tonnes),
        "capacity_scope": random.choice(["both", "each"]),
        "background": random.choice([0.0, 0.0, 10.0, 60.0]),
        "time": _now_and_then(random, 0.5, _hours),
        "tariff": _now_and_then(random, 0.5, _dollars),
        "tariff_factor": random.choice([1.0, 0.5, 2.0]),
        "headway": random.choice([0.0, 0.0, 24.0]),
        "border_fee": random.choice([0.0, 2.5]),
        "border_time": random.choice([0.0, 12.0]),
        "commodities": random.choices(["", "grain", "oil;steel", "steel"], [8, 1, 1, 1])[0],
        "status": random.choices(["operating", "planned", "closed"], [10, 1, 1])[0],
    }


def _transfer(random: Random, transfer_id: str, node: str, from_mode: str, to_mode: str) -> dict[str, object]:
    return {
        "transfer_id": transfer_id,
        "node_id": node,
        "from_mode": from_mode,
        "to_mode": to_mode,
        "directed": random.random() < 0.2,
        "capacity": _now_and_then(random, 0.5, _tonnes),
        "cost": _dollars(random),
        "time": _hours(random),
        "commodities": random.choices(["", "grain", "oil;steel", "steel"], [8, 1, 1, 1])[0],
        "status": random.choices(["operating", "closed"], [10, 1])[0],
    }


def _zones(random: Random, ids: list[str]) -> pd.DataFrame:
    members = [
        {
            "zone_id": zone,
            "role": role,
            "node_id": member,
            "limit": _now_and_then(random, 0.5, _tonnes),
            "price": random.randint(-40, 80) / 4,
        }
        for zone, role in (("fields", "origin"), ("stations", "origin"), ("sea", "destination"))
        for member in random.sample(ids, random.randint(0, min(3, len(ids))))
    ]
    return pd.DataFrame(members, columns=["zone_id", "role", "node_id", "limit", "price"])


def _tariffs(random: Random, links: int) -> pd.DataFrame:
    own = [(link, name) for link in range(links) for name in COMMODITIES if random.random() < 0.1]
    rows = [{"link_id": f"l{link}", "commodity": name, "tariff": _dollars(random)} for link, name in own]
    return pd.DataFrame(rows, columns=["link_id", "commodity", "tariff"])


def _fleets(random: Random, links: int) -> pd.DataFrame:
    rows = []
    for fleet in range(random.choice([0, 0, 1, 2])):
        served, capacity = random.sample(range(links), min(links, 2)), _now_and_then(random, 0.9, _tonnes)
        rows += [{"fleet_id": f"f{fleet}", "link_id": f"l{link}", "capacity": capacity} for link in served]
    return pd.DataFrame(rows, columns=["fleet_id", "link_id", "capacity"])


def _rates(random: Random) -> pd.DataFrame:
    general = [{"mode": mode, "commodity": "", "rate": 0.03, "speed": 25.0} for mode in MODES]
    special = [
        {"mode": "rail-1520", "commodity": "oil", "rate": 0.01, "speed": math.nan},
        {"mode": "ship", "commodity": "grain", "rate": 0.005, "speed": 10.0},
    ]
    return pd.DataFrame(general + random.choice([[], special]))


def _demand(random: Random, network: Network, rows: int) -> pd.DataFrame:
    ids, zones = list(network.nodes.node_id), network.zones
    starts = {zone: sorted(set(zones.zone_id[zones.role == zone])) for zone in ("origin", "destination")}
    demand = []
    for i in range(rows):
        ends = {role: random.choice(names or ids) for role, names in starts.items()}
        for role in ends:
            if random.random() < 0.6:
                ends[role] = random.choice(ids)
        if ends["origin"] == ends["destination"]:
            ends["destination"] = next(n for n in ids if n != ends["origin"])
        demand.append(
            {
                "demand_id": f"d{i}",
                "commodity": random.choice(COMMODITIES),
                **ends,
                "volume": _tonnes(random),
                "value": random.choice([900.0, 500.0, 300.0, 60.25, 0.0]),
            }
        )
    return pd.DataFrame(demand)
