"""Leverage: what each country, bloc, corridor or facility is worth to the whole, as a player in a cooperative game."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, whole
from corridors.methods.closure_sets import Support
from corridors.methods.cooperative_games import MOST, banzhaf, nucleolus, shapley, shapley_sampled
from corridors.network import Network, checked_demand
from corridors.scenarios.make import players_of
from corridors.studies.penalties import about

EXACT = 12
"""Up to so many players all coalitions are solved unless the caller says otherwise."""
LARGEST = 62
"""Players up to which the number of a coalition is an integer."""
EVERY = 24
"""Players up to which all coalitions fit in memory."""


def leverage(
    network: Network,
    demand: Any,
    players: Sequence[str] | Mapping[str, Iterable[str]],
    *,
    by: str = "country",
    method: str = "auto",
    orders: int = 1000,
    seed: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    """What each player is worth to all, and how much of it is its own.

    A coalition has the links of its players, and of no other player; links of no player are always there. Its
    worth is what it saves: the loss when all players close their links, less the loss when the coalition's are open.

    Parameters
    ----------
    network : Network
        Give one with planned links operating (``load_network(year=2030)``) to see what they do to each player.
    demand : DataFrame
        As for `corridors.solve`.
    players : sequence of str, or mapping
        As for `corridors.coalitions`: names of countries and so on, or each player's links by its name.
    by : str
        ``link, node, port, border, country, corridor, mode`` or ``bloc``, for names.
    method : str
        ``exact`` solves all coalitions, up to 24 players, ``sampled`` those of random orders; ``auto`` is exact up to
        12. Closures that no goods use are not solved (see `methods.closure_sets`), so 20 players of one commodity take
        seconds.
    orders : int
        How many orders to sample.
    seed : int
        The same seed gives the same orders.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        Most first: ``player``; in USD/year ``alone`` (its worth without the others), ``last`` (what is lost when it
        alone leaves), ``shapley`` (Shapley 1953), ``error`` (standard error of it; zero where exact), ``banzhaf``
        (Banzhaf 1965), ``nucleolus`` (Schmeidler 1969; to 8 players); and ``share`` of the Shapley value in the worth
        of all, which is ``attrs["worth"]``. What a method does not give is NaN.

    Raises
    ------
    InputError
        Unknown players or method, too many players for an exact answer, or a number that does not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "ship", "rail"], "from_node_id": ["aktau", "aktau", "baku"],
    ...                       "to_node_id": ["baku", "baku", "poti"], "mode": "ship", "tariff": 10.0})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["poti"], "volume": [6e6], "value": [220.0]})
    >>> table = cd.leverage(cd.Network(nodes, links), demand, ["ferry", "ship", "rail"], by="link")
    >>> table[["player", "shapley", "nucleolus"]]
      player      shapley     nucleolus
    0   rail  800000000.0  1.200000e+09
    1  ferry  200000000.0  0.000000e+00
    2   ship  200000000.0  0.000000e+00
    """
    groups = players_of(network, players, by)
    names, count = list(groups), len(groups)
    if not 1 <= count <= LARGEST:
        raise InputError(f"players: there are {count}; give 1 to {LARGEST}")
    orders, seed = checked_method(method, orders, seed)
    exact = method == "exact" or (method == "auto" and count <= EXACT)
    if exact and count > EVERY:
        raise InputError(
            f"leverage: {count} players have too many coalitions; give {EVERY} at most, or method='sampled'"
        )
    support = Support(network, checked_demand(network, demand), groups, progress)
    alone = np.int64(1) << np.arange(count)
    all_in = (1 << count) - 1
    power, fair = np.full(count, np.nan), np.full(count, np.nan)
    if exact:
        loss = support.every_loss()[::-1]  # the set of all that close is the complement of the coalition
        game = np.round(loss[0] - loss, support.digits.loss + 2) + 0.0
        values, errors, power = shapley(game), np.zeros(count), banzhaf(game)
        if count <= MOST:
            fair = nucleolus(game)
        solved = dict(enumerate(game.tolist()))
    else:
        # Whatever the method, the empty coalition, each player alone, all but each, and all are solved.
        corners = np.concatenate([[0], alone, all_in - alone, [all_in]])
        solved = {}

        def worth(numbers: IntArray) -> FloatArray:
            wanted = np.union1d(corners, numbers).tolist()
            support.settle(all_in - number for number in wanted)
            without_players = support.of(all_in).loss
            solved.update(
                (number, round(without_players - support.of(all_in - number).loss, support.digits.loss + 2) + 0.0)
                for number in wanted
            )
            return np.array([solved[number] for number in numbers.tolist()])

        values, errors = shapley_sampled(worth, count, orders, seed)
    total = solved[all_in]
    table = pd.DataFrame(
        {
            "player": names,
            "alone": [solved[number] for number in alone.tolist()],
            "last": [total - solved[number] for number in (all_in - alone).tolist()],
            "shapley": values,
            "share": values / total if total else np.zeros(count),
            "error": errors,
            "banzhaf": power,
            "nucleolus": fair,
        }
    )
    money = ["alone", "last", "shapley", "error", "banzhaf", "nucleolus"]
    table[money] = table[money].round(support.digits.loss) + 0.0
    table = table.sort_values("shapley", ascending=False, kind="stable", ignore_index=True)
    support.settle([0])
    table.attrs = {
        "worth": total,
        "loss": support.of(0).loss,
        "coalitions": len(solved),
        "solved": len(support.known),
        "method": "exact" if exact else "sampled",
        **about(network, demand),
    }
    return table


def checked_method(method: str, orders: int, seed: int) -> tuple[int, int]:
    """The orders and the seed as integers; an InputError where one does not fit or the method is unknown."""
    arguments.texts(method=method)
    if method not in ("auto", "exact", "sampled"):
        raise InputError(f"leverage: method={method!r} is unknown; give exact, sampled or auto")
    return whole("leverage: orders", orders, 1), whole("leverage: seed", seed)
