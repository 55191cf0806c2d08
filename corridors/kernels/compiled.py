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

TRIED = (0, 62), (0, 68)
"""The first and the last Numba whose passes `corridors.kernels.linked` is known to fit."""

PIPELINES: tuple[dict[str, Any], dict[str, Any]] = {}, {}
"""Options of entry points and of helpers; a Numba that is not known takes its own pipeline, and twice the time."""
if TRIED[0] <= numba.version_info[:2] <= TRIED[1]:
    from corridors.kernels.linked import EntryCompiler, LinkedCompiler

    PIPELINES = {"pipeline_class": EntryCompiler}, {"pipeline_class": LinkedCompiler}

F = TypeVar("F", bound=Callable[..., Any])

_njit: Any = numba.njit
_OPTIONS = {"nogil": True, "no_cfunc_wrapper": True, "error_model": "numpy", "_nrt": False}
_HELPER = {**_OPTIONS, "no_cpython_wrapper": True, **PIPELINES[1]}
# Without the run time of arrays (_nrt) nothing can be allocated, and no array that a kernel looks at is counted:
# counting costs more than a pivot.


def digest(folder: Path, *others: Path) -> str:
    """What stands for the sources of a folder, and of other files."""
    return hashlib.sha256(b"".join(p.read_bytes() for p in [*sorted(folder.glob("*.py")), *others])).hexdigest()


SOURCES = digest(Path(__file__).parent, Path(codes.__file__))  # the kernels hold the numbers of codes


def entry(function: F) -> F:
    """Compile a kernel that Python calls: cached, free of the interpreter lock."""
    compiled: F = kept(_njit(**_OPTIONS, **PIPELINES[0])(function), SOURCES)
    return compiled


def helper(function: F) -> F:
    """Compile a function that only kernels call."""
    compiled: F = _njit(**_HELPER)(function)
    return compiled


def inlined(function: F) -> F:
    """Compile a small function into its callers."""
    compiled: F = _njit(forceinline=True, **_HELPER)(function)
    return compiled
