"""A functional Keras model whose layers' memory comes in and goes out.

A layer remembers if it has `get_initial_state(batch_size)` and `read(inputs, state)`,
as the recurrent layers, `Window`, `DirectFeatures` and `TransformerBlock` do. Keras's
own SimpleRNN, GRU and LSTM are read through a copy that shares their cell.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers import DirectFeatures
from keraslm.layers.window import ids_before, joined

STOCK = (keras.layers.SimpleRNN, keras.layers.GRU, keras.layers.LSTM)


Instead = Callable[..., Any]
"""instead(layer, state, inputs, named): what to compute in place of a layer.

Gives the layer's outputs and, of one that remembers, its next state; or None, and the
layer itself is called.
"""


class StockMemory:
    """Keras's own recurrent layer, read from a state."""

    def __init__(self, layer: Any) -> None:
        if layer.go_backwards:
            raise UsageError(
                f"the layer {layer.name} reads from the end (`go_backwards`), so the "
                "model is no language model"
            )
        config = layer.get_config()
        config |= {"return_sequences": True, "return_state": True, "stateful": False}
        self._layer = type(layer).from_config(config)
        self._layer.cell = layer.cell
        self._layer.built = True

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Give zeros."""
        return list(self._layer.get_initial_state(batch_size))

    def read(
        self,
        inputs: Any,
        state: list[Any],
        training: bool = False,
        length: Any = None,
        mask: Any = None,
    ) -> tuple[Any, list[Any]]:
        """Read a sequence; `length` is not for stock layers."""
        given = {"initial_state": state, "mask": mask, "training": training}
        shown, *after = self._layer(inputs, **given)
        return shown, after


class Memories:
    """The layers of a network that remember, in the order of the network's layers.

    Raises: UsageError if one of them reads backwards.
    """

    def __init__(self, network: Any) -> None:
        self._of: dict[int, Any] = {}
        for layer in leaves(network):
            if _remembers(layer):
                self._of[id(layer)] = layer
            elif isinstance(layer, STOCK):
                self._of[id(layer)] = StockMemory(layer)

        self._numbers = {
            key: len(one.get_initial_state(1)) for key, one in self._of.items()
        }

    def __len__(self) -> int:
        return len(self._of)

    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give the state of every layer before a text."""
        of_each = (one.get_initial_state(batch_size) for one in self._of.values())
        return [state for own in of_each for state in own]

    def by_layer(self, states: list[Any]) -> dict[int, list[Any]]:
        """Give each layer its own of all states."""
        left, own = list(states), {}
        for key, number in self._numbers.items():
            own[key], left = left[:number], left[number:]
        return own

    def read(
        self,
        network: Any,
        ids: Any,
        states: list[Any],
        training: bool = False,
        length: Any = None,
        instead: Instead | None = None,
    ) -> tuple[Any, list[Any]]:
        """Run the network's graph from a state; `ids` are whatever it reads."""
        own = self.by_layer(states)
        after: dict[int, list[Any]] = {}

        def call(layer: Any, *args: Any, **given: Any) -> Any:
            key = id(layer)
            done = instead and instead(layer, own.get(key), args, given)
            if done is not None:
                shown, after_it = done
                if key in own:
                    after[key] = after_it
                return shown
            if key in own:
                mask = getattr(args[0], "_keras_mask", None)
                masked = {} if mask is None else {"mask": mask}
                read = self._of[key].read
                shown, after[key] = read(args[0], own[key], training, length, **masked)
                return shown
            if isinstance(layer, keras.Model):
                return graph_of(layer)._run_through_graph(args[0], call_fn=call)
            if takes_training(layer):
                given["training"] = training
            return layer(*args, **given)

        # As keras.models.clone_model runs it.
        shown = graph_of(network)._run_through_graph(ids, call_fn=call)
        return shown, [state for key in self._of for state in after[key]]


