"""Scenarios: a frozen, labelled batch of sparse changes to one network and its demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from corridors.arrays.frames import ROWS, html
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, complaint, kind_of, listed, nearest
from corridors.scenarios.combine import Selected, Sum, product
from corridors.scenarios.labels import FEW
from corridors.scenarios.sources import Block, Listed, Source, rows_of
from corridors.schema.columns import HIGHEST_ELSE, as_id, as_known

FIELDS: Mapping[str, tuple[str, ...]] = {
    "links": ("status", "capacity", "background", "tariff", "time", "headway", "border_fee", "border_time"),
    "transfers": ("status", "capacity", "cost", "time"),
    "nodes": ("capacity",),
    "zones": ("status", "limit", "price"),
    "fleets": ("capacity",),
    "demand": ("volume", "value"),
    "cost_steps": ("load", "extra_cost"),
}
"""What a scenario may change, by table."""

OPERATIONS = ("close", "open", "set", "scale", "add")
NARROWED = ("commodity", "origin", "direction")
"""What a change may hold for only: a commodity, a class's origin, a direction (``fwd, rev``); blank means all."""
ATOM = ("table", "id", "field", "operation", *NARROWED)
"""The columns of an atom, a change that can be made."""

FEW_CHANGES = 4
"""A notebook shows at most so many changes of a scenario."""

LIMITS = ("capacity", "limit")
"""Fields that may be set to infinity: unlimited, as a table says it by leaving a cell blank."""


