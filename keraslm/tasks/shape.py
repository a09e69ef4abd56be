"""What a network of a task looks like: enough to build it again."""

import dataclasses
from typing import Any, NamedTuple, Self

from keraslm.errors import ModelFileError

LARGEST = 1 << 20
MOST_LAYERS = 64
MOST_FREQUENT = "most-frequent"
BAG = "bag-of-words"


class Kind(NamedTuple):
    """The cell of a network, its directions, and what becomes of its steps.

    `pool` is "" where every step is shown, else what one vector is made of: the "last"
    step of each direction, the "mean" or the "max" of all.
    """

    cell: str
    both: bool = False
    pool: str = ""


TAGGERS = {
    "bilstm": Kind("lstm", both=True),
    "bigru": Kind("gru", both=True),
    "birnn": Kind("rnn", both=True),
    "lstm": Kind("lstm"),
}
CLASSIFIERS = {
    "last-state": Kind("lstm", pool="last"),
    "bidirectional": Kind("lstm", both=True, pool="last"),
    "mean-pool": Kind("lstm", pool="mean"),
    "max-pool": Kind("lstm", pool="max"),
    BAG: Kind("", pool="mean"),
}
KINDS = TAGGERS | CLASSIFIERS


@dataclasses.dataclass(frozen=True)
class Shape:
    """A model's name, and the sizes of its embedding and of its hidden layers.

    A bidirectional layer has `units` in each direction. A bag of words has no recurrent
    layers, but one hidden layer of `units`.
    """

    model: str
    embedding: int = 64
    units: int = 64
    layers: int = 1

    @property
    def kind(self) -> Kind:
        """The cell, the directions and the pooling."""
        return KINDS[self.model]

    @property
    def width(self) -> int:
        """The numbers that the last layer before the softmax shows."""
        return self.units * (1 + self.kind.both)

    def to_dict(self) -> dict[str, Any]:
        """Give what a model file says of it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, told: Any, known: dict[str, Kind], where: str) -> Self:
        """Read it from a model file; its model is one of the `known`.

        Raises: ModelFileError naming the file `where`, if it is damaged.
        """
        names = [field.name for field in dataclasses.fields(cls)]
        if not isinstance(told, dict) or set(told) != set(names):
            raise ModelFileError(f"{where} is damaged: its network has no sizes")
        sizes = [told[name] for name in names[1:]]
        right = all(type(size) is int and 1 <= size <= LARGEST for size in sizes)
        if told["model"] not in known or not right or told["layers"] > MOST_LAYERS:
            raise ModelFileError(f"{where} is damaged: its network is of no known kind")
        return cls(**told)
