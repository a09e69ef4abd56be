"""What the products of a step are computed in."""

import keras
import numpy as np
import pytest
from keraslm.models.named_variables import to_numpy
from keraslm.training.carried import CarriedModel

from keraslm import processor
from keraslm.inference.stream import NetworkStream
from keraslm.kernels.precision import products_in, rounds
from keraslm.models import RecurrentModel
from keraslm.training import precision
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration, resolve

WITH = "processor : 0\nflags\t\t: fpu avx512_bf16 amx_bf16 amx_tile\n"
WITHOUT = "processor : 0\nflags\t\t: fpu avx512_bf16\n"


@pytest.mark.parametrize(
    ("described", "backend", "gpu", "expected"),
    [
        (WITH, "tensorflow", False, "bfloat16"),
        (WITH, "tensorflow", True, "float32"),
        (WITHOUT, "tensorflow", False, "float32"),
        (None, "tensorflow", False, "float32"),
        (WITH, "jax", False, "float32"),
    ],
)
def test_the_processor_and_the_backend_decide(
    described, backend, gpu, expected, tmp_path, monkeypatch
):
    file = tmp_path / "cpuinfo"
    if described is not None:
        file.write_text(described)
    monkeypatch.setattr(processor, "DESCRIPTION", file)
    monkeypatch.setenv("KERAS_BACKEND", backend)
    monkeypatch.setattr(precision, "may_have_gpu", lambda: True)
    monkeypatch.setattr("keraslm.kernels.gpu.has_gpu", lambda: gpu)
    assert precision.usual_precision() == expected
    assert resolve(Configuration()).precision == expected
    assert resolve(Configuration(precision="float32")).precision == "float32"
    assert resolve(Configuration(model="ngram")).precision is None


def one_step(network, weights, in_precision):
    """Train one step from some weights; give the loss and the weights after it."""
    network.set_weights(weights)
    model = CarriedModel(network, 32, 32 * 16, precision=in_precision)
    model.compile(
        new_optimizer(Configuration(optimizer="sgd", learning_rate=1.0)),
        jit_compile=keras.backend.backend() != "torch",
    )
    ids = np.random.default_rng(0).integers(0, 50, (32, 17), np.int32)
    given = {"ids": ids[:, :-1]}, ids[:, 1:], np.ones((32, 16), np.float32)
    model.train_on_batch(*given)
    total, tokens = model.nats_and_tokens
    return total / tokens, network.get_weights()


@pytest.mark.parametrize("options", [{}, {"tied": True}], ids=["plain", "tied"])
def test_a_step_in_bfloat16_is_nearly_that_in_float32(options):
    network = RecurrentModel(200, "lstm", 192, 192, 2, seed=0, **options)
    network.build_weights()
    start = network.get_weights()
    nats, after = one_step(network, start, "float32")
    nats_too, after_too = one_step(network, start, "bfloat16")
    assert nats_too == pytest.approx(nats, rel=1e-3)
    for weight, one, two in zip(start, after, after_too, strict=True):
        moved = np.abs(one - weight).max()
        assert 0 < np.abs(one - two).max() < 0.05 * moved
    again, _ = one_step(network, start, "float32")
    assert again == nats


def test_what_is_measured_and_written_is_not_rounded():
    network = RecurrentModel(200, "lstm", 192, 192, 2, seed=0)
    network.build_weights()
    one_step(network, network.get_weights(), "bfloat16")
    ids = np.random.default_rng(1).integers(2, 200, (32, 16), np.int32)
    with products_in("bfloat16"):
        assert rounds((32, 16, 192), 200)
    found = keras.ops.convert_to_numpy(network(ids))
    stream = NetworkStream(to_numpy(network), int(ids[0, 0]))
    for number in range(16):  # NumPy, one token at a time
        np.testing.assert_allclose(found[0, number], stream.logits, atol=1e-5)
        stream.push(int(ids[0, min(number + 1, 15)]))
