"""What a foreign network must keep before it is adopted: causality, determinism."""

import numpy as np
from keras import ops

from keraslm.adoption.reading import Array, Foreign
from keraslm.errors import ModelFileError
from keraslm.models.adopted import NOTHING, AdoptedModel

LOOKING_AHEAD = 1e-4  # nats; rounding between two calls is a hundredth of it
LEAST = -40.0  # nats; of what is less likely, rounding leaves nothing to compare
TIME = 16  # tokens of a history that is tried, where the network leaves it open


def random_ids(foreign: Foreign, rows: int) -> Array:
    """Give random histories; shapes: -> (rows, time)."""
    rng = np.random.default_rng(0)
    time = foreign.time or TIME
    return rng.integers(foreign.size, size=(rows, time), dtype=np.int32)


def check_deterministic(foreign: Foreign) -> None:
    """Ask the same question twice.

    Raises: ModelFileError if the answers differ.
    """
    ids = random_ids(foreign, 2)
    off = float(np.abs(foreign(ids) - foreign(ids)).max())
    if off:
        raise ModelFileError(
            f"the model is not deterministic: two calls differ by {off:.3g}; a layer "
            "draws random numbers outside training"
        )


def check_causal(foreign: Foreign, scores: str) -> None:
    """Change a token and see that no prediction before it changes.

    Raises: ModelFileError saying which token changed which prediction.
    """
    if foreign.next_only:
        return
    ids = random_ids(foreign, 1)
    time = ids.shape[1]
    changed = sorted({1, time // 2, time - 1})
    asked = np.repeat(ids, len(changed) + 1, axis=0)
    for row, position in enumerate(changed, start=1):
        asked[row, position] = (ids[0, position] + 1) % foreign.size
    plain, *others = foreign.log_probabilities(asked, scores)
    for position, other in zip(changed, others, strict=True):
        off = _apart(plain[:position], other[:position]).max(axis=-1)
        if off.size and off.max() > LOOKING_AHEAD:
            raise ModelFileError(
                f"the model looks ahead: changing token {position + 1} changed the "
                f"output at position {int(off.argmax()) + 1}, so it is no language "
                "model (bidirectional layers, or attention without a causal mask)"
            )


def difference(foreign: Foreign, model: AdoptedModel) -> float:
    """Ask a network and what was made of it the same; in nats.

    The model gets the history in two calls, so that its state is asked too.
    """
    context: int = getattr(model, "context", TIME)
    time = foreign.time or context
    known = 1 + np.flatnonzero(np.array(model.places[1:]) != NOTHING)
    ids = np.random.default_rng(0).choice(known, (2, time)).astype(np.int32)
    places = np.array(model.places)
    expected = foreign.log_probabilities(places[ids], model.scores)[..., places[known]]
    states = model.initial_states(len(ids))
    found = []
    for part in np.split(ids, [time // 2], axis=1) if time > 1 else [ids]:
        logits, states = model.step(part, states)
        found.append(ops.convert_to_numpy(logits)[..., known])
    predicted = np.concatenate(found, axis=1)
    shown = predicted[:, -1] if foreign.next_only else predicted
    both_likely = np.maximum(expected, shown) > LEAST
    return float(np.where(both_likely, _apart(expected, shown), 0.0).max())


def _apart(one: Array, two: Array) -> Array:
    """Give |one - two|, 0 where both are the same infinity."""
    with np.errstate(invalid="ignore"):
        return np.where(one == two, 0.0, np.abs(one - two))
