"""A real server on loopback that can be told to misbehave."""

import contextlib
import dataclasses
import hashlib
import http.server
import threading
from collections.abc import Iterator

import pytest

from keraslm_datasets.cards import RemoteFile


@dataclasses.dataclass
class Site:
    """What the server gives: one body at every address, and how it goes wrong."""

    body: bytes
    url: str = ""
    etag: str = '"one"'
    ranges: bool = True
    statuses: list[int] = dataclasses.field(default_factory=list)
    cuts: list[int] = dataclasses.field(default_factory=list)
    requests: list[dict[str, str]] = dataclasses.field(default_factory=list)

    @property
    def sha256(self) -> str:
        """The checksum of the body."""
        return hashlib.sha256(self.body).hexdigest()

    def file(self, **changes: object) -> RemoteFile:
        """The description of the body, as a card has it."""
        file = RemoteFile("corpus.txt", (f"{self.url}/corpus.txt",), self.sha256)
        return dataclasses.replace(file, **changes)


class _Handler(http.server.BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        site = self.site
        site.requests.append(dict(self.headers))
        if self.headers["User-Agent"].startswith("Python-urllib"):
            self._refuse(403)
        elif site.statuses:
            self._refuse(site.statuses.pop(0))
        elif (start := self._start()) > len(site.body):
            self._refuse(416)
        else:
            self._give(site, start)

    def _give(self, site: Site, start: int) -> None:
        self.send_response(206 if start else 200)
        self.send_header("ETag", site.etag)
        self.send_header("Content-Length", str(len(site.body) - start))
        if start:
            size = len(site.body)
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.end_headers()
        stop = site.cuts.pop(0) if site.cuts else len(site.body)
        self.wfile.write(site.body[start:stop])

    def _start(self) -> int:
        asked = self.headers.get("Range")
        same = self.headers.get("If-Range") == self.site.etag
        if not (asked and same and self.site.ranges):
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serve(body: bytes) -> Iterator[Site]:
    """Serve `body` on a free port of loopback."""
    site = Site(body)
    handler = type("Handler", (_Handler,), {"site": site})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve half a megabyte."""
    monkeypatch.setenv("no_proxy", "*")
    with serve(bytes(range(256)) * 2000) as site:
        yield site
