"""Changes of a case by name, as commands take them: what closes, opens, costs more; a shock; a scenario of a file."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import SCENARIOS, named_shock, number, pairs, repeated
from corridors.errors import listed

OPTIONS = (
    repeated("--close", help="What closes: a link, node, border (KZ-RU), corridor, country, bloc, mode"),
    repeated("--open", "opened", help="A project, or a corridor or link that is planned"),
    repeated("--scale", help="What its capacities are multiplied by: aktau_port=0.8"),
    repeated("--toll", help="USD a tonne more: RU=50 on entries, aktau_port=5 on handling"),
    repeated("--refuse", help="A country that lets no goods of others leave it or pass"),
    click.option("--shock", help="A named shock as well (see `corridors list shocks`)."),
    SCENARIOS,
    click.option("--scenario", help="Which one of --scenarios, where there are several."),
)


@dataclass(frozen=True)
class NamedChanges:
    """What the options of `changed_by_name` say."""

    close: tuple[str, ...]
    opened: tuple[str, ...]
    scale: tuple[str, ...]
    toll: tuple[str, ...]
    refuse: tuple[str, ...]
    shock: str | None
    scenarios: Path | None
    scenario: str | None

    def named(self) -> dict[str, Any]:
        """The changes by name, as `corridors.what_if` takes them."""
        return {
            "close": self.close,
            "open": self.opened,
            "refuse": self.refuse,
            "scale": {name: number(text) for name, text in pairs("--scale", self.scale).items()},
            "toll": {name: number(text) for name, text in pairs("--toll", self.toll).items()},
        }

    def given(self, network: Any, rows: Any) -> Any:
        """The shock and the scenario of a file in one; None where neither is given."""
        found: list[Any] = [] if self.shock is None else [named_shock(network, rows, self.shock)]
        found += [] if self.scenarios is None else [_one_of(self.scenarios, self.scenario)]
        return None if not found else functools.reduce(lambda one, other: one * other, found)

    def together(self, network: Any, rows: Any, select: Mapping[str, str]) -> Any:
        """All of them in one scenario, closures, tolls and refusals for the goods that are selected; None for none."""
        from corridors.edits.selection import selected
        from corridors.scenarios.named import named_scenario

        named, found = self.named(), self.given(network, rows)
        if not any(len(value) for value in named.values()):
            return found
        chosen = selected(network, rows, select, by=("commodity", "origin")) if select else None
        own = named_scenario(network, rows, **named, selected=chosen)
        return own if found is None else found * own


def changed_by_name(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command with these options, which it gets as its argument `changes`."""

    @functools.wraps(command)
    def run(*args: Any, **given: Any) -> Any:
        own = {field.name: given.pop(field.name) for field in fields(NamedChanges)}
        return command(*args, changes=NamedChanges(**own), **given)

    for option in reversed(OPTIONS):
        option(run)
    return run


def _one_of(path: Path, name: str | None) -> Any:
    """The scenario of a name in a table or folder; the only one there, where none is named."""
    from corridors.scenarios.tables import read_scenarios

    found = read_scenarios(path)
    if name is not None:
        return found.select([name])
    if len(found) != 1:
        there = listed(found.label(i) for i in range(min(len(found), 5)))
        problem = f"{path.name} holds {len(found)} scenarios ({there}); name one, or rank them: corridors criticality"
        raise click.BadParameter(problem, param_hint="--scenario")
    return found
