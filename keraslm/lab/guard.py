"""Who may ask the lab, and how much: checks that stand before every answer.

A page of another site, or a name that was made to point here, gets no answer: the Host
is one of ours, and a POST comes from our own page. A connection has limits in size and
time. With a password, every request has it.
"""

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.responses import PlainTextResponse

from keraslm.lab.hosts import reached
from keraslm.lab.requests import BODY

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SLOWEST = 10.0  # seconds, in which a request must have come
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """The app, behind the checks."""

    def __init__(self, app: Any, hosts: frozenset[str], password: str | None) -> None:
        self.app, self.hosts = app, hosts
        self._wanted = b""
        if password is not None:
            self._wanted = base64.b64encode(f"lab:{password}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse with one line."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send, given = _with_headers(send), scope["headers"]
        headers: dict[str, str] = {}
        for name, value in ((k.decode(), v.decode("latin-1")) for k, v in given):
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        refused = self._refused(scope, headers)
        if refused is None and scope["method"] == "POST":
            receive, refused = await _whole_body(receive)
        await (refused or self.app)(scope, receive, send)

    def _refused(self, scope: Scope, headers: dict[str, str]) -> Any:
        """Give the answer to a request that may not pass, or None."""
        host, method = headers.get("host", "").lower(), scope["method"]
        if host not in self.hosts | reached(scope):
            return _line(421, "this is not the host that the lab was started for")
        if self._wanted and not self._knows(headers):
            asks = {"www-authenticate": 'Basic realm="keraslm lab", charset="UTF-8"'}
            return PlainTextResponse("the lab has a password\n", 401, asks)
        if method not in ("GET", "HEAD", "POST"):
            return _line(405, "GET and POST are answered")
        if method != "POST":
            return None
        site = headers.get("sec-fetch-site", "same-origin")
        if headers.get("origin") not in _origins(host) or site != "same-origin":
            return _line(403, "only the lab's own page may ask")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return _line(415, "a request is JSON")
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > BODY:
            return _line(413, f"a request has at most {BODY:,} bytes")
        return None

    def _knows(self, headers: dict[str, str]) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        is_equal = hmac.compare_digest(given.strip().encode(), self._wanted)
        return scheme.lower() == "basic" and is_equal


def _origins(host: str) -> tuple[str, str]:
    return f"http://{host}", f"https://{host}"  # https, where a proxy stands before it


def _line(
    status: int, text: str, headers: dict[str, str] | None = None
) -> PlainTextResponse:
    return PlainTextResponse(f"{text}\n", status, headers)


async def _whole_body(receive: Receive) -> tuple[Receive, Any]:
    """Read a body of the size and in the time allowed; give it back as one message."""
    body = b""
    try:
        async with asyncio.timeout(SLOWEST):
            while True:
                message = await receive()
                body += message.get("body", b"")
                if len(body) > BODY:
                    return receive, _line(413, f"a request has at most {BODY:,} bytes")
                if message["type"] != "http.request" or not message.get("more_body"):
                    break
    except TimeoutError:
        return receive, _line(408, "the request took too long", {"connection": "close"})
    given = False

    async def again() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again, None


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                *message.get("headers", []),
                *((k.encode(), v.encode()) for k, v in HEADERS.items()),
            ]
        await send(message)

    return sending
