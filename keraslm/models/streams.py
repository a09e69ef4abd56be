"""Reading and writing one token at a time, in NumPy: microseconds a call."""

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.generation.sampling import Sampler
from keraslm.generation.stream import TokenStream
from keraslm.generation.together import TokenStreams
from keraslm.layers import MultiHotDense, arrays
from keraslm.layers.recurrent import Recurrent
from keraslm.models.causal import CausalModel
from keraslm.models.factor import Factor
from keraslm.models.maxent import MaxEntModel
from keraslm.models.output_stream import OutputStream, array
from keraslm.models.recurrent import RecurrentModel
from keraslm.models.window import WindowModel
from keraslm.models.writing_loop import LARGEST_TABLE, WritingLoop

Array = npt.NDArray[Any]

NO_UNITS = np.zeros(0, np.float32)


def new_stream(model: CausalModel, boundary_id: int) -> TokenStream:
    """Start reading at the beginning of a line with the model's present weights."""
    if isinstance(model, RecurrentModel):
        return RecurrentStream(model, boundary_id)
    if isinstance(model, WindowModel):
        return WindowStream(model, boundary_id)
    if isinstance(model, MaxEntModel):
        return MaxEntStream(model, boundary_id)
    raise TypeError(f"no stream is written for {type(model).__name__}")


class _LogitStream(TokenStream):
    """A stream that keeps the logits of the next token."""

    logits: Array

    def next_log_probabilities(self) -> Array:
        """Give log softmax(logits).

        Shapes: -> (vocabulary,) float64, in nats
        """
        logits = self.logits.astype(np.float64)
        logits -= logits.max()
        return logits - np.log(np.exp(logits).sum())

    def draw(self, sampler: Sampler, forbidden: int) -> int:
        """Draw the next token; a sampler does not need the logits normalised."""
        logits = self.logits.astype(np.float64)
        logits[forbidden] = -np.inf
        return sampler.draw(logits)


class _Recurrent:
    """A recurrent model's states, advanced by the same equations as in training.

    Shapes: of a state (units,), or (texts, units) for several texts at once
    """

    logits: Array

    def __init__(self, model: RecurrentModel, texts: tuple[int, ...] = ()) -> None:
        self._model = model
        self._embedding = array(model.embed.embeddings)
        self._cells = [_Products(layer, not texts) for layer in model.recurrent]
        self._projected = self._cells[0].of_tokens(self._embedding)
        self.states = [
            [np.zeros((*texts, model.units), np.float32) for _ in range(layer.states)]
            for layer in model.recurrent
        ]
        self._output = OutputStream(model, texts)

    def push(self, token_id: Any) -> None:
        """Advance every layer by one step and score every token.

        Shapes: (), or (texts,)
        """
        self.logits = self._output.push(token_id, self.advance(token_id))

    def advance(self, token_id: Any) -> Array:
        """Advance every layer by one step; give what the layers' logits are made of.

        Shapes: -> (units,), or (texts, units)
        """
        hidden = self._embedding[token_id]
        for number, layer in enumerate(self._model.recurrent):
            states = self.states[number]
            if number == 0 and self._projected is not None:
                z, a = self._projected[token_id], self._cells[0].of_state(states[0])
            else:
                z, a = self._cells[number].of_both(hidden, states[0])
            states = layer.cell(z, a, states, arrays)
            self.states[number] = states
            added = self._model.adds_residual(number)
            hidden = hidden + states[0] if added else states[0]
        return hidden


class RecurrentStream(_Recurrent, _LogitStream):
    """One text that a recurrent model reads and writes."""

    def __init__(self, model: RecurrentModel, boundary_id: int) -> None:
        super().__init__(model)
        self.push(boundary_id)


