"""Whether an optimum is the only one.

From an optimal flow another differs by tonnes sent round cycles of the face (`corridors.model.face`): of the directed
graph in which an arc leads on where more may pass, and back where less may. A passage is on a cycle that is more than
there and back where its strong component has no fewer passages than vertices: with one fewer it is a tree.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import connected_components

from corridors.arrays.problem import UNCAPACITATED
from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.build import Model
from corridors.model.face import Bools, Face, face_of

SAME, CLEAR = 1e-6, 1e-4
"""Sums on the face that differ by no more are one; what the flow given, which is rounded, has to differ by."""


def tied(model: Model, flow: FloatArray, rent: FloatArray, distance: FloatArray | None = None) -> bool:
    """Whether another flow has the same objective.

    There is none where no passage is on a cycle, and another where one is that meets no full bundle. Between the two a
    linear function of random weights has to take two values on the face; weights for which it would take one by
    accident have probability zero.

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
    # Tonnes of a class that pass a link by one of its cost steps or another are the same flow.
    passage = model.arcs.passages(face.arc)
    now, free = flow[face.arc], ~face.certain
    above, below = free * now, free * np.maximum(model.problem.capacity[face.arc] - now, 0.0)
    moving = _on_cycles(face, passage, below > 0, above > 0)[passage]
    if not moving.any():
        return False
    bundles, some = model.bundles, CLEAR * face.unit
    shared = _shared(face)
    room = np.where(bundles.limit == UNCAPACITATED, np.inf, bundles.limit - shared @ now)
    held = np.asarray((room <= some) @ shared) > 0
    if _on_cycles(face, passage, (below > some) & ~held, (above > some) & ~held).any():
        return True
    return _differ(face, moving, passage, np.column_stack([-above, below]) / face.unit, shared, room / face.unit)


def _on_cycles(face: Face, passage: IntArray, more: Bools, less: Bools) -> Bools:
    """Which passages are on a cycle, (N,), where more or less may pass some arcs of the face."""
    problem, first = face.model.problem, np.flatnonzero(np.diff(passage, prepend=-1))
    arc = face.arc[first]
    vertex, ends = np.unique(np.concatenate([problem.tail[arc], problem.head[arc]]), return_inverse=True)
    tail, head = ends[: len(arc)], ends[len(arc) :]
    takes, gives = (np.bincount(passage, may, minlength=len(arc)) > 0 for may in (more, less))
    start, goal = np.concatenate([tail[takes], head[gives]]), np.concatenate([head[takes], tail[gives]])
    graph = csr_array((np.ones(len(start), np.int8), (start, goal)), shape=(len(vertex),) * 2)
    component = connected_components(graph, connection="strong")[1]
    inside = (takes | gives) & (component[tail] == component[head])
    passages = np.bincount(component[tail[inside]], minlength=len(vertex))
    found: Bools = inside & (passages >= np.bincount(component, minlength=len(vertex)))[component[tail]]
    return found


def _shared(face: Face) -> csr_array:
    """The weights of the face's arcs on bundles, sparse (B, A)."""
    bundles = face.model.bundles
    place = np.full(face.model.problem.E, -1, np.int32)
    place[face.arc] = np.arange(len(face.arc))
    at = place[bundles.arc]
    there = at >= 0
    entries = bundles.weight[there].astype(float), (bundles.bundle[there], at[there])
    return csr_array(entries, shape=(bundles.B, len(face.arc)))


def _differ(
    face: Face, moving: Bools, passage: IntArray, bounds: FloatArray, shared: csr_array, room: FloatArray
) -> bool:
    """Whether a random sum of passages can be less or more, where only some arcs of the face move.

    Parameters
    ----------
    face : Face
    moving : (A,) bool
    passage : (A,) int
    bounds : (A, 2) float
        How much less and more may pass each arc, in units of the face.
    shared : sparse (B, A)
    room : (B,) float
        What is left of each bundle, in the same units.
    """
    from scipy.optimize import linprog  # it takes longer to load than most cases to solve

    arc, at = face.arc[moving], np.flatnonzero(moving)
    vertex, row = np.unique(np.concatenate([face.model.problem.tail[arc], face.model.problem.head[arc]]),
                            return_inverse=True)  # fmt: skip
    signs, column = np.repeat([1.0, -1.0], len(arc)), np.tile(np.arange(len(arc)), 2)
    balance = csr_array((signs, (row, column)), shape=(len(vertex), len(arc)))
    shared = csr_array(shared[:, at])
    met = np.diff(shared.indptr) > 0
    loose = met & ~face.full & np.isfinite(room)
    balances = csr_array(vstack([balance, shared[np.flatnonzero(met & face.full)]]))
    weights = np.random.default_rng(0).random(int(passage[-1]) + 1)[passage[at]]
    given = {
        "A_eq": balances,
        "b_eq": np.zeros(balances.shape[0]),
        "A_ub": shared[np.flatnonzero(loose)],
        "b_ub": np.maximum(room[loose], 0.0),
        "bounds": bounds[at],
    }
    least = linprog(weights, method="highs", **given)
    if least.status != 0 or least.fun < -CLEAR:
        return True  # not shown to be the only one, or the flow itself is another
    most = linprog(-weights, method="highs", **given)
    return bool(most.status != 0 or -most.fun - least.fun > SAME)
