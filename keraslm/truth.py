"""The truth: the distribution of a language whose grammar is known, as a model.

Math:   P(y_t | y_1 .. y_{t-1}), y the tokens of a line: prefix probabilities of the
        grammar; a token that is not in the vocabulary is `<unk>`, whose probability is
        the sum over all that are not
References: Jelinek & Lafferty (1991), Stolcke (1995).
"""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.errors import UsageError
from keraslm.floor import LANGUAGE
from keraslm.language_model import LanguageModel
from keraslm.named_texts import catalogue
from keraslm.text.encoder import TextEncoder
from keraslm.text.language import PrefixReader
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import BOUNDARIES, UNKNOWN, Vocabulary
from keraslm.truth_stream import TruthStream

PREFIX = "truth:"
VILLAGE = "truth:village"


class Truth(LanguageModel):
    """What a grammar says of the tokens of an encoder: nothing was learnt.

    A token that cannot follow has probability 0, and so have all others up to the end
    of that line.

    Raises: UsageError if it cannot be told in these tokens, as `WordTree`.
    """

    state_rule = "the whole line; lines do not depend on each other"

    def __init__(
        self, grammar: PrefixReader, encoder: TextEncoder, name: str = "truth"
    ) -> None:
        self.grammar, self.encoder, self.name = grammar, encoder, name
        self.metadata: dict[str, Any] = {}
        self._beginning = TruthStream(grammar, encoder)

    @classmethod
    def alone(
        cls, grammar: PrefixReader, level: str | None = None, name: str = "truth"
    ) -> "Truth":
        """Give the truth of all words, or all characters of a language.

        Raises: UsageError if `level` is neither "word" nor "char".
        """
        return cls(grammar, _own_encoder(grammar.words, level or "word"), name)

    def with_encoder(self, encoder: TextEncoder) -> "Truth":
        """Give the truth of the tokens of another model's encoder."""
        return Truth(self.grammar, encoder, self.name)

    @property
    def parameters(self) -> int:
        """None: 0 numbers were learnt."""
        return 0

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Predict every token of a stream once.

        Math:   log P(y_t | the line so far); -inf from the first token on that cannot
                follow, up to the end of that line
        Shapes: ids (tokens,) -> (tokens,) float64, in nats
        """
        return self.stream().log_probabilities(ids)

    def stream(self) -> TruthStream:
        """Start a stream at the beginning of a line."""
        return self._beginning.fork()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Refuse: it has a name, and needs no file.

        Raises: UsageError
        """
        raise UsageError(
            f"the truth has no file, so {path} was not written; open it again by its "
            f"name, {self.name}"
        )


def is_truth(name: str | os.PathLike[str]) -> bool:
    """Say whether a model's name is that of a truth; a file of that name is not."""
    is_named = isinstance(name, str) and name.startswith(PREFIX)
    return is_named and not os.path.lexists(name)


def open_truth(name: str, level: str | None = None) -> Truth:
    """Open "truth:village", of all its words, or with `level="char"` its characters.

    Raises: UsageError if the grammar of no such language is known, or there is no such
        level.
    """
    language = catalogue().open_language(name.removeprefix(PREFIX))
    return Truth.alone(language.parser(), level, name)


def truth_beside(model: LanguageModel) -> Truth | None:
    """Give the truth in the tokens of a model that learnt village, by its card.

    None of any other model, or where the truth cannot be told in its tokens.
    """
    details = model.learnt_from.get("card", {}).get("details", {})
    if LANGUAGE not in details:
        return None
    try:
        return open_truth(VILLAGE).with_encoder(model.encoder)
    except UsageError:
        return None


def told_alike(models: Sequence[LanguageModel]) -> list[LanguageModel]:
    """Let every truth among models have the encoder of the first other model."""
    others = (model.encoder for model in models if not isinstance(model, Truth))
    encoder = next(others, None)
    if encoder is None:
        return list(models)
    return [m.with_encoder(encoder) if isinstance(m, Truth) else m for m in models]


def _own_encoder(words: Sequence[str], level: str) -> TextEncoder:
    if level not in BOUNDARIES:
        raise UsageError(
            f"`level` is one of {', '.join(map(repr, BOUNDARIES))}; received {level!r}"
        )
    tokens = sorted(words if level == "word" else {" ", *"".join(words)})
    vocabulary = Vocabulary([UNKNOWN, BOUNDARIES[level], *tokens])
    return TextEncoder(tokenizer_named(level), vocabulary)