class RecurrentStreams(_Recurrent, TokenStreams):
    """Several texts that a recurrent model writes at once."""

    def __init__(self, loop: WritingLoop, texts: int, boundary_id: int) -> None:
        super().__init__(loop.model, (texts,))
        self._loop = loop
        self.push(np.full(texts, boundary_id))

    def write(self, points: Array, sampler: Sampler, forbidden: int) -> Array:
        """Write as `TokenStreams` does, in a compiled loop where that takes less."""
        if not self._loop.repays(points.shape, sampler):
            return super().write(points, sampler, forbidden)
        first = self.draw(points[:, 0], sampler, forbidden)
        states = [state for layer in self.states for state in layer]
        rest = self._loop.write(first, points[:, 1:], sampler.temperature, states)
        return np.column_stack([first, rest])


class _Products:
    """The products of one recurrent layer with its input and its state.

    Where the cell only adds the two, they are one product of the two vectors, joined,
    which the processor does in two thirds of the time, and the biases are added once.
    """

    def __init__(self, layer: Recurrent, alone: bool) -> None:
        self._kernel, self._state_kernel, biases = weights_of(layer)
        self._bias, self._state_bias = biases
        self._adds, self._alone = layer.adds, alone
        if self._adds:
            self._bias = biases[0] + biases[1]

    @functools.cached_property
    def _inputs(self) -> Factor:
        """W, or W above U where they are one product."""
        kernels = [self._kernel, self._state_kernel]
        return Factor(np.concatenate(kernels[: 1 + self._adds]), self._alone)

    @functools.cached_property
    def _recurrent(self) -> Factor:
        """U."""
        return Factor(self._state_kernel, self._alone)

    def of_tokens(self, embedding: Array) -> Array | None:
        """Give W e + b of every token, which `of_state` goes with, if it is small."""
        small = len(embedding) * self._kernel.shape[1] <= LARGEST_TABLE
        return embedding @ self._kernel + self._bias if small else None

    def of_state(self, h: Array) -> Array:
        """Give U h + b', or U h where the biases are added with W x."""
        product = self._recurrent.product(h)
        return product if self._adds else product + self._state_bias

    def of_both(self, x: Array, h: Array) -> tuple[Array, Array]:
        """Give W x + b and U h + b', or their two products' sum and the bias."""
        if self._adds:
            both = np.concatenate((x, h), axis=-1)
            return self._inputs.product(both), self._bias
        return self._inputs.product(x) + self._bias, self.of_state(h)


class WindowStream(_LogitStream):
    """A window model's last few ids."""

    def __init__(self, model: WindowModel, boundary_id: int) -> None:
        self._model = model
        self._ids = [boundary_id] * model.context
        self._embedding = None if model.embed is None else array(model.embed.embeddings)
        self._first = (array(model.first.kernel), array(model.first.bias))
        self._rest = [(array(x.kernel), array(x.bias)) for x in model.rest]
        self._distinct = isinstance(model.first, MultiHotDense)
        self.push(boundary_id)

    def push(self, token_id: int) -> None:
        """Move the window on by one token."""
        self._ids = [*self._ids[1:], token_id]
        hidden = self._first_layer()
        for kernel, bias in self._rest:
            hidden = np.tanh(hidden) @ kernel + bias
        self.logits = hidden

    def _first_layer(self) -> Array:
        kernel, bias = self._first
        if self._embedding is not None:
            return self._embedding[self._ids].ravel() @ kernel + bias
        if self._distinct:
            return kernel[sorted(set(self._ids))].sum(axis=0) + bias
        places = np.arange(self._model.context) * self._model.vocabulary_size
        return kernel[places + self._ids].sum(axis=0) + bias


class MaxEntStream(_LogitStream):
    """A maximum-entropy model's last few ids."""

    def __init__(self, model: MaxEntModel, boundary_id: int) -> None:
        self._output = OutputStream(model)
        self.push(boundary_id)

    def push(self, token_id: int) -> None:
        """Move the history on by one token."""
        self.logits = self._output.push(token_id, NO_UNITS)


def weights_of(layer: Recurrent) -> tuple[Array, Array, tuple[Array, Array]]:
    """Give W, U, and the biases of their products."""
    biases = layer.biases(array(layer.bias))
    return array(layer.kernel), array(layer.recurrent_kernel), biases
