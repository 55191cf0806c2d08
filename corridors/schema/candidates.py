"""Candidates: what may be built, what each adds to a network, what it costs, and what it goes with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError, complaint, nearest
from corridors.schema.checks import checked, split
from corridors.schema.definitions import CONFIDENCES, Column

ROOM = ("capacity", "limit")
"""Fields to which a candidate adds t/year."""
CUTS = ("tariff", "time", "headway", "border_fee", "border_time")
"""Fields of links that a candidate cuts, by h or USD/t."""
FIELDS = {
    "links": ("capacity", "status", *CUTS),
    "transfers": ("capacity", "status"),
    "nodes": ("capacity",),
    "zones": ("limit",),
    "fleets": ("capacity",),
}
"""What a candidate may change, by table."""
KINDS = ("whole", "modules", "continuous")

COLUMNS = (
    Column("candidate_id", "id", "name of the candidate; a row each thing that it changes", required=True),
    Column("name", "text", "name for people", default=""),
    Column("table", "text", "the table of the network that it changes", default="links", allowed=tuple(FIELDS)),
    Column("id", "list", "what it changes there; zone members are zone_id:node_id", required=True),
    Column("field", "text", "what of it: room added, a planned row opened, or a cost or time cut", default="capacity"),
    Column(
        "amount",
        "number",
        "t/year that a module adds, or h or USD/t that are cut; blank where a planned row opens as it stands",
        "t/year, h or USD/t",
        low=0,
    ),
    Column("cost", "number", "capital cost of a module, in the first row of a candidate", "USD", low=0),
    Column("life", "number", "years of service; 30 where blank", "a", low=0),
    Column("lead_time", "number", "years from the decision to service; 0 where blank", "a", low=0),
    Column("kind", "text", "all or nothing, in modules, or any part of it; whole where blank", allowed=("", *KINDS)),
    Column("most", "number", "modules that may be built; 1 where blank", low=0),
    Column("requires", "list", "candidates without which it is not built", default=""),
    Column("excludes", "list", "candidates together with which it is not built", default=""),
    Column("source", "text", "where its figures come from", default=""),
    Column("source_date", "text", "the date or year the source speaks of", default=""),
    Column("confidence", "text", "how far to trust them", default="", allowed=("", *CONFIDENCES)),
)
"""The columns of a table of candidates."""
_ONCE = {
    "name": "", "cost": np.nan, "life": 30.0, "lead_time": 0.0, "kind": "whole", "most": 1.0, "requires": "",
    "excludes": "", "source": "", "source_date": "", "confidence": "",
}  # fmt: skip
"""What a candidate has once, whatever the number of its rows, and what a blank stands for."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidates, checked.

    Parameters
    ----------
    table : DataFrame
        A row a candidate: ``candidate_id`` and what it has once; ``requires, excludes`` as tuples.
    effects : DataFrame
        A row each thing changed: ``candidate`` (its row in `table`), ``table, id, field, amount``.
    """

    table: pd.DataFrame
    effects: pd.DataFrame

    def __len__(self) -> int:
        return len(self.table)

    @property
    def most(self) -> Any:
        """Modules of each at the most, (N,)."""
        return self.table.most.to_numpy(float)


def candidates_of(frame: Any) -> Candidates:
    """Candidates from a table, a row each thing that one changes.

    Raises
    ------
    InputError
        What `corridors.schema.checks.checked` raises; a field that the table does not have; a candidate without cost
        or amount, or whose rows differ in what it has once; a number of modules or years that can't be; a cost or
        time that is cut in parts; a candidate that another names and that there is not.
    """
    rows = checked("candidates", frame, COLUMNS)
    if not len(rows):
        raise InputError("candidates: has no rows; give one candidate or more")
    ids = rows.candidate_id
    for table, fields in FIELDS.items():
        wrong = (rows.table == table) & ~rows.field.isin(fields)
        _refuse(ids[wrong], f"field of {table} is unknown", f"give one of {', '.join(fields)}")
    opens = rows.field == "status"
    _refuse(ids[rows.amount.isna() & ~opens], "amount is missing", "give t/year, h or USD/t")
    table = _once(rows)
    _check(table)
    whole = table.candidate_id[table.kind == "whole"]
    _refuse(
        ids[rows.field.isin(CUTS) & ~ids.isin(whole)],
        "a cost or time is cut in parts",
        "give kind whole: room in modules is a candidate of its own",
    )
    number = pd.Series(table.index, index=table.candidate_id)
    effects = rows.assign(candidate=number[ids].to_numpy(), id=rows.id.map(split)).explode("id", ignore_index=True)
    return Candidates(table, effects[["candidate", "table", "id", "field", "amount"]])


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """A row a candidate, from the rows in which a cell is not blank."""
    table = pd.DataFrame({"candidate_id": rows.candidate_id.unique()})
    for column, default in _ONCE.items():
        given = rows[rows[column].notna() & (rows[column] != "")]
        differing = given[["candidate_id", column]].drop_duplicates().candidate_id
        _refuse(differing[differing.duplicated()], f"{column} differs by row", "give it in the first row")
        cells = table.candidate_id.map(given.drop_duplicates("candidate_id").set_index("candidate_id")[column])
        table[column] = cells.where(cells.notna(), default) if default == default else cells.astype(float)
    table["name"] = table.name.where(table.name != "", table.candidate_id)
    numbers = {column: table[column].astype(float) for column in ("life", "lead_time", "most")}
    lists = {column: table[column].map(split) for column in ("requires", "excludes")}
    return table.assign(**numbers, **lists)


def _check(table: pd.DataFrame) -> None:
    ids, known = table.candidate_id, set(table.candidate_id)
    _refuse(ids[table.cost.isna()], "cost is missing", "give USD of a module")
    _refuse(ids[table.life <= 0], "life is zero", "give years of service")
    _refuse(ids[(table.kind == "whole") & (table.most != 1)], "most is not 1", "give kind modules, or leave most blank")
    parts = (table.kind == "modules") & ((table.most < 1) | (table.most % 1 != 0))
    _refuse(ids[parts], "most is no number of modules", "give 1, 2, ...")
    _refuse(ids[table.most <= 0], "most is zero", "give more, or leave the candidate out")
    for column in ("requires", "excludes"):
        of = table[["candidate_id", column]].explode(column).dropna()
        unknown = of[~of[column].isin(known)]
        near = nearest(unknown[column], known)
        _refuse(unknown.candidate_id, f"{column} {', '.join(unknown[column])}, which is no candidate", f"add it{near}")
        own = of[of[column] == of.candidate_id]
        _refuse(own.candidate_id, f"{column} itself", "name others")


def _refuse(ids: Iterable[str], problem: str, remedy: str) -> None:
    wrong = list(dict.fromkeys(ids))
    if wrong:
        raise InputError(complaint("candidates", problem, wrong, remedy))
