"""A process that draws while another one solves: drawing hardly ever lets go of the interpreter.

It costs what Python takes to load what draws, on the core that is idle while the first process loads what solves.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Concatenate, ParamSpec, TypeVar

from corridors import arguments
from corridors.errors import CorridorsError, InputWarning
from corridors.network import Network
from corridors.report import figures

P = ParamSpec("P")
T = TypeVar("T")


class Drawing:
    """Work on a network, one after the other, in a process of its own; that ends with the context, also by an error.

    Parameters
    ----------
    network : Network
        With coordinates.
    """

    def __init__(self, network: Network) -> None:
        arguments.placed_nodes(network)
        context = get_context("spawn")  # a fork would not have the threads that others have started
        self._here, there = context.Pipe()
        self._process = context.Process(target=_draw, args=(there,), name="drawing", daemon=True)
        with _deaf():
            self._process.start()
        there.close()  # so that the end of the process is heard
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="drawing")
        self._asking.submit(self._here.send, network)
        self.begin(figures.load)

    def begin(self, work: Callable[Concatenate[Network, P], T], *given: P.args, **named: P.kwargs) -> Future[T]:
        """What some work will give, after what was begun before it; what is given travels."""
        return self._asking.submit(self._asked, work, given, named)

    def _asked(self, *asked: Any) -> Any:
        try:
            self._here.send(asked)
            found, error = self._here.recv()
        except (EOFError, OSError) as ended:
            raise CorridorsError("report: the process that draws has ended; is there enough memory?") from ended
        if error is not None:
            raise error
        return found

    def __enter__(self) -> Drawing:
        return self

    def __exit__(self, *error: object) -> None:
        self._asking.shutdown(cancel_futures=True)  # what is being drawn is finished, so no file is left half written
        self._here.close()
        self._process.join()


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """What is started meanwhile does not hear Ctrl-C, which is for the process that starts it."""
    if threading.current_thread() is not threading.main_thread():  # nobody else may say who hears signals
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def _draw(asked: Connection) -> None:
    """Do what is asked of the network that comes first, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it does not come from who started it
    warnings.simplefilter("ignore", InputWarning)  # of the network, which the process that read it has said
    with contextlib.suppress(EOFError, OSError):  # the process that asks has ended
        network = asked.recv()
        while True:
            work, given, named = asked.recv()
            try:
                asked.send((work(network, *given, **named), None))
            except Exception as error:
                error.add_note(f"In the process that draws:\n{traceback.format_exc()}")
                asked.send((None, error))
