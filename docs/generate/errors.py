"""The page of errors: the tree of `corridors/errors.py`, and what each class is for."""

from __future__ import annotations

import inspect
import textwrap
from pathlib import Path

from corridors import errors

from .markdown import leave


def write(folder: Path) -> None:
    """Leave the page in a folder."""
    tree = (errors.__doc__ or "").split("::", 1)[1]
    classes = [
        value
        for _, value in inspect.getmembers(errors, inspect.isclass)
        if value.__module__ == errors.__name__
    ]
    shown = [c for c in classes if issubclass(c, (errors.CorridorsError, Warning))]
    parts = [
        "# Errors\n",
        "Whatever this library refuses on purpose is one of these. A message names the table, what is wrong, for how "
        "many rows and which, and what to do: `links: capacity is negative for 2 links (aktau-baku, baku-poti); give "
        "t/year >= 0`. For a name that is not known those near it are suggested.\n",
        f"```text\n{textwrap.dedent(tree).strip()}\n```\n",
        *(f"## {c.__name__}\n\n{inspect.getdoc(c)}\n" for c in shown),
    ]
    leave(folder / "errors.md", "\n".join(parts))
