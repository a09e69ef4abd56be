"""The options of a masked model's training, with the names of a causal one's."""

import dataclasses
from typing import Any

from keraslm.errors import UsageError
from keraslm.masked.shape import BERT, BILSTM, MODELS, TRANSFORMER, Shape
from keraslm.tasks.options import HEADS, TaskOptions
from keraslm.training.options.kinds import FACTOR, Kind

OWN: dict[str, Kind] = {"mask_share": FACTOR}
SUITED: dict[str, dict[str, Any]] = {
    BILSTM: {
        "units": 128,
        "batch_size": 32,
        "learning_rate": 0.01,
        "weight_decay": 0.2,
    },
    TRANSFORMER: {
        "units": 64,
        "heads": 8,
        "batch_size": 16,
        "learning_rate": 0.006,
        "weight_decay": 0.1,
    },
    BERT: {"units": 128, "heads": 4, "batch_size": 32, "learning_rate": 0.004},
}
"""What an option is without a value, by the model."""
PASSES = {BILSTM: 5, TRANSFORMER: 4, BERT: 4}
"""The epochs of a run that was given no limit, by the model."""
AS_WIDE = "has vectors of as many numbers as it has `units`"
NO_MASKS = "predicts every token, and masks none"
WITHOUT = {
    BILSTM: {"layers": "has one layer from each side", "mask_share": NO_MASKS},
    TRANSFORMER: {"embedding": AS_WIDE, "mask_share": NO_MASKS},
    BERT: {"embedding": AS_WIDE},
}
"""What a model has not, and why."""


@dataclasses.dataclass(frozen=True)
class MaskedOptions(TaskOptions):
    """The options of a masked language model; its corpus is a text.

    `mask_share` is that of the tokens that are masked; `weight_decay` is that of AdamW,
    without it they learn by Adam. What is None is as suits the model, see `SUITED`,
    and so is the end of a run without a limit, see `PASSES`.
    """

    corpus: str = "village"
    model: str = BILSTM
    level: str = "word"
    tokenize: bool = False
    vocabulary_size: int | None = None
    embedding: int = 128
    units: int = None  # type: ignore[assignment]  # until it is made
    layers: int = 2
    context: int = 128
    dropout: float = 0.0
    batch_size: int = None  # type: ignore[assignment]  # as above
    learning_rate: float = None  # type: ignore[assignment]  # as above
    weight_decay: float | None = None
    mask_share: float = 0.15

    task = "masked"
    chosen_by = "objective"
    picture = None
    models = MODELS
    own = OWN

    def __post_init__(self) -> None:
        """Fill what is None by the model, then check every value."""
        for name, value in SUITED.get(self.model, {}).items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
        super().__post_init__()

    def _check_together(self) -> None:
        super()._check_together()
        if self.tokenize and self.level != "word":
            raise UsageError("`tokenize` separates words; leave it out of characters")
        if self.embeddings and self.level != "word":
            raise UsageError("`embeddings` are vectors of words; give `level='word'`")
        if self.embeddings is None:  # else it is as wide as they are
            _ = self.shape

    @property
    def passes(self) -> int:
        """The epochs of a run that was given no limit."""
        return PASSES[self.model]

    @property
    def is_attending(self) -> bool:
        """Whether the network is of blocks of self-attention."""
        return self.model != BILSTM

    @property
    def shape(self) -> Shape:
        """The network."""
        is_as_wide = self.is_attending and self.embeddings is None
        width = self.units if is_as_wide else self.embedding
        heads = self.heads or HEADS  # which only the blocks have
        sizes = (self.units, self.layers, heads, self.context, width)
        return Shape(self.model, *sizes)

    @property
    def tokenizer(self) -> str:
        """The name of the tokenizer."""
        return "word-marks" if self.tokenize else self.level

    @property
    def missing(self) -> dict[str, str]:
        """The options that the model does not have, and why."""
        return WITHOUT[self.model]

    @property
    def masked_share(self) -> float | None:
        """The share of the tokens that are masked; None where all are predicted."""
        return self.mask_share if self.model == BERT else None
