"""Threads that take jobs in turn, and an ear for an interrupt."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from corridors.kernels.types import IntArray

LOOK = 0.1
"""Seconds between two looks for an interrupt."""


def share(make_worker: Callable[[], Callable[[Any], None]], jobs: list[Any], threads: int, stop: IntArray) -> None:
    """Let threads take the jobs in turn, each with a workspace of its own, while this one listens for an interrupt.

    Kernels let go of the interpreter, so a signal is heard at once; they look at `stop`, so they end soon after.
    """
    if not jobs:
        return
    left = deque(jobs)

    def work() -> None:
        do = make_worker()
        while not stop[0]:
            try:
                job = left.popleft()
            except IndexError:
                return
            do(job)

    with ThreadPoolExecutor(min(threads, len(jobs))) as pool:
        futures = [pool.submit(work) for _ in range(min(threads, len(jobs)))]
        try:
            pending = set(futures)
            while pending:
                pending = wait(pending, timeout=LOOK)[1]
        except BaseException:
            stop[0] = 1
            raise
    for future in futures:
        future.result()
