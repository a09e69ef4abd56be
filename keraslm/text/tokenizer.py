"""The tokenizers by name."""

from keraslm.errors import UsageError
from keraslm.text.characters import CharTokenizer
from keraslm.text.marks import MarkedTokenizer
from keraslm.text.tokenizer_base import Tokenizer
from keraslm.text.words import WordTokenizer

__all__ = ["TOKENIZERS", "Tokenizer", "tokenizer_named"]

TOKENIZERS: dict[str, type[Tokenizer]] = {
    tokenizer.name: tokenizer
    for tokenizer in (CharTokenizer, WordTokenizer, MarkedTokenizer)
}


def tokenizer_named(name: str) -> Tokenizer:
    """The tokenizer "char", "word" or "word-marks".

    Raises: UsageError if there is none of that name.
    """
    if name not in TOKENIZERS:
        names = ", ".join(TOKENIZERS)
        raise UsageError(f"a tokenizer is one of {names}; received {name!r}")
    return TOKENIZERS[name]()
