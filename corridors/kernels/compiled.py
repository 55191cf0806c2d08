"""How kernels are compiled: entry points are cached on disk, helpers live inside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

_njit: Any = numba.njit
_HELPER = {"nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
# Without the run time of arrays (_nrt) nothing can be allocated, and no array that a kernel looks at is counted:
# counting costs more than a pivot. Without wrappers for Python the first call takes half the time.


def entry(function: F) -> F:
    """Compile a kernel that Python calls: cached, free of the interpreter lock."""
    compiled: F = _njit(cache=True, nogil=True, _nrt=False)(function)
    return compiled


def helper(function: F) -> F:
    """Compile a function that only kernels call."""
    compiled: F = _njit(**_HELPER)(function)
    return compiled


def inlined(function: F) -> F:
    """Compile a small function into its callers: a basis is some ten arrays, too many to hand over at each vertex."""
    compiled: F = _njit(forceinline=True, **_HELPER)(function)
    return compiled


def step(function: F) -> F:
    """Make a function part of its one or two callers before they are compiled.

    Numba optimises each helper once for itself and once more in every caller, level by level; a step has no self.
    """
    compiled: F = _njit(inline="always", **_HELPER)(function)
    return compiled
