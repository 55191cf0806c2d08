"""What the tables, columns, units and words of somebody else's files are called here; recipes for known tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from corridors.errors import InputError, kind_of, listed
from corridors.io.cells import numbers
from corridors.io.files import local_path
from corridors.io.units import factor
from corridors.schema.columns import as_id
from corridors.schema.definitions import TABLES

SPEED, DIRECTION = "speed", "direction"
"""Columns of links that only recipes name: km/h, of which a time follows; 1 where a link runs from -> to only, -1 where
it runs to -> from only, 0 where it runs in both directions."""
UNITS = {SPEED: "km/h"}
NAMED = {SPEED: "named speed", DIRECTION: "named direction"}
"""What those columns are called once a recipe has named them: a column that merely has such a name is left alone."""
BACK = " back"
"""What follows the name of a column that recipes have for the way to -> from: ``capacity back``."""
ALIASES = {
    "nodes": ("node", "vertices", "points"),
    "links": ("link", "edges", "edge", "arcs", "lines"),
    "demand": ("demands", "od"),
}
"""What tables are called in files of others, without a recipe."""

Names = dict[str, dict[str, str | None]]


@dataclass(frozen=True)
class Recipe:
    """What is called how in a file, and in which unit it is.

    Parameters
    ----------
    tables : dict
        What a table is called there: ``{"nodes": "buses"}``.
    names : dict
        By table, what a column there is called here: ``{"links": {"bus0": "from_node_id"}}``; None leaves it out.
    units : dict
        By column here, its unit there, or what one of it comes to: ``{"length": "m"}``.
    words : dict
        By table and column here, what a word there is called here: ``{"links": {"mode": {"r": "rail"}}}``.
    fill : dict
        By table and column here, what stands where there is nothing: ``{"links": {"mode": "road"}}``.
    """

    tables: dict[str, str] = field(default_factory=dict)
    names: Names = field(default_factory=dict)
    units: dict[str, Any] = field(default_factory=dict)
    words: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    fill: dict[str, dict[str, Any]] = field(default_factory=dict)

    def then(self, other: Recipe) -> Recipe:
        """What either says; what the other says counts where both say something."""
        return Recipe(
            {**self.tables, **other.tables},
            {table: {**self.names.get(table, {}), **other.names.get(table, {})} for table in TABLES},
            {**self.units, **other.units},
            {table: {**self.words.get(table, {}), **other.words.get(table, {})} for table in TABLES},
            {table: {**self.fill.get(table, {}), **other.fill.get(table, {})} for table in TABLES},
        )


def shipped() -> list[str]:
    """The tools whose files have a recipe here."""
    return sorted(path.name.removesuffix(".yaml") for path in _folder().iterdir() if path.name.endswith(".yaml"))


def recipe_of(given: Any) -> Recipe:
    """A recipe by the name of a tool, by the path of a YAML file, or as a mapping.

    Raises
    ------
    InputError
        No such tool or file; what is no recipe.

    Examples
    --------
    >>> recipe_of("osmnx").units["length"]
    'm'
    """
    if isinstance(given, Recipe):
        return given
    if isinstance(given, str) and given in shipped():
        return _from_mapping(_yaml(_folder().joinpath(f"{given}.yaml").read_text(encoding="utf-8"), given), given)
    if isinstance(given, Mapping):
        return _from_mapping(given, "recipe")
    if isinstance(given, str) and not given.endswith((".yaml", ".yml")):
        near = get_close_matches(given, shipped(), 1)
        meant = f" Is it {near[0]}?" if near else ""
        raise InputError(f"recipe: {given!r} is none; give one of {', '.join(shipped())}, or a YAML file.{meant}")
    path = local_path(given, "recipe")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"recipe: {path} can't be read ({error}); give a YAML file in UTF-8") from None
    return _from_mapping(_yaml(text, path.name), path.name)


def recipe_with(path: Path) -> Recipe:
    """The recipe that lies with a file (``edges.parquet.yaml``) or in a folder (``recipe.yaml``); else an empty one."""
    place = path / "recipe.yaml" if path.is_dir() else path.with_name(f"{path.name}.yaml")
    return recipe_of(place) if place.is_file() else Recipe()


def by_arguments(names: Any, units: Any, tables: Mapping[str, pd.DataFrame]) -> Recipe:
    """The recipe that the arguments ``names`` and ``units`` are, for tables as they were found.

    Parameters
    ----------
    names : mapping or None
        Their columns to ours, for every table that has one of them; or such a mapping by table.
    units : mapping or None
        Our columns to their units.
    tables : dict
        By their names here.

    Raises
    ------
    InputError
        A column that no table has.
    """
    by_table: Names = {}
    for theirs, ours in dict(names or {}).items():
        if isinstance(ours, Mapping):
            if theirs not in TABLES:
                raise InputError(f"names: there is no table {theirs!r}; give columns of {', '.join(TABLES)}")
            wanted, own = {theirs: tables.get(theirs, pd.DataFrame())}, dict(ours)
        else:
            wanted, own = dict(tables), {theirs: ours}
        for column, called in own.items():
            holding = [table for table, frame in wanted.items() if column in map(str, frame.columns)]
            if not holding:
                columns = list(dict.fromkeys(str(c) for frame in wanted.values() for c in frame.columns))
                near = get_close_matches(str(column), columns, 1)
                meant = f"is it {near[0]}?" if near else f"there is {listed(columns)}"
                raise InputError(f"names: no table has a column {column!r}; {meant}")
            for table in holding:
                by_table.setdefault(table, {})[str(column)] = called
    return Recipe(names=by_table, units=dict(units or {}))


def renamed_tables(tables: Mapping[str, pd.DataFrame], recipe: Recipe) -> dict[str, pd.DataFrame]:
    """Tables by their names here; those that are none of ours are left out."""
    by_case = {name.casefold(): name for name in tables}
    found = {}
    for table in TABLES:
        for name in (recipe.tables.get(table), table, *ALIASES.get(table, ())):
            if name and name.casefold() in by_case:
                found[table] = tables[by_case[name.casefold()]]
                break
    return found


def applied(tables: Mapping[str, pd.DataFrame], recipe: Recipe) -> dict[str, pd.DataFrame]:
    """Tables with the columns, units and words that the library has.

    Raises
    ------
    InputError
        Two columns that come to one; a unit that does not fit; a unit or word of a column that is not there.
    """
    _check_units(recipe.units, tables)
    return {table: _applied(table, frame, recipe) for table, frame in tables.items()}


def _applied(table: str, frame: pd.DataFrame, recipe: Recipe) -> pd.DataFrame:
    names = {theirs: ours for theirs, ours in recipe.names.get(table, {}).items() if theirs in frame}
    frame = frame.drop(columns=[theirs for theirs, ours in names.items() if not ours])
    called = {theirs: NAMED.get(ours, ours) for theirs, ours in names.items() if ours}
    called = {theirs: ours for theirs, ours in called.items() if theirs != ours}
    for ours in dict.fromkeys(called.values()):
        both = [theirs for theirs, own in called.items() if own == ours] + [ours] * (ours in frame)
        if len(both) > 1:
            raise InputError(
                f"{table}: columns {listed(both)} are both called {ours}; leave one out: {{{both[1]!r}: None}}"
            )
    geometry = getattr(frame, "active_geometry_name", None)
    frame = frame.rename(columns=called)
    if geometry in called:
        frame = frame.set_geometry(called[geometry])
    frame = frame.rename(columns=_by_case(table, frame))
    for column, words in recipe.words.get(table, {}).items():
        if column in frame:
            plain = frame[column].astype(object).map(as_id)
            frame[column] = plain.map({as_id(there): here for there, here in words.items()}).where(
                plain.isin([as_id(there) for there in words]), frame[column].astype(object)
            )
    for column, value in recipe.fill.get(table, {}).items():
        if column in frame:
            blank = frame[column].isna() | (frame[column].astype(object).map(as_id) == "")
            frame[column] = frame[column].astype(object).where(~blank, value)
        else:
            frame[column] = value
    for column, unit in recipe.units.items():
        name, _, own = column.rpartition(".")
        target = UNITS.get(own) or next((c.unit for c in TABLES[table] if c.name == own), "")
        for there in (NAMED.get(own, own), NAMED.get(own, own) + BACK):
            if there in frame and name in ("", table):
                frame[there] = _converted(table, frame[there].rename(own), frame, unit, target)
    return frame


def _by_case(table: str, frame: pd.DataFrame) -> dict[str, str]:
    """Columns that are called as the table's are but for capitals and blanks, where there is one such."""
    known = {c.name for c in TABLES[table]} - set(frame)
    plain: dict[str, list[str]] = {}
    for theirs in frame:
        plain.setdefault(str(theirs).strip().casefold().replace(" ", "_"), []).append(theirs)
    return {plain[ours][0]: ours for ours in known & set(plain) if len(plain[ours]) == 1}


