"""The pages of tables and of results: every column and every variable of `corridors/schema/definitions.py`."""

from __future__ import annotations

from pathlib import Path

from corridors.schema.definitions import CRS, KEYS, TABLES, VARIABLES, Column

from .markdown import code, leave, table

ABOUT = {
    "nodes": "Cities, yards, ports, fields and border points.",
    "links": "Sections of railway, pipeline, road or sea lane between two nodes.",
    "transfers": "Changes of mode or gauge at a node.",
    "zones": "Several nodes that are one origin or destination; a row a member.",
    "commodities": "What is moved, by which modes, and what an hour costs it.",
    "rates": "Freight and speed by mode, and where they differ by commodity.",
    "tariffs": "Freight of a passage for one commodity, where a link's own does not hold.",
    "fleets": "Ships, wagons or tracks that several links share; a row a link.",
    "cost_steps": "Costs that rise with the load; a row a step.",
    "blocs": "Named sets of countries; a row a member.",
    "demand": "What is to be moved; a row an origin, destination and commodity.",
}


def write(folder: Path) -> None:
    """Leave the two pages in a folder."""
    leave(folder / "tables.md", tables())
    leave(folder / "results.md", results())


def tables() -> str:
    """The columns of each table."""
    parts = [
        "# Columns of the tables\n",
        "A network is these tables, of which `nodes` and `links` are enough; demand is one more. A column that is not "
        f"required is filled with its default; a table may hold further columns, which are kept. Places are in {CRS}. "
        "Checks on entry, units in results and this page follow from `corridors/schema/definitions.py`.\n",
    ]
    for name, columns in TABLES.items():
        unique = f" `{KEYS[name]}` is unique." if KEYS[name] else ""
        rows = [
            [code(c.name), c.kind, c.unit, _default(c), _meaning(c)] for c in columns
        ]
        parts.append(f"## {name}\n\n{ABOUT[name]}{unique}\n")
        parts.append(
            table(["column", "kind", "unit", "default", "meaning"], rows) + "\n"
        )
    return "\n".join(parts)


def results() -> str:
    """The variables of a result."""
    rows = [
        [code(name), ", ".join(v.dims), v.unit, v.meaning]
        for name, v in VARIABLES.items()
    ]
    return "\n".join(
        [
            "# Variables of a result\n",
            "What `corridors.solve` gives is an xarray Dataset of these variables; of what `corridors.sweep` gives, "
            'the dimension `scenario` comes first. Each has its unit in `attrs["units"]` and its meaning in '
            '`attrs["long_name"]`; `corridors.tidy` makes one long table of them.\n',
            table(["variable", "dimensions", "unit", "meaning"], rows) + "\n",
        ]
    )


def _default(column: Column) -> str:
    if column.required:
        return "required"
    return "missing" if column.default is None else code(column.default) or "blank"


def _meaning(column: Column) -> str:
    said = [column.meaning]
    if column.refers:
        said.append(f"an id of `{column.refers}`")
    if column.allowed:
        said.append(
            "one of " + ", ".join(code(word) or "blank" for word in column.allowed)
        )
    return "; ".join(said)
