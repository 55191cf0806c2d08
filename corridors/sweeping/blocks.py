"""How a sweep runs: blocks of its scenarios handed to workers, and their answers taken back in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import Executor, Future

from corridors.errors import InputError
from corridors.sweeping.engines import Answers
from corridors.sweeping.job import Job
from corridors.sweeping.store import Store
from corridors.sweeping.workers import Elsewhere, Here, Workers

AHEAD = 3
"""Blocks that wait for a worker, by worker: enough to keep it busy, few enough to stop soon."""

FEWEST = 16
"""Scenarios that a worker gets at the least, where there are few."""


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
