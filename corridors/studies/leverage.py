"""Leverage: what each country, bloc, corridor or facility is worth to the whole, as a player in a cooperative game."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError, SolverError
from corridors.kernels.types import FloatArray, IntArray
from corridors.network import Network
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.make import coalitions
from corridors.studies.games import MOST, banzhaf, nucleolus, shapley, shapley_sampled
from corridors.sweeps import sweep

EXACT = 12
"""Players up to which all coalitions are solved unless the caller says otherwise."""


def leverage(
    network: Network,
    demand: Any,
    players: Sequence[str] | Mapping[str, Iterable[str]],
    *,
    by: str = "country",
    method: str = "auto",
    n: int = 1000,
    seed: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    """What each player is worth to all, and how much of it is its own.

    A coalition has the links of its players, and of nobody else among them; links of no player are always there. Its
    worth is what it saves: the loss when all players close their links, less the loss when the coalition's are open.

    Parameters
    ----------
    network : Network
        Give one with planned links operating (``load_network(year=2030)``) to see what they do to each hand.
    demand : DataFrame
        As for `corridors.solve`.
    players : sequence of str, or mapping
        As for `corridors.coalitions`: names of countries and so on, or each player's links by its name.
    by : str
        ``link, node, country, corridor, mode`` or ``bloc``, for names.
    method : str
        ``exact`` solves all coalitions, ``sampled`` those of random orders; ``auto`` is exact to 12 players.
    n : int
        How many orders to sample.
    seed : int
        The same seed gives the same orders.
    progress : bool
        Whether to show a progress bar in a terminal.

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
        Players or a method that there are not.

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
    every = coalitions(network, players, by=by)
    names = list(players)
    if not names:
        raise InputError("players: there is none; give one or more")
    if method not in ("auto", "exact", "sampled"):
        raise InputError(f"leverage: method={method!r} is unknown; give exact, sampled or auto")
    exact = method == "exact" or (method == "auto" and len(names) <= EXACT)
    count = len(names)
    # Nobody, each alone, all but each, and all: what every method tells.
    alone = np.int64(1) << np.arange(count)
    everybody = (np.int64(1) << count) - 1
    corners = np.unique(np.concatenate([[0], alone, everybody - alone, [everybody]]))
    solved: dict[int, float] = {}

    def worth(numbers: IntArray) -> FloatArray:
        wanted = np.union1d(corners, numbers)
        found = characteristic(network, demand, every.take(wanted), progress=progress)
        solved.update(zip(wanted.tolist(), found.tolist(), strict=True))
        return found[np.searchsorted(wanted, numbers)]

    power, fair = np.full(count, np.nan), np.full(count, np.nan)
    if exact:
        game = worth(np.arange(len(every)))
        values, errors, power = shapley(game), np.zeros(count), banzhaf(game)
        if count <= MOST:
            fair = nucleolus(game)
    else:
        values, errors = shapley_sampled(worth, count, n, seed)
    total = solved[int(everybody)]
    table = pd.DataFrame(
        {
            "player": names,
            "alone": [solved[number] for number in alone.tolist()],
            "last": [total - solved[number] for number in (everybody - alone).tolist()],
            "shapley": values,
            "share": values / total if total else np.zeros(count),
            "error": errors,
            "banzhaf": power,
            "nucleolus": fair,
        }
    )
    money = ["alone", "last", "shapley", "error", "banzhaf", "nucleolus"]
    table[money] = table[money].round(2) + 0.0
    table = table.sort_values("shapley", ascending=False, kind="stable", ignore_index=True)
    table.attrs = {"worth": total, "coalitions": len(solved), "method": "exact" if exact else "sampled"}
    return table


def characteristic(network: Network, demand: Any, chosen: Scenarios, *, progress: bool = True) -> FloatArray:
    """Worth of each coalition, USD/year: the loss of the first one (nobody) less its own.

    Parameters
    ----------
    network : Network
    demand : DataFrame
    chosen : Scenarios
        What `corridors.coalitions` gave, or some of it with nobody first.

    Raises
    ------
    SolverError
        A coalition was not solved, or the sweep was stopped.
    """
    loss = sweep(network, demand, chosen, progress=progress).loss.to_numpy()
    if len(loss) < len(chosen) or not np.isfinite(loss).all():
        solved = int(np.isfinite(loss).sum())
        raise SolverError(f"leverage: {solved} of {len(chosen)} coalitions are solved; run it again")
    # Rounding of the solver shall not give a coalition that adds nothing a worth.
    worth: FloatArray = np.round(loss[0] - loss, 4) + 0.0
    return worth
