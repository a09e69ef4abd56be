"""How much memory large vocabularies take: `python tests/benchmarks/bench_peak.py`.

`keraslm train` on words drawn by Zipf's law, from the text to the card, an LSTM of
1 x 200 with each softmax; the most that the process held is to stay under 2 GB.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

WORDS = 100_000
ALLOWED = 2.0  # GB


def write_text(path: pathlib.Path) -> None:
    """Write a text in which every word stands, and frequent ones more often."""
    q = np.arange(3.0, WORDS + 3) ** -1.15
    rng = np.random.default_rng(0)
    drawn = rng.choice(WORDS, 2_000_000, p=q / q.sum())
    ids = rng.permutation(np.concatenate([np.arange(WORDS), drawn]))
    lines = np.resize(ids, (len(ids) // 20, 20))
    path.write_text("\n".join(" ".join(f"w{i}" for i in line) for line in lines))


def peak(softmax: str, folder: pathlib.Path) -> float:
    """Train in a process of its own; give the most memory that it held, in GB."""
    options = "--valid-steps 5 --checkpoint-steps 5 --steps 10 --split 99.5/0.5".split()
    network = f"--model lstm --layers 1 --units 200 --softmax {softmax}".split()
    command = [sys.executable, "-m", "keraslm_cli", "train", str(folder / "text")]
    command += [*network, *options, "--vocabulary-size", str(WORDS)]
    child = subprocess.Popen([*command, "--out", str(folder / softmax)])
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{softmax}: training failed")
    return usage.ru_maxrss * 1024 / 1e9


def main() -> None:
    """Print a line for each softmax."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_text(folder / "text")
        peaks = {s: peak(s, folder) for s in ("adaptive", "classes", "sampled")}
    for softmax, held in peaks.items():
        print(f"{WORDS:,} words, {softmax}: {held:.2f} GB (at most {ALLOWED} GB)")
    sys.exit(max(peaks.values()) > ALLOWED)


if __name__ == "__main__":
    main()
