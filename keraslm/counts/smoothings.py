"""The smoothings by name; one is imported when it is asked for."""

import importlib
from typing import TYPE_CHECKING

from keraslm.errors import UsageError

if TYPE_CHECKING:
    from keraslm.counts.smoothing import Smoothing

DEFAULT = "modified-kneser-ney"
SMOOTHINGS = {
    "mle": "maximum_likelihood.MaximumLikelihood",
    "additive": "additive.Additive",
    "stupid-backoff": "stupid_backoff.StupidBackoff",
    "katz": "katz.Katz",
    "jelinek-mercer": "jelinek_mercer.JelinekMercer",
    "witten-bell": "witten_bell.WittenBell",
    "absolute-discounting": "absolute_discounting.AbsoluteDiscounting",
    "kneser-ney": "kneser_ney.KneserNey",
    DEFAULT: "modified_kneser_ney.ModifiedKneserNey",
}


def smoothing_named(name: str) -> "type[Smoothing]":
    """Find a smoothing.

    Raises: UsageError if there is none of that name.
    """
    if name not in SMOOTHINGS:
        raise UsageError(
            f"smoothing must be one of {', '.join(SMOOTHINGS)}; received {name!r}"
        )
    file, _, kind = SMOOTHINGS[name].partition(".")
    found: type[Smoothing] = getattr(
        importlib.import_module(f"keraslm.counts.{file}"), kind
    )
    return found
