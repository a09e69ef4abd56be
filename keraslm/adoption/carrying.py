"""The same network on any batch, its recurrent states as inputs and outputs."""

from typing import Any

import keras

RECURRENT = (keras.layers.SimpleRNN, keras.layers.GRU, keras.layers.LSTM)


class Rebuilt:
    """The layers of a copy of a network, each made once however often it is used."""

    def __init__(self, carried: bool) -> None:
        self.carried = carried
        self.states: list[Any] = []  # symbolic inputs
        self.after: list[Any] = []  # symbolic outputs
        self._made: dict[int, tuple[Any, Any]] = {}

    def layer(self, old: Any) -> Any:
        """Copy a layer; a recurrent one forgets nothing by itself and shows its states.

        Raises: ValueError where states would have to go through a nested model.
        """
        if id(old) not in self._made:
            self._made[id(old)] = (old, self._copy(old))
        return self._made[id(old)][1]

    def _copy(self, old: Any) -> Any:
        config = old.get_config()
        if "stateful" in config:
            config["stateful"] = False
        if isinstance(old, RECURRENT) and self.carried:
            if old.go_backwards:
                raise ValueError("a layer reads backwards")
            config |= {"return_sequences": True, "return_state": True}
        return old.__class__.from_config(config)

    def call(self, layer: Any, *inputs: Any, **given: Any) -> Any:
        """Apply a layer; a recurrent one starts from new inputs of the network."""
        if not (isinstance(layer, RECURRENT) and self.carried):
            return layer(*inputs, **given)
        if given.get("initial_state") is not None or len(inputs) > 1:
            raise ValueError("a layer's state is computed by another layer")
        sizes = layer.state_size
        sizes = sizes if isinstance(sizes, list | tuple) else [sizes]
        states = [keras.Input((size,)) for size in sizes]
        shown, *after = layer(inputs[0], initial_state=states)
        self.states += states
        self.after += after
        return shown

    def copy_weights(self) -> None:
        """Give every new layer the weights of the old one."""
        for old, new in self._made.values():
            if isinstance(old, keras.layers.Layer):
                new.set_weights(old.get_weights())


def rebuild(network: Any, carried: bool) -> Any:
    """Copy a functional network so that it takes any number of texts.

    `carried`: any number of steps too, and the states of its SimpleRNN, GRU and LSTM
    layers as further inputs and outputs.
    Shapes: tokens, states -> (batch, time, V), next states
    Raises: whatever Keras does where the layers do not allow it.
    """
    old = network.inputs[0]
    time = None if carried else old.shape[1]
    given = keras.Input((time, *old.shape[2:]), dtype=old.dtype)
    parts = Rebuilt(carried)
    # As keras.models.clone_model does, which knows of no inputs but the old ones.
    shown = network._run_through_graph(given, parts.layer, parts.call)
    parts.copy_weights()
    if not carried:
        return keras.Model(given, shown)
    if not parts.states:
        raise ValueError("there is no recurrent layer")
    return keras.Model([given, *parts.states], [shown, *parts.after])
