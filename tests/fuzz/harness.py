"""What the fuzz targets share: seeds, a clock, and what counts as a crash.

    python tests/fuzz/fuzz_arpa.py SECONDS

A target's `check` is given bytes that libFuzzer changes so that they reach new code. It
may raise a KeraslmError. Any other error, a check of more than some seconds and one
that takes 2 GB end the run with status 1 and leave the bytes in build/fuzz/.
References: Serebryany (2016), libFuzzer.
"""

import contextlib
import pathlib
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from keraslm.errors import KeraslmError, MissingExtra

CRASHES = pathlib.Path(__file__).parents[2] / "build" / "fuzz"
SECONDS, SECONDS_EACH, MEGABYTES, LONGEST = 60, 10, 2048, 4096

Check = Callable[[bytes], object]


def instrumented(*packages: str) -> contextlib.AbstractContextManager[Any]:
    """Let libFuzzer see which code runs of what is imported; without it, do nothing."""
    try:
        import atheris
    except ImportError:
        return contextlib.nullcontext()
    return atheris.instrument_imports(include=["keraslm", *packages])


def fuzz(
    check: Check,
    seeds: Iterable[bytes],
    longest: int = LONGEST,
    seconds_each: int = SECONDS_EACH,
) -> None:
    """Run a target for as many seconds as the command line says."""
    try:
        import atheris
    except ImportError:
        sys.exit(str(MissingExtra("fuzzing", "fuzz")))
    warnings.simplefilter("ignore")
    seconds = sys.argv[1] if len(sys.argv) > 1 else SECONDS
    CRASHES.mkdir(parents=True, exist_ok=True)
    name = pathlib.Path(sys.argv[0]).stem
    with tempfile.TemporaryDirectory(prefix="keraslm-fuzz-") as corpus:
        for number, seed in enumerate(seeds):
            pathlib.Path(corpus, f"seed-{number}").write_bytes(seed)
        options = {
            "max_total_time": seconds,
            "timeout": seconds_each,
            "rss_limit_mb": MEGABYTES,
            "max_len": longest,
            "artifact_prefix": f"{CRASHES / name}-",
            "print_final_stats": 1,
            "verbosity": 0,
        }
        given = [f"-{option}={value}" for option, value in options.items()]
        atheris.Setup([name, *given, corpus], lambda data: expected(check, data))
        atheris.Fuzz()


def expected(check: Check, data: bytes) -> None:
    """Check some bytes; to say in one line what is wrong with them is right."""
    try:
        check(data)
    except KeraslmError as error:
        if "\n" in str(error):
            raise AssertionError(f"more than one line: {error}") from error


@contextlib.contextmanager
def file_of(data: bytes, suffix: str = "") -> Iterator[pathlib.Path]:
    """Yield a file of these bytes."""
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        yield pathlib.Path(file.name)
