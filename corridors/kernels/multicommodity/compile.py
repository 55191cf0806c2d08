"""How the functions of this package are compiled, and when what is cached still holds.

A workspace is some fifty arrays. What numba does with each of them in each function, to hand them on, to count
references and to be callable from Python, would take longer to compile than the functions themselves. So those that
only call each other go without: they allocate nothing, take tuples of arrays by reference, and are translated once, as
parts of the two entry points (`cold.solve_cold`, `block.solve_block`) that are callable from Python and kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

from corridors.kernels import by_reference
from corridors.kernels.compiled import PIPELINES, digest
from corridors.kernels.disk import kept

Function = TypeVar("Function", bound=Callable[..., Any])

_njit: Any = njit  # its stubs leave out some of its options

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}

SOURCES = digest(
    Path(__file__).parent,
    *(Path(by_reference.__file__).with_name(name) for name in ("by_reference.py", "linked.py", "lowering.py")),
)


def compiled(function: Function) -> Function:
    """Compile a function that is called from compiled ones only and allocates nothing."""
    done: Function = _njit(function, **OPTIONS, no_cpython_wrapper=True, no_cfunc_wrapper=True, **PIPELINES[1])
    return done


def entry(function: Function) -> Function:
    """Compile a function that Python calls."""
    done: Function = kept(_njit(function, **OPTIONS, no_cfunc_wrapper=True, **PIPELINES[0]), SOURCES)
    return done
