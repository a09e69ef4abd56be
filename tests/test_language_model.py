import math
import os

import numpy as np
import pytest

from keraslm.counts.additive import Additive
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.language_model import LanguageModel
from keraslm.sampling.stream import TokenStream
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary


class Loaded(TokenStream):
    """<unk> 1/16, </s> 1/16, a 1/2, b 3/8: the same after every history."""

    probabilities = np.array([1, 1, 8, 6]) / 16

    def next_log_probabilities(self):
        return np.log(self.probabilities)

    def push(self, token_id):
        pass


class LoadedDie(LanguageModel):
    name = "die"
    state_rule = "no history"
    metadata: dict = {}  # noqa: RUF012
    parameters = 3

    def __init__(self):
        vocabulary = Vocabulary(["<unk>", "</s>", "a", "b"])
        self.encoder = TextEncoder(tokenizer_named("word"), vocabulary)

    def log_probabilities(self, ids):
        return np.log(Loaded.probabilities)[np.asarray(ids, dtype=int)]

    def stream(self):
        return Loaded()

    def save(self, path: str | os.PathLike[str]):
        raise NotImplementedError


def counts():
    text = "a b a b\na c\n"
    tokenizer = tokenizer_named("word")
    encoder = TextEncoder(tokenizer, Vocabulary.build(tokenizer.count([text]), "word"))
    return NgramModel.train(encoder, encoder.encode(text), 2, Additive(1))


def test_a_score_is_the_worked_table_of_the_lectures():
    score = LoadedDie().score("a b\n")
    assert score.tokens == ("a", "b", "</s>")
    assert score.log_probability == pytest.approx(math.log(1 / 2 * 3 / 8 * 1 / 16))
    table = score.table()
    assert table["token"].tolist() == ["a", "b", "</s>"]
    np.testing.assert_allclose(table["probability"], [1 / 2, 3 / 8, 1 / 16])
    np.testing.assert_allclose(table["loss_nats"], np.log([2, 8 / 3, 16]))


def test_a_sentence_without_its_newline_ends_all_the_same():
    assert LoadedDie().score("a b").tokens == ("a", "b", "</s>")


def test_the_worked_table_shows_the_word_that_is_unknown():
    table = LoadedDie().score("a zebra <unk>\r\nb").table()
    assert table["token"].tolist() == ["a", "zebra", "<unk>", "</s>", "b", "</s>"]
    assert table["oov"].tolist() == [False, True, True, False, False, False]
    np.testing.assert_allclose(table["loss_nats"][[1, 2]], np.log([16, 16]))


def test_perplexity_is_the_mean_over_every_token():
    # 1/2 * 3/8 * 1/16 over three tokens
    expected = (1 / 2 * 3 / 8 * 1 / 16) ** (-1 / 3)
    assert LoadedDie().perplexity("a b\n") == pytest.approx(expected)


def test_the_card_counts_every_token_and_says_how():
    text = Text.from_string("a ü\na\n", name="two lines")
    card = LoadedDie().evaluate(text, command="keraslm evaluate die")
    # a 1/2, <unk> 1/16, </s> 1/16, a 1/2, </s> 1/16: 1 + 4 + 4 + 1 + 4 = 14 bits
    assert card.tokens == 5
    assert card.end_of_line_tokens == 2
    assert card.oov_tokens == 1
    assert card.perplexity == pytest.approx(2 ** (14 / 5))
    assert card.perplexity_without_oov == pytest.approx(2 ** (10 / 4))
    assert (card.characters, card.bytes) == (6, 7)  # ü is two bytes
    assert card.bits_per_character == pytest.approx(14 / 6)
    assert card.bits_per_byte == pytest.approx(14 / 7)
    assert (card.model, card.text) == ("die", "two lines")
    assert (card.level, card.vocabulary_size) == ("word", 4)
    assert card.text_sha256 == text.sha256
    assert card.command == "keraslm evaluate die"
    assert card.tokens_per_second > 0


@pytest.mark.parametrize("model", [LoadedDie(), counts()])
@pytest.mark.parametrize("history", ["", "a", "a b", "b\na", [2, 3], iter([2])])
def test_what_may_come_next_sums_to_one(model, history):
    row = model.next_token_probabilities(history)
    assert row.shape == (len(model.vocabulary),)
    assert row.sum() == pytest.approx(1)


def test_a_text_scores_the_product_of_what_may_come_next():
    model = counts()
    score = model.score("a b\na c\n")
    histories = ["", "a", "a b", "a b\n", "a b\na", "a b\na c"]
    for token, log_p, history in zip(
        score.tokens, score.log_probabilities, histories, strict=True
    ):
        row = model.next_token_probabilities(history)
        assert math.exp(log_p) == pytest.approx(row[model.vocabulary[token]])


@pytest.mark.parametrize("model", [LoadedDie(), counts()])
def test_generating_counts_the_tokens_written_not_the_prompt(model):
    for length in (0, 1, 7):
        pieces = list(model.generate("a b", length=length, seed=3))
        assert len(pieces) == length
        ids = model.encoder.encode_prompt("a b" + "".join(pieces))
        assert len(ids) == 2 + length


@pytest.mark.parametrize("model", [LoadedDie(), counts()])
def test_the_same_seed_gives_the_same_text(model):
    def write(seed):
        return "".join(model.generate(length=60, seed=seed))

    assert write(4) == write(4) != write(5)


def test_text_continues_the_prompt_with_the_space_it_needs():
    model = LoadedDie()
    assert list(model.generate("a b", 2, temperature=0)) == [" a", " a"]
    assert list(model.generate("a b\n", 2, temperature=0)) == ["a", " a"]
    assert list(model.generate("", 2, temperature=0)) == ["a", " a"]


def test_the_unknown_token_is_never_written():
    assert "<unk>" not in "".join(LoadedDie().generate(length=300, seed=0))


def test_a_prompt_with_unknown_words_says_which():
    with pytest.raises(UsageError, match="'zebra', 'yak'"):
        LoadedDie().generate("a zebra b yak")


@pytest.mark.parametrize(
    "settings", [{"length": -1}, {"temperature": -1}, {"top_k": 0}, {"top_p": 2}]
)
def test_a_bad_setting_fails_at_once_not_at_the_first_word(settings):
    with pytest.raises(UsageError):
        LoadedDie().generate(**settings)
