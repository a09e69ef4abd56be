"""Published settings: every one is whole, and is what a run is told."""

import dataclasses

import pytest

from keraslm.errors import UsageError
from keraslm.training.options import Configuration, resolve
from keraslm.training.recipes import read_recipe, recipe_names

NAMES = recipe_names()


def test_the_recipes_that_are_promised():
    zaremba = {f"zaremba-{size}" for size in ("small", "medium", "large")}
    laptop = {"laptop-char", "laptop-char-long", "laptop-word"}
    assert zaremba | laptop | {"awd-lstm", "char-rnn"} == {*NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_says_where_it_is_from_and_leaves_nothing_open(name):
    recipe = read_recipe(name)
    assert all((recipe.title, recipe.source, recipe.published, recipe.differs))
    c = Configuration(**recipe.options)
    filled = {k for k, v in resolve(c).to_dict().items() if c.to_dict().get(k) != v}
    assert not filled & {"units", "layers", "embedding", "learning_rate", "dropout"}


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("laptop-char", {"weight_decay": 0.1}),
        ("laptop-char-long", {"dropout": 0.2, "weight_drop": 0.2}),
    ],
)
def test_what_a_laptops_recipe_changes_of_the_defaults_for_its_minutes(name, changed):
    options = read_recipe(name).options
    default = Configuration(level="char", model="lstm", minutes=options["minutes"])
    changed = dataclasses.replace(default, input_order=3, **changed)
    assert resolve(Configuration(**options)) == resolve(changed)


def test_the_sizes_of_zarembas_models():
    # parameters of 2 layers of n on vectors of n: 2 x 4 (2 n^2 + n); words: 2 V n + V
    for name, units in (("small", 200), ("medium", 650), ("large", 1500)):
        options = read_recipe(f"zaremba-{name}").options
        assert options["units"] == options["embedding"] == units
    medium = 8 * (2 * 650**2 + 650) + 2 * 10_000 * 650 + 10_000
    assert round(medium / 1e6) == 20  # millions, as the paper says
    large = 8 * (2 * 1500**2 + 1500) + 2 * 10_000 * 1500 + 10_000
    assert round(large / 1e6) == 66


def test_a_recipe_that_is_not_there():
    with pytest.raises(UsageError, match="no recipe 'zaremba'; there are awd-lstm, "):
        read_recipe("zaremba")
