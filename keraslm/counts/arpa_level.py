"""What the tokens of an ARPA file are: words between white space, or characters."""

from keraslm.counts.arpa import token_of
from keraslm.counts.arpa_reader import Arpa
from keraslm.errors import ModelFileError
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import TOKENIZERS, tokenizer_named
from keraslm.text.vocabulary import UNKNOWN, Vocabulary
from keraslm.text.words import WordTokenizer

FEW = 10  # tokens, of which nothing can be told
NEARLY_ALL = 0.9
"""The share of tokens of one character from which words are hardly words."""


def encoder_of(arpa: Arpa, level: str | None) -> TextEncoder:
    """Give the encoder of a file's tokens.

    Raises: ModelFileError if a token is not of that level, or the file's own tokenizer
        is of another, or unknown.
    """
    name = arpa.tokenizer or level or WordTokenizer.name
    if name not in TOKENIZERS:
        known = ", ".join(TOKENIZERS)
        raise ModelFileError(
            f"{arpa.path} names the tokenizer {name!r}, which is none of {known}"
        )
    tokenizer = tokenizer_named(name)
    if level not in (None, tokenizer.level):
        raise ModelFileError(
            f"{arpa.path} is a model of {tokenizer.level} tokens, as it says itself; "
            f"it cannot be read at the {level} level"
        )
    tokens = arpa.words[2:]
    if name != WordTokenizer.name:
        tokens = [token_of(word) for word in tokens]
    if tokenizer.level == "char":
        _check_characters(arpa.path, tokens)
    tokens = [UNKNOWN, tokenizer.boundary, *tokens]
    if len(set(tokens)) < len(tokens):
        raise ModelFileError(f"{arpa.path} has two names of the same token")
    return TextEncoder(tokenizer, Vocabulary(tokens))


def hints(encoder: TextEncoder) -> list[str]:
    """Say what a file does not: that its words seem to be characters."""
    tokens = encoder.vocabulary.tokens[2:]
    if encoder.tokenizer.level == "char" or len(tokens) < FEW:
        return []
    share = sum(len(token_of(token)) == 1 for token in tokens) / len(tokens)
    if share < NEARLY_ALL:
        return []
    told = f"{share:.0%} of the tokens are single characters, read as words"
    return [f"{told}; if the text is not cut into characters, give `level='char'`"]


def _check_characters(path: str, tokens: list[str]) -> None:
    longer = next((token for token in tokens if len(token) != 1), None)
    if longer is not None:
        raise ModelFileError(
            f"{path} is no model of characters: its token {longer[:40]!r} is not one; "
            "give `level='word'`"
        )
