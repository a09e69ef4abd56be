"""Lesson 1: what a language model says, and how its words make a sentence."""

import itertools
import math

from keraslm.course.exercise import Cases, Draw, Lesson

LESSON = Lesson(1, "next-word", "The next word")
START, END = "<s>", "</s>"


def _probabilities(draw: Draw) -> Cases:
    for length in (1, 2, 3, 7):
        yield (draw.rng.uniform(0.05, 1, length).tolist(),)
    yield ([0.01] * 400,)


@LESSON.exercise(
    cases=_probabilities,
    hints=(
        "The logarithm of a product is the sum of the logarithms.",
        "Look at the longest input: what is 0.01 to the power of 400 in your program?",
        "When do you take the logarithm: of each factor, or of the product?",
    ),
    mistakes={
        "multiplies first, so that a long sentence has probability 0": lambda p: (
            math.log(math.prod(p)) if math.prod(p) else -math.inf
        ),
        "counts in bits": lambda p: sum(map(math.log2, p)),
        "leaves out the first token": lambda p: sum(map(math.log, p[1:])),
    },
    properties={
        "the logarithm of a probability is at most 0": lambda value, p: value <= 1e-9,
        "the logarithm of a positive probability is finite": lambda value, p: (
            math.isfinite(value)
        ),
    },
)
def chain_rule(probabilities: list[float]) -> float:
    """Give log P of a sentence, in nats, by the chain rule.

    probabilities[t] is P(token t | all tokens before it); the last token is the
    sentence's end. A sentence may be long.

    Math: log P(w_1 .. w_n) = sum over t of log P(w_t | w_1 .. w_{t-1})
    """
    return sum(map(math.log, probabilities))


def _joint(draw: Draw) -> Cases:
    for words in ("ab", "abc", "abcde"):
        pairs = [(v, w) for v in words for w in words]
        shares = draw.distribution(len(pairs)).tolist()
        yield dict(zip(pairs, shares, strict=True)), words[-1]


@LESSON.exercise(
    cases=_joint,
    hints=(
        "What follows one word is a distribution: it sums to one.",
        "Look at what you divide by.",
        "Is P(first word) the sum over all second words, or over all first ones?",
    ),
    mistakes={
        "gives P(v, w), which nobody divided": lambda joint, v: {
            w: p for (first, w), p in joint.items() if first == v
        },
        "divides by P(w) in place of P(v)": lambda joint, v: {
            w: p / sum(q for (_, second), q in joint.items() if second == w)
            for (first, w), p in joint.items()
            if first == v
        },
    },
    properties={
        "the probabilities of what follows sum to one": lambda value, joint, v: (
            abs(sum(value.values()) - 1) < 1e-6
        )
    },
)
def conditional(joint: dict[tuple[str, str], float], first: str) -> dict[str, float]:
    """Give P(w | first) of each word w, from the joint probabilities of pairs.

    joint[(v, w)] is P(v, w).

    Math: P(w | v) = P(v, w) / P(v),   P(v) = sum over w of P(v, w)
    """
    row = {w: p for (v, w), p in joint.items() if v == first}
    total = sum(row.values())
    return {w: p / total for w, p in row.items()}


def _bigrams(draw: Draw) -> Cases:
    for number in (0, 1, 2, 6):
        words = ["a", "b", "c"][: max(number, 1)]
        after = [*words, END]
        table = {
            v: dict(zip(after, draw.distribution(len(after)).tolist(), strict=True))
            for v in [START, *words]
        }
        yield draw.rng.choice(words, number).tolist(), table


def _pairs(tokens: list[str], table: dict[str, dict[str, float]]) -> float:
    return sum(math.log(table[v][w]) for v, w in itertools.pairwise(tokens))


@LESSON.exercise(
    cases=_bigrams,
    hints=(
        "A sentence of n words has n + 1 factors.",
        "Look at the first word, and at what comes after the last one.",
        "What does a bigram model say of the sentence that has no words?",
    ),
    mistakes={
        "does not score the first word": lambda words, table: _pairs(
            [*words, END], table
        ),
        "does not score the end": lambda words, table: _pairs([START, *words], table),
        "counts in bits": lambda words, table: (
            _pairs([START, *words, END], table) / math.log(2)
        ),
    },
)
def sentence_log_probability(
    words: list[str], bigram: dict[str, dict[str, float]]
) -> float:
    """Give log P of a sentence and its end, in nats, by a bigram model.

    bigram[v][w] is P(w | v). A sentence begins after "<s>", and "</s>" ends it.

    Math: log P = sum over t of log P(w_t | w_{t-1}),   w_0 = <s>, w_{n+1} = </s>
    """
    return _pairs([START, *words, END], bigram)