class Scenarios:
    """A frozen, labelled batch of scenarios, each a few changes to one base.

    Parameters
    ----------
    labels : sequence of str
        A name for each scenario, unique.
    changes : DataFrame
        A row a change, applied in this order: ``scenario`` (its number from 0), ``table``, ``id``, ``field``,
        ``operation`` (``close`` and ``open`` set the status; ``set, scale, add`` change a number), ``value`` (finite;
        infinity, where a capacity or limit is set, means unlimited), and optionally what the change of a status, of a
        link's or transfer's cost, of a link's capacity, or of a zone member's price, holds for: ``commodity``,
        ``origin`` (of flow classes: a node or zone) and ``direction`` (``fwd`` or ``rev``). A capacity so changed is
        what these users of the link may take of it together: in the base, all. A tariff is what each of them pays,
        whether by its own tariff on the link, the link's, or its mode's rate. Zone members are ``zone_id:node_id``,
        cost steps go by their ``step_id``.
    weights : (S,) float, optional
        Probability or importance of each; one each by default.

    Raises
    ------
    InputError
        A table, field or operation that there is not; a label twice; the same change twice in one scenario; a value
        that is no finite number, weights that do not fit.

    See Also
    --------
    corridors.outages, corridors.sample, corridors.grid, corridors.coalitions, corridors.from_table, corridors.events

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> half = pd.DataFrame({"scenario": [0], "table": ["links"], "id": ["ferry"], "field": ["capacity"],
    ...                      "operation": ["scale"], "value": [0.5]})
    >>> low_water = cd.Scenarios(["low water"], half)
    >>> shut = pd.DataFrame({"scenario": [1], "table": ["links"], "id": ["rail"], "field": ["status"],
    ...                      "operation": ["close"], "value": [None]})
    >>> low_water * cd.Scenarios(["as it is", "no rail"], shut)
    Scenarios(2: low water * as it is, low water * no rail)
    """

    atoms: pd.DataFrame
    source: Source

    def __init__(self, labels: Sequence[str], changes: pd.DataFrame, weights: Any = None) -> None:
        if isinstance(labels, (str, bytes)) or not isinstance(labels, Iterable):
            raise InputError(f"labels: is {kind_of(labels)}; give a list of texts")
        names = [named(label) for label in labels]
        twice = pd.Series(names, dtype=object)
        twice = twice[twice.duplicated()]
        if len(twice):
            raise InputError(complaint("scenarios", "label is there twice", twice, "name each scenario once"))
        changes = _checked(changes, names)
        atoms = changes[list(ATOM)].drop_duplicates(ignore_index=True)
        number = pd.Series(atoms.index, index=pd.MultiIndex.from_frame(atoms))
        atom = number[pd.MultiIndex.from_frame(changes[list(ATOM)])].to_numpy(np.int64)
        row = changes.scenario.to_numpy(np.int64)
        again = pd.Series(row * max(len(atoms), 1) + atom).duplicated().to_numpy()
        if again.any():
            first = changes[again].iloc[0]
            problem = f"{target(first)} is there twice to {first.operation}"
            remedy = "name it once, or give one of them in a batch of its own and multiply the batches"
            raise InputError(complaint("scenarios", problem, [names[i] for i in np.unique(row[again])], remedy))
        weight = _checked_weights(weights, names)
        order = np.argsort(row, kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(names)))]).astype(np.int64)
        source = Listed(start, atom[order], changes.value.to_numpy(float)[order], names, weight)
        self._set(atoms, source)

    @classmethod
    def of(cls, atoms: pd.DataFrame, source: Source) -> Scenarios:
        """A batch from its atoms (columns `ATOM`) and a source that names them by number."""
        batch = object.__new__(cls)
        batch._set(check_atoms(atoms.reset_index(drop=True)), source)
        return batch

    def over(self, source: Source) -> Scenarios:
        """Other scenarios of the same atoms."""
        batch = object.__new__(type(self))
        batch._set(self.atoms, source)
        return batch

    def _set(self, atoms: pd.DataFrame, source: Source) -> None:
        object.__setattr__(self, "atoms", atoms)
        object.__setattr__(self, "source", source)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"Scenarios are frozen; make new ones instead of setting {name}")

    def __len__(self) -> int:
        return self.source.size

    def __repr__(self) -> str:
        shown = listed(islice((self.label(i) for i in range(len(self))), 5))
        return f"Scenarios({len(self)}: {shown}{', ...' if len(self) > 5 else ''})"

    def _repr_html_(self) -> str:
        shown = range(min(len(self), ROWS))
        table = pd.DataFrame(
            {
                "scenario": [self.label(number) for number in shown],
                "weight": self.source.weights(0, len(shown)),
                "changes": [_in_words(self.changes(number)) for number in shown],
            }
        )
        figures = {"scenarios": f"{len(self):,}", "what they change": f"{len(self.atoms):,} numbers and closures"}
        return html("Scenarios" + (f", the first {ROWS}" if len(self) > ROWS else ""), figures, table)

    def __mul__(self, other: Scenarios) -> Scenarios:
        """Each scenario of this batch with each of the other; weights multiply."""
        return self._and(other, product(self.source, other.source, len(self.atoms)))

    def __add__(self, other: Scenarios) -> Scenarios:
        """The scenarios of this batch, then those of the other."""
        return self._and(other, Sum(self.source, other.source, len(self.atoms)))

    def _and(self, other: Scenarios, source: Source) -> Scenarios:
        """Scenarios of the atoms of both, which were checked when they were made."""
        batch = object.__new__(Scenarios)
        batch._set(pd.concat([self.atoms, other.atoms], ignore_index=True), source)
        return batch

    def label(self, number: int) -> str:
        """The name of a scenario, by its number from 0."""
        return self.source.label(number)

    @property
    def labels(self) -> tuple[str, ...]:
        """All names; of more than 100,000 scenarios ask for single ones by `label`."""
        if len(self) > FEW:
            raise InputError(
                f"scenarios: {len(self)} labels are too many to list; ask for single ones by label(number)"
            )
        return tuple(self.label(i) for i in range(len(self)))

    @property
    def weights(self) -> FloatArray:
        """Weight of each scenario, (S,)."""
        return self.source.weights(0, len(self))

    def block(self, first: int, last: int) -> Block:
        """The scenarios from number `first` to before `last`, as atoms with values.

        Raises
        ------
        InputError
            A value that is no finite number: a distribution may draw one.
        """
        block = self.source.block(first, last)
        if self._valued:
            check_values(self.atoms, block.atom, block.value, lambda at: self.label(first + int(rows_of(block)[at])))
        return block

    @cached_property
    def _valued(self) -> bool:
        """Whether there are numbers to check, not closures alone."""
        return not self.atoms.operation.isin(["close", "open"]).all()

    def changes(self, number: int) -> pd.DataFrame:
        """The changes of one scenario, by its number from 0: the columns of an atom and ``value``."""
        block = self.block(number, number + 1)
        return self.atoms.iloc[block.atom].assign(value=block.value).reset_index(drop=True)

    def select(self, labels: Iterable[str]) -> Scenarios:
        """The scenarios with these labels, in this order."""
        number = {label: i for i, label in enumerate(self.labels)}
        if not isinstance(labels, Iterable):
            raise InputError(f"labels: is {kind_of(labels)}; give a list of texts")
        wanted = [as_known(named(label), number) for label in ([labels] if isinstance(labels, str) else labels)]
        unknown = [label for label in wanted if label not in number]
        if unknown:
            remedy = f"give labels of the batch: {listed(number)}{nearest(unknown, number)}"
            raise InputError(complaint("scenarios", "label is unknown", unknown, remedy))
        return self.take([number[label] for label in wanted])

    def take(self, numbers: Iterable[int]) -> Scenarios:
        """The scenarios of these numbers, in this order."""
        chosen = np.array(list(numbers), np.int64)
        bad = chosen[(chosen < 0) | (chosen >= len(self))]
        if len(bad):
            raise InputError(f"scenarios: there is no number {listed(bad)}; give 0 to {len(self) - 1}")
        return self.over(Selected(self.source, chosen))


