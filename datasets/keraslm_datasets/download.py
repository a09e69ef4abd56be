"""One file from one of its mirrors: streamed, resumed, checked, moved into place.

References: RFC 9110, sections 13.1.5 (If-Range) and 14 (range requests).
"""

import email.message
import http.client
import pathlib
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

from keraslm.errors import DownloadError
from keraslm_datasets.cards import RemoteFile
from keraslm_datasets.partial import PartFile, open_part

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are here and the bytes there will be, if that is known."""

USER_AGENT = "keraslm/0.1 (dataset download)"  # some hosts refuse Python's own
TIMEOUT_SECONDS = 30.0
LARGEST = 16 * 1024**3  # bytes, of a file whose size is not published
RETRY_WAITS = (1.0, 2.0, 4.0)
TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_BLOCK = 1 << 16


class _FaultError(Exception):
    """What is wrong with one try at one mirror, and whether another try may help."""

    def __init__(self, message: str, transient: bool) -> None:
        super().__init__(message)
        self.transient = transient


def download(
    file: RemoteFile,
    path: pathlib.Path,
    progress: Progress | None = None,
    retry_waits: Sequence[float] = RETRY_WAITS,
) -> None:
    """Put the file at `path`, whole and checked, or leave `path` as it was.

    The mirrors are tried in order; at each, faults that pass (a cut connection, a
    time-out, a status such as 503) are tried again after each of `retry_waits`
    seconds, going on where the connection was cut. What came of an unfinished file is
    kept beside it as `NAME.part` for the next call.

    Raises: DownloadError if no mirror gives the file, if its checksum is not the
        published one, or if the folder cannot be written to.
    """
    faults = []
    with open_part(path) as part:
        for url in file.urls:
            try:
                _from_mirror(url, file, part, progress, retry_waits)
            except _FaultError as fault:
                faults.append(str(fault))
                continue
            part.move_to(path)
            return
    raise DownloadError(
        f"cannot download {file.name}: {'; '.join(faults)}; it may be put by hand at "
        f"{path}, where the same command then checks and uses it"
    )


def _from_mirror(
    url: str,
    file: RemoteFile,
    part: PartFile,
    progress: Progress | None,
    retry_waits: Sequence[float],
) -> None:
    for wait in (*retry_waits, None):
        try:
            _try_once(url, file, part, progress)
            return
        except _FaultError as fault:
            if wait is None or not fault.transient:
                raise
            time.sleep(wait)


def _try_once(
    url: str, file: RemoteFile, part: PartFile, progress: Progress | None
) -> None:
    request = _request(url, part)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            resumed = _begin(url, response, part)
            _receive(url, response, part, _limit(file), progress)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416:  # the part is longer than the file is now
                part.discard()
            transient = error.code in TRANSIENT_STATUSES or error.code == 416
            message = f"{url} answered {error.code} {error.reason}"
            raise _FaultError(message, transient) from error
    except (OSError, http.client.HTTPException) as error:
        part.flush()
        raise _FaultError(f"{url}: {_reason(error)}", _is_transient(error)) from error
    _compare(url, file, part, resumed)


def _request(url: str, part: PartFile) -> urllib.request.Request:
    if not url.startswith(("https://", "http://")):
        raise _FaultError(f"{url} is not an http address", transient=False)
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    validator = part.validator(url)
    if part.size and validator:
        headers |= {"Range": f"bytes={part.size}-", "If-Range": validator}
    return urllib.request.Request(url, headers=headers)


def _begin(url: str, response: Any, part: PartFile) -> bool:
    """Make the part ready for the body; return whether bytes from before were kept."""
    resumed: bool = response.status == 206
    if resumed and not _continues(response.headers, part.size):
        part.discard()
        raise _FaultError(
            f"{url} sent another range than was asked for", transient=True
        )
    part.begin(url, _validator(response.headers), keep=resumed)
    return resumed


def _continues(headers: email.message.Message, size: int) -> bool:
    return headers.get("Content-Range", "").startswith(f"bytes {size}-")


def _validator(headers: email.message.Message) -> str:
    """Return what If-Range may be asked with: a strong ETag, else Last-Modified."""
    etag = headers.get("ETag", "")
    return etag if etag.startswith('"') else headers.get("Last-Modified", "")


def _limit(file: RemoteFile) -> int:
    """Give how many bytes may come: those of the published file, if it is published."""
    is_known = file.bytes is not None and any(file.published)
    return file.bytes if is_known and file.bytes else LARGEST


def _receive(
    url: str, response: Any, part: PartFile, limit: int, progress: Progress | None
) -> None:
    length = response.headers.get("Content-Length")
    total = part.size + int(length) if length and length.isdigit() else None
    done = part.size
    while block := response.read(_BLOCK):
        done += len(block)
        if max(done, total or 0) > limit:
            part.discard()
            message = f"{url} sends more than the {limit:,} bytes that the file has"
            raise _FaultError(message, transient=False)
        part.write(block)
        if progress is not None:
            progress(done, total)
    part.flush()
    if total is not None and done != total:
        message = f"{url}: the connection was cut after {done} of {total} bytes"
        raise _FaultError(message, transient=True)


def _compare(url: str, file: RemoteFile, part: PartFile, resumed: bool) -> None:
    kind, expected = file.published
    if not kind or part.digest(kind) == expected:
        return
    received = part.digest(kind)
    part.discard()
    raise _FaultError(
        f"{url}: the {kind} must be {expected}; received {received}, "
        f"and the file was removed",
        transient=resumed,  # the bytes from before may have been the wrong ones
    )


def _is_transient(error: Exception) -> bool:
    if isinstance(error, urllib.error.URLError):
        reason = error.reason
        return isinstance(reason, Exception) and _is_transient(reason)
    if isinstance(error, ConnectionRefusedError):
        return False
    kinds = (TimeoutError, ConnectionError, http.client.HTTPException)
    return isinstance(error, kinds)


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS:g} seconds"
    return getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
