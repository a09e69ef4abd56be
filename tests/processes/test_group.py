"""Processes that meet, agree and end: here threads, over the loopback address."""

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time

import pytest

from keraslm.errors import ProcessGone, TrainingError, UsageError
from keraslm.processes import ALONE, Processes, messages
from keraslm.processes import group as groups
from keraslm.processes.group import First, Other
from keraslm.processes.joining import _listening, call, gather
from keraslm.processes.leaving import Leaving

OPTIONS = {"units": 8, "level": "char"}


@pytest.fixture(autouse=True)
def stays(monkeypatch):
    """Let no lost process end the tests."""
    monkeypatch.setattr(Leaving, "begin", lambda self, line: None)
    monkeypatch.setattr(Leaving, "at_exit", lambda self, status: None)
    monkeypatch.setattr(groups, "SOON", 0.2)


def free_port():
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def together(count, work, options=None, wait=10):
    """Run `work(group)` in so many threads; give what each returned or raised."""
    port, came = free_port(), {}

    def run(index):
        p = Processes("127.0.0.1", port, count, index, wait)
        own = OPTIONS | (options or {}).get(index, {})
        try:
            if index == 0:
                group = First(count, gather(p, own))
            else:
                group = Other(index, count, call(p, own))
            with group.running():
                came[index] = work(group)
        except Exception as error:
            came[index] = error

    threads = [threading.Thread(target=run, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return [came.get(k) for k in range(count)]


def test_all_know_what_the_first_computes():
    def work(group):
        values = [group.shared(lambda k=k: [k, group.index]) for k in range(3)]
        if not group.first:
            group.wait_for_end()
        return values

    assert together(3, work) == [[[0, 0], [1, 0], [2, 0]]] * 3


def test_floats_are_the_same_to_the_bit():
    value = 0.1 + 0.2
    assert together(2, lambda group: group.shared(lambda: value)) == [value] * 2


def test_a_file_of_the_first_is_everyones(tmp_path):
    path = tmp_path / "checkpoint.zip"
    path.write_bytes(bytes(range(256)) * 5000)

    def work(group):
        with group.shared_file(path if group.first else tmp_path / "none") as file:
            return file.read_bytes()

    assert together(2, work) == [path.read_bytes()] * 2


def test_no_file_is_none(tmp_path):
    def work(group):
        with group.shared_file(tmp_path / "none") as file:
            return file

    assert together(2, work) == [None, None]


def test_equal_texts_agree_and_others_are_refused_in_all():
    def agreeing(group):
        group.agree(lambda: {"text": "abc"})
        return "agreed"

    assert together(3, agreeing) == ["agreed"] * 3

    def differing(group):
        group.agree(lambda: {"text": "abc" if group.index < 2 else "abd"})

    said = together(3, differing)
    assert all(isinstance(error, UsageError) for error in said)
    assert {str(error) for error in said} == {str(said[0])}
    assert "process 2 has text 'abd', process 0 'abc'" in str(said[0])


def test_other_options_are_refused_at_the_start():
    said = together(2, lambda group: group.shared(int), {1: {"units": 9}})
    assert isinstance(said[0], UsageError)
    assert "process 1 has units 9, process 0 8" in str(said[0])
    assert "units 9" in str(said[1])


def test_one_that_goes_ends_the_others_with_a_line():
    def work(group):
        if group.index == 1:
            for connection in group._connections.values():  # as if it were killed
                connection.shutdown(socket.SHUT_RDWR)
            return None
        if group.first:
            with group.watched():
                assert group._has_lost.wait(5)
                group.shared(int)
        return group.shared(int)

    first, _, third = together(3, work)
    assert isinstance(first, ProcessGone)
    assert isinstance(third, ProcessGone)
    assert "process 1 of 3 has gone" in str(first)
    assert "process 1 of 3 has gone" in str(third)


def test_what_to_do_is_told_by_what_there_is_when_it_is_told(tmp_path):
    """The first process may still write its checkpoint after the other has gone."""
    checkpoint = tmp_path / "checkpoint.zip"

    def work(group):
        if not group.first:
            raise MemoryError
        group.advice = lambda: "go on" if checkpoint.exists() else "start again"
        assert group._has_lost.wait(5)
        checkpoint.touch()
        return group.shared(int)

    first, _ = together(2, work)
    assert str(first) == "process 1 ended: MemoryError; go on"


def test_an_error_of_the_first_is_told():
    def work(group):
        if group.first:
            raise TrainingError("the loss became nan")
        return group.shared(int)

    first, second = together(2, work)
    assert isinstance(second, ProcessGone)
    assert "the loss became nan" in str(second)
    assert type(first) is TrainingError


def test_an_error_of_jax_is_the_end_of_another():
    def work(group):
        if group.index == 1:
            raise MemoryError
        with group.watched():
            raise RuntimeError("Gloo all-reduce failed")

    first, _ = together(2, work)
    assert isinstance(first, ProcessGone)
    assert "process 1 ended: MemoryError" in str(first)


def test_an_error_that_no_other_explains_stays_itself():
    def work(group):
        if group.first:
            with group.watched():
                raise RuntimeError("a fault of one's own")
        return group.shared(int)

    first, second = together(2, work)
    assert type(first) is RuntimeError
    assert "a fault of one's own" in str(second)


def test_a_signal_reaches_the_first():
    heard = threading.Event()

    def work(group):
        if group.first:
            while group.signal is None:
                heard.wait(0.01)
            return group.shared(lambda: group.signal)
        group.tell_signal(15)
        return group.shared(int)

    assert together(2, work) == [15, 15]


def test_one_that_does_not_come_is_named_in_time():
    p = Processes("127.0.0.1", free_port(), 3, 0, wait=0.3)
    with pytest.raises(TrainingError, match="process 1, 2 has not come"):
        gather(p, OPTIONS)


def test_a_first_that_is_not_there_is_named_in_time():
    p = Processes("127.0.0.1", free_port(), 2, 1, wait=0.5)
    with pytest.raises(TrainingError, match=r"has not reached process 0 .* refused"):
        call(p, OPTIONS)


def test_one_that_is_started_again_takes_its_place():
    port = free_port()

    def began():
        while True:
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", port))

    def twice():
        told = {"process": 1, "processes": 2 + 1, "options": OPTIONS}
        with began() as killed:
            messages.send(killed, messages.JOIN, json.dumps(told).encode())
            time.sleep(0.2)
        call(Processes("127.0.0.1", port, 3, 1, 10), OPTIONS).close()

    def other():
        time.sleep(1)
        call(Processes("127.0.0.1", port, 3, 2, 10), OPTIONS).close()

    threads = [threading.Thread(target=work) for work in (twice, other)]
    for thread in threads:
        thread.start()
    found = gather(Processes("127.0.0.1", port, 3, 0, wait=10), OPTIONS)
    assert sorted(found) == [1, 2]
    for thread in threads:
        thread.join(10)
    for connection in found.values():
        connection.close()


def test_a_caller_that_dawdles_holds_nobody_up():
    port = free_port()

    def dawdle():
        slow = socket.create_connection(("127.0.0.1", port))
        with slow, contextlib.suppress(OSError):
            for _ in range(100):
                slow.sendall(b"k")
                time.sleep(0.1)

    listens = threading.Thread(target=lambda: (time.sleep(0.3), dawdle()))
    listens.start()
    began = time.monotonic()
    with pytest.raises(TrainingError, match="process 1 has not come"):
        gather(Processes("127.0.0.1", port, 2, 0, wait=1), OPTIONS)
    assert time.monotonic() - began < 5
    listens.join(20)


def test_a_name_that_is_none_is_refused():
    p = Processes("lm..x", free_port(), 2, 1, wait=5)
    with pytest.raises(UsageError, match="no name of a machine"):
        call(p, OPTIONS)


def test_the_end_comes_though_nobody_reads_the_line():
    program = """
import sys, time
from keraslm.processes import leaving
leaving.GRACE = 0.1
def broken():
    raise KeyError("place")
leaving.Leaving().begin(broken)
time.sleep(30)
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=20, check=False)
    assert done.returncode == 1


def test_another_program_that_listens_there_is_named_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        p = Processes("127.0.0.1", silent.getsockname()[1], 2, 1, wait=0.5)
        with pytest.raises(TrainingError, match="does another program listen there"):
            call(p, OPTIONS)


def test_loopback_listens_to_this_machine_alone():
    p = Processes("127.0.0.1", free_port(), 2, 0, wait=1)
    with _listening(p) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
    with _listening(Processes("10.9.9.9", free_port(), 2, 0)) as listener:
        assert listener.getsockname()[0] in ("::", "0.0.0.0")


def test_a_port_that_is_taken_is_refused():
    with socket.create_server(("", 0)) as taken:
        p = Processes("127.0.0.1", taken.getsockname()[1], 2, 0, wait=1)
        with pytest.raises(UsageError, match="give `coordinator` another port"):
            gather(p, OPTIONS)


def test_a_number_that_is_taken_is_refused():
    port = free_port()
    said = {}

    def other():
        p = Processes("127.0.0.1", port, 3, 1, wait=10)
        try:
            group = Other(1, 3, call(p, OPTIONS))
            with group.running():
                group.shared(int)
        except Exception as error:
            said[threading.get_ident()] = str(error)

    threads = [threading.Thread(target=other) for _ in range(2)]
    for thread in threads:
        thread.start()
    with pytest.raises(UsageError, match="two processes are process 1"):
        gather(Processes("127.0.0.1", port, 3, 0, wait=10), OPTIONS)
    for thread in threads:
        thread.join(10)
    assert len(said) == 2
    assert all("two processes are process 1" in line for line in said.values())


def test_what_else_calls_there_is_left_aside():
    port = free_port()

    def strangers():
        for greeting in (b"GET / HTTP/1.1\r\n\r\n" + b" " * 20, b"klm1J" + b"\xff" * 8):
            while True:
                try:
                    with socket.create_connection(("127.0.0.1", port)) as stranger:
                        stranger.sendall(greeting)
                        break
                except OSError:
                    continue
        call(Processes("127.0.0.1", port, 2, 1, 10), OPTIONS).close()

    thread = threading.Thread(target=strangers)
    thread.start()
    found = gather(Processes("127.0.0.1", port, 2, 0, wait=10), OPTIONS)
    thread.join(10)
    assert list(found) == [1]
    found[1].close()


def test_one_process_alone_needs_no_others(tmp_path):
    assert ALONE.shared(lambda: 3) == 3
    ALONE.agree(dict)
    with ALONE.shared_file(tmp_path / "none") as file:
        assert file is None
