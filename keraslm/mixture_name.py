"""The name of a mixture, which has no file: its models and their weights.

mix:runs/lstm=0.7,runs/3-gram=0.3       with these weights
mix:runs/lstm,runs/3-gram               with equal weights
"""

import os

from keraslm.errors import UsageError

PREFIX = "mix:"
FORM = "mix:MODEL=WEIGHT,MODEL=WEIGHT"


def is_mixture(name: str | os.PathLike[str]) -> bool:
    """Say whether a model's name is that of a mixture; a file of that name is not."""
    is_named = isinstance(name, str) and name.startswith(PREFIX)
    return is_named and not os.path.lexists(name)


def parts_of(name: str) -> tuple[list[str], list[float]]:
    """Give the models that a mixture's name has, and their weights.

    Raises: UsageError if it is not of the form MODEL=WEIGHT,MODEL=WEIGHT, or
        MODEL,MODEL.
    """
    given = [part.rpartition("=") for part in name.removeprefix(PREFIX).split(",")]
    if not any(sign for _, sign, _ in given):
        models = [model for _, _, model in given]
        weights = [1 / len(models)] * len(models)
    else:
        models = [model for model, _, _ in given]
        weights = [_weight(name, weight) for _, _, weight in given]
    if not all(models):
        raise UsageError(f"a mixture is named {FORM}; received {name!r}")
    return models, weights


def _weight(name: str, given: str) -> float:
    try:
        return float(given)
    except ValueError as error:
        raise UsageError(
            f"a mixture is named {FORM}, all of them with a weight or none; received "
            f"{given!r} for a weight in {name!r}"
        ) from error
