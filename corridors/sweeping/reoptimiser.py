"""One scenario after another, whatever each changes, re-optimised from a base that is laid out and solved once."""

from __future__ import annotations

import copy
import threading
from typing import Any

from corridors.model.compile import compiler_of
from corridors.model.reach import warn_out_of_reach
from corridors.network import Network
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.make import baseline
from corridors.sweeping.engines import Answers, LpEngine, WarmEngine


class Reoptimiser:
    """Solves single scenarios of any atoms, from several threads at once.

    `corridors.sweep` lays its model out for the atoms of its batch; here the model is that of the base, so that a
    scenario costs no more than its own optimum. One that needs more of the model, a limit where the base has none or
    finer units, gets a model of its own.

    Parameters
    ----------
    network, demand, keep
        As for `corridors.sweep`.

    Attributes
    ----------
    base : Answers
        What changes nothing.
    """

    def __init__(self, network: Network, demand: Any, *, keep: tuple[str, ...]) -> None:
        self.network, self.demand, self.keep = network, demand, keep
        nothing = baseline()
        compiler = compiler_of(network, demand, nothing)
        warn_out_of_reach(compiler.model)
        self._engine = WarmEngine(compiler.model, compiler, keep) if len(compiler.model.demand) else None
        self.base = self(nothing, threading.Event())

    def __call__(self, scenario: Scenarios, stop: threading.Event) -> Answers:
        """The optimum of the one scenario that a batch holds; its status is LIMIT where `stop` was set before.

        Raises
        ------
        InputError
            What `corridors.sweep` raises.
        """
        compiler = None if self._engine is None else self._engine.compiler.onto(scenario)
        if self._engine is None or compiler is None:
            return self._by_itself(scenario, stop)
        engine = copy.copy(self._engine)  # the groups stay those of the base: the new atoms close arcs
        engine.compiler, engine.stop = compiler, stop
        return engine.answer(0, 1)

    def _by_itself(self, scenario: Scenarios, stop: threading.Event) -> Answers:
        compiler = compiler_of(self.network, self.demand, scenario)
        engine = (WarmEngine if len(compiler.model.demand) else LpEngine)(compiler.model, compiler, self.keep)
        engine.stop = stop
        return engine.answer(0, 1)
