"""Kill a run at its operations on files and at random moments: each time it goes on.

`make storm` does it 200 times and at every operation; the tests do it less often.
"""

import dataclasses
import multiprocessing
import os
import pathlib
import random
import sys

import pytest

import keraslm
from keraslm.text.corpus import Corpus, Text
from keraslm.training.options import Configuration
from keraslm.training.run import train
from tests.training.interrupted import Gone, assert_same, what_came_of

CRASHES = int(os.environ.get("KERASLM_STORM", "12"))
KILLS = int(os.environ.get("KERASLM_STORM", "2"))
SHORT = {
    "log_steps": 2,
    "valid_steps": 3,
    "sample_steps": 4,
    "checkpoint_steps": 2,
    "steps": 7,
    "keep_last": 1,
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.chmod", "os.truncate")


class Crash:
    """Lets so many operations on the files of a folder pass, and none after them."""

    def __init__(self):
        self.folder, self.done, self.last = None, 0, sys.maxsize
        sys.addaudithook(self.hear)

    def hear(self, event, arguments):
        if self.folder is not None and self.changes(event, arguments):
            self.done += 1
            if self.done > self.last:
                raise Gone

    def changes(self, event, arguments):
        opened = event == "open" and arguments[2] & WRITING
        path = str(arguments[0]) if opened or event in CHANGES else ""
        return path.startswith(self.folder) and not path.endswith(".lock")

    def after(self, last, folder, act):
        """Act, and die after so many operations; gives how many there were."""
        self.folder, self.done, self.last = str(folder), 0, last
        try:
            act()
        except Gone:
            pass
        finally:
            self.folder = None
        return self.done


@pytest.fixture(scope="module")
def crash():
    return Crash()


def tear(file):
    """Cut a file short, as a power cut can what was not flushed."""
    if file.exists():
        os.truncate(file, max(0, file.stat().st_size - 9))


@pytest.mark.long
def test_a_run_that_dies_at_an_operation_on_a_file_goes_on(
    small, corpus, tmp_path, crash, quick_steps, quick_measures
):
    c = small("bigram", tmp_path / "whole", **SHORT)
    operations = crash.after(sys.maxsize, c.out, lambda: train(c, corpus))
    expected = what_came_of(c)
    assert operations > 60
    for k in sorted({round(k * operations / CRASHES) for k in range(CRASHES)}):
        folder = tmp_path / f"after-{k}"
        again = dataclasses.replace(c, out=str(folder))
        crash.after(k, folder, lambda again=again: train(again, corpus))
        if not (folder / "perplexity.png").exists():  # the last to be written
            tear(folder / "history.csv")
            tear(folder / "samples.txt")
        if (folder / "model.keras").exists():
            assert keraslm.load(folder).name == "bigram"
        train(again, corpus, resume=True)
        assert what_came_of(again) == expected, f"after {k} operations"


def a_run(out, steps):
    """Train, or go on: what a process does that is killed; gives its options."""
    text = Text.from_string("the dog barks\nthe cat sleeps\n" * 20)
    corpus = Corpus("tiny", text, Text.from_string("the dog sleeps\n"))
    every = {"log_steps": 1, "valid_steps": 1, "checkpoint_steps": 1}
    small = {"embedding": 4, "hidden": "6", "batch_size": 4, "time": 8, "dropout": 0.2}
    c = Configuration(model="bigram", out=str(out), steps=steps, **small, **every)
    train(c, corpus, resume=True)
    return c


@pytest.mark.xla  # the processes that are killed compile
@pytest.mark.long
def test_a_run_that_is_killed_at_random_moments_goes_on(tmp_path):
    steps = 5 * KILLS + 40
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["keraslm.training.fit", "keraslm.training.run"])
    moments = random.Random(0)
    checkpoint = tmp_path / "run/checkpoint.zip"
    for _ in range(KILLS):
        before = mtime(checkpoint)
        process = context.Process(target=a_run, args=(tmp_path / "run", steps))
        process.start()
        while process.is_alive() and mtime(checkpoint) == before:
            process.join(0.01)
        process.join(moments.uniform(0, 0.3))
        process.kill()
        process.join()
        assert process.exitcode == -9
        assert keraslm.load(tmp_path / "run").name == "bigram"
    killed, whole = (a_run(tmp_path / name, steps) for name in ("run", "whole"))
    assert_same(what_came_of(whole), what_came_of(killed))


def mtime(path: pathlib.Path):
    return path.stat().st_mtime_ns if path.exists() else 0
