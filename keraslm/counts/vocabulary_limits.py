"""What a limit of the vocabulary costs: bits a character, with unknown words spelt."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keraslm.counts.model import NgramModel
from keraslm.spelling import character_cost
from keraslm.text.corpus import Text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import Tokenizer

if TYPE_CHECKING:
    import pandas as pd


def vocabulary_table(
    tokenizer: Tokenizer,
    train: Text,
    valid: Text,
    limits: Sequence[int],
    order: int = 3,
) -> "pd.DataFrame":
    """Count n-grams with each limit of the vocabulary, and measure them on a text.

    Columns: `vocabulary`, the tokens kept; `unknown`, the share of tokens that are not;
    `perplexity`; `bits`, a character, where the spelling of unknown tokens is paid for;
    `without spelling`, where `<unk>` is all that is paid. Smoothed by modified
    Kneser-Ney.

    Math:   see `keraslm.spelling`
    Raises: UsageError for a limit that is no vocabulary.
    """
    import pandas as pd

    rows = []
    for limit in limits:
        encoder, ids = TextEncoder.learn(tokenizer, train, limit)
        model = NgramModel.train(encoder, ids, order)
        card = model.evaluate(valid)
        cost = character_cost(card, encoder, valid)
        share = card.oov_tokens / card.tokens
        size = len(encoder.vocabulary)
        row = (size, share, card.perplexity, cost.bits, cost.without_spelling)
        rows.append(row)
    columns = ["vocabulary", "unknown", "perplexity", "bits", "without spelling"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates("vocabulary")
