"""SimpleRNN, GRU and LSTM language models."""

from typing import Any

import keras
from keras import ops

from keraslm.cells import registry
from keraslm.cells.stack import hand_on
from keraslm.errors import UsageError
from keraslm.kernels.products import product
from keraslm.layers import GRU, LSTM, Dropout, Recurrent, SimpleRNN
from keraslm.layers.adaptive_softmax import AdaptiveSoftmax
from keraslm.layers.class_softmax import ClassSoftmax
from keraslm.layers.dense import Dense
from keraslm.layers.dropout import check_rate
from keraslm.models.softmax_model import SoftmaxModel, new_features

MOST_LAYERS = 64
LAYERS = {"rnn": SimpleRNN, "gru": GRU, "lstm": LSTM}


@keras.saving.register_keras_serializable("keraslm")
class RecurrentModel(SoftmaxModel):
    """Embed each token, read it with a stack of recurrent layers, predict the next.

    Math:   e_t = E[x_t];   h^l_t = cell^l(h^{l-1}_t, h^l_{t-1}),   h^0_t = e_t
            logits_t = h^L_t O + b, or the log-probabilities of `softmax`
            tied: O = E^T, after a projection of h^L_t to the embedding's width where
            the two differ
            residual: h^l_t is added to h^{l-1}_t where they have the same width
            direct_order n: a maximum-entropy model beside it; see `SoftmaxModel`
    In training, `dropout` is the share of the units dropped between layers,
    `embedding_dropout` that of the words whose vectors are dropped everywhere in a
    window, `weight_drop` that of the recurrent weights. Without `trainable_embedding`,
    E stays as it is.
    Raises: UsageError for an unknown cell, a size below 1, or tied weights with a
            softmax that has vectors of its own.
    References: Mikolov et al. (2010); Zaremba, Sutskever & Vinyals (2014), dropout
            between the layers only; Gal & Ghahramani (2016), one mask for all steps,
            and dropped words; Merity, Keskar & Socher (2018), dropped weights;
            Press & Wolf (2017), tied weights; Mikolov et al. (2011), direct features.
    """

    def __init__(
        self,
        vocabulary_size: int,
        cell: str = "lstm",
        embedding: int = 64,
        units: int = 256,
        layers: int = 2,
        dropout: float = 0.0,
        embedding_dropout: float = 0.0,
        weight_drop: float = 0.0,
        tied: bool = False,
        softmax: AdaptiveSoftmax | ClassSoftmax | None = None,
        residual: bool = False,
        activation: str = "tanh",
        direct_order: int | None = None,
        skip: int = 0,
        bits: int = 22,
        seed: int | None = None,
        trainable_embedding: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        _check_cell(cell, activation)
        _check_sizes(layers=layers, embedding=embedding)
        if layers > MOST_LAYERS:
            raise UsageError(f"layers must be {MOST_LAYERS} or less; received {layers}")
        check_rate("dropout", dropout)
        check_rate("embedding_dropout", embedding_dropout)
        self.vocabulary_size = vocabulary_size
        self.cell = cell
        self.embedding = embedding
        self.units = units
        self.dropout = dropout
        self.embedding_dropout = embedding_dropout
        self.weight_drop = weight_drop
        self.tied = tied
        self.softmax = softmax
        self.residual = residual
        self.activation = activation
        self.direct_order = direct_order
        self.skip = skip
        self.bits = bits
        self.seed = seed
        self.trainable_embedding = trainable_embedding
        # vectors of length 1 where they also predict, else entries of size 1
        spread = embedding**-0.5 if tied else 1.0
        self.embed = keras.layers.ReversibleEmbedding(
            vocabulary_size,
            embedding,
            tie_weights=True,
            embeddings_initializer=keras.initializers.RandomNormal(0.0, spread),
            trainable=trainable_embedding,
        )
        self.recurrent = [self._new_layer(number) for number in range(layers)]
        self.drop_words = Dropout(embedding_dropout, seed=seed)
        self.drop = Dropout(dropout, same_steps=True, seed=seed)
        wide = tied and units != embedding
        self.project = Dense(embedding, use_bias=False) if wide else None
        self.predict_next = self._new_output()
        if direct_order is not None:
            self.direct = new_features(
                vocabulary_size, softmax, direct_order, skip, bits
            )

    def _new_output(self) -> Any:
        if self.softmax is None:
            return None if self.tied else Dense(self.vocabulary_size)
        if self.tied:
            raise UsageError(
                "tied weights need one vector of the embedding's width for every word; "
                f"{type(self.softmax).__name__} has vectors of its own: leave one out"
            )
        return self.softmax

    def _new_layer(self, number: int) -> Any:
        seed = None if self.seed is None else self.seed + number
        given: dict[str, Any] = {"weight_drop": self.weight_drop, "seed": seed}
        given["return_state"] = True
        if self.cell not in LAYERS:
            return Recurrent(registry.new_cell(self.cell, units=self.units), **given)
        if self.cell == "rnn":
            given["activation"] = self.activation
        return LAYERS[self.cell](self.units, **given)

    @property
    def suits_xla(self) -> bool:
        """Whether XLA can compile it: not where its layers call cuDNN."""
        return super().suits_xla and all(one.supports_jit for one in self.recurrent)

    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give zeros for every layer, and the ids before a text that features need."""
        zeros = [
            s for layer in self.recurrent for s in layer.get_initial_state(batch_size)
        ]
        return zeros + (self.direct.initial_state(batch_size) if self.direct else [])

    def states_of(self, number: int, states: list[Any]) -> list[Any]:
        """Give a layer's own of the states of all layers."""
        each = len(self.recurrent[number].cell.states)
        return states[number * each : (number + 1) * each]

    def look(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[dict[str, Any], list[Any]]:
        """Give what the last layer shows, and the histories that features see."""
        hidden, after = self.read(ids, states, training, length)
        if self.direct is None:
            return {"hidden": hidden}, after
        contexts, last = self.direct.read(ids, states[len(after) :], length)
        return {"hidden": hidden, "contexts": contexts}, after + last

    def read(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Give what the last layer shows.

        Shapes: ids (batch, time) -> (batch, time, units), next states of the layers
        """
        hidden = self.drop(self._embedded(ids, training), training=training)
        after: list[Any] = []
        for number, layer in enumerate(self.recurrent):
            before = self.states_of(number, states)
            shown, *last = layer(
                hidden, initial_state=before, training=training, length=length
            )
            after += last
            shown = self.drop(shown, training=training)
            hidden = hand_on(hidden, shown, self.residual)
        return hidden, after

    def _embedded(self, ids: Any, training: bool) -> Any:
        """Look up the vectors; dropped, a word is zero wherever it stands."""
        if not (training and self.embedding_dropout):
            return self.embed(ids)
        words = ops.ones((self.vocabulary_size, 1), self.compute_dtype)
        kept = self.drop_words(words, training=True)
        return self.embed(ids) * ops.take(kept, ids, axis=0)

    def adds_residual(self, number: int) -> bool:
        """Say whether a layer's input is added to its output: same width only."""
        return self.residual and (number > 0 or self.embedding == self.units)

    def logits(self, hidden: Any) -> Any:
        """Score every token of the vocabulary by what the last layer shows.

        Shapes: (batch, time, units) -> (batch, time, vocabulary)
        """
        if self.predict_next is not None:
            return self.predict_next(hidden)
        vectors = ops.convert_to_tensor(self.embed.embeddings)
        return product(self.features(hidden), vectors, transpose_b=True)

    def features(self, hidden: Any) -> Any:
        """Give what is multiplied with O: h, or its projection where E is narrower.

        Shapes: (.., units) -> (.., width)
        """
        return hidden if self.project is None else self.project(hidden)

    def output_weights(self, ids: Any) -> tuple[Any, Any]:
        """Give the columns of O and the entries of b that score some tokens.

        Shapes: ids (n,) -> (n, width), (n,)
        """
        if self.predict_next is None:
            rows = ops.take(self.embed.embeddings, ids, axis=0)
            return rows, ops.zeros(ops.shape(ids), rows.dtype)
        columns = ops.take(self.predict_next.kernel, ids, axis=1)
        return ops.transpose(columns), ops.take(self.predict_next.bias, ids)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the model."""
        names = (
            "cell",
            "embedding",
            "units",
            "dropout",
            "embedding_dropout",
            "weight_drop",
            "tied",
            "residual",
            "activation",
            "direct_order",
            "skip",
            "bits",
            "seed",
            "trainable_embedding",
        )
        own = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **own, "layers": len(self.recurrent)}


def _check_cell(cell: str, activation: str) -> None:
    if cell not in registry.names():
        registry.new_cell(cell)  # refuses it
    if activation != "tanh" and cell != "rnn":
        raise UsageError(
            f"activation {activation!r} is for the cell rnn; {cell} has its own gates"
        )


def _check_sizes(**sizes: int) -> None:
    for name, value in sizes.items():
        if value < 1:
            raise UsageError(f"{name} must be 1 or more; received {value}")
