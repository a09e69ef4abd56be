"""Lesson 4: perplexity, honestly."""

import math

import numpy as np

from keraslm.course.exercise import Cases, Draw, Lesson
from keraslm.course.formulas import mean
from keraslm.course.zoo import base_two, exponentials_averaged, perplexity_averaged

LESSON = Lesson(4, "perplexity", "Perplexity, honestly")
END = "</s>"


def _costs(draw: Draw, number: int) -> list[float]:
    return np.log(draw.rng.uniform(0.01, 1, number)).tolist()


def _log_probabilities(draw: Draw) -> Cases:
    for number in (1, 2, 5, 50):
        yield (_costs(draw, number),)
    yield ([-7.0] * 300,)


@LESSON.exercise(
    cases=_log_probabilities,
    hints=(
        "A model that gives every token 1/10 has perplexity 10.",
        "Look at the base of the power, and at the sign.",
        "Are the logarithms natural ones? Then which number is raised to the power?",
    ),
    mistakes={
        "raises 2 to nats": base_two.mistaken,
        "forgets to average": lambda logs: (
            math.exp(-sum(logs)) if -sum(logs) < 700 else math.inf
        ),
        "averages the inverse probabilities": exponentials_averaged.mistaken,
        "inverts the mean probability": lambda logs: (
            1 / mean([math.exp(log) for log in logs])
        ),
        "forgets the sign": lambda logs: math.exp(mean(logs)),
    },
    properties={
        "a perplexity is at least 1": lambda value, logs: value >= 1 - 1e-9,
    },
)
def perplexity(log_probabilities: list[float]) -> float:
    """Give the perplexity of a text, of the log P of its tokens in nats.

    Math: exp(-mean of log P(w_t | w_1 .. w_{t-1}))
    """
    return math.exp(-sum(log_probabilities) / len(log_probabilities))


def _batches(draw: Draw) -> Cases:
    yield ([[-1.0], [-2.0, -2.0]],)
    for lengths in ((1, 3), (2, 2, 5), (10, 10, 1, 7)):
        yield ([_costs(draw, length) for length in lengths],)


@LESSON.exercise(
    cases=_batches,
    hints=(
        "How a text is cut into batches does not change its perplexity.",
        "Look at the last batch, which is often shorter.",
        "Does a token of a short batch weigh as much as one of a long batch?",
    ),
    mistakes={
        "averages batches": lambda batches: math.exp(-mean([*map(mean, batches)])),
        "averages the perplexities of batches": perplexity_averaged.mistaken,
        "measures the last batch": lambda batches: perplexity(batches[-1]),
        "divides by the number of batches": lambda batches: math.exp(
            -sum(map(sum, batches)) / len(batches)
        ),
    },
)
def perplexity_of_batches(batches: list[list[float]]) -> float:
    """Give the perplexity of a text whose tokens come in batches of any length.

    batches[k][t] is the log P of a token, in nats.

    Math: exp(-mean over all tokens of log P)
    """
    return perplexity([log for batch in batches for log in batch])


def _tokens(draw: Draw) -> Cases:
    yield ["a", END], [-2.0, -1.0]
    for number in (1, 2, 6):
        sentences = draw.few_sentences(number)
        tokens = [token for words in sentences for token in [*words, END]]
        yield tokens, _costs(draw, len(tokens))


@LESSON.exercise(
    cases=_tokens,
    hints=(
        "What is left out of the sum is left out of the number of tokens, too.",
        "Look at what you divide by.",
        "How many tokens that are no </s> does the text have?",
    ),
    mistakes={
        "leaves </s> out of the sum, and counts it as a token": lambda tokens, logs: (
            math.exp(-_without_ends(tokens, logs) / len(tokens))
        ),
        "leaves </s> out of the number, and adds its cost": lambda tokens, logs: (
            math.exp(-sum(logs) / sum(token != END for token in tokens))
        ),
        "counts </s> as any token": lambda tokens, logs: perplexity(logs),
        "measures </s> alone": lambda tokens, logs: perplexity(
            [log for token, log in zip(tokens, logs, strict=True) if token == END]
        ),
    },
)
def perplexity_without_ends(tokens: list[str], log_probabilities: list[float]) -> float:
    """Give the perplexity of the tokens that are not "</s>".

    log_probabilities[t] is the log P of tokens[t], in nats.
    """
    number = sum(token != END for token in tokens)
    return math.exp(-_without_ends(tokens, log_probabilities) / number)


def _without_ends(tokens: list[str], logs: list[float]) -> float:
    return sum(log for token, log in zip(tokens, logs, strict=True) if token != END)


def _nats(draw: Draw) -> Cases:
    yield math.log(2), 1, 1
    for _ in range(3):
        tokens = int(draw.rng.integers(1, 50))
        characters = tokens * int(draw.rng.integers(2, 7)) + 1
        yield float(draw.rng.uniform(0.1, 5)), tokens, characters


@LESSON.exercise(
    cases=_nats,
    hints=(
        "A text costs the same in all, however it is cut into tokens.",
        "Look at the logarithm of 2, and at which number is above which.",
        "What does the whole text cost in nats?",
    ),
    mistakes={
        "leaves nats as they are": lambda nats, tokens, characters: (
            nats * tokens / characters
        ),
        "multiplies by log 2": lambda nats, tokens, characters: (
            nats * math.log(2) * tokens / characters
        ),
        "gives bits a token": lambda nats, tokens, characters: nats / math.log(2),
        "turns the shares round": lambda nats, tokens, characters: (
            nats / math.log(2) * characters / tokens
        ),
        "uses the logarithm to base 10": lambda nats, tokens, characters: (
            nats / math.log10(2) * tokens / characters
        ),
    },
)
def bits_per_character(nats_per_token: float, tokens: int, characters: int) -> float:
    """Turn the mean cost of a token into bits a character, to compare any two models.

    Math: nats a token * tokens / (log 2 * characters)
    """
    return nats_per_token * tokens / (math.log(2) * characters)
