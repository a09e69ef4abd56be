"""A `tf.data.Dataset` that an epoch's end need not wait for.

TensorFlow tunes a dataset's buffers in a thread that sleeps longer and longer, up to a
minute. Where an iterator of the dataset ends, it wakes that thread before the thread
can see that it is to end; a quick one sleeps again, and training waits for it.
"""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

AHEAD = 2  # batches that are made before they are asked for


def without_tuning(dataset: Any) -> Any:
    """Give the same dataset, of which nothing is tuned."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def dataset_of(batches: Any) -> Any:
    """Give the batches of a PyDataset, those of its present epoch at each reading.

    Shapes: every array as the batches have it, all of its sizes free
    """

    def in_order() -> Iterator[Any]:
        for number in range(len(batches)):
            yield batches[number]

    shapes = keras.tree.map_structure(
        lambda x: tf.TensorSpec([None] * np.ndim(x), np.asarray(x).dtype), batches[0]
    )
    dataset = tf.data.Dataset.from_generator(in_order, output_signature=shapes)
    count = tf.data.experimental.assert_cardinality(len(batches))
    return without_tuning(dataset.apply(count).prefetch(AHEAD))
