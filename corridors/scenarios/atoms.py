"""Atoms: what a number changes, what closes, and scenarios in which each of some atoms has a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, a_number, complaint, kind_of
from corridors.scenarios.batch import ATOM, Scenarios, check_atoms, check_values, target
from corridors.scenarios.sources import Listed

Parameter: TypeAlias = "tuple[str, Any, str, str] | pd.DataFrame"
"""What a number changes: table, id (or several ids), field, operation; or a table of atoms, as `parameter` makes."""


def atoms_of(parameter: Parameter, name: str = "parameter") -> pd.DataFrame:
    """The atoms that a number changes, each once.

    Raises
    ------
    InputError
        What is no parameter, neither four parts nor a table of atoms; an atom that there can't be, or named twice.
    """
    said = f"parameter {name}" if name != "parameter" else name
    if isinstance(parameter, pd.DataFrame):
        atoms = check_atoms(arguments.table_of(said, parameter, ATOM[:4]).reset_index(drop=True))
    else:
        if not isinstance(parameter, (tuple, list)) or len(parameter) != 4:
            of = f" of {len(parameter)} parts" if isinstance(parameter, (tuple, list)) else ""
            raise InputError(
                f"{said}: is {kind_of(parameter)}{of}; give (table, id, field, operation), or what parameter gave"
            )
        table, ids, field, operation = parameter
        arguments.texts(**{f"{said}: table": table, f"{said}: field": field, f"{said}: operation": operation})
        rows = [(table, i, field, operation) for i in arguments.names_of(f"{said}: id", ids)]
        atoms = check_atoms(pd.DataFrame(rows, columns=list(ATOM[:4]), dtype=object))
    if (twice := atoms.duplicated()).any():
        raise InputError(complaint("parameter", "changes a number twice", atoms.id[twice], "name each once"))
    return atoms


def closing(groups: Mapping[str, list[tuple[str, str]]]) -> tuple[pd.DataFrame, list[IntArray]]:
    """Atoms that close everything named, and each group's atoms by number."""
    items = list(dict.fromkeys(item for group in groups.values() for item in group))
    number = {item: i for i, item in enumerate(items)}
    atoms = pd.DataFrame([(t, i, "status", "close") for t, i in items], columns=list(ATOM[:4]), dtype=object)
    return atoms, [np.array([number[item] for item in group], np.int64) for group in groups.values()]


def listed_values(names: Sequence[str], atoms: pd.DataFrame, values: FloatArray) -> Scenarios:
    """Scenarios in which each of some atoms has a value, (S, atoms): applied in their order."""
    size, many = values.shape
    atom = np.tile(np.arange(many), size)
    check_values(atoms, atom, values.ravel(), lambda at: names[at // many])
    start = np.arange(size + 1) * many
    return Scenarios.of(atoms, Listed(start, atom, values.ravel(), list(names), np.ones(size)))


def joined(parts: Sequence[pd.DataFrame], names: Sequence[str]) -> pd.DataFrame:
    """The atoms of several parameters. Several may scale the same number, or add to it; it is set by one.

    Raises
    ------
    InputError
        A number that two parameters set.
    """
    empty = pd.DataFrame(columns=list(ATOM), dtype=object)
    atoms = pd.concat([empty, *parts], ignore_index=True)
    twice = atoms.duplicated() & (atoms.operation == "set")
    if twice.any():
        first = atoms[twice].iloc[0]
        owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        both = [names[owner[i]] for i in np.flatnonzero((atoms == first).all(axis=1))]
        raise InputError(
            complaint("parameters", f"{target(first)} is set twice", both, "let one of them add to it or scale it")
        )
    return atoms


def as_numbers(what: str, given: Any) -> FloatArray:
    """Values as numbers; NaN, which is refused with its scenario, where they are none."""
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise InputError(f"{what} has no values; give several numbers")
    return np.array([a_number(value) for value in given], float)
