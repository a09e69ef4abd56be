"""Train a count model: count, choose what smooths, measure."""

import time
from typing import Any

import numpy as np

from keraslm.counts.additive import Additive
from keraslm.counts.by_order import perplexities_by_order, sizes_by_order, smooth
from keraslm.counts.jelinek_mercer import NO_HELD_OUT, JelinekMercer
from keraslm.counts.model import NgramModel
from keraslm.counts.ngrams import Ngrams, count_ngrams
from keraslm.counts.on_disk.model import NgramModelOnDisk
from keraslm.counts.on_disk.ngrams import count_ngrams_on_disk
from keraslm.counts.smoothing import Smoothing
from keraslm.counts.smoothings import DEFAULT
from keraslm.errors import UsageError
from keraslm.history import History, new_row
from keraslm.text.encoder import TextEncoder
from keraslm.training.encoded import Encoded
from keraslm.training.folder import SAMPLE_TOKENS, RunFolder
from keraslm.training.options import OPTIONS, Configuration
from keraslm.training.reporter import Reporter
from keraslm.training.spilling import CountingMemory


def check_held_out(c: Configuration, texts: dict[str, Encoded]) -> None:
    """Refuse before anything is written what needs validation text and has none.

    Raises: UsageError
    """
    if c.smoothing == JelinekMercer.name and "valid" not in texts:
        raise UsageError(NO_HELD_OUT)


def count(
    c: Configuration,
    encoder: TextEncoder,
    texts: dict[str, Encoded],
    folder: RunFolder,
    reporter: Reporter,
    memory: CountingMemory | None = None,
) -> NgramModel:
    """Count the n-grams of the training text, for a model that RUN does not hold yet.

    What does not fit into `memory` is counted on the disk; the model is the same.
    Raises: KeraslmError if the disk is full.
    """
    train, valid = texts["train"], texts.get("valid")
    for name in _of_fitting(c):
        reporter.note(f"counting reads the text once; `{name}` changes nothing")
    began = time.perf_counter()
    held_out = valid.ids if valid else None
    model, ngrams = _counted(c, encoder, train, held_out, reporter, memory)
    seconds = time.perf_counter() - began
    sizes = ", ".join(f"{size:,}" for size in model.size_per_order())
    did = "counted" if train.ngrams is None else "smoothed"  # what a cluster counted
    reporter.note(
        f"{did} {len(train.ids):,} tokens in {seconds:.1f} s; n-grams: {sizes}"
    )
    if c.quantize is not None:
        model = model.quantized(c.quantize, held_out)
        reporter.note(model.quantizing_cost)
    for note in model.smoothing.get("notes", ()):
        reporter.note(note)
    history = History(folder.history)
    for split, text in texts.items():
        row = new_row(split, _nats(model, split, text), text.bits_per_nat)
        history.add(row)
        reporter.training(1.0, row)
    model.metadata |= {"configuration": c.to_dict(), "history": history.rows}
    perplexity = history.rows[-1]["perplexity"] if valid else None
    model.metadata["by_order"] = _by_order(model, ngrams, c, held_out, perplexity)
    _write_sample(model, c, folder)
    return model


def _of_fitting(c: Configuration) -> list[str]:
    """Name the given options that tell the fitting of a network something."""
    of_dry_run = ("dry_run", "steps") if c.dry_run else ()
    return [
        name
        for name, option in OPTIONS.items()
        if "ngram" not in option.suits and name not in of_dry_run and c.is_given(name)
    ]


def _counted(
    c: Configuration,
    encoder: TextEncoder,
    train: Encoded,
    held_out: np.ndarray | None,
    reporter: Reporter,
    memory: CountingMemory | None,
) -> tuple[NgramModel, Ngrams]:
    """Count, unless a cluster has, and smooth, in memory or on the disk."""
    order, size = c.order or 3, len(encoder.vocabulary)
    boundary = encoder.vocabulary.boundary_id
    how = (_smoothing(c), held_out, c.limits_of_pruning)
    ngrams, place = train.ngrams, None
    if ngrams is None and memory is not None:
        vocabulary = encoder.vocabulary
        place = memory.workspace(len(train.ids), order, vocabulary, reporter)
    if place is not None:
        ngrams = count_ngrams_on_disk(train.ids, size, order, place, boundary)
    elif ngrams is None:
        ngrams = count_ngrams(train.ids[:], size, order, boundary)
    return smooth(encoder, ngrams, *how), ngrams


def _nats(model: NgramModel, split: str, text: Encoded) -> float:
    """Give the cost of a token, which the counts say of the text that was counted."""
    if split == "train" and isinstance(model, NgramModelOnDisk):
        return model.training.nats_per_token
    if isinstance(text.ids, np.ndarray):
        return -float(np.mean(model.log_probabilities(text.ids)))
    look_ups = model.table.trie.look_up(text.ids)
    parts = [model.table.log_probabilities(found).sum() for found in look_ups]
    return -float(sum(parts)) / len(text.ids)


def _by_order(
    model: NgramModel,
    ngrams: Ngrams,
    c: Configuration,
    held_out: np.ndarray | None,
    perplexity: float | None,
) -> list[dict[str, Any]]:
    """Give what the run's picture shows, an order at a time."""
    rows = sizes_by_order(ngrams)
    if held_out is not None:
        settings = (_smoothing(c), held_out, c.limits_of_pruning)
        lower = perplexities_by_order(model.encoder, ngrams, *settings)
        for row, measured in zip(rows, lower, strict=False):
            row["perplexity"] = measured
        rows[-1]["perplexity"] = perplexity
    return rows


def _smoothing(c: Configuration) -> str | Smoothing:
    return c.smoothing or DEFAULT if c.delta is None else Additive(c.delta)


def _write_sample(model: NgramModel, c: Configuration, folder: RunFolder) -> None:
    written = "".join(model.generate(length=SAMPLE_TOKENS[c.level], seed=c.seed))
    text = f"--- counted\n{written.strip()}\n"
    folder.samples.write_text(text, encoding="utf-8")
