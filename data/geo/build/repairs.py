"""What is changed in the facts, and why: every row of repairs.csv and repairs_added.csv is used, or says why not."""

from __future__ import annotations

from .facts import Row, read

NOT_APPLIED = {
    ("links", "all", "capacity_unit"): "a rule: the factors are defaults to_t_* and train_net_*",
    (
        "nodes",
        "dostyk",
        "gauge_cost",
    ): "Horgos has no figure: given one gate alone, it would bias the choice between them",
}
"""Rows that change nothing here."""

DROPPED_AT_NODES = ("dostyk", "altynkol")
"""Nodes whose limit only repeats that of a link: the node's is dropped."""


class Repairs:
    """The repairs of nodes and links, and those that the build adds by rule.

    ``value`` hands out what a repair proposes and marks it as used, so that the table says what was applied.
    """

    def __init__(self) -> None:
        self._rows = [*read("repairs"), *read("repairs_added")]
        self._used: dict[int, str] = {}
        self._added: list[Row] = []

    def value(self, table: str, row_id: str, field: str) -> str | None:
        """What is proposed for a field; the last row wins, since added repairs come last."""
        found = [i for i, r in enumerate(self._rows) if (r["table"], r["id"], r["field"]) == (table, row_id, field)]
        for i in found[:-1]:
            self._used.setdefault(i, "no: a later row of this table takes its place")
        if not found:
            return None
        self._used[found[-1]] = "yes"
        return self._rows[found[-1]]["proposed"]

    def merged(self, table: str, row_id: str, field: str) -> list[str]:
        """All that is proposed for a field that several rows add to."""
        found = [i for i, r in enumerate(self._rows) if (r["table"], r["id"], r["field"]) == (table, row_id, field)]
        self._used.update(dict.fromkeys(found, "yes"))
        return [self._rows[i]["proposed"] for i in found]

    def reason(self, table: str, row_id: str, field: str) -> str:
        """The reason of a repair."""
        return next(r["reason"] for r in self._rows if (r["table"], r["id"], r["field"]) == (table, row_id, field))

    def add(self, row_id: str, field: str, old: str, new: str, reason: str, applied: str = "yes") -> None:
        """Note a change of a link that a rule of the build made, or left alone."""
        self._added.append(
            {
                "table": "links",
                "id": row_id,
                "field": field,
                "old": old,
                "new": new,
                "reason": reason,
                "confidence": "low",
                "facts": "",
                "applied": applied,
                "note": "made by a rule of the build",
            }
        )

    def table(self) -> list[Row]:
        """Every repair with what became of it."""
        return [self._told(i, row) for i, row in enumerate(self._rows)] + self._added

    def _told(self, i: int, row: Row) -> Row:
        key = (row["table"], row["id"], row["field"])
        if key[1].startswith("mode=") or key in NOT_APPLIED:
            note = NOT_APPLIED.get(key, "a rule: in defaults.csv, rates.csv or commodities.csv")
            applied = "no" if key in NOT_APPLIED and "rule" not in note else "yes"
        else:
            applied, _, note = self._used.get(i, "no: nothing reads it").partition(": ")
        told = {k: row[k] for k in ("table", "id", "field", "old", "reason", "confidence", "facts")}
        return told | {"new": row["proposed"], "applied": applied, "note": note}
