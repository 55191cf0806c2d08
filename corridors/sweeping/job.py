"""A sweep as workers get it, and what a process has laid out and solved for it."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from corridors.model.build import Model
from corridors.model.compile import Compiler, compiler_of
from corridors.model.reach import warn_out_of_reach
from corridors.network import Network
from corridors.scenarios.batch import Scenarios
from corridors.sweeping.engines import Engine, LpEngine, WarmEngine, engine_over


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
    grouped : bool
        Whether closures are given as groups. The solver then knows those that many scenarios share, but first solves
        the optimum without each loaded group, which a batch of few does not repay where they close several each.
    """

    network: Network
    demand: Any
    scenarios: Scenarios
    keep: tuple[str, ...]
    solver: str = "columns"
    grouped: bool = True
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
                _HELD.pop(next(iter(_HELD)), None)
            compiler = compiler_of(self.network, self.demand, self.scenarios)
            warn_out_of_reach(compiler.model)
            _HELD[self.key] = _Held(compiler if self.grouped else compiler.by_arc())
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
        _HELD.pop(self.key, None)  # without the lock: garbage may be collected, and this called, while a thread has it


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
