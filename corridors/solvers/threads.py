"""Threads that take jobs in turn, and stop on an interrupt."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, TypeVar

import numpy.typing as npt

LOOK = 0.1
"""Seconds between two looks for an interrupt."""

T = TypeVar("T")


def listen(
    work: Callable[[], T], stop: npt.NDArray[Any], *, threads: int = 1, look: Callable[[], None] | None = None
) -> list[T]:
    """What `work` gives, done by each of some threads while this one waits for an interrupt.

    Kernels release the interpreter lock, so a signal is handled at once; they look at `stop`, so they end soon after.

    Parameters
    ----------
    stop : (1,) int
        Set to 1 on an interrupt, which is raised again as soon as the threads have ended.
    look : callable, optional
        Called every `LOOK` seconds; what it raises is taken for an interrupt.
    """
    if threads == 1 and look is None and threading.current_thread() is not threading.main_thread():
        return [work()]  # only the main thread is sent signals
    futures: list[Future[T]] = [Future() for _ in range(threads)]

    def run(future: Future[T]) -> None:
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(work())
            except BaseException as failure:  # raised in the caller's thread
                future.set_exception(failure)

    try:
        for future in futures:
            threading.Thread(target=run, args=(future,), daemon=True).start()
        pending = set(futures)
        while pending:
            pending = wait(pending, timeout=LOOK)[1]
            if look is not None:
                look()
    except BaseException:
        stop[0] = 1
        wait([future for future in futures if not future.cancel()])  # an interrupt may come between start and start
        raise
    return [future.result() for future in futures]


def share(
    make_worker: Callable[[], Callable[[Any], None]], jobs: list[Any], threads: int, stop: npt.NDArray[Any]
) -> None:
    """Let threads take the jobs in turn, each with a workspace of its own; an interrupt ends them (see `listen`)."""
    waiting = deque(jobs)

    def work() -> None:
        work_on = make_worker()
        while not stop[0]:
            try:
                job = waiting.popleft()
            except IndexError:
                return
            work_on(job)

    listen(work, stop, threads=min(threads, len(jobs)))
