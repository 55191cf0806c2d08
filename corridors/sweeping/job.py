"""How a sweep runs: blocks handed to an executor, taken back in order, gathered into a dataset."""

from __future__ import annotations

import threading
import uuid
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import xarray as xr

from corridors.errors import InputError
from corridors.model.build import Model
from corridors.model.compile import Compiler, compiler_of
from corridors.model.decode import coordinates, parts_of
from corridors.model.reach import warn_out_of_reach
from corridors.network import Network, case_names
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.labels import FEW
from corridors.schema.definitions import VARIABLES
from corridors.sweeping.engines import PATHS, Answers, Engine, LpEngine, WarmEngine, engine_over
from corridors.sweeping.statistics import Grouped, make
from corridors.sweeping.store import Store
from corridors.sweeping.workers import Elsewhere, Here, Workers

ALWAYS = ("status", "path", "objective", "loss", "cost", "gap", "unmet_total")
"""The variables that every sweep keeps."""

AHEAD = 3
"""Blocks that wait for a worker, by worker: enough to keep it busy, few enough to stop soon."""

FEWEST = 16
"""Scenarios that a worker gets at the least, where there are few."""


@dataclass(frozen=True)
class Job:
    """A sweep as workers get it; each process lays out its model and makes its engine once.

    Parameters
    ----------
    network, demand, scenarios
        As for `corridors.sweep`.
    keep : tuple of str
        What answers hold.
    solver : str
        One of `corridors.sweeping.optimum.SOLVERS`.
    """

    network: Network
    demand: Any
    scenarios: Scenarios
    keep: tuple[str, ...]
    solver: str = "columns"
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    def model(self) -> Model:
        """The model that this process has for the job."""
        with _LOCK:
            return self._held().model

    def engine(self) -> Engine:
        """The engine that this process has for the job."""
        with _LOCK:
            held = self._held()
            if held.engine is None:
                make = WarmEngine if self.solver == "columns" and len(held.model.demand) else LpEngine
                held.engine = make(held.model, held.compiler, self.keep)
            return held.engine

    def _held(self) -> _Held:
        if self.key not in _HELD:
            while len(_HELD) >= 4:  # a worker that outlives its sweeps holds the last few only
                _HELD.pop(next(iter(_HELD)))
            compiler = compiler_of(self.network, self.demand, self.scenarios)
            warn_out_of_reach(compiler.model)
            _HELD[self.key] = _Held(compiler)
        return _HELD[self.key]

    def over(self, scenarios: Scenarios) -> Job:
        """The same job for other scenarios of the same atoms, on what this process has built and solved for it."""
        engine = engine_over(self.engine(), scenarios)
        other = replace(self, scenarios=scenarios, key=uuid.uuid4().hex)
        with _LOCK:
            _HELD[other.key] = _Held(engine.compiler, engine)
        return other

    def holds(self, scenarios: Scenarios) -> bool:
        """Whether the units of this job's model are fine enough for other scenarios of the same atoms."""
        compiler = self.engine().compiler
        return not compiler.over(scenarios).fitting().finer(compiler.model.units)

    def __enter__(self) -> Job:
        return self

    def __exit__(self, *error: object) -> None:
        with _LOCK:
            _HELD.pop(self.key, None)


@dataclass
class _Held:
    """What a process has of a job."""

    compiler: Compiler
    engine: Engine | None = None

    @property
    def model(self) -> Model:
        """The model that the scenarios were laid out on."""
        return self.compiler.model


_HELD: dict[str, _Held] = {}
_LOCK = threading.Lock()


Part = tuple[int, int]
"""Which of how many parts of a sweep, from 1."""
WHOLE: Part = (1, 1)


