"""A neural bigram without hidden layer is a table of counts in another form."""

import keras
import numpy as np
import pytest

from keraslm.counts.model import NgramModel
from keraslm.models import bigram
from keraslm.text.corpus import Corpus, Text
from keraslm.training.options import Configuration
from keraslm.training.run import train

pytestmark = pytest.mark.xla

TEXT = "abba cabbed bead\ndeaf baa\nabe cede feed a bad cab\n" * 4
STEPS = 300


def test_it_reaches_the_perplexity_of_the_counts(ask):
    language_model = ask(bigram(7))
    ids = language_model.encoder.encode(TEXT)
    counts = NgramModel.train(language_model.encoder, ids, order=2, smoothing="mle")
    inputs = np.concatenate([[1], ids[:-1]]).astype(np.int32)[None]
    model = language_model.keras_model
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.5, STEPS)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    batches = [np.repeat(rows, STEPS, axis=0) for rows in (inputs, ids[None])]
    model.fit(*batches, batch_size=1, verbose=0)  # each batch is the whole text

    reached = language_model.perplexity(TEXT)
    assert reached == pytest.approx(counts.perplexity(TEXT), rel=0.01)


# 63 rows of 37 letters and one of 10: a step of 32 columns, and one of 5
ROW = "ab" * 16 + "aaaaa"
RAGGED = ROW * 63 + ROW[:10]


BIGRAM = {"model": "bigram", "input": "one-hot", "hidden": "none"}
BIGRAM |= {"learning_rate": 0.3, "epochs": 200}
MAXENT = {"model": "maxent", "order": 2, "features": "hashed:10"}
MAXENT |= {"batch_size": 64, "epochs": 400}


@pytest.mark.parametrize(
    "options",
    [BIGRAM, {**BIGRAM, "vary_time": True}, {**BIGRAM, "time": 36}, MAXENT],
    ids=["bigram", "varied", "a last step of one column", "maxent"],
)
def test_every_token_of_an_epoch_weighs_the_same(tmp_path, options):
    c = Configuration(level="char", out=str(tmp_path / "run"), **options)
    model = train(c, Corpus("ragged", Text.from_string(RAGGED))).model
    a, b = model.encoder.encode("ab").tolist()
    p = model.next_token_probabilities([a])
    # after a: b 16 times in each row of 37, 5 times in the last, 1,013 times in all;
    # a 5 times in each but the first, which begins the text, and once in the last, 315
    # times. Were the two steps worth the same, P(b | a) were 0.376, not 0.763
    assert p[b] == pytest.approx(1013 / 1328, abs=1e-3)
    assert p[a] == pytest.approx(315 / 1328, abs=1e-3)
