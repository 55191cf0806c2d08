"""The worst closures within a budget: by bound and search over sweeps, or by a programme on the dual."""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from corridors.arrays.frames import html
from corridors.arrays.typing import FloatArray, IntArray
from corridors.methods.closure_sets import Known, Support, bits_of
from corridors.methods.digits import places
from corridors.model.arcs import Kind
from corridors.model.build import Model, build
from corridors.model.prices import surpluses
from corridors.scenarios.groups import Groups
from corridors.scenarios.labels import together
from corridors.solvers.closures import Attack, worst_closures

ROUND = 64
"""Sets solved at a time: enough for a sweep to be quick, few enough to stop soon after the proof."""


@dataclass(frozen=True)
class Interdiction:
    """The worst closures found, and how far they are proven.

    Parameters
    ----------
    closed : tuple of str
    loss : float
        What they cost, USD/year more than the base.
    bound : float
        No closures within the budget cost more, USD/year more than the base.
    solved : int
        Sets that were solved, or nodes of branch and bound.

    See Also
    --------
    corridors.interdiction : What gives it.

    Examples
    --------
    >>> import corridors as cd
    >>> found = cd.Interdiction(("aktau", "kuryk"), loss=40e6, bound=50e6, solved=3)
    >>> found.gap
    0.25
    >>> found.to_frame()
              closed        loss       bound   gap  solved
    0  aktau + kuryk  40000000.0  50000000.0  0.25       3
    """

    closed: tuple[str, ...]
    loss: float
    bound: float
    solved: int

    @property
    def gap(self) -> float:
        """Relative distance from the bound; zero where the worst is proven."""
        return max(self.bound - self.loss, 0.0) / (abs(self.loss) or 1.0)

    def to_frame(self) -> pd.DataFrame:
        """The result as a table of one row.

        Returns
        -------
        DataFrame
            ``closed`` (names, joined by `` + ``), ``loss, bound, gap, solved``, with ``attrs["units"]`` by column.
        """
        row = {"closed": together(self.closed), "loss": self.loss, "bound": self.bound, "gap": self.gap}
        table = pd.DataFrame([{**row, "solved": self.solved}])
        table.attrs["units"] = {"loss": "USD/year", "bound": "USD/year", "gap": "1", "solved": "1"}
        return table

    def _repr_html_(self) -> str:
        figures = {
            "closed": together(self.closed) or "nothing",
            "loss": f"{self.loss:,.10g} USD/year more than the base",
            "bound": f"{self.bound:,.10g} USD/year (gap {self.gap:.3g})",
            "solved": f"{self.solved:,}",
        }
        return html("Interdiction", figures)


@dataclass(order=True)
class _Open:
    """A set still to be solved, the largest bound first."""

    key: float
    closed: int
    spent: float = field(compare=False)


def by_search(
    support: Support, prices: FloatArray, budget: float, limit: int, protected: int, end: float = np.inf
) -> Interdiction:
    """The worst closures that spare what is protected, by branch and bound over sets; see `interdiction`.

    It ends with what is proven by then when `limit` sets are solved, or at the time `end` of `time.monotonic`.
    """
    support.solve([0])
    base = support.known[0].loss
    before = len(support.known)
    best, most, digits = 0, 0.0, _digits(support.known[0])
    seen = {0}
    waiting = [_Open(-np.inf, 0, 0.0)]
    bound = np.inf
    while waiting:
        bound = -waiting[0].key
        spent = len(support.known) - before > limit or time.monotonic() > end
        if bound <= most + _slack(most, digits) or spent:
            break
        batch: list[_Open] = []
        while waiting and len(batch) < ROUND and -waiting[0].key > most + _slack(most, digits):
            batch.append(heapq.heappop(waiting))
        support.solve(node.closed for node in batch)
        for node in batch:
            known = support.known[node.closed]
            loss = known.loss - base
            if loss > most + _slack(most, digits) or (best.bit_count() == 0 and loss > most):
                best, most = node.closed, loss
            for child in _children(support, prices, budget, node, loss, protected):
                if child.closed not in seen and -child.key > most + _slack(most, digits):
                    seen.add(child.closed)
                    heapq.heappush(waiting, child)
    else:
        bound = most
    names = tuple(support.names[i] for i in bits_of(best))
    proven = max(most, min(bound, -waiting[0].key if waiting else most))
    close = proven <= most + _slack(most, digits)
    return Interdiction(names, round(most, digits), round(most if close else proven, digits), len(support.known))


