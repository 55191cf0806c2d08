"""Answers to what readers compose: solved on threads, a few at a time, each within a time."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import xarray as xr

from corridors.arrays.codes import Status
from corridors.errors import CorridorsError, SolverError
from corridors.network import Network
from corridors.page.answers import Answer, Comparison
from corridors.page.choices import Choice
from corridors.serve.composed import Composed, Composer
from corridors.sweeping.reoptimiser import Reoptimiser

WAITING = 64
"""Questions that wait for a thread at the most."""
REMEMBERED = 512
"""Answers that are kept: many readers click on the same links."""


class Busy(CorridorsError):
    """More is asked at the same time than is answered soon, or one question takes too long."""


class Solving:
    """Answers questions about one case.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Checked demand.
    base : Dataset
        What `corridors.solve` gave.
    choices : list of Choice
        What the page offers.
    seconds : float
        The most that an answer may take, with its time in the queue.
    """

    def __init__(
        self, network: Network, demand: pd.DataFrame, base: xr.Dataset, choices: list[Choice], *, seconds: float
    ) -> None:
        self.composer = Composer(network, demand, choices)
        self.seconds = seconds
        self._optimum = Reoptimiser(network, demand, keep=("unmet", "flow", "row_cost"))
        # Rows of a class share its flow: what each pays is comparable where one method divides it.
        self.compared = Comparison(
            network, demand, base.assign(row_cost=("demand", self._optimum.base.kept["row_cost"][0]))
        )
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="answers")
        self._stops: set[threading.Event] = set()
        self._closed = False
        self._known: OrderedDict[Composed, Answer] = OrderedDict()

    async def answer(self, composed: Composed) -> Answer:
        """The answer to one question.

        Raises
        ------
        InputError
            What does not fit the case.
        Busy
            Too many questions, or one that takes too long.
        SolverError
            No optimum was found.
        """
        if composed in self._known:
            self._known.move_to_end(composed)
            return self._known[composed]
        if len(self._stops) >= WAITING:
            raise Busy("the server has more to solve than it can soon; ask again in a moment")
        stop = threading.Event()
        self._stops.add(stop)
        try:
            async with asyncio.timeout(self.seconds):
                found = await asyncio.get_running_loop().run_in_executor(self._threads, self.solved, composed, stop)
        except TimeoutError:
            raise Busy(f"no answer within {self.seconds:g} seconds; choose less at once") from None
        except asyncio.CancelledError:
            if self._closed:
                raise Busy("the server ends") from None
            raise
        finally:
            stop.set()
            self._stops.discard(stop)
        self._known[composed] = found
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    def solved(self, composed: Composed, stop: threading.Event) -> Answer:
        """The answer to one question, on this thread.

        Raises
        ------
        InputError, SolverError
            As for `answer`.
        """
        found: Any = self._optimum(self.composer.scenario(composed), stop)
        if found.status[0] != Status.OPTIMAL:
            raise SolverError("no optimum was found for what is chosen")
        kept = (found.kept[name][0] for name in ("unmet", "row_cost", "flow"))
        return self.compared.answer(float(found.objective[0] + found.worth[0]), *kept)

    def close(self) -> None:
        """Stop what runs, and drop what waits."""
        self._closed = True
        for stop in list(self._stops):
            stop.set()
        self._threads.shutdown(wait=False, cancel_futures=True)
