"""Coupled flows: many classes under shared capacities, trained once, then re-optimised scenario by scenario."""

from corridors.solvers.multicommodity.changes import CoupledChanges
from corridors.solvers.multicommodity.memo import Memory
from corridors.solvers.multicommodity.sweeping import CoupledResult, Path, sweep
from corridors.solvers.multicommodity.training import Base, prepare

__all__ = ["Base", "CoupledChanges", "CoupledResult", "Memory", "Path", "prepare", "sweep"]
