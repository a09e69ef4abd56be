"""The dropout of a run that names none follows from how often it reads its text."""

import pytest

from keraslm import processor
from keraslm.training import regularisation
from keraslm.training.options import Configuration, read_toml, resolve
from keraslm.training.pace import multiplications_a_second
from keraslm.training.regularisation import passes, with_dropout
from keraslm.training.run import train
from keraslm.training.texts import read_texts
from tests.training.conftest import SENTENCES, Notes, configuration, corpus_of

CHAR = {"level": "char", "model": "lstm", "precision": "float32"}


@pytest.fixture
def pace(monkeypatch):
    """A machine on which training comes to 0.67 x 1.5e11 = 1.005e11 a second."""
    monkeypatch.setattr(regularisation, "multiplications_a_second", lambda: 1.5e11)


@pytest.mark.usefixtures("pace")
def test_the_passes_of_an_end_counted_by_hand():
    c = resolve(Configuration(**CHAR, epochs=7))
    assert passes(c, 1000, 67) == 7
    c = resolve(Configuration(**CHAR, steps=100))  # of 32 x 32 tokens
    assert passes(c, 10_240, 67) == 10
    # 4 x 256 x (64 + 256) + 256 x 67 = 344,832 multiplications a token, and twice as
    # many on the way back: 1.005e11 a second make 97,149 tokens, 2.2 minutes 12,823,636
    c = resolve(Configuration(**CHAR, minutes=2.2))
    assert passes(c, 1_000_000, 67) == pytest.approx(12.823636, rel=1e-5)
    # 4 x 448 x (64 + 448) + 448 x 67 = 947,520: 35,355 tokens, in 15 minutes 31,819,909
    c = resolve(Configuration(**CHAR, minutes=15))
    assert passes(c, 1_000_000, 67) == pytest.approx(31.819909, rel=1e-5)
    # 12 x 128 x 128 x 4 of four blocks + 128 x 67 = 795,008: 42,138 tokens a second
    given = {**CHAR, "model": "transformer"}
    c = resolve(Configuration(**given, minutes=2.2))
    assert passes(c, 1_000_000, 67) == pytest.approx(5.562209, rel=1e-5)
    c = resolve(Configuration(**CHAR, minutes=2.2, epochs=3))
    assert passes(c, 1_000_000, 67) == 3


@pytest.mark.parametrize(
    ("flags", "share"), [("", 0.67), ("avx512_bf16", 0.93), ("amx_bf16", 1.33)]
)
@pytest.mark.usefixtures("pace")
def test_units_for_bfloat16_read_the_text_oftener(flags, share, tmp_path, monkeypatch):
    (tmp_path / "cpuinfo").write_text(f"flags : fpu {flags}")
    monkeypatch.setattr(processor, "DESCRIPTION", tmp_path / "cpuinfo")
    exact, rounded = (
        passes(resolve(Configuration(**{**CHAR, **more}, minutes=1)), 10**6, 67)
        for more in ({}, {"precision": "bfloat16"})
    )
    assert rounded / exact == pytest.approx(share / 0.67)


def test_the_machine_is_measured_only_where_minutes_end_the_run(monkeypatch):
    monkeypatch.setattr(regularisation, "multiplications_a_second", lambda: 1 / 0)
    assert passes(resolve(Configuration(**CHAR, epochs=7)), 1000, 67) == 7
    assert passes(resolve(Configuration(**CHAR, steps=10)), 10_240, 67) == 1
    with pytest.raises(ZeroDivisionError):
        passes(resolve(Configuration(**CHAR, minutes=1)), 1000, 67)


def test_the_pace_is_that_of_a_product():
    # between a processor of 1995 and ten of the fastest of 2026
    assert 1e7 < multiplications_a_second() < 1e15


@pytest.mark.usefixtures("pace")
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
