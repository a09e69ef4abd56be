"""keraslm recipes, and keraslm train --recipe."""

import json

from keraslm.training.options import read_toml


def test_the_list_and_one_of_them(keraslm):
    listed = keraslm("recipes")
    assert listed.exit_code == 0
    assert "zaremba-small" in listed.output
    shown = keraslm("recipes", "zaremba-small").output
    assert "test perplexity 114.5" in shown
    assert "units = 200\n" in shown
    (recipe,) = json.loads(keraslm("recipes", "char-rnn", "--json").output)
    assert recipe["options"]["clip_value"] == 5


def test_training_takes_the_recipe_and_flags_win(keraslm, tmp_path):
    text, out = tmp_path / "text.txt", tmp_path / "run"
    text.write_text("a cat sees the dog\n" * 40, "utf-8")
    small = ("--units", 6, "--embedding", 5, "--steps", 2, "--split", "90/10")
    result = keraslm("train", text, "--recipe", "char-rnn", *small, "--out", out)
    assert result.exit_code == 0, result.output
    options = read_toml(out / "config.toml")
    assert (options["optimizer"], options["decay"]) == ("rmsprop", 0.97)
    assert (options["layers"], options["units"]) == (2, 6)


def test_a_recipe_that_is_not_there(keraslm, refused):
    words = ("no recipe 'zaremba'", "zaremba-small")
    refused(keraslm("train", "village", "--recipe", "zaremba"), 2, *words)
    refused(keraslm("recipes", "zaremba"), 2, *words)
