"""A flow as paths: which tonnes take which route.

A flow is a sum of paths and cycles (Ahuja, Magnanti & Orlin 1993, section 3.5). Where paths of a class cross there are
several such sums. All that names routes takes this one: from the place that sends most, the fullest step first, and of
steps that are equally full the last in the order of links and transfers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from corridors.arrays.sparse import side_by_side
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
    row = pd.Index(network.nodes.node_id)
    mode, _ = pd.factorize(pd.concat([links["mode"], transfers.from_mode, transfers.to_mode]).to_numpy(object))
    last = np.zeros(int(mode.max(initial=-1)) + 1, np.int64)
    last[mode] = np.arange(len(mode))  # of equal places the last one counts
    mode, modes = last[mode], len(mode) + (len(mode) == 0)
    by, change = mode[: len(links)], mode[len(links) :].reshape(2, -1)
    at = row.get_indexer(transfers.node_id)
    ends = [
        np.concatenate([row.get_indexer(links.from_node_id) * modes + by, at * modes + change[0]]),
        np.concatenate([row.get_indexer(links.to_node_id) * modes + by, at * modes + change[1]]),
    ]
    return np.column_stack(ends).astype(np.int64), modes


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
    tonnes = carried[used]
    vertex = np.unique(np.concatenate([ends.ravel()[used], ends[:, ::-1].ravel()[used]]), return_inverse=True)[1]
    start, goal = vertex[: len(used)], vertex[len(used) :]
    balance = _balance(start, goal, tonnes)
    sources = np.argsort(-balance, kind="stable")[: int((balance > smallest).sum())]
    passages, ends_at, amounts = _decomposed(start, goal, tonnes, balance, sources, smallest)
    steps = [divmod(passage, 2) for passage in used[passages].tolist()]
    return [(steps[a:b], amount) for a, b, amount in zip([0, *ends_at], ends_at, amounts, strict=False)]


def _balance(start: IntArray, goal: IntArray, tonnes: FloatArray) -> FloatArray:
    """What leaves each place less what comes to it over some passages, summed in their order."""
    each = np.column_stack([tonnes, -tonnes]).ravel()
    found: FloatArray = np.bincount(np.column_stack([start, goal]).ravel(), each).astype(float)
    return found


def _decomposed(
    start: IntArray, goal: IntArray, tonnes: FloatArray, balance: FloatArray, sources: IntArray, smallest: float
) -> tuple[list[int], list[int], list[float]]:
    """Paths of a flow from some places on, in order.

    There may be many: they are held in few lists, for Python looks through all that there are again and again.

    Parameters
    ----------
    start, goal : (N,) int
        Where each passage begins and where it ends.
    tonnes : (N,) float
        What it carries, t/year.
    balance : (P,) float
        What begins at each place less what ends there, t/year.
    sources : (S,) int
        Places.
    smallest : float
        t/year up to which a flow is rounding.

    Returns
    -------
    passages : list of int
        Those of each path, one path after another.
    ends : list of int
        Where each path ends among them.
    amounts : list of float
    """
    left = _Left(start, goal, tonnes, balance, smallest)
    passages: list[int] = []
    ends: list[int] = []
    amounts: list[float] = []
    for source in sources.tolist():
        while left.balance[source] > smallest:
            path = left.walk(source)
            if not path:
                break
            last = left.goal[path[-1]]
            amount = left.take(path, min(left.balance[source], max(-left.balance[last], smallest)))
            left.balance[source] -= amount
            left.balance[last] += amount
            if amount > smallest:
                passages += path
                ends.append(len(passages))
                amounts.append(amount)
    return passages, ends, amounts


class _Left:
    """What is on no path yet: t/year by passage, 0 for nothing, and by place what begins there less what ends."""

    def __init__(
        self, start: IntArray, goal: IntArray, tonnes: FloatArray, balance: FloatArray, smallest: float
    ) -> None:
        self.goal, self.tonnes, self.balance = goal.tolist(), tonnes.tolist(), balance.tolist()
        self.smallest = smallest
        order = np.argsort(start, kind="stable")
        first = np.searchsorted(start[order], np.arange(len(balance) + 1))
        self.only = np.where(np.diff(first) == 1, order[np.minimum(first[:-1], max(len(order) - 1, 0))], -1).tolist()
        self.several = {
            at: order[first[at] : first[at + 1]].tolist() for at in np.flatnonzero(np.diff(first) > 1).tolist()
        }

    def fullest(self, at: int) -> int:
        """The passage on from a place that has most left, the last of them; -1 where none has any."""
        found, most = self.only[at], 0.0
        if found >= 0:
            return found if self.tonnes[found] > 0 else -1
        for passage in self.several.get(at, ()):
            if self.tonnes[passage] > 0 and self.tonnes[passage] >= most:
                found, most = passage, self.tonnes[passage]
        return found

    def walk(self, source: int) -> list[int]:
        """The fullest step from each place on, from a source to a place where goods stay; cycles are taken off."""
        path: list[int] = []
        at, passed = source, {source: 0}
        while self.balance[at] >= -self.smallest and (passage := self.fullest(at)) >= 0:
            path.append(passage)
            at = self.goal[passage]
            if at in passed:  # a cycle costs nothing and leads nowhere
                self.take(path[passed[at] :], None)
                path, at, passed = [], source, {source: 0}
                continue
            passed[at] = len(path)
        return path

    def take(self, path: list[int], most: float | None) -> float:
        """Take a path's or cycle's tonnes off; what is no more than a trace goes."""
        amount = min(self.tonnes[passage] for passage in path)
        if most is not None:
            amount = min(amount, most)
        for passage in path:
            rest = self.tonnes[passage] - amount
            self.tonnes[passage] = rest if rest > self.smallest else 0.0
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
    arc, start, tonnes = paths_on(model, flow)
    for first, last, amount in zip(start[:-1].tolist(), start[1:].tolist(), tonnes.tolist(), strict=True):
        yield arc[first:last], amount


def paths_on(model: Model, flow: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """The paths of `paths` as arrays.

    Returns
    -------
    arc : (N,) int
        The arcs of each path, one path after another.
    start : (P + 1,) int
        Where each begins, and the end of the last.
    tonnes : (P,) float
    """
    arcs, tonnes, used = model.arcs, np.zeros(len(flow)), np.flatnonzero(flow)
    tonnes[used] = model.units.tonnes(flow[used])
    smallest = model.units.trace(tonnes[used])
    ends, _ = places_of(model.network)
    used = used[tonnes[used] > smallest]
    moves = used[(arcs.kind[used] == Kind.LINK) | (arcs.kind[used] == Kind.TRANSFER)]
    step = arcs.item[moves] + np.where(arcs.kind[moves] == Kind.TRANSFER, len(model.network.links), 0)
    passage = 2 * step + arcs.direction[moves]
    order = np.lexsort((passage, arcs.owner[moves]))
    moves, passage, owner = moves[order], passage[order], arcs.owner[moves[order]].astype(np.int64)
    place = owner * (int(ends.max(initial=0)) + 1)
    at = np.concatenate([place + ends.ravel()[passage], place + ends[:, ::-1].ravel()[passage]])
    distinct, vertex = np.unique(at, return_inverse=True)
    tail, head = vertex[: len(moves)], vertex[len(moves) :]
    first, begins, steps = _chains(tail, head, tonnes[moves])
    last = steps[begins[1:] - 1]
    balance = _balance(tail, head, tonnes[moves])
    sources = np.flatnonzero(balance > smallest)
    class_of = distinct[sources] // (int(ends.max(initial=0)) + 1)
    sources = sources[np.lexsort((sources, -balance[sources], class_of))]
    starts, goals, before, after = _ends_of(model, used, tonnes, smallest)
    found = _Found([], [], [], [])
    for vertex in goals.vertices:
        if vertex in starts.next:  # wanted where it starts
            found.join(0, starts.take(vertex, goals.at(vertex)), goals, vertex)
    chains, ends_at, amounts = _decomposed(tail[first], head[last], tonnes[moves[first]], balance, sources, smallest)
    origin, target = arcs.tail[moves[first]].tolist(), arcs.head[moves[last]].tolist()
    for path, (begin, end, amount) in enumerate(zip([0, *ends_at], ends_at, amounts, strict=False), 1):
        found.join(path, starts.take(origin[chains[begin]], amount), goals, target[chains[end - 1]])
    passed = np.array(chains, np.int64), np.array([0, 0, *ends_at])
    return _laid_out(found, passed, (moves[steps], begins), before, after, arcs.item)


def _chains(tail: IntArray, head: IntArray, tonnes: FloatArray) -> tuple[IntArray, IntArray, IntArray]:
    """Steps one after another that carry the same tonnes, where none joins or leaves: no choice is on them.

    Returns
    -------
    first : (C,) int
        The step with which each chain begins, ascending.
    start : (C + 1,) int
        Where each begins among `steps`, and the end of the last.
    steps : (N,) int
        The steps of each chain in order, one chain after another.
    """
    vertices = int(max(tail.max(initial=-1), head.max(initial=-1))) + 1
    out, into = np.bincount(tail, minlength=vertices), np.bincount(head, minlength=vertices)
    leaves, comes = np.full(vertices, -1), np.full(vertices, -1)
    leaves[tail], comes[head] = np.arange(len(tail)), np.arange(len(head))
    inner = (out == 1) & (into == 1)
    inner[inner] = tonnes[leaves[inner]] == tonnes[comes[inner]]
    first = np.flatnonzero(~inner[tail])
    chain, at = np.arange(len(first)), first
    of_chain, steps = [chain], [at]
    while len(at):
        on = inner[head[at]]
        chain, at = chain[on], leaves[head[at[on]]]
        of_chain.append(chain)
        steps.append(at)
    number, step = np.concatenate(of_chain), np.concatenate(steps)
    order = np.argsort(number, kind="stable")
    return first, np.searchsorted(number[order], np.arange(len(first) + 1)), step[order]


class _Found(NamedTuple):
    """Paths of a model: the number of each among those between places (0: none), the arcs by which it comes to its
    first place and by which it leaves its last, and its tonnes.
    """

    path: list[int]
    begin: list[int]
    end: list[int]
    tonnes: list[float]

    def join(self, path: int, begins: list[tuple[int, float]], goals: _Ends, vertex: int) -> None:
        """Goods that come by some arcs, pass, and leave at a vertex."""
        for begin, amount in begins:
            for end, part in goals.take(vertex, amount):
                self.path.append(path)
                self.begin.append(begin)
                self.end.append(end)
                self.tonnes.append(part)


def _laid_out(
    found: _Found,
    passed: tuple[IntArray, IntArray],
    chains: tuple[IntArray, IntArray],
    before: IntArray,
    after: IntArray,
    row: IntArray,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Paths as `paths_on` gives them, by row of demand.

    Parameters
    ----------
    found : _Found
    passed : (M,), (P + 1,) int
        The chains of all paths between places, and where those of each begin.
    chains : (N,), (C + 1,) int
        The arcs of all chains, and where those of each begin.
    before, after : (E,) int
        The arc that comes before the first of a path, -1 for none, and the one that comes after the last.
    row : (E,) int
        The row of the last.
    """
    path, begin, end = (np.array(part, np.int64) for part in found[:3])
    order = np.argsort(row[after[end]], kind="stable")
    path, begin, end, tonnes = path[order], begin[order], end[order], np.array(found.tonnes, float)[order]
    chain, count = _those(*passed, path)
    arc, size = _those(*chains, chain)
    total, reached = np.concatenate([[0], np.cumsum(size)]), np.cumsum(count)
    lead = 1 + (before[begin] >= 0)
    start = np.concatenate([[0], np.cumsum(lead + total[reached] - total[reached - count] + 2)])
    found_arc, between = np.empty(start[-1], np.int64), np.ones(start[-1], bool)
    first, last = start[:-1], start[1:] - 1
    for place, given in ((first, before[begin]), (first + lead - 1, begin), (last - 1, end), (last, after[end])):
        found_arc[place], between[place] = given, False
    found_arc[between] = arc
    return found_arc, start, tonnes


