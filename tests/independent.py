"""The least loss of a network and its demand, written a second time: loops over table rows, not the library's model.

It reads the tables as `docs/architecture.md` says what they mean and shares no code with `corridors.model` or
`corridors.solvers`; what both agree on is then unlikely to be a slip of either.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import pandas as pd
from ortools.linear_solver.python import model_builder

from corridors import Network

STANDING = "standing"
"""Goods that are wanted where they start need nothing that runs there."""


@dataclass(frozen=True)
class Least:
    """The least loss and one flow that has it."""

    loss: float
    unmet: dict[str, float]
    link_load: dict[tuple[str, str], float]
    """Tonnes by link and direction (``forward`` or ``backward``), where there are any."""


def least_loss(network: Network, demand: pd.DataFrame, *, solver: str = "glop", unit: float = 0.0) -> Least:
    """The least loss in USD a year.

    Parameters
    ----------
    network : Network
        Only its tables are read.
    demand : DataFrame
        Demand rows, ids as text.
    solver : str
        A linear solver of OR-Tools.
    unit : float
        What the cost of each arc is rounded to, USD/t; not at all by default.
    """
    lp = _Programme(unit)
    commodities = {row.commodity: row for row in network.commodities.itertuples()}
    zones = {zone: list(rows.itertuples()) for zone, rows in network.zones.groupby("zone_id")}
    nodes = {row.node_id: row for row in network.nodes.itertuples()}
    rates = {(row.mode, row.commodity): row for row in network.rates.itertuples()}
    tariffs = {(row.link_id, row.commodity): row.tariff for row in network.tariffs.itertuples()}
    links = [row for row in network.links.itertuples() if row.status == "operating"]
    transfers = [row for row in network.transfers.itertuples() if row.status == "operating"]

    over_link = defaultdict(list)  # (link_id, direction) -> variables of all classes
    met_by = defaultdict(list)  # (link_id, direction) -> commodity, origin and variable of each class
    over_transfer = defaultdict(list)
    at_member = defaultdict(list)  # (zone_id, node_id) -> variables
    handled = defaultdict(list)  # node_id -> variables of what is loaded, unloaded or moved between modes there
    unmet = {}

    for (commodity, origin), rows in demand.groupby(["commodity", "origin"]):
        known = commodities.get(commodity)
        allowed_modes = _items(known.modes) if known else []
        value_of_time = known.value_of_time if known else 0.0
        into = defaultdict(list)  # (node, mode) -> variables that bring tonnes there
        out_of = defaultdict(list)
        modes_at = defaultdict(lambda: {STANDING})

        for link in links:
            if not _mode_is_taken(link.mode, allowed_modes) or not _commodity_is_taken(link.commodities, commodity):
                continue
            price = _link_cost(link, commodity, value_of_time, rates, tariffs)
            ends = [("forward", link.from_node_id, link.to_node_id)]
            if not link.directed:
                ends.append(("backward", link.to_node_id, link.from_node_id))
            for direction, start, end in ends:
                tonnes = lp.variable(price)
                out_of[start, link.mode].append(tonnes)
                into[end, link.mode].append(tonnes)
                over_link[link.link_id, direction].append(tonnes)
                met_by[f"on {link.link_id}", direction].append((commodity, origin, tonnes))
            modes_at[link.from_node_id].add(link.mode)
            modes_at[link.to_node_id].add(link.mode)

        for transfer in transfers:
            both = [transfer.from_mode, transfer.to_mode]
            if not all(_mode_is_taken(mode, allowed_modes) for mode in both):
                continue
            if not _commodity_is_taken(transfer.commodities, commodity):
                continue
            price = transfer.cost + value_of_time * transfer.time
            for start, end in [both] if transfer.directed else [both, both[::-1]]:
                tonnes = lp.variable(price)
                out_of[transfer.node_id, start].append(tonnes)
                into[transfer.node_id, end].append(tonnes)
                over_transfer[transfer.transfer_id].append(tonnes)
                direction = "forward" if start == transfer.from_mode else "backward"
                met_by[f"at {transfer.transfer_id}", direction].append((commodity, origin, tonnes))
                handled[transfer.node_id].append(tonnes)
            modes_at[transfer.node_id].update(both)

        # Goods start: at the origin node, or at any member of the origin zone, in any mode there, or in
        # those of the commodity's start modes that are there.
        starts = [(origin, 0.0, None)] if origin in nodes else _ends(zones[origin])
        start_modes = _items(known.start_modes) if known else []
        for node, price, member in starts:
            for mode in (mode for mode in modes_at[node] if mode == STANDING or _mode_is_taken(mode, start_modes)):
                tonnes = lp.variable(price)
                into[node, mode].append(tonnes)
                handled[node].append(tonnes)
                if member:
                    at_member[member].append(tonnes)

        # Goods end: row by row, at the destination node or at members of the destination zone, from any mode there.
        for row in rows.itertuples():
            here = []
            places = [(row.destination, 0.0, None)] if row.destination in nodes else _ends(zones[row.destination])
            for node, price, member in places:
                for mode in modes_at[node]:
                    tonnes = lp.variable(price)
                    out_of[node, mode].append(tonnes)
                    handled[node].append(tonnes)
                    here.append(tonnes)
                    if member:
                        at_member[member].append(tonnes)
            unmet[row.demand_id] = lp.variable(row.value)
            lp.equal([*here, unmet[row.demand_id]], [], row.volume)

        for vertex in into.keys() | out_of.keys():
            lp.equal(into[vertex], out_of[vertex], 0.0)

    for (item, cell, origins, direction), steps in _ladders(network.cost_steps).items():
        directions = {"fwd": ["forward"], "rev": ["backward"], "": ["forward", "backward"]}[direction]
        paying = [
            tonnes
            for one in directions
            for commodity, start, tonnes in met_by[item, one]
            if _commodity_is_taken(cell, commodity) and _starts_there(start, _items(origins), nodes, zones)
        ]
        lp.convex(paying, steps)

    for link in links:
        if math.isnan(link.capacity):
            continue
        left = max(0.0, link.capacity - link.background)
        forward, backward = over_link[link.link_id, "forward"], over_link[link.link_id, "backward"]
        if link.capacity_scope == "both":
            lp.at_most(forward + backward, left)
        else:
            lp.at_most(forward, left)
            lp.at_most(backward, left)
    for transfer in transfers:
        lp.at_most(over_transfer[transfer.transfer_id], transfer.capacity)
    for _, served in network.fleets.groupby("fleet_id"):
        carried = [tonnes for key, load in over_link.items() if key[0] in set(served.link_id) for tonnes in load]
        lp.at_most(carried, served.capacity.iloc[0])
    for members in zones.values():
        for member in members:
            lp.at_most(at_member[member.zone_id, member.node_id], member.limit)
    for node in nodes.values():
        lp.at_most(handled[node.node_id], node.capacity)

    loss, value = lp.solve(solver)
    loads = {key: math.fsum(value(v) for v in variables) for key, variables in over_link.items()}
    return Least(
        loss=loss,
        unmet={row: value(variable) for row, variable in unmet.items()},
        link_load={key: load for key, load in loads.items() if load > 0},
    )


def _ladders(table: pd.DataFrame) -> dict[tuple[str, str, str, str], list[tuple[float, float]]]:
    """Loads and extra costs, by link or transfer, commodities, origins and direction."""
    ladders = defaultdict(list)
    for step in table.itertuples():
        item = f"on {step.link_id}" if step.link_id else f"at {step.transfer_id}"
        ladders[item, step.commodities, step.origins, step.direction].append((step.load, step.extra_cost))
    return {key: sorted(steps) for key, steps in ladders.items()}


def _items(cell: str) -> list[str]:
    return [item.strip() for item in cell.split(";") if item.strip()]


def _mode_is_taken(mode: str, allowed: list[str]) -> bool:
    """Whether a commodity with these modes takes the mode: `rail` stands for every gauge, none for all modes."""
    return not allowed or mode in allowed or ("rail" in allowed and mode.startswith("rail-"))


def _commodity_is_taken(cell: str, commodity: str) -> bool:
    return not _items(cell) or commodity in _items(cell)


def _starts_there(start: str, names: list[str], nodes, zones) -> bool:
    """Whether goods from a node or zone are of these origins: it is named, or the country that all of it lies in."""
    if not names or start in names:
        return True
    places = [start] if start in nodes else [member.node_id for member in zones[start]]
    return any(name and all(nodes[place].country == name for place in places) for name in names)


def _link_cost(link, commodity, value_of_time, rates, tariffs) -> float:
    """USD a tonne: freight, border fee, and the worth of the hours under way, at the border and until it starts."""
    freight = tariffs.get((link.link_id, commodity), link.tariff)
    if math.isnan(freight):
        freight = _by_mode(link.mode, commodity, rates, "rate")
        freight = freight * link.length * link.tariff_factor if freight else 0.0
    hours = link.time
    if math.isnan(hours):
        speed = _by_mode(link.mode, commodity, rates, "speed")
        hours = link.length / speed if speed else 0.0
    if not value_of_time:
        return freight + link.border_fee
    return freight + link.border_fee + value_of_time * (hours + link.border_time + link.headway / 2)


def _by_mode(mode, commodity, rates, column) -> float:
    """The figure of the mode for the commodity, else the one for every other commodity, else 0."""
    for key in ((mode, commodity), (mode, "")):
        if key in rates and not math.isnan(getattr(rates[key], column)):
            return getattr(rates[key], column)
    return 0.0


def _ends(members) -> list[tuple[str, float, tuple[str, str]]]:
    return [(member.node_id, member.price, (member.zone_id, member.node_id)) for member in members]


class _Programme:
    """Least cost over variables >= 0, a constraint at a time."""

    def __init__(self, unit: float) -> None:
        self.unit = unit
        self.model = model_builder.Model()
        self.variables: list = []
        self.prices: list[float] = []

    def variable(self, price: float):
        self.variables.append(self.model.new_num_var(0.0, math.inf, None))
        self.prices.append(round(price / self.unit) * self.unit if self.unit else float(price))
        return self.variables[-1]

    def equal(self, plus, minus, constant: float) -> None:
        weights = [1.0] * len(plus) + [-1.0] * len(minus)
        expression = model_builder.LinearExpr.weighted_sum([*plus, *minus], weights)
        self.model.add(expression == float(constant))

    def at_most(self, variables, limit: float) -> None:
        if variables and not math.isnan(limit):
            self.model.add(model_builder.LinearExpr.sum(variables) <= float(limit))

    def convex(self, variables, steps: list[tuple[float, float]]) -> None:
        """Charge the sum of the variables what steps of (load, price from there on) come to.

        The charge is a variable no lower than each line that carries on a step in both directions.
        """
        charge = self.variable(1.0)
        paid, before, price = 0.0, 0.0, 0.0
        for load, given in steps:
            extra = round(given / self.unit) * self.unit if self.unit else given
            paid += (load - before) * price
            before, price = load, extra
            line = model_builder.LinearExpr.weighted_sum([*variables, charge], [price] * len(variables) + [-1.0])
            self.model.add(line <= price * load - paid)

    def solve(self, solver: str):
        if not self.variables:
            return 0.0, None
        self.model.minimize(model_builder.LinearExpr.weighted_sum(self.variables, self.prices))
        engine = model_builder.Solver(solver)
        status = engine.solve(self.model)
        assert status == model_builder.SolveStatus.OPTIMAL, f"the independent programme ended with {status}"
        loss = math.fsum(engine.value(v) * price for v, price in zip(self.variables, self.prices, strict=True))
        return loss, engine.value
