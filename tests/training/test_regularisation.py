"""The dropout of a run that names none follows from how often it reads its text."""

import pytest

from keraslm.training.options import Configuration, read_toml, resolve
from keraslm.training.regularisation import passes, with_dropout
from keraslm.training.run import train
from keraslm.training.texts import read_texts
from tests.training.conftest import SENTENCES, Notes, configuration, corpus_of

CHAR = {"level": "char", "model": "lstm", "precision": "bfloat16"}


def test_the_passes_of_an_end_counted_by_hand():
    c = resolve(Configuration(**CHAR, epochs=7))
    assert passes(c, 1000, 67) == 7
    c = resolve(Configuration(**CHAR, steps=100))  # of 32 x 32 tokens
    assert passes(c, 10_240, 67) == 10
    # 4 x 256 x (64 + 256) + 256 x 67 = 344,832 multiplications a token, and twice as
    # many on the way back: 1e11 a second make 96,665 tokens, 2.2 minutes 12,759,837
    c = resolve(Configuration(**CHAR, minutes=2.2))
    assert passes(c, 1_000_000, 67) == pytest.approx(12.759837, rel=1e-5)
    # 4 x 448 x (64 + 448) + 448 x 67 = 947,520: 35,180 tokens, in 15 minutes 31,661,601
    c = resolve(Configuration(**CHAR, minutes=15))
    assert passes(c, 1_000_000, 67) == pytest.approx(31.661601, rel=1e-5)
    # 12 x 128 x 128 x 4 of four blocks + 128 x 67 = 795,008: 41,928 tokens a second
    given = {**CHAR, "model": "transformer"}
    c = resolve(Configuration(**given, minutes=2.2))
    assert passes(c, 1_000_000, 67) == pytest.approx(5.534536, rel=1e-5)
    c = resolve(Configuration(**CHAR, minutes=2.2, epochs=3))
    assert passes(c, 1_000_000, 67) == 3


def test_sampled_words_take_less_time():
    often = [
        passes(resolve(Configuration(model="lstm", minutes=1, **more)), 10**6, 10_000)
        for more in ({}, {"softmax": "sampled"})
    ]
    assert often[1] > 2 * often[0]


@pytest.fixture(scope="module")
def text():
    return corpus_of(SENTENCES)


def chosen(c, corpus):
    notes = Notes()
    encoder, texts = read_texts(c, corpus, None, notes)
    return with_dropout(c, encoder, texts["train"], notes), notes.lines


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"level": "char", "epochs": 4}, 0.0),
        ({"level": "char", "epochs": 10}, 0.1),
        ({"level": "char", "epochs": 29}, 0.25),
        ({"level": "char", "epochs": 1000}, 0.5),
        ({"level": "word", "epochs": 4}, 0.1),  # never less than by default
        ({"level": "word", "epochs": 30}, 0.3),
    ],
)
def test_the_more_passes_the_more_dropout(options, expected, text):
    c = resolve(Configuration(model="gru", **options))
    found, told = chosen(c, text)
    assert found.dropout == expected
    more = expected > c.dropout
    said = f"dropout {expected}, as the text will be read many times"
    assert told == [f"{said}; `dropout` sets another"] * more


def test_a_window_model_keeps_its_own(text):
    c = resolve(Configuration(model="trigram", epochs=1000))
    assert chosen(c, text) == (c, [])


def test_a_step_reads_no_more_than_the_text():
    c = resolve(Configuration(**CHAR, steps=7))
    assert passes(c, 64, 67) == 7


@pytest.mark.parametrize(("given", "kept"), [(None, 0.15), (0.0, 0.0)])
def test_a_run_that_goes_on_keeps_its_dropout(given, kept, text, tmp_path):
    c = configuration("lstm", tmp_path, dropout=given, steps=None, epochs=15)
    run = train(c, text)
    assert read_toml(run.folder.configuration)["dropout"] == kept
    longer = configuration("lstm", tmp_path, dropout=given, steps=None, epochs=40)
    run = train(longer, text, resume=True)
    assert read_toml(run.folder.configuration)["dropout"] == kept
    assert run.model.metadata["history"][-1]["epoch"] == 40
