"""The loss of portfolios in scenarios and futures, and its slopes, by sweeps of networks in which nothing is built."""

from __future__ import annotations

import threading
import uuid
import warnings
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputWarning
from corridors.methods.solved import require_solved
from corridors.model.units import LARGE, Units, units_in
from corridors.network import Network
from corridors.scenarios.atoms import listed_values
from corridors.scenarios.batch import ATOM, Scenarios
from corridors.scenarios.combine import product
from corridors.scenarios.sources import Listed
from corridors.sweeping.blocks import FEWEST
from corridors.sweeping.solve import Sweeps
from corridors.sweeping.store import Folder, digest
from corridors.sweeping.workers import Parcel, sent

REBASED = True
"""Whether portfolios are solved from bases that are nearer to them than nothing built."""
CANDIDATES, LOSS, BASES = 8.0, 0.03, 4
"""By how many candidates a portfolio may differ from its base, and where these are more than one, by what loss, as a
share of what all candidates save; and how many bases are held: the first, and the last ones."""
MANY = 32
"""From so many scenarios on, bases follow the search; with fewer, what is far is solved from the first few."""
SAME = 1e-12
"""A share of a loss that is rounding."""
PIECE = 64
"""Scenarios that are solved before a store takes them."""
_KEYS = ["table", "id", "field"]


@dataclass(frozen=True, eq=False)
class Future:
    """A network prepared for candidates (`corridors.edits.candidates`), the demand on it, and what may happen to both.

    Parameters
    ----------
    name : str
    network : Network
    rows : DataFrame
        Checked demand.
    scenarios : Scenarios
    rooms : DataFrame
        What each candidate adds.
    """

    name: str
    network: Network
    rows: pd.DataFrame
    scenarios: Scenarios
    rooms: pd.DataFrame


