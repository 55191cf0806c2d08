"""The command line. Heavy imports stay inside the commands, so that help comes at once."""

from __future__ import annotations

import atexit
import gc
import sys
import warnings
from typing import Any

import click

from corridors import __version__
from corridors.commands import (
    break_even,
    criticality,
    dependence,
    emissions,
    equilibrium,
    expansion,
    explain,
    hedging,
    interdiction,
    leverage,
    listing,
    n_minus_k,
    page,
    periods,
    prices,
    recovery,
    reliability,
    report,
    run,
    sensitivity,
    shocks,
    skim,
    sweep,
    target,
    trade,
    validation,
    warm_up,
    what_if,
)

FAMILIES = (
    report,
    page,
    run,
    sweep,
    what_if,
    target,
    explain,
    listing,
    skim,
    criticality,
    shocks,
    n_minus_k,
    interdiction,
    reliability,
    periods,
    recovery,
    hedging,
    dependence,
    leverage,
    expansion,
    break_even,
    prices,
    trade,
    emissions,
    equilibrium,
    sensitivity,
    validation,
    warm_up,
)
"""A module a family of studies, as in docs/studies; each lists its commands."""
SHARED = {"network", "year", "preferences", "demand", "commodity", "origin", "elastic", "per", "as_json", "out"}
"""Options that most commands have."""
YOUNG = 10_000
"""How many objects a command makes before Python looks for garbage among them; by default it looks after 700."""
INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended, as shells have it."""


class _Group(click.Group):
    """Prints errors, warnings and Ctrl-C in one line each, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        from tqdm import tqdm

        from corridors.errors import CorridorsError, InputWarning

        show_by_default, shown_before = warnings.showwarning, set()

        def show(message: Warning | str, category: type[Warning], *position: Any, **options: Any) -> None:
            if issubclass(category, InputWarning):
                if str(message) not in shown_before:
                    with tqdm.external_write_mode(sys.stderr):  # a progress bar that is there moves aside
                        click.echo(f"Warning: {message}", err=True)
                shown_before.add(str(message))
            else:
                show_by_default(message, category, *position, **options)

        try:
            with warnings.catch_warnings():
                warnings.showwarning = show
                return super().invoke(ctx)
        except click.NoSuchOption as error:
            raise _without_option(error) from None
        except CorridorsError as error:
            raise click.ClickException(str(error)) from None
        except KeyboardInterrupt as interrupt:
            end = "" if getattr(interrupt, "answered", False) else "; there is no answer"
            click.echo(f"Ctrl-C: {str(interrupt) or 'stopped'}{end}", err=True)
            ctx.exit(INTERRUPTED)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command of a name; for one that there is not, what is near it is suggested."""
        from corridors.errors import nearest

        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = nearest(args[:1], self.commands)
            raise click.UsageError(f"{error.message.removesuffix('.')}{near}", ctx) from None


def _without_option(error: click.NoSuchOption) -> click.UsageError:
    """The error of an option that a command has not: what is near it is suggested, else what is the command's own."""
    from corridors.errors import nearest

    command = error.ctx.command if error.ctx is not None else None
    options = [option for option in command.params if isinstance(option, click.Option)] if command else []
    own = [option.opts[0] for option in options if option.name not in SHARED]
    every = ", ".join(own)
    near = nearest([error.option_name], [name for option in options for name in option.opts])
    return click.UsageError(f"no such option {error.option_name}{near or f'; there are {every}'}", error.ctx)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="corridors")
def main() -> None:
    """What happens to the flow, its cost, and who depends on whom, when part of a transport corridor changes."""
    # What commands make is mostly kept or freed at once: looking for garbage as often as Python does takes a tenth of
    # the time of a report. The last look, at all there is, takes most of a second, for nothing as Python ends.
    gc.set_threshold(YOUNG)
    atexit.register(gc.freeze)


for family in FAMILIES:
    for command in family.COMMANDS:
        command.params.sort(key=lambda option: option.name in SHARED)  # in its help its own come first
        main.add_command(command)

if __name__ == "__main__":
    sys.exit(main())
