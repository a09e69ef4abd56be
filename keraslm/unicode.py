"""Text that can be written: half of a surrogate pair is no Unicode character.

It comes from JSON, from Python, and from names of files that are not UTF-8.
"""

NOT_UNICODE = "no Unicode text: it holds half of a surrogate pair"


def is_unicode(text: str) -> bool:
    """Say whether a text can be written."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(name: str) -> str:
    """Give the name of a file as Unicode text, "\ufffd" for bytes that are none."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
