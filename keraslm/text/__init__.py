"""Text becomes tokens, tokens become ids, ids become batches."""

from keraslm.text.batches import TextWindows, VariedTextWindows
from keraslm.text.corpus import Corpus, Text, open_corpus, open_text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import Tokenizer, tokenizer_named
from keraslm.text.vocabulary import Vocabulary

__all__ = [
    "Corpus",
    "Text",
    "TextEncoder",
    "TextWindows",
    "Tokenizer",
    "VariedTextWindows",
    "Vocabulary",
    "open_corpus",
    "open_text",
    "tokenizer_named",
]
