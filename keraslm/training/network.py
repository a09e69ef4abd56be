"""The network of a run: built, continued, or started from pretrained vectors."""

from typing import Any

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

    from keraslm.models.language_model import KerasLanguageModel

    keras.utils.set_random_seed(c.seed)
    network = initial.keras_model if initial else _built(c, encoder, reporter)
    model = KerasLanguageModel(network, encoder, c.model)
    if pretrained is not None:
        network.embed.set_weights([pretrained.rows])
        model.metadata["embeddings"] = pretrained.source
    frozen = model.details.get("frozen_parameters", 0)
    also = f", and {frozen:,} frozen ones" if frozen else ""
    reporter.note(f"{c.model}: {model.parameters:,} parameters{also}")
    return model


def _built(c: Configuration, encoder: TextEncoder, reporter: Reporter) -> Any:
    from keraslm.models.build import build
    from keraslm.training.softmax import new_softmax

    softmax = new_softmax(c, encoder.vocabulary, reporter)
    return build(c, len(encoder.vocabulary), softmax)
