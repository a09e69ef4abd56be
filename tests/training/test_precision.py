"""What the products of a step are computed in."""

import keras
import numpy as np
import pytest

from keraslm import models, processor
from keraslm.kernels.precision import products_in, rounds
from keraslm.training import precision
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration, resolve

pytestmark = pytest.mark.xla

WITH = "processor : 0\nflags\t\t: fpu avx512_bf16 amx_bf16 amx_tile\n"
VECTORS = "processor : 0\nflags\t\t: fpu avx512_bf16 avx_vnni\n"
WITHOUT = "processor : 0\nflags\t\t: fpu avx512f avx512_bf16x\n"


@pytest.mark.parametrize(
    ("described", "backend", "gpu", "expected"),
    [
        (WITH, "tensorflow", False, "bfloat16"),
        (VECTORS, "tensorflow", False, "bfloat16"),
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


def network(**options):
    return models.lstm(200, embedding=192, units=192, layers=2, seed=0, **options)


def one_step(model, weights, in_precision):
    """Train one step from some weights; give the loss and the weights after it."""
    model.set_weights(weights)
    model.compile(
        new_optimizer(Configuration(optimizer="sgd", learning_rate=1.0)),
        precision=in_precision,
    )
    ids = np.random.default_rng(0).integers(0, 50, (32, 17), np.int32)
    told = model.train_on_batch(ids[:, :-1], ids[:, 1:], return_dict=True)
    return float(told["loss"]), model.get_weights()


@pytest.mark.parametrize("options", [{}, {"tied": True}], ids=["plain", "tied"])
def test_a_step_in_bfloat16_is_nearly_that_in_float32(options):
    model = network(**options)
    start = model.get_weights()
    nats, after = one_step(model, start, "float32")
    nats_too, after_too = one_step(model, start, "bfloat16")
    assert nats_too == pytest.approx(nats, rel=1e-3)
    for weight, one, two in zip(start, after, after_too, strict=True):
        if np.issubdtype(weight.dtype, np.floating):
            moved = np.abs(one - weight).max()
            assert 0 < np.abs(one - two).max() < 0.05 * moved
    again, _ = one_step(model, start, "float32")
    assert again == nats


def test_what_is_measured_is_not_rounded():
    model = network()
    one_step(model, model.get_weights(), "bfloat16")
    ids = np.random.default_rng(1).integers(2, 200, (32, 16), np.int32)
    with products_in("bfloat16"):
        assert rounds((32, 16, 192), 200)
    found = keras.ops.convert_to_numpy(model(ids))
    found -= np.log(np.exp(found).sum(axis=-1, keepdims=True))
    targets = np.roll(ids, -1, axis=1)
    nats = -np.take_along_axis(found, targets[..., None], -1).mean()
    told = model.test_on_batch(ids, targets, return_dict=True)
    assert float(told["loss"]) == pytest.approx(nats, rel=1e-6)