def _converted(table: str, cells: pd.Series[Any], frame: pd.DataFrame, unit: Any, target: str) -> pd.Series[Any]:
    if cells.astype(object).map(as_id).eq("").all():
        return cells
    size = factor(unit, target, f"{table}: {cells.name}")
    return numbers(table, cells, frame) * size if size != 1 else cells


def _check_units(units: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> None:
    known = {c.name for columns in TABLES.values() for c in columns if c.unit} | set(UNITS)
    wrong = [c for c in units if c.rpartition(".")[2] not in known or c.rpartition(".")[0] not in ("", *TABLES)]
    if wrong:
        near = get_close_matches(wrong[0].rpartition(".")[2], known, 1)
        meant = f"is it {near[0]}?" if near else f"give columns as the library calls them: {listed(sorted(known))}"
        raise InputError(f"units: {listed(wrong)} is no column with a unit; {meant}")


def _from_mapping(given: Any, name: str) -> Recipe:
    """A recipe of plain tables, as YAML and Python have them."""
    parts = {f.name for f in fields(Recipe)}
    unknown = set(given) - parts - {"about", "like"} if isinstance(given, Mapping) else set()
    if unknown or not isinstance(given, Mapping):
        what = f"has {listed(unknown)}" if unknown else kind_of(given)
        raise InputError(f"{name}: {what}; a recipe has {', '.join(sorted(parts))}")
    if "like" in given:
        if given["like"] not in shipped():
            raise InputError(f"{name}: like is {given['like']!r}; give one of {', '.join(shipped())}")
        own = {part: value for part, value in given.items() if part != "like"}
        return recipe_of(given["like"]).then(_from_mapping(own, name))
    for part in parts & set(given):
        own = given[part]
        if not isinstance(own, Mapping):
            raise InputError(f"{name}: {part} is {kind_of(own)}; give a mapping")
        if part != "units" and (wrong := [key for key in own if key not in TABLES]):
            raise InputError(f"{name}: {part} has {listed(wrong)}; give mappings by table ({', '.join(TABLES)})")
        kind = {"tables": str, "units": object}.get(part, Mapping)
        if wrong := [key for key, value in own.items() if not isinstance(value, kind)]:
            what = "the name of a table" if kind is str else "a mapping"
            raise InputError(f"{name}: {part} of {listed(wrong)} is none that is known; give {what}")
        deep = [value for table in own.values() for value in table.values()] if part == "words" else []
        if any(not isinstance(value, Mapping) for value in deep):
            raise InputError(f"{name}: words has a column without a mapping; give {{theirs: ours}} for each column")
    return Recipe(**{part: dict(given[part]) for part in parts & set(given)})


def _yaml(text: str, name: str) -> Any:
    from corridors.io.optional import needed

    yaml = needed("yaml", "PyYAML", "recipes")
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(f"{name}: is no YAML that can be read ({str(error).splitlines()[0]})") from None


def _folder() -> Any:
    return files("corridors") / "io" / "recipes"
