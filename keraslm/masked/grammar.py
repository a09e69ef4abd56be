"""What a grammar itself puts in the blanks of a text: the best that is possible.

Math:   P(w | the other words of the line), see `keraslm_datasets.grammar_blanks`; a
        token that the vocabulary lacks is `<unk>`, whose probability is the sum over
        all that it lacks
"""

from collections.abc import Iterator, Sequence

import numpy as np

from keraslm.masked.card import Read
from keraslm.text.encoder import TextEncoder
from keraslm.text.language import PrefixReader
from keraslm.text.text import Text


def floor_of(
    text: Text, lines: Sequence[np.ndarray], encoder: TextEncoder
) -> Read | None:
    """Measure the grammar of a text's language on lines of it, token by token.

    None where the language is not known, the tokens are not its words, or a line is
    not of it.
    Shapes: lines, a list of ids (n,)
    """
    if text.language is None or encoder.tokenizer.name != "word":
        return None
    found = list(_right_ones(text.language.parser(), lines, encoder))
    if len(found) < len(lines):
        return None
    return Read.of(lines, found)


def posteriors(
    parser: PrefixReader, line: np.ndarray, encoder: TextEncoder
) -> np.ndarray:
    """Give P(token | the others) by a grammar at every place of a line.

    Shapes: (n,) -> (n, vocabulary) float64; zeros where the other words are impossible
    """
    token_of_word = np.array([encoder.vocabulary.get(word) for word in parser.words])
    words_of = [
        tuple(np.flatnonzero(token_of_word == token).tolist()) for token in line
    ]
    of_words = parser.blanks(words_of)
    shares = np.zeros((len(line), len(encoder.vocabulary)))
    for place, row in enumerate(of_words):
        shares[place] = np.bincount(token_of_word, row, len(encoder.vocabulary))
    return shares


def _right_ones(
    parser: PrefixReader, lines: Sequence[np.ndarray], encoder: TextEncoder
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for line in lines:
        shares = posteriors(parser, line, encoder)
        right = shares[np.arange(len(line)), line]
        if not right.all():
            return
        yield right, shares.argmax(axis=1) == line
