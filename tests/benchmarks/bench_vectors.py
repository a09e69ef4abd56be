"""How word2vec compares with gensim: `python tests/benchmarks/bench_vectors.py`.

Four texts: digits at random, licences, `village`, and words by Zipf's law; with `make
bench TEXT=FILE`, that file as a fifth. keraslm with the extra `fast`, keraslm without
it (at the defaults), and gensim train skip-gram and CBOW on the same tokens with the
same settings: width 100, window 5, 5 negatives, 5 epochs, and what SETTINGS says. They
take turns, since the machine may be busy with other work.
"""

import itertools
import os
import pathlib
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.errors import MissingExtra
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm.vectors import word2vec
from keraslm.vectors.by_example import loop
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.training import train_vectors
from keraslm_datasets import village

ROUNDS = 3
THREADS = 2
MIN_COUNT = 5
ASKED = 1000  # words, the most frequent, whose neighbours are compared
NEAREST = 10
TOPICS = 50
METHODS = ("skip-gram", "cbow")
SETTINGS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "subsample 0": {"subsample": 0.0},
    "rate 0.1": {"learning_rate": 0.1},
    "rate 1": {"learning_rate": 1.0},
    "width 300": {"width": 300},
}
LONG = {"fast": 0, "NumPy": 1 << 60}  # tokens, from which the compiled loops are taken
HEAD = ("text", "method", "setting", "way", "largest number", "median length")
ROW = "{:8} {:9} {:11} {:5} {:14} {:13} {:11} {:22} {}"
LICENCES = pathlib.Path("/usr/share/common-licenses")
OWN_LICENCE = pathlib.Path(__file__).parents[2] / "LICENSE"

Array = npt.NDArray[np.floating]
Run = tuple[Array, float]  # vectors, and the seconds of their training


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
    print(f"keraslm / gensim {gensim.__version__} with {THREADS} threads.")
    print(f"Agreement: the share of the {NEAREST} nearest words that keraslm has in")
    print("common with gensim / that two seeds of gensim have in common.")
    print(f"Words/s: the median of {ROUNDS} runs. Classes: cosine within / across.")
    ways = list(LONG) if compiled() else ["NumPy"]
    print(ROW.format(*HEAD, "agreement", "words/s", "ratio"))
    for name, (tokenizer, text) in texts().items():
        for method, setting in itertools.product(METHODS, SETTINGS):
            chosen = ways if setting == "defaults" else ways[:1]  # NumPy needs minutes
            compare(name, tokenizer, text, method, setting, chosen)


def compiled() -> bool:
    """Compile the loops, say how long that takes, and whether numba is there."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NUMBA_CACHE_DIR"] = folder  # read when numba is imported
        try:
            for step in ("compiled", "from the cache"):
                loop.cache_clear()
                for method in METHODS:
                    start = time.perf_counter()
                    loop(method)
                    spent = time.perf_counter() - start
                    print(f"{method}, {step}: ready after {spent:.1f} s")
        except MissingExtra as error:
            print(error)
            return False
    return True


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


def compare(
    name: str, tokenizer: str, text: str, method: str, setting: str, ways: list[str]
) -> None:
    """Train with all in turns and print what came of it."""
    encoder, ids = TextEncoder.learn(
        tokenizer_named(tokenizer), text, min_count=MIN_COUNT
    )
    vocabulary, options = encoder.vocabulary, VectorOptions(method, **SETTINGS[setting])
    ours, peers = {way: [] for way in ways}, []
    for seed in range(ROUNDS):
        for way in ways:
            word2vec.LONG = LONG[way]
            start = time.perf_counter()
            vectors = train_vectors(vocabulary, ids, options)
            ours[way].append((vectors.matrix, time.perf_counter() - start))
        peers.append(gensim_vectors(vocabulary, ids, vectors.words, options, seed + 1))
    for way in ways:
        figures = compared(ours[way], peers, len(ids) * options.passes)
        print(ROW.format(name, method, setting, way, *figures), flush=True)
        if name == "village":
            found = [by_class(vectors.words, runs[0][0]) for runs in (ours[way], peers)]
            print(f"  classes: {found[0]}, keraslm; {found[1]}, gensim")


def compared(ours: list[Run], peers: list[Run], tokens: int) -> list[str]:
    """Write the figures of keraslm's runs beside those of gensim's."""
    matrix, (peer, other) = ours[0][0], [vectors for vectors, _ in peers[:2]]
    mine, its = (statistics.median(each for _, each in runs) for runs in (ours, peers))
    figures = (
        [f"{np.abs(each).max():.2f}" for each in (matrix, peer)],
        [f"{np.median(np.linalg.norm(each, axis=1)):.2f}" for each in (matrix, peer)],
        [f"{agreement(each, peer):.2f}" for each in (matrix, other)],
        [f"{tokens / each:,.0f}" for each in (mine, its)],
    )
    return [*(" / ".join(pair) for pair in figures), f"{its / mine:.2f}"]


def gensim_vectors(
    vocabulary: Vocabulary,
    ids: npt.NDArray[np.integer],
    words: tuple[str, ...],
    options: VectorOptions,
    seed: int,
) -> Run:
    """Give gensim's vectors of the words, and the seconds of its training."""
    from gensim.models import Word2Vec

    ends = np.flatnonzero(ids == vocabulary.boundary_id)
    lines = [
        [vocabulary.token(number) for number in line.tolist()]
        for line in np.split(
            ids[ids != vocabulary.boundary_id], ends - range(len(ends))
        )
    ]
    settings = {
        "sg": int(options.method == "skip-gram"),
        "alpha": options.rate,
        "sample": options.subsample,
        "vector_size": options.width,
    }
    model = Word2Vec(**settings, min_count=1, workers=THREADS, seed=seed)
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
    return f"{within:.2f} / {across:.2f}"


if __name__ == "__main__":
    main()
