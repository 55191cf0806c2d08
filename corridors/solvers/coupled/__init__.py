"""Coupled flows: many classes under shared capacities, trained once, then re-optimised scenario by scenario."""

from corridors.solvers.coupled.changes import CoupledChanges
from corridors.solvers.coupled.memo import Memory
from corridors.solvers.coupled.sweeping import CoupledResult, Path, sweep
from corridors.solvers.coupled.training import Base, prepare

__all__ = ["Base", "CoupledChanges", "CoupledResult", "Memory", "Path", "prepare", "sweep"]
