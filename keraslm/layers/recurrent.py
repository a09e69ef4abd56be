"""What the recurrent layers share: weights, the loop over time, the state.

Math:   z_t = W x_t + b      for all t in one matrix product
        a_t = U h_{t-1} + b'  and s_t = cell(z_t, a_t, s_{t-1}), step by step
"""

import abc
from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers.dropout import check_rate, drop
from keraslm.layers.keras_sequence import new_keras_sequence
from keraslm.layers.products import product
from keraslm.layers.sequence import read


class Recurrent(keras.layers.Layer, abc.ABC):
    """A layer that reads a sequence and carries a state.

    A subclass gives `gates`, the number of blocks of `units` columns in its weights,
    `cell`, its equations, and their gradient, `keeping_cell` and `cell_gradient`. The
    weights are laid out as in Keras's own layer of the same name, so `set_weights`
    copies them across.

    In training, `weight_drop` is the share of U's entries that are dropped, the same
    for all steps of a window.

    Shapes: inputs (batch, time, features) -> (batch, time, units), and with
            `return_state` the last states, each (batch, units)
    Raises: UsageError if units < 1 or weight_drop is not in [0, 1).
    References: Merity, Keskar & Socher (2018), weight_drop; LeCun, Bottou, Orr &
            Mueller (1998), what W starts from.
    """

    gates = 1
    states = 1
    adds = True
    """Whether the cell only uses z + a, the sum of its two products."""
    keras_layer: Any = None
    """Keras's layer of the same equations, if cuDNN can run it."""
    torch_name = ""
    """The name of torch's operation for a whole sequence, if it has one."""

    def __init__(
        self,
        units: int,
        return_state: bool = False,
        weight_drop: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if units < 1:
            raise UsageError(f"units must be 1 or more; received {units}")
        check_rate("weight_drop", weight_drop)
        self.units = units
        self.return_state = return_state
        self.weight_drop = weight_drop
        self.seed = seed
        self._seeds = keras.random.SeedGenerator(seed) if weight_drop else None
        self.by_keras = new_keras_sequence(self)
        if self.by_keras is not None and keras.backend.backend() == "tensorflow":
            self.supports_jit = False  # XLA cannot call cuDNN

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make W (features, gates x units), U (units, gates x units) and b.

        W starts with the variance 1 / features, whatever the units: W x varies as x.
        """
        width = self.gates * self.units
        self.kernel = self.add_weight(
            (input_shape[-1], width), initializer="lecun_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            (self.units, width), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(
            self.bias_shape(), initializer=self.bias_initializer, name="bias"
        )

    def bias_shape(self) -> tuple[int, ...]:
        """The shape of b."""
        return (self.gates * self.units,)

    def bias_initializer(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        """Start b at zero."""
        return ops.zeros(shape, dtype)

    def initial_state(self, batch_size: Any) -> list[Any]:
        """Give the state before the first step: zeros.

        Shapes: `states` arrays (batch, units)
        """
        shape = (batch_size, self.units)
        return [ops.zeros(shape, self.compute_dtype) for _ in range(self.states)]

    def call(
        self,
        inputs: Any,
        initial_state: list[Any] | None = None,
        training: bool = False,
        length: Any = None,
    ) -> Any:
        """Read the sequence, or its first `length` steps, from a state or from zeros.

        What is shown behind the length may be anything.
        """
        if initial_state is None:
            initial_state = self.initial_state(ops.shape(inputs)[0])
        recurrent = ops.convert_to_tensor(self.recurrent_kernel)
        if training and self._seeds is not None:
            shape = ops.shape(recurrent)
            recurrent = drop(recurrent, self.weight_drop, self._seeds, shape)
        states = list(initial_state)
        outputs, last = read(self, inputs, states, recurrent, length, training)
        return (outputs, *last) if self.return_state else outputs

    def input_products(self, inputs: Any) -> Any:
        """Give z = W x + b of all steps, in one matrix product.

        Shapes: (batch, time, features) -> (time, batch, gates x units)
        """
        products = product(ops.transpose(inputs, (1, 0, 2)), self.kernel)
        if self.adds:
            return products  # the one bias is added with U h
        return products + self.biases(ops.convert_to_tensor(self.bias))[0]

    def biases(self, bias: Any) -> tuple[Any, Any]:
        """Give the bias of the input's product and that of the state's."""
        return 0 * bias, bias

    @abc.abstractmethod
    def cell(self, z: Any, a: Any, states: list[Any], math: Any) -> list[Any]:
        """Advance the state by one step; a subclass writes its equations here.

        `math` is `keras.ops` or `layers.arrays`.

        Shapes: z = W x + b and a = U h + b', (batch, gates x units)
        """

    @abc.abstractmethod
    def keeping_cell(
        self, z: Any, a: Any, states: list[Any]
    ) -> tuple[list[Any], list[Any]]:
        """Advance the state as `cell` does, and keep what `cell_gradient` needs.

        What is kept are the derivatives of the step's own equations, number by number,
        so that the way back only multiplies.

        Shapes: -> next states; kept, each (batch, a multiple of units)
        """

    @abc.abstractmethod
    def cell_gradient(
        self, kept: list[Any], d_states: list[Any]
    ) -> tuple[Any, Any, list[Any]]:
        """Give dz, da and the gradient of the states before the step.

        Without what h_{t-1} did through a. Where the cell adds z and a, dz is da.
        """

    def compute_output_shape(
        self, inputs_shape: tuple[int | None, ...], initial_state_shape: Any = None
    ) -> Any:
        """Give (batch, time, units), and the states' shapes with `return_state`."""
        batch, time, _ = inputs_shape
        outputs = (batch, time, self.units)
        if not self.return_state:
            return outputs
        return (outputs, *[(batch, self.units)] * self.states)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        names = ("units", "return_state", "weight_drop", "seed")
        own = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **own}
