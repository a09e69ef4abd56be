"""The flags of a run's options, made from their table."""

from collections.abc import Callable, Iterable
from typing import Any

import click

from keraslm.training.options import OPTIONS
from keraslm.training.options.kinds import Choice, File, Real, Switch, Whole
from keraslm.training.options.option import Option
from keraslm_cli import completion
from keraslm_cli.flags import in_flags
from keraslm_cli.help_page import GroupedOption

Decorator = Callable[[Any], Any]
TYPES = {Whole: click.INT, Real: click.FLOAT}


def run_options(names: Iterable[str], default: str = "") -> Decorator:
    """Give a command the flags of these options; one that is left out is None.

    The help says what it then is: the option's own default, or another in words.
    """

    def with_options(function: Any) -> Any:
        for name in reversed(tuple(names)):
            function = _option(name, OPTIONS[name], default)(function)
        return function

    return with_options


def _option(name: str, option: Option, default: str) -> Decorator:
    kind, flag = option.kind, f"--{name.replace('_', '-')}"
    if isinstance(kind, Switch):
        flag += f"/--{kind.off or f'no-{flag[2:]}'}"
    complete: completion.Completer | None = None
    if isinstance(kind, Choice):
        complete = completion.one_of(kind.names)
    elif isinstance(kind, File):
        complete = completion.files
    return click.option(
        *(f"--{alias}" for alias in option.aliases),
        flag,
        name,
        cls=GroupedOption,
        group=option.group.heading,
        default=None,
        type=TYPES.get(type(kind)),
        metavar=kind.metavar or None,
        help=in_flags(
            f"{option.sentence}  [default: {default or option.default.words}]"
        ),
        shell_complete=complete,
    )
