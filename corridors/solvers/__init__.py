"""Solvers of min-cost flow: plain functions on arrays, one signature, ``solve(problem, bundles=None)``."""
