"""Two processes with a CPU each train as one does; one that dies ends the other.

The processes are programs of their own, over the loopback address.
"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import keras
import pytest

from keraslm.history import read_history
from keraslm.text.corpus import Corpus, Text
from keraslm.training.options import Configuration
from keraslm.training.run import train
from keraslm.training.several import train_on_several

pytestmark = [
    pytest.mark.backends,
    pytest.mark.skipif(
        keras.backend.backend() != "jax", reason="Keras distributes on JAX alone"
    ),
]

ROOT = pathlib.Path(__file__).parents[2]
LINES = "abba cabbed bead\ndeaf baa\nabe cede feed a bad cab\n"
SMALL = ["--level", "char", "--batch-size", "4", "--time", "8", "--log-steps", "1"]
LSTM = [*SMALL, "--embedding", "6", "--units", "8", "--dropout", "0.2"]
TRANSFORMER = [*SMALL, "--model", "transformer", "--units", "8", "--heads", "2"]
TRANSFORMER += ["--layers", "2", "--context", "5"]
SECONDS = 240  # of a machine that is busy


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(LINES * 60, encoding="utf-8")
    return path


def begin(*arguments, devices=1, program=("-m", "keraslm_cli")):
    """Start `keraslm` as a program, or another one."""
    paths = [str(ROOT), str(ROOT / "cli"), str(ROOT / "datasets")]
    own = {
        "PYTHONPATH": os.pathsep.join(paths),
        "KERAS_BACKEND": "jax",
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
    }
    return subprocess.Popen(
        [sys.executable, *program, *map(str, arguments)],
        env=os.environ | own,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def two(*arguments, others=None, count=2):
    """Start as many processes; `others` are the arguments of all but the first."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    shared = ["--distribute", "data", "--coordinator", f"127.0.0.1:{port}"]
    shared += ["--processes", count, "--wait", SECONDS]
    lists = [arguments, *[others or arguments] * (count - 1)]
    return [begin(*given, *shared, "--process", k) for k, given in enumerate(lists)]


def ended(programs):
    """Wait for programs; give the status and standard error of each."""
    told = [program.communicate(timeout=SECONDS) for program in programs]
    return [
        (program.returncode, err)
        for program, (_, err) in zip(programs, told, strict=True)
    ]


def done(*programs):
    """Wait for programs that end well."""
    for status, err in ended(programs):
        assert status == 0, err


def nats(folder):
    return [
        (row["split"], int(row["step"]), float(row["nats"]))
        for row in read_history(folder / "history.csv")
    ]


def assert_same_losses(one, other):
    assert [row[:2] for row in one] == [row[:2] for row in other]
    for (_, _, a), (_, _, b) in zip(one, other, strict=True):
        assert a == pytest.approx(b, abs=1e-5)


def test_all_devices_of_a_machine_train_as_one(tmp_path):
    given = {"level": "char", "batch_size": 4, "time": 8, "steps": 6, "log_steps": 1}
    text = Text.from_string(LINES * 12)
    corpus = Corpus("tiny", text, Text.from_string(LINES * 2), None)
    small = {"embedding": 6, "units": 8, "dropout": 0.2, **given}
    one = Configuration(out=str(tmp_path / "one"), **small)
    shared = Configuration(out=str(tmp_path / "shared"), **small)
    train(one, corpus)
    run = train_on_several(shared, corpus=corpus)
    assert run is not None
    assert_same_losses(nats(tmp_path / "one"), nats(tmp_path / "shared"))
    assert keras.distribution.distribution() is None


@pytest.mark.long
@pytest.mark.parametrize("model", [LSTM, TRANSFORMER], ids=["lstm", "transformer"])
def test_two_processes_have_the_losses_of_one(model, text, tmp_path):
    """The state is carried, and dropout draws the same numbers."""
    run = ["train", text, *model, "--steps", "40", "--valid-steps", "10"]
    done(begin(*run, "--out", tmp_path / "one"))
    programs = two(*run, "--out", tmp_path / "two")
    (first, said), (second, silent) = ended(programs)
    assert (first, second) == (0, 0), said + silent
    assert silent == ""
    assert_same_losses(nats(tmp_path / "one"), nats(tmp_path / "two"))


@pytest.mark.long
def test_two_devices_of_one_machine_have_the_losses_of_one(text, tmp_path):
    run = ["train", text, *LSTM, "--steps", "20"]
    done(begin(*run, "--out", tmp_path / "one"))
    two_devices = [*run, "--distribute", "data", "--out", tmp_path / "two"]
    done(begin(*two_devices, devices=2))
    assert_same_losses(nats(tmp_path / "one"), nats(tmp_path / "two"))


