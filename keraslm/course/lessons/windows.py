"""Lesson 6: windows of previous words, one-hot and embedded; word vectors."""

import numpy as np

from keraslm.course.exercise import Cases, Draw, Lesson

LESSON = Lesson(6, "windows", "Windows and vectors")
Pair = tuple[str, str]


def _ids(draw: Draw) -> Cases:
    yield np.array([4, 7]), 1
    for tokens, context in ((3, 2), (5, 1), (6, 3), (20, 4)):
        yield draw.rng.permutation(30)[:tokens], context


def _windows(
    ids: np.ndarray, context: int, shift: int = 0, number: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    number = number or len(ids) - context
    contexts = np.array([ids[t : t + context] for t in range(number)])
    ends = np.arange(number) + context
    return contexts, ids[ends + shift]


def _turned(ids: np.ndarray, context: int) -> tuple[np.ndarray, np.ndarray]:
    contexts, targets = _windows(ids, context)
    return contexts[:, ::-1], targets


@LESSON.exercise(
    cases=_ids,
    hints=(
        "A text of m tokens has m - context windows.",
        "Look at the first and at the last target.",
        "Is the target the token after its window, or the window's own last one?",
    ),
    mistakes={
        "gives the window's last token as the target": lambda ids, context: _windows(
            ids, context, shift=-1
        ),
        "puts the newest token first": _turned,
        "moves on by a whole window": lambda ids, context: tuple(
            each[::context] for each in _windows(ids, context)
        ),
        "gives targets alone": lambda ids, context: ids[context:],
    },
    properties={
        "there are contexts, and as many targets": lambda value, ids, context: (
            len(value) == 2 and len(value[0]) == len(value[1])
        ),
        "a text of m tokens has m - context windows": lambda value, ids, context: (
            len(value[1]) == len(ids) - context
        ),
    },
)
def windows(ids: np.ndarray, context: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut a text into training pairs: `context` tokens, and the one after them.

    Math:   contexts[t] = ids[t] .. ids[t + context - 1],  targets[t] = ids[t + context]
    Shapes: ids (tokens,) -> contexts (windows, context), targets (windows,)
    """
    return _windows(ids, context)


def _contexts(draw: Draw) -> Cases:
    for rows, context, words in ((1, 1, 2), (1, 2, 3), (3, 2, 4), (2, 4, 6)):
        yield draw.rng.integers(0, words, (rows, context)), words
    yield np.array([[1, 1]]), 3


def _one_hots(contexts: np.ndarray, words: int) -> np.ndarray:
    return np.eye(words)[contexts].reshape(len(contexts), -1)


@LESSON.exercise(
    cases=_contexts,
    hints=(
        "Each row holds `context` ones, each in a block of its own.",
        "Look at the place of the 1 of the second word.",
        "At which column does the block of the second word begin?",
    ),
    mistakes={
        "makes a bag of words": lambda contexts, words: np.eye(words)[contexts].sum(
            axis=1
        ),
        "puts the words in the opposite order": lambda contexts, words: _one_hots(
            contexts[:, ::-1], words
        ),
        "leaves the words apart": lambda contexts, words: np.eye(words)[contexts],
        "mixes the blocks": lambda contexts, words: (
            np.eye(words)[contexts].transpose(0, 2, 1).reshape(len(contexts), -1)
        ),
    },
    properties={
        "each row has a 1 for each word of the window": lambda value, contexts, words: (
            np.array_equal(np.sum(value, axis=1), np.full(*contexts.shape))
        ),
    },
)
def concatenated_one_hots(contexts: np.ndarray, words: int) -> np.ndarray:
    """Write each window as its words' one-hot vectors, one after the other.

    Shapes: contexts (windows, context) -> (windows, context * words)
    """
    return _one_hots(contexts, words)


def _embedded(draw: Draw) -> Cases:
    for (contexts, words), width in zip(_contexts(draw), (1, 2, 3, 2, 2), strict=True):
        yield contexts, draw.normal(words, width)


@LESSON.exercise(
    cases=_embedded,
    hints=(
        "A one-hot vector times a matrix is a row of the matrix.",
        "Look at the shape after the look-up, and at the one that is asked for.",
        "Do the numbers of one word stand beside each other?",
    ),
    mistakes={
        "adds the vectors up": lambda contexts, E: E[contexts].sum(axis=1),
        "averages the vectors": lambda contexts, E: E[contexts].mean(axis=1),
        "leaves the words apart": lambda contexts, E: E[contexts],
        "mixes the words' numbers": lambda contexts, E: (
            E[contexts].transpose(0, 2, 1).reshape(len(contexts), -1)
        ),
        "is off by one row": lambda contexts, E: E[contexts - 1].reshape(
            len(contexts), -1
        ),
    },
)
def embed(contexts: np.ndarray, embedding: np.ndarray) -> np.ndarray:
    """Look up the vector of each word of a window; write them one after the other.

    Math:   e = [E[w_1]; E[w_2]; ..]
    Shapes: contexts (windows, context), embedding (V, width)
            -> (windows, context * width)
    """
    return embedding[contexts].reshape(len(contexts), -1)


def _words(draw: Draw) -> Cases:
    yield ["a", "b"], 1
    yield ["a", "b", "a"], 2
    for window in (1, 2, 4):
        yield draw.few_sentences(1)[0], window


def _skip_grams(
    words: list[str], back: int, forward: int, itself: bool = False
) -> list[Pair]:
    return [
        (word, words[j])
        for i, word in enumerate(words)
        for j in range(max(i - back, 0), min(i + forward + 1, len(words)))
        if itself or j != i
    ]


@LESSON.exercise(
    cases=_words,
    hints=(
        "If (v, w) is a pair, (w, v) is one, too.",
        "Look at the first and at the last word of the sentence.",
        "What does words[i - window] mean, where i is smaller than window?",
    ),
    mistakes={
        "looks forward only": lambda words, window: _skip_grams(words, 0, window),
        "looks back only": lambda words, window: _skip_grams(words, window, 0),
        "pairs a word with itself": lambda words, window: _skip_grams(
            words, window, window, itself=True
        ),
        "forgets the last word of the window": lambda words, window: _skip_grams(
            words, window, window - 1
        ),
        "turns the pairs round": lambda words, window: [
            (w, v) for v, w in _skip_grams(words, window, window)
        ],
    },
    properties={
        "if (v, w) is a pair, (w, v) is one, too": lambda value, words, window: (
            sorted(map(tuple, value)) == sorted((w, v) for v, w in value)
        ),
    },
)
def skip_gram_pairs(words: list[str], window: int) -> list[tuple[str, str]]:
    """Give the pairs (word, neighbour) that skip-gram learns from.

    A neighbour stands at most `window` places before or after the word. The pairs come
    in the order of the words, those of a word in the order of its neighbours.
    """
    return _skip_grams(words, window, window)


def _vectors(draw: Draw) -> Cases:
    yield 0, np.array([[1.0, 0.0], [0.9, 0.1], [5.0, 5.0]])
    for words, width in ((3, 2), (5, 3), (20, 8)):
        lengths = np.exp(draw.normal(words, 1))
        yield int(draw.rng.integers(words)), draw.normal(words, width) * lengths


def _cosines(word: int, E: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(E, axis=1)
    cosines: np.ndarray = E @ E[word] / (norms * norms[word])
    return cosines


def _best(values: np.ndarray, word: int) -> int:
    others = np.where(np.arange(len(values)) == word, -np.inf, values)
    return int(others.argmax())


@LESSON.exercise(
    cases=_vectors,
    hints=(
        "How long a vector is changes nothing.",
        "Look at what you divide by, and at the word itself.",
        "Which word has the cosine 1 with any word?",
    ),
    mistakes={
        "compares by the dot product": lambda word, E: _best(E @ E[word], word),
        "finds the word itself": lambda word, E: int(_cosines(word, E).argmax()),
        "compares by the distance": lambda word, E: _best(
            -np.linalg.norm(E - E[word], axis=1), word
        ),
        "finds the farthest word": lambda word, E: _best(-_cosines(word, E), word),
    },
    properties={
        "the nearest word is another one": lambda value, word, E: value != word,
    },
)
def nearest(word: int, embedding: np.ndarray) -> int:
    """Give the id of the other word whose vector has the largest cosine with this one.

    Math:   cos(u, v) = u . v / (|u| |v|)
    Shapes: embedding (V, width)
    """
    return _best(_cosines(word, embedding), word)
