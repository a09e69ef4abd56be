"""The compiled loops against the same updates written with NumPy, and their caches."""

import subprocess
import sys

import numpy as np
import pytest

from keraslm.vectors.by_example import ByExample
from keraslm.vectors.negative_sampling import cumulated
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.windows import keep_probabilities, kept_words

pytest.importorskip("numba", reason="needs the extra 'fast'")

WORDS, WIDTH, END = 7, 5, 1
TEXT = np.random.default_rng(1).integers(1, WORDS, 200)  # 1 ends a line
COUNTS = np.bincount(TEXT, minlength=WORDS) * (np.arange(WORDS) != END)


def tables():
    rng = np.random.default_rng(2)
    return [rng.normal(0, 0.7, (WORDS, WIDTH)).astype(np.float32) for _ in range(2)]


def kept(window):
    rng = np.random.default_rng(3)
    keep = keep_probabilities(COUNTS, 0)
    (words,) = kept_words(TEXT, keep, END, window, 1000, rng)
    return words


def by_numpy(kept, window, method, negatives, rates, table, outputs, rng):
    """Move float64 vectors by the equations of `compiled.py`, a word at a time."""
    below = cumulated(COUNTS)
    words, lines = kept.around, kept.lines
    for centre, reach in enumerate(rng.integers(1, window + 1, len(rates))):
        here = centre + window
        near = [i for i in range(here - reach, here + reach + 1) if i != here]
        around = words[[i for i in near if lines[i] == lines[here]]]
        bags = [(around, words[here])]
        if method == "skip-gram":
            bags = [(words[[here]], word) for word in around]
        for bag, observed in [pair for pair in bags if len(pair[0])]:
            places = rng.random(negatives) * below[-1]
            noise = np.searchsorted(below, places, side="right")
            h, change = table[bag].mean(axis=0), 0
            for word in [observed, *noise[noise != observed]]:
                if abs(score := h @ outputs[word]) > 6:
                    continue
                chance = 1 / (1 + np.exp(-score))
                step = rates[centre] * ((word == observed) - chance)
                change = change + step * outputs[word]
                outputs[word] += step * h
            np.add.at(table, bag, change)


# With 9 words of noise among 5, most come several times in an example.
@pytest.mark.parametrize(("window", "negatives"), [(1, 1), (4, 9)])
@pytest.mark.parametrize("method", ["skip-gram", "cbow"])
def test_the_loops_follow_their_equations(method, window, negatives):
    options = VectorOptions(method, WIDTH, window, negatives=negatives)
    words = kept(window)
    rates = np.linspace(0.3, 0.1, len(words.read), dtype=np.float32)
    found, expected = tables(), [table.astype(np.float64) for table in tables()]
    way = ByExample(COUNTS, options, np.random.default_rng(4))
    way.learn(words, rates, *found)
    rng = np.random.default_rng(4)
    by_numpy(words, window, method, negatives, rates, *expected, rng)
    for one, other, start in zip(found, expected, tables(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
        assert np.abs(other - start).max() > 0.5


@pytest.mark.parametrize("method", ["skip-gram", "cbow"])
def test_vectors_stay_finite_at_a_high_rate(method):
    options = VectorOptions(method, WIDTH)
    words = kept(options.window)
    rates = np.full(len(words.read), 5, np.float32)
    found = tables()
    way = ByExample(COUNTS, options, np.random.default_rng(4))
    for _ in range(20):
        way.learn(words, rates, *found)
    assert np.isfinite(found).all()
    assert np.abs(found).max() > 1


def test_noise_comes_by_the_counts_to_the_power_of_three_quarters():
    # 1^0.75 = 1, 16^0.75 = 8, 81^0.75 = 27: shares of 36
    from keraslm.vectors.compiled import draw

    way = ByExample(np.array([0, 1, 16, 0, 81]), VectorOptions(), None)
    rng = np.random.default_rng(0)
    drawn = [draw(way.noise, rng) for _ in range(20_000)]
    shares = np.bincount(drawn) / len(drawn)
    np.testing.assert_allclose(shares, [0, 1 / 36, 8 / 36, 0, 27 / 36], atol=0.01)


PROGRAM = """
from keraslm.vectors.by_example import loop
loop("cbow")
print("ready")
"""


def ready(cache):
    """Make a loop ready in a process of its own."""
    environment = {"NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path):
    file = tmp_path / "file"
    file.write_text("no folder")
    assert ready(file) == (0, "ready\n", "")


def test_a_damaged_cache_is_done_without(tmp_path):
    assert ready(tmp_path) == (0, "ready\n", "")
    cached = list(tmp_path.rglob("*.nb[ic]"))
    assert cached
    for file in cached:
        file.write_bytes(b"no cache")
    assert ready(tmp_path) == (0, "ready\n", "")
