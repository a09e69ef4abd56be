"""What a network that translates looks like: enough to build it again."""

import dataclasses
from typing import Any, Self

from keraslm.errors import UsageError
from keraslm.tasks.shape import shape_of

TRANSFORMER = "transformer"
MODELS = ("lstm", "gru", "rnn", TRANSFORMER)
ATTENTIONS = ("none", "additive", "dot")


@dataclasses.dataclass(frozen=True)
class TranslatorShape:
    """The cell of encoder and decoder, what attends, and the sizes.

    Encoder and decoder have `layers` layers of `units` each; of a bidirectional encoder
    each direction has half the units. A transformer attends by dot products in `heads`.

    Raises: UsageError for parts that do not go together.
    """

    model: str = "lstm"
    attention: str = "dot"
    embedding: int = 64
    units: int = 128
    layers: int = 1
    bidirectional: bool = False
    heads: int = 4

    def __post_init__(self) -> None:
        """Look at the parts together."""
        if self.bidirectional and self.units % 2:
            raise UsageError(
                "`bidirectional=True` halves the units between both directions; "
                f"`units` must be even, received {self.units}"
            )
        if self.model == TRANSFORMER:
            self._check_transformer()

    def _check_transformer(self) -> None:
        if self.attention != "dot":
            raise UsageError(
                "a transformer attends by dot products; leave `attention` out with "
                f"`model='transformer'`, received {self.attention!r}"
            )
        if self.bidirectional:
            raise UsageError(
                "the encoder of a transformer sees both sides anyway; leave "
                "`bidirectional` out with `model='transformer'`"
            )
        if self.units % (2 * self.heads):
            raise UsageError(
                "the `units` of a transformer must be a multiple of twice its `heads`; "
                f"received {self.units} and {self.heads}"
            )

    @property
    def name(self) -> str:
        """What it is called: its cell and what attends."""
        if self.model == TRANSFORMER:
            return self.model
        one_way = "" if self.bidirectional else "one-way "
        attends = f"{self.attention} attention"
        return f"{one_way}{self.model}, {attends.replace('none', 'no')}"

    def to_dict(self) -> dict[str, Any]:
        """Give what a model file says of it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, told: Any, where: str) -> Self:
        """Read it from a model file.

        Raises: ModelFileError naming the file `where`, if it is damaged.
        """
        return shape_of(
            cls,
            told,
            where,
            model=MODELS,
            attention=ATTENTIONS,
            bidirectional=(False, True),
        )
