"""What all processes of a training know alike: the first computes it and tells.

    value = group.shared(compute)

runs `compute` in the first process alone, and every process has its value. All must
ask for the same things in the same order. A process that ends, however it ends, ends
the others: they raise `ProcessGone`, or, where they are stuck in a computation that
waits for it, are ended after some seconds with the same line.
"""

import contextlib
import json
import pathlib
import queue
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any

from keraslm.errors import KeraslmError, ProcessGone, UsageError
from keraslm.processes import messages
from keraslm.processes.alone import Alone
from keraslm.processes.joining import difference
from keraslm.processes.leaving import Leaving
from keraslm.processes.messages import (
    DATA,
    END,
    FAILED,
    REFUSED,
    SIGNAL,
    VALUE,
    Message,
)

SOON = 5.0  # seconds, in which the end of a process is heard of after its silence


class Ended(Exception):
    """The first process has come to its end, and so have the others."""


class _Member(Alone):
    """One of several processes, with connections to others, by their numbers."""

    def __init__(
        self, index: int, count: int, connections: dict[int, socket.socket]
    ) -> None:
        self.index, self.count, self.first = index, count, index == 0
        self._connections = connections
        self._heard: dict[int, queue.SimpleQueue[Message | None]] = {
            number: queue.SimpleQueue() for number in connections
        }
        self._lost: ProcessGone | UsageError | None = None
        self._over = False
        self._has_lost = threading.Event()
        self._leaving = Leaving()
        self._sending = threading.Lock()
        for number in connections:
            threading.Thread(target=self._listen, args=(number,), daemon=True).start()

    def _listen(self, number: int) -> None:
        connection = self._connections[number]
        while not self._over:
            message = messages.receive(connection)
            if message is None or message.kind in (FAILED, REFUSED):
                self._gone(number, message)
                return
            if message.kind == SIGNAL:
                self.signal = int(message.body)
                continue
            self._over |= message.kind == END
            self._heard[number].put(message)

    def _gone(self, number: int, message: Message | None) -> None:
        """Note that a process is gone, and end this one soon."""
        if self._over:
            return
        self._over = True
        line = f"process {number} of {self.count} has gone"
        if message is not None:
            said = message.body.decode(errors="replace")
            line = said if not self.first else f"process {number} ended: {said}"
        is_refusal = message is not None and message.kind == REFUSED
        self._tell(FAILED, line.encode())
        self._lost = UsageError(line) if is_refusal else ProcessGone(line)
        self._has_lost.set()
        self._leaving.begin(lambda: str(self._last_words()))
        for heard in self._heard.values():
            heard.put(None)

    def _tell(self, kind: bytes, body: bytes = b"") -> None:
        for connection in self._connections.values():
            # one that is gone is heard of by its silence
            with self._sending, contextlib.suppress(OSError):
                messages.send(connection, kind, body)

    def _hear(self, number: int) -> bytes:
        """Give what another process says next.

        Raises: ProcessGone, UsageError, Ended
        """
        message = self._heard[number].get()
        if message is not None and message.kind == END:
            raise Ended
        if message is None:
            raise self._end_of_others()
        return message.body

    def _end_of_others(self) -> KeraslmError:
        self._leaving.said()
        return self._last_words()

    def _last_words(self) -> KeraslmError:
        """Say which process has gone, and what to do with what there is by now."""
        lost = self._lost or ProcessGone("the other processes have gone")
        if isinstance(lost, UsageError) or self.advice is None:
            return lost
        with contextlib.suppress(KeraslmError, OSError):
            return ProcessGone(f"{lost}; {self.advice()}")
        return lost

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Compute with the others; where one of them goes, say so in one line.

        Raises: ProcessGone
        """
        try:
            yield
        except (KeraslmError, Ended):
            raise
        except Exception as error:
            if self._has_lost.wait(SOON):
                raise self._end_of_others() from error
            raise

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run as one of the processes; the end of the block ends them all."""
        try:
            yield
        except Ended:
            pass
        except BaseException as error:
            if not self._over:
                self._over = True
                kind = REFUSED if isinstance(error, UsageError) else FAILED
                said = str(error) or type(error).__name__
                self._tell(kind, said.splitlines()[0].encode())
            self._leaving.at_exit(getattr(error, "exit_code", 1))
            raise
        else:
            self.end()
        finally:
            for connection in self._connections.values():
                with connection, contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)  # which wakes who listens

    def end(self) -> None:
        """End the work with the others; what follows, each does for itself."""
        if not self._over:
            self._over = True
            self._tell(END)


class First(_Member):
    """The process that computes what all know, and writes."""

    def __init__(self, count: int, connections: dict[int, socket.socket]) -> None:
        super().__init__(0, count, connections)

    def shared(self, compute: Callable[[], Any]) -> Any:
        """Compute a value and tell the others."""
        value = compute()
        self._share(json.dumps(value).encode())
        return value

    def _share(self, body: bytes) -> None:
        if self._lost is not None:
            raise self._end_of_others()
        self._tell(VALUE, body)

    @contextlib.contextmanager
    def shared_file(self, path: pathlib.Path) -> Iterator[pathlib.Path | None]:
        """Give a file to the others too."""
        there = path.exists()
        self._share(path.read_bytes() if there else b"")
        yield path if there else None

    def agree(self, mine: Callable[[], dict[str, Any]]) -> None:
        """Compare with what the others have; one that differs ends all.

        Raises: UsageError
        """
        own = mine()
        for number in sorted(self._connections):
            theirs = json.loads(self._hear(number))
            line = difference(number, theirs, own)
            if line is not None:
                raise UsageError(line)
        self._share(b"")


class Other(_Member):
    """A process that computes with the first, and writes nothing."""

    def __init__(self, index: int, count: int, connection: socket.socket) -> None:
        super().__init__(index, count, {0: connection})

    def shared(self, compute: Callable[[], Any]) -> Any:
        """Give what the first process has computed."""
        return json.loads(self._hear(0))

    @contextlib.contextmanager
    def shared_file(self, path: pathlib.Path) -> Iterator[pathlib.Path | None]:
        """Give a copy of a file of the first process."""
        data = self._hear(0)
        if not data:
            yield None
            return
        with tempfile.TemporaryDirectory(prefix="keraslm-") as folder:
            copy = pathlib.Path(folder) / path.name
            copy.write_bytes(data)
            yield copy

    def agree(self, mine: Callable[[], dict[str, Any]]) -> None:
        """Tell the first process what this one has.

        Raises: UsageError if it has something else.
        """
        self._tell(DATA, json.dumps(mine()).encode())
        self._hear(0)

    def tell_signal(self, number: int) -> None:
        """Tell the first process of a signal that was heard here."""
        self._tell(SIGNAL, str(number).encode())

    def wait_for_end(self) -> None:
        """Wait until the first process says that the work is done."""
        with contextlib.suppress(Ended):
            self._hear(0)
