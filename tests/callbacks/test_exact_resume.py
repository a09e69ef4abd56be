"""A fit that was interrupted in mid-epoch goes on to the same weights, to the bit."""

import keras
import pytest

import keraslm
from keraslm import callbacks

pytestmark = pytest.mark.backends


class Interrupt(keras.callbacks.Callback):
    """Raises after a step, once."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_end(self, batch, logs=None):
        if (
            int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))
            == self.step
        ):
            self.step = None
            raise KeyboardInterrupt


def weights(model):
    return [keras.ops.convert_to_numpy(v).tobytes() for v in model.variables]


def test_the_same_callbacks_go_on(new_model, train, valid, tmp_path):
    valid = keraslm.Windows(valid, train.encoder, batch_size=1, time=12)

    def fit(model, listed):
        given = {"validation_data": valid, "epochs": 3, "verbose": 0}
        return model.fit(train, callbacks=listed, **given)

    stop = keras.callbacks.EarlyStopping("val_perplexity", patience=9)
    whole = new_model()
    expected = fit(whole, [stop]).history
    step = len(train) + len(train) // 2
    resume = callbacks.ExactResume(tmp_path / "checkpoint", steps=2)
    listed = [resume, Interrupt(step), stop]
    model = new_model()
    with pytest.raises(KeyboardInterrupt):
        fit(model, listed)
    found = fit(model, listed).history
    assert weights(model) == weights(whole)
    assert found["val_perplexity"] == expected["val_perplexity"][1:]
    assert found["perplexity"] == expected["perplexity"][1:]  # of the whole epoch


def test_a_new_process_goes_on_with_a_new_model(new_model, train, tmp_path):
    whole, killed, again = new_model(), new_model(), new_model()
    whole.fit(train, epochs=2, verbose=0)
    path, step = tmp_path / "checkpoint", len(train) // 2 + 1
    listed = [callbacks.ExactResume(path, steps=1), Interrupt(step)]
    with pytest.raises(KeyboardInterrupt):
        killed.fit(train, epochs=2, verbose=0, callbacks=listed)
    again.evaluate(train, verbose=0)  # what it measured before is no hindrance
    train.epoch = 0
    resume = callbacks.ExactResume(path, steps=1)
    again.fit(train, epochs=2, verbose=0, callbacks=[resume])
    assert weights(again)[: len(weights(whole))] == weights(whole)


def test_another_training_is_refused(new_model, train, tmp_path):
    def fit(rate):
        model = new_model()
        model.optimizer.learning_rate.assign(rate)
        resume = callbacks.ExactResume(tmp_path / "checkpoint", steps=1)
        model.fit(train, verbose=0, callbacks=[resume])

    fit(0.01)
    with pytest.raises(keraslm.errors.UsageError, match="whose optimizer was"):
        fit(0.5)
