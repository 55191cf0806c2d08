"""A file that says what to run: YAML in the manner of calliope's, with named overrides and scenarios made of them.

::

    network: eurasia
    year: 2024
    overrides:
      ferry at half:
        - {table: links, id: ferry_kuryk_port_baku_port, field: capacity, operation: scale, value: 0.5}
    scenarios:
      low water: [ferry at half]
    studies:
      - criticality: {by: country}
      - shocks
    out: results
    formats: [csv, parquet, netcdf]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import is_path
from corridors.errors import InputError, kind_of, listed, nearest

FORMATS = ("csv", "parquet", "xlsx", "netcdf")
OWN = ("overrides", "scenarios", "studies", "out", "formats")
CHANGE = ("table", "id", "field", "operation", "value", "commodity", "origin", "direction")
TYPES = {"integer": "integer", "float": "number", "boolean": "boolean"}


@dataclass(frozen=True)
class StudyFile:
    """What a study file says.

    Parameters
    ----------
    given : dict
        The file as it was read.
    folder : Path
        Where paths in it start from.
    options : dict
        Options that all studies share.
    studies : list
        Name and options, as the command line takes them, of each study.
    """

    given: dict[str, Any]
    folder: Path
    options: dict[str, Any]
    studies: list[tuple[str, list[str]]]
    formats: tuple[str, ...] = ("csv",)
    files: list[Path] = field(default_factory=list)

    @property
    def out(self) -> Path:
        """The folder for results."""
        return self.folder / str(self.given.get("out", "out"))

    @property
    def scenarios(self) -> Any:
        """Scenarios by name, a path, or None."""
        return self.given.get("scenarios")

    def arguments(self, command: click.Command) -> list[str]:
        """The shared options that a command has."""
        there = {parameter.name for parameter in command.params}
        return arguments({key: value for key, value in self.options.items() if key in there})

    def changes(self) -> Any:
        """The scenarios, made of overrides."""
        import pandas as pd

        from corridors.scenarios.batch import Scenarios

        overrides = _mapping("overrides", self.given.get("overrides", {}))
        rows = []
        scenarios = _mapping("scenarios", self.scenarios)
        for number, (name, parts) in enumerate(scenarios.items()):
            for part in [parts] if isinstance(parts, str) else _listing(f"scenarios: {name}", parts):
                if part not in overrides:
                    there = f"; give some of {listed(overrides)}{nearest([part], overrides)}"
                    raise InputError(f"scenarios: {name} has {part!r}, which is no override{there}")
                for change in _listing(f"overrides: {part}", overrides[part]):
                    rows.append({**_change(part, change), "scenario": number})
        return Scenarios(list(map(str, scenarios)), pd.DataFrame(rows, columns=["scenario", *CHANGE]))


def read_study_file(path: Path, shared: tuple[str, ...]) -> StudyFile:
    """Read a study file.

    Raises
    ------
    InputError
        No YAML, keys that are not known, or values of another kind.
    """
    from corridors.io.optional import needed

    yaml = needed("yaml", "PyYAML", "study files")
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise InputError(f"{path.name}: is no YAML that can be read ({str(error).splitlines()[0]})") from None
    given = _mapping(path.name, given)
    unknown = [key for key in given if key not in (*shared, *OWN)]
    if unknown:
        raise InputError(
            f"{path.name}: has {listed(unknown)}; give {', '.join((*shared, *OWN))}{nearest(unknown, [*shared, *OWN])}"
        )
    formats = given.get("formats", ["csv"])
    wrong = [kind for kind in _listing("formats", formats) if kind not in FORMATS]
    if wrong:
        raise InputError(f"formats: {listed(wrong)} is none; give some of {', '.join(FORMATS)}")
    options = {key: given[key] for key in shared if key in given}
    files = []
    for key in ("network", "demand"):
        name = str(options.get(key, ""))
        if name and is_path(name):
            options[key] = str(path.parent / name)
            files.append(path.parent / name)
    if isinstance(given.get("scenarios"), str):
        files.append(path.parent / given["scenarios"])
    studies = [_study(one) for one in _listing("studies", given.get("studies", []))]
    return StudyFile(given, path.parent, options, studies, tuple(formats), files)


def arguments(options: Mapping[str, Any]) -> list[str]:
    """Options as the command line takes them.

    Examples
    --------
    >>> arguments({"by": "country", "preferences": False, "scale": {"aktau_port": 0.8}, "close": ["btc", "kz"]})
    ['--by', 'country', '--no-preferences', '--scale', 'aktau_port=0.8', '--close', 'btc', '--close', 'kz']
    """
    found: list[str] = []
    for key, value in options.items():
        name = key.replace("_", "-")
        if isinstance(value, bool):
            found.append(f"--{name}" if value else f"--no-{name}")
            continue
        several = [f"{k}={v}" for k, v in value.items()] if isinstance(value, Mapping) else value
        for one in several if isinstance(several, list) else [several]:
            found += [f"--{name}", str(one)]
    return found


def json_schema(group: Any, shared: tuple[str, ...]) -> dict[str, Any]:
    """The JSON schema of study files, made of the options of the commands that there are."""
    studies = {name: command for name, command in group.commands.items() if name != "run"}
    case = {parameter.name: parameter for command in studies.values() for parameter in command.params}
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    change = {
        "type": "object",
        "properties": {name: {"type": ["number", "null"] if name == "value" else "string"} for name in CHANGE},
        "required": ["table", "id", "operation"],
        "additionalProperties": False,
    }
    named = [
        {
            "type": "object",
            "description": (command.help or "").splitlines()[0] if command.help else "",
            "properties": {
                name: {
                    "type": ["object", "null"],
                    "properties": {_key(own): _option(own) for own in _options(command) if own.name not in shared},
                    "additionalProperties": False,
                }
            },
            "required": [name],
            "additionalProperties": False,
        }
        for name, command in sorted(studies.items())
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A study of corridors",
        "type": "object",
        "properties": {
            **{name: _option(case[name]) for name in shared},
            "overrides": {"type": "object", "additionalProperties": {"type": "array", "items": change}},
            "scenarios": {"anyOf": [text, {"type": "object", "additionalProperties": {"anyOf": [text, texts]}}]},
            "studies": {"type": "array", "items": {"anyOf": [{"enum": sorted(studies)}, *named]}},
            "out": text,
            "formats": {"type": "array", "items": {"enum": list(FORMATS)}},
        },
        "additionalProperties": False,
    }


def _options(command: click.Command) -> list[Any]:
    return [own for own in command.params if isinstance(own, click.Option) and own.name not in ("out", "as_json")]


def _key(option: Any) -> str:
    """What a file calls an option: its first long name."""
    return next((name for name in option.opts if name.startswith("--")), option.name).lstrip("-").replace("-", "_")


def _option(option: Any) -> dict[str, Any]:
    about = {"description": getattr(option, "help", None) or ""}
    if isinstance(option.type, click.Choice):
        return {**about, "enum": list(option.type.choices)}
    kind = "boolean" if option.is_flag else TYPES.get(option.type.name, "")
    plain = {"type": kind} if kind else {"type": ["string", "number"]}
    if option.multiple:
        return {**about, "anyOf": [plain, {"type": "array", "items": plain}, {"type": "object"}]}
    return {**about, **plain}


def _study(one: Any) -> tuple[str, list[str]]:
    if isinstance(one, str):
        return one, []
    if not isinstance(one, Mapping) or len(one) != 1:
        raise InputError(f"studies: {kind_of(one)} is none; give the name of one, or its name with its options")
    ((name, options),) = one.items()
    return str(name), arguments(_mapping(f"studies: {name}", {} if options is None else options))


def _change(part: str, change: Any) -> dict[str, Any]:
    own = _mapping(f"overrides: {part}", change)
    unknown = [key for key in own if key not in CHANGE]
    if unknown or not {"table", "id", "operation"} <= set(own):
        raise InputError(
            f"overrides: {part} has a change with {listed(own)}; give table, id, operation, and what it needs of "
            f"field, value, commodity, origin, direction{nearest(unknown, CHANGE)}"
        )
    blank = dict.fromkeys(("commodity", "origin", "direction"), "")
    return {**blank, "field": "status", "value": None, **own}


def _mapping(what: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, (str, int)) for key in value):
        raise InputError(f"{what}: is {kind_of(value)}; give a mapping of names")
    return {str(key): own for key, own in value.items()}


def _listing(what: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{what}: is {kind_of(value)}; give a list")
    return value