def named(label: object) -> str:
    """The name of a scenario as text: 1, 1.0 and "1" are one."""
    return label if isinstance(label, str) else as_id(label)


def target(atom: Any) -> str:
    """What an atom changes, for people: ``links ferry: capacity``."""
    narrowed = ", ".join(str(atom[name]) for name in NARROWED if atom[name])
    return f"{atom.table} {atom.id}: {atom.field}" + (f" ({narrowed})" if narrowed else "")


def _in_words(changes: pd.DataFrame) -> str:
    """What a scenario changes: ``links ferry: status close; links rail: tariff add 5``."""
    done = [
        f"{target(atom)} {atom.operation}" + ("" if np.isnan(atom.value) else f" {atom.value:g}")
        for _, atom in changes.head(FEW_CHANGES).iterrows()
    ]
    more = len(changes) - len(done)
    return "; ".join(done) + (f"; and {more} more" if more else "") if done else "none"


def check_values(atoms: pd.DataFrame, atom: IntArray, value: FloatArray, label: Callable[[int], str]) -> None:
    """Refuse values that can't be meant, by scenario, target and value.

    Parameters
    ----------
    atoms : DataFrame
        Columns `ATOM`.
    atom : (M,) int
    value : (M,) float
        What each is changed by.
    label : callable
        The scenario of an entry, by its place in these.

    Raises
    ------
    InputError
        A value that is not finite, other than a limit set to infinity; or beyond what any figure may be.
    """
    good = np.abs(value) <= HIGHEST_ELSE
    if good.all():
        return
    status = atoms.operation.isin(["close", "open"]).to_numpy()
    endless = ((atoms.operation == "set") & atoms.field.isin(LIMITS)).to_numpy()
    bad = np.flatnonzero(~(good | status[atom] | (endless[atom] & np.isposinf(value))))
    if len(bad):
        first = atoms.iloc[atom[bad[0]]]
        what = f"beyond {HIGHEST_ELSE:g}" if np.isfinite(value[bad[0]]) else "no finite number"
        problem = f"{target(first)}, to {first.operation} by {value[bad[0]]:g}, is {what}"
        problem = problem.replace(" by ", " to ") if first.operation == "set" else problem
        remedy = "give a finite number" + (", or inf for no limit" if endless[atom[bad[0]]] else "")
        raise InputError(complaint("scenarios", problem, dict.fromkeys(label(int(at)) for at in bad), remedy))


def _checked_weights(weights: Any, names: list[str]) -> FloatArray:
    if weights is None:
        return np.ones(len(names))
    try:
        weight = np.array(weights, float)
    except (TypeError, ValueError):
        weight = np.zeros(0)
    if weight.shape != (len(names),):
        raise InputError(f"scenarios: weights do not fit; give {len(names)} finite numbers >= 0")
    bad = ~((weight >= 0) & (weight <= HIGHEST_ELSE))
    if bad.any():
        misfits = listed(f"{names[i]}: {weight[i]:g}" for i in np.flatnonzero(bad))
        raise InputError(f"scenarios: weights do not fit; give {len(names)} finite numbers >= 0, not {misfits}")
    return weight


def _checked(changes: Any, names: list[str]) -> pd.DataFrame:
    """Changes with the columns they need, each naming a scenario and an atom that there can be."""
    columns = ["scenario", *ATOM[:4], "value"]
    if not isinstance(changes, (pd.DataFrame, Mapping)):
        raise InputError(f"changes: is {kind_of(changes)}; give a DataFrame with {', '.join(columns)}")
    missing = [c for c in columns if c not in changes]
    if missing:
        raise InputError(f"changes: column {listed(missing)} is missing; give {', '.join(columns)}")
    changes = pd.DataFrame(changes).reset_index(drop=True)
    changes = changes.assign(**{name: "" for name in NARROWED if name not in changes})
    strange = ~changes.scenario.isin(range(len(names)))
    if strange.any():
        remedy = f"give 0 to {len(names) - 1}" if names else "labels is empty: give a label for each"
        raise InputError(complaint("changes", "scenario is no number of a scenario", changes.index[strange], remedy))
    atoms = check_atoms(changes)
    status = atoms.operation.isin(["close", "open"])
    value = pd.to_numeric(changes.value, errors="coerce").astype(float).where(~status)
    row = changes.scenario.to_numpy(np.int64)
    check_values(atoms, np.arange(len(atoms)), value.to_numpy(), lambda at: names[row[at]])
    changes = changes.assign(value=value, **atoms)
    return changes[["scenario", *ATOM, "value"]]


