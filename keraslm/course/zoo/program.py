"""Programs of one's own as language models, so that keraslm can audit them."""

import os
from collections.abc import Callable

import numpy as np

from keraslm.audit.check import Check
from keraslm.audit.model import audit_model
from keraslm.language_model import LanguageModel
from keraslm.sampling.stream import TokenStream
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary

TOKENS = ("<unk>", "</s>", "a", "b", "c", "d")
UNITS = 8

Read = Callable[[np.ndarray], np.ndarray]


class Program(LanguageModel):
    """A function that reads ids, as a language model.

    `read` is how the program measures a text, `write` how it predicts when it writes.

    Math:   read(ids)[t, w] = log P(w | ids[0] .. ids[t - 1])
    Shapes: read, write: (time,) -> (time, vocabulary)
    """

    name = "program"
    state_rule = "its own"
    parameters = 0

    def __init__(self, read: Read, write: Read | None = None) -> None:
        self.encoder = TextEncoder(tokenizer_named("word"), Vocabulary(list(TOKENS)))
        self.metadata = {}
        self.read_ids, self.write = read, write or read

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Give log P of every token; shapes: (time,) -> (time,)."""
        found: np.ndarray = self.read_ids(ids)[np.arange(len(ids)), ids]
        return found

    def stream(self) -> "History":
        """Start to write."""
        return History(self.write)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Not kept.

        Raises: NotImplementedError
        """
        raise NotImplementedError


class History(TokenStream):
    """The tokens so far, read again for each next one."""

    def __init__(self, read: Read) -> None:
        self.read, self.ids = read, np.zeros(0, np.int64)

    def next_log_probabilities(self) -> np.ndarray:
        """Give log P of every token that may come next."""
        found: np.ndarray = self.read(np.append(self.ids, 0))[-1]
        return found

    def push(self, token_id: int) -> None:
        """Append a token."""
        self.ids = np.append(self.ids, token_id)


class Network:
    """A recurrent network with random weights.

    Math:   h_t = tanh(E[x_t] + h_{t-1} U);   logits of token t = h_{t-1} O
    """

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.E = rng.normal(size=(len(TOKENS), UNITS))
        self.U = rng.normal(size=(UNITS, UNITS)) / 2
        self.O = rng.normal(size=(UNITS, len(TOKENS)))
        self.start = np.ones(UNITS)

    def __call__(self, ids: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read ids from a state on; give the logits of each, and the last state.

        Shapes: (time,), (units,) -> (time, vocabulary), (units,)
        """
        states = [h]
        for x in ids:
            states.append(np.tanh(self.E[x] + states[-1] @ self.U))
        return np.array(states[:-1]) @ self.O, states[-1]


def audited(name: str, read: Read, write: Read | None = None) -> Check:
    """Audit a program, and give the check of that name."""
    with np.errstate(all="ignore"):
        checks = audit_model(Program(read, write))
    return next(check for check in checks if check.name == name)
