"""Who solves the blocks of a sweep: threads of this process, or the workers of an executor, here or on a cluster."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cached_property
from typing import Any, Protocol

from corridors.sweeping.engines import Answers, Engine
from corridors.sweeping.job import Job
from corridors.sweeping.store import Store

SOME = 4
"""Workers of an executor that does not say how many it has."""


class Workers(Protocol):
    """Those who solve blocks: how many they are, and what they are asked."""

    workers: int

    def submit(self, first: int, last: int) -> Future[Answers | None]:
        """Have scenarios `first` to `last` - 1 solved: their answers, or None where these were written to the store."""

    def close(self) -> None:
        """Begin nothing more."""


class Here:
    """A thread a core of this process."""

    def __init__(self, engine: Engine, store: Store | None) -> None:
        self.engine, self.store = engine, store
        self.workers = os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self.workers)

    def submit(self, first: int, last: int) -> Future[Answers | None]:
        """As of `Workers`."""
        return self._pool.submit(self._answer, first, last)

    def _answer(self, first: int, last: int) -> Answers:
        found = self.engine.answer(first, last)
        if self.store is not None and not self.engine.stop.is_set():  # what was stopped may lack scenarios
            self.store.write(first, last, found)
        return found

    def close(self) -> None:
        """As of `Workers`."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Elsewhere:
    """The workers of an executor. The job goes to each process once: as data of a dask cluster, else pickled once."""

    def __init__(self, executor: Executor, job: Job, store: Store | None) -> None:
        self.executor, self.store = executor, store
        self.workers, self.parcel = sent(executor, job)

    def submit(self, first: int, last: int) -> Future[Answers | None]:
        """As of `Workers`."""
        return self.executor.submit(_work, self.parcel, self.store, first, last)

    def close(self) -> None:
        """As of `Workers`; the executor is its owner's."""


class InTurn(Executor):
    """An executor that does each thing when it is asked: for one who is a worker already."""

    _max_workers = 1

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def sent(executor: Executor, job: Any) -> tuple[int, Any]:
    """How many workers an executor has, and a job, known by its ``key``, as a `Parcel` that each of them gets once."""
    client = getattr(executor, "_client", None)
    if client is None:
        return getattr(executor, "_max_workers", None) or SOME, Parcel(job)
    # a result and no scattered data: the cluster makes it again where all who hold it are gone
    options = {"pure": False, **getattr(executor, "_kwargs", {})}
    return sum(client.nthreads().values()) or SOME, client.submit(Parcel, job, **options)


class Parcel:
    """A job as it travels: pickled once, whatever the number of blocks, and opened once in each process."""

    def __init__(self, job: Any) -> None:
        self.job = job

    @cached_property
    def content(self) -> bytes:
        """The job's bytes."""
        return pickle.dumps(self.job)

    def __reduce__(self) -> tuple[Any, ...]:
        return _opened, (self.job.key, self.content)


_OPENED: dict[str, Parcel] = {}
_LOCK = threading.Lock()


def _opened(key: str, content: bytes) -> Parcel:
    """The parcel of a job; a process keeps the last few."""
    with _LOCK:
        if key not in _OPENED:
            while len(_OPENED) >= SOME:
                _OPENED.pop(next(iter(_OPENED)))
            _OPENED[key] = Parcel(pickle.loads(content))
        return _OPENED[key]


def _work(parcel: Parcel, store: Store | None, first: int, last: int) -> Answers | None:
    """Answer a block; into the store where there is one, unless it is there: a cluster may ask again what it lost."""
    if store is not None and store.read(first, last) is not None:
        return None
    engine = parcel.job.engine()
    found = engine.answer(first, last)
    if store is None or engine.stop.is_set():  # by threads of this process: what was stopped may lack scenarios
        return found
    store.write(first, last, found)
    return None
