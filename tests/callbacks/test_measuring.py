"""What callbacks measure in Keras's own `fit`, and who sees it."""

import keras
import numpy as np
import pandas as pd
import pytest

import keraslm
from keraslm import callbacks


def test_the_exact_perplexity_is_that_of_evaluate_and_is_seen_by_those_before_it(
    model, train, valid, tmp_path
):
    stop = keras.callbacks.EarlyStopping("exact_perplexity", patience=9)
    csv = keras.callbacks.CSVLogger(str(tmp_path / "log.csv"))
    exact = callbacks.ExactPerplexity(valid)
    fitted = model.fit(train, epochs=2, verbose=0, callbacks=[stop, csv, exact])
    model.save(tmp_path / "model.keras")
    card = keraslm.load(tmp_path / "model.keras").evaluate(valid)
    told = fitted.history["exact_perplexity"]
    assert told[-1] == pytest.approx(card.perplexity, rel=1e-6)
    assert stop.best == min(told)
    read = pd.read_csv(tmp_path / "log.csv")["exact_perplexity"]
    np.testing.assert_allclose(read, told, rtol=1e-6)


def test_a_text_is_written_before_after_each_epoch_and_the_same_again(
    model, train, tmp_path
):
    said = []
    write = callbacks.WriteText("the ", 6, report=lambda *one: said.append(one))
    model.fit(train, epochs=2, verbose=0, callbacks=[write])
    steps = [heading.split(",")[0] for heading, _ in said]
    assert steps == ["step 0", f"step {len(train)}", f"step {2 * len(train)}"]
    again = model.generate("the ", 6, callbacks.write_text.TEMPERATURE, seed=0)
    assert said[-1][1] == str(again).strip("\n")


@pytest.mark.backends
def test_the_norm_is_that_of_the_gradient_and_the_optimizer_stays_as_it_was(
    model, train, tmp_path
):
    model.compile(keras.optimizers.SGD(1.0))
    before = [keras.ops.convert_to_numpy(v) for v in model.trainable_variables]
    norm, one = callbacks.GradientNorm(), callbacks.StopAfter(steps=1)
    fitted = model.fit(train, verbose=0, callbacks=[norm, one])
    after = [keras.ops.convert_to_numpy(v) for v in model.trainable_variables]
    # at a rate of 1 a weight moves by its gradient
    pairs = zip(before, after, strict=True)
    moved = np.sqrt(sum(((b - a) ** 2).sum() for b, a in pairs))
    assert fitted.history["gradient_norm"] == [pytest.approx(moved, rel=1e-4)]
    assert len(model.optimizer.variables) == 2  # the step and the rate
    model.save(tmp_path / "model.keras")
    opened = keras.saving.load_model(tmp_path / "model.keras")
    assert int(opened.optimizer.iterations) == 1


def test_progress_prints_the_figures_of_an_epoch(model, train, capsys):
    model.fit(train, epochs=2, verbose=0, callbacks=[callbacks.Progress(1e9)])
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"step {len(train)}, epoch 1, ")
    assert ", perplexity " in second
    assert f"step {2 * len(train)}, epoch 2, " in second


def test_training_stops_after_its_steps(model, train):
    stop = callbacks.StopAfter(steps=len(train) + 1)
    model.fit(train, epochs=9, verbose=0, callbacks=[stop])
    assert int(model.optimizer.iterations) == len(train) + 1
    with pytest.raises(keraslm.errors.UsageError, match="received `minutes=None`"):
        callbacks.StopAfter()


def test_the_best_model_is_kept_with_its_vocabulary(model, train, valid, tmp_path):
    model.compile(keras.optimizers.SGD(20.0))  # it gets worse, too
    exact = callbacks.ExactPerplexity(valid, steps=1)
    best = callbacks.BestModel(tmp_path / "best.keras", "exact_perplexity")
    log = callbacks.LogHistory(str(tmp_path / "history.csv"), exact=exact)
    model.fit(train, epochs=2, verbose=0, callbacks=[log, exact, best])
    history = pd.read_csv(tmp_path / "history.csv")
    lowest = history[history["split"] == "valid"]["perplexity"].min()
    kept = keraslm.load(tmp_path / "best.keras").evaluate(valid)
    assert kept.perplexity == pytest.approx(lowest, rel=1e-5)
