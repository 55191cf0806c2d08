"""Reads the facts and the defaults, and writes the tables."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from corridors import schema

Row = dict[str, str]

FACTS = Path(__file__).parents[2] / "facts"


@functools.cache
def read(name: str) -> list[Row]:
    """The rows of one table of the facts, all as text."""
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def by_id(name: str, key: str = "id") -> dict[str, Row]:
    """The rows of one table of the facts by their id."""
    return {row[key]: row for row in read(name)}


def default(name: str) -> float:
    """The value of one default, by its id in defaults.csv."""
    return float(by_id("defaults", "default_id")[name]["value"])


def has_default(name: str) -> bool:
    """Whether there is a default of that id."""
    return name in by_id("defaults", "default_id")


def rule(*names: str) -> str:
    """What stands in `source` where a figure is a rule: the ids of the defaults used."""
    for name in names:
        default(name)
    return "default " + "; ".join(names)


def number(value: float | None, digits: int = 4) -> str:
    """A number as text: blank where missing, without a trailing ``.0``."""
    if value is None:
        return ""
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def year_of(*texts: str) -> str:
    """The first year named: of a date column, or in brackets at the end of a citation."""
    for text in texts:
        if found := re.search(r"(?:^|\()((?:19|20)\d\d)\)?$", text.strip()):
            return found.group(1)
    return ""


@functools.cache
def _citations() -> dict[str, str]:
    cited = {row["id"]: row["source"] for name in ("demands", "reference_results") for row in read(name)}
    return cited | {row["id"]: row["url"] for row in read("lookups")}


def citation(ids: str) -> str:
    """The sources behind fact ids split by ``;``, each once; an own estimate where there is none."""
    named = dict.fromkeys(_citations()[i] for i in ids.split(";") if i)
    return " | ".join(named) or "Own estimate"


def write(folder: Path, table: str, rows: Sequence[Row], columns: Iterable[str] = ()) -> None:
    """Write one table: the columns of the schema first, then `columns`."""
    known = [c.name for c in schema.TABLES.get(table.partition("_")[0], ())]
    header = list(dict.fromkeys([*known, *columns]))
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, header, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
