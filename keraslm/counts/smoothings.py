"""The smoothings by name."""

from keraslm.counts.absolute_discounting import AbsoluteDiscounting
from keraslm.counts.additive import Additive
from keraslm.counts.jelinek_mercer import JelinekMercer
from keraslm.counts.katz import Katz
from keraslm.counts.kneser_ney import KneserNey
from keraslm.counts.maximum_likelihood import MaximumLikelihood
from keraslm.counts.modified_kneser_ney import ModifiedKneserNey
from keraslm.counts.smoothing import Smoothing
from keraslm.counts.stupid_backoff import StupidBackoff
from keraslm.counts.witten_bell import WittenBell
from keraslm.errors import UsageError

DEFAULT = ModifiedKneserNey.name
SMOOTHINGS: dict[str, type[Smoothing]] = {
    smoothing.name: smoothing
    for smoothing in (
        MaximumLikelihood,
        Additive,
        StupidBackoff,
        Katz,
        JelinekMercer,
        WittenBell,
        AbsoluteDiscounting,
        KneserNey,
        ModifiedKneserNey,
    )
}


def smoothing_named(name: str) -> type[Smoothing]:
    """Find a smoothing.

    Raises: UsageError if there is none of that name.
    """
    if name not in SMOOTHINGS:
        raise UsageError(
            f"smoothing must be one of {', '.join(SMOOTHINGS)}; received {name!r}"
        )
    return SMOOTHINGS[name]