class PortfolioLosses:
    """What portfolios lose: solved from the base of each future, whatever the number of portfolios.

    Parameters
    ----------
    futures : sequence of Future
    candidates : int
        How many there are.
    progress : bool
    executor : Executor, optional
        Who solves; by default a thread a core.
    store : str or Path, optional
        A folder that takes what is found: nothing that is there is solved.
    """

    def __init__(
        self,
        futures: Sequence[Future],
        candidates: int,
        progress: bool,
        executor: Executor | None = None,
        store: str | Path | None = None,
    ) -> None:
        self.candidates = candidates
        self.parts = [_OfFuture(future, candidates, progress) for future in futures]
        self.end = np.cumsum([len(future.scenarios) for future in futures])
        self.store = None if store is None else Found(store, futures)
        self.executor = executor
        if executor is not None:
            self.workers, self.parcel = sent(executor, Elsewhere(tuple(futures), candidates))

    def __call__(self, modules: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Losses, (P, S), of portfolios, (P, N), in the scenarios of all futures; and slopes a module, (P, S, N).

        A loss is what no flow goes below, so that the slopes are those of a proven bound.
        """
        found = []
        for one in modules:
            self.solve(one, self.known(one).open)
            found.append(self.known(one))
        return np.array([known.low for known in found]), np.array([known.slope for known in found])

    def known(self, modules: FloatArray) -> Known:
        """What is known of a portfolio, (N,), in the scenarios of all futures."""
        parts = [part.known.of(modules) for part in self.parts]
        return parts[0] if len(parts) == 1 else Known(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def solve(self, modules: FloatArray, some: IntArray) -> None:
        """Find what a portfolio, (N,), loses in some scenarios, in ascending order."""
        for at, (part, end) in enumerate(zip(self.parts, self.end.tolist(), strict=True)):
            size = len(part.future.scenarios)
            own = some[(some >= end - size) & (some < end)] - (end - size)
            if self.store is not None and len(own):
                own = self.store.told(at, modules, own, part.known)
            pieces = 1 if self.store is None else max(-(-len(own) // PIECE), 1)
            for piece in np.array_split(own, pieces):
                if len(piece):
                    loss, slope = self._solved(at, modules, piece)
                    part.known.add(modules, piece, loss, slope)
                    if self.store is not None:
                        self.store.take(at, modules, piece, loss, slope)

    def _solved(self, at: int, modules: FloatArray, some: IntArray) -> tuple[FloatArray, FloatArray]:
        """Losses, (K,), and slopes, (K, N), of a portfolio in K scenarios of a future."""
        part = self.parts[at]
        expected, saved = float(part.known.of(modules).low.mean()), part.known.saved
        if self.executor is None:
            return part.solve(modules, some, expected, saved)
        shares = [share for share in np.array_split(some, min(self.workers, -(-len(some) // FEWEST))) if len(share)]
        asked = [self.executor.submit(_work, self.parcel, at, modules, share, expected, saved) for share in shares]
        found = [future.result() for future in asked]
        part.solved += len(some)
        loss, slope = (np.concatenate(column) for column in zip(*found, strict=True))
        return loss, slope

    @property
    def solved(self) -> int:
        """How many scenarios were solved so far."""
        return sum(part.solved for part in self.parts)

    def by_row(self, modules: FloatArray) -> list[FloatArray]:
        """What the rows of demand lose, cost and penalties, in each future, (P, S, D)."""
        return [part.by_row(modules) for part in self.parts]


@dataclass
class Elsewhere:
    """What workers of an executor get, and make a solver of their own of."""

    futures: tuple[Future, ...]
    candidates: int
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()

    @cached_property
    def parts(self) -> list[_OfFuture]:
        """A solver a future."""
        return [_OfFuture(future, self.candidates, progress=False, one_thread=True) for future in self.futures]

    def __reduce__(self) -> tuple[Any, ...]:
        return Elsewhere, (self.futures, self.candidates, self.key)


def _work(parcel: Parcel, at: int, *asked: Any) -> tuple[FloatArray, FloatArray]:
    """What a worker finds; threads of one process take turns."""
    there: Elsewhere = parcel.job
    with there.lock:
        return there.parts[at].solve(*asked)


class Found(Folder):
    """A folder of what portfolios lose, and its slopes, in scenarios of futures."""

    def __init__(self, folder: str | Path, futures: Sequence[Future]) -> None:
        parts: dict[str, list[Any]] = {
            "network": [future.network for future in futures],
            "demand": [future.rows for future in futures],
            "scenarios": [(future.scenarios.atoms, future.scenarios.source) for future in futures],
            "candidates": [future.rooms for future in futures],
        }
        super().__init__(folder, {name: digest(part) for name, part in parts.items()}, "expansion")
        self._held: dict[tuple[int, bytes], list[tuple[IntArray, FloatArray, FloatArray]]] = {}
        for path in sorted(self.folder.glob("*.npz")):
            arrays = self.arrays(path.stem)
            if arrays is not None:
                self._note(**arrays)

    def _note(self, future: Any, modules: FloatArray, some: IntArray, loss: FloatArray, slope: FloatArray) -> None:
        self._held.setdefault((int(future), modules.tobytes()), []).append((some, loss, slope))

    def told(self, future: int, modules: FloatArray, some: IntArray, known: AllKnown) -> IntArray:
        """Have what is held of a portfolio in some scenarios known; gives the scenarios of which nothing is held."""
        for there, loss, slope in self._held.get((future, modules.tobytes()), ()):
            asked = np.isin(there, some)
            if asked.any():
                known.add(modules, there[asked], loss[asked], slope[asked])
                some = some[~np.isin(some, there)]
        return some

    def take(self, future: int, modules: FloatArray, some: IntArray, loss: FloatArray, slope: FloatArray) -> None:
        """Hold what a portfolio loses in some scenarios."""
        arrays = {"future": np.array(future), "modules": modules, "some": some, "loss": loss, "slope": slope}
        self.hold(digest(*arrays.values())[:32], arrays)
        self._note(**arrays)


class Known(NamedTuple):
    """What is known of a portfolio in S scenarios.

    Parameters
    ----------
    low, high : (S,) float
        What its loss is not below, and not above; equal where it is known.
    slope : (S, N) float
        Slopes of a cut, a bound of the loss of all portfolios, that is as high as `low` at this one.
    """

    low: FloatArray
    high: FloatArray
    slope: FloatArray

    @property
    def open(self) -> IntArray:
        """The scenarios in which the loss is not known."""
        return np.flatnonzero(self.high > self.low)


class _OfFuture:
    def __init__(self, future: Future, candidates: int, progress: bool, one_thread: bool = False) -> None:
        self.future, self.options = future, {"progress": progress, "one_thread": one_thread}
        groups = future.rooms.groupby(_KEYS, sort=False)
        self.adds = np.zeros((groups.ngroups, candidates))
        np.add.at(self.adds, (groups.ngroup(), future.rooms.candidate), future.rooms.amount)
        self.endless = np.isinf(self.adds)
        self.wanted = float(_volumes(future).max())
        self.adds[self.endless] = self.wanted
        keys = future.rooms.drop_duplicates(_KEYS)[_KEYS]
        operation = np.where(self.endless.any(axis=1), "set", "add")
        self.atoms = keys.assign(operation=operation, **dict.fromkeys(ATOM[4:], "")).reset_index(drop=True)
        self.limited = listed_values(["nothing"], self.atoms.assign(operation="set"), np.zeros((1, len(keys))))
        self.limited = future.scenarios * self.limited
        self.combined = future.scenarios * listed_values(["nothing"], self.atoms, np.zeros((1, len(keys))))
        self.unit = 0.0
        own = future.scenarios.atoms.merge(keys, on=_KEYS)  # room comes after what a scenario does to a capacity
        self.rebased = REBASED and not len(own)
        self.solved, self.known = 0, AllKnown(candidates, len(future.scenarios))
        self.limit = _limits(future.network, self.atoms)
        self.bases: list[_BaseOf] = []
        self.near: tuple[bytes, _BaseOf] | None = None
        self.widest = np.zeros(candidates)
        self.sweeps = Sweeps(future.network, future.rows, keep=("rent",), **self.options)

    def solve(
        self, modules: FloatArray, some: IntArray, expected: float, saved: float
    ) -> tuple[FloatArray, FloatArray]:
        """Losses, (K,), and slopes, (K, N), of a portfolio, (N,), in K scenarios.

        It is expected to lose so much, mean of all scenarios, where all candidates save so much.
        """
        room, whole = self._rooms(modules)
        if self.rebased:
            result = self._from_base_near(modules, whole, some, expected, saved)
        else:
            result = self.sweeps(self._of(whole[None], some))
        require_solved("expansion", result.loss)
        self.solved += len(some)
        units = units_in(result)
        large = np.maximum(np.abs(result.objective.to_numpy()), units.dollar)
        bound = result.loss.to_numpy() - result.gap.to_numpy() * large
        rent = result.rent.to_numpy() @ self._in_bundles(result)
        # Room beyond whole units counts by its rent.
        left = np.where(np.isinf(whole), 0.0, room - self._counted(whole, units))
        self.unit = units.quantity_step(self.wanted, LARGE)
        return bound - rent @ left, -rent @ self.adds

    def _counted(self, room: FloatArray, units: Units) -> FloatArray:
        """What of some rooms, (R,), a model in such units has: it takes whole ones of limit and room together.

        Where scenarios set a limit anew, as many as are in the room alone: one less, it may be, than there are.
        """
        limit = self.limit if self.rebased else np.zeros(len(room))
        return units.tonnes(units.floored(limit + room) - units.floored(limit))

    def by_row(self, modules: FloatArray) -> FloatArray:
        """Cost and penalties of each row of demand, (P, S, D)."""
        sweeps = Sweeps(self.future.network, self.future.rows, keep=("row_cost", "unmet"), **self.options)
        rooms = np.array([self._rooms(one)[1] for one in modules])
        result = sweeps(self._of(rooms, np.arange(len(self.future.scenarios))))
        value = np.tile(_demanded(self.future, "value"), (1, len(modules))).reshape(-1, len(self.future.rows))
        lost = result.row_cost.to_numpy() + value * result.unmet.to_numpy()
        return _by_portfolio(lost, len(self.future.scenarios))

    def _rooms(self, modules: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Room that a portfolio adds, (R,), and the part of it in units that the model can count in; inf for any."""
        room = self.adds @ modules
        endless = ((modules >= 1) & self.endless).any(axis=1)
        whole = np.floor(room / self.unit + 1e-6) * self.unit if self.unit else room
        return room, np.where(endless, np.inf, whole)

    def _from_base_near(
        self, modules: FloatArray, room: FloatArray, some: IntArray, expected: float, saved: float
    ) -> xr.Dataset:
        """Scenarios of a portfolio, (N,), that adds some rooms, (R,): from the optimum of one that is near.

        Each scenario starts from its own optimum with the nearest portfolio of the same base.
        """
        base = self._base_near(modules, room, expected, saved)
        built = Listed(np.array([0, len(room)]), np.arange(len(room)), self.limit + room, ["portfolio"], np.ones(1))
        scenarios = self.future.scenarios
        source = product(scenarios.take(some).source, built, len(scenarios.atoms))
        return base.sweeps(self.limited.over(source), (some, modules / np.where(self.widest > 0, self.widest, 1.0)))

    def _base_near(self, modules: FloatArray, room: FloatArray, expected: float, saved: float) -> _BaseOf:
        """The base that a portfolio is solved from, the same for all its scenarios."""
        if self.near is None or self.near[0] != modules.tobytes():
            self.widest = np.maximum(self.widest, modules)
            share = modules / np.where(self.widest > 0, self.widest, 1.0)

            def away(base: _BaseOf) -> float:
                """How far the portfolio is from a base: beyond 1 it is nearer to one of its own."""
                apart = float(np.abs(share - base.share).sum())
                lost = abs(expected - base.expected) / (LOSS * saved) if saved else np.inf
                return apart / CANDIDATES if apart <= 1.0 else max(apart / CANDIDATES, lost)

            base = min(self.bases, key=away, default=None)
            pays = len(self.bases) < BASES or len(self.future.scenarios) >= MANY  # a base costs what some scenarios do
            if base is None or (pays and away(base) > 1.0):
                base = _BaseOf(share, expected, self._sweeps_of(room))
                self.bases = [*self.bases[:1], *self.bases[1:][2 - BASES :], base]
            self.near = modules.tobytes(), base
        return self.near[1]

    def _sweeps_of(self, room: FloatArray) -> Sweeps:
        """Sweeps of a network that has some rooms, (R,)."""
        network, tables = self.future.network, dict[str, pd.DataFrame]()
        for name, rows in self.atoms.assign(room=room).groupby("table"):
            table: pd.DataFrame = getattr(network, str(name))
            field, ids = rows.field.iloc[0], _ids(network, str(name))
            limit = table[field] + ids.map(rows.set_index("id").room).fillna(0.0).to_numpy()
            tables[str(name)] = table.assign(**{field: limit.where(np.isfinite(limit))})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InputWarning)  # of the network without rooms
            built = network.replace(**tables)
        return Sweeps(built, self.future.rows, keep=("rent",), grouped=False, **self.options)

    def _of(self, rooms: FloatArray, some: IntArray) -> Scenarios:
        """Some scenarios of the future, each with some rooms, (P, R), added after what it sets or scales."""
        size, many = rooms.shape
        names, atom = [f"portfolio {at}" for at in range(size)], np.tile(np.arange(many), size)
        built = Listed(np.arange(size + 1) * many, atom, rooms.ravel(), names, np.ones(size))
        scenarios = self.future.scenarios
        return self.combined.over(product(scenarios.take(some).source, built, len(scenarios.atoms)))

    def _in_bundles(self, result: xr.Dataset) -> FloatArray:
        """The rooms that each bundle counts, (B, R) of 0 and 1."""
        row = {(table.removesuffix("s"), name): at
               for at, (table, name) in enumerate(zip(self.atoms.table, self.atoms.id, strict=True))}  # fmt: skip
        labels = zip(result.bundle_kind.to_numpy(), result.bundle_id.to_numpy(), strict=True)
        at = np.array([row.get((str(kind), str(name)), -1) for kind, name in labels], np.int64)
        return (at[:, None] == np.arange(len(self.atoms))).astype(float)


