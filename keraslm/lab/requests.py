"""What a page may send: JSON of a known form, within limits.

A field that is missing has its default; one that is unknown, of another type or out of
range is refused with one line.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from keraslm.errors import UsageError

BODY = 64 << 10  # bytes
PROMPT = 4000  # characters
LENGTH = 2000  # tokens of a text that is written
MODELS = 5  # four and the truth
HELD = 100  # the largest value that is forced
NAME = 20  # characters of the name of a gate
FORCES = 16  # interventions
DEEPEST = 6  # brackets within brackets


def _are_keys(value: Any) -> bool:
    if not isinstance(value, list) or not 0 < len(value) <= MODELS:
        return False
    return all(isinstance(v, str) for v in value) and len(set(value)) == len(value)


def _is_text(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > PROMPT:
        return False
    return not any(0xD800 <= ord(c) < 0xE000 for c in value)  # no lone surrogate


def _is_number(value: Any, low: float, high: float) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and low <= value <= high


def _is_share(value: Any) -> bool:
    return _is_number(value, 0, 1) and value > 0


def _is_count(value: Any, least: int) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and least <= value < 2**32


def _are_counts(value: Any) -> bool:
    is_list = isinstance(value, list) and len(value) <= 100
    return is_list and all(_is_count(v, 1) for v in value)


def _are_lines(value: Any) -> bool:
    is_list = isinstance(value, list) and len(value) <= 50
    pairs = is_list and all(isinstance(v, list) and len(v) == 2 for v in value)
    return pairs and all(_is_count(seed, 0) and _are_counts(n) for seed, n in value)


def _are_texts(value: Any) -> bool:
    is_list = isinstance(value, list) and len(value) <= 1000
    return is_list and all(_is_text(v) and len(v) <= 100 for v in value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= NAME


def _is_range(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    return all(_is_count(v, 0) for v in value) and value[0] <= value[1]


def _are_forces(value: Any) -> bool:
    if not isinstance(value, list) or len(value) > FORCES:
        return False
    return all(isinstance(v, dict) and _is_force(v) for v in value)


def _is_force(value: dict[str, Any]) -> bool:
    if set(value) != {"layer", "what", "unit", "value", "start"}:
        return False
    held = value["value"]
    counts = _is_count(value["layer"], 1) and _is_count(value["unit"], 0)
    is_held = held is None or _is_number(held, -HELD, HELD)
    is_named = _is_name(value["what"]) and _is_count(value["start"], 0)
    return counts and is_named and is_held


Check = Callable[[Any], bool]
FIELDS: dict[str, tuple[Any, Check, str]] = {
    "models": (None, _are_keys, f"a list of 1 to {MODELS} models"),
    "model": (None, lambda v: isinstance(v, str), "a model"),
    "text": ("", _is_text, f"a text of up to {PROMPT:,} characters"),
    "other": ("", _is_text, f"a text of up to {PROMPT:,} characters"),
    "temperature": (1.0, lambda v: _is_number(v, 0, 100), "a number from 0 to 100"),
    "top_k": (None, lambda v: v is None or _is_count(v, 1), "a whole number from 1"),
    "top_p": (None, lambda v: v is None or _is_share(v), "a number above 0, up to 1"),
    "min_p": (None, lambda v: v is None or _is_share(v), "a number above 0, up to 1"),
    "seed": (0, lambda v: _is_count(v, 0), "a whole number from 0"),
    "length": (100, lambda v: _is_count(v, 0) and v <= LENGTH, f"0 to {LENGTH:,}"),
    "token": (None, lambda v: _is_count(v, 0), "the id of a token"),
    "nodes": (400, lambda v: _is_count(v, 1) and v <= 400, "1 to 400"),
    "counts": ([], _are_counts, "a list of up to 100 whole numbers from 1"),
    "played": ([], _are_lines, "up to 50 pairs of a seed and its counts"),
    "guesses": ([], _are_texts, "a list of up to 1,000 texts of 100 characters"),
    "give_up": (False, lambda v: isinstance(v, bool), "true or false"),
    "seen": ("", lambda v: isinstance(v, str) and len(v) <= 64, "a version"),
    "step": (None, lambda v: v is None or _is_count(v, 0), "a step"),
    "layer": (1, lambda v: _is_count(v, 1), "a layer from 1"),
    "what": ("h", _is_name, "the name of a value"),
    "unit": (None, lambda v: _is_count(v, 0), "the number of a unit"),
    "place": (None, lambda v: v is None or _is_count(v, 0), "the number of a token"),
    "start": (None, lambda v: v is None or _is_count(v, 0), "the number of a token"),
    "first": (0, lambda v: _is_count(v, 0), "the number of a unit"),
    "selected": (None, lambda v: v is None or _is_range(v), "two numbers of tokens"),
    "forces": ([], _are_forces, f"a list of up to {FORCES} interventions"),
}


def parsed(body: bytes, allowed: tuple[str, ...]) -> dict[str, Any]:
    """Read a request's JSON and fill in the defaults.

    Raises: UsageError
    """
    if _depth(body.decode(errors="replace")) > DEEPEST:
        raise UsageError("the request's JSON is too deep")
    try:
        data = json.loads(body, parse_constant=_refuse)
    except ValueError as error:
        raise UsageError("the request is no JSON") from error
    if not isinstance(data, Mapping):
        raise UsageError("the request is no JSON object")
    unknown = [name for name in data if name not in allowed]
    if unknown:
        raise UsageError(f"the request has an unknown field {str(unknown[0])[:20]!r}")
    return {name: _field(name, data) for name in allowed}


def _field(name: str, data: Mapping[str, Any]) -> Any:
    default, check, what = FIELDS[name]
    value = data.get(name, default)
    if name not in data and default is not None:
        return default
    if not check(value):
        raise UsageError(f"{name} must be {what}")
    return value


def _depth(text: str) -> int:
    """Count how deep brackets stand outside of strings."""
    depth = deepest = 0
    inside = escaped = False
    for mark in text:
        if inside:
            inside = escaped or mark != '"'
            escaped = not escaped and mark == "\\"
        else:
            inside = mark == '"'
            depth += (mark in "[{") - (mark in "]}")
            deepest = max(deepest, depth)
    return deepest


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
