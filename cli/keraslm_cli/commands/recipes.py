"""keraslm recipes: published settings."""

import dataclasses
from typing import TYPE_CHECKING

import click

from keraslm_cli import console

if TYPE_CHECKING:
    from keraslm.training.recipes import Recipe


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str | None, as_json: bool) -> None:
    """List the settings of publications, or show those of NAME.

    `keraslm train CORPUS --recipe NAME` trains with them; flags win.
    """
    from keraslm.training.recipes import read_recipe, recipe_names

    recipes = [read_recipe(each) for each in ([name] if name else recipe_names())]
    if as_json:
        console.print_json([dataclasses.asdict(recipe) for recipe in recipes])
    elif name:
        _show(recipes[0])
    else:
        rows = [(recipe.name, recipe.title, recipe.source) for recipe in recipes]
        console.print_table(("name", "what", "source"), rows)


def _show(recipe: "Recipe") -> None:
    from keraslm.training.configuration import to_toml

    click.echo(recipe.title)
    for label in ("source", "published", "differs"):
        click.echo(f"{label}: {getattr(recipe, label)}")
    click.echo(f"\n{to_toml(recipe.options)}", nl=False)
