"""What draws say of numbers that are compared: intervals, ranks, and how often each is first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray

LEVEL = 0.9
"""The probability with which an interval is to hold the truth."""


def interval(values: Any, level: float = LEVEL) -> FloatArray:
    """The ends between which one more draw falls with a probability, (2, ...), from draws (S, ...).

    Order statistics at ``p (S + 1)``: exact whatever the distribution where that is a whole number, as for 90 % of 19
    or 39 draws. NaN are left out, and give NaN where nothing is left.

    Examples
    --------
    >>> interval(range(1, 20)).tolist()
    [1.0, 19.0]
    """
    found = np.asarray(values, float)
    ends = [(1 - level) / 2, (1 + level) / 2]
    if np.isnan(found).any():
        flat = found.reshape(len(found), -1)
        columns = [column[~np.isnan(column)] for column in flat.T]
        of = [np.quantile(c, ends, method="weibull") if len(c) else np.full(2, np.nan) for c in columns]
        return np.array(of, float).T.reshape(2, *found.shape[1:])
    quantiles: FloatArray = np.quantile(found, ends, axis=0, method="weibull")
    return quantiles


def ranked(values: FloatArray) -> pd.DataFrame:
    """Intervals of several numbers and of their ranks, from draws (S, N) in which all are drawn together.

    Returns
    -------
    DataFrame
        A row a number: ``low, high`` (its interval), ``first`` (the share of draws in which it is the largest, shared
        among equals), ``rank_low, rank_high`` (from 1, the largest; equals have the better rank).

    Examples
    --------
    >>> ranked(np.array([[5.0, 4.0, 0.0], [6.0, 7.0, 0.0], [8.0, 2.0, 0.0]]))
       low  high     first  rank_low  rank_high
    0  5.0   8.0  0.666667         1          2
    1  2.0   7.0  0.333333         1          2
    2  0.0   0.0  0.000000         3          3
    """
    low, high = interval(values)
    largest = values == values.max(axis=1, keepdims=True)
    rank = 1 + (values[:, None, :] > values[:, :, None]).sum(axis=2)
    best, worst = interval(rank)
    return pd.DataFrame(
        {
            "low": low,
            "high": high,
            "first": (largest / largest.sum(axis=1, keepdims=True)).mean(axis=0),
            "rank_low": np.floor(best).astype(int),
            "rank_high": np.ceil(worst).astype(int),
        }
    )
