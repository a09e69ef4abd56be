"""From a foreign .keras file and its vocabulary to a language model."""

import dataclasses
import hashlib
import os
import pathlib
from typing import Any

from keraslm.adoption.any_batch import of_any_batch
from keraslm.adoption.checks import (
    check_causal,
    check_deterministic,
    difference,
    random_ids,
)
from keraslm.adoption.numbering import Numbering, renumber
from keraslm.adoption.opening import open_network
from keraslm.adoption.reading import Foreign, look_at, scores_of
from keraslm.adoption.special import is_padding
from keraslm.adoption.token_file import read_tokens
from keraslm.errors import ModelFileError, UsageError
from keraslm.models.adopted import (
    NOTHING,
    AdoptedModel,
    AdoptedRecurrent,
    AdoptedWindow,
)
from keraslm.models.foreign_sizes import LARGEST_FREE
from keraslm.models.language_model import KerasLanguageModel
from keraslm.text.vocabulary import Vocabulary
from keraslm.unicode import printable

CONTEXT = 256  # tokens that are read again where the network leaves it open
SAME = 1e-4  # nats between the foreign network and what was made of it


@dataclasses.dataclass(frozen=True)
class Adoption:
    """What the user says of a foreign model; None is found out."""

    level: str | None = None
    outputs: str = "auto"
    unknown: str | None = None
    line_end: str | None = None
    padding: str | None = None
    context: int | None = None


def adopt(
    path: str | os.PathLike[str],
    vocabulary: str | os.PathLike[str],
    how: Adoption | None = None,
) -> KerasLanguageModel:
    """Make a language model of a Keras file and a file of its tokens, after checks.

    Raises: UsageError for a wrong option; ModelFileError if the file is damaged, holds
        layers that are not Keras's own, or is no causal model of these tokens.
    """
    how = how or Adoption()
    file = read_tokens(vocabulary)
    foreign = look_at(open_network(path, len(file.tokens)), len(file.tokens))
    numbering = renumber(file, how.level, how.unknown, how.line_end)
    scores = scores_of(foreign(random_ids(foreign, 4)), how.outputs)
    check_deterministic(foreign)
    check_causal(foreign, scores)
    padding = _padding(foreign, numbering, file.tokens, how.padding)
    given = [padding if p == NOTHING else p for p in (*numbering.places, padding)]
    numbers = {
        "places": numbering.places,
        "unknown": numbering.unknown,
        "given": given,
        "scores": scores,
    }
    model = _model(foreign, numbers, how.context)
    name = f"{printable(pathlib.Path(path).stem)} (adopted)"
    adopted = _origin(path, numbering, scores, model)
    return KerasLanguageModel(model, numbering.encoder, name, {"adopted": adopted})


def _model(
    foreign: Foreign, numbers: dict[str, Any], context: int | None
) -> AdoptedModel:
    """Carry the states where that gives the same; else read a window anew."""
    windowed = foreign.next_only and foreign.time is not None and not foreign.stateful
    windowed |= foreign.masked and 0 in numbers["places"]  # its outputs repeat there
    carried = None if context or windowed else _carried(foreign, numbers)
    if carried is not None:
        return carried
    network, context = _any_batch(foreign), _context(foreign, context)
    model = AdoptedWindow(network, context=context, **numbers)
    off = difference(foreign, model)
    if off > SAME:
        raise ModelFileError(
            f"the model read {context} tokens at a time is not the model itself: "
            f"predictions are {off:.3g} nats apart; give another `context`"
        )
    return model


def _carried(foreign: Foreign, numbers: dict[str, Any]) -> AdoptedRecurrent | None:
    """Give the network, its states carried, or None where that is another model."""
    try:
        model = AdoptedRecurrent(foreign.network, **numbers)
        carries = bool(model.initial_states(1))
        return model if carries and difference(foreign, model) <= SAME else None
    except Exception:  # Keras raises whatever it stumbled over
        return None


def _any_batch(foreign: Foreign) -> Any:
    if foreign.batch is None and not foreign.stateful:
        return foreign.network
    try:
        return of_any_batch(foreign.network)
    except Exception as error:  # Keras raises whatever it stumbled over
        raise ModelFileError(
            f"the model takes batches of {foreign.batch} texts only and cannot be "
            "rebuilt for others; save it with a batch size of None"
        ) from error


def _context(foreign: Foreign, told: int | None) -> int:
    longest = foreign.time or LARGEST_FREE
    context = (foreign.time or CONTEXT) if told is None else told
    exact = foreign.next_only and foreign.time is not None
    if not 1 <= context <= longest or (exact and context < longest):
        rule = "must be" if exact else "may be at most"
        raise UsageError(
            f"`context` {rule} {longest} tokens, which is what the model reads; "
            f"received {context}"
        )
    return context


def _padding(
    foreign: Foreign, numbering: Numbering, tokens: tuple[str, ...], told: str | None
) -> int:
    """Choose what stands before a text: a token's foreign id, or NOTHING, zeros.

    Unless told, a one-hot vector is zeros; an id is 0 where that is masked, else that
    of a token named as padding, else of the line end, else 0.
    """
    if told is not None and told not in tokens:
        raise UsageError(f"the token `padding` {told!r} is not in the vocabulary file")
    if told is not None:
        return tokens.index(told)
    if foreign.one_hot:
        return NOTHING
    if foreign.masked:
        return 0
    named = next((token for token in tokens if is_padding(token)), None)
    line_end = numbering.places[Vocabulary.boundary_id]
    return max(line_end, 0) if named is None else tokens.index(named)


def _origin(
    path: str | os.PathLike[str], numbering: Numbering, scores: str, model: AdoptedModel
) -> dict[str, Any]:
    """Give what the model file remembers of where it came from."""
    padding = model.given[-1]
    return {
        "file": printable(pathlib.Path(path).name),
        "sha256": _sha256(pathlib.Path(path)),
        "scores": scores,
        "unknown": numbering.unknown_token,
        "line_end": numbering.line_end,
        "counted_as_unknown": len(numbering.unknown),
        "padding": "zeros" if padding == NOTHING else padding,
    }


def _sha256(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
