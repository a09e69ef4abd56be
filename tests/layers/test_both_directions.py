"""Layers that see both sides: Keras's own attention, masks, and what is moved where."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers import (
    BackwardSelfAttention,
    BothSides,
    CausalSelfAttention,
    SelfAttention,
    TransformerBlock,
)

pytestmark = pytest.mark.backends
HEADS, WIDTH = 2, 8
RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 7, WIDTH)).astype("float32")


def array(x):
    return ops.convert_to_numpy(x)


def test_it_is_keras_s_multi_head_attention():
    ours = SelfAttention(HEADS, positions=None)
    stock = keras.layers.MultiHeadAttention(HEADS, WIDTH // HEADS, use_bias=False)
    ours.build(X.shape)
    stock.build(X.shape, X.shape)
    project, out = (RNG.normal(size=w.shape) for w in ours.get_weights())
    ours.set_weights([project, out])
    by_head = (WIDTH, HEADS, WIDTH // HEADS)
    parts = [part.reshape(by_head) for part in np.split(project, 3, axis=1)]
    stock.set_weights([*parts, out.reshape(HEADS, WIDTH // HEADS, WIDTH)])
    np.testing.assert_allclose(array(ours(X)), array(stock(X, X)), atol=1e-5)


@pytest.mark.parametrize("layer", [SelfAttention, TransformerBlock])
def test_every_position_sees_all_and_none_that_is_masked(layer):
    made = layer(HEADS) if layer is SelfAttention else layer(HEADS, causal=False)
    changed = X.copy()
    changed[:, 5] += 1
    assert (abs(array(made(X)) - array(made(changed))).max(axis=(0, 2)) > 1e-5).all()
    there = np.tile(np.arange(7) < 5, (3, 1))
    read = array(made(X, mask=ops.convert_to_tensor(there)))[:, :5]
    np.testing.assert_allclose(read, array(made(X[:, :5])), atol=1e-5)
    again = type(made).from_config(made.get_config())
    assert again.get_config() == made.get_config()


def test_a_window_is_refused():
    with pytest.raises(UsageError, match="has no window; received window=3"):
        SelfAttention(HEADS, window=3)


def test_both_sides_by_hand():
    # forward 1, 2, 3 and backward 4, 5, 6: before and behind each place
    x = np.array([[[1, 4], [2, 5], [3, 6]]], "float32")
    assert array(BothSides()(x)).tolist() == [[[0, 5], [1, 6], [2, 0]]]
    there = ops.convert_to_tensor([[True, True, False]])
    assert array(BothSides()(x, mask=there)).tolist() == [[[0, 5], [1, 0], [2, 0]]]


@pytest.mark.parametrize("window", [None, 1, 3])
def test_attention_from_behind_is_causal_attention_of_the_reversed_text(window):
    # what is seen rests on the distance of two places, so both turn alike
    behind, before = (
        kind(HEADS, window) for kind in (BackwardSelfAttention, CausalSelfAttention)
    )
    for layer in (behind, before):
        layer.build(X.shape)
    project, out = (RNG.normal(size=w.shape) for w in behind.get_weights())
    behind.set_weights([project, out])
    # r_i(q) . r_j(k) = q . r_(j-i)(k): read from the end, every angle changes its sign,
    # as it does if the second half of each q and k is negated
    width = WIDTH // HEADS
    sign = np.tile(np.repeat([1, -1], width // 2), 2 * HEADS)
    mirrored = project * np.concatenate([sign, np.ones(WIDTH)])
    before.set_weights([mirrored, out])
    expected = array(before(X[:, ::-1]))[:, ::-1]
    np.testing.assert_allclose(array(behind(X)), expected, atol=1e-4)
    assert behind.get_initial_state(3) == []
    block = TransformerBlock(HEADS, window, backwards=True)
    changed = X.copy()
    changed[:, 3] += 1
    off = abs(array(block(X)) - array(block(changed))).max(axis=(0, 2)) > 1e-6
    reach = 7 if window is None else window
    assert off.tolist() == [0 <= 3 - place < reach for place in range(7)]
    with pytest.raises(UsageError, match="both sides has no `backwards`"):
        TransformerBlock(HEADS, causal=False, backwards=True)
