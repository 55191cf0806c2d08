"""Scenarios, labelled batches of sparse changes: what they are (batch.py), how they are laid out (sources.py), how they
are made (make.py), what closes together (groups.py).
"""
