"""From the names on the command line to a Keras model."""

from typing import Any, Protocol

from keraslm.cells import registry
from keraslm.models.bigram import bigram
from keraslm.models.causal import CausalModel
from keraslm.models.maxent import MaxEntModel
from keraslm.models.recurrent import RecurrentModel
from keraslm.models.window import WindowModel


class Sizes(Protocol):
    """The options that shape a network."""

    @property
    def model(self) -> str: ...
    @property
    def embedding(self) -> int | None: ...
    @property
    def freeze(self) -> bool: ...
    @property
    def order(self) -> int | None: ...
    @property
    def direct_order(self) -> int | None: ...
    @property
    def skip(self) -> int | None: ...
    @property
    def feature_bits(self) -> int: ...
    @property
    def context(self) -> int | None: ...
    @property
    def input(self) -> str | None: ...
    @property
    def hidden_sizes(self) -> tuple[int, ...]: ...
    @property
    def layers(self) -> int | None: ...
    @property
    def units(self) -> int | None: ...
    @property
    def dropout(self) -> float | None: ...
    @property
    def embedding_dropout(self) -> float: ...
    @property
    def weight_drop(self) -> float: ...
    @property
    def tied(self) -> bool: ...
    @property
    def residual(self) -> bool: ...
    @property
    def activation(self) -> str: ...
    @property
    def seed(self) -> int: ...


def build(sizes: Sizes, vocabulary_size: int, softmax: Any = None) -> CausalModel:
    """Build any of the networks with fresh weights.

    A recurrent or maxent model predicts with `softmax`, or with the full softmax.
    """
    model: CausalModel
    if sizes.model in registry.names():
        model = RecurrentModel(
            vocabulary_size,
            cell=sizes.model,
            embedding=sizes.embedding or 64,
            units=sizes.units or 256,
            layers=sizes.layers or 1,
            dropout=sizes.dropout or 0.0,
            embedding_dropout=sizes.embedding_dropout,
            weight_drop=sizes.weight_drop,
            tied=sizes.tied,
            softmax=softmax,
            residual=sizes.residual,
            activation=sizes.activation,
            direct_order=sizes.direct_order,
            skip=sizes.skip or 0,
            bits=sizes.feature_bits,
            seed=sizes.seed,
            trainable_embedding=not sizes.freeze,
        )
    elif sizes.model == "maxent":
        model = MaxEntModel(
            vocabulary_size,
            order=sizes.order or 3,
            skip=sizes.skip or 0,
            bits=sizes.feature_bits,
            softmax=softmax,
        )
    elif sizes.model == "bigram" and _is_one_matrix(sizes):
        model = bigram(vocabulary_size)
    else:
        model = WindowModel(
            vocabulary_size,
            context=sizes.context or 1,
            input_kind=sizes.input or "embedding",
            embedding=sizes.embedding or 64,
            hidden=sizes.hidden_sizes,
            dropout=sizes.dropout or 0.0,
            seed=sizes.seed,
            trainable_embedding=not sizes.freeze,
        )
    model.build_weights()
    return model


def _is_one_matrix(sizes: Sizes) -> bool:
    return sizes.input == "one-hot" and not sizes.hidden_sizes
