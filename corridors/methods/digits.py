"""To how many decimals tables are rounded: those of tonnes and dollars on a large network, more on a small one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

FIGURES = 12
"""Significant figures of the largest number of a small network; solvers agree to about as many."""


def places(least: int, numbers: Any, large: float) -> int:
    """Decimals for some numbers: `least` where the largest is `large` or more, else twelve figures of it.

    Examples
    --------
    >>> places(2, [26138415337.4], 1e7), places(2, [1.2], 1e7), places(2, [], 1e7)
    (2, 11, 2)
    """
    size = np.abs(np.asarray(numbers, float))
    most = float(np.max(size[np.isfinite(size)], initial=0.0))
    return least if most >= large or most <= 0 else max(least, FIGURES - 1 - int(np.floor(np.log10(most))))


@dataclass(frozen=True)
class Digits:
    """Decimals for a study of some demand rows: of t/year, USD/t and USD/year."""

    tonnes: int
    cost: int
    loss: int

    @classmethod
    def of(cls, rows: Any) -> Digits:
        """Of checked demand rows."""
        wanted, worth = rows.volume.sum(), (rows.volume * rows.value).sum()
        return cls(places(3, [wanted], 1e6), places(4, rows.value, 1e2), places(2, [worth], 1e7))
