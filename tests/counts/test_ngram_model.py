import time

import numpy as np
import pytest

import keraslm.files.archive as archive
from keraslm.counts.additive import DEFAULT_DELTA, Additive
from keraslm.counts.model import NgramModel
from keraslm.errors import CorpusError, ModelFileError, UsageError
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary


def char_encoder(text):
    tokenizer = tokenizer_named("char")
    return TextEncoder(tokenizer, Vocabulary.build(tokenizer.count([text]), "char"))


def test_a_saved_model_answers_exactly_as_before(train, tmp_path):
    for order in (1, 2, 3, 6):
        model = train(order, 0.25)
        model.metadata["split"] = "90/5/5"
        model.save(tmp_path / "model.keras")
        again = NgramModel.load(tmp_path / "model.keras")
        ids = model.encoder.encode("a b c\nb zebra\n\na")
        assert again.name == model.name == f"ngram-{order} additive"
        assert again.metadata == {"split": "90/5/5"}
        assert again.smoothing == {"name": "additive", "delta": 0.25}
        assert again.vocabulary.tokens == model.vocabulary.tokens
        assert again.size_per_order() == model.size_per_order()
        np.testing.assert_array_equal(
            again.log_probabilities(ids), model.log_probabilities(ids)
        )
        assert list(again.generate(seed=1)) == list(model.generate(seed=1))


def test_the_same_model_is_the_same_file(train, tmp_path):
    train(3).save(tmp_path / "one.keras")
    train(3).save(tmp_path / "two.keras")
    one, two = ((tmp_path / name).read_bytes() for name in ("one.keras", "two.keras"))
    assert one == two


def test_counts_that_do_not_fit_are_refused(train, tmp_path):
    path = tmp_path / "model.keras"
    model = train(2)
    model.save(path)
    description = archive.read_description(path)
    arrays = archive.read_arrays(path)
    for damage in (
        {"counts-2": arrays["counts-2"][:-1]},
        {"words-2": arrays["words-2"][::-1]},
        {"starts-2": arrays["starts-2"] + 1},
        {"starts-2": arrays["starts-2"][::-1]},
        {"starts-2": np.full(6, 2**60, dtype=np.int64)},
        {"totals-2": arrays["totals-2"] + 1},
        {"counts-1": arrays["counts-1"][:-1]},
    ):
        archive.write_model(path, description, arrays | damage)
        with pytest.raises(ModelFileError):
            NgramModel.load(path)
    for damage in (
        {"smoothing": {"name": "wishful"}},
        {"order": 3},
        {"order": None},
        {"ngrams": [5, 4]},
        {"ngrams": [6, 6]},
        {"ngrams": None},
        {"ngrams": [5, True]},
        {"quantized": {"bits": 8, "rounding": 0.1}},
        {"format_version": 2},
    ):
        archive.write_model(path, description | damage, arrays)
        with pytest.raises(ModelFileError):
            NgramModel.load(path)


def test_a_keras_model_is_not_opened_as_counts(tmp_path):
    description = {"kind": "keras", "name": "lstm", "encoder": {}, "metadata": {}}
    archive.write_model(tmp_path / "model.keras", description, {})
    with pytest.raises(ModelFileError, match=r"keraslm\.load"):
        NgramModel.load(tmp_path / "model.keras")


def test_without_a_delta_held_out_text_chooses_one(encoder):
    ids = encoder.encode("a b a b\na c\n" * 20)
    alone = NgramModel.train(encoder, ids, 2, "additive")
    assert alone.smoothing["delta"] == DEFAULT_DELTA
    # where the same text comes again, the less smoothing the better
    same = NgramModel.train(encoder, ids, 2, "additive", ids)
    assert same.smoothing["delta"] == pytest.approx(1e-6)


def test_a_text_without_line_ends_is_one_line():
    text = "abracadabra" * 3
    encoder = char_encoder(text)
    model = NgramModel.train(encoder, encoder.encode(text), 3, Additive(0))
    # a b r is certain after a b, in the next copy of the word too
    assert model.next_token_probabilities("ab")[encoder.vocabulary["r"]] == 1
    assert model.score("abracadabraab").log_probability > -np.inf


def test_characters_of_any_script_are_written(train):
    text = "天地玄黃 宇宙洪荒\n日月盈昃 辰宿列張\n" * 4
    encoder = char_encoder(text)
    model = NgramModel.train(encoder, encoder.encode(text), 4, Additive(0))
    # the first character is a choice of two; after it the line is known by heart
    lines = "".join(model.generate(length=40, seed=3)).split("\n")
    assert lines[0] in text.split("\n")
    card = model.evaluate(Text.from_string(text))
    assert card.perplexity == pytest.approx(2 ** (1 / 10))  # 8 choices in 80 tokens
    assert card.tokens == 80
    assert card.end_of_line_tokens == 8


@pytest.mark.parametrize("order", [0, -3, 2.5])
def test_a_bad_order_is_refused(train, order):
    with pytest.raises(UsageError, match="order"):
        train(order)


def test_a_bad_delta_or_text_is_refused(train):
    with pytest.raises(UsageError, match="delta"):
        train(2, delta=-1)
    with pytest.raises(CorpusError):
        train(2, text="")


@pytest.mark.parametrize(
    ("order", "rule"),
    [
        (1, "no history"),
        (2, "the last 1 token of the line; a line starts with <s>"),
        (3, "the last 2 tokens of the line; a line starts with <s>"),
    ],
)
def test_the_card_says_how_much_history_is_used(train, order, rule):
    assert train(order).evaluate(Text.from_string("a b\n")).state_rule == rule


def test_a_thousand_words_are_written_while_one_looks(encoder):
    size = 10_000
    words = [f"w{number}" for number in range(size - 2)]
    big = TextEncoder(encoder.tokenizer, Vocabulary(["<unk>", "</s>", *words]))
    ids = np.random.default_rng(0).zipf(1.3, 100_000) % size
    model = NgramModel.train(big, ids, 3)
    start = time.perf_counter()
    assert len(list(model.generate(length=1000, seed=0))) == 1000
    assert time.perf_counter() - start < 3  # 0.2 s on a machine at rest
