"""A counting run keeps to its memory, and leaves nothing but its model behind."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys

import numpy as np
import pytest

import keraslm
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.training import Configuration, train
from tests.training.conftest import Notes

if sys.platform == "win32":
    pytest.skip("limits are those of POSIX", allow_module_level=True)

TOKENS = 130_000  # at order 5, more than the least memory holds
LEAST = "26M"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A text of words of which few are frequent, on one line but for its parts."""
    rng = np.random.default_rng(5)
    path = tmp_path_factory.mktemp("corpus") / "zipf.txt"
    words = np.minimum(rng.zipf(1.25, TOKENS), 2000)
    path.write_text(" ".join(f"w{word}" for word in words.tolist()), "utf-8")
    return path


def configuration(corpus, out, **options):
    given = {"order": 5, **options}
    return Configuration(model="ngram", corpus=str(corpus), out=str(out), **given)


def train_quietly(c):
    reporter = Notes()
    return train(c, reporter=reporter), reporter.lines


@pytest.mark.parametrize("smoothing", ["modified-kneser-ney", "jelinek-mercer"])
def test_a_run_within_little_memory_gives_the_same_model(corpus, tmp_path, smoothing):
    temporary = tmp_path / "spilled"
    temporary.mkdir()
    options = {"smoothing": smoothing}
    small, _ = train_quietly(configuration(corpus, tmp_path / "small", **options))
    options |= {"memory": LEAST, "temporary": str(temporary)}
    spilled, notes = train_quietly(configuration(corpus, tmp_path / "out", **options))
    assert any("within 26 MB of memory" in note for note in notes)
    assert list(temporary.iterdir()) == []
    assert spilled.card.perplexity == pytest.approx(small.card.perplexity, rel=1e-12)
    read = [keraslm.load(run.folder.model) for run in (small, spilled)]
    ids = read[0].encoder.encode(keraslm.text.open_text(corpus))
    both = [model.log_probabilities(ids) for model in read]
    assert np.array_equal(*both)
    assert read[0].smoothing == read[1].smoothing
    assert read[0].metadata["by_order"] == read[1].metadata["by_order"]


def test_a_text_that_fits_is_counted_in_memory(corpus, tmp_path):
    run, notes = train_quietly(configuration(corpus, tmp_path / "run", memory="2G"))
    assert not any("memory" in note for note in notes)
    assert type(run.model) is NgramModel


def test_too_little_memory_is_refused_with_the_least_that_works(corpus, tmp_path):
    with pytest.raises(UsageError, match="smallest that works is 24M"):
        train(configuration(corpus, tmp_path / "run", memory="5M"))
    with pytest.raises(UsageError, match=r"vocabulary of .* that works is 2\dM"):
        train(configuration(corpus, tmp_path / "run", memory="24M"))
    assert not (tmp_path / "run").exists()


def test_a_finished_run_is_not_counted_again_with_other_memory(corpus, tmp_path):
    c = configuration(corpus, tmp_path / "run", memory=LEAST)
    train(c)
    other = configuration(corpus, tmp_path / "run", memory="1G")
    reporter = Notes()
    train(other, reporter=reporter, resume=True)
    assert any("it is finished" in note for note in reporter.lines)


LIMITED = """
import resource, signal, sys
from keraslm.training import Configuration, train
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
train(Configuration(**{options!r}))
"""


def test_words_of_many_characters_are_part_of_the_memory(tmp_path):
    corpus = tmp_path / "long.txt"
    words = [f"{k:05}" + "x" * 2000 for k in range(6000)]
    corpus.write_text("\n".join(words), "utf-8")
    c = configuration(corpus, tmp_path / "run", memory="30M", order=2)
    # nine tenths are counted: 24 MB + 5,402 x 600 bytes + 10,827,009 x 3 = 58.1 MB
    with pytest.raises(UsageError, match=r"5,402 tokens with .* that works is 59M"):
        train(c)
    assert not (tmp_path / "run").exists()


def test_a_folder_of_temporary_files_that_is_not_there_is_refused(corpus, tmp_path):
    missing = tmp_path / "missing"
    c = configuration(corpus, tmp_path / "run", temporary=str(missing))
    with pytest.raises(UsageError, match=r"there is no folder .*missing for temporary"):
        train(c)
    assert not missing.exists()


