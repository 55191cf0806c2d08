"""How the functions of this package are compiled, and when what is cached still holds.

A workspace is some fifty arrays. What numba does with each of them in each function, to count references and to be
callable from Python, would take longer to compile than the functions themselves. So those that only call each other
go without: they allocate nothing, and one entry point (`block.solve_block`) is callable from Python.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

from corridors.kernels.compiled import digest
from corridors.kernels.disk import kept

Function = TypeVar("Function", bound=Callable[..., Any])

_njit: Any = njit  # its stubs leave out some of its options

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}

SOURCES = digest(Path(__file__).parent)


def compiled(function: Function) -> Function:
    """Compile a function that is called from compiled ones only and allocates nothing."""
    done: Function = kept(_njit(function, **OPTIONS, no_cpython_wrapper=True, no_cfunc_wrapper=True), SOURCES)
    return done


def entry(function: Function) -> Function:
    """Compile a function that Python calls."""
    done: Function = kept(_njit(function, **OPTIONS, no_cfunc_wrapper=True), SOURCES)
    return done
