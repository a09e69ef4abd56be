"""The vocabulary file of a foreign model: its tokens in the order of their ids."""

import collections
import dataclasses
import json
import os
import pathlib
from typing import Any

from keraslm.errors import UsageError
from keraslm.files.writing import read_small
from keraslm.files.zip_archive import is_too_much
from keraslm.unicode import NOT_UNICODE, is_unicode

LARGEST = 64 * 2**20  # bytes
ESCAPES = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "\\\\": "\\"}


@dataclasses.dataclass(frozen=True)
class TokenFile:
    """Tokens by id, and what the file itself says of them."""

    tokens: tuple[str, ...]
    tokenizer: str | None = None


def read_tokens(path: str | os.PathLike[str]) -> TokenFile:
    """Read a JSON list, a JSON object token -> id, a keraslm export, or lines of text.

    In a text file each line is a token; a line `\\n`, `\\t`, `\\r` or `\\\\` is that
    one character.
    Raises: UsageError if there is no such file or it is none of these.
    """
    text = _text(pathlib.Path(path))
    if pathlib.Path(path).suffix == ".json" or text.lstrip()[:1] in ("[", "{"):
        try:
            value = _parsed(text)
        except (ValueError, RecursionError) as error:
            if pathlib.Path(path).suffix == ".json":
                raise UsageError(f"{path} is not JSON ({error})") from error
        else:
            return _from_json(value, path)
    lines = text.rstrip("\n").split("\n")  # an empty last line is no token
    return _checked([ESCAPES.get(line, line) for line in lines], path)


def _parsed(text: str) -> Any:
    if is_too_much(text.encode()):
        raise ValueError("it has more values than a vocabulary")
    return json.loads(text)


def _text(path: pathlib.Path) -> str:
    data = read_small(path, LARGEST, "vocabulary")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text ({error.reason})") from error
    return text.replace("\r\n", "\n")


def _from_json(value: Any, path: str | os.PathLike[str]) -> TokenFile:
    if isinstance(value, dict) and isinstance(value.get("tokens"), list):
        found = _checked(value["tokens"], path)
        tokenizer = value.get("tokenizer")
        return dataclasses.replace(
            found, tokenizer=tokenizer if isinstance(tokenizer, str) else None
        )
    if isinstance(value, dict):
        return _checked(_by_id(value, path), path)
    return _checked(value, path)


def _by_id(ids: dict[str, Any], path: str | os.PathLike[str]) -> list[str]:
    whole = all(type(number) is int for number in ids.values())
    if not whole or sorted(ids.values()) != list(range(len(ids))):
        raise UsageError(
            f"the JSON object in {path} must give each token its id, 0 to "
            f"{len(ids) - 1}, each id once"
        )
    return sorted(ids, key=ids.__getitem__)


def _checked(tokens: Any, path: str | os.PathLike[str]) -> TokenFile:
    if not isinstance(tokens, list) or set(map(type, tokens)) - {str} or not tokens:
        raise UsageError(
            f"{path} must hold a list of tokens as text, or an object token -> id"
        )
    broken = next((token for token in tokens if not is_unicode(token)), None)
    if broken is not None:
        raise UsageError(f"the token {broken[:40]!r} in {path} is {NOT_UNICODE}")
    if len(set(tokens)) < len(tokens):
        (twice, _), *_ = collections.Counter(tokens).most_common(1)
        raise UsageError(f"the token {twice!r} occurs twice in {path}")
    return TokenFile(tuple(tokens))
