"""The pictures of translators: the numbers of --csv are the library's."""

import numpy as np
import pandas as pd
import pytest

from keraslm import tasks
from keraslm.figures import style
from keraslm.tasks.translation.files import save_translator
from keraslm.tasks.translation.networks import new_network
from keraslm.tasks.translation.vocabulary import PairVocabulary
from keraslm.text.corpus import open_text
from keraslm_cli.plots.attention_map import known_places

PAIRS = "dates:valid:400"


@pytest.fixture(scope="module")
def translators(tmp_path_factory):
    """Translators of dates that learnt nothing, by their attention."""
    folder, text = tmp_path_factory.mktemp("t"), tasks.read_paired(open_text(PAIRS))
    vocabulary = PairVocabulary.learn(text, "char", "char")
    found = {}
    for attention in ("none", "dot"):
        shape = tasks.TranslatorShape(attention=attention, embedding=4, units=6)
        network = new_network(shape, *vocabulary.sizes, seed=1)
        found[attention] = folder / f"{attention}.keras"
        save_translator(network, shape, vocabulary, {"longest": 10}, found[attention])
    return found


@pytest.fixture
def drawn(keraslm, tmp_path, monkeypatch):
    monkeypatch.setattr(style, "DOTS_PER_INCH", 40)

    def draw(kind, *arguments):
        out, csv = tmp_path / f"{kind}.png", tmp_path / f"{kind}.csv"
        result = keraslm("plot", kind, *arguments, "--out", out, "--csv", csv)
        assert result.exit_code == 0, result.output
        assert out.read_bytes().startswith(b"\x89PNG")
        return pd.read_csv(csv, keep_default_na=False)

    return draw


def test_lengths_are_those_of_the_cards(translators, drawn):
    table = drawn("lengths", *translators.values(), "--text", PAIRS)
    for path in translators.values():
        model = tasks.load_translator(path)
        card = model.evaluate(open_text(PAIRS))
        own = table[(table["model"] == model.name) & (table["by"] == "length")]
        assert own["n"].tolist() == [each.exact.n for each in card.by_length]
        assert own["n"].sum() == card.exact.n == 40
        assert own["accuracy"].tolist() == [e.exact.share for e in card.by_length]


def test_the_map_has_the_weights_of_each_token_that_is_written(translators, drawn):
    source = "3 May 1994"
    table = drawn("attention-map", translators["dot"], source)
    found = tasks.load_translator(translators["dot"]).translate(source)
    shape = found.attention.shape
    weights = table["weight"].to_numpy().reshape(shape)
    np.testing.assert_allclose(weights, found.attention, atol=1e-6)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    assert "".join(table["source"][: len(source)]) == source


def test_a_translator_without_attention_has_no_map(translators, keraslm, tmp_path):
    out = tmp_path / "map.png"
    result = keraslm("plot", "attention-map", translators["none"], "x", "--out", out)
    assert result.exit_code == 2
    assert "has no attention" in result.output
    assert not out.exists()


def test_the_place_of_each_word_of_village_is_known_where_it_is_right():
    def translated(target):
        source = tuple("the rabbit watches the goose .".split())
        return tasks.Translation(source, target, "", 0.0, (), True, None)

    right = tuple("sikero saro nasoro saro kogoro .".split())
    assert known_places(translated(right)) == [1, 0, 4, 3, 2, 5]
    assert known_places(translated(right[:3])) == []
    other = tasks.Translation(("x",), ("y",), "y", 0.0, (), True, None)
    assert known_places(other) == []
