"""The table of one history, and that of vocabulary limits, against slow ways."""

import numpy as np
import pytest

from keraslm.counts.continuations import SMOOTHINGS, continuation_table
from keraslm.counts.model import NgramModel
from keraslm.counts.vocabulary_limits import vocabulary_table
from keraslm.errors import UsageError
from keraslm.text.corpus import Text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm_datasets import village

WORDS = tokenizer_named("word")


@pytest.fixture(scope="module")
def counted():
    train, valid = (village.text(part, "small") for part in ("train", "valid"))
    encoder, ids = TextEncoder.learn(WORDS, train[:30000])
    return encoder, ids, encoder.encode(valid[:6000])


def test_the_columns_are_the_models_and_sum_to_one(counted):
    encoder, ids, valid = counted
    table = continuation_table(encoder, ids, "on the", order=3, valid=valid)
    assert table[[*SMOOTHINGS]].sum().to_numpy() == pytest.approx(1, abs=1e-9)
    bigram, words = encoder.encode("on the")[:2].tolist(), ids.tolist()
    for token, row in table[:-1].iterrows():
        trigram = [*bigram, encoder.vocabulary.ids[token]]
        places = range(len(words) - 2)
        assert row["count"] == sum(words[k : k + 3] == trigram for k in places)
    for name in ("katz", "kneser-ney"):
        model = NgramModel.train(encoder, ids, 3, name, valid)
        own = model.next_token_probabilities("on the")
        first = encoder.vocabulary.ids[table.index[0]]
        assert table[name].iloc[0] == pytest.approx(own[first])


def test_maximum_likelihood_is_the_share_of_the_count(counted):
    encoder, ids, valid = counted
    for history in ("", "the", "in the"):  # as long as an order's history, and shorter
        table = continuation_table(encoder, ids, history, 3, valid)
        share = table["count"] / table["count"].sum()
        assert table["mle"].to_numpy() == pytest.approx(share.to_numpy())


def test_a_history_that_was_not_seen_is_refused(counted):
    encoder, ids, valid = counted
    with pytest.raises(UsageError, match="followed by nothing"):
        continuation_table(encoder, ids, "the the", 3, valid)
    with pytest.raises(UsageError, match="no 'zebra'"):
        continuation_table(encoder, ids, "the zebra", 3, valid)


def test_limits_are_measured_as_models_of_that_vocabulary_are():
    train = Text.from_string(village.text("train", "small")[:20000])
    valid = Text.from_string(village.text("valid", "small")[:4000])
    table = vocabulary_table(WORDS, train, valid, [20, 100, 10**6, 10**7], order=2)
    assert len(table) == 3  # of the two largest limits, one vocabulary
    encoder, ids = TextEncoder.learn(WORDS, train, 100)
    card = NgramModel.train(encoder, ids, 2).evaluate(valid)
    row = table.iloc[1]
    assert row["vocabulary"] == len(encoder.vocabulary)
    assert row["perplexity"] == pytest.approx(card.perplexity)
    assert row["without spelling"] == pytest.approx(card.bits_per_character)
    lost = [
        w for w in "".join(valid.chunks()).split() if w not in encoder.vocabulary.ids
    ]
    spelt = sum(8 * (len(word) + 1) for word in lost) / valid.characters
    assert row["bits"] - row["without spelling"] == pytest.approx(spelt)
    assert (np.diff(table["unknown"]) < 0).all()