def _those(values: IntArray, start: IntArray, which: IntArray) -> tuple[IntArray, IntArray]:
    """The values of some of the groups that begin at `start`, one group after another, and how many each has."""
    size = np.diff(start)[which]
    return values[side_by_side(start[which], size)], size


class _Ends:
    """The arcs by which goods come to, or leave, each vertex, and what of them is on no path yet, t/year."""

    def __init__(self, vertex: IntArray, arc: IntArray, tonnes: FloatArray, smallest: float) -> None:
        order = np.argsort(vertex, kind="stable")
        at, first, count = np.unique(vertex[order], return_index=True, return_counts=True)
        self.smallest = smallest
        self.arc, self.left = arc[order].tolist(), tonnes[order].tolist()
        self.next = dict(zip(at.tolist(), first.tolist(), strict=True))
        self.stop = dict(zip(at.tolist(), (first + count).tolist(), strict=True))
        self.vertices = at[np.argsort(order[first])].tolist()

    def at(self, vertex: int) -> float:
        """What is left at a vertex."""
        return sum(self.left[self.next.get(vertex, 0) : self.stop.get(vertex, 0)])

    def take(self, vertex: int, tonnes: float) -> list[tuple[int, float]]:
        """The arcs of some tonnes at a vertex, the first there first."""
        parts = []
        at, stop = self.next.get(vertex, 0), self.stop.get(vertex, 0)
        while at < stop and tonnes > self.smallest:
            left = self.left[at]
            part = min(left, tonnes)
            parts.append((self.arc[at], part))
            tonnes -= part
            if left - part > self.smallest:
                self.left[at] = left - part
            else:
                at += 1
                self.next[vertex] = at
        return parts


