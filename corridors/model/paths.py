"""A flow as paths: which tonnes take which route.

A flow is a sum of paths and cycles (Ahuja, Magnanti & Orlin 1993, section 3.5). Where paths of a class cross there are
several such sums. All that names routes takes this one: from the place that sends most, the fullest step first, and of
steps that are equally full the last in the order of links and transfers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.arcs import Kind
from corridors.model.build import Model
from corridors.network import Network

Step = tuple[int, int]
"""A link or transfer by its number, links first, and its direction: 0 forth, 1 back."""
Steps = list[Step]
"""Steps in order."""


def places_of(network: Network) -> tuple[IntArray, int]:
    """The places (node and mode) that each link and transfer leads from and to.

    Returns
    -------
    ends : (L + T, 2) int
        Places of the links, then of the transfers.
    modes : int
        A place is its node's row times this, and its mode's number more.
    """
    links, transfers = network.links, network.transfers
    node = {name: i for i, name in enumerate(network.nodes.node_id)}
    mode = {name: i for i, name in enumerate(pd.concat([links["mode"], transfers.from_mode, transfers.to_mode]))}
    modes = max(mode.values(), default=0) + 1
    at = [
        *zip(links.from_node_id, links["mode"], links.to_node_id, links["mode"], strict=True),
        *zip(transfers.node_id, transfers.from_mode, transfers.node_id, transfers.to_mode, strict=True),
    ]
    ends = [[node[a] * modes + mode[m], node[b] * modes + mode[n]] for a, m, b, n in at]
    return np.array(ends, np.int64).reshape(-1, 2), modes


def paths_of(flow: FloatArray, ends: IntArray, smallest: float) -> list[tuple[Steps, float]]:
    """The flow of a class as paths from place to place, each with its tonnes; cycles are left out.

    Parameters
    ----------
    flow : (L + T, 2) float
        t/year on each link and transfer, forth and back.
    ends : (L + T, 2) int
        As `places_of` gives them.
    smallest : float
        t/year up to which a flow is rounding.

    Examples
    --------
    Two sources, a place between them, and two sinks: the fuller of both steps on takes what the larger source sends.

    >>> ends = np.array([[0, 2], [1, 2], [2, 3], [2, 4]])
    >>> paths_of(np.array([[6.0, 0], [4.0, 0], [3.0, 0], [7.0, 0]]), ends, 0.5)
    [([(0, 0), (3, 0)], 6.0), ([(1, 0), (2, 0)], 3.0), ([(1, 0), (3, 0)], 1.0)]
    """
    carried = flow.ravel()
    used = np.flatnonzero(carried > smallest)
    found = _decomposed(zip(used.tolist(), carried[used].tolist(), strict=True), ends.ravel().tolist(), smallest)
    return [([divmod(passage, 2) for passage in passages], amount) for passages, amount in found]


Passages = list[int]
"""Steps in order, each as a number: twice the step's, and its direction."""
Left = dict[int, dict[int, float]]
"""What is on no path yet, t/year, by the place where it starts and by passage."""


def _decomposed(used: Iterable[tuple[int, float]], ends: list[int], smallest: float) -> list[tuple[Passages, float]]:
    """Paths of a flow, given by the passages that carry some, in order, with t/year; each starts at its own end."""
    left: Left = {}
    balance: dict[int, float] = {}
    for passage, amount in used:
        start, end = ends[passage], ends[passage ^ 1]
        left.setdefault(start, {})[passage] = amount
        balance[start] = balance.get(start, 0.0) + amount
        balance[end] = balance.get(end, 0.0) - amount
    found = []
    for source in sorted(balance, key=lambda place: (-balance[place], place)):
        while balance[source] > smallest:
            passages = _walk(left, balance, ends, source, smallest)
            if not passages:
                break
            end = ends[passages[-1] ^ 1]
            amount = _take(left, ends, passages, min(balance[source], max(-balance[end], smallest)), smallest)
            balance[source] -= amount
            balance[end] += amount
            if amount > smallest:
                found.append((passages, amount))
    return found


def _walk(left: Left, balance: dict[int, float], ends: list[int], source: int, smallest: float) -> Passages:
    """The fullest step from each place on, from a source to a place where goods stay; cycles on it are taken off."""
    passages: Passages = []
    at, passed = source, {source: 0}
    while balance[at] >= -smallest and (here := left.get(at)):
        passage = next(iter(here)) if len(here) == 1 else max(here, key=lambda w, here=here: (here[w], w))  # type: ignore[misc]
        passages.append(passage)
        at = ends[passage ^ 1]
        if at in passed:  # a cycle costs nothing and leads nowhere
            _take(left, ends, passages[passed[at] :], None, smallest)
            passages, at, passed = [], source, {source: 0}
            continue
        passed[at] = len(passages)
    return passages


