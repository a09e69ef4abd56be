"""Workers in processes of their own, some of which are killed or lack the text."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from keraslm.cluster.connection import connected
from keraslm.cluster.counting import ClusterCount
from keraslm.errors import ClusterError, UsageError
from keraslm.text import open_text
from keraslm.text.tokenizer import tokenizer_named
from tests.cluster.test_merging import assert_same_ngrams, in_one_process, same

pytest.importorskip("distributed", reason="needs the extra cluster")
pytestmark = pytest.mark.long

SCHEDULER = "distributed.cli.dask_scheduler"
WORKER = "distributed.cli.dask_worker"
ORDER = 4


@pytest.fixture
def start():
    """Start programs of Dask on the loopback address; they end with the test."""
    with contextlib.ExitStack() as stack:

        def start(module, *arguments, before=()):
            command = [*before, sys.executable, "-m", module, *map(str, arguments)]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            process = subprocess.Popen(command, start_new_session=True, **quiet)
            stack.callback(process.wait, 60)
            stack.callback(end, process)
            return process

        yield start


def end(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def scheduler(start, tmp_path):
    """A scheduler without workers, known by the file that it writes."""
    file = tmp_path / "scheduler.json"
    place = ("--host", "127.0.0.1", "--port", 0, "--dashboard-address", "127.0.0.1:0")
    start(SCHEDULER, *place, "--scheduler-file", file)
    until(file.exists)
    return file


@pytest.fixture
def workers(start, scheduler):
    return [start_worker(start, scheduler) for _ in range(3)]


def start_worker(start, scheduler, *arguments, **how):
    given = ("--nthreads", 1, "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    return start(WORKER, "--scheduler-file", scheduler, *given, *arguments, **how)


def until(true, seconds=60):
    for _ in range(seconds * 20):
        if true():
            return
        time.sleep(0.05)
    raise TimeoutError


@pytest.fixture
def text(tmp_path):
    """A folder of a large file and small ones."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "text"
    folder.mkdir()
    for name, words in (("a", 10), ("b", 400_000), ("c", 30_000)):
        chosen = rng.zipf(1.3, words) % 20_000
        ends = rng.random(words) < 0.05
        pairs = zip(chosen, np.where(ends, "\n", " "), strict=True)
        (folder / f"{name}.txt").write_text("".join(f"w{w}{end}" for w, end in pairs))
    return open_text(folder)


def assert_same_count(client, text, tell):
    counting = ClusterCount(client, text, ORDER, tell, size=150_000)
    assert len(counting.parts) > 10
    encoder, ids, ngrams = in_one_process(text, tokenizer_named("word"), ORDER)
    found, found_ids = counting.learn(tokenizer_named("word"))
    assert found.to_dict() == encoder.to_dict()
    assert same(found_ids, ids)
    assert_same_ngrams(counting.ngrams(), ngrams)


@pytest.mark.parametrize("stage", ["reading parts", "counting parts", "merging ranges"])
def test_a_worker_that_is_killed_loses_nothing_but_time(
    scheduler, workers, text, stage
):
    killed = []

    def tell(label, done, total):
        if label == stage and not killed and (done or label != "reading parts"):
            killed.append(workers[0].pid)
            end(workers[0])

    with connected(str(scheduler)) as client:
        client.wait_for_workers(3, timeout=60)
        assert_same_count(client, text, tell)
        assert killed
        assert len(client.nthreads()) == 2


def test_all_workers_are_killed_and_others_come(start, scheduler, workers, text):
    killed = []

    def tell(label, done, total):
        if label == "counting parts" and not killed:
            killed.extend(workers)
            for worker in workers:
                end(worker)
            start_worker(start, scheduler)

    with connected(str(scheduler)) as client:
        client.wait_for_workers(3, timeout=60)
        assert_same_count(client, text, tell)
    assert killed


