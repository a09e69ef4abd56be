"""Counting within a limit of memory: `keraslm train --memory` beside `lmplz -S`.

The texts are Zipf's words and, with `make bench TEXT=FILE`, that one again and again, a
word in seven changed each time, so that distinct n-grams grow. A hundredth, a tenth and
all of TOKENS are counted, each in a process of its own, from the text to the model's
file. TOKENS=100000000 measures up to so many tokens, MEMORY=2G within so much memory,
WORDS=500000 with so many of Zipf's words, ORDER=5 that order. The picture of the curves
is written to out-of-core.png in the folder of temporary files. Where the machine is
shared, the processor's seconds tell more than those of the clock.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from keraslm.figures import style

WORDS = 50_000
EXPONENT = 1.05
LINE = 20  # words
CHANGED = 7  # of so many words one
STEPS = (0.01, 0.1, 1.0)  # of TOKENS
BLOCK = 1 << 18
ZIPF = "Zipf's words"
COLOURS = {"keraslm": style.BLUE, "lmplz": style.ORANGE}
DASHES = ("-", "--")  # of the first text and the second
AHEAD = 10**9  # tokens, whose time is computed


class Spent(NamedTuple):
    """Units: seconds of the clock and of the processor, megabytes at the peak."""

    seconds: float
    processor: float
    megabytes: float


class Row(NamedTuple):
    """What a program spent on so many tokens of a text."""

    text: str
    program: str
    tokens: int
    spent: Spent


def main() -> None:
    tokens = int(os.environ.get("TOKENS") or 2_000_000)
    memory = os.environ.get("MEMORY") or "64M"
    order = os.environ.get("ORDER") or "3"
    given = os.environ.get("TEXT")
    print(f"counting within {memory}, order {order}: clock, processor, peak of memory")
    if not shutil.which("lmplz"):
        print("lmplz is not on the PATH: no figure of KenLM")
    rows: list[Row] = []
    for source in [None, given] if given else [None]:
        for share in STEPS:
            with tempfile.TemporaryDirectory() as folder:
                place = pathlib.Path(folder)
                rows += _measured(place, source, int(tokens * share), memory, order)
        _say_what_is_ahead(rows)
    path = pathlib.Path(tempfile.gettempdir()) / "out-of-core.png"
    draw(rows, f"Counting within {memory}, order {order}", path)
    print(f"picture: {path}")


def _measured(
    folder: pathlib.Path, source: str | None, tokens: int, memory: str, order: str
) -> Iterator[Row]:
    name = pathlib.Path(source).name if source else ZIPF
    text = folder / "text.txt"
    write_text(text, tokens, source)
    for program, command in _commands(text, folder, memory, order).items():
        spent = _run(command)
        print(f"{name}, {tokens:12,} tokens: {program} {_said(spent)}", flush=True)
        yield Row(name, program, tokens, spent)


def _commands(
    text: pathlib.Path, folder: pathlib.Path, memory: str, order: str
) -> dict[str, list[str]]:
    command = f"-m keraslm_cli train {text} --model ngram --split 100"
    options = f"--order {order} --memory {memory} --out {folder / 'run'}"
    found = {"keraslm": [sys.executable, *command.split(), *options.split()]}
    if lmplz := shutil.which("lmplz"):
        told = f"-o {order} -S {memory} -T {folder} --discount_fallback --text {text}"
        found["lmplz"] = [lmplz, *told.split(), "--arpa", str(folder / "arpa")]
    return found


def _say_what_is_ahead(rows: list[Row]) -> None:
    """Compute from what the last size took longer than the one before."""
    for program in COLOURS:
        of_it = [row for row in rows if row.program == program][-2:]
        if len(of_it) == 2:
            before, last = of_it
            longer = last.spent.processor - before.spent.processor
            of_a_token = longer / (last.tokens - before.tokens)
            seconds = last.spent.processor + of_a_token * (AHEAD - last.tokens)
            print(
                f"{last.text}, {AHEAD:,} tokens: {program} {seconds:,.0f} s of the "
                "processor, computed"
            )


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


def write_text(path: pathlib.Path, tokens: int, source: str | None = None) -> None:
    """Write so many words, in lines: Zipf's, or those of a text, changed."""
    with path.open("w", encoding="utf-8") as file:
        for words in _words(tokens, source):
            lines = (words[i : i + LINE] for i in range(0, len(words), LINE))
            file.writelines(f"{' '.join(line)}\n" for line in lines)


def _words(tokens: int, source: str | None) -> Iterator[list[str]]:
    rng = np.random.default_rng(0)
    real = pathlib.Path(source).read_text("utf-8").split() if source else []
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


def draw(rows: list[Row], title: str, path: pathlib.Path) -> None:
    """Draw the processor's seconds and the peak of memory, by the tokens."""
    figure, panels = style.new_panels(2)
    style.add_title(panels[0], title, "from the text to the model's file")
    _draw_lines(panels[0], rows, "seconds of the processor", lambda s: s.processor)
    _draw_lines(panels[1], rows, "MB at the peak", lambda s: s.megabytes)
    panels[1].set_yscale("linear")
    panels[1].set_ylim(0)
    panels[0].legend(fontsize=style.NOTE_SIZE, frameon=False)
    style.save_figure(figure, path)


def _draw_lines(
    panel: Axes, rows: list[Row], what: str, of: Callable[[Spent], float]
) -> None:
    texts = list(dict.fromkeys(row.text for row in rows))
    for text, dashes in zip(texts, DASHES[: len(texts)], strict=True):
        for program, colour in COLOURS.items():
            of_it = [r for r in rows if (r.text, r.program) == (text, program)]
            sizes, values = [r.tokens for r in of_it], [of(r.spent) for r in of_it]
            label = f"{program}, {text}"
            panel.loglog(sizes, values, "o" + dashes, color=colour, label=label)
    panel.set_xlabel("tokens", fontsize=style.LABEL_SIZE)
    panel.set_ylabel(what, fontsize=style.LABEL_SIZE)


if __name__ == "__main__":
    main()
