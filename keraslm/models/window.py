"""Neural bigram, trigram and fixed-window language models."""

from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.inference.network import last_tokens
from keraslm.layers import Dropout, MultiHotDense, OneHotDense, Window
from keraslm.layers.dense import Dense
from keraslm.layers.dropout import check_rate
from keraslm.models.causal import CausalModel
from keraslm.text.vocabulary import Vocabulary

INPUTS = ("one-hot", "bag-of-words", "embedding")
LONGEST = 1000  # tokens; a bag of words compares each two of them


@keras.saving.register_keras_serializable("keraslm")
class WindowModel(CausalModel):
    """Predict the next token from the last `context` tokens.

    Math:   one-hot        v = [onehot(x_{t-n+1}); ..; onehot(x_t)], order kept
            bag-of-words   v = multihot(x_{t-n+1}, .., x_t)
            embedding      v = [E x_{t-n+1}; ..; E x_t]
            h = tanh(v W + b) for each hidden layer;   logits = h U + c
            no hidden layer: logits = v W + b, multinomial logistic regression
    The state is the last context - 1 ids; before a text stand line boundaries. Without
    `trainable_embedding`, E stays as it is.

    Raises: UsageError for an unknown input or a size below 1.
    References: Bengio et al. (2003).
    """

    def __init__(
        self,
        vocabulary_size: int,
        context: int = 2,
        input_kind: str = "embedding",
        embedding: int = 64,
        hidden: tuple[int, ...] = (128,),
        dropout: float = 0.0,
        seed: int | None = None,
        trainable_embedding: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        _check(input_kind, embedding, hidden, dropout)
        if context > LONGEST:
            raise UsageError(f"context must be {LONGEST} or less; received {context}")
        self.vocabulary_size = vocabulary_size
        self.context = context
        self.input_kind = input_kind
        self.embedding = embedding
        self.hidden = tuple(hidden)
        self.dropout = dropout
        self.seed = seed
        self.trainable_embedding = trainable_embedding
        self.window = Window(context)
        widths = (*self.hidden, vocabulary_size)
        self.embed = self._new_embedding()
        self.first = self._new_first(widths[0])
        self.rest = [Dense(width) for width in widths[1:]]
        self.drop = Dropout(dropout, seed=seed)

    @property
    def state_rule(self) -> str:
        """Say how many tokens a prediction sees."""
        return last_tokens(self.context)

    def _new_embedding(self) -> Any:
        if self.input_kind != "embedding":
            return None
        wide = keras.initializers.RandomNormal(0.0, 1.0)
        return keras.layers.Embedding(
            self.vocabulary_size,
            self.embedding,
            wide,
            trainable=self.trainable_embedding,
        )

    def _new_first(self, width: int) -> Any:
        if self.input_kind == "embedding":
            return Dense(width)
        product = OneHotDense if self.input_kind == "one-hot" else MultiHotDense
        return product(width, self.vocabulary_size)

    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give the ids before a text: line boundaries.

        Shapes: one array (batch, context - 1), none if the context is one token
        """
        if self.context == 1:
            return []
        shape = (batch_size, self.context - 1)
        return [ops.full(shape, Vocabulary.boundary_id, "int32")]

    def step(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids, or the first `length` of each row, from a state.

        Shapes: ids (batch, time) -> logits (batch, time, vocabulary), next states
        """
        seen = ops.concatenate([*states, ids], axis=1)  # (batch, context - 1 + time)
        hidden = self.first(self.features(self.window(seen)))
        for layer in self.rest:
            hidden = layer(self.drop(ops.tanh(hidden), training=training))
        read = ops.shape(ids)[1] if length is None else length
        return hidden, [ops.slice(seen, (0, read), ops.shape(s)) for s in states]

    def features(self, windows: Any) -> Any:
        """Give what the first layer multiplies: ids, or their embeddings side by side.

        Shapes: (batch, time, context) -> the same, or (batch, time, context x width)
        """
        if self.embed is None:
            return windows
        vectors = self.embed(windows)  # (batch, time, context, embedding)
        batch, time = ops.shape(windows)[0], ops.shape(windows)[1]
        return ops.reshape(vectors, (batch, time, self.context * self.embedding))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the model."""
        own = {
            "vocabulary_size": self.vocabulary_size,
            "context": self.context,
            "input_kind": self.input_kind,
            "embedding": self.embedding,
            "hidden": list(self.hidden),
            "dropout": self.dropout,
            "seed": self.seed,
            "trainable_embedding": self.trainable_embedding,
        }
        return {**super().get_config(), **own}


def _check(
    input_kind: str, embedding: int, hidden: tuple[int, ...], dropout: float
) -> None:
    if input_kind not in INPUTS:
        raise UsageError(
            f"input must be one of {', '.join(INPUTS)}; received {input_kind!r}"
        )
    if embedding < 1 or any(width < 1 for width in hidden):
        raise UsageError(
            "embedding and hidden sizes must be 1 or more; "
            f"received embedding {embedding}, hidden {list(hidden)}"
        )
    check_rate("dropout", dropout)
