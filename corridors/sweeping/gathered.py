"""Answers of a sweep as they come: kept, reduced, and at the end a dataset with labels and units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from corridors.model.build import Model
from corridors.model.decode import coordinates, labelled, parts_of
from corridors.network import case_names
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.labels import FEW
from corridors.schema.definitions import VARIABLES
from corridors.sweeping.engines import PATHS, Answers
from corridors.sweeping.statistics import Grouped, make

ALWAYS = ("status", "path", "objective", "loss", "cost", "gap", "unmet_total")
"""The variables that every sweep keeps."""


class Gathered:
    """Answers as they come: kept, reduced, and at the end labelled.

    Parameters
    ----------
    model : Model
        Of the base.
    scenarios : Scenarios
    keep : sequence of str
        Variables to keep by scenario.
    reductions : sequence of (str, str)
        Variables and statistics.
    first, end : int
        From which scenario on answers come, and the one after the last of them.
    """

    def __init__(
        self,
        model: Model,
        scenarios: Scenarios,
        keep: Sequence[str],
        reductions: Sequence[tuple[str, str]],
        first: int,
        end: int,
    ) -> None:
        self.model, self.scenarios, self.keep, self.wanted = model, scenarios, keep, reductions
        self.first, self.end = first, end
        self.done, self.stopped = first, False
        self.columns: dict[str, list[Any]] = {name: [] for name in (*ALWAYS, *keep)}
        self.running: dict[tuple[str, str], Grouped] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}

    def add(self, answers: Answers) -> None:
        """Take the next block."""
        loss = answers.objective + answers.worth
        size = np.maximum(np.abs(answers.objective), self.model.units.dollar)
        values = {
            **answers.kept,
            "status": answers.status,
            "path": answers.path,
            "objective": answers.objective,
            "loss": loss,
            "cost": loss - answers.lost,
            "gap": np.maximum(answers.objective - answers.bound, 0.0) / size,
            "unmet_total": answers.unmet_total,
        }
        for name, column in self.columns.items():
            column.append(values[name])
        n = len(answers.status)
        weights = self.scenarios.source.weights(self.done, self.done + n)
        solved = np.isfinite(answers.objective)
        for variable, statistic in self.wanted:
            flat = np.asarray(values[variable], float).reshape(n, -1)
            if (variable, statistic) not in self.running:
                self.shapes[variable] = values[variable].shape[1:]
                self.running[variable, statistic] = Grouped(make(statistic, flat.shape[1]))
            self.running[variable, statistic].add(flat[solved], weights[solved])
        self.done += n

    def dataset(self) -> xr.Dataset:
        """All that was taken, with labels and units."""
        model, scenarios = self.model, self.scenarios
        labels = coordinates(model)
        few = len(scenarios) <= FEW
        scenario: Any = (
            [scenarios.label(i) for i in range(self.first, self.done)] if few else np.arange(self.first, self.done)
        )
        variables: dict[str, Any] = {}
        for name, parts in self.columns.items():
            dims = VARIABLES[name].dims
            empty = np.zeros((0, *(len(labels[d]) for d in dims)))
            values = np.concatenate(parts) if parts else empty
            variables[name] = (("scenario", *dims), values, _attributes(name))
        for variable, statistic in self.wanted:
            if (variable, statistic) in self.running:
                value = self.running[variable, statistic].result().reshape(self.shapes[variable])
            else:  # of no scenario
                value = np.full([len(labels[d]) for d in VARIABLES[variable].dims], np.nan)
            attributes = {**_attributes(variable), "statistic": statistic}
            variables[f"{variable}_{statistic}"] = (VARIABLES[variable].dims, value, attributes)
        used = {d for dims, *_ in variables.values() for d in dims}
        coords: dict[str, Any] = {name: values for name, values in labels.items() if name in used}
        coords |= {name: part for name, part in parts_of(model).items() if part[0] in used}
        coords["scenario"] = np.asarray(scenario, dtype=object) if few else scenario
        weight = ("scenario", scenarios.source.weights(self.first, self.done))
        attrs: dict[str, Any] = {
            **case_names(model.network, model.demand),
            **model.attributes(),
            "paths": ", ".join(PATHS),
        }
        if self.stopped:
            attrs["stopped"] = f"{self.done - self.first} of {self.end - self.first} scenarios"
        return labelled(variables, {**coords, "weight": weight}, attrs)


def _attributes(name: str) -> dict[str, str]:
    return {"units": VARIABLES[name].unit, "long_name": VARIABLES[name].meaning}
