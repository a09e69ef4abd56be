"""What rounding the weights costs, in perplexity on a text."""

import dataclasses
import pathlib
from typing import Any

import numpy as np

from keraslm.card import HASH, name_of_text
from keraslm.errors import CorpusError, KeraslmError, UsageError
from keraslm.export.page.model import PageModel
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.inference.scoring import log_probabilities
from keraslm.language_model import LanguageModel
from keraslm.text.corpus import Text, open_corpus

MOST = 10_000  # tokens, which NumPy reads twice in seconds


@dataclasses.dataclass(frozen=True)
class Cost:
    """The perplexity of the weights as they were trained, and of the rounded ones.

    Where it was not measured, `why_not` says why.
    """

    precision: str
    text: str = ""
    tokens: int = 0
    before: float = 0.0
    after: float = 0.0
    why_not: str = ""

    @property
    def report(self) -> str:
        """Say what rounding costs, and why it was not measured."""
        why_not = f": {self.why_not}." if self.why_not else "."
        return f"{self.sentence.removesuffix('.')}{why_not}"

    @property
    def sentence(self) -> str:
        """Say what rounding costs, without a path of this machine: for the page."""
        if self.precision == "float32":
            return "Numbers are kept to seven digits (float32)."
        stored = f"Weights are rounded to {self.precision}"
        if self.why_not:
            return f"{stored}; what that costs was not measured."
        change = round(self.after / self.before - 1, 5) + 0.0  # never -0.000%
        return (
            f"{stored}: perplexity {self.after:,.4f} instead of {self.before:,.4f} "
            f"({change:+.3%}) on {self.text}, {self.tokens:,} tokens."
        )


def cost_of(page: PageModel, text: Text | None = None) -> Cost:
    """Measure the cost on a text, by default the valid part of the training corpus.

    The first 10,000 tokens are read, by the same code on NumPy before and after.
    Raises: CorpusError if a text that was given has no token of the vocabulary.
    """
    if not isinstance(page.rounded, NetworkLanguageModel):
        return Cost(page.precision)
    if text is not None:
        return _measured(page, text)
    try:
        return _measured(page, training_valid(page.model))
    except (KeraslmError, OSError) as error:
        return Cost(page.precision, why_not=str(error))


def training_valid(model: LanguageModel) -> Text:
    """Open the valid part of the corpus that a model was trained on.

    Raises: UsageError if the model does not say which it is; CorpusError if there is
        none, or it has changed since.
    """
    configuration = model.metadata.get("configuration", {})
    name = configuration.get("corpus", "-")
    if name == "-":
        raise UsageError("the model does not name a corpus that can be read again")
    encoding = configuration.get("encoding", "utf-8")
    corpus = open_corpus(name, encoding, configuration.get("split", "90/5/5"))
    if corpus.valid is None:
        raise CorpusError(f"{pathlib.Path(name).name} has no valid part")
    if model.part_of(corpus.valid) != "valid":
        raise CorpusError(
            f"{corpus.valid.name} is not what the model was validated on "
            f"(SHA-256 {corpus.valid.sha256[:HASH]}...)"
        )
    return corpus.valid


def _measured(page: PageModel, text: Text) -> Cost:
    encoder = page.model.encoder
    ids = encoder.encode(text)[:MOST]
    if why := encoder.vocabulary.why_unmeasured(text.name, ids):
        raise CorpusError(why)
    before, after = (_perplexity(model, ids) for model in (page.model, page.rounded))
    named = name_of_text(text.name, page.model.part_of(text))
    return Cost(page.precision, named, len(ids), before, after)


def _perplexity(model: Any, ids: np.ndarray) -> float:
    """Give exp of the mean loss, read on NumPy."""
    boundary_id = model.vocabulary.boundary_id
    return float(np.exp(-log_probabilities(model.network, ids, boundary_id).mean()))
