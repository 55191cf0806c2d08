"""Progress of long work in a terminal: one bar at a time, and none left when the work ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Never

from tqdm import tqdm

DELAY = 0.5
"""Seconds before which no bar is shown: what is over by then needs none, and a line about compiling goes first."""
LOOK = "{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}{unit} [{elapsed}, {remaining} left]"
"""What a bar shows. That of several parts has no unit, as each part counts something else."""


@dataclass
class _Whole:
    """Work of several parts: its bar is there from the first part on, and its total grows with each."""

    what: str
    bar: tqdm[Never] | None = None

    def part(self, what: str, total: int) -> tqdm[Never]:
        """The bar, with room for one more part."""
        if self.bar is None:
            self.bar = _bar(0, self.what, "", True)
        self.bar.total = (self.bar.total or 0) + total
        self.bar.set_description_str(self.what if what == self.what else f"{self.what}: {what}", refresh=False)
        return self.bar


_whole: ContextVar[_Whole | None] = ContextVar("whole", default=None)


@contextmanager
def one_bar(what: str) -> Iterator[None]:
    """Whatever is counted within shares one bar; within another's it is part of that.

    Parameters
    ----------
    what : str
        What goes on.
    """
    if _whole.get() is not None:
        yield
        return
    whole = _Whole(what)
    token = _whole.set(whole)
    try:
        yield
    finally:
        _whole.reset(token)
        if whole.bar is not None:
            _clear(whole.bar)


@contextmanager
def counted(what: str, total: int, unit: str, shown: bool) -> Iterator[Callable[[int], object]]:
    """A bar that counts some work, or the part of it in the bar of `one_bar`; gives what to call with a number done.

    Parameters
    ----------
    what : str
        What goes on.
    total : int
        How much there is to do.
    unit : str
        What is counted, in the plural.
    shown : bool
        Whether to show it, where the errors go to a terminal.

    Examples
    --------
    >>> with counted("closures", 2, "sets", shown=False) as done:
    ...     _ = done(1), done(1)
    """
    whole = _whole.get()
    if whole is not None and shown and sys.stderr.isatty():
        yield whole.part(what, total).update
        return
    bar = _bar(total, what, f" {unit}", shown)
    try:
        yield bar.update
    finally:
        _clear(bar)


def tell(text: str) -> None:
    """Say at a terminal what goes on, in a line of its own: a bar that is there moves aside."""
    if sys.stderr.isatty():
        with tqdm.external_write_mode(sys.stderr):
            print(f"corridors: {text} ...", file=sys.stderr, flush=True)


def _bar(total: int, what: str, unit: str, shown: bool) -> tqdm[Never]:
    hidden = not (shown and sys.stderr.isatty())
    return tqdm(total=total, desc=what, unit=unit, disable=hidden, leave=False, delay=DELAY, bar_format=LOOK)


def _clear(bar: tqdm[Never]) -> None:
    """Close a bar, and paint over it also where a line that was printed has shown it before its time."""
    bar.delay = 0
    bar.close()
