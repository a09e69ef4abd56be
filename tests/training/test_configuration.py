"""Options of a run: their limits, TOML, and what is filled in for each model."""

import os
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm.errors import UsageError
from keraslm.training.options import MODELS, Configuration, read_toml, resolve, to_toml

WHOLE = (
    "vocabulary_size min_count order context embedding layers units warmup "
    "batch_size time epochs steps seed log_steps valid_steps sample_steps"
).split()
NOT_A_WHOLE = [-1, 1.5, "12", True, 2**40]
BAD = [(name, value) for name in WHOLE for value in NOT_A_WHOLE] + [
    ("vocabulary_size", 2),
    ("min_count", 0),
    ("min_count", None),
    ("seed", 2**32),
    ("seed", None),
    ("time", 0),
    ("steps", 0),
    ("level", "byte"),
    ("level", ["word"]),
    ("model", "perceptron"),
    ("optimizer", "lion"),
    ("schedule", "cosin"),
    ("input", "two-hot"),
    ("activation", "relu"),
    ("delta", -0.1),
    ("delta", "much"),
    ("embedding_dropout", 1),
    ("weight_drop", -0.5),
    ("decay", 1.0),
    ("average_steps", 0),
    ("patience", 0),
    ("keep_last", -1),
    ("state", "kept"),
    ("softmax", "hierarchical"),
    ("samples", 0),
    ("vary_time", 1),
    ("dropout", 1.0),
    ("dropout", -0.1),
    ("learning_rate", 0),
    ("learning_rate", float("nan")),
    ("learning_rate", float("inf")),
    ("plateau_factor", 1),
    ("weight_decay", -1),
    ("beta_1", 1.0),
    ("l1", -0.1),
    ("l2", float("nan")),
    ("clip_norm", -1),
    ("clip_value", 0),
    ("minutes", 0),
    ("minutes", -2.5),
    ("hidden", ""),
    ("hidden", "100,"),
    ("hidden", "100,0"),
    ("hidden", "wide"),
    ("hidden", 200),
    ("skip", -1),
    ("direct_order", 1),
    ("features", "hashed"),
    ("features", "hashed:29"),
    ("features", "dense:22"),
    ("features", 22),
    ("corpus", 5),
    ("corpus", ""),
    ("out", ""),
    ("classes", ""),
    ("out", "a\0b"),
    ("init_from", "half a pair \ud800"),
    ("tied", "yes"),
    ("dry_run", 1),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_with_the_options_name(name, value):
    with pytest.raises(UsageError, match=rf"^`{name}` must be .*; received ") as caught:
        Configuration(**{name: value})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sizes"),
    [("200,100", (200, 100)), ("64", (64,)), ("none", ()), ("None", ()), (None, ())],
)
def test_hidden_names_the_widths_of_layers(text, sizes):
    assert Configuration(hidden=text).hidden_sizes == sizes


def optional(strategy):
    return st.none() | strategy


names = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"),
    min_size=1,
    max_size=20,
)
sizes = optional(st.integers(3, 2**31 - 1))
configurations = st.builds(
    Configuration,
    corpus=names,
    out=optional(names),
    level=st.sampled_from(["char", "word"]),
    tokenize=st.booleans(),
    units=sizes,
    steps=sizes,
    seed=st.integers(0, 2**32 - 1),
    learning_rate=optional(st.floats(1e-300, 1e300)),
    minutes=optional(st.floats(1e-9, 1e9) | st.integers(1, 99)),
    dropout=optional(st.floats(0, 1, exclude_max=True)),
)


@given(configurations)
def test_toml_gives_the_same_configuration_back(c):
    assert Configuration(**tomllib.loads(to_toml(c.to_dict()))) == c


@settings(max_examples=200)
@given(data=st.binary(max_size=80) | names.map(str.encode))
def test_any_bytes_are_options_or_one_clear_line(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(data)
    try:
        options = read_toml(path)
    except UsageError as error:
        assert str(path) in str(error)
    else:
        assert options == {} or set(options) <= set(Configuration().__dict__)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("level = ", "not a TOML file"),
        ("level = 'char", "not a TOML file"),
        ("seed = " + "9" * 5000, "not a TOML file"),
        ("level = " + "[" * 5000, "not a TOML file"),
        ("unitz = 3", "unknown option 'unitz'"),
        ("[train]\nunits = 3", "unknown option 'train'"),
        ("batch-size = 3\nbatch_size = 4", "twice"),
    ],
)
def test_a_mistake_in_toml_is_said(tmp_path, text, words):
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=words):
        read_toml(path)