def test_no_worker_comes_back(scheduler, workers, text, monkeypatch):
    monkeypatch.setattr("keraslm.cluster.waiting.PATIENCE", 3)
    monkeypatch.setattr("keraslm.cluster.waiting.BETWEEN", 0.5)

    def tell(label, done, total):
        for worker in workers if label == "reading parts" else ():
            end(worker)

    with connected(str(scheduler)) as client:
        client.wait_for_workers(3, timeout=60)
        with pytest.raises(ClusterError, match="has had no workers for 3 s"):
            assert_same_count(client, text, tell)


def test_a_worker_without_the_file_is_named(start, scheduler, text):
    folder = pathlib.Path(text.origin.paths[0]).parent
    mount = f'mount -t tmpfs none {folder}; exec "$@"'
    hide = ("unshare", "--mount", "sh", "-c", mount)
    tried = subprocess.run([*hide, "x", "true"], check=False, capture_output=True)
    if tried.returncode:
        pytest.skip("a mount of its own needs root")
    for before in ((), (), (*hide, "x")):
        start_worker(start, scheduler, before=before)
    with connected(str(scheduler)) as client:
        client.wait_for_workers(3, timeout=60)
        why = r"the worker tcp://127.0.0.1:\d+ cannot read the text \(No such file or "
        with pytest.raises(UsageError, match=why + r"directory: .*/a\.txt\)"):
            ClusterCount(client, text, 3, lambda *told: None)


def test_the_scheduler_is_killed(start, tmp_path, text):
    file = tmp_path / "scheduler.json"
    place = ("--host", "127.0.0.1", "--port", 0, "--dashboard-address", "127.0.0.1:0")
    process = start(SCHEDULER, *place, "--scheduler-file", file)
    until(file.exists)
    start_worker(start, file)
    with connected(str(file)) as client:
        client.wait_for_workers(1, timeout=60)

        def tell(label, done, total):
            if done:
                end(process)

        with pytest.raises(ClusterError, match="the scheduler of the cluster is gone"):
            assert_same_count(client, text, tell)


def test_workers_of_this_machine(tmp_path, text):
    """As `keraslm train` starts them: three processes, and nothing of them is left."""
    command = [sys.executable, "-m", "keraslm_cli", "train", str(tmp_path / "text")]
    given = ["--model", "ngram", "--order", "3", "--split", "100"]
    for name, more in (("one", []), ("many", ["--cluster", "local:3"])):
        out = ["--out", str(tmp_path / name)]
        done = subprocess.run(
            [*command, *given, *out, *more], capture_output=True, text=True, check=True
        )
    assert "3 workers counted" in done.stderr
    assert "distributed" not in done.stderr
    one, many = ((tmp_path / n / "samples.txt").read_text() for n in ("one", "many"))
    assert one == many
    rows = [(tmp_path / n / "history.csv").read_text() for n in ("one", "many")]
    assert rows[0] == rows[1]


def test_ctrl_c_ends_the_run_and_its_workers_in_a_line(tmp_path, text):
    large = (tmp_path / "text/b.txt").read_text() * 30
    (tmp_path / "text/b.txt").write_text(large)
    command = [sys.executable, "-m", "keraslm_cli", "train"]
    given = [str(tmp_path / "text"), "--model", "ngram", "--cluster", "local:2"]
    run = subprocess.Popen(
        [*command, *given, "--out", str(tmp_path / "run")],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until(lambda: sum(seconds > 1 for seconds in busy_workers(run.pid)) == 2)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does
    _, errors = run.communicate(timeout=60)
    assert (run.returncode, errors.strip()) == (130, "Interrupted.")
    assert not (tmp_path / "run").exists()
    until(lambda: not lives(run.pid))


def busy_workers(parent):
    """Give the seconds that each of the workers of a process has computed."""
    psutil = pytest.importorskip("psutil")
    for each in psutil.Process(parent).children():
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile
            if "spawn_main" in " ".join(each.cmdline()):
                yield each.cpu_times().user


def lives(group):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, 0)
        return True
    return False
