"""Congestion: costs that rise with the load, cut into cost steps from a curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.errors import InputError, complaint, whole
from corridors.network import Network

COLUMNS = ("capacity", "cost")
TOP = {"bpr": 2.0, "queue": 0.98}
"""The load, as a share of the capacity, up to which a curve is cut; more pays what the last step does."""

MOST = 10_000
"""Steps of a curve at the most: each is a bundle of the model."""


@dataclass(frozen=True)
class Curve:
    """A delay as a multiple of its scale, by the load as a share of the capacity: a number, or an array of them.

    Parameters
    ----------
    kind : str
        ``bpr`` or ``queue``; shares of a queue are below 1.
    alpha, beta : float
        Of a BPR curve.

    Examples
    --------
    >>> Curve("bpr", 0.15, 4.0).delay(2.0), Curve("queue").slope(0.5)
    (2.4, 4.0)
    """

    kind: str
    alpha: float = 0.15
    beta: float = 4.0

    def delay(self, share: Any) -> Any:
        """What a tonne pays more than on a free passage."""
        return share / (1 - share) if self.kind == "queue" else self.alpha * share**self.beta

    def slope(self, share: float) -> float:
        """Of the delay; 0 where it is vertical, which is where nothing passes a BPR curve of a beta below 1."""
        if self.kind == "queue":
            return 1 / (1 - share) ** 2
        return 0.0 if share == 0.0 and self.beta < 1.0 else self.alpha * self.beta * share ** (self.beta - 1)

    def integral(self, share: Any) -> Any:
        """Of the delay, from a load of zero."""
        if self.kind == "queue":
            return -share - np.log1p(-share)
        return self.alpha * share ** (self.beta + 1) / (self.beta + 1)


def with_congestion(network: Network, curves: Any, *, optimum: str = "system", steps: int = 40) -> Network:
    """A network whose links or transfers cost more the more they carry, by a curve cut into cost steps.

    Parameters
    ----------
    network : Network
    curves : DataFrame
        A row a curve: ``link_id`` or ``transfer_id``, ``capacity`` (t/year), ``cost`` (USD/t that rises: what the time
        of a free passage is worth), and optionally ``direction`` (``fwd`` or ``rev``; both together by default),
        ``curve`` (``bpr`` by default, or ``queue``), ``alpha`` (0.15) and ``beta`` (4) of a BPR curve.
    optimum : str
        ``system``: steps hold what a tonne costs all together, so that `corridors.solve` finds the least cost of all;
        ``user``: they hold what it pays itself, so that no tonne has a cheaper route (Wardrop's equilibrium).
    steps : int
        Steps of a curve, 1 to 10,000.

    Returns
    -------
    Network
        With cost steps in addition to those that it has. Capacities and all else stay.

    Raises
    ------
    InputError
        An unknown link, transfer, direction or curve; two curves of one; a capacity that is not above 0; a curve on
        goods that have steps.

    Notes
    -----
    The delay of a BPR curve is ``cost * alpha * (load / capacity) ** beta`` (Bureau of Public Roads 1964), that of a
    queue ``cost * load / (capacity - load)`` (M/M/1). A step has the mean of the curve over its width, so that the sum
    is exact at the ends of steps, and never too low in between. With ``user`` the sum is the objective of Beckmann,
    McGuire & Winsten (1956), whose least is the equilibrium; with ``system`` it is what all pay. Steps are of one
    width, up to twice the capacity (BPR) or 98 % of it (queue); above, a tonne pays what it does in the last step.

    Examples
    --------
    Two routes of 10 USD, of which one delays by as much as its load, in USD for each 100 t: alone the tonnes would fill
    it until it costs as much as the other; together they leave half of that.

    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["short", "long"], "from_node_id": "a", "to_node_id": "b", "mode": "road",
    ...                       "tariff": [10.0, 11.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links)
    >>> curves = pd.DataFrame({"link_id": ["short"], "capacity": 100.0, "cost": 1.0, "alpha": 1.0, "beta": 1.0})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["a"], "destination": ["b"],
    ...                        "volume": [150.0], "value": [220.0]})
    >>> for optimum in ("user", "system"):
    ...     result = cd.solve(cd.with_congestion(network, curves, optimum=optimum), demand)
    ...     print(optimum, result.flow.sel(link="short").sum().item())
    user 100.0
    system 50.0
    """
    arguments.networks(network=network)
    arguments.texts(optimum=optimum)
    if optimum not in ("system", "user"):
        raise InputError(f"with_congestion: optimum={optimum!r} is unknown; give system or user")
    steps = whole("with_congestion: steps", steps, 1, MOST)
    rows = [_steps(row, optimum, steps) for row in curves_of(network, curves).itertuples(index=False)]
    return network.replace(cost_steps=pd.concat([network.cost_steps, *rows], ignore_index=True))


def curves_of(network: Network, curves: Any) -> pd.DataFrame:
    """The curves, as for `with_congestion`, checked and with all their columns."""
    given = arguments.table_of("curves", curves, numbers=COLUMNS)
    blank = {"link_id": "", "transfer_id": "", "direction": "", "curve": "bpr", "alpha": 0.15, "beta": 4.0}
    table = given.assign(**{name: value for name, value in blank.items() if name not in given}).fillna(blank)
    of = np.where(table.link_id != "", table.link_id, table.transfer_id)
    for name, known in (("link_id", network.links.link_id), ("transfer_id", network.transfers.transfer_id)):
        unknown = table[name][~table[name].isin({"", *known})]
        if len(unknown):
            raise InputError(complaint("curves", f"{name} is unknown", unknown, "give one of the network"))
    where = ["link_id", "transfer_id"]
    blank_too = (table.direction == "").groupby([table.link_id, table.transfer_id]).transform("any")
    again = table.duplicated([*where, "direction"], keep=False) | (table.duplicated(where, keep=False) & blank_too)
    problems = {
        "link_id and transfer_id are both given, or both blank": ((table[where] != "").sum(axis=1) != 1, "give one"),
        "direction is unknown": (~table.direction.isin(["", "fwd", "rev"]), "give fwd or rev, or leave it blank"),
        "a second curve is there": (again, "keep one for both directions, or one for each"),
        "curve is unknown": (~table.curve.isin(TOP), f"give {' or '.join(TOP)}"),
        "capacity is not above 0": (~(table.capacity > 0) | np.isinf(table.capacity), "give tonnes a year"),
        "cost, alpha or beta is below 0": (~(table[["cost", "alpha", "beta"]] >= 0).all(axis=1), "give 0 or more"),
    }
    for problem, (wrong, remedy) in problems.items():
        if wrong.any():
            raise InputError(complaint("curves", problem, of[wrong.to_numpy()], remedy))
    return table


def _steps(row: Any, optimum: str, steps: int) -> pd.DataFrame:
    """The steps of one curve."""
    share = np.linspace(0.0, TOP[row.curve], steps + 1)
    curve = Curve(row.curve, row.alpha, row.beta)
    total = row.cost * (curve.integral(share) if optimum == "user" else share * curve.delay(share))
    of = {name: getattr(row, name) for name in ("link_id", "transfer_id", "direction")}
    return pd.DataFrame({"load": row.capacity * share[:-1], "extra_cost": np.diff(total) / np.diff(share), **of})