def test_a_toml_file_that_is_missing_or_a_folder_is_said(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(UsageError, match="cannot read"):
            read_toml(path)


def test_a_toml_file_is_small_and_not_waited_for(tmp_path):
    (tmp_path / "c.toml").write_bytes(b"#" * (1 << 20) + b"\n")
    with pytest.raises(UsageError, match="larger than 1048576 bytes"):
        read_toml(tmp_path / "c.toml")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(UsageError, match="it is no file"):
            read_toml(tmp_path / "pipe")


def test_toml_names_options_as_flags_do(tmp_path):
    path = tmp_path / "c.toml"
    path.write_bytes(b"\xef\xbb\xbfbatch-size = 3\r\nlearning_rate = 0.5\r\n")
    assert read_toml(path) == {"batch_size": 3, "learning_rate": 0.5}


@pytest.mark.parametrize("level", ["char", "word"])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "more", [{}, {"dry_run": True}, {"clip_norm": 0}, {"clip_value": 1.0}]
)
def test_what_was_filled_in_reads_back_as_the_same_run(level, model, more):
    c = resolve(Configuration(level=level, model=model, **more))
    again = Configuration(**tomllib.loads(to_toml(c.to_dict())))
    assert again == c
    assert resolve(again) == c


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "ngram", "units": 5}, "`units` is an option of rnn, gru, lstm"),
        ({"model": "ngram", "embedding": 5}, "`embedding` is an option of"),
        ({"model": "lstm", "heads": 2}, "`heads` is an option of transformer"),
        ({"model": "transformer", "residual": True}, "`residual` is an option of rnn"),
        ({"model": "maxent", "embeddings": "f"}, "`embeddings` is an option of"),
        ({"model": "ngram", "dropout": 0.5}, "`dropout` is an option of"),
        ({"model": "ngram", "tied": True}, "`tied` is an option of"),
        ({"model": "lstm", "order": 3}, "`order` is an option of ngram, maxent"),
        ({"model": "lstm", "delta": 0.1}, "`delta` is an option of ngram"),
        ({"model": "gru", "smoothing": "mle"}, "`smoothing` is an option of ngram"),
        ({"model": "gru", "prune": "0,1"}, "`prune` is an option of ngram"),
        ({"model": "gru", "hidden": "5"}, "`hidden` is an option of bigram"),
        ({"model": "gru", "input": "one-hot"}, "`input` is an option of bigram"),
        ({"model": "gru", "context": 2}, "`context` is an option of"),
        ({"model": "bigram", "context": 2}, "the context of a bigram is 1"),
        ({"model": "trigram", "context": 1}, "the context of a trigram is 2"),
        ({"model": "trigram", "skip": 1}, "`skip` is an option of maxent"),
        ({"model": "ngram", "features": "hashed:9"}, "`features` is an option of"),
        ({"model": "lstm", "skip": 1}, "give a `direct_order` of 2"),
        ({"model": "lstm", "l1": 0.1}, "give a `direct_order` of 2"),
        ({"model": "lstm", "input_bits": 9}, "give an `input_order` of 2"),
        ({"model": "lstm", "input_dropout": 0.1}, "give an `input_order` of 2"),
        ({"model": "transformer", "input_order": 3}, "`input_order` is an option of"),
        ({"model": "trigram", "l2": 0.1}, "`l2` is an option of maxent"),
        ({"model": "lstm", "features": "hashed:9"}, "give a `direct_order` of 2"),
        ({"model": "maxent", "direct_order": 3}, "`direct_order` is an option of rnn"),
        (
            {"direct_order": 3, "softmax": "sampled"},
            "out `direct_order`, or give `softmax='full'`",
        ),
        ({"direct_order": 3, "softmax": "adaptive"}, "adaptive softmax scores words"),
        ({"model": "maxent", "softmax": "adaptive"}, "adaptive is for rnn, gru"),
        ({"model": "bigram", "softmax": "classes"}, "classes is for maxent, rnn"),
        ({"model": "ngram", "order": 201}, "`order` must be 200 or less"),
        ({"model": "maxent", "skip": 1001}, "`skip` must be 1000 or less"),
        ({"model": "maxent", "order": 1}, "order of maxent must be 2 or more"),
        ({"model": "bigram", "layers": 2}, "`layers` is an option of rnn"),
        (
            {"model": "lstm", "activation": "sigmoid"},
            "`activation` is an option of rnn",
        ),
        (
            {"model": "bigram", "input": "one-hot", "embedding": 8},
            "`embedding` is a size for `input='embedding'`",
        ),
        ({"model": "bigram", "weight_drop": 0.1}, "`weight_drop` is an option of rnn"),
        ({"model": "ngram", "embedding_dropout": 0.1}, "`embedding_dropout` is an"),
        ({"model": "trigram", "state": "reset"}, "trigram has no state to reset"),
        ({"model": "bigram", "softmax": "sampled"}, "softmax sampled is for rnn"),
        ({"model": "lstm", "samples": 5}, "give `softmax='sampled'`"),
        ({"level": "char", "tokenize": True}, "it needs `level='word'`"),
        ({"clip_norm": 1.0, "clip_value": 1.0}, "received both"),
        ({"optimizer": "adam", "weight_decay": 0.1}, "give `optimizer='adamw'`"),
        ({"level": "word", "weight_decay": 0.1}, "received it for adam"),
        ({"optimizer": "rmsprop", "beta_1": 0.5}, "option of adam and adamw"),
    ],
)
def test_an_option_of_another_model_is_refused(options, words):
    with pytest.raises(UsageError, match=words):
        resolve(Configuration(**options))


