"""The network of a run: built, continued, or started from pretrained vectors."""

from typing import Any

from keraslm.cells import registry
from keraslm.text.encoder import TextEncoder
from keraslm.training.options import Configuration
from keraslm.training.pretrained import Pretrained
from keraslm.training.reporter import Reporter


def new_network(
    c: Configuration,
    encoder: TextEncoder,
    reporter: Reporter,
    initial: Any = None,
    pretrained: Pretrained | None = None,
) -> Any:
    """Build the network of a configuration, or take the one that it continues.

    Its embedding starts from the pretrained rows, if there are any.
    """
    import keras

    from keraslm.training.softmax import new_softmax

    keras.utils.set_random_seed(c.seed)
    if initial is not None:
        model = initial.keras_model
    else:
        softmax = new_softmax(c, encoder.vocabulary, reporter)
        model = build(c, encoder, softmax)
    model.tokens, model.title, model.metadata = encoder, c.model, {}
    if pretrained is not None:
        model.embed.set_weights([pretrained.rows])
        model.metadata["embeddings"] = pretrained.source
    known = model.language_model
    frozen = known.details.get("frozen_parameters", 0)
    also = f", and {frozen:,} frozen ones" if frozen else ""
    reporter.note(f"{c.model}: {known.parameters:,} parameters{also}")
    return model


def build(c: Configuration, tokens: TextEncoder | int, softmax: Any = None) -> Any:
    """Build any of the networks with fresh weights.

    A recurrent or maxent model predicts with `softmax`, or with the full softmax.
    """
    from keraslm import models

    features: dict[str, Any] = {"skip": c.skip or 0, "bits": c.feature_bits}
    if c.model in registry.names():
        return models.recurrent(
            tokens,
            c.model,
            embedding=c.embedding or 64,
            units=c.units or 256,
            layers=c.layers or 1,
            dropout=c.dropout or 0.0,
            embedding_dropout=c.embedding_dropout,
            weight_drop=c.weight_drop,
            tied=c.tied,
            softmax=softmax,
            residual=c.residual,
            activation=c.activation,
            direct_order=c.direct_order,
            input_order=c.input_order,
            input_bits=c.input_bits or 13,
            input_dropout=c.input_dropout or 0.0,
            seed=c.seed,
            trainable_embedding=not c.freeze,
            **features,
        )
    if c.model == "transformer":
        return models.transformer(
            tokens,
            layers=c.layers or 1,
            heads=c.heads or 1,
            units=c.units or 128,
            context=c.context or 64,
            dropout=c.dropout or 0.0,
            tied=c.tied,
            seed=c.seed,
            trainable_embedding=not c.freeze,
        )
    if c.model == "maxent":
        return models.maxent(tokens, order=c.order or 3, softmax=softmax, **features)
    if c.is_one_matrix:
        return models.bigram(tokens)
    return models.ngram(
        tokens,
        context=c.context or 1,
        input=c.input or "embedding",
        embedding=c.embedding or 64,
        hidden=c.hidden_sizes,
        dropout=c.dropout or 0.0,
        seed=c.seed,
        trainable_embedding=not c.freeze,
        name=c.model,
    )
