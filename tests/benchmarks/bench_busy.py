"""How fast a network writes, measures and trains beside a busy program.

`python tests/benchmarks/bench_busy.py`. Each row is measured with one thread, with all
of them, and as it is by default; alone, and beside a neighbour that this starts.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np
from timing import seconds

TURNS = 3
WRITTEN = 6000  # characters
MEASURED = 10_000  # characters
TEXTS = 64
NEIGHBOUR = [sys.executable, "-c", "while True: pass"]
TENSORFLOW = "TF_NUM_INTRAOP_THREADS"


@contextlib.contextmanager
def neighbour() -> Iterator[None]:
    """Keep a core busy meanwhile."""
    child = subprocess.Popen(NEIGHBOUR)
    try:
        yield
    finally:
        child.kill()
        child.wait()


def writing() -> dict[str, Callable[[], float]]:
    """Give how many characters a second each kind of work on NumPy does."""
    from bench_recurrent import CHARACTERS, language_model

    from keraslm.inference.scoring import log_probabilities

    model = language_model(CHARACTERS)
    network, boundary = model.network, model.vocabulary.boundary_id
    ids = np.random.default_rng(0).integers(2, 60, MEASURED)

    def one() -> float:
        return WRITTEN / seconds(lambda: "".join(model.generate("A", WRITTEN)), 1)

    def many() -> float:
        length = WRITTEN // 6
        work = lambda: model.generate_many(range(TEXTS), "A", length)  # noqa: E731
        return TEXTS * length / seconds(work, 1)

    def measuring() -> float:
        return MEASURED / seconds(lambda: log_probabilities(network, ids, boundary), 1)

    return {"one text": one, f"{TEXTS} texts": many, "measuring": measuring}


def in_turns(work: Callable[[], float]) -> list[float]:
    """Give the medians of one thread, of all, and of the number that is chosen."""
    from keraslm.inference import threads

    blas = threads._blas()
    if blas is None:
        raise SystemExit("this measures what threadpoolctl changes: install `fast`")
    every, taken = blas.num_threads, []
    for _ in range(TURNS):
        row = []
        for number in (1, every):
            blas.set_num_threads(number)
            found = threads._blas
            threads._blas = lambda: None  # type: ignore[assignment]
            row.append(work())
            threads._blas = found
        blas.set_num_threads(every)
        row.append(work())
        taken.append(row)
    return np.median(taken, axis=0).tolist()


def training(threads: int | None) -> float:
    """Give the tokens a second of the default network, in a process of its own."""
    environment = dict(os.environ)
    if threads is not None:
        environment[TENSORFLOW] = str(threads)
    command = [sys.executable, __file__, "training"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def print_training() -> None:
    """Print the tokens a second of a fit of the default network."""
    from bench_recurrent import DEFAULT, fitted

    from keraslm.training.precision import usual_precision

    print(fitted(DEFAULT, 1, usual_precision()))


def main() -> None:
    """Print a line for each kind of work, alone and beside a neighbour."""
    rows = writing()
    for name, beside in (("alone", contextlib.nullcontext), ("beside", neighbour)):
        with beside():
            for work, measured in rows.items():
                one, every, chosen = in_turns(measured)
                share = chosen / max(one, every)
                print(
                    f"{name:6} {work:10} one thread {one:,.0f}/s, all {every:,.0f}, "
                    f"chosen {chosen:,.0f} ({share:.2f} of the better)",
                    flush=True,
                )
            one, every, usual = (
                np.median([training(n) for _ in range(TURNS)])
                for n in (1, os.cpu_count(), None)
            )
            print(
                f"{name:6} training   one thread {one:,.0f}/s, all {every:,.0f}, "
                f"by default {usual:,.0f} ({usual / max(one, every):.2f})",
                flush=True,
            )


if __name__ == "__main__":
    print_training() if sys.argv[1:] == ["training"] else main()
