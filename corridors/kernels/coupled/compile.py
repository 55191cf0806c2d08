"""How the functions of this package are compiled, and when what is cached still holds.

A workspace is some fifty arrays. What numba does with each of them in each function, to count references and to be
callable from Python, would take longer to compile than the functions themselves. So those that only call each other
go without: they allocate nothing, and one entry point (`block.solve_block`) is callable from Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

_njit: Any = njit  # its stubs leave out some of its options

OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}

SOURCES = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()


def compiled(function: Function) -> Function:
    """Compile a function that is called from compiled ones only and allocates nothing."""
    return _stamped(_njit(function, **OPTIONS, no_cpython_wrapper=True, no_cfunc_wrapper=True))


def entry(function: Function) -> Function:
    """Compile a function that Python calls."""
    return _stamped(_njit(function, **OPTIONS, no_cfunc_wrapper=True))


def _stamped(dispatcher: Any) -> Any:
    """Have what is cached hold for as long as no file of the package changes.

    Numba looks at a function's own file only, though it compiles callees from other files into it.
    """
    file = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if file is not None:
        file._source_stamp = SOURCES
    return dispatcher
