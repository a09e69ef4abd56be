"""Self-attention that never looks ahead, with a cache of keys and values."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels.attention import band, weights_of
from keraslm.layers.dense import Dense
from keraslm.layers.rotary_positions import check_even, rotated, rotations

POSITIONS = ("rotary", None)


@keras.saving.register_keras_serializable("keraslm")
class CausalSelfAttention(keras.layers.Layer):
    """Let each position attend to itself and to those before it.

    Math:   [q; k; v] = x W;   of each head, with d = width / heads:
            S_ij = r_i(q_i) . r_j(k_j) / sqrt(d),   0 <= i - j < window
            y_i = [sum_j softmax(S_i)_j v_j of every head] O
            r_p turns by the position p, see `RotaryPositions`; without `positions` not
    Without a `window` all positions before are seen. With one the layer remembers the
    last window - 1 keys and values, so that a sequence read in parts is that read at
    once: S depends on i - j alone, so the keys are kept as they are and turned anew.

    The state is the keys, the values (batch, window - 1, width) and which of them there
    are (batch, window - 1), for before a text there are none. A masked position is not
    attended to. O starts as `output_initializer` says.

    Shapes: (batch, time, width) -> the same
    Raises: UsageError if heads or window < 1, or the width is no multiple of the heads,
            of twice the heads for rotary positions.
    References: Vaswani et al. (2017); Su et al. (2021), rotary positions; Child, Gray,
            Radford & Sutskever (2019), attention within a window.
    """

    def __init__(
        self,
        heads: int,
        window: int | None = None,
        positions: str | None = "rotary",
        output_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        for name, value in (("heads", heads), ("window", window)):
            if value is not None and value < 1:
                raise UsageError(f"{name} must be 1 or more; received {value}")
        if positions not in POSITIONS:
            raise UsageError(
                f"positions must be 'rotary' or None; received {positions!r}"
            )
        self.heads, self.window, self.positions = heads, window, positions
        self.output_initializer = keras.initializers.get(output_initializer)
        self.supports_masking = True
        self.width = 0

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make W (width, 3 width) and O (width, width)."""
        self.width = input_shape[-1] or 1
        if self.width % self.heads:
            raise UsageError(
                f"the width must be a multiple of the heads; received {self.width} "
                f"and {self.heads}"
            )
        if self.positions:
            check_even(self.width // self.heads)
        given = {"use_bias": False, "dtype": self.dtype_policy}
        self.project = Dense(3 * self.width, **given)
        self.project.build(input_shape)
        start = self.output_initializer
        self.output_project = Dense(self.width, kernel_initializer=start, **given)
        self.output_project.build(input_shape)

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Give the state before a text: no keys; without a window there is none."""
        if self.window in (None, 1):
            return []
        shape = (batch_size, self.window - 1)
        nothing = ops.zeros((*shape, self.width), self.compute_dtype)
        return [nothing, nothing, ops.zeros(shape, "int32")]

    def read(
        self,
        x: Any,
        state: Sequence[Any],
        training: bool = False,
        length: Any = None,
        mask: Any = None,
    ) -> tuple[Any, list[Any]]:
        """Read on from a state; the next one is that after `length` positions, or all.

        Shapes: x (batch, time, width), mask (batch, time) -> as x, the next state
        """
        x = ops.convert_to_tensor(x, self.compute_dtype)
        batch, time = ops.shape(x)[:2]
        q, k, v = ops.split(self.project(x), 3, axis=-1)
        there = ops.ones((batch, time), "int32") if mask is None else mask
        known, after = [k, v, ops.cast(there, "int32")], []
        if state:
            known = [ops.concatenate(p, axis=1) for p in zip(state, known, strict=True)]
            read = time if length is None else length
            after = [_from(read, x, s) for x, s in zip(known, state, strict=True)]
        elif mask is None:
            known[2] = None
        return self.output_project(self._attend(q, *known)), after

    def _attend(self, q: Any, k: Any, v: Any, there: Any) -> Any:
        """Attend to keys of which the last stands where the last query does.

        Shapes: q (batch, time, width), k, v (batch, keys, width), there (batch, keys)
                -> (batch, time, width)
        """
        q, k, v = map(self._by_head, (q, k, v))  # (batch, time, heads, d)
        time, keys = ops.shape(q)[1], ops.shape(k)[1]
        if self.positions:
            cosines, sines = rotations(keys, q.shape[-1])
            q = rotated(q, cosines[keys - time :], sines[keys - time :])
            k = rotated(k, cosines, sines)
        scores = ops.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        mask = self._seen(time, keys)
        if there is not None:
            there = ops.cast(there, "bool")[:, None, None]
            mask = there if mask is None else ops.logical_and(mask, there)
        weights = ops.cast(weights_of(scores, mask), self.compute_dtype)
        shown = ops.einsum("bhij,bjhd->bihd", weights, v)
        return ops.reshape(shown, (ops.shape(q)[0], time, self.width))

    def _seen(self, queries: Any, keys: Any) -> Any:
        """Say which key each query may see; None where it may see all.

        Shapes: -> (queries, keys) bool
        """
        return band(queries, keys, self.window)

    def _by_head(self, x: Any) -> Any:
        shape = ops.shape(x)
        return ops.reshape(x, (*shape[:2], self.heads, self.width // self.heads))

    def call(self, x: Any, mask: Any = None) -> Any:
        """Read from the beginning of a text."""
        return self.read(x, [], mask=mask)[0]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give the same shape."""
        return input_shape

    def compute_output_spec(self, x: Any, mask: Any = None) -> Any:
        """Give the shape and the type of what `call` gives."""
        return keras.KerasTensor(x.shape, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        own = {name: getattr(self, name) for name in ("heads", "window", "positions")}
        own["output_initializer"] = keras.initializers.serialize(
            self.output_initializer
        )
        return {**super().get_config(), **own}


def _from(first: Any, x: Any, like: Any) -> Any:
    """Cut as much out of x as there is in another, from a place of the time on."""
    start = (0, first, *[0] * (len(x.shape) - 2))
    return ops.slice(x, start, ops.shape(like))
