"""How fast large vocabularies are trained: `python tests/benchmarks/bench_softmax.py`.

One LSTM of 1 x 200 on words drawn by Zipf's law; the full softmax of the same run is
the peer.
"""

import resource
import time

import numpy as np

from keraslm.classes import classes_by_frequency
from keraslm.layers import AdaptiveSoftmax, ClassSoftmax
from keraslm.losses import SampledNextToken
from keraslm.models import CausalLM, lstm
from keraslm.models.softmaxes import choose_cutoffs, shares_of
from keraslm.training.memory import keep_freed_memory
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration
from keraslm.training.precision import usual_precision

WORDS = 50_000
BATCH, TIME = 32, 32
ROUNDS = 12
SAMPLES = 1024


def zipf(tokens: int) -> np.ndarray:
    """Draw words by Zipf's law, the frequent ones first.

    The exponent gives 4,000 words 86% of the tokens, as in a text of 2 million words.
    """
    q = np.arange(3.0, WORDS + 3) ** -1.15
    rng = np.random.default_rng(0)
    return rng.choice(WORDS, tokens, p=q / q.sum()).astype(np.int32)


def softmax_named(name: str, counts: np.ndarray) -> object:
    """Build the layer that predicts; None is the full softmax's own."""
    if name == "adaptive":
        cutoffs = choose_cutoffs(counts)
        return AdaptiveSoftmax(WORDS, cutoffs, shares_of(counts, cutoffs)[1:])
    if name == "classes":
        return ClassSoftmax(classes_by_frequency(counts, 224).tolist())
    return None


def fitted(name: str, ids: np.ndarray) -> CausalLM:
    """Build an LSTM with a softmax, ready to be trained."""
    counts = -np.sort(-np.bincount(ids, minlength=WORDS))
    softmax = softmax_named(name, counts)
    model = lstm(WORDS, embedding=128, units=200, softmax=softmax)
    sampled = SampledNextToken(np.bincount(ids, minlength=WORDS), SAMPLES)
    model.compile(
        new_optimizer(Configuration(learning_rate=4e-3, clip_norm=1.0)),
        sampled if name == "sampled" else "auto",
        weighted_metrics=None,
        precision=usual_precision(),
    )
    return model


def step(model: CausalLM, ids: np.ndarray) -> tuple[float, float]:
    """Update the weights once; give the seconds of the wall and of the processor."""
    window = ids[: BATCH * (TIME + 1)].reshape(BATCH, -1)
    start, busy = time.perf_counter(), time.process_time()
    weights = np.ones((BATCH, TIME), np.float32)
    model.train_on_batch(window[:, :-1], window[:, 1:], weights)
    return time.perf_counter() - start, time.process_time() - busy


def main() -> None:
    """Print a line for each softmax."""
    keep_freed_memory()
    ids = zipf(2_000_000)
    full = (1.0, 1.0)
    print(f"{WORDS:,} words: tokens/s, ratio of time and of processor time to full")
    for name in ("full", "adaptive", "classes", "sampled"):
        model = fitted(name, ids)
        taken = [step(model, ids) for _ in range(ROUNDS)][2:]
        wall, busy = np.median(taken, axis=0)
        full = (wall, busy) if name == "full" else full
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"{name}: {BATCH * TIME / wall:,.0f}, {full[0] / wall:.1f}, "
            f"{full[1] / busy:.1f}; {memory:.2f} GB at most until now"
        )


if __name__ == "__main__":
    main()
