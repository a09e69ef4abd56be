"""What a mistyped option or command was meant to be, in the words of the command."""

import click

from keraslm.suggestions import nearest_command, nearest_option

ARGUMENTS = "keraslm.arguments"  # what was typed, in the context's meta


def about_option(error: click.NoSuchOption) -> str:
    """Say that there is no such option, and which was meant."""
    typed = _typed(error)
    said = f"No such option '{typed}'."
    if error.ctx is None:
        return said
    names = _names(error.ctx.command)
    meant = nearest_option(typed, names)
    if meant is None:
        return said
    parameter = names[meant]
    if isinstance(parameter, click.Argument):
        label = parameter.make_metavar(error.ctx).strip("[].")
        return f"{said} {label} is an argument: {_usage(error.ctx)}."
    return f"{said} Did you mean --{meant}?"


def about_command(name: str, names: tuple[str, ...] | list[str]) -> str:
    """Say that there is no such command, and which was meant."""
    near = nearest_command(name, names)
    way_out = f"Did you mean '{near}'?" if near else f"There are {', '.join(names)}."
    return f"No such command '{name}'. {way_out}"


def _names(command: click.Command) -> dict[str, click.Parameter]:
    """Give what a command takes by name: its options without dashes, its arguments."""
    names: dict[str, click.Parameter] = {}
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            names.setdefault(parameter.name or "", parameter)
        else:
            long = [opt for opt in parameter.opts if opt.startswith("--")]
            names |= dict.fromkeys((opt[2:] for opt in long), parameter)
            names |= dict.fromkeys(
                (opt[2:] for opt in parameter.secondary_opts), parameter
            )
    return names


def _usage(ctx: click.Context) -> str:
    pieces = ctx.command.collect_usage_pieces(ctx)
    return " ".join([ctx.command_path, *pieces[1:]])


def _typed(error: click.NoSuchOption) -> str:
    """Give the whole of `-lr`, of which click names the first letter alone."""
    name = error.option_name
    if name.startswith("--") or error.ctx is None:
        return name.split("=")[0]
    for word in error.ctx.meta.get(ARGUMENTS, ()):
        plain = word.split("=")[0]
        if plain[:1] == "-" and plain[1:2].isalpha() and name[1:] in plain:
            return plain
    return name
