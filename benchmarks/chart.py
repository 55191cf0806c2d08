"""How many times longer peers take, as one chart: a row a subject and scenario mix, a mark a peer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

from benchmarks.table import Table

_RATIO = re.compile(r"([\d.]+)x\b")


def ratios(table: Table) -> Iterator[tuple[str, str, float]]:
    """Row, peer and how many times longer it takes, of each cell that holds a ratio (of two, the median's).

    Examples
    --------
    >>> table = Table("Warm", "", ["instance", "mix", "ours", "LEMON"], [["S", "n1", "0.7 µs", "12.2x"]])
    >>> list(ratios(table))
    [('S n1', 'LEMON', 12.2)]
    """
    for row in table.rows:
        named = [cell for cell in row[:2] if cell and not cell[0].isdigit()]
        for column, (name, cell) in enumerate(zip(table.columns, row, strict=True)):
            if name != "faster by" and (found := _RATIO.search(cell)):
                yield (
                    " ".join(named) or f"{row[0]} {table.columns[0]}",
                    table.columns[column - 1] if name == "times" else name,
                    float(found[1]),
                )


def draw(tables: Sequence[Table], path: Path) -> Path | None:
    """Draw the tables that hold ratios into an SVG; None where none does."""
    shown = [(table, found) for table in tables if (found := list(ratios(table)))]
    if not shown:
        return None
    mpl.rcParams["svg.hashsalt"] = "corridors"
    heights = [len({row for row, *_ in found}) + 2 for _, found in shown]
    figure, axes = plt.subplots(
        len(shown), figsize=(8, 0.24 * sum(heights) + 1), height_ratios=heights, sharex=True, squeeze=False
    )
    peers = list(dict.fromkeys(peer for _, found in shown for _, peer, _ in found))
    for ax, (table, found) in zip(axes[:, 0], shown, strict=True):
        rows = list(dict.fromkeys(row for row, *_ in found))
        for peer in peers:
            points = [(ratio, rows.index(row)) for row, of, ratio in found if of == peer]
            ax.scatter(*zip(*points, strict=True) if points else ([], []), color=f"C{peers.index(peer)}", s=22)
        ax.set_yticks(range(len(rows)), rows, fontsize=8)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xscale("log")
        ax.axvline(1, color="black", lw=0.8)
        ax.grid(axis="x", color="0.9")
        ax.set_title(table.title, loc="left", fontsize=9, fontweight="bold")
    axes[-1, 0].set_xlabel("how many times longer it takes than corridors (right of the line: slower)")
    marks = [plt.Line2D([], [], color=f"C{n}", marker="o", ls="", label=peer) for n, peer in enumerate(peers)]
    figure.legend(handles=marks, loc="upper center", ncols=min(len(peers), 4), fontsize=8, frameon=False)
    figure.tight_layout(rect=(0, 0, 1, 1 - 0.5 / figure.get_figheight()))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path
