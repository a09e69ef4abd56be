"""Threads that write and measure with one model do not disturb each other."""

import concurrent.futures

import numpy as np
import pytest

THREADS = 8


def one_by_one_and_together(work):
    alone = [work(number) for number in range(THREADS)]
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        return alone, list(pool.map(work, range(THREADS)))


@pytest.mark.parametrize("kind", ["lstm", "neural-ngram"])
def test_eight_texts_at_once_are_those_one_after_another(kind, build, ask):
    model = ask(build(kind))

    def write(seed):
        return "".join(model.generate("ab", 100, seed=seed))

    alone, together = one_by_one_and_together(write)
    assert alone == together
    assert len(set(alone)) == THREADS


def test_eight_texts_are_measured_at_once(build, ask):
    model = ask(build("lstm"))
    texts = np.random.default_rng(1).integers(7, size=(THREADS, 50))
    alone, together = one_by_one_and_together(
        lambda number: model.log_probabilities(texts[number])
    )
    np.testing.assert_array_equal(alone, together)
