"""The same network on any number of texts."""

from typing import Any

import keras


def of_any_batch(network: Any) -> Any:
    """Copy a functional network so that it takes any number of texts, and forgets them.

    Raises: whatever Keras does where the layers do not allow it.
    """
    old = network.inputs[0]
    given = keras.Input(old.shape[1:], dtype=old.dtype)
    made: dict[int, tuple[Any, Any]] = {}  # each layer once, however often it is used

    def copied(layer: Any) -> Any:
        if id(layer) not in made:
            config = layer.get_config()
            if "stateful" in config:
                config["stateful"] = False
            made[id(layer)] = (layer, type(layer).from_config(config))
        return made[id(layer)][1]

    shown = network._run_through_graph(given, copied)
    for layer, copy in made.values():
        if isinstance(layer, keras.layers.Layer):
            copy.set_weights(layer.get_weights())
    return keras.Model(given, shown)
