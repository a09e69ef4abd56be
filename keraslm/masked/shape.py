"""What a masked network looks like: enough to build it again."""

import dataclasses
from typing import Any, Self

from keraslm.errors import UsageError
from keraslm.tasks.shape import shape_of

BILSTM, TRANSFORMER, BERT = "bilstm", "transformer", "bert"
MODELS = (BILSTM, TRANSFORMER, BERT)
MOST_LAYERS = 64


@dataclasses.dataclass(frozen=True)
class Shape:
    """A network's name and its sizes.

    The embedding is `embedding` wide, which is `units` where it is 0, and always with
    attention; so wide is what reads from each side. A line is read in pieces of at most
    `context` tokens. Layers and heads are of attention; the LSTM has one layer from
    each side.
    Raises: UsageError for a size that cannot be.
    """

    model: str = TRANSFORMER
    units: int = 64
    layers: int = 2
    heads: int = 4
    context: int = 128
    embedding: int = 0

    def __post_init__(self) -> None:
        """Check what the sizes are together."""
        if not self.embedding:
            object.__setattr__(self, "embedding", self.units)
        if self.is_attending and self.embedding != self.units:
            raise UsageError(
                f"the vectors of a masked {self.model} have as many numbers as it has "
                f"`units`; received {self.embedding} numbers and {self.units} units"
            )
        if self.is_attending and self.units % (2 * self.heads):
            raise UsageError(
                "`units` must be a multiple of twice the `heads`; received "
                f"{self.units} units and {self.heads} heads"
            )
        if self.layers > MOST_LAYERS:
            raise UsageError(
                f"`layers` must be {MOST_LAYERS} or less; received {self.layers}"
            )

    @property
    def is_attending(self) -> bool:
        """Whether the network is of blocks of attention."""
        return self.model != BILSTM

    @property
    def masks(self) -> bool:
        """Whether a token is predicted where it is read as the mask.

        Else the network does not see it there, and predicts every token in one pass.
        """
        return self.model == BERT

    def to_dict(self) -> dict[str, Any]:
        """Give what a model file says of it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, told: Any, where: str) -> Self:
        """Read it from a model file.

        Raises: ModelFileError naming the file `where`, if it is damaged.
        """
        return shape_of(cls, told, where, model=MODELS)