def part_of(job: Job, part: Part) -> tuple[int, int]:
    """The first scenario of a part, and the one after its last: parts are whole blocks, one after the other."""
    number, parts = part
    count = len(job.scenarios)
    if parts == 1:  # needs no engine, whose base Ctrl-C may stop
        return 0, count
    size = job.engine().block_size
    blocks = -(-count // size)
    first, end = (min(blocks * done // parts * size, count) for done in (number - 1, number))
    return first, end


def answers(
    job: Job, first: int, end: int, executor: Executor | None = None, store: Store | None = None
) -> Generator[Answers]:
    """The answers of the blocks of scenarios `first` to `end` - 1, in order.

    What `store` holds is not solved again, and it takes the others. On Ctrl-C, and where it is closed, what is running
    stops soon, and what waits is dropped.
    """
    engine = job.engine()
    pool: Workers = Here(engine, store) if executor is None else Elsewhere(executor, job, store)
    size = engine.block_size
    if executor is None and store is None:  # nobody else counts blocks: a few scenarios keep all cores busy too
        size = min(size, max(-(-(end - first) // pool.workers), FEWEST))
    starts = iter(range(first, end, size))
    waiting: deque[tuple[int, int, Future[Answers | None]]] = deque()
    try:
        while True:
            while len(waiting) < pool.workers * AHEAD and (first := next(starts, end)) < end:
                last = min(first + size, end)
                held = None if store is None else store.read(first, last)
                waiting.append((first, last, pool.submit(first, last) if held is None else _done(held)))
            if not waiting:
                return
            first, last, future = waiting.popleft()
            found = future.result()
            if found is None:  # its worker has written it
                found = store.read(first, last) if store is not None else None
            if found is None:
                raise InputError(
                    f"store: {store and store.folder} is not the same folder for all workers; give one that they share"
                )
            yield found
    finally:
        engine.stop.set()
        for *_, future in waiting:
            future.cancel()
        pool.close()


def _done(held: Answers) -> Future[Answers | None]:
    future: Future[Answers | None] = Future()
    future.set_result(held)
    return future


class Gathered:
    """Answers as they come: kept, reduced, and at the end labelled.

    Parameters
    ----------
    model : Model
        Of the base.
    scenarios : Scenarios
    keep : sequence of str
        Variables to keep by scenario.
    reductions : sequence of (str, str)
        Variables and statistics.
    first, end : int
        From which scenario on answers come, and the one after the last of them.
    """

    def __init__(
        self,
        model: Model,
        scenarios: Scenarios,
        keep: Sequence[str],
        reductions: Sequence[tuple[str, str]],
        first: int,
        end: int,
    ) -> None:
        self.model, self.scenarios, self.keep, self.wanted = model, scenarios, keep, reductions
        self.first, self.end = first, end
        self.done, self.stopped = first, False
        self.columns: dict[str, list[Any]] = {name: [] for name in (*ALWAYS, *keep)}
        self.running: dict[tuple[str, str], Grouped] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}

    def add(self, answers: Answers) -> None:
        """Take the next block."""
        loss = answers.objective + answers.worth
        size = np.maximum(np.abs(answers.objective), self.model.units.dollar)
        values = {
            **answers.kept,
            "status": answers.status,
            "path": answers.path,
            "objective": answers.objective,
            "loss": loss,
            "cost": loss - answers.lost,
            "gap": np.maximum(answers.objective - answers.bound, 0.0) / size,
            "unmet_total": answers.unmet_total,
        }
        for name, column in self.columns.items():
            column.append(values[name])
        n = len(answers.status)
        weights = self.scenarios.source.weights(self.done, self.done + n)
        solved = np.isfinite(answers.objective)
        for variable, statistic in self.wanted:
            flat = np.asarray(values[variable], float).reshape(n, -1)
            if (variable, statistic) not in self.running:
                self.shapes[variable] = values[variable].shape[1:]
                self.running[variable, statistic] = Grouped(make(statistic, flat.shape[1]))
            self.running[variable, statistic].add(flat[solved], weights[solved])
        self.done += n

    def dataset(self) -> xr.Dataset:
        """All that was taken, with labels and units."""
        model, scenarios = self.model, self.scenarios
        labels = coordinates(model)
        few = len(scenarios) <= FEW
        scenario: Any = (
            [scenarios.label(i) for i in range(self.first, self.done)] if few else np.arange(self.first, self.done)
        )
        variables: dict[str, Any] = {}
        for name, parts in self.columns.items():
            dims = VARIABLES[name].dims
            empty = np.zeros((0, *(len(labels[d]) for d in dims)))
            values = np.concatenate(parts) if parts else empty
            variables[name] = (("scenario", *dims), values, _attributes(name))
        for variable, statistic in self.wanted:
            if (variable, statistic) in self.running:
                value = self.running[variable, statistic].result().reshape(self.shapes[variable])
            else:  # of no scenario
                value = np.full([len(labels[d]) for d in VARIABLES[variable].dims], np.nan)
            attributes = {**_attributes(variable), "statistic": statistic}
            variables[f"{variable}_{statistic}"] = (VARIABLES[variable].dims, value, attributes)
        used = {d for dims, *_ in variables.values() for d in dims}
        coords: dict[str, Any] = {name: values for name, values in labels.items() if name in used}
        coords |= {name: part for name, part in parts_of(model).items() if part[0] in used}
        coords["scenario"] = np.asarray(scenario, dtype=object) if few else scenario
        weight = ("scenario", scenarios.source.weights(self.first, self.done))
        attrs: dict[str, Any] = {
            **case_names(model.network, model.demand),
            **model.attributes(),
            "paths": ", ".join(PATHS),
        }
        if self.stopped:
            attrs["stopped"] = f"{self.done - self.first} of {self.end - self.first} scenarios"
        return xr.Dataset(variables, coords={**coords, "weight": weight}, attrs=attrs)


def _attributes(name: str) -> dict[str, str]:
    return {"units": VARIABLES[name].unit, "long_name": VARIABLES[name].meaning}
