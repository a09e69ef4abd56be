"""The nats and tokens of a step, and the metrics that are made of them."""

from typing import Any

import keras
from keras import ops
from keras.src.trainers.compile_utils import MetricsList


class StepNats(keras.metrics.Metric):
    """The nats of one step and its tokens; the next step's take their place.

    Keras's mean adds up, and would be set to zero before each step: a fifth of the time
    of a small network's step.
    """

    def __init__(self) -> None:
        super().__init__(name="nats")
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, total: Any, count: Any) -> None:
        """Keep what a step measured."""
        self.total.assign(total)
        self.count.assign(count)

    def result(self) -> Any:
        """Give the mean."""
        return self.total / ops.maximum(self.count, 1)

    def reset_state(self) -> None:
        """Leave it to the next step."""


class NatsMetrics(MetricsList):
    """Metrics that Keras's callbacks find by name, to ask which way is better.

    They look in no other list of a model's metrics.
    """

    def result(self) -> dict[str, Any]:
        """Give each result by name."""
        return {metric.name: metric.result() for metric in self.metrics}
