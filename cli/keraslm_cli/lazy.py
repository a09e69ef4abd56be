"""A group of commands that imports a command's file when the command is named."""

import importlib
from collections.abc import Sequence
from typing import Any

import click

from keraslm_cli.given import refuse_empty
from keraslm_cli.suggestions import ARGUMENTS, about_command


class Group(click.Group):
    """A group that suggests a near command, and remembers what was typed."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names, or suggest a near one."""
        ctx.meta[ARGUMENTS] = tuple(args)
        names = self.list_commands(ctx)
        if args[0] not in names and not args[0].startswith("-"):
            raise click.UsageError(about_command(args[0], names), ctx)
        return super().resolve_command(ctx, args)


class LazyGroup(Group):
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
        command.name = cmd_name
        refuse_empty(command)
        return command
