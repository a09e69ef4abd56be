"""The properties that make a program a language model, tried out on histories.

Math:   sum_w P(w | h) = 1,  P(w | h) >= 0 for every history h;
        P(y_t | y_1 .. y_{t-1}) depends on nothing after y_{t-1}
"""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from keraslm.audit.check import Check
from keraslm.language_model import LanguageModel

HISTORIES = 16
LONGEST = 24  # tokens of a random history
TOKENS = 96  # of the stretch that is read in several ways
SUM = 1e-6  # beside what the digits of a file leave open
ROUNDING = 1e-4  # nats between two ways to compute the same

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


def audit_model(
    model: LanguageModel, ids: np.ndarray | None = None, seed: int = 0
) -> list[Check]:
    """Try a model on random histories, and on a text's ids or else on random ones.

    Of a count model's file, all that it holds is read and checked first.

    Shapes: ids (tokens,), of which the first 96 are read
    Raises: ModelFileError if the file is damaged.
    """
    rng = np.random.default_rng(seed)
    size = len(model.vocabulary)
    ids = rng.integers(size, size=TOKENS) if ids is None else np.array(ids[:TOKENS])
    ids = ids.astype(np.int64)
    verified = model.verify()
    read = model.log_probabilities(ids)
    return [
        *([Check("file", 0, 0, f"faults in {verified}")] if verified else []),
        *_distributions(model, rng, SUM + math.expm1(min(model.rounding, 1.0))),
        _causality(model, ids, read, rng),
        _stream_and_batch(model, ids, read),
        Check(
            "deterministic",
            _apart(read, model.log_probabilities(ids)),
            0.0,
            "nats at most between two readings of the same text",
        ),
    ]


def _distributions(
    model: LanguageModel, rng: np.random.Generator, limit: float
) -> Iterator[Check]:
    """Ask for the next token after random histories, the empty one first."""
    size, off, wrong = len(model.vocabulary), 0.0, 0
    for number in range(HISTORIES):
        history = rng.integers(size, size=number * LONGEST // (HISTORIES - 1))
        found = model.next_token_probabilities(history.tolist())
        off = float(np.maximum(off, abs(found.sum() - 1)))
        wrong += int(np.sum(~np.isfinite(found) | (found < 0)))
    histories = f"of {HISTORIES} random histories"
    yield Check("sums to one", off, limit, f"off at most, {histories}")
    yield Check("probabilities", wrong, 0, f"negative or no number, {histories}")


def _causality(
    model: LanguageModel, ids: Ids, read: Array, rng: np.random.Generator
) -> Check:
    """Change the second half of a text; the first must cost what it did."""
    half = len(ids) // 2
    changed = ids.copy()
    moved = rng.integers(1, len(model.vocabulary), size=len(ids) - half)
    changed[half:] = (changed[half:] + moved) % len(model.vocabulary)
    off = _apart(read[:half], model.log_probabilities(changed)[:half])
    return Check("causal", off, ROUNDING, "nats that later tokens change at most")


def _stream_and_batch(model: LanguageModel, ids: Ids, read: Array) -> Check:
    """Read a text token by token, as in writing, and at once, as in measuring."""
    stream, found = model.stream(), np.empty(len(ids))
    for place, token_id in enumerate(ids.tolist()):
        found[place] = stream.next_log_probabilities()[token_id]
        stream.push(token_id)
    meaning = "nats at most between writing and measuring"
    return Check("stream = batch", _apart(read, found), ROUNDING, meaning)


def _apart(one: Array, two: Array) -> float:
    """Give max |one - two|, where the same infinity is no difference."""
    with np.errstate(invalid="ignore"):
        return float(np.where(one == two, 0.0, np.abs(one - two)).max(initial=0.0))
