"""The pages of public names: all that `import corridors` offers, by what it is for; autosummary writes a page each."""

from __future__ import annotations

from pathlib import Path

import corridors as cd

from .markdown import leave

SECTIONS = {
    "The model": ("network", "sweeping", "model", "results"),
    "Questions": ("studies", "methods"),
    "Scenarios": ("scenarios",),
    "Edits of networks and demand": ("edits",),
    "Files": ("io",),
    "Maps and charts": ("maps", "page"),
    "The data that come with it": ("datasets",),
    "The model against what is known": ("validation",),
    "Errors": ("errors",),
    "On arrays": ("arrays", "mincostflow", "solvers"),
}
"""Titles, and the rooms of `corridors` whose names stand under each."""


def write(folder: Path) -> None:
    """Leave the page in a folder; a room that no section names is an error."""
    homes = cd._modules()
    rooms = {name: module.split(".")[1] for name, module in homes.items()}
    placed = {room for section in SECTIONS.values() for room in section}
    if left := sorted(set(rooms.values()) - placed):
        raise LookupError(
            f"no section of the reference names {', '.join(left)}; add it to SECTIONS"
        )
    parts = [
        "Public names\n============\n",
        "After ``import corridors as cd`` these are ``cd.name``. They load when they are first used.\n",
    ]
    for title, section in SECTIONS.items():
        listed = sorted(
            (name for name, room in rooms.items() if room in section), key=str.casefold
        )
        parts.append(f"{title}\n{'-' * len(title)}\n")
        parts.append(".. autosummary::\n   :toctree: api\n   :nosignatures:\n")
        parts.append("\n".join(f"   corridors.{name}" for name in listed) + "\n")
    leave(folder / "names.rst", "\n".join(parts))


def apart() -> dict[str, str]:
    """Names of files for classes that differ from a function in capitals only, which some file systems take for one."""
    small = {name for name in cd.__all__ if name.islower()}
    return {
        f"corridors.{name}": f"corridors.{name}-class"
        for name in cd.__all__
        if name.lower() in small - {name}
    }
