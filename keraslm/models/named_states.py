"""A model's states among the named arrays that a compiled call takes and gives."""

from typing import Any

PREFIX = "state"


def named(states: list[Any]) -> dict[str, Any]:
    """Give each state a name; the names sort in the states' order."""
    return {f"{PREFIX}{number:03}": state for number, state in enumerate(states)}


def states_among(arrays: dict[str, Any]) -> list[Any]:
    """Find the states again, in their order."""
    return [arrays[name] for name in sorted(arrays) if name.startswith(PREFIX)]
