"""What a model knows while it is fitted or evaluated: its state, what it measures."""

from typing import Any

import keras
from keras import ops

from keraslm.metrics.nats_per_token import NatsPerToken
from keraslm.models.causal import CausalModel
from keraslm.models.measured import NatsMetrics
from keraslm.windows import Windows


class CarriedState:
    """The state that the rows of a Windows have reached, and where they start."""

    def __init__(self, model: CausalModel, windows: Windows) -> None:
        self.rows, self.full = windows.rows, windows.full
        self.carries = windows.carried
        self._initial = [
            ops.convert_to_numpy(s) for s in model.initial_states(windows.rows)
        ]
        self.variables = [
            keras.Variable(s, trainable=False, dtype=str(s.dtype), name=f"state{k}")
            for k, s in enumerate(self._initial)
        ]

    def carry_on(self, after: list[Any]) -> None:
        """Keep where a step's rows end, if the next one starts there."""
        if self.carries:
            for variable, value in zip(self.variables, after, strict=True):
                variable.assign(ops.stop_gradient(value))

    def reset(self) -> None:
        """Start again from the beginning of a text."""
        for variable, value in zip(self.variables, self._initial, strict=True):
            variable.assign(value)


class Running:
    """What a model knows while it is fitted or evaluated, and Keras does not track.

    The states are no weights: they are not counted, not saved, not set.
    """

    def __init__(self) -> None:
        self.in_step = False
        self.in_halves = False
        self.testing = False
        self.precision = "float32"
        self.loss: Any = None
        self.compiled: dict[str, Any] = {}
        self.metrics = NatsMetrics([])
        self.announced = NatsMetrics([])
        self.reports = False
        self.trained = NatsPerToken("nats")
        """The nats of the epoch, which an evaluation in its midst leaves alone."""
        self.states: dict[bool, CarriedState | None] = {False: None, True: None}
        self._shapes: dict[bool, Any] = {False: None, True: None}

    @property
    def of_training(self) -> list[Any]:
        """The state of training, and what draws words."""
        state = self.states[False]
        carried = [] if state is None else state.variables
        return [*carried, *getattr(self.loss, "variables", [])]

    @property
    def variables(self) -> list[Any]:
        """The states of training and of testing, and what draws words."""
        state = self.states[True]
        return [*self.of_training, *([] if state is None else state.variables)]

    def carry(self, model: CausalModel, windows: Windows | None, testing: bool) -> bool:
        """Carry the state over a Windows, or over nothing; say whether that is new."""
        shape = None
        if windows is not None:
            shape = (windows.rows, windows.full, windows.carried)
        if shape == self._shapes[testing]:
            return False
        self._shapes[testing] = shape
        self.states[testing] = None
        if windows is not None:
            self.states[testing] = CarriedState(model, windows)
        return True
