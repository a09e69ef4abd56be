"""The n-gram model: counts, a smoothing, and the questions every model answers."""

import math
import os
import pathlib
from typing import Any, Self

import numpy as np

from keraslm.counts.arpa import write_arpa
from keraslm.counts.arpa_level import encoder_of, hints
from keraslm.counts.arpa_reader import read_arpa
from keraslm.counts.ngrams import Ngrams, count_ngrams
from keraslm.counts.quantize import Quantized, cost, quantize, sums_nearly
from keraslm.counts.reading import check_whole, read_table
from keraslm.counts.smoothing import Smoothing
from keraslm.counts.smoothings import DEFAULT, smoothing_named
from keraslm.counts.storage import described, to_members
from keraslm.counts.stream import NgramStream
from keraslm.counts.table import BackoffTable, Table
from keraslm.errors import ModelFileError, UsageError
from keraslm.files import archive
from keraslm.language_model import LanguageModel
from keraslm.measures import perplexity
from keraslm.text.encoder import TextEncoder

QUANTIZED = "quantized"
ARPA = "arpa"
"""The name of the smoothing of a model that an ARPA file holds."""


class NgramModel(LanguageModel):
    """Predict a token from the order - 1 tokens before it, by counting.

    Math:   P(y_t | y_{t-n+1} .. y_{t-1}), n the order, within one line
    """

    def __init__(
        self,
        encoder: TextEncoder,
        table: Table,
        smoothing: dict[str, Any],
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Put the parts together; `smoothing` has its name, its numbers, its notes."""
        self.encoder = encoder
        self.table = table
        self.smoothing = smoothing
        self.metadata = dict(metadata or {})
        self.name = f"ngram-{table.trie.order} {smoothing['name']}"
        if isinstance(table, Quantized):
            self.name += f" {table.bits} bits"
        self.state_rule = _state_rule(table.trie.order)
        self._file: pathlib.Path | None = None

    @classmethod
    def train(
        cls,
        encoder: TextEncoder,
        ids: np.ndarray,
        order: int = 3,
        smoothing: str | Smoothing = DEFAULT,
        valid: np.ndarray | None = None,
        prune: tuple[int, ...] = (),
    ) -> Self:
        """Count a text's n-grams and smooth them.

        A smoothing given by name finds its numbers in the counts, or on the validation
        text `valid`. N-grams that occur `prune` times or less are left out: one limit
        an order, from 1 up, the last for all higher ones.

        Shapes: ids (tokens,), valid (tokens,)
        Raises: UsageError for an order below 1, an unknown smoothing or one that needs
            validation text; CorpusError if there is no token.
        """
        vocabulary = encoder.vocabulary
        ngrams = count_ngrams(ids, len(vocabulary), order, vocabulary.boundary_id)
        return cls.smooth(encoder, ngrams, smoothing, valid, prune)

    @classmethod
    def smooth(
        cls,
        encoder: TextEncoder,
        ngrams: Ngrams,
        smoothing: str | Smoothing = DEFAULT,
        valid: np.ndarray | None = None,
        prune: tuple[int, ...] = (),
    ) -> Self:
        """Smooth n-grams that were counted; see `train`."""
        if isinstance(smoothing, str):
            smoothing = smoothing_named(smoothing).fit(ngrams, valid)
        table = smoothing.estimate(ngrams, prune)
        return cls(encoder, table, settings_of(smoothing, prune))

    @property
    def order(self) -> int:
        """How many tokens the longest n-gram has: one more than the history."""
        return self.table.trie.order

    @property
    def details(self) -> dict[str, Any]:
        """The smoothing and its numbers, the n-grams of each order, the rounding."""
        found = {"smoothing": self.smoothing, "ngrams": self.size_per_order()}
        if isinstance(self.table, Quantized):
            lost = self.metadata.get(QUANTIZED, {})
            found[QUANTIZED] = described(self.table)[QUANTIZED] | lost
        return found

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Predict every token of a stream once, with the longest history it can use.

        Shapes: ids (tokens,) -> (tokens,) float64, in nats
        """
        result = np.empty(len(ids))
        done = 0
        for found in self.table.trie.look_up(ids):
            end = done + len(found.history_length)
            result[done:end] = self.table.log_probabilities(found)
            done = end
        return result

    def stream(self) -> NgramStream:
        """Start a stream at the beginning of a line."""
        return NgramStream(self.table)

    @property
    def parameters(self) -> int:
        """The number of distinct n-grams of all orders."""
        return sum(self.size_per_order())

    def size_per_order(self) -> list[int]:
        """How many distinct n-grams the model holds, from order 1 up."""
        return self.table.sizes()

    @property
    def description(self) -> dict[str, Any]:
        """What the model's file says of it, beside its arrays."""
        return {
            "kind": "counts",
            "name": self.name,
            "encoder": self.encoder.to_dict(),
            "metadata": self.metadata,
            "order": self.order,
            "smoothing": self.smoothing,
            **described(self.table),
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as one file, atomically; nothing is pickled.

        Its arrays are written block by block: none need lie in memory.
        """
        archive.write_model(path, self.description, to_members(self.table))

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        description: dict[str, Any] | None = None,
        mapped: bool | None = None,
    ) -> Self:
        """Open a model that `save` wrote; its `description` may have been read before.

        A file up to 32 MB is read and checked whole. A larger one is mapped into
        memory: it opens at once, whatever its size, answers from the disk, and is
        checked where it is read; `verify` checks all. `mapped` decides it otherwise.
        A file of format version 1 or 2 is always read.

        Raises: UsageError if there is no such file; ModelFileError if it holds no
            count model or is damaged.
        """
        description = description or archive.read_description(path)
        if description["kind"] != "counts":
            raise ModelFileError(
                f"{path} holds a {description['kind']} model, not counts; "
                "open it with keraslm.load"
            )
        encoder = TextEncoder.from_dict(description["encoder"])
        table = read_table(path, description, len(encoder.vocabulary), mapped)
        model = cls(encoder, table, description["smoothing"], description["metadata"])
        model._file = archive.model_path(path)
        return model

    def verify(self) -> str:
        """Read the file that the model was opened from, and check all that it holds.

        Its checksums are compared, n-grams must be in order, and probabilities sum to
        one. The answer says what was checked.
        Raises: ModelFileError if something is wrong.
        """
        return "" if self._file is None else check_whole(self._file, self.table)

    def quantized(self, bits: int, text: np.ndarray | None = None) -> "NgramModel":
        """Give the model with its logarithms rounded to `bits` bits, as KenLM's -q.

        Its file is bit-packed, and without the counts. What that loses in perplexity
        is measured on the ids of a `text`, and kept in the metadata.

        Shapes: text (tokens,)
        Raises: UsageError as `keraslm.counts.quantize.quantize`.
        """
        table = quantize(self.table, bits)
        notes = [*self.smoothing.get("notes", []), sums_nearly(table)]
        made = NgramModel(
            self.encoder, table, {**self.smoothing, "notes": notes}, self.metadata
        )
        if text is not None and len(text):
            both = [-float(np.mean(m.log_probabilities(text))) for m in (self, made)]
            before, after = map(perplexity, both)
            made.metadata[QUANTIZED] = {
                "perplexity_before": before,
                "perplexity": after,
            }
        return made

    @property
    def quantizing_cost(self) -> str:
        """Say what quantising costs: the perplexity before and after, if measured."""
        return cost(self.details.get(QUANTIZED, {}))

    def write_arpa(self, path: str | os.PathLike[str]) -> None:
        """Write the model as an ARPA file, which KenLM and SRILM read, atomically.

        Raises: UsageError for additive smoothing, which does not back off.
        """
        if not isinstance(self.table, BackoffTable):
            raise UsageError(
                "an ARPA file holds models that back off, and additive smoothing does "
                "not; train with another `smoothing`"
            )
        write_arpa(path, self.table, self.encoder)

    @classmethod
    def read_arpa(cls, path: str | os.PathLike[str], level: str | None = None) -> Self:
        """Open an ARPA file as a model of characters, or words between white space.

        Its `level`, "char" or "word", is told, or that of the model that wrote it, or
        else word.

        Raises: ModelFileError with the line and the reason if it is malformed, or if
            its tokens are none of that level.
        """
        arpa = read_arpa(path)
        encoder = encoder_of(arpa, level)
        smoothing: dict[str, Any] = {"name": ARPA, "digits": arpa.digits}
        if notes := [*arpa.notes, *hints(encoder)]:
            smoothing["notes"] = notes
        return cls(encoder, arpa.table, smoothing)

    @property
    def hints(self) -> list[str]:
        """What was guessed or mended of an ARPA file, or rounded by quantising."""
        if self.smoothing["name"] == ARPA:
            return self.smoothing.get("notes", [])
        return [sums_nearly(self.table)] if isinstance(self.table, Quantized) else []

    @property
    def rounding(self) -> float:
        """How far a probability may be off, in nats: by digits of ARPA, by quantising.

        Math:   order * 10^(1 - digits) / 2 * log 10, for logarithms between -10 and 10;
                P is a product of a probability and order - 1 weights at most
        """
        off = self.table.rounding if isinstance(self.table, Quantized) else 0.0
        if self.smoothing["name"] != ARPA:
            return off
        digits = self.smoothing["digits"]
        return off + self.order * 10.0 ** (1 - digits) / 2 * math.log(10)


def settings_of(smoothing: Smoothing, prune: tuple[int, ...]) -> dict[str, Any]:
    """Give what a model says of its smoothing: the name, the numbers, the notes."""
    told = {"name": smoothing.name, **smoothing.settings()}
    told |= {"notes": list(smoothing.notes)} if smoothing.notes else {}
    return told | ({"prune": list(prune)} if any(prune) else {})


def _state_rule(order: int) -> str:
    if order == 1:
        return "no history"
    tokens = "1 token" if order == 2 else f"{order - 1} tokens"
    return f"the last {tokens} of the line; a line starts with <s>"
