"""What vectors of words are worth: `python tests/benchmarks/bench_pretrained.py`.

Taggers of `crossroads` and classifiers of `reviews` learn from the first 50, 200 and
1,000 sentences of the training text: from scratch, and from vectors that skip-gram
learnt from the words of the whole training text, without tags or labels. All make the
same number of steps, and are measured on the first 2,000 sentences of the test text
whose tags the first 50 have.
`python tests/benchmarks/bench_pretrained.py tag` does one task only.
"""

import os
import pathlib
import statistics
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from keraslm import tasks
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm.text.tokenizer import tokenizer_named
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.text_format import write_vectors
from keraslm.vectors.training import train_vectors
from keraslm_datasets import crossroads, reviews

SIZES = (50, 200, 1000)
SEEDS = (0, 1, 2)
STEPS = 200
VALID, TEST = 300, 2000
VECTORS = VectorOptions("skip-gram", width=50, window=2, epochs=5, seed=0)
SMALL: dict[str, Any] = {"steps": STEPS, "learning_rate": 0.01}
Examples = Sequence[Sequence[str]]


def tag_parts() -> dict[str, tuple[list[str], Examples]]:
    """Give each part's sentences, as the file has them, and their words."""
    parts = {}
    for part in ("train", "valid", "test"):
        blocks = crossroads.text(part).strip().split("\n\n")
        words = [[row.split("\t")[0] for row in b.splitlines()] for b in blocks]
        parts[part] = [block + "\n\n" for block in blocks], words
    known = tags_of(parts["train"][0][: SIZES[0]])
    for part in ("valid", "test"):
        blocks, words = parts[part]
        kept = [k for k, block in enumerate(blocks) if tags_of([block]) <= known]
        parts[part] = [blocks[k] for k in kept], [words[k] for k in kept]
    return parts


def tags_of(blocks: Sequence[str]) -> set[str]:
    """Give the tags of sentences."""
    rows = (row for block in blocks for row in block.split("\n") if row)
    return {row.split("\t")[1] for row in rows}


def label_parts() -> dict[str, tuple[list[str], Examples]]:
    """Give each part's rows, as the file has them, and their words."""
    parts = {}
    for part in ("train", "valid", "test"):
        rows = reviews.text(part).splitlines()[1:]
        words = [row.split("\t")[0].split() for row in rows]
        parts[part] = [row + "\n" for row in rows], words
    return parts


def write_corpus(
    folder: pathlib.Path, parts: dict[str, Any], size: int, header: str
) -> None:
    """Write the first examples of each part."""
    folder.mkdir()
    for part, number in (("train", size), ("valid", VALID), ("test", TEST)):
        text = header + "".join(parts[part][0][:number])
        (folder / f"{part}.txt").write_text(text)


def write_word_vectors(path: pathlib.Path, sentences: Examples) -> None:
    """Train vectors on the words of sentences."""
    text = "".join(" ".join(words) + "\n" for words in sentences)
    encoder, ids = TextEncoder.learn(
        tokenizer_named("word"), Text.from_string(text, "words")
    )
    write_vectors(path, train_vectors(encoder.vocabulary, ids, VECTORS))


def main() -> None:
    """Print a row for each task, size and start: the median of three seeds."""
    jobs: dict[str, tuple[Any, ...]] = {
        "tag": (tag_parts, "", tasks.TaggerOptions, tasks.train_tagger, "bilstm"),
        "classify": (
            label_parts,
            "text\tlabel\n",
            tasks.ClassifierOptions,
            tasks.train_classifier,
            "max-pool",
        ),
    }
    for task in sys.argv[1:] or jobs:
        read, header, of, train, model = jobs[task]
        parts = read()
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            vectors = folder / "words.vec"
            write_word_vectors(vectors, parts["train"][1])
            for size in SIZES:
                corpus = folder / f"first-{size}"
                write_corpus(corpus, parts, size, header)
                starts = {
                    "from scratch": {"embedding": VECTORS.width},
                    "from vectors": {"embeddings": str(vectors)},
                    "vectors frozen": {"embeddings": str(vectors), "freeze": True},
                }
                for start, more in starts.items():
                    found = []
                    for seed in SEEDS:
                        out = str(folder / "run")
                        o = of(str(corpus), model, out, seed, **SMALL, **more)
                        card = train(o, corpus, overwrite=True).card
                        found.append(100 * card.accuracy.share)
                    low, median, high = sorted(found)
                    assert median == statistics.median(found)
                    print(
                        f"{task:9} {model:9} {size:5} {start:15} "
                        f"{median:6.2f}% ({low:.2f} to {high:.2f})",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
