"""The pages of the reference that are generated name all that there is: columns, variables, commands, public names."""

import re

import click
import pytest

import corridors as cd
from corridors.cli import FAMILIES, main
from corridors.schema.definitions import TABLES, VARIABLES
from docs.generate import commands, errors, names, schema


def test_each_column_and_each_variable_has_a_row_with_its_unit():
    page = schema.tables()
    for table, columns in TABLES.items():
        rows = page.split(f"## {table}\n")[1].split("\n## ")[0]
        for column in columns:
            assert f"| `{column.name}` | {column.kind} | {column.unit} |" in rows, (table, column.name)
    for name, variable in VARIABLES.items():
        assert f"| `{name}` | {', '.join(variable.dims)} | {variable.unit} |" in schema.results()


def test_each_command_and_each_of_its_options_is_listed(tmp_path):
    commands.write(tmp_path)
    page = (tmp_path / "commands.md").read_text(encoding="utf-8")
    for command in (command for family in FAMILIES for command in family.COMMANDS):
        section = page.split(f"## corridors {command.name}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            assert all(name in section for name in parameter.opts if name.startswith("-")), (command.name, parameter)


def test_each_public_name_stands_once_and_each_has_a_page_of_its_own_on_any_file_system(tmp_path):
    names.write(tmp_path)
    listed = re.findall(r"^   corridors\.(\w+)$", (tmp_path / "names.rst").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(cd.__all__)
    files = [names.apart().get(f"corridors.{name}", f"corridors.{name}").lower() for name in listed]
    assert len(set(files)) == len(files)


def test_a_room_without_a_section_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(names, "SECTIONS", {"The model": ("network",)})
    with pytest.raises(LookupError, match="no section of the reference names arrays, "):
        names.write(tmp_path)


def test_each_error_has_a_section(tmp_path):
    errors.write(tmp_path)
    page = (tmp_path / "errors.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", page, re.MULTILINE) == [
        "CorridorsError",
        "InputError",
        "InputWarning",
        "RangeError",
        "SolverError",
    ]


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_option_says_what_it_is_and_whether_it_may_be_given_again(name: str) -> None:
    for option in main.commands[name].params:
        if isinstance(option, click.Option):
            assert option.help, f"corridors {name} {option.opts[0]} has no help"
            assert option.multiple == option.help.endswith("; may be given again."), option.opts[0]
