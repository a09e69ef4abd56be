"""What the builders are given: a vocabulary, or its size; and numbers from 1 on."""

from keraslm.errors import UsageError
from keraslm.text.encoder import TextEncoder

Tokens = TextEncoder | int
"""A TextEncoder, or the size of a vocabulary whose words the model need not know."""


def size_of(tokens: Tokens) -> int:
    """Give the number of tokens of a vocabulary.

    Raises: UsageError if there is none.
    """
    size = tokens if isinstance(tokens, int) else len(tokens.vocabulary)
    check_sizes(vocabulary_size=size)
    return size


def encoder_of(tokens: Tokens) -> TextEncoder | None:
    """Give the TextEncoder, if it was given."""
    return None if isinstance(tokens, int) else tokens


def check_sizes(**sizes: int) -> None:
    """Refuse sizes below 1.

    Raises: UsageError
    """
    for name, value in sizes.items():
        if value < 1:
            raise UsageError(f"{name} must be 1 or more; received {value}")
