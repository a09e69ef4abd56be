"""A causal language model: any functional Keras model of ids to logits."""

from typing import Any

import keras
import numpy as np
from keras import ops
from keras.activations import softmax

from keraslm.errors import UsageError
from keraslm.inference.network import Network
from keraslm.models.architecture import Architecture
from keraslm.models.asking import Asked
from keraslm.models.fitting import Fitted
from keraslm.models.graph import CausalGraph, Instead, graph_of
from keraslm.models.numpy_network import quantization_of, to_numpy
from keraslm.models.saving import without_lora
from keraslm.text.encoder import TextEncoder

CONTEXT = 256  # tokens that are read again, where the layers have no state to carry
LOOKING_AHEAD = 1e-3  # of a logit; rounding between two calls is a hundredth of it
TRIED = 8  # tokens of a text that a network is tried on


@keras.saving.register_keras_serializable("keraslm")
class CausalLM(Fitted, Asked, keras.Model):
    """A Keras model of ids (batch, time) to logits (batch, time, vocabulary).

    Math:   logits_t = f(x_1 .. x_t);   P(y_t = w | x_1 .. x_t) = softmax(logits_t)[w]

    It is a functional model itself: its layers are those of `network`, which may be any
    functional or Sequential model that is causal, of Keras's layers or of keraslm's.
    `tokens` is the TextEncoder whose ids it reads; without one it has no words, and can
    neither write nor score a text. The builders of `keraslm.models` make one.

    Where the layers remember (recurrent layers, windows, features of the history,
    keraslm's attention within a window), the state is carried: over `keraslm.Windows`
    in training, over the text when it is measured. Other layers that look back, such as
    Keras's attention, read the last 256 tokens again.

    Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
    Raises: UsageError if the network does not read ids and give logits of the
        vocabulary for every one of them, or looks ahead.
    """

    def __init__(
        self,
        network: Any,
        tokens: TextEncoder | None = None,
        architecture: Architecture | None = None,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        ids, logits = _ends(network)
        super().__init__(ids, logits, name=name or network.name, trainable=trainable)
        self.vocabulary_size = int(logits.shape[-1])
        self.tokens = tokens
        self._description.architecture = architecture
        if tokens is not None and len(tokens.vocabulary) != self.vocabulary_size:
            raise UsageError(
                f"the network predicts {self.vocabulary_size} tokens and the "
                f"vocabulary has {len(tokens.vocabulary)}; they must be equal"
            )
        self._graph = CausalGraph(self)
        if architecture is None:
            self._graph.context = _context(self)
        else:
            for part, layer in architecture.parts.items():
                setattr(self, part, layer)

    @property
    def architecture(self) -> Architecture | None:
        """What a builder of keraslm built; None of a network of one's own."""
        return self._description.architecture

    @property
    def context(self) -> int:
        """How many tokens are read again; 0 where the layers carry a state."""
        return self._graph.context

    @property
    def state_rule(self) -> str:
        """How much of the history a prediction sees, in words, for the card."""
        if self.context:
            return f"at least the last {self.context} tokens, across line ends"
        if self.architecture is not None:
            return self.architecture.state_rule
        return super().state_rule

    @property
    def reach(self) -> int | None:
        """How many tokens back the state tells of, or None where that has no end."""
        return None if self.architecture is None else self.architecture.reach

    @property
    def suits_xla(self) -> bool:
        """Whether XLA can compile it: not where its layers call cuDNN."""
        layers = self._flatten_layers(include_self=False)
        return super().suits_xla and all(layer.supports_jit for layer in layers)

    @property
    def numbers_per_token(self) -> int:
        """The most numbers that `nats` makes of a token at once."""
        output, direct = self._graph.output, self._graph.direct
        if output is None:
            return self.vocabulary_size
        if direct is None:
            return int(output.widest)
        return int(output.widest + output.scored * direct.features)

    def call(self, inputs: Any, training: bool = False, mask: Any = None) -> Any:
        """Read ids from the beginning of a text.

        Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
        """
        if self._running.in_step:
            return self.read_batch(inputs, training)
        return super().call(inputs, training=training, mask=mask)

    @property
    def input_spec(self) -> Any:
        """Say nothing: a batch may hold the lengths of its rows, too."""
        return None

    @property
    def has_numpy(self) -> bool:
        """Whether `to_numpy` gives the network without Keras."""
        return self.architecture is not None and quantization_of(self) is None

    def to_numpy(self) -> Network:
        """Give the network on NumPy, with the present weights.

        Raises: UsageError if its layers are not those of a builder of keraslm.
        """
        return to_numpy(self) if self.has_numpy else super().to_numpy()

    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give the state of the layers before a text."""
        return self._graph.initial_states(batch_size)

    def read(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids from a state; give the logits, or what comes before the softmax."""
        return self._graph.read(ids, states, training, length)

    def read_features(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids from a state; give what the last layer multiplies with O."""
        return self._graph.read_features(ids, states, training, length)

    def logits_of_features(self, features: Any) -> Any:
        """Multiply what `read_features` gives with O."""
        return self._graph.logits_of_features(features)

    def read_instead(
        self, instead: Instead, ids: Any, states: list[Any]
    ) -> tuple[Any, list[Any]]:
        """Read ids from a state as `step` does, some layers computed otherwise.

        Shapes: ids (batch, time) -> logits (batch, time, vocabulary), next states
        """
        return self._graph.read_instead(instead, ids, states)

    def logits(self, shown: Any) -> Any:
        """Score every token of the vocabulary."""
        return self._graph.logits(shown)

    def nats(self, shown: Any, targets: Any) -> Any:
        """Give -log P of the targets."""
        if self._graph.output is None:
            return super().nats(shown, targets)
        return self._graph.nats(shown, targets)

    def output_weights(self, ids: Any) -> tuple[Any, Any]:
        """Give the columns of O and the entries of b that score some tokens.

        Shapes: ids (n,) -> (n, width), (n,)
        """
        return self._graph.output_weights(ids)

    def _obj_type(self) -> str:
        """Let Keras store a built model by its parts, as version 1's models are."""
        return "Layer" if self.architecture is not None else str(super()._obj_type())

    def load_own_variables(self, store: Any) -> None:
        """Read the bias of version 1's maximum-entropy model, which has a layer now."""
        if "0" in store:
            self.bias.bias.assign(store["0"])

    def get_config(self) -> dict[str, Any]:
        """Give what was built, or the network."""
        own = {"name": self.name, "trainable": self.trainable}
        if self.architecture is not None:
            return {**own, **self.architecture.to_dict()}
        network = keras.Model(self.inputs, self.outputs, name=self.name)
        stored = keras.saving.serialize_keras_object(network)
        return {**own, "network": without_lora(stored)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Build the model of such arguments, without its vocabulary."""
        if "network" not in config:
            return Architecture.build(config)
        network = keras.saving.deserialize_keras_object(
            config["network"], custom_objects=custom_objects
        )
        return cls(network, name=config["name"], trainable=config["trainable"])


def _ends(network: Any) -> tuple[Any, Any]:
    """Give the symbolic ids and logits of a network.

    Raises: UsageError if it has others.
    """
    inputs, outputs = _symbolic(network)
    if len(inputs) != 1 or len(outputs) != 1:
        raise UsageError(
            f"a language model has one input and one output; {network.name} has "
            f"{len(inputs)} and {len(outputs)}: give keras.Model(ids, logits)"
        )
    ids, logits = inputs[0], outputs[0]
    if any(isinstance(layer, CausalLM) for layer in network.layers):
        logits = _unwrapped(network, ids)
    if tuple(ids.shape[1:]) != (None,):
        raise UsageError(
            "a language model reads ids of any number: keras.Input((None,), "
            f"dtype='int32'); the input of {network.name} has shape {ids.shape}"
        )
    if len(logits.shape) != 3 or logits.shape[-1] is None:
        raise UsageError(
            "a language model gives logits (batch, time, vocabulary), one for every "
            f"id; the output of {network.name} has shape {logits.shape}: let recurrent "
            "layers return sequences"
        )
    is_softmax = getattr(network.layers[-1], "activation", None) is softmax
    return ids, ops.log(logits) if is_softmax else logits


def _unwrapped(network: Any, ids: Any) -> Any:
    """Give the logits of a network in which models of ours are their layers."""

    def call(layer: Any, *inputs: Any, **given: Any) -> Any:
        if isinstance(layer, CausalLM):
            return _unwrapped(layer, inputs[0])
        return layer(*inputs, **given)

    return graph_of(network)._run_through_graph(ids, call_fn=call)


def _symbolic(network: Any) -> tuple[list[Any], list[Any]]:
    try:
        return list(network.inputs), list(network.outputs)
    except (AttributeError, TypeError, ValueError) as error:
        raise UsageError(
            "a language model is made of a functional or Sequential Keras model with "
            f"an Input; received {type(network).__name__}"
        ) from error


def _context(model: CausalLM) -> int:
    """Say how many tokens must be read again: none where the state is carried.

    Raises: UsageError if the network looks ahead.
    """
    rng = np.random.default_rng(0)
    size = model.vocabulary_size
    first = min(1, size - 1)  # id 0 may be masked, and then nothing is read
    ids = rng.integers(first, size, size=(1, TRIED)).astype(np.int32)
    other = ids.copy()
    other[0, -1] = (ids[0, -1] + 1) % size
    whole, changed = (ops.convert_to_numpy(model(x)) for x in (ids, other))
    if np.abs(whole - changed)[:, :-1].max() > LOOKING_AHEAD:
        raise UsageError(
            f"{model.name} looks ahead: changing the last id changed what was "
            "predicted before it, so it is no language model (bidirectional layers, or "
            "attention without a causal mask)"
        )
    states, parts = model.initial_states(1), []
    for part in np.split(ids, 2, axis=1):
        logits, states = model.step(part, states)
        parts.append(ops.convert_to_numpy(logits))
    apart = np.abs(np.concatenate(parts, axis=1) - whole).max()
    return CONTEXT if apart > LOOKING_AHEAD else 0