def closes_link(changes: pd.DataFrame) -> pd.Series[bool]:
    """Which changes close a link to all goods and in both directions, not to some of them.

    Parameters
    ----------
    changes : DataFrame
        Rows of a scenario, as `Scenarios.changes` gives them.
    """
    to_all = (changes[list(NARROWED)] == "").all(axis=1)
    return (changes.table == "links") & (changes.operation == "close") & to_all


def of_changes(changes: Sequence[pd.DataFrame], labels: Sequence[str] | None = None) -> Scenarios:
    """Scenarios from the changes of each, as `Scenarios.changes` gives them; what is there twice is done once.

    Parameters
    ----------
    changes : sequence of DataFrame
        Columns `ATOM`, of which those that narrow may be absent, and ``value``.
    labels : sequence of str, optional
        Numbers from 0 by default.
    """
    nothing = pd.DataFrame({name: [] for name in ("scenario", *ATOM, "value")})
    parts = [rows.assign(scenario=number) for number, rows in enumerate(changes)]
    together = pd.concat(parts, ignore_index=True) if parts else nothing
    together = together.fillna(dict.fromkeys(NARROWED, "")).drop_duplicates(["scenario", *ATOM])
    return Scenarios([str(number) for number in range(len(changes))] if labels is None else labels, together)


def check_atoms(atoms: pd.DataFrame) -> pd.DataFrame:
    """Atoms with all columns of `ATOM`, ids as text; an error where one can't be."""
    given = {name: atoms[name].tolist() if name in atoms else [""] * len(atoms) for name in ATOM}
    words = ("table", "field", "operation")
    texts = {name: _texts(cells, str if name in words else as_id) for name, cells in given.items()}
    kinds = list(zip(*(texts[name] for name in words), texts["direction"], *_given(texts), strict=True))
    wrong = {kind: problem for kind in set(kinds) if (problem := _problem(*kind))}
    for problem, remedy in _REMEDIES.items():
        if problem in wrong.values():
            bad = [wrong.get(kind) == problem for kind in kinds]
            raise InputError(complaint("changes", problem, atoms.index[bad], remedy))
    return pd.DataFrame(texts, atoms.index, dtype=object)


def _texts(cells: list[Any], as_text: Callable[[Any], str]) -> list[str]:
    """Cells as text; where all are text already, each is looked at once however often it is there."""
    if any(type(cell) is not str for cell in cells):  # 1, 1.0 and True are equal, and other texts
        return [as_text(cell) for cell in cells]
    known = {cell: as_text(cell) for cell in set(cells)}
    return [known[cell] for cell in cells]


def _given(texts: Mapping[str, list[str]]) -> list[list[bool]]:
    """Whether each atom names a commodity, and an origin."""
    return [[text != "" for text in texts[name]] for name in ("commodity", "origin")]


def _problem(table: str, field: str, operation: str, direction: str, commodity: bool, origin: bool) -> str:
    """What is wrong with an atom, one of `_REMEDIES`; blank where nothing is."""
    if table not in FIELDS:
        return "table is unknown"
    if operation not in OPERATIONS:
        return "operation is unknown"
    if direction not in ("", "fwd", "rev"):
        return "direction is unknown"
    if field not in FIELDS[table] or (field == "status") != (operation in ("close", "open")):
        return "field does not fit"
    moving = table in ("links", "transfers")
    by_class = (
        (table, field) == ("links", "capacity")
        or (moving and field not in ("capacity", "background"))
        or (table == "zones" and field != "limit")
    )
    if ((commodity or origin) and not by_class) or (direction and not (moving and by_class)):
        return "commodity, origin or direction does not fit the field"
    return ""


_REMEDIES = {
    "table is unknown": f"give one of {', '.join(FIELDS)}",
    "operation is unknown": f"give one of {', '.join(OPERATIONS)}",
    "direction is unknown": "give fwd, rev, or blank for both",
    "field does not fit": "close and open take status, the rest a number; there is "
    + "; ".join(f"{table}: {', '.join(names)}" for table, names in FIELDS.items()),
    "commodity, origin or direction does not fit the field": "limits other than capacities of links, and cost steps, "
    "hold for all that they count; leave commodity, origin and direction blank",
}
"""What can be wrong with an atom, the first of them that is found is reported."""
