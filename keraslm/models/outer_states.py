"""A network that takes its states as inputs and gives the next ones as outputs.

Files of version 1 hold adopted recurrent networks so.
"""

from typing import Any

from keras import ops

from keraslm.models.graph import Instead, takes_training


class OuterStates:
    """The states of such a network, read as `graph.Memories` reads those of layers."""

    def __init__(self, network: Any) -> None:
        self._states = network.inputs[1:]

    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give zeros for every recurrent layer."""
        return [ops.zeros((batch_size, *state.shape[1:])) for state in self._states]

    def read(
        self,
        network: Any,
        inputs: Any,
        states: list[Any],
        training: bool = False,
        length: Any = None,
        instead: Instead | None = None,
    ) -> tuple[Any, list[Any]]:
        """Run the network's graph from a state; `length` is not for such networks."""

        def call(layer: Any, *args: Any, **given: Any) -> Any:
            state = given.get("initial_state")
            done = instead and instead(layer, state, args, given)
            if done is not None:
                shown, after = done
                return shown if after is None else (shown, *after)
            if takes_training(layer):
                given["training"] = training
            return layer(*args, **given)

        given = [inputs, *map(ops.convert_to_tensor, states)]
        shown, *after = network._run_through_graph(given, call_fn=call)
        return shown, after
