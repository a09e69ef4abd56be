"""Metrics that are made of nats, where Keras's callbacks look for them."""

from typing import Any

from keras.src.trainers.compile_utils import MetricsList


class NatsMetrics(MetricsList):
    """Metrics that Keras's callbacks find by name, to ask which way is better.

    They look in no other list of a model's metrics.
    """

    def result(self) -> dict[str, Any]:
        """Give each result by name."""
        return {metric.name: metric.result() for metric in self.metrics}
