"""Opening a large count model: order 5, a hundred million n-grams, from a cold disk.

The n-grams are made up and written block by block; MILLIONS=100 says how many. The
file, of about 2 GB, lies in the folder of temporary files (TMPDIR) and is removed. Each
figure is of a process of its own, before which the system forgets the file.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import numpy as np

from keraslm.counts.model import NgramModel
from keraslm.files import archive
from keraslm.files.members import Blocks

MILLIONS = float(os.environ.get("MILLIONS", "100"))
WORDS = 200_000
SHARES = (0.08, 0.22, 0.32, 0.38)  # of the n-grams, orders 2 to 5
HISTORIES = 1 << 18  # of a block
TOKENS = 50_000


class MadeUp:
    """The n-grams of one order: a history has few children, a frequent one many.

    Math:   history h has c_h words, r_h + j (V // c_h) for j < c_h, r_h < V // c_h;
            each has a probability of 1 / c_h at most
    """

    def __init__(self, histories: int, ngrams: int, seed: int) -> None:
        self.seed = seed
        rng = np.random.default_rng(seed)
        weights = rng.pareto(1.1, histories) + 0.05
        children = weights
        for _ in range(3):  # what a cut takes away, the others get
            children = np.minimum(children * (ngrams / children.sum()), WORDS // 2)
        whole = children.astype(np.int64) + (rng.random(histories) < children % 1)
        self.starts = np.concatenate([[0], np.cumsum(whole)])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def stretches(self) -> Iterator[tuple[np.random.Generator, np.ndarray]]:
        """Yield how many children each of some histories has."""
        for first in range(0, len(self.starts) - 1, HISTORIES):
            rng = np.random.default_rng([self.seed, first])
            yield rng, np.diff(self.starts[first : first + HISTORIES + 1])

    def words(self) -> Iterator[np.ndarray]:
        for rng, children in self.stretches():
            step = WORDS // np.maximum(children, 1)
            first = (rng.random(len(children)) * step).astype(np.int64)
            index = np.arange(children.sum())
            index -= np.repeat(np.cumsum(children) - children, children)
            yield np.repeat(first, children) + index * np.repeat(step, children)

    def log_p(self) -> Iterator[np.ndarray]:
        for rng, children in self.stretches():
            most = np.repeat(np.log(np.maximum(children, 1)), children)
            yield np.log(rng.random(len(most))) - most


def write(path: pathlib.Path) -> int:
    """Write the model, and give how many n-grams it has."""
    sizes = [WORDS]
    arrays: dict[str, Blocks | np.ndarray] = {
        "log-p-1": np.full(WORDS, -np.log(WORDS)),
        "log-b-1": np.full(WORDS, -1.0),
    }
    for n, share in enumerate(SHARES, start=2):
        level = MadeUp(sizes[-1], int(share * MILLIONS * 1e6), n)
        sizes.append(len(level))
        kind = np.min_scalar_type(len(level))
        arrays[f"starts-{n}"] = level.starts.astype(kind)
        arrays[f"words-{n}"] = Blocks(np.dtype("<u4"), len(level), level.words())
        arrays[f"log-p-{n}"] = Blocks(np.dtype("<f8"), len(level), level.log_p())
        if n < len(SHARES) + 1:
            weights = (p - 1.0 for p in level.log_p())
            arrays[f"log-b-{n}"] = Blocks(np.dtype("<f8"), len(level), weights)
    tokens = ["<unk>", "</s>", *(f"w{number}" for number in range(WORDS - 2))]
    vocabulary = {"tokens": tokens, "counts": [1] * WORDS}
    description = {
        "kind": "counts",
        "name": "ngram-5 made up",
        "encoder": {"tokenizer": "word", "vocabulary": vocabulary},
        "metadata": {},
        "order": len(sizes),
        "smoothing": {"name": "modified-kneser-ney"},
        "ngrams": sizes,
    }
    archive.write_model(path, description, arrays)
    return sum(sizes)


def forget(path: pathlib.Path) -> None:
    """Let the system drop what it keeps of the file in memory."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def ask(path: str, text: str) -> None:
    """Open, answer once, read a text, write: what each takes, and the memory."""
    from keraslm.loading import load

    ids, begin, busy = np.load(text), time.perf_counter(), time.process_time()
    model = load(path)
    busy = time.process_time() - busy
    marks = [f"opened {_since(begin)} ({busy:.3f} s of the processor)"]
    work: dict[str, Callable[[], object]] = {
        "first answer": lambda: model.next_token_probabilities(ids[:4]),
        "again": lambda: model.next_token_probabilities(ids[:4]),
        f"{len(ids):,} tokens read": lambda: model.log_probabilities(ids),
        "read again": lambda: model.log_probabilities(ids),
        "100 words written": lambda: list(model.generate(length=100, seed=0)),
    }
    for name, call in work.items():
        begin = time.perf_counter()
        call()
        marks.append(f"{name} {_since(begin)}")
    print(f"  {', '.join(marks)}; {_memory()}", flush=True)


def walk(model: NgramModel, tokens: int) -> np.ndarray:
    """Make a text of which the model knows most n-grams, from child to child."""
    rng, stream, found = np.random.default_rng(0), model.stream(), []
    levels = model.table.trie.levels
    while len(found) < tokens:
        known = [*enumerate(stream.history)][::-1]
        places = (levels[k].children(h) for k, h in known)
        place = next(p for p in places if p.start < p.stop)
        level = levels[next(k for k, h in known if levels[k].children(h) == place)]
        found.append(int(level.words[rng.integers(place.start, place.stop)]))
        stream.push(found[-1])
    return np.array(found)


def _since(begin: float) -> str:
    return f"{time.perf_counter() - begin:.3f} s"


def _memory() -> str:
    """Say how much memory the process has, of its own and of the file."""
    status = pathlib.Path("/proc/self/status").read_text("utf-8")
    own, file = (
        int(status.split(f"{name}:")[1].split()[0]) / 1024
        for name in ("RssAnon", "RssFile")
    )
    return f"memory {own:,.0f} MB of its own, {file:,.0f} MB of files"


def _asked(path: pathlib.Path, text: pathlib.Path) -> None:
    for disk in ("cold", "warm"):
        if disk == "cold":
            forget(path)
        print(f" {path.name}, {disk}:", flush=True)
        line = (sys.executable, __file__, str(path), str(text))
        subprocess.run(line, check=True)
    for command in ("next", "score"):
        forget(path)
        line = (sys.executable, "-m", "keraslm_cli", command, str(path), "w5 w1 w0 w7")
        begin = time.perf_counter()
        subprocess.run(line, check=True, capture_output=True)
        print(f"  keraslm {command}, cold: {time.perf_counter() - begin:.2f} s")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "exact.keras"
        begin = time.perf_counter()
        ngrams = write(path)
        spent, size = time.perf_counter() - begin, path.stat().st_size
        print(f"{ngrams:,} n-grams made and written in {spent:.0f} s: {_size(size)}")
        model = NgramModel.load(path)
        text = pathlib.Path(folder) / "text.npy"
        np.save(text, walk(model, TOKENS))
        _asked(path, text)
        begin = time.perf_counter()
        model.verify()
        print(f" verified in {time.perf_counter() - begin:.0f} s")
        small = pathlib.Path(folder) / "quantized.keras"
        begin = time.perf_counter()
        model.quantized(8).save(small)
        spent, size = time.perf_counter() - begin, small.stat().st_size
        each = size * 8 / ngrams
        print(f"8 bits in {spent:.0f} s: {_size(size)}, {each:.1f} bits an n-gram")
        _asked(small, text)


def _size(size: int) -> str:
    return f"{size / 1e9:.2f} GB"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        ask(*sys.argv[1:])
    else:
        main()
