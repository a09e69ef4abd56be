"""The options of a run, those that were left open filled in."""

import dataclasses
from typing import Any

from keraslm.training.options.configuration import OPTIONS, Configuration
from keraslm.training.options.contradictions import (
    refuse_contradictions,
    refuse_other_optimizers,
)


def resolve(c: Configuration) -> Configuration:
    """Fill what was left open with the default for this model and level.

    Raises: UsageError if an option was given that this model does not have, or that
        does not go together with another.
    """
    usual_context = _Filled(dataclasses.replace(c, context=None))["context"]
    refuse_contradictions(c, usual_context)
    if c.dry_run:
        c = dataclasses.replace(c, steps=2)
    run = _Filled(c)
    c = dataclasses.replace(c, **{name: run[name] for name in OPTIONS})
    refuse_other_optimizers(c)
    return c


class _Filled:
    """The options of a run by name, those that were left out by default."""

    def __init__(self, c: Configuration) -> None:
        self._c = c
        self.family = c.family

    def is_given(self, name: str) -> bool:
        return self._c.is_given(name)

    def __getitem__(self, name: str) -> Any:
        given, option = getattr(self._c, name), OPTIONS[name]
        if given is not None or self.family not in option.suits:
            return given
        return option.default.of(self)
