"""A model whose probabilities a test writes down."""

import numpy as np

from keraslm.language_model import LanguageModel
from keraslm.text import TextEncoder, tokenizer_named
from keraslm.text.vocabulary import Vocabulary


class HandMade(LanguageModel):
    """P(token | the token before), by a table; what it lacks is impossible.

    HandMade({"</s>": {"a": 0.5, "b": 0.5}, "a": {"</s>": 1.0}})
    """

    state_rule = "the last token"
    metadata: dict = {}  # noqa: RUF012
    parameters = 0

    def __init__(self, table, level="word", name="hand-made"):
        self.name = name
        end = "</s>" if level == "word" else "\n"
        following = dict.fromkeys(token for row in table.values() for token in row)
        tokens = dict.fromkeys(["<unk>", end, *table, *following])
        vocabulary = Vocabulary([*tokens])
        self.encoder = TextEncoder(tokenizer_named(level), vocabulary)
        self.table = np.zeros((len(vocabulary), len(vocabulary)))
        for before, row in table.items():
            for token, p in row.items():
                self.table[vocabulary.get(before), vocabulary.get(token)] = p

    def log_probabilities(self, ids):
        ids = np.asarray(ids, int)
        before = [self.vocabulary.boundary_id, *ids[:-1]]
        with np.errstate(divide="ignore"):
            return np.log(self.table[before, ids])

    def stream(self):
        raise NotImplementedError

    def save(self, path):
        raise NotImplementedError
