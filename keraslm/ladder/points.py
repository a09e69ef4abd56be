"""What a ladder's figure draws: a point a rung that has figures."""

from collections.abc import Sequence

from keraslm.figures.ladder import Point
from keraslm.ladder.result import Result


def points_of(results: Sequence[Result]) -> list[Point]:
    """Give the points of the rungs that have figures."""
    return [
        Point(
            result.title,
            result.kind.family,
            result.seconds,
            result.bytes,
            result.known_perplexity,
            result.perplexity,
            result.hardly_trained,
        )
        for result in results
        if not result.failure
    ]
