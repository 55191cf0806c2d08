"""Cooperative games given by the worth of every coalition: what is each player worth to the whole?

A game of n players is an array of 2**n worths; coalition number b has player i in it where bit i of b is 1, so
``worth[0]`` is that of no player and the last that of all.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np
from scipy.optimize import linprog

from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, SolverError

MOST = 8
"""Players up to which the nucleolus is worked out: its programmes have a row for each coalition."""


def players_of(worth: FloatArray) -> int:
    """Number of players of a game.

    Raises
    ------
    InputError
        The length is no power of two, or a worth is no number.
    """
    n = len(worth).bit_length() - 1
    if worth.ndim != 1 or len(worth) != 1 << n:
        raise InputError(f"game: has {worth.shape} worths; give one for each of 2**n coalitions")
    if not np.isfinite(worth).all():
        raise InputError(f"game: {int((~np.isfinite(worth)).sum())} worths are no numbers; give one to each coalition")
    return n


def marginals(worth: FloatArray, player: int) -> tuple[FloatArray, IntArray]:
    """What a player adds to each coalition without it, (2**(n - 1),), and the sizes of those coalitions."""
    number = np.arange(len(worth))
    without = number[(number >> player) & 1 == 0]
    return worth[without | 1 << player] - worth[without], np.bitwise_count(without).astype(np.int64)


def shapley(worth: FloatArray) -> FloatArray:
    """The mean of what a player adds over all orders in which players may come, (n,).

    Notes
    -----
    Shapley 1953, "A value for n-person games". The values sum to the worth of all less that of no player; players who
    add the same get the same; one who adds nothing gets nothing.

    Examples
    --------
    One left glove and two right ones; a pair is worth 1.

    >>> shapley(np.array([0, 0, 0, 1, 0, 1, 0, 1.0])).round(4)
    array([0.6667, 0.1667, 0.1667])
    """
    n = players_of(worth)
    weight = np.array([factorial(s) * factorial(n - 1 - s) / factorial(n) for s in range(n)])
    values = np.zeros(n)
    for i in range(n):
        added, size = marginals(worth, i)
        values[i] = added @ weight[size]
    return values


def banzhaf(worth: FloatArray) -> FloatArray:
    """The mean of what a player adds over all coalitions without it, (n,).

    Notes
    -----
    Banzhaf 1965; for games that are not simple, Dubey & Shapley 1979, section 5. The values need not sum to the
    worth of all.

    Examples
    --------
    >>> banzhaf(np.array([0, 0, 0, 1, 0, 1, 0, 1.0]))
    array([0.75, 0.25, 0.25])
    """
    return np.array([marginals(worth, i)[0].mean() for i in range(players_of(worth))])


def shapley_sampled(
    worth: Callable[[IntArray], FloatArray], players: int, orders: int, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """Shapley values by random orders, each with its reverse, and their standard errors.

    Parameters
    ----------
    worth : callable
        From numbers of coalitions, (N,), each named once, to their worths.
    players : int
    orders : int
        How many orders; an odd number is raised by one.
    seed : int

    Returns
    -------
    values, errors : (n,) float
        The error is that of the mean of pairs of opposite orders; NaN where there is a single pair.

    Notes
    -----
    Castro, Gómez & Tejada 2009, "Polynomial calculation of the Shapley value based on sampling"; opposite orders as in
    Mitchell, Cooper, Frank & Holmes 2022, section 4.1. Each order's values sum to the worth of all, so theirs do.
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    pairs = max((orders + 1) // 2, 1)
    ahead = np.array([rng.permutation(players) for _ in range(pairs)])
    order = np.stack([ahead, ahead[:, ::-1]], axis=1)
    first = np.zeros((pairs, 2, 1), np.int64)
    coalition = np.concatenate([first, np.cumsum(np.int64(1) << order, axis=2)], axis=2)
    numbers, back = np.unique(coalition, return_inverse=True)
    added = np.diff(worth(numbers)[back.reshape(coalition.shape)], axis=2)
    by_player = np.zeros_like(added)
    np.put_along_axis(by_player, order, added, axis=2)
    each = by_player.mean(axis=1)
    errors = each.std(axis=0, ddof=1) / np.sqrt(pairs) if pairs > 1 else np.full(players, np.nan)
    return each.mean(axis=0), errors


def nucleolus(worth: FloatArray) -> FloatArray:
    """The payoff whose largest complaints are least, then the next largest, and so on, (n,).

    A coalition's complaint is its worth less what its players get. The payoffs compared are those that give no player
    less than what it is worth alone; where there is none (two routes that replace each other are together worth less
    than the two alone), all that share out the worth of all: the prenucleolus.

    Parameters
    ----------
    worth : (2**n,) float
        At most `MOST` players.

    Raises
    ------
    InputError
        Too many players.
    SolverError
        A programme found no optimum, which should not happen.

    Notes
    -----
    Schmeidler 1969; by successive linear programmes (Maschler, Peleg & Shapley 1979, section 6), where coalitions
    whose dual is positive hold with equality from then on.

    Examples
    --------
    >>> nucleolus(np.array([0, 0, 0, 1, 0, 1, 0, 1.0])).round(6) + 0.0
    array([1., 0., 0.])
    """
    n = players_of(worth)
    if not 1 <= n <= MOST:
        raise InputError(f"nucleolus: {n} players do not fit; give 1 to {MOST}")
    gain = worth - worth[0]
    unit = float(np.abs(gain).max()) or 1.0
    gain = gain / unit
    member = ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(float)
    alone = gain[1 << np.arange(n)]
    least = alone if alone.sum() <= gain[-1] + 1e-12 else np.full(n, -np.inf)
    held = [(member[-1], gain[-1])]  # coalitions whose payoff is settled
    loose = list(range(1, (1 << n) - 1))
    payoff = np.zeros(n)
    while np.linalg.matrix_rank(np.array([row for row, _ in held])) < n:
        # Largest complaint e, least: x(S) + e >= v(S).
        rows, bounds = np.array([row for row, _ in held]), np.array([value for _, value in held])
        found = linprog(
            np.append(np.zeros(n), 1.0),
            A_ub=-np.column_stack([member[loose], np.ones(len(loose))]),
            b_ub=-gain[loose],
            A_eq=np.column_stack([rows, np.zeros(len(rows))]),
            b_eq=bounds,
            bounds=[*((None if np.isinf(low) else low, None) for low in least), (None, None)],
            method="highs-ds",
        )
        if found.status != 0:
            raise SolverError(f"nucleolus: {found.message}")
        payoff, complaint = found.x[:n], found.x[n]
        tight = [s for s, dual in zip(loose, found.ineqlin.marginals, strict=True) if dual < -1e-9]
        held += [(member[s], gain[s] - complaint) for s in tight]
        # Once a payoff follows from those that are settled, its complaint is settled too.
        basis = np.linalg.svd(np.array([row for row, _ in held]), full_matrices=False)
        space = basis.Vh[basis.S > 1e-9]
        loose = [s for s in loose if np.linalg.norm(member[s] - member[s] @ space.T @ space) > 1e-9]
    rows, bounds = np.array([row for row, _ in held]), np.array([value for _, value in held])
    payoff = np.linalg.lstsq(rows, bounds, rcond=None)[0]
    return payoff * unit
