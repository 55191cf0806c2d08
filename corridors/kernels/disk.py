"""Compiled kernels kept on disk; where no folder can be written, they are compiled in each process, and a line says so.

Numba refuses to compile a function that is to be cached where it finds no folder for it (a read-only package and no
home), and lets a full disk or a damaged file end the call. Neither is a reason not to solve.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import Any

from numba.core.caching import FunctionCache

log = logging.getLogger("corridors")

REMEDY = "they are compiled in each process, ten to twenty seconds; set NUMBA_CACHE_DIR to a folder that can be written"

_said = threading.Event()


def say_once(why: object) -> None:
    """Warn that compiled kernels are not kept, the first time only.

    It is logged as a warning, which Python writes to standard error where nobody has set up logging.
    """
    if not _said.is_set():
        _said.set()
        log.warning("corridors: compiled kernels can't be kept on disk (%s); %s", why, REMEDY)


class DiskCache(FunctionCache):
    """Numba's cache of a function, which holds for as long as no source changes.

    Numba looks at a function's own file only, though it compiles callees from other files into it.

    Parameters
    ----------
    function : callable
    sources : str
        What stands for the sources.

    Raises
    ------
    RuntimeError
        No folder can be written.
    """

    def __init__(self, function: Any, sources: str) -> None:
        super().__init__(function)
        self._cache_file._source_stamp = sources

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled function; None where there is none, or none that can be read.

        Numba's own tables of types and functions, a quarter of a second, are left to what has to be compiled.
        """
        try:
            with self._guard_against_spurious_io_errors():
                return self._load_overload(sig, target_context)
        except OSError as error:
            say_once(error)
        except Exception:  # what is damaged can raise anything when it is unpickled
            with contextlib.suppress(OSError):
                self.flush()
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the compiled function, if it can be."""
        try:
            super().save_overload(sig, data)
        except Exception as error:  # a full disk, or an index that can neither be read nor be replaced
            say_once(error)


def kept(dispatcher: Any, sources: str) -> Any:
    """Have what a dispatcher compiles kept on disk, where a folder can be written."""
    function = getattr(dispatcher, "py_func", None)
    if function is not None:  # None under NUMBA_DISABLE_JIT
        try:
            dispatcher._cache = DiskCache(function, sources)
        except (RuntimeError, OSError) as error:
            say_once(error)
    return dispatcher
