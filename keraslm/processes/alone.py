"""One process alone: what it computes, everyone knows.

Several processes that train one model are a `group.First` and `group.Other`s, which
answer the same calls.
"""

import contextlib
import pathlib
from collections.abc import Callable, Iterator
from typing import Any


class Alone:
    """One process: what it computes is everyone's."""

    count, index = 1, 0
    first = True
    """Whether this is the process that writes."""
    signal: int | None = None
    """A signal that another process has heard."""
    advice: Callable[[], str] | None = None
    """What to do where another process has gone."""

    def shared(self, compute: Callable[[], Any]) -> Any:
        """Give what the first process computes, a value that JSON can hold."""
        return compute()

    @contextlib.contextmanager
    def shared_file(self, path: pathlib.Path) -> Iterator[pathlib.Path | None]:
        """Give a file of the first process, or None if it has none."""
        yield path if path.exists() else None

    def agree(self, mine: Callable[[], dict[str, Any]]) -> None:
        """See that all processes have the same.

        Raises: UsageError in all of them, if one has not.
        """

    def tell_signal(self, number: int) -> None:
        """Tell the first process of a signal that this one has heard."""


ALONE = Alone()
