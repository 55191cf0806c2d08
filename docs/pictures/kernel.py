"""The drawn example of docs/explanation/kernel.md: ``python docs/pictures/kernel.py``."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

import corridors as cd

PLACES = {"a": (0, 1), "b": (1, 2), "c": (1, 0), "d": (2, 2), "e": (2, 0), "f": (3, 1)}
ARCS = [
    ("a", "b", 6, 2),
    ("a", "c", 9, 4),
    ("b", "d", 9, 3),
    ("b", "e", 9, 6),
    ("c", "e", 9, 1),
    ("d", "f", 9, 2),
    ("e", "f", 9, 3),
    ("c", "d", 9, 7),
]
"""Tail, head, capacity, cost."""
SENT = 8


def problem(closed: str = "") -> cd.Problem:
    """Eight units from a to f; an arc named by its two ends may be closed."""
    vertex = {name: row for row, name in enumerate(PLACES)}
    return cd.Problem(
        tail=[vertex[tail] for tail, *_ in ARCS],
        head=[vertex[head] for _, head, *_ in ARCS],
        capacity=[
            0 if tail + head == closed else capacity for tail, head, capacity, _ in ARCS
        ],
        cost=[cost for *_, cost in ARCS],
        supply=[SENT, 0, 0, 0, 0, -SENT],
    )


def draw(
    ax: plt.Axes,
    case: cd.Problem,
    flow: np.ndarray,
    potential: np.ndarray,
    title: str,
    mark: dict,
) -> None:
    """A network with flow / capacity and cost at each arc, and potentials at vertices; `mark` colours some arcs."""
    for row, (tail, head, _, cost) in enumerate(ARCS):
        (x0, y0), (x1, y1) = PLACES[tail], PLACES[head]
        tree = (
            cost + potential[list(PLACES).index(tail)]
            == potential[list(PLACES).index(head)]
        )
        colour = mark.get(tail + head, "#1d3461" if tree else "#9aa5b1")
        style = {
            "arrowstyle": "-|>",
            "color": colour,
            "lw": 2.6 if tree or tail + head in mark else 1.0,
        }
        style |= {
            "shrinkA": 15,
            "shrinkB": 15,
            "linestyle": "-" if case.capacity[row] else ":",
        }
        ax.annotate("", (x1, y1), (x0, y0), arrowprops=style)
        at = 0.3 if tail + head in ("be", "cd") else 0.5
        text = f"{flow[row]}/{case.capacity[row]} at {cost}"
        ax.text(x0 + at * (x1 - x0), y0 + at * (y1 - y0), text, ha="center", va="center", fontsize=8, color=colour,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
    for row, (name, (x, y)) in enumerate(PLACES.items()):
        ax.text(x, y, f"{name}\n{potential[row]}", ha="center", va="center", fontsize=9,
                bbox={"boxstyle": "circle,pad=0.35", "facecolor": "#f5f3ec", "edgecolor": "#1d3461"})  # fmt: skip
    ax.set(xlim=(-0.4, 3.4), ylim=(-0.5, 2.5), title=title)
    ax.set_axis_off()


def main() -> None:
    """Draw the base, the arc that closes with the one that takes its place, and the new optimum."""
    mpl.use("Agg")
    base, closed = problem(), problem("ce")
    before, after = cd.min_cost_flow(base), cd.min_cost_flow(closed)
    cd.check(base, before)
    cd.check(closed, after)
    figure, axes = plt.subplots(1, 3, figsize=(15, 4.6))
    shift = [result.potential - result.potential[0] for result in (before, after)]
    draw(axes[0], base, before.flow, shift[0], f"1. The base: cost {before.cost}", {})
    draw(
        axes[1],
        closed,
        before.flow,
        shift[0],
        "2. c-e closes; what crosses the cut?",
        {"ce": "#c8501e", "cd": "#1b7f5c"},
    )
    draw(
        axes[2],
        closed,
        after.flow,
        shift[1],
        f"3. After one dual pivot: cost {after.cost}",
        {"cd": "#1b7f5c"},
    )
    figure.tight_layout()
    figure.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
