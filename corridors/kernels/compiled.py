"""How kernels are compiled: entry points are cached on disk, helpers are parts of them.

Helpers take tuples of arrays by reference (`corridors.kernels.by_reference`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

from corridors.arrays import codes
from corridors.kernels.disk import kept
from corridors.kernels.linked import EntryCompiler, LinkedCompiler

F = TypeVar("F", bound=Callable[..., Any])

_njit: Any = numba.njit
_OPTIONS = {"nogil": True, "no_cfunc_wrapper": True, "error_model": "numpy", "_nrt": False}
_HELPER = {**_OPTIONS, "no_cpython_wrapper": True, "pipeline_class": LinkedCompiler}
# Without the run time of arrays (_nrt) nothing can be allocated, and no array that a kernel looks at is counted:
# counting costs more than a pivot.


def digest(folder: Path, *others: Path) -> str:
    """What stands for the sources of a folder, and of other files."""
    return hashlib.sha256(b"".join(p.read_bytes() for p in [*sorted(folder.glob("*.py")), *others])).hexdigest()


SOURCES = digest(Path(__file__).parent, Path(codes.__file__))  # the kernels hold the numbers of codes


def entry(function: F) -> F:
    """Compile a kernel that Python calls: cached, free of the interpreter lock."""
    compiled: F = kept(_njit(**_OPTIONS, pipeline_class=EntryCompiler)(function), SOURCES)
    return compiled


def helper(function: F) -> F:
    """Compile a function that only kernels call."""
    compiled: F = _njit(**_HELPER)(function)
    return compiled


def inlined(function: F) -> F:
    """Compile a small function into its callers."""
    compiled: F = _njit(forceinline=True, **_HELPER)(function)
    return compiled
