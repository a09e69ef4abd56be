"""Serving the lab: a socket on this machine, and connections that may not linger."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from keraslm.errors import UsageError
from keraslm.lab.guard import SLOWEST


class Protocol(H11Protocol):
    """HTTP whose half-open requests are closed after ten seconds."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes; a whole request ends the waiting, part of one begins it."""
        super().data_received(data)
        if self._is_answering():
            self._stop()
        elif self._deadline is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the waiting with the connection."""
        self._stop()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(SLOWEST, self._end)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end(self) -> None:
        self._deadline = None
        if not self._is_answering():
            self.transport.close()


class Server(uvicorn.Server):
    """A server whose end cuts off the texts that are being written."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the connections, then end as ever."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """Open the socket; port 0 takes a free one.

    Raises: UsageError if the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With TCP named, asyncio sends small pieces at once, not after Nagle's 40 ms.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen()  # so that no other lab takes it while the models are read
    except (OSError, OverflowError) as error:
        found.close()
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"cannot listen on {host}, port {port}: {reason}; give another `port`"
        ) from error
    return found


def serve(app: Any, opened: socket.socket, ready: Callable[[], None]) -> None:
    """Answer until Ctrl-C; `ready` is called when requests are answered."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        loop="asyncio",
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=1,
        limit_concurrency=400,
    )
    server = Server(config)

    async def run() -> None:
        serving = asyncio.ensure_future(server.serve(sockets=[opened]))
        while not server.started and not serving.done():
            await asyncio.sleep(0.005)
        ready()
        await serving

    with contextlib.suppress(KeyboardInterrupt):  # how the lab is ended
        asyncio.run(run())
