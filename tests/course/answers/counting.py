"""Two right answers to each exercise of lesson 2, and wrong ones."""

from collections import Counter, defaultdict

import numpy as np


def ngrams(words, n):
    tokens = ["<s>"] * (n - 1) + words + ["</s>"]
    return [tuple(tokens[i : i + n]) for i in range(len(words) + 1)]


def ngrams_2(words, n):
    history, found = ("<s>",) * (n - 1), []
    for word in [*words, "</s>"]:
        found.append((*history, word))
        history = found[-1][1:]
    return found


def bigram_counts(sentences):
    counts = {}
    for words in sentences:
        tokens = ["<s>"] + words + ["</s>"]
        for pair in zip(tokens, tokens[1:]):
            counts[pair] = counts.get(pair, 0) + 1
    return counts


def bigram_counts_2(sentences):
    counts = Counter()
    for words in sentences:
        counts.update(zip(["<s>", *words], [*words, "</s>"]))
    return dict(counts)


def relative_frequencies(counts):
    totals = defaultdict(int)
    for (v, w), count in counts.items():
        totals[v] += count
    return {(v, w): count / totals[v] for (v, w), count in counts.items()}


def relative_frequencies_2(counts):
    firsts = {v for v, _ in counts}
    totals = {
        first: sum(counts[p] for p in counts if p[0] == first) for first in firsts
    }
    return {pair: np.divide(count, totals[pair[0]]) for pair, count in counts.items()}


def share_seen_once(words, n):
    counts = Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))
    return sum(count == 1 for count in counts.values()) / len(counts)


def share_seen_once_2(words, n):
    cut = list(zip(*(words[k:] for k in range(n))))
    return np.mean([cut.count(each) == 1 for each in set(cut)])


MUTANTS = {
    "ngrams": {
        "writes one <s>, whatever n is": (
            "(n - 1) + words",
            "1 + words",
            "len(words) + 1",
            "len(tokens) - n + 1",
        ),
        "writes no </s>": (' + ["</s>"]', "", "len(words) + 1", "len(words)"),
        "writes n times <s>": (
            "(n - 1) + words",
            "n + words",
            "len(words) + 1",
            "len(words) + 2",
        ),
        "forgets the last one": ("len(words) + 1", "len(words)"),
        "gives texts": ("tuple(tokens[i : i + n])", "' '.join(tokens[i : i + n])"),
    },
    "bigram_counts": {
        "writes no <s>": ('["<s>"] + words', "words"),
        "writes no </s>": ('words + ["</s>"]', "words"),
        "runs from the end of one sentence into the next": (
            "    for words in sentences:\n"
            '        tokens = ["<s>"] + words + ["</s>"]\n',
            '    tokens = ["<s>"]\n'
            "    for words in sentences:\n"
            '        tokens += words + ["</s>"]\n'
            "    if tokens:\n",
        ),
        "counts the sentences that have a pair, not how often it occurs": (
            "in zip(tokens, tokens[1:])",
            "in set(zip(tokens, tokens[1:]))",
        ),
        "counts the last sentence": (
            "    counts = {}\n",
            "",
            "tokens =",
            "counts, tokens = {},",
        ),
        "gives single words": ("in zip(tokens, tokens[1:])", "in tokens"),
    },
    "relative_frequencies": {
        "divides by the count of all pairs": (
            "totals[v] for",
            "sum(counts.values()) for",
        ),
        "divides by the count of the second word": (
            "totals[v] += count",
            "totals[w] += count",
            "/ totals[v]",
            "/ totals[w]",
        ),
        "divides by the number of different words that follow": ("+= count", "+= 1"),
        "divides whole numbers": ("count / totals", "count // totals"),
        "gives only what is frequent": (
            "counts.items()}",
            "counts.items() if count > 1}",
        ),
    },
    "share_seen_once": {
        "divides by all occurrences": ("len(counts)", "counts.total()"),
        "gives the share of n-grams that occur again": ("count == 1", "count != 1"),
        "gives a number": (" / len(counts)", ""),
        "forgets the last n-gram": (" - n + 1", " - n"),
        "counts words": ("words[i : i + n]", "words[i : i + 1]"),
    },
}
