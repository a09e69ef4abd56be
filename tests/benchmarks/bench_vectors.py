"""How word2vec compares with gensim: `python tests/benchmarks/bench_vectors.py`.

Four texts: digits at random, licences, `village`, and words by Zipf's law; with `make
bench TEXT=FILE`, that file as a fifth. Both train skip-gram and CBOW on the same tokens
with the same settings, their defaults: 100 dimensions, window 5, 5 negatives, rate
0.025, 5 epochs. Runs alternate, since the machine may be busy with other work.
"""

import os
import pathlib
import statistics
import time
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.training import train_vectors
from keraslm_datasets import village

ROUNDS = 3
THREADS = 2
MIN_COUNT = 5
ASKED = 1000  # words, the most frequent, whose neighbours are compared
NEAREST = 10
TOPICS = 50
HEAD = ("text", "method", "largest number", "median length", "agreement", "words/s")
ROW = "{:8} {:10} {:15} {:15} {:15} {:20} {}"
LICENCES = pathlib.Path("/usr/share/common-licenses")
OWN_LICENCE = pathlib.Path(__file__).parents[2] / "LICENSE"

Array = npt.NDArray[np.floating]


def main() -> None:
    """Print keraslm's figures and gensim's for each text and method."""
    try:
        import gensim
    except ImportError:
        print(
            "gensim is not installed, so there is nothing to compare with; to get it:"
        )
        print("    .venv/bin/python -m pip install gensim==4.4.0")
        return
    print(
        f"keraslm / gensim {gensim.__version__} with {THREADS} threads. Agreement: the"
    )
    print(
        f"share of the {NEAREST} nearest words that keraslm has in common with gensim /"
    )
    print("that two seeds of gensim have in common.")
    print(ROW.format(*HEAD, "ratio"))
    for name, (tokenizer, text) in texts().items():
        for method in ("skip-gram", "cbow"):
            compare(name, tokenizer, text, method)


def texts() -> dict[str, tuple[str, str]]:
    """Give a tokenizer and a text for each name."""
    rng = np.random.default_rng(0)
    digits = rng.integers(10, size=(1000, 30)).tolist()
    licences = sorted(LICENCES.glob("*GPL-*")) or [OWN_LICENCE]
    given = {
        "digits": ("word", lines_of(digits)),
        "licences": ("word-marks", "".join(p.read_text("utf-8") for p in licences)),
        "village": ("word", village.text("train", "medium")),
        "zipf": ("word", lines_of(zipf_lines(rng))),
    }
    if os.environ.get("TEXT"):
        path = pathlib.Path(os.environ["TEXT"])
        given["TEXT"] = ("word-marks", path.read_text("utf-8"))
    return given


def zipf_lines(rng: np.random.Generator) -> Iterator[list[int]]:
    """Draw lines of 25 of 20,000 words by Zipf's law, half of them of one topic."""
    law = np.cumsum(1 / np.arange(1, 20_001))
    for topic in rng.integers(TOPICS, size=20_000):
        words = np.searchsorted(law, rng.random(25) * law[-1])
        of_topic = words - words % TOPICS + topic
        yield np.where(rng.random(25) < 0.5, words, of_topic).tolist()


def lines_of(lines: Iterable[Iterable[object]]) -> str:
    """Write tokens as a text."""
    return "".join(" ".join(map(str, line)) + "\n" for line in lines)


def compare(name: str, tokenizer: str, text: str, method: str) -> None:
    """Train with both in turns and print what came of it."""
    encoder, ids = TextEncoder.learn(
        tokenizer_named(tokenizer), text, min_count=MIN_COUNT
    )
    vocabulary, options = encoder.vocabulary, VectorOptions(method)
    ours, peers, times = [], [], []
    for seed in range(ROUNDS):
        start = time.perf_counter()
        ours.append(train_vectors(vocabulary, ids, options))
        middle = time.perf_counter()
        peers.append(gensim_vectors(vocabulary, ids, ours[0].words, method, seed + 1))
        times.append((middle - start, peers[-1][1]))
    matrix, (peer, other) = ours[0].matrix, [vectors for vectors, _ in peers[:2]]
    mine, its = (statistics.median(each) for each in zip(*times, strict=True))
    figures = (
        [f"{np.abs(each).max():.2f}" for each in (matrix, peer)],
        [f"{np.median(np.linalg.norm(each, axis=1)):.2f}" for each in (matrix, peer)],
        [f"{agreement(each, peer):.2f}" for each in (matrix, other)],
        [f"{len(ids) * options.passes / each:,.0f}" for each in (mine, its)],
    )
    cells = [" / ".join(pair) for pair in figures]
    print(ROW.format(name, method, *cells, f"{its / mine:.2f}"), flush=True)
    if name == "village":
        print(f"  classes: {by_class(ours[0].words, matrix)}, keraslm")
        print(f"  classes: {by_class(ours[0].words, peer)}, gensim")


def gensim_vectors(
    vocabulary: Vocabulary,
    ids: npt.NDArray[np.integer],
    words: tuple[str, ...],
    method: str,
    seed: int,
) -> tuple[Array, float]:
    """Give gensim's vectors of the words, and the seconds of its training."""
    from gensim.models import Word2Vec

    ends = np.flatnonzero(ids == vocabulary.boundary_id)
    lines = [
        [vocabulary.token(number) for number in line.tolist()]
        for line in np.split(
            ids[ids != vocabulary.boundary_id], ends - range(len(ends))
        )
    ]
    kind = {"sg": int(method == "skip-gram"), "min_count": 1}
    model = Word2Vec(**kind, workers=THREADS, seed=seed)
    model.build_vocab(lines)
    start = time.perf_counter()
    model.train(lines, total_words=model.corpus_total_words, epochs=model.epochs)
    return model.wv[list(words)], time.perf_counter() - start


def agreement(one: Array, other: Array) -> float:
    """Give the share of the nearest words of the most frequent that both have."""
    number = min(NEAREST, len(one) - 1)
    near = [np.argsort(-cosines(each), axis=1)[:, :number] for each in (one, other)]
    pairs = zip(*(each.tolist() for each in near), strict=True)
    return statistics.mean(len({*a} & {*b}) / number for a, b in pairs)


def cosines(vectors: Array) -> Array:
    """Give the cosines of the most frequent words with all words but themselves."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    found = unit[:ASKED] @ unit.T
    np.fill_diagonal(found, -1)
    return found


def by_class(words: tuple[str, ...], vectors: Array) -> str:
    """Say how near the words of a class of the village are to each other."""
    known = [i for i, word in enumerate(words) if word != "<unk>"]
    classes = np.array([village.word_class(words[i]) for i in known])
    found = cosines(vectors[known])
    same = classes[:, None] == classes
    apart = ~np.eye(len(known), dtype=bool)
    within, across = found[same & apart].mean(), found[~same].mean()
    return f"cosine {within:.2f} within, {across:.2f} across"


if __name__ == "__main__":
    main()
