"""The library's messages in the words of the command line.

The library writes arguments as Python does, between backquotes: `learning_rate`,
`level='char'`, `overwrite=True`. Here they become --learning-rate, --level char and
--overwrite.
"""

import re

_ARGUMENT = re.compile(r"`([a-z][a-z0-9_]*)(?:=([^`]*))?`")


def in_flags(message: str) -> str:
    """Write each argument of a message as the flag of that name."""
    return _ARGUMENT.sub(_flag, message)


def _flag(found: re.Match[str]) -> str:
    name, value = found[1].replace("_", "-"), found[2]
    if value == "False":
        return f"--no-{name}"
    if value in (None, "True"):
        return f"--{name}"
    return f"--{name} {value.strip(chr(39))}"