class _BaseOf(NamedTuple):
    """What portfolios are solved from: a network with some share of each candidate, (N,), expected to lose so much."""

    share: FloatArray
    expected: float
    sweeps: Sweeps


class AllKnown:
    """Losses and slopes that were found, which settle some of what is asked next.

    More modules never lose. So where a portfolio has all that a known one has, and a cut says that it can't lose less,
    it loses as much: what is added is of no use in the scenario.
    """

    def __init__(self, candidates: int, scenarios: int) -> None:
        self.of_nothing = Known(
            np.full(scenarios, -np.inf), np.full(scenarios, np.inf), np.zeros((scenarios, candidates))
        )
        self.found: dict[bytes, tuple[FloatArray, Known]] = {}

    def add(self, modules: FloatArray, some: IntArray, loss: FloatArray, slope: FloatArray) -> None:
        """Take in the losses, (K,), and slopes, (K, N), of a portfolio, (N,), in some scenarios, (K,)."""
        known = self.of(modules)
        known.low[some], known.high[some], known.slope[some] = loss, loss, slope
        self.found[modules.tobytes()] = modules.copy(), known

    def of(self, modules: FloatArray) -> Known:
        """What is known of a portfolio, (N,)."""
        low, high, slope = (part.copy() for part in self.of_nothing)
        for other, known in self.found.values():
            cut = known.low + known.slope @ (modules - other)
            higher = cut > low
            low[higher], slope[higher] = cut[higher], known.slope[higher]
            if (other <= modules).all():
                high = np.minimum(high, known.high)
        same = np.isfinite(high) & (high - low <= SAME * np.abs(low))
        return Known(low, np.where(same, low, high), slope)

    @property
    def saved(self) -> float:
        """What the second portfolio saves of what the first one loses, mean of all scenarios; 0 where it is unknown."""
        first, second, *_ = [*(float(known.low.mean()) for _, known in self.found.values()), np.nan, np.nan]
        return abs(first - second) if np.isfinite(first - second) else 0.0


