"""The options of a translator's training."""

import dataclasses

from keraslm.tasks.options import HEADS, TaskOptions
from keraslm.tasks.translation.shape import (
    ATTENTIONS,
    MODELS,
    TRANSFORMER,
    TranslatorShape,
)
from keraslm.tasks.translation.vocabulary import LEVELS
from keraslm.training.options.kinds import Choice, Kind, Switch

OWN: dict[str, Kind] = {
    "attention": Choice(ATTENTIONS),
    "bidirectional": Switch(),
    "target_level": Choice(LEVELS),
}


@dataclasses.dataclass(frozen=True)
class TranslatorOptions(TaskOptions):
    """The options of a translator; its corpus is a source and its target a line.

    Without a `level`, tokens are characters where no target of the training text has a
    space, else words. `target_level` is another one of the targets. The encoder is
    `bidirectional` unless it is told not to be, or is a transformer.
    """

    corpus: str = "dates"
    model: str = "lstm"
    attention: str = "dot"
    bidirectional: bool | None = None
    level: str | None = None
    target_level: str | None = None
    units: int = 128
    dropout: float = 0.0

    task = "seq2seq"
    picture = "accuracy.png"
    models = MODELS
    own = OWN

    @property
    def is_attending(self) -> bool:
        """Whether the network is of blocks of self-attention."""
        return self.model == TRANSFORMER

    @property
    def shape(self) -> TranslatorShape:
        """The network."""
        names = [field.name for field in dataclasses.fields(TranslatorShape)]
        told = {name: getattr(self, name) for name in names}
        if self.bidirectional is None:
            told["bidirectional"] = self.model != TRANSFORMER
        told["heads"] = self.heads or HEADS
        return TranslatorShape(**told)
