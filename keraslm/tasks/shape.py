"""What a network of a task looks like: enough to build it again."""

import dataclasses
from typing import Any, NamedTuple, Self

from keraslm.errors import ModelFileError, UsageError

LARGEST = 1 << 20
MOST_LAYERS = 64
MOST_FREQUENT = "most-frequent"
BAG = "bag-of-words"
ATTENTION = "attention"  # in the place of a cell


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
    "transformer": Kind(ATTENTION),
}
CLASSIFIERS = {
    "last-state": Kind("lstm", pool="last"),
    "bidirectional": Kind("lstm", both=True, pool="last"),
    "mean-pool": Kind("lstm", pool="mean"),
    "max-pool": Kind("lstm", pool="max"),
    "self-attention": Kind(ATTENTION, pool="mean"),
    BAG: Kind("", pool="mean"),
}
KINDS = TAGGERS | CLASSIFIERS


@dataclasses.dataclass(frozen=True)
class Shape:
    """A model's name, and the sizes of its embedding and of its hidden layers.

    A bidirectional layer has `units` in each direction. A bag of words has no recurrent
    layers, but one hidden layer of `units`. Blocks of self-attention have `heads`.
    """

    model: str
    embedding: int = 64
    units: int = 64
    layers: int = 1
    heads: int | None = None

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
        told = dataclasses.asdict(self)
        return {name: value for name, value in told.items() if value is not None}

    @classmethod
    def from_dict(cls, told: Any, known: dict[str, Kind], where: str) -> Self:
        """Read it from a model file; its model is one of the `known`.

        Raises: ModelFileError naming the file `where`, if it is damaged.
        """
        if not isinstance(told, dict) or told.get("model") not in known:
            raise ModelFileError(f"{where} is damaged: its network is of no known kind")
        names = [field.name for field in dataclasses.fields(cls)]
        attends = known[told["model"]].cell == ATTENTION
        sizes = [value for name, value in told.items() if name != "model"]
        right = all(type(size) is int and 1 <= size <= LARGEST for size in sizes)
        if set(told) != set(names if attends else names[:-1]) or not right:
            raise ModelFileError(f"{where} is damaged: its network has no sizes")
        halves = told["units"] % (2 * told["heads"]) if attends else 0
        if halves or told["layers"] > MOST_LAYERS:
            raise ModelFileError(f"{where} is damaged: its network has other sizes")
        return cls(**told)


def shape_of(cls: type[Any], told: Any, where: str, **choices: tuple[Any, ...]) -> Any:
    """Read a shape from a model file: `choices`, and sizes of 1 or more.

    Raises: ModelFileError naming the file `where`, if it is damaged.
    """
    names = [field.name for field in dataclasses.fields(cls)]
    if not isinstance(told, dict) or set(told) != set(names):
        raise ModelFileError(f"{where} is damaged: its network has no sizes")
    sizes = [value for name, value in told.items() if name not in choices]
    right = all(type(size) is int and 1 <= size <= LARGEST for size in sizes)
    known = all(told[name] in values for name, values in choices.items())
    if not (right and known) or told["layers"] > MOST_LAYERS:
        raise ModelFileError(f"{where} is damaged: its network is of no known kind")
    try:
        return cls(**told)
    except UsageError as error:
        raise ModelFileError(f"{where} is damaged: {error}") from error