def _ends_of(
    model: Model, used: IntArray, tonnes: FloatArray, smallest: float
) -> tuple[_Ends, _Ends, IntArray, IntArray]:
    """By vertex, how goods come there from the world, and how they leave from there by demand row.

    Returns
    -------
    starts, goals : _Ends
        The second in the order of the rows.
    before, after : (E,) int
        The arc from the world before each by which goods come, -1 for none; and the one to it after each by which they
        leave.
    """
    arcs = model.arcs
    origin, demanded = np.full((2, len(arcs.vertex_node)), -1)
    gates, rows = arcs.of(Kind.ORIGIN), arcs.of(Kind.DEMAND)
    origin[arcs.head[gates]], demanded[arcs.tail[rows]] = gates, rows
    entering, leaving = (used[arcs.kind[used] == kind] for kind in (Kind.ACCESS, Kind.EGRESS))
    before, after = np.full((2, len(arcs.tail)), -1)
    before[entering], after[leaving] = origin[arcs.tail[entering]], demanded[arcs.head[leaving]]
    leaving = leaving[np.argsort(arcs.item[after[leaving]], kind="stable")]
    lone = leaving[origin[arcs.tail[leaving]] >= 0]  # of what is wanted where it starts, without entering a place
    starts = _Ends(
        np.concatenate([arcs.head[entering], arcs.tail[lone]]),
        np.concatenate([entering, origin[arcs.tail[lone]]]),
        np.concatenate([tonnes[entering], tonnes[lone]]),
        smallest,
    )
    return starts, _Ends(arcs.tail[leaving], leaving, tonnes[leaving], smallest), before, after
