"""Lesson 2: n-grams, counted."""

from collections import Counter
from itertools import pairwise

from keraslm.course.exercise import Cases, Draw, Lesson

LESSON = Lesson(2, "counting", "Counting")
START, END = "<s>", "</s>"
Sentences = list[list[str]]


def _sentence_and_order(draw: Draw) -> Cases:
    for order in (1, 2, 3, 4):
        yield ["a"], order
        yield draw.few_sentences(1)[0], order


def _cut(tokens: list[str], order: int) -> list[tuple[str, ...]]:
    return [tuple(tokens[i : i + order]) for i in range(len(tokens) - order + 1)]


@LESSON.exercise(
    cases=_sentence_and_order,
    hints=(
        "A sentence of m words has m + 1 n-grams, whatever n is.",
        "Look at how many <s> stand before the first word.",
        "Which n - 1 tokens does the first word come after?",
    ),
    mistakes={
        "writes one <s>, whatever n is": lambda words, n: _cut([START, *words, END], n),
        "writes no </s>": lambda words, n: _cut([START] * (n - 1) + words, n),
        "writes n times <s>": lambda words, n: _cut([START] * n + words + [END], n),
        "writes neither <s> nor </s>": _cut,
    },
    properties={
        "there is an n-gram for each word and for the end": lambda value, words, n: (
            len(value) == len(words) + 1
        ),
        "each n-gram has n tokens": lambda value, words, n: all(
            len(each) == n for each in value
        ),
    },
)
def ngrams(words: list[str], n: int) -> list[tuple[str, ...]]:
    """Give the n-grams of a sentence from left to right, each a tuple of n tokens.

    The sentence is padded: n - 1 times "<s>" before its words, "</s>" after them.
    """
    return _cut([START] * (n - 1) + words + [END], n)


def _few_sentences(draw: Draw) -> Cases:
    yield ([["a"]],)
    yield ([["a", "b"], ["a"]],)
    yield ([["a", "a", "a"]],)
    for number in (1, 2, 5, 20):
        yield (draw.few_sentences(number),)


def _counted(padded: Sentences) -> dict[tuple[str, str], int]:
    return dict(Counter(pair for each in padded for pair in pairwise(each)))


def _joined(sentences: Sentences) -> list[str]:
    return [START, *(token for words in sentences for token in [*words, END])]


@LESSON.exercise(
    cases=_few_sentences,
    hints=(
        "The counts sum to the number of words and of sentences together.",
        "Look at where one sentence ends and the next one begins.",
        "Does (last word, </s>) occur among your pairs? Does (</s>, first word)?",
    ),
    mistakes={
        "writes no <s>": lambda sentences: _counted([[*s, END] for s in sentences]),
        "writes no </s>": lambda sentences: _counted([[START, *s] for s in sentences]),
        "runs from the end of one sentence into the next": lambda sentences: _counted(
            [_joined(sentences)]
        ),
        "counts the sentences that have a pair, not how often it occurs": lambda s: (
            dict(Counter(p for words in s for p in set(pairwise([START, *words, END]))))
        ),
    },
    properties={
        "each word and each end is the second of one pair": lambda value, sentences: (
            sum(value.values()) == sum(len(words) + 1 for words in sentences)
        ),
        "</s> comes before nothing": lambda value, sentences: all(
            first != END for first, _ in value
        ),
    },
)
def bigram_counts(sentences: list[list[str]]) -> dict[tuple[str, str], int]:
    """Count the pairs of neighbours, as a dict {(v, w): count}.

    Each sentence begins with "<s>" and ends with "</s>"; no pair crosses its end.
    """
    return _counted([[START, *words, END] for words in sentences])


def _counts(draw: Draw) -> Cases:
    yield ({("<s>", "a"): 1, ("a", "</s>"): 1},)
    yield ({("a", "b"): 2, ("a", "c"): 1, ("b", "c"): 4, ("c", "c"): 1},)
    for number in (1, 2, 10):
        yield (bigram_counts(draw.few_sentences(number)),)


def _divided(
    counts: dict[tuple[str, str], int], place: int
) -> dict[tuple[str, str], float]:
    totals: Counter[str] = Counter()
    for pair, count in counts.items():
        totals[pair[place]] += count
    return {pair: count / totals[pair[place]] for pair, count in counts.items()}


def _sums_to_one(
    value: dict[tuple[str, str], float], counts: dict[tuple[str, str], int]
) -> bool:
    sums: Counter[str] = Counter()
    for (first, _), share in value.items():
        sums[first] += share  # type: ignore[assignment]
    return all(abs(total - 1) < 1e-6 for total in sums.values())


@LESSON.exercise(
    cases=_counts,
    hints=(
        "After each word the probabilities sum to one.",
        "Look at what you divide by.",
        "How often does v come before anything at all?",
    ),
    mistakes={
        "divides by the count of all pairs": lambda counts: {
            pair: count / sum(counts.values()) for pair, count in counts.items()
        },
        "divides by the count of the second word": lambda counts: _divided(counts, 1),
        "divides by the number of different words that follow": lambda counts: {
            pair: count / sum(first == pair[0] for first, _ in counts)
            for pair, count in counts.items()
        },
    },
    properties={"after each word the probabilities sum to one": _sums_to_one},
)
def relative_frequencies(
    counts: dict[tuple[str, str], int],
) -> dict[tuple[str, str], float]:
    """Turn counts of pairs into probabilities {(v, w): P(w | v)}.

    Math: P(w | v) = c(v w) / sum over u of c(v u)
    """
    return _divided(counts, 0)


def _words_and_order(draw: Draw) -> Cases:
    yield ["a", "b", "a"], 1
    yield ["a", "b", "a", "b", "a", "c"], 2
    for order in (1, 2, 3):
        yield [word for words in draw.few_sentences(8) for word in words], order


@LESSON.exercise(
    cases=_words_and_order,
    hints=(
        "The share is of the different n-grams, each of which counts once.",
        "Look at what you divide by.",
        "In a b a: how many words are there, and how many occur once?",
    ),
    mistakes={
        "divides by all occurrences": lambda words, n: (
            sum(c == 1 for c in Counter(_cut(words, n)).values()) / len(_cut(words, n))
        ),
        "gives the share of n-grams that occur again": lambda words, n: (
            1 - _share_seen_once(words, n)
        ),
    },
    properties={
        "a share lies between 0 and 1": lambda value, words, n: 0 <= value <= 1
    },
)
def share_seen_once(words: list[str], n: int) -> float:
    """Give the share of the different n-grams of a text that occur exactly once.

    The words are one text without any padding.
    """
    return _share_seen_once(words, n)


def _share_seen_once(words: list[str], n: int) -> float:
    counts = Counter(_cut(words, n)).values()
    return sum(count == 1 for count in counts) / len(counts)
