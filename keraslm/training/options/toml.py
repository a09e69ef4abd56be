"""Options in a TOML file, such as the config.toml of a run."""

import os
import tomllib
from typing import Any

from keraslm.errors import UsageError
from keraslm.files.writing import read_small
from keraslm.suggestions import nearest_option
from keraslm.training.options.configuration import OPTIONS

OTHER_TASKS = ("tag", "classify", "seq2seq")
MASKED = "masked"
LARGEST = 1 << 20  # bytes of a file of options


def read_table(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read what a TOML file of options holds.

    Raises: UsageError if it is none.
    """
    data = read_small(path, LARGEST, "file of options")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # also a number of too many digits
        raise UsageError(f"{path} is not a TOML file: {error}") from error


def task_of(path: str | os.PathLike[str]) -> str | None:
    """Give the task of a run by its options; None for a causal language model.

    Raises: UsageError as `read_table`.
    """
    options = read_table(path)
    task = options.get("task", options.get("objective"))
    return task if task in (*OTHER_TASKS, MASKED) else None


def read_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read options from a TOML file; the names are the flags', with - or _.

    Raises: UsageError if it is no TOML file, or names an option that does not exist.
    """
    options = read_table(path)
    if options.get("task") in OTHER_TASKS:
        task = options["task"]
        raise UsageError(
            f"{path} is of no language model; in keraslm train, add `task='{task}'`"
        )
    if options.get("objective") == MASKED:
        raise UsageError(
            f"{path} is of a masked language model; in keraslm train, add "
            "`objective='masked'`"
        )
    known: dict[str, Any] = {}
    for name, value in options.items():
        if _known(path, name) in known:
            raise UsageError(f"{path} gives {name} twice, with - and with _")
        known[_known(path, name)] = value
    return known


def _known(path: str | os.PathLike[str], name: str) -> str:
    plain = name.replace("-", "_")
    if plain not in OPTIONS:
        near = nearest_option(name, OPTIONS)
        way_out = f"did you mean {near}?" if near else f"known are {', '.join(OPTIONS)}"
        raise UsageError(f"{path} names an unknown option {name!r}; {way_out}")
    return plain


def to_toml(options: dict[str, Any]) -> str:
    """Write options as TOML, one a line."""
    return "".join(f"{name} = {_toml(value)}\n" for name, value in options.items())


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(_escaped(c) for c in escaped) + '"'
    return repr(value)


def _escaped(character: str) -> str:
    is_control = ord(character) < 32 or ord(character) == 127
    return f"\\u{ord(character):04X}" if is_control else character
