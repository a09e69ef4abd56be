"""Help in groups, each with a title, and all sentences below each other."""

import textwrap
from typing import Any

import click

NARROW = 70  # columns; below, an option has a line of its own
INDENT = 8  # of its sentence, which stands below it


def number_option(flag: str, default: int, says: str, least: int | None = None) -> Any:
    """Give a command an option that is a whole number."""
    kind = click.INT if least is None else click.IntRange(min=least)
    return click.option(
        flag, metavar="N", type=kind, default=default, show_default=True, help=says
    )


class GroupedOption(click.Option):
    """An option of a group; a switch is written --[no-]tokenize."""

    def __init__(self, *names: Any, group: str = "", **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.group = group

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Give the flag and its sentence."""
        record = super().get_help_record(ctx)
        flag = self.opts[0].removeprefix("--")
        if record and self.secondary_opts == [f"--no-{flag}"]:
            return f"--[no-]{flag}", record[1]
        return record


class GroupedCommand(click.Command):
    """A command whose options stand in groups, in the order of their titles."""

    def __init__(self, *args: Any, groups: tuple[str, ...], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.groups = groups

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write each group below its title; what has no group stands in the last."""
        groups: dict[str, list[tuple[str, str]]] = {title: [] for title in self.groups}
        options = (o for o in self.get_params(ctx) if isinstance(o, click.Option))
        for option in options:
            if record := option.get_help_record(ctx):
                groups[getattr(option, "group", self.groups[-1])].append(record)
        longest = max(len(flag) for group in groups.values() for flag, _ in group)
        column = INDENT if formatter.width < NARROW else longest + 4
        for title, records in groups.items():
            with formatter.section(title):
                for flag, sentence in records:
                    formatter.write(_wrapped(flag, sentence, column, formatter.width))


def _wrapped(flag: str, sentence: str, column: int, width: int) -> str:
    """Write a sentence beside its flag, or below it; no flag is cut at a hyphen."""
    whole = sentence.replace("[default: ", "[default:\xa0")  # with its first word
    lines = textwrap.wrap(whole, width - column, break_on_hyphens=False)
    text = textwrap.indent("\n".join(lines).replace("\xa0", " "), " " * column)
    begun = f"  {flag}"
    if len(begun) > column - 2:
        return f"{begun}\n{text}\n"
    return f"{begun}{text[len(begun) :]}\n"