def _ids(network: Network, table: str) -> pd.Series[str]:
    """What the rows of a table are called."""
    ids: pd.Series[str] = network.member_ids() if table == "zones" else getattr(network, table).iloc[:, 0]
    return ids


def _limits(network: Network, keys: pd.DataFrame) -> FloatArray:
    """The limits of rooms, (R,), before anything is built."""
    found = np.zeros(len(keys))
    for (name, column), rows in keys.groupby(["table", "field"]):
        table, ids = getattr(network, str(name)), _ids(network, str(name))
        found[rows.index] = rows.id.map(table[column].groupby(ids.to_numpy()).max())
    return found


def _by_portfolio(values: FloatArray, scenarios: int) -> FloatArray:
    """Values of scenarios with portfolios, the portfolio changing fastest, as (P, S, ...)."""
    return values.reshape(scenarios, -1, *values.shape[1:]).swapaxes(0, 1)


def _volumes(future: Future) -> FloatArray:
    """All that is wanted in each scenario, (S,), t/year: no optimum carries more over a link."""
    found: FloatArray = _demanded(future, "volume").sum(axis=1)
    return found


def _demanded(future: Future, field: str) -> FloatArray:
    """Volumes or values of demand in each scenario, (S, D)."""
    rows, scenarios = future.rows, future.scenarios
    found = np.tile(rows[field].to_numpy(float), (len(scenarios), 1))
    atoms = scenarios.atoms
    changed = ((atoms.table == "demand") & (atoms.field == field)).to_numpy()
    if not changed.any():
        return found
    place = pd.Index(rows.demand_id).get_indexer(pd.Index(atoms.id))
    block = scenarios.block(0, len(scenarios))
    how: dict[str, Any] = {"set": lambda _, by: by, "scale": lambda now, by: now * by, "add": lambda now, by: now + by}
    scenario = np.repeat(np.arange(len(scenarios)), np.diff(block.start))
    for at, atom, value in zip(scenario, block.atom, block.value, strict=True):
        if changed[atom]:
            found[at, place[atom]] = how[atoms.operation.iloc[atom]](found[at, place[atom]], value)
    return found
