"""A transformer on NumPy: its states stay as they are, and streams part anywhere."""

import numpy as np
import pytest

from keraslm.errors import ModelFileError
from keraslm.inference.building import build
from keraslm.inference.rows import next_of_each, push_each
from keraslm.inference.stream import NetworkStream, NetworkStreams
from keraslm.inference.transformer import block_name, shapes_of_block

SIZE, WIDTH, CONTEXT = 6, 8, 5
CONFIG = {
    "vocabulary_size": SIZE,
    "layers": 2,
    "heads": 2,
    "units": WIDTH,
    "context": CONTEXT,
}


def arrays():
    shapes = {"embed/vars/0": (SIZE, WIDTH), "last_norm/vars/0": (WIDTH,)}
    shapes |= {"layers/dense/vars/0": (WIDTH, SIZE), "layers/dense/vars/1": (SIZE,)}
    for number in range(2):
        own = shapes_of_block(WIDTH).items()
        shapes |= {f"{block_name(number)}/{name}": shape for name, shape in own}
    rng = np.random.default_rng(0)
    return {n: rng.normal(0, 0.5, s).astype(np.float32) for n, s in shapes.items()}


@pytest.fixture(scope="module")
def network():
    return build("a test", "transformer", CONFIG, arrays())


def after(network, ids):
    stream = NetworkStream(network, 1)
    stream.extend(ids)
    return stream


def close(found, expected):
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_fork_leaves_the_stream_and_its_states_as_they_were(network):
    ids = [2, 3, 4, 5, 2, 2, 3, 0]
    stream = after(network, ids)
    kept = stream.state
    copies = [(k.copy(), v.copy()) for k, v in kept[1]]
    fork = stream.fork()
    fork.extend([4] * 7)
    for (k, v), (k_then, v_then) in zip(kept[1], copies, strict=True):
        np.testing.assert_array_equal(k, k_then)
        np.testing.assert_array_equal(v, v_then)
    stream.push(5)
    close(stream.logits, after(network, [*ids, 5]).logits)
    close(fork.logits, after(network, [*ids, *[4] * 7]).logits)


@pytest.mark.parametrize("lengths", [(9, 9), (9, 23), (2, 9), (0, 3)])
def test_streams_of_any_lengths_are_stepped_together(network, lengths):
    texts = [list(np.arange(length) % 4 + 2) for length in lengths]
    streams = [after(network, text) for text in texts]
    push_each(streams, [3, 4])
    expected = [
        after(network, [*text, k]) for text, k in zip(texts, (3, 4), strict=True)
    ]
    close(next_of_each(streams), [s.next_log_probabilities() for s in expected])


def test_several_texts_are_written_side_by_side(network):
    texts = np.random.default_rng(1).integers(0, SIZE, (3, 20))
    together = NetworkStreams(network, 3, 1)
    for column in texts.T:
        together.push(column)
    close(together.logits, [after(network, text.tolist()).logits for text in texts])


def test_a_token_beyond_reach_is_forgotten(network):
    # layers x (context - 1) = 8 tokens before the last one are seen
    rest = [2, 3, 4, 5, 2, 0, 3, 4, 5]
    close(after(network, [2, *rest]).logits, after(network, [5, 5, 5, *rest]).logits)
    one, two = (after(network, [first, *rest[1:]]).logits for first in (2, 5))
    assert np.abs(one - two).max() > 1e-6


def test_it_goes_on_exactly_at_a_position_of_a_billion(network):
    ids = [2, 3, 4, 5, 2, 0, 3, 4, 5, 3, 2]
    far = NetworkStream(network, 1)
    far.state = (np.int64(10**9), network.initial_state(1)[1])
    near = NetworkStream(network, 1)
    near.state = network.initial_state(1)
    for stream in (far, near):
        stream.extend(ids)
    np.testing.assert_allclose(far.logits, near.logits, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"heads": 3}, "no multiple of twice 3 heads"),
        ({"layers": 3}, "asks for weights blocks/transformer_block_2"),
        ({"layers": 1}, "which its config does not ask for"),
        ({"units": 16}, r"embed/vars/0 of shape \(6, 16\)"),
    ],
)
def test_a_damaged_file_is_said(change, words):
    with pytest.raises(ModelFileError, match=words):
        build("a test", "transformer", {**CONFIG, **change}, arrays())


def test_an_ablated_head_is_one_whose_output_is_projected_to_zero(network):
    ids = np.array([2, 3, 4, 5, 2, 0])
    for layer, head in np.ndindex(2, 2):
        given = arrays()
        rows = slice(head * WIDTH // 2, (head + 1) * WIDTH // 2)
        given[f"{block_name(layer)}/attention/output_project/vars/0"][rows] = 0
        shares = np.ones((2, 2), np.float32)
        shares[layer, head] = 0
        state = network.initial_state(1)
        for token in ids:
            logits, state, _ = network.read(token, state, shares)
        other = build("a test", "transformer", CONFIG, given)
        state = other.initial_state(1)
        for token in ids:
            expected, state = other.step(token, state)
        close(logits, expected)


def test_each_text_has_its_own_ablations(network):
    shares = np.ones((3, 2, 2), np.float32)
    shares[1, 0, 1] = shares[2, 1, 0] = 0
    together, alone = network.initial_state(1, (3,)), [network.initial_state(1)] * 3
    for token in (2, 3, 4, 5, 2, 0):
        logits, together, looks = network.read(np.full(3, token), together, shares)
        each = [
            network.read(token, state, own)
            for state, own in zip(alone, shares, strict=True)
        ]
        alone = [state for _, state, _ in each]
    close(logits, [own for own, _, _ in each])
    close(looks[1], [own[1] for _, _, own in each])
