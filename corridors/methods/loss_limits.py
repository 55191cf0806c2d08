"""The loss as a function of limits: its slopes to either side, each value solved as a scenario."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
import xarray as xr

from corridors.arrays.typing import FloatArray
from corridors.errors import InputError, kind_of
from corridors.methods.piecewise_linear import Tangent, first_piece
from corridors.methods.solved import require_solved
from corridors.model.compile import apply, compiler_of
from corridors.network import Network
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.make import baseline
from corridors.scenarios.sources import Listed
from corridors.sweeping.solve import Sweeps

WHOLE = 10.0
"""Room that is never all used, in volumes of all demand: goods are handled at most a few times at a node."""
SURE = 1e-6
"""The least error of a loss that is allowed for, in dollars of the model's size (`Units.dollar`)."""
EXACT = 1e-13
"""The relative error of sums of floats."""

Change: TypeAlias = "tuple[Sequence[int], int]"
"""Bundles whose limits change together, and the sign of the change: more (1) or less (-1)."""
Piece: TypeAlias = "tuple[float, float]"
"""Slope of the loss (USD/t), and up to how many tonnes."""
Search: TypeAlias = "Generator[float, Tangent, Piece]"


class Limits:
    """The loss along changes of limits, searched together: the tries of a round are one sweep.

    `step` is the least change, t/year: the unit of tonnes in the model.

    Parameters
    ----------
    network : Network
    rows : DataFrame
        Checked demand.
    given : Scenarios
        The one scenario from which all changes start.
    progress : bool
    """

    def __init__(self, network: Network, rows: pd.DataFrame, given: Scenarios, progress: bool) -> None:
        self.given = given
        compiler = compiler_of(network, rows, given)
        self.model, units = compiler.model, compiler.model.units
        self.step, self.sure = units.tonne, SURE * units.dollar
        labels = self.model.labels
        # A link's limit is what its background leaves; without background its capacity is the limit.
        fields = np.where(labels.table == "zone", "limit", "capacity")
        numbers = pd.DataFrame({"table": labels.table + "s", "id": labels.id, "field": fields, "operation": "set"})
        loads = numbers[numbers.table == "links"].assign(field="background")
        self.atoms = pd.concat([numbers, loads]).drop_duplicates(ignore_index=True)
        self.key = [*zip(numbers.table, numbers.id, strict=True)]
        self.atoms_of = self.atoms.groupby(["table", "id"], sort=False).indices
        self.bundles_of = numbers.groupby(["table", "id"], sort=False).indices
        self.is_load = (self.atoms.field == "background").to_numpy()
        self.limit = units.tonnes(apply(self.model, compiler.block(0, 1), 0, compiler.groups).bundles.limit)[
            : len(labels)
        ]
        self.enough = WHOLE * float(np.ceil(max(rows.volume.sum(), self.step) / self.step)) * self.step
        self.sweeps = Sweeps(network, rows, keep=("rent", "throughput"), progress=progress)
        self.base = self._sweep([([], 1, 0.0)])

    def pieces(self, wanted: Mapping[Hashable, Change]) -> dict[Hashable, Piece]:
        """The first piece of the loss along each change; to infinity where it holds however much room is added."""
        found: dict[Hashable, Piece] = {}
        asked: dict[Hashable, tuple[Search, float]] = {}
        start = self._tangents(self.base, wanted.values(), np.zeros(len(wanted)))
        for (name, (bundles, sign)), tangent in zip(wanted.items(), start, strict=True):
            far = self.enough if sign > 0 else float(self.limit[bundles].min())
            if far < self.step:
                found[name] = (np.nan, 0.0)
                continue
            search = first_piece(tangent, far, self.step)
            asked[name] = (search, next(search))
        while asked:
            tries = [(*wanted[name], value) for name, (_, value) in asked.items()]
            result = self._sweep(tries)
            changes = [wanted[name] for name in asked]
            tangents = self._tangents(result, changes, np.array([value for *_, value in tries]))
            for (name, (search, _)), tangent in zip(list(asked.items()), tangents, strict=True):
                try:
                    asked[name] = (search, search.send(tangent))
                except StopIteration as end:
                    slope, up_to = end.value
                    found[name] = (slope, np.inf if up_to >= self.enough else up_to)
                    del asked[name]
        return found

    def _tangents(self, result: xr.Dataset, changes: Iterable[Change], at: FloatArray) -> list[Tangent]:
        """Tangents along some changes, one scenario for each or one for all."""
        loss, rent = result.loss.to_numpy(), result.rent.to_numpy()
        doubt = self.sure + (EXACT + result.gap.to_numpy()) * np.abs(result.objective.to_numpy())
        tangents = []
        for i, (bundles, sign) in enumerate(changes):
            row = i if len(loss) > 1 else 0
            numbers = {self.key[bundle] for bundle in bundles}
            slope = -sign * sum(float(rent[row, self.bundles_of[number]].sum()) for number in numbers)
            tangents.append(Tangent(float(at[i]), float(loss[row]), slope, float(doubt[row])))
        return tangents

    def _sweep(self, tries: Sequence[tuple[Sequence[int], int, float]]) -> xr.Dataset:
        """Solve the given scenario with other limits."""
        atoms, values, start = [], [], [0]
        for bundles, sign, by in tries:
            for bundle in {self.key[b]: b for b in bundles}.values():
                chosen = self.atoms_of[self.key[bundle]]
                atoms += chosen.tolist()
                values += np.where(self.is_load[chosen], 0.0, self.limit[bundle] + sign * by).tolist()
            start.append(len(atoms))
        labels = [str(number) for number in range(len(tries))]
        source = Listed(
            np.array(start, np.int64), np.array(atoms, np.int64), np.array(values, float), labels, np.ones(len(tries))
        )
        result = self.sweeps(self.given * Scenarios.of(self.atoms, source))
        require_solved("rents", result.loss)
        return result


def step_of(network: Network, rows: pd.DataFrame, given: Scenarios) -> float:
    """The least change of a quantity under a scenario, t/year: the unit of tonnes in the model."""
    return compiler_of(network, rows, given).model.units.tonne


def one_of(scenario: Scenarios | None, study: str) -> Scenarios:
    """The one scenario that is given, or today's."""
    given = baseline() if scenario is None else scenario
    if not isinstance(given, Scenarios) or len(given) != 1:
        what = f"holds {len(given)}" if isinstance(given, Scenarios) else f"is {kind_of(given)}"
        raise InputError(f"{study}: scenario {what}; give one scenario, as scenarios.select([label]) does")
    return given