def _children(
    support: Support, prices: FloatArray, budget: float, node: _Open, loss: float, protected: int
) -> list[_Open]:
    """The set with each closure that may be added, with a bound on all sets that contain it."""
    known = support.known[node.closed]
    left = budget - node.spent
    usable = [i for i in bits_of(known.used & ~protected) if prices[i] <= left + 1e-9]
    stake = known.at_stake
    # The continuous knapsack, filled greedily by what is at stake per cost, bounds what further closures add.
    order = sorted(usable, key=lambda i: (-stake[i] / prices[i], i))
    children = []
    for i in usable:
        room, most = left - prices[i], float(stake[i])
        for j in order:
            if j == i:
                continue
            part = min(1.0, room / prices[j])
            if part <= 0:
                break
            most += part * float(stake[j])
            room -= part * prices[j]
        children.append(_Open(-(loss + most), node.closed | 1 << i, node.spent + float(prices[i])))
    return children


def _digits(base: Known) -> int:
    """Decimals of losses, by the loss of the base and what is at stake."""
    return places(2, [base.loss, *base.at_stake], 1e7)


def _slack(loss: float, digits: int) -> float:
    """Losses that differ by less are equal, USD/year."""
    return 1e-9 * max(abs(loss), 10.0 ** (2 - digits)) + 10.0 ** (-1 - digits)


def by_programme(support: Support, prices: FloatArray, budget: float, limit: int, seconds: float) -> Interdiction:
    """The worst closures by `corridors.solvers.closures`, and what they cost when they are solved."""
    model = build(support.network, support.demand)
    attack = _attack(model, support, prices, budget, limit, seconds)
    closed = sum(1 << group for group in attack.closed)
    support.solve([0, closed])
    base = support.known[0].loss
    loss = max(support.known[closed].loss - base, 0.0)
    # A difference within the tolerances of the programme is no gap.
    bound = max(float(model.units.usd(attack.bound + model.worth)) - base, loss)
    close = bound - loss <= 1e-6 * loss + 1e-7 * float(model.units.usd(model.worth))
    digits = _digits(support.known[0])
    names = tuple(support.names[group] for group in attack.closed) if loss > 0 else ()
    return Interdiction(names, round(loss, digits), round(loss if close else bound, digits), attack.nodes)


def _attack(model: Model, support: Support, prices: FloatArray, budget: float, limit: int, seconds: float) -> Attack:
    """The worst closures as the programme has them; arcs that no optimum uses are taken out of it."""
    gain = surpluses(model)
    useful = replace(model.problem, capacity=np.where(gain > 0, model.problem.capacity, 0))
    return worst_closures(
        useful,
        model.bundles,
        _arcs_of_groups(model, support.groups),
        np.maximum(gain, 0.0),
        prices,
        budget,
        roots=model.arcs.world,
        nodes=limit,
        seconds=seconds,
    )


def _arcs_of_groups(model: Model, groups: Groups) -> list[IntArray]:
    """The arcs of each group of links and transfers."""
    arcs, network = model.arcs, model.network
    rows = {
        "links": pd.Series(np.arange(len(network.links)), index=network.links.link_id),
        "transfers": pd.Series(np.arange(len(network.transfers)), index=network.transfers.transfer_id),
    }
    kinds = {"links": Kind.LINK, "transfers": Kind.TRANSFER}
    found = []
    for items in groups.values():
        of_group = np.zeros(model.problem.E, bool)
        for table, kind in kinds.items():
            chosen = [rows[table][name] for of, name in items if of == table]
            of_group |= (arcs.kind == kind) & np.isin(arcs.item, chosen)
        found.append(np.flatnonzero(of_group))
    return found
