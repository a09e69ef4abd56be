"""Telling text from pictures, archives and programs by the first bytes."""

import codecs

from keraslm.errors import CorpusError, UsageError

MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF87a": "a GIF picture",
    b"GIF89a": "a GIF picture",
    b"%PDF-": "a PDF document",
    b"PK\x03\x04": "a zip archive (.zip, .docx, .keras)",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x1f\x8b": "a gzip file inside a gzip file",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstandard archive",
    b"\x7fELF": "a program",
    b"\x89HDF": "an HDF5 file (.h5)",
    b"\x93NUMPY": "a NumPy array",
    b"SQLite format 3": "an SQLite database",
}
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def checked_encoding(encoding: str) -> str:
    """Python's own name of a character encoding.

    Raises: UsageError if there is no such encoding.
    """
    try:
        found = codecs.lookup(encoding)
        "a".encode(encoding)  # refuses codecs that are not of text, such as "hex"
        codecs.getincrementaldecoder(encoding)()
    except (LookupError, ValueError, TypeError) as error:
        raise UsageError(
            "`encoding` must be the name of a character encoding such as utf-8, "
            f"latin-1, utf-16 or gb18030; received {encoding!r}"
        ) from error
    return found.name


def check_kind(name: str, head: bytes, encoding: str) -> None:
    """Refuse a file whose first bytes are not text.

    Raises: CorpusError that says what the file is.
    """
    if found := what_no_text(head, encoding):
        what, way_out = found
        raise CorpusError(f"{name} is {what}; {way_out}")


def what_no_text(head: bytes, encoding: str) -> tuple[str, str] | None:
    """Say what a file is whose first bytes are not text, and what helps; else None."""
    wide = encoding.startswith(("utf-16", "utf-32"))
    if not wide and (found := _wide_encoding(head, encoding)):
        what = f"{found.upper()} text (it starts with that byte order mark)"
        return f"{what} and cannot be read as {encoding}", f"give `encoding={found!r}`"
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return f"{kind}, not text", "give a text file"
    if not wide and (offset := head.find(b"\0")) >= 0:
        return binary(f"a NUL byte at offset {offset}")
    return None


def binary(why: str) -> tuple[str, str]:
    """Say that a file is binary, and what helps."""
    way_out = "give a text file, or `encoding='utf-16'` if it is UTF-16 text"
    return f"a binary file ({why}), not text", way_out


def _wide_encoding(head: bytes, encoding: str) -> str | None:
    if encoding != "utf-8" and b"\0" not in head:
        return None  # latin-1 text may well start with the characters of the mark
    marks = BYTE_ORDER_MARKS.items()
    return next((wide for mark, wide in marks if head.startswith(mark)), None)
