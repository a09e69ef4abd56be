"""How vectors are trained."""

import dataclasses
import math
from typing import Any

from keraslm.errors import UsageError

METHODS = ("glove", "cbow", "skip-gram")
SOFTMAXES = ("sampled", "full")
PASSES = {"glove": 25, "cbow": 5, "skip-gram": 5}
RATES = {"glove": 0.2, "cbow": 0.025, "skip-gram": 0.025}
LARGEST_SEED = 2**32 - 1  # NumPy's
LARGEST_WINDOW = 1000


@dataclasses.dataclass(frozen=True)
class VectorOptions:
    """The method and its numbers; those that are None are the method's own.

    For GloVe the epochs are passes over the pairs of words, else over the text;
    softmax, negatives and subsample are word2vec's, and GloVe has no use for them.

    Raises: UsageError for a value that cannot be.
    """

    method: str = "skip-gram"
    width: int = 100
    window: int = 5
    epochs: int | None = None
    learning_rate: float | None = None
    softmax: str = "sampled"
    negatives: int = 5
    subsample: float = 1e-3
    seed: int = 0

    def __post_init__(self) -> None:
        self._check("method", "one of " + ", ".join(METHODS), self.method in METHODS)
        known = self.softmax in SOFTMAXES
        self._check("softmax", "one of " + ", ".join(SOFTMAXES), known)
        in_range = 1 <= self.window <= LARGEST_WINDOW
        self._check("window", f"from 1 to {LARGEST_WINDOW}", in_range)
        for name in ("width", "epochs", "negatives"):
            value = getattr(self, name)
            self._check(name, "1 or more", value is None or value >= 1)
        rate = self.learning_rate
        self._check("learning_rate", "above 0", rate is None or 0 < rate < math.inf)
        self._check("subsample", "0 or more", 0 <= self.subsample < math.inf)
        self._check("seed", f"from 0 to {LARGEST_SEED}", 0 <= self.seed <= LARGEST_SEED)

    def _check(self, name: str, rule: str, holds: bool) -> None:
        if not holds:
            value: Any = getattr(self, name)
            raise UsageError(f"`{name}` must be {rule}; received {value!r}")

    @property
    def passes(self) -> int:
        """The passes over the text, or over the pairs."""
        return PASSES[self.method] if self.epochs is None else self.epochs

    @property
    def rate(self) -> float:
        """The learning rate at the start."""
        own = self.learning_rate
        return RATES[self.method] if own is None else own