def _take(left: Left, ends: list[int], passages: Passages, most: float | None, smallest: float) -> float:
    """Take a path's or cycle's tonnes off; what is used up goes."""
    amount = min(left[ends[passage]][passage] for passage in passages)
    if most is not None:
        amount = min(amount, most)
    for passage in passages:
        here = left[ends[passage]]
        if (rest := here[passage] - amount) <= smallest:
            del here[passage]
        else:
            here[passage] = rest
    return amount


def paths(model: Model, flow: FloatArray) -> Iterator[tuple[IntArray, float]]:
    """The flow on a model's arcs as paths, from the world over a demand arc back to it, each with its tonnes.

    Between places these are the paths of `paths_of`. What is wanted where it starts is given from there first, and
    where several demand rows end at a place, its paths serve them in the order of the rows.

    Parameters
    ----------
    model : Model
    flow : (E,) float
        On each arc, in units of the model.

    Yields
    ------
    path : (A,) int
        Arcs in order.
    tonnes : float
        t/year.
    """
    arcs, tonnes = model.arcs, model.units.tonnes(flow)
    smallest = model.units.trace(tonnes)
    ends, _ = places_of(model.network)
    moves = np.flatnonzero(((arcs.kind == Kind.LINK) | (arcs.kind == Kind.TRANSFER)) & (tonnes > smallest))
    step = arcs.item[moves] + np.where(arcs.kind[moves] == Kind.TRANSFER, len(model.network.links), 0)
    passage = 2 * step + arcs.direction[moves]
    order = np.lexsort((passage, arcs.owner[moves]))
    moves, passage = moves[order], passage[order]
    starts, goals = _ends_of(model, tonnes, smallest)
    found = [
        (np.array([*begin, *end]), part)
        for vertex in goals.left
        for begin, amount in starts.take(vertex, goals.at(vertex))
        for end, part in goals.take(vertex, amount)
    ]
    both = ends.ravel().tolist()
    classes = np.flatnonzero(np.diff(arcs.owner[moves])) + 1
    for own, passage_of in zip(np.split(moves, classes), np.split(passage, classes), strict=True):
        arc_of = dict(zip(passage_of.tolist(), own.tolist(), strict=True))
        used = zip(arc_of, tonnes[list(arc_of.values())].tolist(), strict=True)
        for passages, carried in _decomposed(used, both, smallest):
            middle = [arc_of[passage] for passage in passages]
            for begin, amount in starts.take(int(arcs.tail[middle[0]]), carried):
                for end, part in goals.take(int(arcs.head[middle[-1]]), amount):
                    found.append((np.array([*begin, *middle, *end]), part))
    yield from sorted(found, key=lambda path: int(arcs.item[path[0][-1]]))


class _Ends:
    """The arcs by which goods start, or end, at each vertex, and what is on no path yet, t/year."""

    def __init__(self, smallest: float) -> None:
        self.smallest = smallest
        self.left: dict[int, list[tuple[list[int], float]]] = {}

    def add(self, vertex: int, chain: list[int], tonnes: float) -> None:
        self.left.setdefault(vertex, []).append((chain, tonnes))

    def at(self, vertex: int) -> float:
        """What is left at a vertex."""
        return sum(tonnes for _, tonnes in self.left.get(vertex, ()))

    def take(self, vertex: int, tonnes: float) -> list[tuple[list[int], float]]:
        """The arcs of some tonnes at a vertex, the first there first."""
        parts = []
        waiting = self.left.get(vertex, [])
        while waiting and tonnes > self.smallest:
            chain, left = waiting[0]
            part = min(left, tonnes)
            parts.append((chain, part))
            tonnes -= part
            if left - part > self.smallest:
                waiting[0] = chain, left - part
            else:
                waiting.pop(0)
        return parts


def _ends_of(model: Model, tonnes: FloatArray, smallest: float) -> tuple[_Ends, _Ends]:
    """By vertex, how goods come there from the world, and how they leave from there to it by demand row."""
    arcs = model.arcs
    used = tonnes > smallest
    origin = {int(arcs.head[arc]): int(arc) for arc in arcs.of(Kind.ORIGIN)}
    demanded = {int(arcs.tail[arc]): int(arc) for arc in arcs.of(Kind.DEMAND)}
    starts, goals = _Ends(smallest), _Ends(smallest)
    for arc in arcs.of(Kind.ACCESS)[used[arcs.of(Kind.ACCESS)]].tolist():
        starts.add(int(arcs.head[arc]), [origin[int(arcs.tail[arc])], arc], float(tonnes[arc]))
    leaving = arcs.of(Kind.EGRESS)[used[arcs.of(Kind.EGRESS)]]
    row_of = np.array([arcs.item[demanded[vertex]] for vertex in arcs.head[leaving].tolist()], np.int64)
    for arc in leaving[np.argsort(row_of, kind="stable")].tolist():
        vertex = int(arcs.tail[arc])
        goals.add(vertex, [arc, demanded[int(arcs.head[arc])]], float(tonnes[arc]))
        if vertex in origin:  # wanted where it starts, without entering a place
            starts.add(vertex, [origin[vertex]], float(tonnes[arc]))
    return starts, goals
