"""What a masked network looks like: enough to build it again."""

import dataclasses
from typing import Any, Self

from keraslm.errors import ModelFileError, UsageError

TRANSFORMER, BILSTM = "transformer", "bilstm"
MODELS = (TRANSFORMER, BILSTM)
LARGEST = 1 << 16
MOST_LAYERS = 64


@dataclasses.dataclass(frozen=True)
class Shape:
    """A network's name and its sizes.

    The embedding is `embedding` wide, which is `units` where it is not given, and
    always in a transformer; so wide is each direction of the LSTM. A line is read
    in pieces of at most `context` tokens. Layers and heads are of the transformer; the
    LSTM has one layer from each side.
    Raises: UsageError for a size that cannot be.
    """

    model: str = TRANSFORMER
    units: int = 64
    layers: int = 2
    heads: int = 4
    context: int = 128
    embedding: int | None = None

    def __post_init__(self) -> None:
        """Check what the sizes are together."""
        if self.embedding is None:
            object.__setattr__(self, "embedding", self.units)
        if self.model == TRANSFORMER and self.embedding != self.units:
            raise UsageError(
                "the vectors of a masked transformer have as many numbers as it has "
                f"`units`; received {self.embedding} numbers and {self.units} units"
            )
        if self.model == TRANSFORMER and self.units % (2 * self.heads):
            raise UsageError(
                "`units` must be a multiple of twice the `heads`; received "
                f"{self.units} units and {self.heads} heads"
            )
        if self.layers > MOST_LAYERS:
            raise UsageError(
                f"`layers` must be {MOST_LAYERS} or less; received {self.layers}"
            )

    def to_dict(self) -> dict[str, Any]:
        """Give what a model file says of it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, told: Any, where: str) -> Self:
        """Read it from a model file.

        Raises: ModelFileError naming the file `where`, if it is damaged.
        """
        names = [field.name for field in dataclasses.fields(cls)]
        if not isinstance(told, dict) or set(told) != set(names):
            raise ModelFileError(f"{where} is damaged: its network has no sizes")
        sizes = [told[name] for name in names[1:]]
        right = all(type(size) is int and 1 <= size <= LARGEST for size in sizes)
        if told["model"] not in MODELS or not right:
            raise ModelFileError(f"{where} is damaged: its network is of no known kind")
        try:
            return cls(**told)
        except UsageError as error:
            raise ModelFileError(f"{where} is damaged: {error}") from error
