"""What a reader composed, as a scenario: what is chosen of the page's lists, and numbers that are moved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from corridors.errors import InputError, a_number, complaint, kind_of, nearest
from corridors.network import Network
from corridors.page.choices import Choice
from corridors.scenarios.batch import ATOM, Scenarios
from corridors.scenarios.groups import closures
from corridors.scenarios.parameters import FIELDS_BY, changed
from corridors.scenarios.sources import Listed
from corridors.schema.columns import as_id

MOST = 100
"""Things chosen and numbers moved at the same time."""
LONGEST = 200
"""Letters of a name."""
REMEMBERED = 4096
"""Parameters whose rows are kept."""
FORM = '{"choose": [["link", "ferry"]], "move": [["capacity", "link", "rail", "scale", 0.5]]}'


class Move(NamedTuple):
    """A number that is moved: what `corridors.named_parameter` takes, and to or by how much."""

    field: str
    kind: str
    which: str
    operation: str
    value: float


class Composed(NamedTuple):
    """What is chosen, by kind and id, and the numbers moved."""

    choose: tuple[tuple[str, str], ...]
    move: tuple[Move, ...]


def composed_of(body: bytes) -> Composed:
    """The body of a request, checked.

    Raises
    ------
    InputError
        No JSON, another form than `FORM`, or too much of it.

    Examples
    --------
    >>> composed_of(b'{"choose": [["link", "ferry"]], "move": []}')
    Composed(choose=(('link', 'ferry'),), move=())
    """
    try:
        given = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InputError(f"request: is no JSON; give {FORM}") from None
    if not isinstance(given, Mapping):
        raise InputError(f"request: is {kind_of(given)}; give {FORM}")
    if strange := [name for name in given if name not in Composed._fields]:
        raise InputError(complaint("request", "name is unknown", [name[:LONGEST] for name in strange], f"give {FORM}"))
    chosen, moved = (_listed(name, given.get(name, [])) for name in Composed._fields)
    if len(chosen) + len(moved) > MOST:
        raise InputError(f"request: {len(chosen) + len(moved)} things at once are too many; give {MOST} at most")
    choose = tuple((kind, name) for kind, name in (_texts("choose", row, 2) for row in chosen))
    return Composed(choose, tuple(_move(row) for row in moved))


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _listed(name: str, given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise InputError(f"{name}: is {kind_of(given)}; give a list, as in {FORM}")
    return given


def _texts(name: str, row: Any, count: int) -> list[str]:
    texts = _listed(name, row)
    if len(texts) != count or not all(isinstance(text, str) and len(text) <= LONGEST for text in texts):
        raise InputError(f"{name}: each is {count} texts of at most {LONGEST} letters, as in {FORM}")
    return texts


def _move(row: Any) -> Move:
    if not isinstance(row, list) or len(row) != len(Move._fields):
        raise InputError(f"move: each is {', '.join(Move._fields)}, as in {FORM}")
    *texts, value = row
    field, kind, which, operation = _texts("move", texts, len(texts))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"move: value is {kind_of(value)}; give a number")
    return Move(field, kind, which, operation, a_number(value))


class Composer:
    """Makes scenarios of one case from what readers compose.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Checked demand.
    choices : iterable of Choice
        What the page offers.
    """

    def __init__(self, network: Network, demand: pd.DataFrame, choices: Iterable[Choice]) -> None:
        self._changes = {(choice.kind, choice.id): choice.changes for choice in choices}

        groups = cache(partial(closures, network))

        @lru_cache(REMEMBERED)
        def rows(field: str, kind: str, which: str, operation: str) -> pd.DataFrame:
            return changed(network, demand, field, kind, [as_id(which)], operation, groups)

        self._rows = rows

    def scenario(self, composed: Composed) -> Scenarios:
        """The one scenario that was composed: projects first, then closures, then numbers in their order.

        Raises
        ------
        InputError
            A choice that the page does not have; what `corridors.named_parameter` raises; a value of goods, by which
            what is lost is measured.
        """
        order = sorted(dict.fromkeys(composed.choose), key=lambda choice: choice[0] != "project")
        unknown = [f"{kind} {name}" for kind, name in order if (kind, name) not in self._changes]
        if unknown:
            known = [f"{kind} {name}" for kind, name in self._changes]
            near = nearest(unknown, known)
            raise InputError(complaint("choose", "is unknown", unknown, f"choose what the page offers{near}"))
        parts = [self._changes[choice] for choice in order]
        closed = [pd.concat(parts).drop_duplicates(list(ATOM))] if parts else []
        changes = pd.concat([_NOTHING, *closed, *(self._moved(move) for move in composed.move)], ignore_index=True)
        count, values = len(changes), changes.value.to_numpy(float)
        listing = Listed(np.array([0, count]), np.arange(count), values, ["what is chosen"], np.ones(1))
        return Scenarios.of(changes[list(ATOM)], listing)

    def _moved(self, move: Move) -> pd.DataFrame:
        if move.field == "value":
            fields = dict.fromkeys(name for names in FIELDS_BY.values() for name in names if name != "value")
            raise InputError(f"move: losses are measured by the value of goods; move one of {', '.join(fields)}")
        return self._rows(move.field, move.kind, move.which, move.operation).assign(value=move.value)


_NOTHING = pd.DataFrame({name: pd.Series(dtype=object) for name in ATOM} | {"value": pd.Series(dtype=float)})
