"""What vectors of words are worth: `python tests/benchmarks/bench_pretrained.py`.

Each task's model learns from the first 50, 200 and 1,000 sentences of the training
text: from scratch, and from vectors that skip-gram learnt from the words of the whole
training text, without tags, labels or translations. All may make 200 steps, translators
1,000, and the network is kept that was best on 50 sentences of validation text.

| task | model | text | measured on the first sentences of the test text |
|---|---|---|---|
| lm | lstm | village | perplexity |
| masked | bilstm | village | pseudo-perplexity |
| tag | bilstm | crossroads | words right, of sentences whose tags the first 50 have |
| classify | max-pool | reviews | texts right |
| seq2seq | lstm with attention | village-translated | words right in their place |

`python tests/benchmarks/bench_pretrained.py tag` does one task only.
"""

import os
import pathlib
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # small networks gain by no more

from keraslm import masked, tasks
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm.text.tokenizer import tokenizer_named
from keraslm.training.options import Configuration
from keraslm.training.run import train
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.text_format import write_vectors
from keraslm.vectors.training import train_vectors
from keraslm_datasets import crossroads, reviews, village, village_translated

SIZES = (50, 200, 1000)
SEEDS = (0, 1, 2)
VALID, TEST = 50, 500
VECTORS = VectorOptions("skip-gram", width=50, window=2, epochs=5, seed=0)
Examples = Sequence[Sequence[str]]
Parts = dict[str, tuple[list[str], Examples]]
PARTS = ("train", "valid", "test")


class Task(NamedTuple):
    """What is read, what is trained, and the figure that it comes to."""

    parts: Callable[[], Parts]
    options: Callable[..., Any]
    train: Callable[..., Any]
    figure: Callable[[Any], float]
    model: str
    header: str = ""
    steps: int = 200
    learning_rate: float = 0.01


def tag_parts() -> Parts:
    """Give each part's sentences, as the file has them, and their words."""
    parts = {}
    for part in PARTS:
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


def label_parts() -> Parts:
    """Give each part's rows, as the file has them, and their words."""
    parts = {}
    for part in PARTS:
        rows = reviews.text(part).splitlines()[1:]
        words = [row.split("\t")[0].split() for row in rows]
        parts[part] = [row + "\n" for row in rows], words
    return parts


def line_parts() -> Parts:
    """Give each part's lines, and their words."""
    lines = {part: village.text(part).splitlines() for part in PARTS}
    return {
        part: ([line + "\n" for line in own], [line.split() for line in own])
        for part, own in lines.items()
    }


def pair_parts() -> Parts:
    """Give each part's pairs, as the file has them, and the words of their sources."""
    parts = {}
    for part in PARTS:
        pairs = list(village_translated.pairs(part))
        rows = [f"{source}\t{target}\n" for source, target in pairs]
        parts[part] = rows, [source.split() for source, _ in pairs]
    return parts


def write_corpus(folder: pathlib.Path, parts: Parts, size: int, header: str) -> None:
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


TASKS = {
    "lm": Task(
        line_parts,
        lambda *o, **more: Configuration(
            o[0], o[1], out=o[2], seed=o[3], beta_1=0.9, **more
        ),
        train,
        lambda card: card.to_dict()["perplexity"],
        "lstm",
    ),
    "masked": Task(
        line_parts,
        masked.MaskedOptions,
        masked.train_masked,
        lambda card: card.read.pseudo_perplexity,
        "bilstm",
    ),
    "tag": Task(
        tag_parts,
        tasks.TaggerOptions,
        tasks.train_tagger,
        lambda card: 100 * card.accuracy.share,
        "bilstm",
    ),
    "classify": Task(
        label_parts,
        tasks.ClassifierOptions,
        tasks.train_classifier,
        lambda card: 100 * card.accuracy.share,
        "max-pool",
        "text\tlabel\n",
    ),
    "seq2seq": Task(
        pair_parts,
        tasks.TranslatorOptions,
        tasks.train_translator,
        lambda card: 100 * card.tokens.share,
        "lstm",
        steps=1000,
        learning_rate=0.004,
    ),
}


def measure(task: Task, corpus: pathlib.Path, start: dict[str, Any]) -> str:
    """Give the median of the seeds' figures, and their range."""
    found, out = [], str(corpus.with_name("run"))
    given = {"steps": task.steps, "learning_rate": task.learning_rate, **start}
    for seed in SEEDS:
        o = task.options(str(corpus), task.model, out, seed, **given)
        found.append(task.figure(task.train(o, corpus, overwrite=True).card))
    return f"{statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})"


def main() -> None:
    """Print a table for each task, a row a size, a column a start."""
    for name in sys.argv[1:] or TASKS:
        task = TASKS[name]
        parts = task.parts()
        with tempfile.TemporaryDirectory() as folder:
            vectors = pathlib.Path(folder) / "words.vec"
            write_word_vectors(vectors, parts["train"][1])
            starts: dict[str, dict[str, Any]] = {
                "from scratch": {"embedding": VECTORS.width},
                "from vectors": {"embeddings": str(vectors)},
                "vectors frozen": {"embeddings": str(vectors), "freeze": True},
            }
            print(f"| {name}, {task.model} | {' | '.join(starts)} |", flush=True)
            print(f"|---:|{'---:|' * len(starts)}", flush=True)
            for size in SIZES:
                corpus = pathlib.Path(folder) / f"first-{size}"
                write_corpus(corpus, parts, size, task.header)
                cells = (measure(task, corpus, more) for more in starts.values())
                print(f"| {size:,} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
