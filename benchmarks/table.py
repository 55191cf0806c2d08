"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Table:
    """A heading, what the numbers are, columns and rows."""

    title: str
    note: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)

    def markdown(self) -> str:
        """The table as text that reads well in a terminal too."""
        cells = [list(self.columns), *[list(row) for row in self.rows]]
        width = [max(len(row[c]) for row in cells) for c in range(len(self.columns))]
        lines = ["| " + " | ".join(cell.rjust(w) for cell, w in zip(row, width, strict=True)) + " |" for row in cells]
        lines.insert(1, "|" + "|".join("-" * (w + 1) + ":" for w in width) + "|")
        return "\n".join([f"## {self.title}", "", self.note, "", *lines, ""])


def times(seconds: float) -> str:
    """A time in a unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.2g} µs"


def ratio(peer: float, ours: float) -> str:
    """How many times longer the peer takes."""
    factor = peer / ours
    return f"{factor:.0f}x" if factor >= 100 else f"{factor:.3g}x"
