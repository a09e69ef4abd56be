"""Text becomes tokens, tokens become ids, ids become batches."""

from keraslm.text.batches import VariedWindows, Windows
from keraslm.text.corpus import Corpus, Text, open_corpus, open_text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import Tokenizer, tokenizer_named
from keraslm.text.vocabulary import Vocabulary

__all__ = [
    "Corpus",
    "Text",
    "TextEncoder",
    "Tokenizer",
    "VariedWindows",
    "Vocabulary",
    "Windows",
    "open_corpus",
    "open_text",
    "tokenizer_named",
]
