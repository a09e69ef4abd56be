"""Messages between processes: a kind, a length, and so many bytes. Nothing is pickled.

A connection says by itself that the other machine is gone: the system asks it every few
seconds, and ends the connection where no answer comes.
"""

import socket
import struct
import time
from typing import NamedTuple

HEAD = struct.Struct(">4scQ")
MAGIC = b"klm1"
LARGEST_GREETING = 1 << 20  # bytes, of one who is not known yet
IDLE, BETWEEN, TRIES = 10, 5, 6  # seconds, until a silent machine counts as gone

JOIN, DATA, SIGNAL = b"J", b"D", b"S"  # of the others
WELCOME, VALUE, END = b"W", b"V", b"E"  # of the first
FAILED, REFUSED = b"F", b"R"  # of any that ends


class Message(NamedTuple):
    """What was received."""

    kind: bytes
    body: bytes


def prepare(connection: socket.socket) -> None:
    """Let small messages leave at once, and a machine that is gone be noticed."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", IDLE),
        ("TCP_KEEPINTVL", BETWEEN),
        ("TCP_KEEPCNT", TRIES),
        ("TCP_USER_TIMEOUT", 1000 * (IDLE + BETWEEN * TRIES)),
    ):
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def send(connection: socket.socket, kind: bytes, body: bytes = b"") -> None:
    """Send a message whole."""
    connection.sendall(HEAD.pack(MAGIC, kind, len(body)) + body)


def receive(
    connection: socket.socket, most: int | None = None, seconds: float | None = None
) -> Message | None:
    """Receive a message; None where the connection has ended, or speaks otherwise.

    With `seconds` it must be there, whole, within that time.
    """
    end = None if seconds is None else time.monotonic() + seconds
    head = _exactly(connection, HEAD.size, end)
    if head is None:
        return None
    magic, kind, length = HEAD.unpack(head)
    if magic != MAGIC or (most is not None and length > most):
        return None
    body = _exactly(connection, length, end)
    return None if body is None else Message(kind, body)


def _exactly(connection: socket.socket, length: int, end: float | None) -> bytes | None:
    found = bytearray()
    while len(found) < length:
        try:
            if end is not None:
                connection.settimeout(max(end - time.monotonic(), 0.001))
            some = connection.recv(min(length - len(found), 1 << 20))
        except OSError:
            return None
        if not some:
            return None
        found += some
    return bytes(found)
