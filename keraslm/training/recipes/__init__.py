"""Published settings, and what they came to: options of a run under a name."""

import dataclasses
import tomllib
from importlib import resources
from typing import Any

from keraslm.errors import UsageError


@dataclasses.dataclass(frozen=True)
class Recipe:
    """The options of a publication.

    `published` is its own figure, on its own text; `differs` says where keraslm does
    not do the same.
    """

    name: str
    title: str
    source: str
    published: str
    differs: str
    options: dict[str, Any]


def recipe_names() -> list[str]:
    """Name the recipes."""
    files = resources.files(__package__).iterdir()
    return sorted(f.name[:-5] for f in files if f.name.endswith(".toml"))


def read_recipe(name: str) -> Recipe:
    """Read a recipe.

    Raises: UsageError if there is none of this name.
    """
    if name not in recipe_names():
        known = ", ".join(recipe_names())
        raise UsageError(f"there is no recipe {name!r}; there are {known}")
    file = resources.files(__package__) / f"{name}.toml"
    return Recipe(name, **tomllib.loads(file.read_text("utf-8")))
