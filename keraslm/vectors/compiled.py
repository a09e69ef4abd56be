"""Plain word2vec, one example after another, in loops that numba compiles.

An example asks a hidden vector h for words: k = 0 is the word that was observed, the
others are noise. Where r is the learning rate,

    s_k = h v_k,   e_k = [k = 0] - 1 / (1 + exp(-s_k))
    v_k <- v_k + r e_k h,   change = r sum_k e_k v_k  (each v_k before it moves)

Skip-gram has h = E[x_t] for each word around, and h <- h + change. CBOW has the mean
over the window for h, and E[x] <- E[x] + change for every word x of the window.

References: Mikolov et al. (2013).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba.extending import register_jitable

# Sums in any order, but not "no infinities": exp may overflow.
FASTMATH = {"reassoc", "contract", "nsz", "arcp"}
LARGEST_SCORE = np.float32(6)

Ids = npt.NDArray[np.integer]
Vectors = npt.NDArray[np.float32]
inner = register_jitable(fastmath=FASTMATH)


class Noise(NamedTuple):
    """What words of noise are drawn from, and how many for an observed word.

    Shapes: below (words,), the cumulated weights; guide (a power of two,)
    """

    below: npt.NDArray[np.float64]
    guide: npt.NDArray[np.int64]  # the word at k/n of the sum, for each k
    negatives: int


@inner
def draw(noise: Noise, rng: np.random.Generator) -> int:
    """Draw a word: the first below which there is more than u of all weight.

    References: Chen & Asau (1974), the guide from which the search starts.
    """
    u = rng.random()
    word = noise.guide[int(u * len(noise.guide))]
    while noise.below[word] <= u * noise.below[-1]:
        word += 1
    return word


@inner
def dot(one: Vectors, other: Vectors) -> np.float32:
    """Give the sum of the products."""
    total = np.float32(0)
    for i in range(len(one)):
        total += one[i] * other[i]
    return total


@inner
def add(vector: Vectors, factor: np.float32, other: Vectors) -> None:
    """Add so many times another vector."""
    for i in range(len(vector)):
        vector[i] += factor * other[i]


@inner
def learn(
    h: Vectors,
    change: Vectors,
    outputs: Vectors,
    asked: Ids,
    steps: Vectors,
    rate: np.float32,
) -> None:
    """Move the vectors of the words that are asked for, and give the change of h.

    All scores come first, so that the processor waits for all vectors at once. Where a
    word of noise comes again, its vector has moved by r e h, so its score by r e |h|^2.
    Noise that is the observed word is dropped; beyond LARGEST_SCORE nothing is learnt,
    as in gensim, so that vectors stay finite at high rates, too.
    """
    change[:] = 0
    square = dot(h, h)
    for k in range(len(asked)):
        steps[k] = dot(h, outputs[asked[k]])
    for k in range(len(asked)):
        score = steps[k]
        for before in range(1, k):
            if asked[before] == asked[k]:
                score += steps[before] * square
        steps[k] = 0
        if (k > 0 and asked[k] == asked[0]) or abs(score) > LARGEST_SCORE:
            continue
        chance = np.float32(1) / (np.float32(1) + np.exp(-score))
        steps[k] = step = rate * (np.float32(k == 0) - chance)
        v = outputs[asked[k]]
        for i in range(len(h)):
            change[i] += step * v[i]
            v[i] += step * h[i]


def skip_gram(
    words: Ids,
    lines: Ids,
    reach: Ids,
    rates: Vectors,
    table: Vectors,
    outputs: Vectors,
    noise: Noise,
    rng: np.random.Generator,
) -> None:
    """Go through the centre words; each predicts the words around it.

    Shapes: words and lines (centres + 2 window,), reach and rates (centres,),
            table and outputs (words, width)
    """
    change = np.zeros(table.shape[1], np.float32)
    steps = np.zeros(noise.negatives + 1, np.float32)
    asked = np.zeros(noise.negatives + 1, np.int64)
    beside = (len(words) - len(reach)) // 2
    for centre in range(len(reach)):
        here = centre + beside
        h = table[words[here]]
        for place in range(here - reach[centre], here + reach[centre] + 1):
            if place != here and lines[place] == lines[here]:
                asked[0] = words[place]
                for k in range(1, len(asked)):
                    asked[k] = draw(noise, rng)
                learn(h, change, outputs, asked, steps, rates[centre])
                add(h, np.float32(1), change)


def cbow(
    words: Ids,
    lines: Ids,
    reach: Ids,
    rates: Vectors,
    table: Vectors,
    outputs: Vectors,
    noise: Noise,
    rng: np.random.Generator,
) -> None:
    """Go through the centre words; the mean of the words around predicts each.

    Shapes: as those of `skip_gram`
    """
    h = np.zeros(table.shape[1], np.float32)
    change = np.zeros(table.shape[1], np.float32)
    steps = np.zeros(noise.negatives + 1, np.float32)
    asked = np.zeros(noise.negatives + 1, np.int64)
    around = np.zeros(len(words) - len(reach), np.int64)
    beside = len(around) // 2
    for centre in range(len(reach)):
        here = centre + beside
        number = 0
        h[:] = 0
        for place in range(here - reach[centre], here + reach[centre] + 1):
            if place != here and lines[place] == lines[here]:
                around[number] = words[place]
                number += 1
                add(h, np.float32(1), table[words[place]])
        if number == 0:
            continue
        h /= np.float32(number)
        asked[0] = words[here]
        for k in range(1, len(asked)):
            asked[k] = draw(noise, rng)
        learn(h, change, outputs, asked, steps, rates[centre])
        for word in around[:number]:
            add(table[word], np.float32(1), change)
