"""A group of commands that imports a command's file when the command is named."""

import difflib
import importlib
from collections.abc import Sequence
from typing import Any

import click

from keraslm_cli.given import refuse_empty


class LazyGroup(click.Group):
    """Commands that live one a file, each as `command` in `<package>.<name>`."""

    def __init__(
        self, *args: Any, package: str, names: Sequence[str], **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        self.package = package
        self.names = tuple(names)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which they are used."""
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command; None where there is none of that name."""
        if cmd_name not in self.names:
            return None
        module = importlib.import_module(f"{self.package}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        refuse_empty(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names, or suggest a near one."""
        name = args[0]
        if name not in self.names and not name.startswith("-"):
            raise click.UsageError(_unknown(name, self.names), ctx)
        return super().resolve_command(ctx, args)


def _unknown(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    way_out = f"Did you mean '{near[0]}'?" if near else f"There are {', '.join(names)}."
    return f"No such command '{name}'. {way_out}"
