"""Coupled flows: many classes under shared capacities, solved once, then re-optimised scenario by scenario."""

from corridors.solvers.multicommodity.again import LastOptima
from corridors.solvers.multicommodity.base import Base, prepare
from corridors.solvers.multicommodity.changes import CoupledChanges
from corridors.solvers.multicommodity.memo import Memory
from corridors.solvers.multicommodity.optimum import Flow, solve
from corridors.solvers.multicommodity.remembered import BaseCache, base_cache
from corridors.solvers.multicommodity.sweeping import CoupledResult, sweep

__all__ = [
    "Base",
    "BaseCache",
    "CoupledChanges",
    "CoupledResult",
    "Flow",
    "LastOptima",
    "Memory",
    "base_cache",
    "prepare",
    "solve",
    "sweep",
]
