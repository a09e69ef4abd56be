"""Counting within a limit of memory: `keraslm train --memory` beside `lmplz -S`.

The text is Zipf's words, or those of `make bench TEXT=FILE` again and again, a word in
seven changed each time, so that distinct n-grams grow. Each size is counted in a
process of its own, from the text to the model's file. TOKENS=100000000 measures up to
so many tokens, MEMORY=2G within so much memory, WORDS=500000 with so many of Zipf's
words, ORDER=5 that order. The picture of the curve is written to out_of_core.png in the
folder of temporary files. Where the machine is shared, the processor's seconds tell
more than those of the clock.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from curve import draw

WORDS = 50_000
EXPONENT = 1.05
LINE = 20  # words
CHANGED = 7  # of so many words one
STEPS = (0.1, 0.3, 1.0)  # of TOKENS
BLOCK = 1 << 18


class Spent(NamedTuple):
    """Units: seconds of the clock and of the processor, megabytes at the peak."""

    seconds: float
    processor: float
    megabytes: float


def main() -> None:
    tokens = int(os.environ.get("TOKENS") or 2_000_000)
    memory = os.environ.get("MEMORY") or "64M"
    order = os.environ.get("ORDER") or "3"
    print(f"counting within {memory}, order {order}: clock, processor, peak of memory")
    rows = []
    for share in STEPS:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(
                _measure(pathlib.Path(folder), int(tokens * share), memory, order)
            )
    _draw(rows, memory, order)


def _measure(
    folder: pathlib.Path, tokens: int, memory: str, order: str
) -> tuple[int, Spent, Spent | None]:
    text = folder / "text.txt"
    write_text(text, tokens)
    command = f"-m keraslm_cli train {text} --model ngram --split 100"
    options = f"--order {order} --memory {memory} --out {folder / 'run'}"
    ours = _run([sys.executable, *command.split(), *options.split()])
    print(f"{tokens:12,} tokens: keraslm {_said(ours)}", end="")
    theirs = None
    if lmplz := shutil.which("lmplz"):
        told = f"-o {order} -S {memory} -T {folder} --discount_fallback --text {text}"
        theirs = _run([lmplz, *told.split(), "--arpa", str(folder / "arpa")])
        print(f"; lmplz {_said(theirs)}, {ours.processor / theirs.processor:.2f} times")
    else:
        print("; lmplz is not on the PATH: no figure of KenLM")
    return tokens, ours, theirs


def _said(spent: Spent) -> str:
    return f"{spent.seconds:.1f} s, {spent.processor:.1f} s, {spent.megabytes:,.0f} MB"


def _run(command: list[str]) -> Spent:
    """Run a program, whose processor time and peak the system says at its end."""
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Spent(
        time.perf_counter() - start,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss / 1024,
    )


def write_text(path: pathlib.Path, tokens: int) -> None:
    """Write so many words, in lines."""
    with path.open("w", encoding="utf-8") as file:
        for words in _words(tokens):
            lines = (words[i : i + LINE] for i in range(0, len(words), LINE))
            file.writelines(f"{' '.join(line)}\n" for line in lines)


def _words(tokens: int) -> Iterator[list[str]]:
    rng = np.random.default_rng(0)
    given = os.environ.get("TEXT")
    real = pathlib.Path(given).read_text("utf-8").split() if given else []
    size = int(os.environ.get("WORDS") or WORDS)
    names = np.array(real or [f"w{i}" for i in range(size)], dtype=object)
    odds = np.cumsum(1 / np.arange(1, len(names) + 1) ** EXPONENT)
    for start in range(0, tokens, BLOCK):
        count = min(BLOCK, tokens - start)
        drawn = np.searchsorted(odds, rng.random(count) * odds[-1])
        if real:
            drawn = np.arange(start, start + count) % len(real)
            changed = rng.random(count) < 1 / CHANGED
            drawn[changed] = rng.integers(0, len(real), int(changed.sum()))
        yield names[drawn].tolist()


def _draw(rows: list[tuple[int, Spent, Spent | None]], memory: str, order: str) -> None:
    lines = {
        "keraslm": [spent.processor for _, spent, _ in rows],
        "lmplz": [spent.processor for _, _, spent in rows if spent],
    }
    title = f"Counting within {memory}, order {order}"
    sizes = [tokens / 1e6 for tokens, _, _ in rows]
    draw("out_of_core.png", title, "seconds of the processor", sizes, lines)


if __name__ == "__main__":
    main()
