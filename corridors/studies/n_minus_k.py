"""N-k: what several closures at once cost, and where redundancy is false."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import comb
from typing import Any

import pandas as pd

from corridors.errors import InputError, whole
from corridors.methods.closure_sets import Support, bits_of
from corridors.network import Network, checked_demand
from corridors.scenarios.groups import closures_among
from corridors.studies.penalties import about


def n_minus_k(
    network: Network,
    demand: Any,
    k: int = 2,
    *,
    by: str = "link",
    among: Iterable[str] | None = None,
    most: int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """All closures of `k` links (nodes, countries, ...) at once, and what they cost beyond each alone.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    k : int
        How many close at once.
    by : str
        ``link, node, port, border, country, corridor, mode`` or ``bloc``.
    among : iterable of str, optional
        Only these may close; by default all that operate.
    most : int, optional
        Only so many may close, those whose closure alone costs most.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        Largest synergy first: ``first, second, ...`` (what closes), ``loss`` (USD/year more than in the base),
        ``alone`` (the sum of what each costs by itself), ``synergy`` (the difference), ``unmet`` (t/year more). A
        positive synergy is **false redundancy**: each can fail while the other operates, but not both. Sets that close
        something that no goods would use any more are left out, since they cost what a smaller set costs: ``attrs`` has
        ``sets`` (all there are), ``proven`` (those known without a solve) and ``solved`` (with the smaller sets that
        were needed).

    Raises
    ------
    InputError
        A `k` or name that does not fit.

    Notes
    -----
    Exhaustive: a set is left out only where the optimum without some of it does not use the rest, which is proof that
    the rest costs nothing more (`methods.closure_sets`); and of sets that differ only by links in series, one is solved
    for all (`methods.links_in_series`).

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["aktau", "kuryk", "north"], "from_node_id": "kz", "to_node_id": "eu",
    ...                       "mode": "ship", "tariff": [10.0, 12.0, 50.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"],
    ...                        "volume": [1e6], "value": [200.0]})
    >>> cd.n_minus_k(cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links), demand)
       first second        loss      alone     synergy  unmet
    0  aktau  kuryk  40000000.0  2000000.0  38000000.0    0.0
    """
    groups = closures_among(network, by, among)
    if not groups and among is not None:
        raise InputError("among: is empty; name what may close, or leave it out for all")
    if not groups:
        raise InputError(f"n_minus_k: no {by} of the network operates, so none can close; give a network that has one")
    if most is not None:
        most = whole("n_minus_k: most", most, 1)
    k = whole("n_minus_k: k", k, 1, min(len(groups), len(_ORDINALS), most or len(groups)))
    rows = checked_demand(network, demand)
    support = Support(network, rows, groups, progress)
    if most is not None:
        support.grow(1)
        alone = sorted(groups, key=lambda name: -support.of(1 << support.names.index(name)).loss)[:most]
        support = Support(network, rows, {name: groups[name] for name in groups if name in set(alone)}, progress)
    support.grow(k)
    table = table_of(support, k)
    table.attrs.update(about(network, demand))
    return table


_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def table_of(support: Support, k: int) -> pd.DataFrame:
    """The sets of `k` closures that had to be solved, in the form that `n_minus_k` gives."""
    base = support.known[0]
    rows, solved, digits = [], 0, support.digits
    for closed, known in support.known.items():
        if closed.bit_count() != k:
            continue
        solved += 1
        loss = known.loss - base.loss
        figures = (round(loss, digits.loss), round(known.unmet - base.unmet, digits.tonnes))
        for chosen in product(*(support.stands_for[i] for i in bits_of(closed))):
            members = sorted(chosen)
            alone = sum(support.of(1 << i).loss - base.loss for i in members)
            names = [support.names[i] for i in members]
            rows.append((*names, figures[0], round(alone, digits.loss), round(loss - alone, digits.loss), figures[1]))
    columns = [*_ORDINALS[:k], "loss", "alone", "synergy", "unmet"]
    table = pd.DataFrame(rows, columns=columns)
    by = ["synergy", "loss", *columns[:k]]
    table = table.sort_values(by, ascending=[False, False, *[True] * k], kind="stable", ignore_index=True)
    sets = comb(len(support.names), k)
    table.attrs = {"sets": sets, "proven": sets - solved, "solved": len(support.known)}
    return table
