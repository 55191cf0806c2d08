"""Whether an optimum is the only one."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from corridors.arrays.typing import FloatArray
from corridors.model.build import Model
from corridors.model.face import face_of

SAME, CLEAR = 1e-6, 1e-4
"""Sums on the face that differ by no more are one; the flow given, which is rounded, has to differ by this."""


def tied(model: Model, flow: FloatArray, rent: FloatArray, distance: FloatArray | None = None) -> bool:
    """Whether another flow has the same objective.

    The set of optimal flows (`corridors.model.face`) is a single point unless a linear function of random weights takes
    two values on it; weights for which it would take one by accident have probability zero.

    Parameters
    ----------
    model : Model
    flow : (E,) float
        An optimal flow.
    rent : (B,) float
        Optimal rents.
    distance : (V,) float, optional
        `distances` at those rents.
    """
    face = face_of(model, flow, rent, distance)
    if face.is_point:
        return False
    # Tonnes of a class that pass a link by one of its cost steps or another are the same flow: one weight for all.
    passage = np.unique(model.arcs.passage[face.arc], return_inverse=True)[1]
    weights = np.random.default_rng(0).random(len(passage))[passage]
    least = linprog(weights, method="highs", **face.limits)
    if least.status != 0 or weights @ flow[face.arc] / face.unit - least.fun > CLEAR:
        return True  # not shown to be the only one, or the flow itself is another
    most = linprog(-weights, method="highs", **face.limits)
    return bool(most.status != 0 or -most.fun - least.fun > SAME)