@pytest.mark.long
def test_every_kind_of_model_has_the_losses_of_one_device():
    program = begin(devices=2, program=(ROOT / "tests/backends/two_devices.py",))
    out, err = program.communicate(timeout=4 * SECONDS)
    assert program.returncode == 0, err
    far = json.loads(out.splitlines()[-1])
    assert {name: apart for name, apart in far.items() if apart > 1e-5} == {}


@pytest.mark.long
def test_a_run_goes_on_with_another_number_of_processes(text, tmp_path):
    run = ["train", text, *LSTM, "--schedule", "constant"]
    done(begin(*run, "--steps", "30", "--out", tmp_path / "one"))
    out = tmp_path / "two"
    done(*two(*run, "--steps", "10", "--out", out))
    done(begin("resume", out, "--steps", "20"))
    done(*two("resume", out, "--steps", "30"))
    one = {row[:2]: row[2] for row in nats(tmp_path / "one")}
    for split, step, value in nats(out):
        if split == "train":
            assert value == pytest.approx(one[split, step], abs=1e-5)


@pytest.mark.long
@pytest.mark.parametrize("victim", [0, 1])
def test_a_process_that_dies_ends_the_other_with_a_line(victim, text, tmp_path):
    out = tmp_path / "run"
    run = ["train", text, *LSTM, "--steps", "1000000", "--checkpoint-steps", "5"]
    programs = two(*run, "--out", out)
    wait_for(out / "checkpoint.zip", programs)
    programs[victim].kill()
    other = programs[1 - victim]
    _, err = other.communicate(timeout=SECONDS)
    lines = [line for line in err.splitlines() if "has gone" in line]
    assert other.returncode == 1
    assert lines == [err.splitlines()[-1]]
    assert f"process {victim} of 2 has gone" in lines[0]
    assert "Traceback" not in err and "***" not in err and "F0000" not in err
    if victim == 1:
        assert "keraslm resume" in lines[0]
    programs[victim].communicate(timeout=SECONDS)
    steps = str(rows_of(out) + 20)
    done(begin("resume", out, "--steps", steps))


def wait_for(path, programs):
    end = time.monotonic() + SECONDS
    while not path.exists():
        assert time.monotonic() < end and programs[0].poll() is None
        time.sleep(0.2)


def rows_of(out):
    return max(int(row["step"]) for row in read_history(out / "history.csv"))


@pytest.mark.long
@pytest.mark.parametrize(("number", "times"), [(signal.SIGTERM, 1), (signal.SIGHUP, 2)])
def test_a_signal_to_any_process_ends_all_after_a_checkpoint(
    number, times, text, tmp_path
):
    """A terminal that is closed sends SIGHUP twice."""
    out = tmp_path / "run"
    run = ["train", text, *LSTM, "--steps", "1000000", "--checkpoint-steps", "5"]
    programs = two(*run, "--out", out)
    wait_for(out / "checkpoint.zip", programs)
    for _ in range(times):
        programs[1].send_signal(number)
    for status, err in ended(programs):
        assert status == 128 + number, err
        assert f"ended by {number.name}" in err
    done(begin("resume", out, "--steps", str(rows_of(out) + 3)))


@pytest.mark.long
def test_what_does_not_belong_together_is_refused_in_all(text, tmp_path):
    out = ["--out", tmp_path / "run"]
    run = ["train", text, *LSTM, "--steps", "5", *out]
    other = ["train", text, *LSTM, "--steps", "6", *out]
    for status, err in ended(two(*run, others=other)):
        assert status == 2
        assert "process 1 has steps 6, process 0 5" in err
    changed = tmp_path / "changed.txt"
    changed.write_text(LINES * 59 + LINES.upper(), encoding="utf-8")
    for status, err in ended(two(*run, others=["train", changed, *run[2:]])):
        assert status == 2
        assert "process 1 has test text (SHA-256)" in err
    assert not (tmp_path / "run" / "config.toml").exists()


@pytest.mark.long
def test_rows_that_cannot_be_shared_out_evenly_are_refused(text, tmp_path):
    run = ["train", text, *LSTM, "--steps", "5", "--batch-size", "5"]
    for status, err in ended(two(*run, "--out", tmp_path / "run")):
        assert status == 2
        assert "give a --batch-size that is a multiple of 2" in err


@pytest.mark.long
@pytest.mark.parametrize("dies", [0, 1])
def test_one_that_dies_while_the_network_is_built_ends_the_other(dies, text, tmp_path):
    run = ["train", text, *LSTM, "--steps", "100000", "--out", tmp_path / "run"]
    programs = two(*run)
    for line in programs[0].stderr:
        if "parameters" in line:
            break
    programs[dies].kill()
    programs[dies].communicate()
    left = programs[1 - dies]
    _, err = left.communicate(timeout=SECONDS)
    assert left.returncode == 1
    line = err.strip().splitlines()[-1]
    assert line.startswith(f"Error: process {dies} of 2 has gone"), err
    assert "Traceback" not in err
