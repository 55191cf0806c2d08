"""What scenarios start from: a pool of columns, prices and bases, and workspaces that stand there."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from corridors.kernels.multicommodity.types import Bases, Coupled, Optimum, Pool, Work
from corridors.solvers.multicommodity.kernel_calls import workspace_at


@dataclass(frozen=True, eq=False)
class Start:
    """A frozen pool with its bases, and the workspaces of threads that are at work on it.

    Parameters
    ----------
    coupled : Coupled
    pool : Pool
        K frozen columns.
    optimum : Optimum
        Prices of the base.
    bases : Bases
        The base's own and those without some loaded groups.
    """

    coupled: Coupled
    pool: Pool
    optimum: Optimum
    bases: Bases
    _spare: list[Work] = field(default_factory=list, repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def borrow(self) -> Work:
        """A workspace that stands at the base; give it back by `put_back`."""
        with self._lock:
            if self._spare:
                return self._spare.pop()
        return workspace_at(self.coupled, self.pool, self.optimum, self.bases)

    def put_back(self, w: Work) -> None:
        """Keep a workspace for the next sweep."""
        with self._lock:
            self._spare.append(w)
