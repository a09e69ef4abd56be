"""How much memory a network from a stranger would take, told before it is spent.

The numbers of a configuration are sizes of the stored weights, or small. Once the
graph is built, the shapes between its layers are known without computing anything.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import keras

from keraslm.errors import ModelFileError

LARGEST_FREE = 8192  # a size that is no axis of the weights, such as a context
MOST_NUMBERS = 1 << 28  # between the layers, for one text
MOST_TEXTS = 1024  # that a network with a fixed batch reads at once
TIME = 256  # tokens of a text, where the network leaves it open
_NO_SIZES = ("seed", "shared_object_id")


def check_numbers(
    configuration: Any, shapes: Sequence[tuple[int, ...]], where: str
) -> None:
    """Refuse a configuration of sizes that the weights do not show.

    Raises: ModelFileError naming the number.
    """
    known = {length for shape in shapes for length in shape}
    for name, value in _entries(configuration):
        if name == "batch_shape" and _first(value) > MOST_TEXTS:
            raise ModelFileError(
                f"{where} is refused: it reads {_first(value):.3g} texts at once, more "
                f"than {MOST_TEXTS}; save the model with a batch size of None"
            )
        if type(value) is int and abs(value) > LARGEST_FREE and value not in known:
            raise ModelFileError(
                f"{where} is refused: {name[:40]} {value:.3g} in its configuration is "
                f"no size of its weights, and larger than {LARGEST_FREE}"
            )


def check_room(network: Any, where: str) -> None:
    """Refuse a network of which one text would fill the memory.

    Raises: ModelFileError
    """
    room, texts = _Room(), network.inputs[0].shape[0] or 1
    given = [_of_known_shape(tensor, texts) for tensor in network.inputs]
    one_or_more = given if len(given) > 1 else given[0]
    network._run_through_graph(one_or_more, lambda layer: layer, room.call)
    if room.numbers > MOST_NUMBERS * texts:
        raise ModelFileError(
            f"{where} is refused: {texts} texts would take {room.numbers:.3g} numbers "
            f"between the layers, more than {MOST_NUMBERS:,} a text"
        )


def _of_known_shape(tensor: Any, texts: int) -> Any:
    shape = (texts, *(size or TIME for size in tensor.shape[1:]))
    return keras.KerasTensor(shape, tensor.dtype)


class _Room:
    """Adds up what the layers of a graph give, which all stays until its end.

    The scores of attention go with their layer: the most of them count.
    """

    def __init__(self) -> None:
        self._given = self._scores = 0

    @property
    def numbers(self) -> int:
        """How many numbers there are at once."""
        return self._given + self._scores

    def call(self, layer: Any, *inputs: Any, **named: Any) -> Any:
        """Give the shape of what a layer gives, and count its numbers."""
        shown = layer.compute_output_spec(*inputs, **named)
        for tensor in _tensors(shown):
            self._given += math.prod(size or TIME for size in tensor.shape)
        heads = getattr(layer, "heads", getattr(layer, "num_heads", 1))
        if "Attention" in type(layer).__name__ or hasattr(layer, "heads"):
            pairs = max(_steps(tensor) for tensor in _tensors([inputs, named])) ** 2
            self._scores = max(self._scores, heads * pairs)
        return shown


def _tensors(nested: Any) -> list[Any]:
    flat = keras.tree.flatten(nested)
    return [tensor for tensor in flat if isinstance(tensor, keras.KerasTensor)]


def _steps(tensor: Any) -> int:
    return tensor.shape[1] or TIME if len(tensor.shape) > 1 else 1


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    """Give every value with the name of the table entry that it stands in."""
    waiting = [("", value)]  # no recursion: a file may nest as deeply as it likes
    while waiting:
        name, value = waiting.pop()
        yield name, value
        if isinstance(value, dict):
            parts = [(n, v) for n, v in value.items() if n not in _NO_SIZES]
            waiting += parts
        elif isinstance(value, list):
            waiting += [(name, part) for part in value]


def _first(shape: Any) -> float:
    known = isinstance(shape, list) and shape and type(shape[0]) is int
    return shape[0] if known else 0
