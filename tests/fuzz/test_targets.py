"""The fuzz targets without a fuzzer: on their seeds, and on seeds changed a bit."""

import importlib
import pathlib
import random
import sys

import pytest

FOLDER = pathlib.Path(__file__).parent
TARGETS = sorted(path.stem for path in FOLDER.glob("fuzz_*.py"))
TRIES = {"fuzz_networks": 10}


@pytest.fixture(autouse=True)
def beside(monkeypatch):
    """A target imports what lies beside it, as a script does."""
    monkeypatch.syspath_prepend(str(FOLDER))


def changed(seed, rng):
    at, length = rng.randrange(len(seed)), rng.randrange(9)
    return seed[:at] + rng.randbytes(rng.randrange(9)) + seed[at + length :]


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_finds_nothing_in_a_moment(name):
    target = importlib.import_module(name)
    expected = sys.modules["harness"].expected
    for seed in target.SEEDS:
        target.check(seed)  # raises nothing at all
    rng = random.Random(0)
    for _ in range(TRIES.get(name, 100)):
        expected(target.check, changed(rng.choice(target.SEEDS), rng))
