"""Attention: its equations by hand, beside Keras's own layers, with masks."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers import AdditiveAttention, DotProductAttention

pytestmark = pytest.mark.backends

RNG = np.random.default_rng(0)
BATCH, QUERIES, KEYS, WIDTH, VALUES = 2, 4, 5, 6, 3
QUERY = RNG.normal(size=(BATCH, QUERIES, WIDTH)).astype("float32")
KEY = RNG.normal(size=(BATCH, KEYS, WIDTH)).astype("float32")
VALUE = RNG.normal(size=(BATCH, KEYS, VALUES)).astype("float32")
QUERY_MASK = np.array([[1, 1, 1, 0], [1, 0, 1, 1]], bool)
VALUE_MASK = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 0, 0]], bool)
KINDS = {"dot": DotProductAttention, "additive": lambda **k: AdditiveAttention(7, **k)}


def array(x):
    return ops.convert_to_numpy(x)


def close(found, expected):
    np.testing.assert_allclose(array(found), array(expected), atol=1e-5)


def both(layer, *inputs, mask=None, **given):
    """Give y and A."""
    mask = None if mask is None else [ops.convert_to_tensor(m) for m in mask]
    inputs = [ops.convert_to_tensor(x) for x in inputs]
    return layer(inputs, mask=mask, return_attention_scores=True, **given)


def test_dot_products_by_hand():
    # S = [2 x 1, 2 x 3] / sqrt(1) = [2, 6]; A = [1, e^4] / (1 + e^4)
    key, value = np.float32([[[1], [3]]]), np.float32([[[10], [20]]])
    shown, weights = both(DotProductAttention(), np.float32([[[2]]]), value, key)
    first = 1 / (1 + np.exp(4))
    close(weights, [[[first, 1 - first]]])
    close(shown, [[[10 * first + 20 * (1 - first)]]])


def test_sums_by_hand():
    # S_j = 3 tanh(2 x 0.1 + 0.5 k_j), k = 0 and 1
    layer = AdditiveAttention(1)
    query, key = np.float32([[[0.1]]]), np.float32([[[0], [1]]])
    layer.build([query.shape, key.shape])
    layer.set_weights([np.array([[2]]), np.array([[0.5]]), np.array([3])])
    _, weights = both(layer, query, key)
    scores = np.exp(3 * np.tanh([0.2, 0.7]))
    close(weights, [[scores / scores.sum()]])


@pytest.mark.parametrize("causal", [False, True])
def test_dot_products_are_those_of_keras(causal):
    given = {"mask": [QUERY_MASK, VALUE_MASK], "use_causal_mask": causal}
    stock = keras.layers.Attention()
    divided = QUERY / np.sqrt(WIDTH)  # which Keras's layer does not
    theirs = both(stock, divided, VALUE, KEY, **given)
    ours = both(DotProductAttention(), QUERY, VALUE, KEY, **given)
    sees = array(ours[1]).sum(-1) > 0  # of none, Keras's weights are a mean
    for one, two in zip(ours, theirs, strict=True):
        close(array(one)[sees], array(two)[sees])


@pytest.mark.parametrize("causal", [False, True])
def test_sums_are_those_of_keras(causal):
    given = {"mask": [QUERY_MASK, VALUE_MASK], "use_causal_mask": causal}
    stock, ours = keras.layers.AdditiveAttention(), AdditiveAttention(WIDTH)
    for layer in (stock, ours):
        layer.build([QUERY.shape, VALUE.shape, KEY.shape])
    scale = RNG.normal(size=WIDTH).astype("float32")
    stock.set_weights([scale])
    ours.set_weights([np.eye(WIDTH), np.eye(WIDTH), scale])
    theirs, ours = (both(x, QUERY, VALUE, KEY, **given) for x in (stock, ours))
    sees = array(ours[1]).sum(-1) > 0
    for one, two in zip(ours, theirs, strict=True):
        close(array(one)[sees], array(two)[sees])


def test_dot_products_are_a_head_of_keras_s_multi_head_attention():
    stock = keras.layers.MultiHeadAttention(1, WIDTH, use_bias=False)
    stock.build(QUERY.shape, KEY.shape, KEY.shape)
    to_query, to_key, to_value, out = RNG.normal(size=(4, WIDTH, WIDTH))
    shapes = [(WIDTH, 1, WIDTH)] * 3 + [(1, WIDTH, WIDTH)]
    kernels = (to_query, to_key, to_value, out)
    stock.set_weights([w.reshape(s) for w, s in zip(kernels, shapes, strict=True)])
    theirs = stock(QUERY, KEY)
    shown, _ = both(
        DotProductAttention(),
        *(
            (x @ w).astype("float32")
            for x, w in ((QUERY, to_query), (KEY, to_value), (KEY, to_key))
        ),
    )
    np.testing.assert_allclose(array(shown) @ out, array(theirs), atol=1e-4)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_weights_sum_to_one_over_what_is_seen_and_are_zero_elsewhere(kind, causal):
    layer = KINDS[kind]()
    mask = [np.ones_like(QUERY_MASK), VALUE_MASK]
    given = {"mask": mask, "use_causal_mask": causal}
    shown, weights = both(layer, 9 * QUERY, VALUE, KEY, **given)
    seen = np.broadcast_to(VALUE_MASK[:, None], array(weights).shape)
    seen = seen & np.tri(QUERIES, KEYS, dtype=bool) if causal else seen
    assert not array(weights)[~seen].any()
    some = seen.any(-1)
    close(array(weights).sum(-1), some.astype("float32"))
    assert some.all() == (not causal)  # the second text's first value is padding
    assert not array(shown)[~some].any()


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_nothing(kind):
    layer = KINDS[kind]()
    short = array(layer([QUERY, VALUE, KEY]))
    added = ((0, 0), (0, 3), (0, 0))
    more = [np.pad(x, added, constant_values=9) for x in (VALUE, KEY)]
    mask = np.arange(KEYS + 3) < KEYS
    masks = [np.ones_like(QUERY_MASK), np.tile(mask, (BATCH, 1))]
    close(both(layer, QUERY, *more, mask=masks)[0], short)


@pytest.mark.parametrize("kind", KINDS)
def test_masks_come_from_an_embedding_and_go_on(kind, tmp_path):
    asked, told = (keras.Input((None,), dtype="int32") for _ in range(2))
    embed = keras.layers.Embedding(9, 4, mask_zero=True)
    shown = KINDS[kind](name="attention")([embed(asked), embed(told)])
    model = keras.Model([asked, told], shown)
    questions, texts = np.array([[1, 2, 0]]), np.array([[3, 4, 5, 0, 0]])
    found = model.predict([questions, texts], verbose=0)
    assert not found[:, 2].any()
    again = model.predict([questions, texts[:, :3]], verbose=0)
    close(found, again)
    model.save(tmp_path / "model.keras")
    opened = keras.saving.load_model(tmp_path / "model.keras")
    close(opened.predict([questions, texts], verbose=0), found)
    assert model.get_layer("attention").compute_mask([1, 2], [QUERY_MASK, None]) is (
        QUERY_MASK
    )


def test_half_precision_weighs_in_single():
    layer = DotProductAttention(dtype="mixed_float16")
    query = np.full((1, 1, 4), 200, "float16")  # the scores, 80,000, are no float16
    key = np.stack([[query[0, 0], -query[0, 0]]]).astype("float16")
    shown, weights = both(layer, query / 10, key, key / 10)
    assert keras.backend.standardize_dtype(weights.dtype) == "float32"
    assert keras.backend.standardize_dtype(shown.dtype) == "float16"
    close(weights, [[[1, 0]]])


def test_what_is_no_list_of_two_or_three_is_refused():
    with pytest.raises(UsageError, match=r"\[query, value\] or \[query, value, key\]"):
        DotProductAttention()(ops.convert_to_tensor(QUERY))
    with pytest.raises(UsageError, match="units must be 1 or more; received 0"):
        AdditiveAttention(0)
