"""Runs of models with hashed features: what they keep, and how they are continued."""

import types

import pytest

import keraslm
from keraslm.errors import UsageError
from keraslm.training.initial import initial_options
from keraslm.training.options import Configuration, resolve

FEATURES = {"skip": 1, "features": "hashed:10"}


@pytest.mark.parametrize(
    ("model", "more"),
    [
        ("maxent", {"skip": 1, "l1": 0.01}),
        ("gru", {"direct_order": 3, **FEATURES}),
        ("maxent", {"softmax": "classes", "classes": "3"}),
        ("gru", {"direct_order": 3, **FEATURES, "softmax": "classes"}),
    ],
)
def test_the_kept_model_gives_the_figure_of_the_card(runs, corpus, model, more):
    run, notes = runs(model, "word", **more)
    kept = keraslm.load(run.folder.path)
    found = kept.evaluate(corpus.test)
    assert found.nats_per_token == pytest.approx(run.card.nats_per_token, abs=1e-5)
    # its own figure, token by token in NumPy
    ids = kept.encoder.encode(corpus.test).tolist()
    stream, total = kept.stream(), 0.0
    for token_id in ids:
        total -= stream.next_log_probabilities()[token_id]
        stream.push(token_id)
    assert total / len(ids) == pytest.approx(run.card.nats_per_token, abs=1e-4)
    losses = [row["nats"] for row in notes.rows if row["split"] == "train"]
    assert losses[-1] < losses[0]


def continued(had, **asked):
    """Complete a run that continues a model of some options."""
    model = types.SimpleNamespace(metadata={"configuration": had})
    return resolve(initial_options(Configuration(**asked), model))


def test_a_run_that_goes_on_has_the_models_features():
    had = {"order": 4, **FEATURES}
    c = continued(had, model="maxent")
    assert (c.order, c.skip, c.features) == (4, 1, "hashed:10")
    with pytest.raises(UsageError, match="has order 4; received 3"):
        continued(had, model="maxent", order=3)
    c = continued({"direct_order": 3, **FEATURES}, model="gru")
    assert (c.direct_order, c.skip, c.features) == (3, 1, "hashed:10")
    with pytest.raises(UsageError, match="has no direct features; received direct_o"):
        continued({"units": 5}, model="gru", direct_order=3)


def test_characters_have_longer_features():
    words, characters = (
        resolve(Configuration(model="maxent", level=level))
        for level in ("word", "char")
    )
    assert (words.order, words.skip) == (3, 1)
    assert (characters.order, characters.skip) == (5, 0)


def test_the_rate_of_features_is_set_where_there_are_features():
    rates = [
        resolve(Configuration(**options)).feature_rate
        for options in (
            {"model": "maxent"},
            {"model": "lstm", "direct_order": 3},
            {"model": "lstm", "direct_order": 3, "optimizer": "sgd"},
            {"model": "lstm"},
        )
    ]
    assert rates == [20.0, 100.0, 1.0, None]
    with pytest.raises(UsageError, match="`feature_rate` is an option of features"):
        resolve(Configuration(model="lstm", feature_rate=2.0))
