"""Bytes become characters: encodings, byte order marks, line ends, bad bytes."""

import codecs
import io
from collections.abc import Iterable, Iterator

from keraslm.errors import CorpusError
from keraslm.text.kinds import binary

BYTE_ORDER_MARK = "\ufeff"


def decoded(
    chunks: Iterable[bytes], encoding: str, name: str, start: int = 0
) -> Iterator[str]:
    """Decode a stream; "\\r\\n" and "\\r" become "\\n", a leading mark is dropped.

    The result does not depend on where the chunks were cut. `start` is the offset of
    the first byte in its file, where a line begins; only 0 may hold a mark.

    Raises: CorpusError at the first byte that the encoding does not allow, with its
        offset in the (unpacked) file; CorpusError at a NUL, which no text holds.
    """
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    started = start > 0
    for text in _characters(chunks, encoding, name, start):
        if not started and text:
            text, started = text.removeprefix(BYTE_ORDER_MARK), True
        if "\0" in text:
            raise CorpusError(_binary(name, "it holds the character NUL"))
        if text := newlines.decode(text):
            yield text
    if text := newlines.decode("", final=True):
        yield text


def one_newline(text: str) -> str:
    """The text with every "\\r\\n" and "\\r" as "\\n"."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _characters(
    chunks: Iterable[bytes], encoding: str, name: str, start: int
) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    read = start
    try:
        for chunk in chunks:
            read += len(chunk)
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise CorpusError(_bad_byte(error, read, encoding, name)) from error
    except UnicodeError as error:  # such as UTF-16 without its byte order mark
        raise CorpusError(f"{name} is not {encoding} text: {error}") from error


def _binary(name: str, why: str) -> str:
    what, way_out = binary(why)
    return f"{name} is {what}; {way_out}"


def _bad_byte(error: UnicodeDecodeError, read: int, encoding: str, name: str) -> str:
    if b"\0" in error.object and not encoding.startswith(("utf-16", "utf-32")):
        return _binary(name, "it holds NUL bytes")
    # the decoder saw the last bytes read, after those it had kept from before
    offset = read - len(error.object) + error.start
    return (
        f"{name} is not {encoding} text: byte 0x{error.object[error.start]:02x} at "
        f"offset {offset} ({error.reason}); name its encoding, "
        f"for example `encoding={likely_encoding(error.object)!r}`"
    )


def likely_encoding(data: bytes) -> str:
    """Guess the encoding of text that is not UTF-8, for advice.

    Western text is mostly ASCII. In it the bytes 80 to 9f are quotes, dashes and
    letters of Windows, or of DOS, and nothing that is written in latin-1.
    """
    high = sum(byte >= 0x80 for byte in data)
    letters = sum(chr(byte).isalpha() for byte in data if byte < 0x80)
    if high > letters and _decodes(data, "gb18030"):
        return "gb18030"
    if not any(0x80 <= byte < 0xA0 for byte in data):
        return "latin-1"
    return "cp1252" if _decodes(data, "cp1252") else "cp850"


def _decodes(data: bytes, encoding: str) -> bool:
    """Say whether an encoding allows these bytes, of which the last may be cut."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return False
    return True
