"""An empty argument comes from a variable that is not set, and is refused.

As a path it would name the present folder, as an option it would pass for left out.
What may well be empty, such as a prompt, has the type `click.UNPROCESSED`.
"""

from typing import TYPE_CHECKING, Any

import click
from click.types import StringParamType

if TYPE_CHECKING:
    _Type = click.ParamType[Any]
else:  # older versions of click have no types to name here
    _Type = click.ParamType


def refuse_empty(command: click.Command) -> None:
    """Let the options and arguments of a command, and of those below it, be given."""
    for parameter in command.params:
        if type(parameter.type) is StringParamType:
            parameter.type = _Text()
        elif type(parameter.type) is click.Path:
            parameter.type = _Path(path_type=parameter.type.type)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            refuse_empty(below)


class _Given(_Type):
    """A type of values that are not empty."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Refuse the empty value; any other is the other type's."""
        if value == "":
            self.fail("it is empty; is it a variable that is not set?", param, ctx)
        return super().convert(value, param, ctx)


class _Text(_Given, StringParamType):
    pass


class _Path(_Given, click.Path):
    pass
