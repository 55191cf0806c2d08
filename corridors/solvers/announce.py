"""A word to the user while kernels are compiled for the first time: some ten seconds, once for each installation.

Where no folder can be written, it is once for each process (`corridors.kernels.disk`).
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

MESSAGE = "corridors: compiling the kernels, once for this %s; this takes some ten seconds"

log = logging.getLogger("corridors")


def announce_compilation(kernel: Any) -> None:
    """Say that a kernel is about to be compiled, if it is.

    The message is logged, and written to standard error where that is a terminal.
    """
    if is_ready(kernel):
        return
    message = MESSAGE % ("installation" if kernel._cache.cache_path else "process")
    log.info(message)
    if sys.stderr.isatty():
        print(message, file=sys.stderr, flush=True)


def is_ready(kernel: Any) -> bool:
    """Whether a kernel is compiled in this process, or its code lies on disk."""
    if getattr(kernel, "overloads", True):  # a plain function under NUMBA_DISABLE_JIT
        return True
    folder = kernel._cache.cache_path
    name = kernel.py_func.__name__
    return folder is not None and any(Path(folder).glob(f"*.{name}-*.nbi"))
