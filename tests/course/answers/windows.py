"""Two right answers to each exercise of lesson 6, and wrong ones."""

import numpy as np


def windows(ids, context):
    number = len(ids) - context
    contexts = np.array([ids[t : t + context] for t in range(number)])
    return contexts, ids[context:]


def windows_2(ids, context):
    view = np.lib.stride_tricks.sliding_window_view(ids, context + 1)
    return view[:, :-1].tolist(), view[:, -1].tolist()


def concatenated_one_hots(contexts, words):
    found = np.zeros((len(contexts), contexts.shape[1] * words))
    for row, context in enumerate(contexts):
        for place, word in enumerate(context):
            found[row, place * words + word] = 1
    return found


def concatenated_one_hots_2(contexts, words):
    return np.hstack([np.eye(words)[column] for column in contexts.T])


def embed(contexts, embedding):
    return np.array([np.concatenate([embedding[w] for w in row]) for row in contexts])


def embed_2(contexts, embedding):
    one_hots = np.eye(len(embedding))[contexts]
    return np.reshape(one_hots @ embedding, (len(contexts), -1))


def skip_gram_pairs(words, window):
    pairs = []
    for i, word in enumerate(words):
        for j in range(i - window, i + window + 1):
            if j != i and 0 <= j < len(words):
                pairs.append((word, words[j]))
    return pairs


def skip_gram_pairs_2(words, window):
    places = range(len(words))
    return [
        (words[i], words[j]) for i in places for j in places if 0 < abs(i - j) <= window
    ]


def nearest(word, embedding):
    unit = embedding / np.linalg.norm(embedding, axis=1, keepdims=True)
    cosines = unit @ unit[word]
    cosines[word] = -np.inf
    return int(np.argmax(cosines))


def nearest_2(word, embedding):
    def cosine(other):
        u, v = embedding[word], embedding[other]
        return u @ v / np.sqrt((u @ u) * (v @ v))

    return max((w for w in range(len(embedding)) if w != word), key=cosine)


MUTANTS = {
    "windows": {
        "gives the window's last token as the target": (
            "ids[context:]",
            "ids[context - 1 : -1]",
        ),
        "puts the newest token first": (
            "return contexts,",
            "return contexts[:, ::-1],",
        ),
        "moves on by a whole window": (
            "range(number)",
            "range(0, number, context)",
            "ids[context:]",
            "ids[context::context]",
        ),
        "gives targets alone": ("return contexts, ids", "return ids"),
        "forgets the last window": (
            "- context\n",
            "- context - 1\n",
            "ids[context:]",
            "ids[context:-1]",
        ),
        "gives the target after the next": (
            "ids[context:]",
            "np.append(ids[context + 1 :], ids[-1])",
        ),
    },
    "concatenated_one_hots": {
        "makes a bag of words": (
            "contexts.shape[1] * words",
            "words",
            "place * words + word] =",
            "word] +=",
        ),
        "puts the words in the opposite order": (
            "enumerate(context)",
            "enumerate(context[::-1])",
        ),
        "mixes the blocks": ("place * words + word", "word * len(context) + place"),
        "is off by one": ("+ word", "+ word - 1"),
        "keeps the last word": (
            "        for place",
            "        found[row] = 0\n        for place",
            "found[row, place",
            "found[row] = 0\n            found[row, place",
        ),
    },
    "embed": {
        "adds the vectors up": (
            "np.concatenate([embedding[w] for w in row])",
            "sum(embedding[w] for w in row)",
        ),
        "averages the vectors": (
            "np.concatenate([embedding[w] for w in row])",
            "np.mean([embedding[w] for w in row], axis=0)",
        ),
        "leaves the words apart": (
            "np.concatenate([embedding[w] for w in row])",
            "[embedding[w] for w in row]",
        ),
        "is off by one row": ("embedding[w]", "embedding[w - 1]"),
        "looks up columns": ("embedding[w]", "embedding[:, w % embedding.shape[1]]"),
        "reads from the end": ("for w in row]", "for w in row[::-1]]"),
    },
    "skip_gram_pairs": {
        "looks forward only": ("range(i - window,", "range(i,"),
        "looks back only": ("i + window + 1)", "i + 1)"),
        "pairs a word with itself": ("j != i and ", ""),
        "forgets the last word of the window": ("i + window + 1)", "i + window)"),
        "turns the pairs round": ("(word, words[j])", "(words[j], word)"),
        "counts from the end of the sentence": (
            "0 <= j < len(words)",
            "j < len(words)",
        ),
    },
    "nearest": {
        "compares by the dot product": (
            " / np.linalg.norm(embedding, axis=1, keepdims=True)",
            "",
        ),
        "finds the word itself": ("    cosines[word] = -np.inf\n", ""),
        "compares by the distance": (
            "unit @ unit[word]",
            "-np.linalg.norm(embedding - embedding[word], axis=1)",
        ),
        "finds the farthest word": ("cosines = unit", "cosines = -unit"),
        "normalises columns": ("axis=1, keepdims=True", "axis=0, keepdims=True"),
        "gives the cosine": ("int(np.argmax(cosines))", "cosines.max()"),
    },
}
