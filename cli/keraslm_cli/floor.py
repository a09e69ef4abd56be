"""The lowest possible perplexity, for a text whose language is known: village."""

import dataclasses
import itertools
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keraslm.measures import Card
    from keraslm.text.corpus import Text

LINES_LOOKED_AT = 100
FEW_OOV = 0.01  # of the tokens


@dataclasses.dataclass(frozen=True)
class Floor:
    """What a model that knows the language would reach on average, in nats and bits."""

    nats_per_token: float
    perplexity: float
    bits_per_character: float


def floor_of(text: "Text", card: "Card") -> Floor | None:
    """Give the floor of a village text, else None.

    A text is village's if its first lines are sentences of the grammar, whatever its
    file is called. Where more than a few tokens are unknown there is no such floor:
    <unk> is easier to predict than the words it stands for.

    Math:   nats per token = H(line) * lines / tokens
    """
    if card.oov_tokens > FEW_OOV * card.tokens or not _is_village(text):
        return None
    from keraslm_datasets import village

    nats = village.entropy_per_line() * card.end_of_line_tokens
    per_token = nats / card.tokens
    if card.tokenizer == "word":
        per_token = village.entropy_per_token()
    bits = nats / math.log(2)
    return Floor(per_token, math.exp(per_token), bits / card.characters)


def _is_village(text: "Text") -> bool:
    from keraslm_datasets import village

    lines = list(itertools.islice(_whole_lines(text), LINES_LOOKED_AT))
    return bool(lines) and all(
        village.log_probability(line) > -math.inf for line in lines
    )


def _whole_lines(text: "Text") -> "Iterator[str]":
    """Yield the lines of the text's first chunk, without a last one that may be cut."""
    first = next(text.chunks(), "")
    yield from first.split("\n")[:-1]
