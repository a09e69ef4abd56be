"""How many threads compute a step: the fastest, tried again now and then."""

import numpy as np
import pytest

from keraslm.inference import threads as module
from keraslm.inference.threads import AGAIN, SHARED, TRIAL, Threads


class Blas:
    """What sets the number of threads, and what a step takes with each number."""

    def __init__(self, num_threads: int) -> None:
        self.num_threads = num_threads
        self.seconds: dict[int, float] = {}

    def set_num_threads(self, number: int) -> None:
        self.num_threads = number


@pytest.fixture
def blas(monkeypatch):
    made = Blas(4)
    monkeypatch.setattr(module, "_blas", lambda: made)
    return made


def work(threads: Threads, steps: int, seconds: dict[int, float]) -> dict[int, float]:
    """Take so many steps; give the seconds that were spent with each number."""
    spent = dict.fromkeys(seconds, 0.0)
    for _ in range(steps):
        number = threads.number
        threads.note(seconds[number])
        spent[number] += seconds[number]
    return spent


def test_the_fastest_number_is_taken_after_each_was_tried(blas):
    threads = Threads(SHARED)
    spent = work(threads, 1000, {4: 0.02, 2: 0.005, 1: 0.001})
    # 4: one step of 20 ms; 2: two of 5 ms; 1: ten of 1 ms, and all that follow
    assert spent[4] == pytest.approx(0.02)
    assert spent[2] == pytest.approx(0.01)
    assert threads.number == 1


def test_they_are_tried_again(blas):
    threads = Threads(SHARED)
    work(threads, 100, {4: 0.02, 2: 0.005, 1: 0.001})
    work(threads, int(AGAIN / 0.001) + 100, {4: 0.0003, 2: 0.0005, 1: 0.001})
    assert threads.number == 4


def test_they_are_tried_at_once_when_the_pace_falls_to_less_than_half(blas):
    threads = Threads(SHARED)
    quiet = {4: 0.0003, 2: 0.0005, 1: 0.001}
    work(threads, 200, quiet)
    assert threads.number == 4
    busy = {4: 0.02, 2: 0.02, 1: 0.001}
    spent = work(threads, 60, busy)
    assert threads.number == 1
    assert spent[4] + spent[2] <= 0.1  # a stretch, and a trial of each


def test_what_is_tried_costs_little_of_the_work(blas):
    threads = Threads(SHARED)
    seconds = {4: 0.02, 2: 0.02, 1: 0.001}
    spent = work(threads, 20_000, seconds)
    # every 2 s of work a trial of 20 ms + 20 ms + 10 ms
    assert spent[4] + spent[2] <= 0.03 * spent[1]
    assert TRIAL == 0.01 and AGAIN == 2.0


def test_blas_has_its_threads_back_after_each_step(blas):
    threads = Threads(SHARED)
    for _ in range(3):
        with threads:
            assert blas.num_threads == threads.number
        assert blas.num_threads == 4
    with pytest.raises(KeyError), threads:
        raise KeyError
    assert blas.num_threads == 4


@pytest.mark.parametrize("number", [1, 2, 3, 6, 8])
def test_powers_of_two_and_all_are_tried(blas, number):
    blas.num_threads = number
    expected = {1: [1], 2: [2, 1], 3: [3, 2, 1], 6: [6, 4, 2, 1], 8: [8, 4, 2, 1]}
    assert Threads(SHARED)._numbers == expected[number]


def test_small_steps_are_left_to_blas(blas):
    threads = Threads(SHARED - 1)
    with threads:
        assert blas.num_threads == 4
    assert threads._numbers == [1]


def test_without_threadpoolctl_all_threads_compute(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "threadpoolctl", None)
    module._blas.cache_clear()
    try:
        assert module._blas() is None
        with Threads(SHARED):
            pass
    finally:
        module._blas.cache_clear()


def test_the_blas_of_numpy_is_found_and_set():
    pytest.importorskip("threadpoolctl")
    module._blas.cache_clear()
    found = module._blas()
    if found is None:
        pytest.skip("NumPy computes with a BLAS whose threads cannot be set")
    before = found.num_threads
    threads = Threads(SHARED)
    weights = np.ones((512, 1024), np.float32)
    for _ in range(50):
        with threads:
            product = np.ones(512, np.float32) @ weights
    assert product.tolist() == [512.0] * 1024
    assert found.num_threads == before
