"""Appraisal of investments: net present value, benefit-cost ratio, payback, and what capital costs a year.

Capital is paid at once; the benefit of a year comes at its end, in each year of service (European Commission 2014,
"Guide to Cost-Benefit Analysis of Investment Projects").
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corridors.arrays.typing import FloatArray


def present_value_of_service(life: Any, lead_time: Any, rate: float) -> FloatArray:
    """What a benefit of 1 a year is worth today: it comes for `life` years, and for none before `lead_time` is over.

    Parameters
    ----------
    life, lead_time : array of float
        Years.
    rate : float
        Of discount, 0.06 for 6 % a year.

    Examples
    --------
    >>> present_value_of_service([1.0, 30.0], [0.0, 4.0], 0.06).round(3), present_value_of_service(30.0, 4.0, 0.0)
    (array([ 0.943, 10.903]), array(30.))
    """
    life, lead_time = np.asarray(life, float), np.asarray(lead_time, float)
    served = life if rate == 0 else -np.expm1(-life * np.log1p(rate)) / rate
    found: FloatArray = np.asarray(served * (1 + rate) ** -lead_time)
    return found


def appraised(benefit: Any, cost: Any, life: Any, lead_time: Any, rate: float) -> dict[str, FloatArray]:
    """Net present value, benefit-cost ratio and payback of investments.

    Parameters
    ----------
    benefit : (N,) float
        USD/year in service.
    cost : (N,) float
        Capital, USD.
    life, lead_time : (N,) float
        Years.
    rate : float
        Of discount.

    Returns
    -------
    dict
        ``npv`` (USD), ``bcr`` (benefit by cost, both of today) and ``payback`` (years from the decision until the
        undiscounted benefit has paid the cost; NaN where it never does in its life).

    Examples
    --------
    >>> {name: float(value.round(2)) for name, value in appraised(100.0, 1000.0, 30.0, 4.0, 0.06).items()}
    {'npv': 90.3, 'bcr': 1.09, 'payback': 14.0}
    """
    benefit, cost = np.asarray(benefit, float), np.asarray(cost, float)
    worth = benefit * present_value_of_service(life, lead_time, rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        years = np.where(cost > 0, cost / benefit, 0.0)
        ratio = np.where(cost > 0, worth / cost, np.inf)
    paid = np.where((years >= 0) & (years <= life), np.asarray(lead_time, float) + years, np.nan)
    return {"npv": worth - cost, "bcr": ratio, "payback": paid}
