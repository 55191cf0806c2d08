"""What the spread of a closure's loss depends on: the share of each uncertain figure in its variance, to first order.

A figure is its median times ``exp(size x z)``, with z normal. Where the loss is nearly linear in the logarithms, its
variance is the sum over errors z of ``(slope x size)``, squared, with the slope of the loss in the logarithm of the
figure: the delta method, whose terms are sigma-normalised derivatives, squared (Saltelli et al. 2008, "Global
sensitivity analysis: the primer", chapter 1). Slopes are those of the linear programme's dual, so that nothing is
sampled and every figure has one. How well that holds is seen from the draws: the squared correlation of what the slopes
say with what was solved (the coefficient of determination).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray
from corridors.model.compile import Compiler, apply, compiler_of
from corridors.model.decode import Solution, row_prices, unmet_of
from corridors.model.quantities import PARTS
from corridors.network import Network
from corridors.scenarios.atoms import listed_values
from corridors.scenarios.batch import ATOM, Scenarios
from corridors.scenarios.make import baseline
from corridors.scenarios.uncertainty import errors_of
from corridors.sweeping.optimum import solved

FIGURE = ["table", "id", "field"]
MOST, LEAST = 3, 0.05
"""How many errors are named, and the least share of one that is."""


def spread_drivers(
    network: Network, demand: pd.DataFrame, closures: Scenarios, cases: Scenarios, losses: FloatArray, spreads: Any
) -> pd.DataFrame:
    """What the loss of each closure, more than that of the base, depends on.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Checked.
    closures : Scenarios
        N of them.
    cases : Scenarios
        S uncertain cases, by `spreads`.
    losses : (S, N) float
        The loss of each closure in each case, USD/year more than in the base of the case.
    spreads : DataFrame or None
        As for `corridors.uncertain_cases`.

    Returns
    -------
    DataFrame
        A row a closure: ``drivers``, the errors with the largest shares of the variance, as text; and ``explained``,
        the squared correlation of what all of them say with the draws; NaN where nothing varies.
    """
    errors = errors_of(network, demand, spreads)
    figures = errors[FIGURE].drop_duplicates(ignore_index=True)
    slopes = slopes_of(network, demand, figures, closures)
    at = pd.MultiIndex.from_frame(figures)
    said = np.array([_logarithms(cases.changes(number), at) for number in range(len(cases))]) @ slopes.T
    place = at.get_indexer(pd.MultiIndex.from_frame(errors[FIGURE]))
    number, names = pd.factorize(errors.error)
    found = []
    for closure, slope in enumerate(slopes):
        moved = np.bincount(number, slope[place] * errors["size"].to_numpy(), minlength=len(names)).astype(float)
        found.append((in_words(names, moved**2), explained(said[:, closure], losses[:, closure])))
    return pd.DataFrame(found, columns=["drivers", "explained"])


def in_words(names: Sequence[str], variance: FloatArray) -> str:
    """The largest shares in the sum of some variances, by name.

    Examples
    --------
    >>> in_words(["tariff of links", "volume of demand", "value of demand"], np.array([1.0, 6.0, 0.0]))
    'volume of demand 86 %; tariff of links 14 %'
    """
    share = variance / max(variance.sum(), 1e-300)
    order = np.argsort(-share, kind="stable")[:MOST]
    return "; ".join(f"{names[i]} {100 * share[i]:.0f} %" for i in order if share[i] >= LEAST)


def explained(said: FloatArray, drawn: FloatArray) -> float:
    """The squared correlation of what is said of draws with what they are, (S,) each; NaN where nothing varies."""
    if len(drawn) < 3 or np.ptp(said) == 0 or np.ptp(drawn) == 0:
        return np.nan
    return float(np.corrcoef(said, drawn)[0, 1] ** 2)


def _logarithms(changes: pd.DataFrame, figures: pd.MultiIndex) -> FloatArray:
    """The logarithm of what each figure is multiplied by in a case."""
    found = np.zeros(len(figures))
    found[figures.get_indexer(pd.MultiIndex.from_frame(changes[FIGURE]))] = np.log(changes.value.to_numpy(float))
    return found


def slopes_of(network: Network, demand: pd.DataFrame, figures: pd.DataFrame, closures: Scenarios) -> FloatArray:
    """What the loss of each closure, more than the base's, gains with the logarithm of each figure, (N, figures).

    Parameters
    ----------
    figures : DataFrame
        ``table, id, field``, each once.
    """
    atoms = figures.assign(**dict.fromkeys(ATOM[len(FIGURE) :], "")).assign(operation="scale")
    varied = listed_values(["varied"], atoms[list(ATOM)], np.ones((1, len(atoms))))
    compiler = compiler_of(network, demand, varied + baseline() + closures)
    compiled, groups = compiler.block(1, 2 + len(closures)), compiler.groups
    all_atoms = pd.MultiIndex.from_frame(compiler.scenarios.atoms[FIGURE])
    scales = np.flatnonzero(compiler.scenarios.atoms.operation == "scale")
    atom = scales[all_atoms[scales].get_indexer(pd.MultiIndex.from_frame(figures))]
    found = []
    for number in range(1 + len(closures)):
        gain = _gains(compiler, solved(apply(compiler.model, compiled, number, groups)))
        sums = np.concatenate([[0.0], np.cumsum(gain[compiler.target])])
        found.append(sums[compiler.start[atom + 1]] - sums[compiler.start[atom]])
    return np.array(found[1:]).reshape(len(closures), len(figures)) - found[0]


def _gains(compiler: Compiler, solution: Solution) -> FloatArray:
    """What the loss gains with the logarithm of each number of the model, USD/year."""
    q, model = compiler.quantities, solution.model
    base, units = np.nan_to_num(q.all()), model.units
    gain = np.zeros(q.size)
    flow = units.tonnes(solution.flow)
    for part in range(len(PARTS)):
        here = slice(part * q.arcs, (part + 1) * q.arcs)
        gain[here] = flow * model.parts.marginal(np.full(q.arcs, part), model.part_of) * base[here]
    rent = np.append(solution.rent * units.cost, 0.0)
    for name in ("capacity", "transfers", "nodes", "zones", "fleets"):
        gain[q.first[name] : q.last[name]] = -rent[q.bundles[name]].sum(axis=1) * base[q.first[name] : q.last[name]]
    prices = row_prices(model, solution.distance) * units.cost
    gain[q.first["volume"] : q.last["volume"]] = prices * base[q.first["volume"] : q.last["volume"]]
    gain[q.first["value"] : q.last["value"]] = unmet_of(model, solution.flow) * base[q.first["value"] : q.last["value"]]
    return gain