class CausalGraph:
    """A language model's graph, run up to the logits or up to what is before them.

    `output` is the last layer where it is a softmax that tells the nats of the targets
    without all logits, `direct` the features of the history that it adds.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._memories = Memories(model)
        self._last = model.outputs[0]._keras_history.operation
        self.output = self._last if hasattr(self._last, "nats") else None
        features = (x for x in model.layers if isinstance(x, DirectFeatures))
        self.direct: Any = next(features, None) if self.output is not None else None
        self.context = 0
        """How many tokens are read again, where the layers have no state to carry."""

    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give the state before a text."""
        if self.context:
            return ids_before(batch_size, self.context)
        return self._memories.initial_states(batch_size)

    def read(
        self, ids: Any, states: list[Any], training: bool, length: Any
    ) -> tuple[Any, list[Any]]:
        """Read ids from a state; give the logits, or what `nats` takes."""
        ids = ops.cast(ids, "int32")
        if self.context:
            return self._read_again(ids, states, training)
        if self.output is None:
            return self._memories.read(self._model, ids, states, training, length)
        shown = {}

        def instead(layer: Any, state: Any, inputs: Any, named: Any) -> Any:
            if layer is self.direct:
                shown["contexts"], after = layer.read_contexts(*inputs, state, length)
                return shown["contexts"], after
            if layer is self.output:
                shown["hidden"] = inputs[0]
                return inputs[0], None
            return None

        given = (self._model, ids, states, training, length, instead)
        _, after = self._memories.read(*given)
        return shown, after

    def read_instead(
        self, instead: Instead, ids: Any, states: list[Any]
    ) -> tuple[Any, list[Any]]:
        """Read ids from a state up to the logits, some layers computed otherwise."""
        ids = ops.cast(ids, "int32")
        return self._memories.read(self._model, ids, states, False, None, instead)

    def _read_again(
        self, ids: Any, states: list[Any], training: bool
    ) -> tuple[Any, list[Any]]:
        """Read the tokens before, too; the state is the last `context` of all."""
        seen, after = joined(states, ids)
        before = self._memories.initial_states(ops.shape(ids)[0])
        logits, _ = self._memories.read(self._model, seen, before, training, None)
        return logits[:, self.context :], after

    def read_features(
        self, ids: Any, states: list[Any], training: bool, length: Any
    ) -> tuple[Any, list[Any]]:
        """Read ids from a state; give what the last layer multiplies with O.

        Shapes: ids (batch, time) -> (batch, time, width), next states
        Raises: UsageError if the last layer multiplies with no matrix.
        """
        self.check_has_matrix()
        features = []
        by_embedding = isinstance(self._last, keras.layers.ReversibleEmbedding)

        def instead(layer: Any, state: Any, inputs: Any, named: Any) -> Any:
            if layer is self._last and bool(named.get("reverse")) == by_embedding:
                features.append(inputs[0])
                return inputs[0], None
            return None

        ids = ops.cast(ids, "int32")
        given = (self._model, ids, states, training, length, instead)
        _, after = self._memories.read(*given)
        return features[0], after

    def logits_of_features(self, features: Any) -> Any:
        """Multiply what `read_features` gives with O."""
        if isinstance(self._last, keras.layers.ReversibleEmbedding):
            return self._last(features, reverse=True)
        return self._last(features)

    def check_has_matrix(self) -> None:
        """Refuse a model whose last layer is no product of its input with O.

        Raises: UsageError
        """
        dense = isinstance(self._last, keras.layers.Dense) and self._last.use_bias
        tied = isinstance(self._last, keras.layers.ReversibleEmbedding)
        if not dense and not tied:
            raise UsageError(
                "a sampled softmax needs a model that ends with a Dense layer with "
                f"bias or a tied embedding; this one ends with {self._last.name}"
            )

    def output_weights(self, ids: Any) -> tuple[Any, Any]:
        """Give the columns of O and the entries of b that score some tokens.

        Shapes: ids (n,) -> (n, width), (n,)
        """
        if isinstance(self._last, keras.layers.ReversibleEmbedding):
            rows = ops.take(self._last.embeddings, ids, axis=0)
            return rows, ops.zeros(ops.shape(ids), rows.dtype)
        columns = ops.take(self._last.kernel, ids, axis=1)
        return ops.transpose(columns), ops.take(self._last.bias, ids)

    def logits(self, shown: Any) -> Any:
        """Score every token of the vocabulary."""
        if self.output is None:
            return shown
        if self.direct is None:
            return self.output(shown["hidden"])
        return self.output(shown["hidden"], self.direct.all_scores(shown["contexts"]))

    def nats(self, shown: Any, targets: Any) -> Any:
        """Let the softmax tell -log P of the targets; shapes: -> (batch, time)."""
        softmax: Any = self.output
        if self.direct is None:
            return softmax.nats(shown["hidden"], targets)
        scores = functools.partial(self.direct.scores, shown["contexts"])
        return softmax.nats(shown["hidden"], targets, scores)


def takes_training(layer: Any) -> bool:
    """Say whether a layer is told that it is trained."""
    call: Any = getattr(type(layer), "call", None)
    return call is not None and "training" in _parameters(call)


@functools.cache
def _parameters(call: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(call).parameters)


def _remembers(layer: Any) -> bool:
    return hasattr(layer, "get_initial_state") and hasattr(layer, "read")


def leaves(network: Any) -> list[Any]:
    """Give the layers of a network, those of networks within it in their place."""
    found: list[Any] = []
    for layer in network.layers:
        found += leaves(layer) if isinstance(layer, keras.Model) else [layer]
    return found


def graph_of(network: Any) -> Any:
    """Give the functional model that a network is, or that a Sequential holds."""
    return getattr(network, "_functional", None) or network
