"""keraslm recipes: published settings."""

import dataclasses
from typing import TYPE_CHECKING

import click

from keraslm_cli import completion, console

if TYPE_CHECKING:
    from keraslm.training.recipes import Recipe


@click.command()
@click.argument("name", required=False, shell_complete=completion.recipes)
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
        headings = ("name", "what", "source")
        console.print_table(headings, rows, texts=(1, 2), leave=("source",))


def _show(recipe: "Recipe") -> None:
    from keraslm.training.options import to_toml

    console.say(recipe.title)
    for label in ("source", "published", "differs"):
        console.say(f"{label}: {getattr(recipe, label)}")
    console.print_blank()
    console.print_text(to_toml(recipe.options))
