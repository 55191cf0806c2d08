"""How kernels are compiled: entry points are cached on disk, helpers live inside them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

from corridors.arrays import codes
from corridors.kernels.disk import kept

F = TypeVar("F", bound=Callable[..., Any])

_njit: Any = numba.njit
_HELPER = {"nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
# Without the run time of arrays (_nrt) nothing can be allocated, and no array that a kernel looks at is counted:
# counting costs more than a pivot. Without wrappers for Python the first call takes half the time.


def digest(folder: Path, *others: Path) -> str:
    """What stands for the sources of a folder, and of other files."""
    return hashlib.sha256(b"".join(p.read_bytes() for p in [*sorted(folder.glob("*.py")), *others])).hexdigest()


SOURCES = digest(Path(__file__).parent, Path(codes.__file__))  # the kernels hold the numbers of codes


def entry(function: F) -> F:
    """Compile a kernel that Python calls: cached, free of the interpreter lock."""
    compiled: F = kept(_njit(nogil=True, _nrt=False)(function), SOURCES)
    return compiled


def helper(function: F) -> F:
    """Compile a function that only kernels call."""
    compiled: F = _njit(**_HELPER)(function)
    return compiled


def inlined(function: F) -> F:
    """Compile a small function into its callers: a basis is some ten arrays, too many to pass at each vertex."""
    compiled: F = _njit(forceinline=True, **_HELPER)(function)
    return compiled


def step(function: F) -> F:
    """Make a function part of its one or two callers before they are compiled.

    Numba optimises each helper once for itself and once more in every caller, level by level; a step has no self.
    """
    compiled: F = _njit(inline="always", **_HELPER)(function)
    return compiled
