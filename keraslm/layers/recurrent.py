"""A layer that runs any cell over a sequence and carries its state.

Math:   s_t = step(x_t, s_{t-1}),   t = 1 .. time;   h_t, the first of s_t, is shown
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keraslm import cells
from keraslm.cells import registry
from keraslm.errors import UsageError
from keraslm.kernels import sequence
from keraslm.kernels.keras_sequence import keras_sequence
from keraslm.kernels.loop import first_steps
from keraslm.kernels.masked import read_masked
from keraslm.kernels.tensors import wide
from keraslm.layers.dropout import check_rate, drop
from keraslm.layers.keras_arguments import without_keras_defaults

PREFIXES = {"kernel": "kernel", "recurrent_kernel": "recurrent", "bias": "bias"}
"""What the arguments for a weight begin with."""


@keras.saving.register_keras_serializable("keraslm")
class Recurrent(keras.layers.Layer):
    """Read a sequence with a cell, any of `keraslm.cells` or one of your own.

    The arguments are those of `keras.layers.RNN`, LSTM, GRU and SimpleRNN, but:

    - `return_sequences` IS TRUE unless given, where Keras's own layers show the last
      step alone: a language model predicts at every step.
    - The weights start from what the cell says: `lecun_uniform` for W, where Keras's
      own layers have `glorot_uniform`; `orthogonal` for U, as there. An initializer
      that is given takes its place.
    - `weight_drop` is the share of U's entries that training drops, the same for all
      steps of a window.

    The weights of LSTM, GRU and SimpleRNN are laid out as in Keras's own layer, so
    `set_weights` copies them across. A masked step hands the state on and shows what
    the step before showed.

    Shapes: inputs (batch, time, features) -> (batch, time, units), or (batch, units)
            without `return_sequences`; with `return_state` also the last states, each
            (batch, units)
    Raises: UsageError if weight_drop is not in [0, 1), or for an argument of Keras's
            own layer that this one does not have.
    References: Merity, Keskar & Socher (2018), weight_drop.
    """

    keras_name = "RNN"
    """Keras's own layer, for what this one does not have."""

    def __init__(
        self,
        cell: cells.Cell | dict[str, Any],
        *,
        return_sequences: bool = True,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        zero_output_for_mask: bool = False,
        kernel_initializer: Any = None,
        recurrent_initializer: Any = None,
        bias_initializer: Any = None,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        weight_drop: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        kind = type(self).__name__
        super().__init__(**without_keras_defaults(kind, self.keras_name, kwargs))
        check_rate("weight_drop", weight_drop)
        self.cell = registry.new_cell(**cell) if isinstance(cell, dict) else cell
        self.units = self.cell.units
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.zero_output_for_mask = zero_output_for_mask
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = keras.regularizers.get(recurrent_regularizer)
        self.bias_regularizer = keras.regularizers.get(bias_regularizer)
        self.weight_drop = weight_drop
        self.seed = seed
        self._check_names()
        self._set_states([])
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)
        self._seeds = keras.random.SeedGenerator(seed) if weight_drop else None
        self._by_keras = keras_sequence(self.cell, self.dtype_policy)
        if self._by_keras is not None and keras.backend.backend() == "tensorflow":
            self.supports_jit = False  # XLA cannot call cuDNN

    def _check_names(self) -> None:
        """Refuse an initializer or regularizer of a weight that the cell has not."""
        names = {weight.name for weight in self.cell.weights(1)}
        for name, prefix in PREFIXES.items():
            for argument in (f"{prefix}_initializer", f"{prefix}_regularizer"):
                if name not in names and getattr(self, argument) is not None:
                    kind = type(self.cell).__name__
                    raise UsageError(
                        f"`{argument}` is for a weight named {name!r}; "
                        f"the cell {kind} has {', '.join(sorted(names))}"
                    )

    def build(self, inputs_shape: Any, initial_state_shape: Any = None) -> None:
        """Make the weights that the cell asks for; with `stateful`, the states."""
        self.cell_weights = [
            self.add_weight(
                weight.shape,
                initializer=self._initializer(weight),
                regularizer=self._given(weight, "regularizer"),
                name=weight.name,
            )
            for weight in self.cell.weights(inputs_shape[-1] or 1)
        ]
        if self.stateful:
            self._make_states(inputs_shape[0])

    def _initializer(self, weight: cells.Weight) -> Any:
        """Give what a weight starts from: what was given, or what the cell says."""
        given = self._given(weight, "initializer")
        return _in_float32(_cell_s_own(weight.start) if given is None else given)

    def _given(self, weight: cells.Weight, kind: str) -> Any:
        prefix = PREFIXES.get(weight.name)
        return prefix and getattr(self, f"{prefix}_{kind}")

    def _make_states(self, batch_size: int | None) -> None:
        """Keep zeros in variables; they are no weights: no file has them."""
        if batch_size is None:
            raise UsageError(
                "`stateful=True` needs the number of rows: give keras.Input a "
                "`batch_size`"
            )
        zeros = self.get_initial_state(batch_size)
        self._set_states([keras.Variable(zero, trainable=False) for zero in zeros])

    def _set_states(self, states: list[Any]) -> None:
        self.states: list[Any]
        # past Keras, which would count them among the weights
        object.__setattr__(self, "states", states)

    @property
    def variables(self) -> list[Any]:
        """The weights, random seeds, and the states of a stateful layer."""
        return [*super().variables, *self.states]

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Give the state before the first step: zeros.

        Shapes: an array (batch, units) for each of the cell's states
        """
        shape = (batch_size, self.units)
        return [ops.zeros(shape, self.compute_dtype) for _ in self.cell.states]

    def reset_state(self) -> None:
        """Let a stateful layer start from zeros again."""
        for state in self.states:
            state.assign(ops.zeros_like(state.value))

    def call(
        self,
        inputs: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool = False,
        length: Any = None,
        inputs_mask: Any = None,
    ) -> Any:
        """Read the sequence, or its first `length` steps.

        It starts from `initial_state`, a list of states or one tensor; without, from
        where a stateful layer stopped, or from zeros. A step where `mask` is false is
        left out; `inputs_mask` is the name by which Keras passes it beside a state.
        What is shown behind the length may be anything.
        """
        state = self._first_state(initial_state, inputs)
        mask = inputs_mask if mask is None else mask
        shown, last = self.read(inputs, state, training, length, mask)
        for variable, value in zip(self.states, last, strict=False):
            variable.assign(value)
        return (shown, *last) if self.return_state else shown

    def _first_state(self, given: Any, inputs: Any) -> list[Any]:
        if given is None and self.stateful:
            rows = self.states[0].shape[0]
            if inputs.shape[0] not in (rows, None):
                raise UsageError(
                    f"a stateful layer reads the {rows} rows it was built with; "
                    f"received {inputs.shape[0]}"
                )
            # a copy: torch's variables change in place
            return [ops.stop_gradient(ops.copy(state)) for state in self.states]
        if given is None:
            return self.get_initial_state(ops.shape(inputs)[0])
        state = list(given) if isinstance(given, list | tuple) else [given]
        if len(state) != len(self.cell.states):
            names = ", ".join(self.cell.states)
            raise UsageError(
                f"`initial_state` needs the states {names}; received {len(state)}"
            )
        return state

    def read(
        self,
        inputs: Any,
        state: Sequence[Any],
        training: bool = False,
        length: Any = None,
        mask: Any = None,
    ) -> tuple[Any, list[Any]]:
        """Read on from a state.

        Shapes: inputs (batch, time, features), each state (batch, units)
                -> what `call` shows, the last state
        """
        dtype = self.compute_dtype
        inputs = ops.convert_to_tensor(inputs, dtype)
        state = [ops.convert_to_tensor(one, dtype) for one in state]
        weights = self._dropped() if training else self.cell_weights
        weights = [ops.convert_to_tensor(weight, dtype) for weight in weights]
        shape = ops.shape(inputs)[:2]
        if length is not None and (self.go_backwards or mask is not None):
            first = first_steps(length, shape)
            mask = first if mask is None else ops.logical_and(first, mask)
            length = None
        if self.go_backwards:
            inputs = ops.flip(inputs, axis=1)
            mask = None if mask is None else ops.flip(mask, axis=1)
        given = (self.cell, inputs, state, weights)
        if mask is not None:
            shown, last = read_masked(*given, mask, self.zero_output_for_mask)
            return shown if self.return_sequences else shown[:, -1], last
        shown, last = sequence.read(*given, length, training, self._by_keras)
        return shown if self.return_sequences else last[0], last

    def _dropped(self) -> list[Any]:
        """Give the weights, some of U's entries dropped."""
        W, U, *rest = self.cell_weights
        if self._seeds is None:
            return [W, U, *rest]
        U = ops.convert_to_tensor(U)
        return [W, drop(U, self.weight_drop, self._seeds, ops.shape(U)), *rest]

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Hand the mask of the steps on, in the order in which they are shown."""
        mask = (
            keras.tree.flatten(previous_mask)[0] if previous_mask is not None else None
        )
        if not self.return_sequences:
            mask = None
        elif self.go_backwards and mask is not None:
            mask = ops.flip(mask, axis=1)
        return (mask, *[None for _ in self.cell.states]) if self.return_state else mask

    def compute_output_shape(
        self, inputs_shape: Any, initial_state_shape: Any = None
    ) -> Any:
        """Give the shape of what is shown, and the states' with `return_state`."""
        batch, time, _ = inputs_shape
        state = (batch, self.units)
        shown = (batch, time, self.units) if self.return_sequences else state
        return (
            (shown, *[state for _ in self.cell.states]) if self.return_state else shown
        )

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        cell = {"name": registry.name_of(self.cell), **self.cell.get_config()}
        names = (
            "return_sequences",
            "return_state",
            "go_backwards",
            "stateful",
            "zero_output_for_mask",
            "weight_drop",
            "seed",
        )
        own = {name: getattr(self, name) for name in names}
        for prefix in PREFIXES.values():
            start = f"{prefix}_initializer"
            penalty = f"{prefix}_regularizer"
            own[start] = keras.initializers.serialize(getattr(self, start))
            own[penalty] = keras.regularizers.serialize(getattr(self, penalty))
        return {**super().get_config(), "cell": cell, **own}


class OneCell(Recurrent):
    """A recurrent layer of one kind of cell, which takes the cell's arguments."""

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer, the cell's among them."""
        config = super().get_config()
        del config["cell"]
        return {**config, **self.cell.get_config()}


def _cell_s_own(start: str | tuple[float, ...]) -> Any:
    """Give the initializer of a name, or a number for each block of units."""
    if isinstance(start, str):
        return keras.initializers.get(start)

    def blocks(shape: tuple[int, ...], dtype: Any = None) -> Any:
        return ops.repeat(ops.array(start, dtype), shape[-1] // len(start), axis=-1)

    return blocks


def _in_float32(initializer: Any) -> Any:
    """Let an initializer compute in float32 at least: bfloat16 has no QR."""

    def start(shape: tuple[int, ...], dtype: str) -> Any:
        return ops.cast(initializer(shape, dtype=wide(dtype)), dtype)

    return start
