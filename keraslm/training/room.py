"""Whether a network has room in the machine's memory, before any of it is taken."""

import itertools
import math
import os

from keraslm.cells import registry
from keraslm.errors import UsageError
from keraslm.training.options import ATTENDING, RECURRENT, Configuration

BYTES = 4  # of a float32
COPIES = 4  # a weight, its gradient, and the two means that Adam keeps of it
BAND = 4  # an adaptive softmax has, and scores, about so many times less than the full
LARGEST_BIGRAM = 20_000_000  # weights of one matrix from word to word


def window_shape(c: Configuration, tokens: int) -> tuple[int, int]:
    """Give rows and time of the windows: those asked for, or what the text fills."""
    rows = min(c.batch_size or 1, tokens)
    return rows, min(c.time or 1, -(-tokens // rows))


def check_room(c: Configuration, vocabulary_size: int, tokens: int) -> None:
    """Refuse a network that could not be trained here on a text of so many tokens.

    Raises: UsageError with the size of the network and of the memory, or if the hashed
        features have no weight for every word.
    """
    check_features(c, vocabulary_size)
    check_bigram(c, vocabulary_size)
    if not hasattr(os, "sysconf"):  # Windows does not say
        return
    rows, time = window_shape(c, tokens)
    weights = count_weights(c, vocabulary_size)
    needed = BYTES * (COPIES * weights + rows * time * width(c, vocabulary_size))
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if needed > there:
        raise UsageError(
            f"a {c.model} of {weights:,} weights, {rows} x {time} tokens a step, needs "
            f"about {needed / 1e9:,.1f} GB; this machine has {there / 1e9:,.1f} GB: "
            "give smaller sizes, a smaller `batch_size` or `time`"
        )


def check_bigram(c: Configuration, vocabulary_size: int) -> None:
    """Refuse a matrix from every word to every word that is larger than is useful.

    Raises: UsageError
    """
    if c.is_one_matrix and vocabulary_size**2 > LARGEST_BIGRAM:
        most = math.isqrt(LARGEST_BIGRAM)
        raise UsageError(
            f"a bigram of one matrix, of {vocabulary_size:,} x {vocabulary_size:,} "
            f"words, has more than {LARGEST_BIGRAM:,} weights; give `embedding=64` to "
            f"put vectors between, or a `vocabulary_size` of at most {most:,}"
        )


def check_features(c: Configuration, outputs: int) -> None:
    """Refuse hashed features that do not reach for a history's words, and classes.

    Raises: UsageError
    """
    if c.features and 2**c.feature_bits < outputs:
        raise UsageError(
            f"features must have a weight for each of {outputs:,} words or classes; "
            f"received {c.features}, which are {2**c.feature_bits:,}: give more bits"
        )


def count_weights(c: Configuration, vocabulary_size: int) -> int:
    """Count the entries of all matrices; biases are few beside them.

    Of an adaptive or a class softmax it is an estimate, as bands and classes are not
    known yet.
    """
    embedding = c.embedding or 0
    hashed = 2**c.feature_bits if c.features else 0
    if c.model == "maxent":
        return hashed
    if c.family in RECURRENT:
        cells = _weights_of_cells(c)
        output = 0 if c.tied else (c.units or 0) * vocabulary_size
        if c.softmax == "adaptive":
            output //= BAND
        ngrams = ((c.input_order or 1) - 1) * 2 ** (c.input_bits or 0)
        return embedding * (vocabulary_size + ngrams) + cells + output + hashed
    if c.family in ATTENDING:
        return (c.units or 0) * vocabulary_size * (1 if c.tied else 2) + _of_blocks(c)
    context = c.context or 1
    inputs = {
        "one-hot": context * vocabulary_size,
        "bag-of-words": vocabulary_size,
        "embedding": context * embedding,
    }[c.input or "embedding"]
    sizes = (inputs, *c.hidden_sizes, vocabulary_size)
    products = sum(one * two for one, two in itertools.pairwise(sizes))
    return embedding * vocabulary_size + products


def _of_blocks(c: Configuration) -> int:
    """Count the matrices of all blocks: four of attention, two hidden ones of four."""
    return 12 * (c.units or 0) ** 2 * (c.layers or 0)


def weights_of_a_gate(c: Configuration) -> int:
    """Count the entries of W and U of one gate, in all recurrent layers.

    Of a transformer it is a quarter of all blocks' weights.
    """
    if c.family in ATTENDING:
        return _of_blocks(c) // 4
    units, layers = c.units or 0, c.layers or 0
    return units * ((c.embedding or 0) + (2 * layers - 1) * units)


def _weights_of_cells(c: Configuration) -> int:
    """Count the numbers of all recurrent layers, but for their biases."""
    cell = registry.new_cell(c.model, units=c.units or 1)
    inputs = [c.embedding or 1, *[cell.units] * ((c.layers or 1) - 1)]
    weights = (weight for width in inputs for weight in cell.weights(width))
    return sum(math.prod(w.shape) for w in weights if w.name != "bias")


def width(c: Configuration, vocabulary_size: int) -> int:
    """Count the numbers that a step keeps of a token: scores twice, and each layer."""
    histories = (c.order or c.direct_order or 0) * (1 + (c.skip or 0))
    if c.family in RECURRENT:
        blocks = registry.new_cell(c.model, units=1).blocks
        kept = 2 * (blocks + 1) * (c.units or 0) * (c.layers or 0)
    elif c.family in ATTENDING:
        seen = (c.context or 0) + (c.time or 0)  # keys that a window's tokens share
        kept = (c.layers or 0) * (20 * (c.units or 0) + 4 * (c.heads or 0) * seen)
    elif c.model == "maxent":
        kept = 0
    else:
        kept = (c.context or 1) * (c.embedding or 1) + sum(c.hidden_sizes)
    return 2 * scores(c, vocabulary_size) + kept + histories


def scores(c: Configuration, vocabulary_size: int) -> int:
    """Count the numbers that a step makes of a token to score words, in training."""
    if c.softmax == "sampled":
        return c.samples or 1
    if c.softmax == "adaptive":
        return vocabulary_size // BAND
    if c.softmax == "classes":  # the words of a class, and its share of their vectors
        number = _number_of_classes(c, vocabulary_size)
        largest = -(-2 * vocabulary_size // number)
        return number + largest * (1 + (c.units or 0) // 8)
    return vocabulary_size


def _number_of_classes(c: Configuration, vocabulary_size: int) -> int:
    usual = round(math.sqrt(vocabulary_size))
    asked = c.classes and c.classes.isdecimal() and int(c.classes)
    return asked or usual
