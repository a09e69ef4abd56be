"""An embedding whose vectors also predict."""

from typing import Any

import keras
from keras import ops

from keraslm.kernels.products import product


@keras.saving.register_keras_serializable("keraslm")
class TiedEmbedding(keras.layers.ReversibleEmbedding):
    """Keras's reversible embedding, whose product with E^T training may round.

    Math:   v = E[x];   reversed: logits = v E^T
    Shapes: (batch, time) -> (batch, time, width); reversed (.., width) -> (.., V)
    References: Press & Wolf (2017).
    """

    def call(self, inputs: Any, reverse: bool = False) -> Any:
        """Look vectors up, or score every token by its own."""
        if not reverse:
            return super().call(inputs)
        vectors = ops.cast(ops.convert_to_tensor(self.embeddings), self.compute_dtype)
        return product(inputs, vectors, transpose_b=True)
