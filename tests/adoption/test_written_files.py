"""What adopt writes is opened again before it is said to be written."""

import keras
import numpy as np
import pytest
from keras import layers

import keraslm
from keraslm.adoption import Adoption, adopt
from keraslm.errors import ModelFileError, UsageError
from keraslm.models import KerasLanguageModel, saving
from keraslm.models.adopted import AdoptedRecurrent
from keraslm.probes import activations

SIZE = 6  # of the vocabulary of conftest


def network(time, *middle):
    """Ids of a window to the logits of the next token."""
    ends = keras.Input((time,)), layers.Embedding(SIZE, 3)
    return keras.Sequential([*ends, *middle, layers.Dense(SIZE)])


def both_ways(**how):
    return layers.Bidirectional(layers.LSTM(3, **how))


NETWORKS = {
    "both directions of a window": lambda: network(4, both_ways()),
    "both directions twice": lambda: network(
        4, both_ways(return_sequences=True), both_ways()
    ),
    "both directions of any window": lambda: network(None, both_ways()),
    "another layer for the way back": lambda: network(
        4,
        layers.Bidirectional(
            layers.LSTM(3), backward_layer=layers.GRU(3, go_backwards=True)
        ),
    ),
    "cells": lambda: network(4, layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)])),
    "a window of 1500": lambda: network(1500, layers.GlobalAveragePooling1D()),
}


SLOW = ("both directions of any window", "a window of 1500")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long if name in SLOW else ())
        for name in NETWORKS
    ],
)
def test_what_is_written_opens_and_predicts_the_same(saved, tmp_path, name):
    _, path, tokens = saved(NETWORKS[name])
    model = adopt(path, tokens)
    model.save(tmp_path / "adopted.keras")
    again = keraslm.load(tmp_path / "adopted.keras")
    ours, theirs = (m.next_token_probabilities("abcde\nab") for m in (model, again))
    assert ours == pytest.approx(theirs, rel=1e-6)


def test_a_context_that_no_file_may_have_is_refused(saved):
    _, path, tokens = saved("convolution")
    with pytest.raises(UsageError, match="`context` may be at most 8192 tokens"):
        adopt(path, tokens, Adoption(context=8193))


def test_a_file_that_does_not_open_is_not_written(saved, tmp_path, monkeypatch):
    _, path, tokens = saved("id_window")
    model = adopt(path, tokens)

    def refuse(network, file):
        raise ModelFileError(f"{file} is damaged: so it is")

    monkeypatch.setattr(saving, "check_stock", refuse)
    with pytest.raises(
        ModelFileError, match="could not be opened again: it is damaged"
    ):
        model.save(tmp_path / "adopted.keras")
    assert not (tmp_path / "adopted.keras").exists()


def test_a_name_that_is_not_utf8_is_shown_as_far_as_it_is(saved, tmp_path):
    _, path, tokens = saved("id_window")
    odd = path.rename(path.with_name("caf\udce9.keras"))
    model = adopt(odd, tokens)
    model.save(tmp_path / "caf\udce9.adopted.keras")
    again = keraslm.load(tmp_path / "caf\udce9.adopted.keras")
    assert again.name == "caf\ufffd (adopted)"


def test_a_file_whose_network_has_its_states_outside_still_opens(saved, tmp_path):
    ids, state = keras.Input((None,), dtype="int32"), keras.Input((4,))
    layer = layers.GRU(4, return_sequences=True, return_state=True)
    shown, after = layer(layers.Embedding(SIZE, 3)(ids), initial_state=[state])
    outside = keras.Model([ids, state], [layers.Dense(SIZE)(shown), after])
    plain = network(None, layers.GRU(4, return_sequences=True))
    _, path, tokens = saved(lambda: plain)
    now = adopt(path, tokens)
    outside.set_weights(plain.get_weights())
    own = now.keras_model.get_config()
    numbers = {n: own[n] for n in ("places", "unknown", "given", "scores")}
    model = AdoptedRecurrent(outside, **numbers)
    KerasLanguageModel(model, now.encoder, "old").save(tmp_path / "old.keras")
    old = keraslm.load(tmp_path / "old.keras")
    text = now.encoder.encode("abcab\nead")
    expected = now.log_probabilities(text)
    np.testing.assert_allclose(old.log_probabilities(text), expected, atol=1e-5)
    units = activations(old, text).values
    np.testing.assert_allclose(units, activations(now, text).values, atol=1e-5)