STARVED = """
import resource
from keraslm.training import Configuration, train
pages = int(open("/proc/self/statm").read().split()[0])
most = pages * resource.getpagesize() + {megabytes} * 2**20
resource.setrlimit(resource.RLIMIT_AS, (most, most))
train(Configuration(**{options!r}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_too_few_addresses_are_told_before_any_work(corpus, tmp_path):
    """The picture at the end needs some too; without them it could not be drawn."""
    options = configuration(corpus, tmp_path / "run").to_dict()
    done = python(STARVED.format(options=options, megabytes=160))
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "too little memory is free to count any text" in last
    assert not (tmp_path / "run").exists()


def test_a_disk_that_is_full_leaves_no_model_and_no_file(corpus, tmp_path):
    run, temporary = tmp_path / "run", tmp_path / "spilled"
    temporary.mkdir()
    options = configuration(
        corpus, run, memory=LEAST, temporary=str(temporary)
    ).to_dict()
    done = python(LIMITED.format(options=options))
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert f"cannot write temporary files to {temporary}" in last
    assert "give `temporary` a folder with room" in last
    assert list(temporary.iterdir()) == []
    assert not run.exists()


def python(program):
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )


KILLED = """
import os, signal
from keraslm.counts.on_disk import model
from keraslm.training import Configuration, train
def die(*_):
    os.kill(os.getpid(), signal.{signal})
    signal.pause()
model.estimate_on_disk = die
train(Configuration(**{options!r}))
"""


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM"])
def test_a_run_that_is_killed_loses_only_time(corpus, tmp_path, name):
    run, temporary = tmp_path / "run", tmp_path / "spilled"
    temporary.mkdir()
    c = configuration(corpus, run, memory=LEAST, temporary=str(temporary))
    done = python(KILLED.format(options=c.to_dict(), signal=name))
    assert done.returncode == -getattr(signal, name)
    assert list(temporary.iterdir()) == []
    assert not (run / "model.keras").exists()
    again = train(c, overwrite=True)
    assert again.folder.model.exists()


PEAK = """
import resource, sys
from keraslm.figures import count_model
from keraslm.training import Configuration, train

def now(name):
    with open("/proc/self/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    return int(lines[name].split()[0]) << 10

options = {options!r}
train(Configuration(**(options | dict(corpus={little!r}, out={first!r}))))
before = now("VmHWM")
most = now("VmPeak") + {limit} * 6 // 5
resource.setrlimit(resource.RLIMIT_AS, (most, most))
train(Configuration(**options))
print(now("VmHWM") - before)
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("level", "order", "megabytes"), [("word", 3, 64), ("word", 5, 64), ("char", 6, 48)]
)
def test_the_peak_of_memory_is_at_most_a_fifth_above_the_limit(
    tmp_path, level, order, megabytes
):
    rng = np.random.default_rng(0)
    words = np.minimum(rng.zipf(1.2, 1_000_000), 20_000).tolist()
    little, corpus = tmp_path / "little.txt", tmp_path / "large.txt"
    little.write_text(" ".join(f"w{word}" for word in words[:2000]), "utf-8")
    corpus.write_text(" ".join(f"w{word}" for word in words), "utf-8")
    c = configuration(
        corpus, tmp_path / "run", memory=f"{megabytes}M", level=level, order=order
    )
    program = PEAK.format(
        options=c.to_dict(),
        little=str(little),
        first=str(tmp_path / "first"),
        limit=megabytes << 20,
    )
    done = python(program)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) <= 1.2 * (megabytes << 20)
    card = json.loads(pathlib.Path(tmp_path, "run", "card.json").read_text("utf-8"))
    assert card["perplexity"] > 1


GROUPS = (  # version 1 and version 2
    ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
    ("/sys/fs/cgroup", "memory.max"),
)
GROUPED = """
import pathlib
from keraslm.training import Configuration, train
pathlib.Path({group!r}, "cgroup.procs").write_text("0")
train(Configuration(**{options!r}), verbose=True)
"""


@pytest.fixture
def group():
    """A group of processes with 300 MB, the files that it reads and writes included."""
    for top, limit in GROUPS:
        folder = pathlib.Path(top, f"keraslm-{os.getpid()}")
        try:
            folder.mkdir()
            if (folder / limit).exists():
                (folder / limit).write_text(str(300 << 20))
                yield folder
                return
        except OSError:
            continue
        finally:
            with contextlib.suppress(OSError):
                folder.rmdir()
    pytest.skip("no group of processes with a limit of memory can be made here")


@pytest.mark.long
def test_a_run_that_is_told_no_limit_lives_within_that_of_its_group(tmp_path, group):
    rng = np.random.default_rng(0)
    words = np.minimum(rng.zipf(1.2, 2_000_000), 20_000).tolist()
    corpus = tmp_path / "large.txt"
    corpus.write_text(" ".join(f"w{word}" for word in words), "utf-8")
    options = configuration(corpus, tmp_path / "run").to_dict()
    done = python(GROUPED.format(options=options, group=str(group)))
    assert done.returncode == 0, done.stderr
    assert "MB of memory, with temporary files" in done.stdout
    assert (tmp_path / "run" / "model.keras").exists()
