"""How fast word2vec is trained: `python tests/benchmarks/bench_vectors.py`.

The text is that of `make bench TEXT=FILE`, else 200,000 tokens of village. The peer of
skip-gram is gensim with one thread and with two, where it can be imported: the same
text, 100 dimensions, window 5, 5 negatives, words that occur 5 times or more. Rounds of
both alternate, since the machine may be busy with other work.
"""

import os
import statistics
import time
from collections.abc import Callable

from keraslm.text.corpus import Text, open_text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.training import train_vectors

ROUNDS = 3
MIN_COUNT = 5
THREADS = (1, 2)


def main() -> None:
    """Print words a second, and the ratio to gensim."""
    text = _text()
    tokenizer = tokenizer_named("word")
    encoder, ids = TextEncoder.learn(tokenizer, text, min_count=MIN_COUNT)
    words = len(ids) - int((ids == encoder.vocabulary.boundary_id).sum())
    print(f"{text.name}: {words:,} words, {len(encoder.vocabulary):,} different")

    def ours(method: str) -> None:
        options = VectorOptions(method, epochs=1)
        train_vectors(encoder.vocabulary, ids, options)

    works = {"skip-gram": lambda: ours("skip-gram"), "cbow": lambda: ours("cbow")}
    works |= _peers(text)
    times = _alternating(works)
    for name, spent in times.items():
        ratio = spent / times["skip-gram"]
        print(f"{name}: {words / spent:,.0f} words/s, {ratio:.2f} times as long")


def _text() -> Text:
    if os.environ.get("TEXT"):
        return open_text(os.environ["TEXT"])
    from keraslm_datasets import village

    return Text.from_string(village.text("train", "medium"))


def _peers(text: Text) -> dict[str, Callable[[], None]]:
    """Give gensim's training, one for each number of threads, where it is installed."""
    try:
        from gensim.models import Word2Vec
    except ImportError:
        print("gensim is not installed here: no figures of it")
        return {}
    lines = [line.split() for line in "".join(text.chunks()).splitlines()]

    def peer(threads: int) -> Callable[[], None]:
        settings = {"vector_size": 100, "window": 5, "negative": 5, "sg": 1}
        model = Word2Vec(**settings, min_count=MIN_COUNT, workers=threads)
        model.build_vocab(lines)
        total = model.corpus_total_words
        return lambda: model.train(lines, total_words=total, epochs=1)

    return {f"gensim's skip-gram, {n} threads": peer(n) for n in THREADS}


def _alternating(works: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Give the median seconds of each work, all of them done in every round."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


if __name__ == "__main__":
    main()