def test_defaults_suit_the_model_and_what_was_given_stays():
    assert resolve(Configuration(model="trigram")).context == 2
    assert resolve(Configuration(model="neural-ngram", context=7)).context == 7
    assert resolve(Configuration(level="word")).vocabulary_size == 10_000
    assert resolve(Configuration(level="char")).vocabulary_size is None
    assert resolve(Configuration(model="ngram")).vocabulary_size is None
    assert resolve(Configuration(optimizer="sgd")).learning_rate == 1.0
    assert resolve(Configuration(optimizer="sgd", learning_rate=3)).learning_rate == 3
    assert resolve(Configuration(level="char")).weight_decay == 0.05
    assert resolve(Configuration(level="char", minutes=10)).weight_decay == 0.1
    assert resolve(Configuration(optimizer="adamw")).weight_decay == 0.01
    assert resolve(Configuration(level="char", optimizer="sgd")).weight_decay is None


def test_recurrent_networks_forget_earlier_gradients_sooner() -> None:
    assert resolve(Configuration(model="gru")).beta_1 == 0.5
    assert resolve(Configuration(model="transformer")).beta_1 == 0.9
    assert resolve(Configuration(optimizer="rmsprop")).beta_1 is None


@pytest.mark.parametrize("minutes, units", [(None, 256), (2.2, 256), (10, 448)])
def test_a_long_run_on_characters_gets_a_larger_network(minutes, units):
    c = resolve(Configuration(level="char", minutes=minutes))
    assert c.units == units
    own = Configuration(level="char", minutes=minutes, units=7, dropout=0.25)
    assert (resolve(own).units, resolve(own).dropout) == (7, 0.25)
    assert resolve(Configuration(level="word", minutes=minutes)).units == 200


def test_a_limit_of_steps_or_minutes_takes_the_place_of_the_default_epochs():
    assert resolve(Configuration()).epochs == 10
    assert resolve(Configuration(minutes=2)).epochs is None
    assert resolve(Configuration(steps=9)).epochs is None
    assert resolve(Configuration(steps=9, epochs=3)).epochs == 3


def test_a_dry_run_is_two_steps_whatever_was_asked():
    assert resolve(Configuration(dry_run=True, steps=900, minutes=9)).steps == 2
