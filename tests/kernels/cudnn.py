"""cuDNN's equations without a GPU, for what calls it; notes how long a sequence is."""

import importlib

import keras


def stand_in(monkeypatch):
    """Let Keras believe that there is cuDNN; give the list of the lengths it read."""
    lengths = []
    backend = keras.backend.backend()
    module = importlib.import_module(f"keras.src.backend.{backend}.rnn")
    monkeypatch.setattr(module, "_is_gpu_available", lambda: True)
    if backend == "tensorflow":
        monkeypatch.setattr(module.tf.raw_ops, "CudnnRNNV3", _of_tensorflow(lengths))
        built = {"is_cuda_build": True, "is_rocm_build": False}
        monkeypatch.setattr(module.tf.sysconfig, "get_build_info", lambda: built)
    else:
        monkeypatch.setattr("jax.experimental.rnn.lstm", _of_jax(lengths))
    return lengths


def _of_jax(lengths):
    from jax.experimental import rnn

    def lstm(x, h, c, weights, seq_lengths, **sizes):
        lengths.append(x.shape[1])
        given = {k: v for k, v in sizes.items() if k != "dropout"}
        parts = rnn.unpack_lstm_weights(weights, **given)
        sizes = sizes.values()  # input, hidden, layers, dropout, bidirectional
        return rnn.lstm_ref(x, h, c, *parts, seq_lengths, *sizes)

    return lstm


def _of_tensorflow(lengths):
    import tensorflow as tf

    def run(input_h, input_c, params, rnn_mode, sequence_lengths, **given):
        """Read rows (batch, time, features), each up to its length, then show zeros."""
        x = given["input"]
        lengths.append(x.shape[1])
        kernel, recurrent, bias, state_bias = _unpacked(
            params, x.shape[-1], input_h.shape[-1], 4 if rnn_mode == "lstm" else 3
        )
        h = input_h[:, 0]
        c = input_c[:, 0] if rnn_mode == "lstm" else h
        step = {"lstm": lstm, "gru": gru}[rnn_mode]
        shown = []
        for t in range(x.shape[1]):
            z = [x[:, t] @ w + b for w, b in zip(kernel, bias, strict=True)]
            a = [h @ u + b for u, b in zip(recurrent, state_bias, strict=True)]
            goes_on = (t < sequence_lengths)[:, None]
            next_h, next_c = step(z, a, h, c)
            h, c = tf.where(goes_on, next_h, h), tf.where(goes_on, next_c, c)
            shown.append(tf.where(goes_on, h, 0.0))
        return tf.stack(shown, 1), h[:, None], c[:, None], None, None

    def lstm(z, a, _, c):
        i, f, g, o = (x + y for x, y in zip(z, a, strict=True))
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        return tf.sigmoid(o) * tf.tanh(c), c

    def gru(z, a, h, c):
        reset, keep = (tf.sigmoid(x + y) for x, y in zip(z[:2], a[:2], strict=True))
        new = tf.tanh(z[2] + reset * a[2])
        return (1 - keep) * new + keep * h, c

    return run


def _unpacked(params, features, units, gates):
    """Take a cell's matrices, gate by gate and row by row, and its two biases."""
    import tensorflow as tf

    sizes = [units * features] * gates + [units * units] * gates + [units] * 2 * gates
    parts = tf.split(params, sizes)
    kernel = [tf.transpose(tf.reshape(p, (units, -1))) for p in parts[:gates]]
    recurrent = [
        tf.transpose(tf.reshape(p, (units, -1))) for p in parts[gates : 2 * gates]
    ]
    return kernel, recurrent, parts[2 * gates : 3 * gates], parts[3 * gates :]
