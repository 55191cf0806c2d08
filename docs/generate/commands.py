"""The page of commands: what each is for, its arguments and options, as `--help` says them."""

from __future__ import annotations

import re
from pathlib import Path

import click

from corridors.cli import FAMILIES, main

from .markdown import code, leave, table


def write(folder: Path) -> None:
    """Leave the page in a folder."""
    with click.Context(main, info_name="corridors") as above:
        every = [command for family in FAMILIES for command in family.COMMANDS]
        rows = [
            [f"[`{c.name}`](#corridors-{c.name})", _first_sentence(c)] for c in every
        ]
        parts = [
            "# Commands\n",
            "`corridors COMMAND --help` says the same. A command prints its tables; `--out` leaves them as CSV, with "
            "their units and figures; `--json` prints them for other programs. Errors go to stderr with exit code 1 "
            "(2 where options are wrong); Ctrl-C ends with 130.\n",
            table(["command", "what it answers"], rows) + "\n",
            *(_section(command, above) for command in every),
        ]
    leave(folder / "commands.md", "\n".join(parts))


def _first_sentence(command: click.Command) -> str:
    return _unwrapped(command.help or "").split("\n\n")[0]


def _unwrapped(text: str) -> str:
    """Paragraphs, a line each."""
    paragraphs = text.replace("\b", "").strip().split("\n\n")
    return "\n\n".join(re.sub(r"\s*\n\s*", " ", paragraph) for paragraph in paragraphs)


def _section(command: click.Command, above: click.Context) -> str:
    context = click.Context(command, info_name=command.name, parent=above)
    parts = [
        f"## corridors {command.name}\n",
        f"```text\n{command.get_usage(context)}\n```\n",
    ]
    parts.append(_unwrapped(command.help or "") + "\n")
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    for argument in arguments:
        if isinstance(argument.type, click.Choice):
            choices = ", ".join(code(choice) for choice in argument.type.choices)
            parts.append(f"`{argument.make_metavar(context)}` is one of {choices}.\n")
    records = [
        found
        for p in command.params
        if (found := p.get_help_record(context)) is not None
    ]
    rows = [
        [code(names), meaning.replace("<", "&lt;").replace("*", r"\*")]
        for names, meaning in records
    ]
    parts.append(table(["option", "meaning"], rows) + "\n")
    return "\n".join(parts)
