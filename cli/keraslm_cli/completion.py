"""What the shell completes: names that are known, then files."""

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

Completer = Callable[
    [click.Context, click.Parameter, str], "list[CompletionItem] | list[str]"
]


def one_of(names: Iterable[str]) -> Completer:
    """Complete one of some names."""
    return lambda _, __, begun: [name for name in names if name.startswith(begun)]


def files(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Leave it to the shell, which knows the files."""
    return [CompletionItem(begun, type="file")]


def datasets(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """Complete the name of a dataset."""
    from keraslm_datasets import catalogue

    return [name for name in catalogue.names() if name.startswith(begun)]


def texts(
    ctx: click.Context, parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Complete a dataset or a file."""
    names = datasets(ctx, parameter, begun)
    return [*files(ctx, parameter, begun), *map(CompletionItem, names)]


def recipes(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """Complete the name of a recipe."""
    from keraslm.training.recipes import recipe_names

    return [name for name in recipe_names() if name.startswith(begun)]
