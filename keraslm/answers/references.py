"""What a network is compared with while it learns: counts of its text, and the truth.

Math:   KL(R || M) = sum_w R(w | h) log2 (R(w | h) / M(w | h)),  averaged over histories
        h of the validation text; R the unigram, bigram or trigram model of the training
        text, or the grammar that wrote it
References: Kullback & Leibler (1951); Chang & Bergen (2022), the course of a network's
            learning measured by n-grams.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from keraslm import measures
from keraslm.answers.place import distribution
from keraslm.counts.model import NgramModel
from keraslm.counts.ngrams import count_ngrams
from keraslm.errors import UsageError
from keraslm.language_model import LanguageModel
from keraslm.text.corpus import Corpus, Text
from keraslm.text.encoder import TextEncoder
from keraslm.truth import VILLAGE, open_truth

PREFIXES = 64
LONGEST = 64  # tokens of a prefix
MOST_CHARACTERS = 5_000_000  # of the training text that are counted
ORDERS = {"unigram": 1, "bigram": 2, "trigram": 3}
TRUTH = "truth"

TruthOf = Callable[[TextEncoder], LanguageModel | None]
"""Gives the truth in the tokens of an encoder, where the grammar is known."""


def truth_in(encoder: TextEncoder) -> LanguageModel | None:
    """Give the truth of village in the tokens of an encoder, if it can be told so."""
    try:
        return open_truth(VILLAGE).with_encoder(encoder)
    except UsageError:
        return None


class References:
    """Models to compare with, and their distributions after prefixes of a text."""

    def __init__(
        self,
        encoder: TextEncoder,
        corpus: Corpus,
        truth_of: TruthOf = truth_in,
        prefixes: int = PREFIXES,
    ) -> None:
        """Count the training text, and ask each model after the prefixes.

        Raises: CorpusError if a text cannot be read.
        """
        self.encoder = encoder
        self.is_validation = corpus.valid is not None
        text = corpus.valid or corpus.train
        ids = encoder.encode(beginning(text))
        boundary = encoder.vocabulary.boundary_id
        self.prefixes = prefixes_of(ids, boundary, prefixes)
        models = dict(count_models(encoder, corpus.train))
        truth = None if text.language is None else truth_of(encoder)
        models |= {} if truth is None else {TRUTH: truth}
        self.truth = truth
        self._known = {name: self._asked(model) for name, model in models.items()}

    @property
    def names(self) -> list[str]:
        """What a model is compared with."""
        return list(self._known)

    def bits(self, model: LanguageModel) -> dict[str, float | None]:
        """Give KL(reference || model) for each reference, over all prefixes.

        Units: bits a token; None where it is infinite
        """
        asked = self._asked(model)
        return {name: mean_bits(known, asked) for name, known in self._known.items()}

    def _asked(self, model: LanguageModel) -> list[np.ndarray | None]:
        found = []
        for prefix in self.prefixes:
            stream = model.stream()
            stream.extend(prefix)
            found.append(distribution(stream))
        return found


def mean_bits(
    references: list[np.ndarray | None], models: list[np.ndarray | None]
) -> float | None:
    """Average KL(reference || model) over the prefixes that the reference allows.

    Shapes: a distribution (vocabulary,) a prefix
    Units: bits; None where it is infinite, or no prefix is allowed
    """
    pairs = zip(references, models, strict=True)
    found = [_divergence(p, q) for p, q in pairs if p is not None and q is not None]
    mean = float(np.mean(found)) if found else np.inf
    return mean if np.isfinite(mean) else None


def _divergence(p: np.ndarray, q: np.ndarray) -> float:
    with np.errstate(divide="ignore"):
        return measures.bits(measures.kullback_leibler(np.log(p), np.log(q)))


def prefixes_of(ids: Any, boundary: int, number: int = PREFIXES) -> list[list[int]]:
    """Choose evenly spaced places of a text; give the line before each one.

    Of a long line these are its last 64 tokens. Fewer where the text has fewer tokens.

    Shapes: ids (tokens,) -> up to `number` lists of ids
    """
    number = min(number, len(ids))
    places = [len(ids) * k // number for k in range(number)]
    return [_line_before(ids, place, boundary) for place in places]


def _line_before(ids: Any, place: int, boundary: int) -> list[int]:
    before: list[int] = np.asarray(ids[max(place - LONGEST, 0) : place]).tolist()
    if boundary in before:
        before = before[len(before) - before[::-1].index(boundary) :]
    return before


def count_models(
    encoder: TextEncoder, text: Text
) -> Iterator[tuple[str, LanguageModel]]:
    """Count a text once, and yield its unigram, bigram and trigram model."""
    vocabulary, ids = encoder.vocabulary, encoder.encode(beginning(text))
    longest = max(ORDERS.values())
    ngrams = count_ngrams(ids, len(vocabulary), longest, vocabulary.boundary_id)
    for name, order in ORDERS.items():
        counts = ngrams if order == longest else ngrams.up_to(order)
        yield name, NgramModel.smooth(encoder, counts)


def beginning(text: Text, most: int = MOST_CHARACTERS) -> Text:
    """Give the first characters of a text; a shorter one is given whole."""
    return text.part(0, most, text.name)
