"""What NetworkX says of the backend in its documentation; read at ``import networkx``, so it imports nothing."""

from __future__ import annotations

FLOWS = ("network_simplex", "min_cost_flow", "min_cost_flow_cost", "capacity_scaling")
"""Functions of a graph whose nodes have demands."""
TERMINALS = ("max_flow_min_cost", "maximum_flow", "maximum_flow_value", "minimum_cut", "minimum_cut_value")
"""Functions of a graph, a source and a sink."""


def get_info() -> dict[str, object]:
    """The name of the backend and its functions."""
    limits = "Capacities, weights and demands are integers of 64 bits (a capacity may be infinite)."
    return {
        "backend_name": "corridors",
        "project": "corridors",
        "package": "corridors",
        "short_summary": "Min-cost flows and maximum flows by a compiled network simplex.",
        "description": "The same costs and exceptions as NetworkX has; where several flows are optimal, one of them.",
        "functions": {name: {"additional_docs": limits} for name in FLOWS + TERMINALS},
    }
