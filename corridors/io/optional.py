"""Packages that only some formats need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from corridors.errors import InputError


def needed(module: str, package: str, what: str, extra: str = "files") -> Any:
    """A module of a package that may not be installed.

    Parameters
    ----------
    module, package : str
        The module, and what its package is called where packages are installed from.
    what : str
        What it is needed for, as messages call it.
    extra : str
        The extra of this library that installs it.

    Raises
    ------
    InputError
        It can't be imported.

    Examples
    --------
    >>> needed("json", "json", "JSON").loads("[1]")
    [1]
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise InputError(
            f"{what}: needs {package}, which can't be imported ({error}); pip install {package}, or in a checkout "
            f"pip install --editable '.[{extra}]'"
        ) from error
