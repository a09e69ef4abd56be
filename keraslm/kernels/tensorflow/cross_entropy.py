"""The cross-entropy on TensorFlow, with its gradient written out.

Math:   e_w = exp(l_w - max l),   Z = sum_w e_w,   -log P(y) = log Z - (l_y - max l)
        its gradient by l_w is e_w / Z - [w = y]

The e_w are kept, so that the backward pass reads them once, and the forward pass
looks up the target alone.
"""

import tensorflow as tf

from keraslm.kernels.tensorflow.graph import in_own_graph


def tensorflow_cross_entropy(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Do what `portable_cross_entropy` does; see there."""
    rows = tf.reshape(logits, (-1, logits.shape[-1]))
    nats = in_own_graph(_run)(tf.reshape(targets, (-1,)), rows)
    return tf.reshape(nats, tf.shape(targets))


def _run(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    @tf.custom_gradient
    def run(logits: tf.Tensor) -> tf.Tensor:
        top = tf.reduce_max(logits, -1)
        shares = tf.exp(logits - top[..., None])
        total = tf.reduce_sum(shares, -1)

        def gradient(d: tf.Tensor) -> tf.Tensor:
            target = tf.range(logits.shape[-1]) == targets[..., None]
            d, z = d[..., None], total[..., None]
            return tf.where(target, d * (shares / z - 1), d / z * shares)

        own = tf.gather(logits, targets, batch_dims=1)
        return tf.math.log(total) - (own - top), gradient

    return run(logits)
