"""The weights of attention on NumPy are those of the Keras layers."""

import numpy as np
import pytest
from keras import ops

import keraslm
from keraslm.errors import CorpusError, UsageError
from keraslm.layers import causal_self_attention
from keraslm.probes import attention_weights
from keraslm.text.text import Text

SIZE, LAYERS, HEADS, CONTEXT = 6, 2, 2, 5
IDS = np.random.default_rng(4).integers(0, SIZE, 9)


@pytest.fixture(scope="module")
def model():
    model = keraslm.models.transformer(
        SIZE, layers=LAYERS, heads=HEADS, units=8, context=CONTEXT
    )
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0, 0.7, w.shape) for w in model.get_weights()])
    return model


@pytest.mark.backends
def test_they_are_what_the_keras_layers_compute(model, monkeypatch):
    computed = []
    weights_of = causal_self_attention.weights_of

    def kept(scores, mask):
        computed.append(ops.convert_to_numpy(weights_of(scores, mask)))
        return computed[-1]

    monkeypatch.setattr(causal_self_attention, "weights_of", kept)
    model(np.array([[1, *IDS]]))  # 1 is the boundary
    found = attention_weights(model, IDS)
    assert found.values.shape == (LAYERS, HEADS, 10, 10)
    np.testing.assert_allclose(found.values, np.concatenate(computed), atol=1e-6)


def test_a_row_sums_to_one_over_what_may_be_seen(model):
    values = attention_weights(model, IDS).values
    np.testing.assert_allclose(values.sum(axis=-1), 1, atol=1e-6)
    behind = np.arange(10)[:, None] - np.arange(10)
    assert not values[..., (behind < 0) | (behind >= CONTEXT)].any()
    assert (values[..., (behind >= 0) & (behind < CONTEXT)] > 0).all()


def test_the_future_changes_no_row(model):
    other = [*IDS[:5], *(IDS[5:] + 1) % SIZE]
    one, two = (attention_weights(model, ids).values for ids in (IDS, other))
    np.testing.assert_array_equal(one[:, :, :6], two[:, :, :6])
    assert np.abs(one - two).max() > 1e-3


def test_equal_scores_give_equal_weights():
    model = keraslm.models.transformer(4, layers=1, heads=1, units=2, context=3)
    model.set_weights([0 * w for w in model.get_weights()])
    # all scores 0: 1 of 1, 1/2 of 2, then 1/3 of the last three
    third = 1 / 3
    assert attention_weights(model, [2, 3, 2]).values[0, 0] == pytest.approx(
        np.array(
            [
                [1, 0, 0, 0],
                [0.5, 0.5, 0, 0],
                [third, third, third, 0],
                [0, third, third, third],
            ]
        )
    )


def test_a_table_has_a_row_for_each_token_that_another_sees():
    tokens = keraslm.TextEncoder.fit(Text.from_string("a b\n"), level="word")
    model = keraslm.models.transformer(tokens, layers=2, heads=2, units=4)
    found = attention_weights(model.language_model, "b a")
    assert found.tokens == ("</s>", "b", "a")
    assert len(found.table()) == 2 * 2 * (1 + 2 + 3)
    one = found.only(layer=2, head=1)
    table = one.table()
    assert one.values.shape == (1, 1, 3, 3)
    np.testing.assert_array_equal(one.values[0, 0], found.values[1, 1])
    assert table["layer"].unique().tolist() == [2]
    assert table["head"].unique().tolist() == [1]
    assert table["seen token"].tolist() == ["</s>", "</s>", "b", "</s>", "b", "a"]
    row = table[(table["place"] == 2) & (table["seen place"] == 1)]
    assert row["weight"].item() == found.values[1, 1, 2, 1]


def test_what_has_no_heads_is_refused(model, build):
    with pytest.raises(UsageError, match="no heads of attention"):
        attention_weights(keraslm.CausalLM(build("lstm")), [2])
    with pytest.raises(UsageError, match="`layer` must lie from 1 to 2; received 3"):
        attention_weights(model, IDS).only(layer=3)
    with pytest.raises(UsageError, match="`head` must lie from 0 to 1; received 2"):
        attention_weights(model, IDS).only(head=2)
    with pytest.raises(UsageError, match="ids from 0 to 5"):
        attention_weights(model, [6])
    with pytest.raises(UsageError, match="no vocabulary"):
        attention_weights(model, "a")
    with pytest.raises(CorpusError, match="at least one token"):
        attention_weights(model, [])
