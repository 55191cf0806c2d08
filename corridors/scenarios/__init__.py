"""Scenarios, labelled batches of sparse changes: what they are (batch.py), how they are laid out (sources.py,
combine.py), how they are made (make.py, shocks.py), what closes together (groups.py, crossings.py).
"""
