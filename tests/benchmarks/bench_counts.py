"""Counting: text to a model ready to answer, scoring, and how both grow with the text.

The text is that of `make bench TEXT=FILE`, else 2,000,000 tokens of village. Peers are
measured where they are: `lmplz` on the PATH, nltk where it can be imported. The picture
of the growth is written to counting.png in the folder of temporary files.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np
from curve import draw
from timing import ROUNDS, seconds

from keraslm.counts.model import NgramModel
from keraslm.counts.ngrams import count_ngrams
from keraslm.text.corpus import open_text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named

ORDERS = (3, 5)
SIZES = (2_500_000, 5_000_000, 10_000_000, 20_000_000)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(os.environ.get("TEXT") or _village(folder))
        _training(path)
        _scoring(path)
    _growth()


def _village(folder: str) -> pathlib.Path:
    from keraslm_datasets import village

    path = pathlib.Path(folder) / "village.txt"
    path.write_text(village.text("train", 2_000_000, 0), "utf-8")
    return path


def train(path: pathlib.Path, order: int) -> NgramModel:
    """Read a text and count it: modified Kneser-Ney, ready to answer."""
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), open_text(path))
    return NgramModel.train(encoder, ids, order)


def _training(path: pathlib.Path) -> None:
    print(f"training on {path.name}, median of {ROUNDS}")
    for order in ORDERS:
        ours = seconds(lambda order=order: train(path, order))
        print(f"  order {order}: keraslm {ours:.2f} s", end="")
        if lmplz := shutil.which("lmplz"):
            theirs = seconds(lambda order=order: _lmplz(lmplz, path, order))
            print(f", lmplz {theirs:.2f} s, {theirs / ours:.2f} times as long", end="")
        print()
    _nltk(path, seconds(lambda: train(path, 3)))


def _lmplz(lmplz: str, path: pathlib.Path, order: int) -> None:
    command = (lmplz, "-S", "500M", "-o", str(order), "--discount_fallback")
    with path.open("rb") as text:
        subprocess.run(command, stdin=text, check=True, capture_output=True)


def _nltk(path: pathlib.Path, ours: float) -> None:
    try:
        from nltk.lm import KneserNeyInterpolated
        from nltk.lm.preprocessing import padded_everygram_pipeline
    except ImportError:
        print("  nltk is not installed here: no figure of nltk.lm")
        return
    lines = [line.split() for line in path.read_text("utf-8").split("\n")]
    start = time.perf_counter()
    KneserNeyInterpolated(3).fit(*padded_everygram_pipeline(3, lines))
    theirs = time.perf_counter() - start
    print(f"  order 3: nltk.lm {theirs:.1f} s, {theirs / ours:.0f} times as long, once")


def _scoring(path: pathlib.Path) -> None:
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), open_text(path))
    for order in ORDERS:
        model = NgramModel.train(encoder, ids, order)
        rate = len(ids) / seconds(lambda m=model: m.log_probabilities(ids)) / 1e6
        print(f"scoring, order {order}: {rate:.2f} million tokens/s")
    model = NgramModel.train(encoder, ids, 3)
    spent = seconds(lambda: list(model.generate(length=1000, seed=1)))
    print(f"generating 1,000 words, order 3: {spent:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        model.save(file := pathlib.Path(folder) / "model.keras")
        spent = seconds(lambda: NgramModel.load(file))
        print(f"loading, order 3: {spent:.2f} s, {file.stat().st_size / 1e6:.0f} MB")


def _growth() -> None:
    """Count Zipf's words, order 3, each size in a process of its own."""
    rows = []
    for size in SIZES:
        command = (sys.executable, __file__, str(size))
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        spent, megabytes = map(float, out.split())
        rows.append((size / 1e6, spent, megabytes))
        print(f"{size / 1e6:4.1f} million tokens: {spent:.1f} s, {megabytes:,.0f} MB")
    _draw(rows)


def _count(size: int) -> None:
    ids = np.random.default_rng(0).zipf(1.2, size) % 50_000 + 1  # 1 ends a line
    start = time.perf_counter()
    ngrams = count_ngrams(ids, 50_001, 3)
    NgramModel.smooth(_no_text(), ngrams)
    spent = time.perf_counter() - start
    print(spent, _peak_megabytes())


def _peak_megabytes() -> float:
    """Give the most memory this process has had, its parent's left out."""
    status = pathlib.Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _no_text() -> TextEncoder:
    return TextEncoder.learn(tokenizer_named("word"), "a")[0]


def _draw(rows: list[tuple[float, float, float]]) -> None:
    sizes, times, megabytes = zip(*rows, strict=True)
    lines = {"seconds": times, "100 MB": [m / 100 for m in megabytes]}
    title = "Counting grows in proportion to the text"
    draw("counting.png", title, "order 3", sizes, lines)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _count(int(sys.argv[1]))
    else:
        main()
