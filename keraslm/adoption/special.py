"""Tokens that a program puts beside a text, and that no text is made of."""

import re

UNKNOWN = ("unk", "unknown", "oov")
PADDING = ("pad", "padding")
OTHERS = ("mask", "cls", "sep", "bos", "eos", "sos", "s", "start", "end", "go", "eot")
_NAMES = "|".join((*UNKNOWN, *PADDING, *OTHERS, "endoftext", r"unused\d+"))
_BRACKETS = r"(?:\[{0}\]|</?{0}>|<\|{0}\|>)"
_SPECIAL = re.compile(_BRACKETS.format(f"(?:{_NAMES})"), re.IGNORECASE)
_PADDING = re.compile(_BRACKETS.format(f"(?:{'|'.join(PADDING)})"), re.IGNORECASE)


def is_special(token: str) -> bool:
    """Say whether a token is a bracketed name such as [PAD], <s> or <|endoftext|>."""
    return _SPECIAL.fullmatch(token) is not None


def is_padding(token: str) -> bool:
    """Say whether a token's name is that of padding."""
    return _PADDING.fullmatch(token) is not None
