"""The answers that the checker holds, against keraslm and against hand arithmetic."""

import math

import numpy as np
import pytest

from keraslm.counts.kneser_ney import KneserNey
from keraslm.counts.model import NgramModel
from keraslm.course.child import decode, encode
from keraslm.course.comparison import equal
from keraslm.course.contents import lesson
from keraslm.text import TextEncoder, tokenizer_named
from tests.course.files import SENTENCES


def answer(name, function):
    return lesson(name).exercises[function].answer


def test_kneser_ney_is_keraslm_s():
    text = "\n".join(SENTENCES) + "\n"
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), text)
    D = 0.6
    model = NgramModel.train(encoder, ids, 2, KneserNey([0.0, D]))
    counts = answer("counting", "bigram_counts")([s.split() for s in SENTENCES])
    history = "the"
    found = answer("smoothing", "kneser_ney")(counts, history, D)
    theirs = model.next_token_probabilities(history)
    for word, p in found.items():
        assert theirs[encoder.vocabulary[word]] == pytest.approx(p, abs=1e-9)


def test_hand_arithmetic():
    # D = 2/(2 + 2*1) = 1/2
    assert answer("smoothing", "discount")([1, 1, 2, 5]) == 0.5
    # nats a token * tokens / (log 2 * characters) = log 2 * 2 / (log 2 * 8)
    assert answer("perplexity", "bits_per_character")(math.log(2), 2, 8) == 0.25
    # half is left after one step with f = 1/2, and after 103.2 with f = sigmoid(5)
    assert answer("gates", "steps_to_half")(0.0) == 1
    assert round(answer("gates", "steps_to_half")(5.0), 1) == 103.2
    # 3, 4: the norm is 5
    clipped = answer("gates", "clip_by_norm")([np.array([3.0]), np.array([4.0])], 1)
    assert np.concatenate(clipped).tolist() == pytest.approx([0.6, 0.8])
    # KL((1, 0) || (1/2, 1/2)) = log 2
    p, q = np.array([1.0, 0]), np.array([0.5, 0.5])
    assert answer("truth", "divergence")(p, q) == pytest.approx(math.log(2))


def test_contributions_add_up_to_the_derivative():
    x, h, w, u, e = [0.3, -1.0, 0.5], 0.2, 0.7, 0.9, 1e-6

    def last(u):
        state = h
        for x_t in x:
            state = math.tanh(w * x_t + u * state)
        return state

    slope = (last(u + e) - last(u - e)) / (2 * e)
    found = answer("recurrence", "contributions")(x, h, w, u)
    assert sum(found) == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1.5,
        "ä\ud800",
        [1, (2, {"a": [None]})],
        {("a", "b"): 1, 2: (3,)},
        np.eye(2),
        np.array([True]),
        np.zeros((0, 3)),
        math.inf,
    ],
    ids=repr,
)
def test_a_value_that_crosses_is_the_same(value):
    import json

    found = decode(json.loads(json.dumps(encode(value))))
    assert type(found) is type(value)
    assert (
        np.array_equal(found, value)
        if isinstance(value, np.ndarray)
        else found == value
    )


@pytest.mark.parametrize(
    ("right", "value", "same"),
    [
        (1.0, 1, True),
        (1.0, 1 + 1e-9, True),
        (1.0, 1.001, False),
        (1.0, "1", False),
        (1.0, None, False),
        (0.0, float("nan"), False),
        (1.0, 10**400, False),
        (float("inf"), float("inf"), True),
        ((1, 2), [1, 2], True),
        ([1, 2], [1, 2, 3], False),
        ([1, 2], np.array([1, 2]), True),
        (np.array([1.0, 2]), [1, 2], True),
        (np.array([1.0, 2]), [[1, 2]], False),
        (np.array([1.0, 2]), [1, [2]], False),
        (np.array([1.0, 2]), ["1", "2"], False),
        (np.array([1.0, 2]), {"array": 1}, False),
        (np.array([1.0]), [10**400], False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1}, [("a", 1)], False),
        ("a", "a", True),
    ],
)
def test_what_is_equal(right, value, same):
    assert equal(right, value) is same
