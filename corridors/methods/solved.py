"""The error of a study that needs every scenario solved, where a solver left some open."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corridors.errors import SolverError


def require_solved(study: str, values: npt.ArrayLike) -> None:
    """Refuse values of scenarios, such as losses, of which some are missing.

    Parameters
    ----------
    study : str
        What they are for, as the user has called it.
    values : array of float
        NaN where a scenario was not solved.

    Raises
    ------
    SolverError
        Some are missing.

    Examples
    --------
    >>> require_solved("tornado", [3e6, float("nan")])
    Traceback (most recent call last):
    corridors.errors.SolverError: tornado: 1 of 2 scenarios are not solved; run it again
    """
    missing = ~np.isfinite(np.asarray(values, float))
    if missing.any():
        raise SolverError(f"{study}: {int(missing.sum())} of {missing.size} scenarios are not solved; run it again")
