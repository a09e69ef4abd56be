"""What a network that tags looks like: enough to build it again."""

import dataclasses
from typing import Any, Self

from keraslm.errors import ModelFileError

MOST_FREQUENT = "most-frequent"
CELLS = {
    "bilstm": ("lstm", True),
    "bigru": ("gru", True),
    "birnn": ("rnn", True),
    "lstm": ("lstm", False),
}
MODELS = (*CELLS, MOST_FREQUENT)
LARGEST = 1 << 20
MOST_LAYERS = 64


@dataclasses.dataclass(frozen=True)
class Shape:
    """A model's name, and the sizes of its embedding and of its recurrent layers.

    A bidirectional layer has `units` in each direction.
    """

    model: str
    embedding: int = 64
    units: int = 64
    layers: int = 1

    @property
    def cell(self) -> str:
        """The name of the cell."""
        return CELLS[self.model][0]

    @property
    def both(self) -> bool:
        """Whether it reads in both directions."""
        return CELLS[self.model][1]

    def to_dict(self) -> dict[str, Any]:
        """Give what a model file says of it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, told: Any, where: str) -> Self:
        """Read it from a model file.

        Raises: ModelFileError naming the file `where`, if it is damaged.
        """
        names = {field.name for field in dataclasses.fields(cls)}
        if not isinstance(told, dict) or told.keys() != names:
            raise ModelFileError(f"{where} is damaged: its network has no sizes")
        model, *sizes = (told[field.name] for field in dataclasses.fields(cls))
        right = all(type(size) is int and 1 <= size <= LARGEST for size in sizes)
        if model not in CELLS or not right or told["layers"] > MOST_LAYERS:
            raise ModelFileError(f"{where} is damaged: its network is no tagger")
        return cls(**told)
