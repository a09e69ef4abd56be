"""How the processes find each other: the first listens, the others call it."""

import contextlib
import json
import socket
import time
from typing import Any

from keraslm.errors import TrainingError, UsageError
from keraslm.processes import messages
from keraslm.processes.messages import JOIN, REFUSED, WELCOME
from keraslm.processes.place import Processes

AGAIN = 0.2  # seconds between two calls
GREETING = 10.0  # seconds in which a caller must say who it is, within the wait

Connections = dict[int, socket.socket]


def gather(p: Processes, options: dict[str, Any]) -> Connections:
    """Wait until all the other processes have called.

    Raises: UsageError if one has other options, a number that is taken, or the port is
        not free; TrainingError if they do not come in time.
    """
    found: Connections = {}
    try:
        with _listening(p) as listener:
            end = time.monotonic() + p.wait
            while len(found) < p.count - 1:
                listener.settimeout(max(end - time.monotonic(), 0.001))
                try:
                    caller, _ = listener.accept()
                except TimeoutError as error:
                    raise TrainingError(_who_is_missing(p, found)) from error
                _greet(p, caller, found, options, end)
        for connection in found.values():
            with contextlib.suppress(OSError):  # one that is gone is heard of later
                messages.send(connection, WELCOME)
    except BaseException as error:
        line = str(error) or "process 0 was interrupted"
        for connection in found.values():
            _refuse(connection, line)
        raise
    return found


def _listening(p: Processes) -> socket.socket:
    try:
        both = not p.own_host and socket.has_dualstack_ipv6()
        family = socket.AF_INET6 if both or ":" in p.host else socket.AF_INET
        place = (p.own_host, p.port)
        listener = socket.create_server(
            place, family=family, backlog=p.count, dualstack_ipv6=both
        )
    except OSError as error:
        raise UsageError(
            f"cannot listen on port {p.port} ({error.strerror or error}); give "
            "`coordinator` another port"
        ) from error
    return listener


def _who_is_missing(p: Processes, found: Connections) -> str:
    missing = ", ".join(str(k) for k in range(1, p.count) if k not in found)
    return (
        f"process {missing} has not come to {p.host}:{p.port} within {p.wait:.0f} "
        "seconds; start all of them, with the same `coordinator` and `processes`"
    )


def _greet(
    p: Processes,
    caller: socket.socket,
    found: Connections,
    options: dict[str, Any],
    end: float,
) -> None:
    """Take in one who calls; whatever else calls there is left aside."""
    seconds = min(GREETING, end - time.monotonic())
    said = messages.receive(caller, messages.LARGEST_GREETING, seconds)
    try:
        if said is None or said.kind != JOIN:
            raise ValueError("no process of keraslm")
        told = json.loads(said.body)
        number, count = int(told["process"]), int(told["processes"])
        theirs = dict(told["options"])
    except (KeyError, TypeError, ValueError, OverflowError):
        caller.close()
        return
    if number in found and _has_ended(found[number]):  # it was started once more
        found.pop(number).close()
    line = _what_is_wrong(p, number, count, found, theirs, options)
    if line is not None:
        _refuse(caller, line)
        raise UsageError(line)
    caller.settimeout(None)
    messages.prepare(caller)
    found[number] = caller


def _has_ended(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        connection.setblocking(True)


def _what_is_wrong(
    p: Processes,
    number: int,
    count: int,
    found: Connections,
    theirs: dict[str, Any],
    mine: dict[str, Any],
) -> str | None:
    if count != p.count:
        return f"process {number} counts {count} `processes`, process 0 {p.count}"
    if number in found or not 0 < number < count:
        return f"two processes are process {number}; give each a `process` of its own"
    return difference(number, theirs, mine)


def difference(number: int, theirs: dict[str, Any], mine: dict[str, Any]) -> str | None:
    """Say what two processes do not have in common, if there is something."""
    for name in {**mine, **theirs}:
        if theirs.get(name) != mine.get(name):
            return (
                f"process {number} has {name} {theirs.get(name)!r}, process 0 "
                f"{mine.get(name)!r}: all processes need the same options, texts and "
                "versions"
            )
    return None


def _refuse(connection: socket.socket, line: str) -> None:
    with connection, contextlib.suppress(OSError):
        messages.send(connection, REFUSED, line.encode())


def call(p: Processes, options: dict[str, Any]) -> socket.socket:
    """Call the first process, again and again until it listens, and wait for the rest.

    Raises: TrainingError if it does not answer in time; UsageError if it refuses.
    """
    end, why = time.monotonic() + p.wait, "nobody listens there"
    told = {"process": p.index, "processes": p.count, "options": options}
    while time.monotonic() < end:
        try:
            left = max(end - time.monotonic(), 0.1)
            connection = socket.create_connection((p.host, p.port), timeout=left)
            messages.prepare(connection)
            messages.send(connection, JOIN, json.dumps(told).encode())
        except UnicodeError as error:
            raise UsageError(f"{p.host!r} is no name of a machine ({error})") from error
        except OSError as error:
            why = error.strerror or str(error)
            time.sleep(AGAIN)
            continue
        _wait_for_the_others(p, connection, end)
        return connection
    raise TrainingError(
        f"process {p.index} has not reached process 0 at {p.host}:{p.port} within "
        f"{p.wait:.0f} seconds ({why}); is it started, and is the port open?"
    )


def _wait_for_the_others(p: Processes, connection: socket.socket, end: float) -> None:
    """Wait until the first process says that all have come.

    Raises: TrainingError if it does not in time; UsageError if it refuses.
    """
    seconds = end - time.monotonic()
    said = messages.receive(connection, messages.LARGEST_GREETING, seconds)
    if said is not None and said.kind == WELCOME:
        connection.settimeout(None)
        return
    connection.close()
    if said is not None:
        raise UsageError(said.body.decode(errors="replace"))
    in_time = f" within {p.wait:.0f} seconds" if time.monotonic() >= end else ""
    raise TrainingError(
        f"process {p.index} has called {p.host}:{p.port} and had no answer of process "
        f"0{in_time}; have all processes come, or does another program listen there?"
    )
