"""Where the heads of a transformer look as it reads a text, and what if one did not.

Math:   silent: what head h of layer l shows is 0 from a token on
        change_lh = KL(P(. | text) || P(. | text, head h of layer l silent))
Tokens are counted from 0, which is the line boundary before the text; layers from 1 at
the bottom, heads from 0.
References: Voita, Talbot, Moiseev, Sennrich & Titov (2019); Michel, Levy & Neubig
        (2019), heads without which little changes.
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm import measures
from keraslm.answers.ablation import divergences
from keraslm.answers.intervention import TOP, before_and_after
from keraslm.answers.place import Asked
from keraslm.answers.reading import Force
from keraslm.errors import UsageError
from keraslm.inference.heads import transformer_of
from keraslm.inference.network import Array, State
from keraslm.text.vocabulary import Vocabulary

SHOWN = 48  # tokens of a text whose weights are shown
SECONDS = 0.15  # after which an answer is given with what it has
ROWS = 32  # heads that are silenced in the rows of one product
WHAT = "head"  # as a force names what it holds: the share of a head that is handed on


class Heads:
    """A transformer, opened to be looked into.

    Raises: UsageError for another model.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked, self.network = asked, transformer_of(asked.model)

    @property
    def shape(self) -> tuple[int, int]:
        """How many layers there are, and how many heads each has."""
        return len(self.network.blocks), self.network.heads

    def ids(self, text: str) -> list[int]:
        """Give the ids that are read: the line boundary, and those of the text."""
        return [Vocabulary.boundary_id, *self.asked.encoder.encode_prompt(text)]

    def fits(self, force: Force) -> bool:
        """Tell whether the network has the head that is held."""
        layers, heads = self.shape
        is_there = 1 <= force.layer <= layers and 0 <= force.unit < heads
        return is_there and force.what == WHAT and force.value is not None

    def shares(self, forces: Sequence[Force], place: int) -> Array:
        """Give how much of each head is handed on at a token; (layers, heads)."""
        shares = np.ones(self.shape, np.float32)
        for force in filter(self.fits, forces):
            if place >= force.start:
                shares[force.layer - 1, force.unit] = force.value
        return shares

    def state_before(self, ids: Sequence[int], place: int) -> State:
        """Give the state before a token is read."""
        if place == 0:
            return self.network.initial_state(Vocabulary.boundary_id)
        stream: Any = self.asked.stream(list(ids[1:place]))
        return stream.state

    def read(
        self, ids: Sequence[int], start: int, forces: Sequence[Force] = ()
    ) -> tuple[Array, list[list[Array]]]:
        """Give the logits after the ids, and the weights at each token from a start on.

        Shapes: -> (vocabulary,), of each token and layer (heads, tokens seen)
        """
        first = min([start, *(f.start for f in forces if self.fits(f))])
        state, found = self.state_before(ids, first), []
        for place in range(first, len(ids)):
            shares = self.shares(forces, place)
            logits, state, looks = self.network.read(ids[place], state, shares)
            found.append(looks)
        return logits, found[start - first :]


def weights(
    opened: Heads, text: str, layer: int = 1, forces: Sequence[Force] = ()
) -> dict[str, Any]:
    """Give the weights of each head of a layer: a row a token, of those it sees.

    Of a long text, the last tokens are shown; `skipped` counts those before them, and
    `earlier` has what each row gives to them: a row and its earlier sum to one.

    Shapes: `weights` of each head, of each token, one a token up to it
    Raises: UsageError if there is no such layer.
    """
    layers, heads = opened.shape
    if not 1 <= layer <= layers:
        raise UsageError(f"`layer` must lie from 1 to {layers}; received {layer}")
    ids = opened.ids(text)
    skipped = max(len(ids) - SHOWN, 0)
    _, looks = opened.read(ids, skipped, forces)
    rows = [
        [_shown(of_layers[layer - 1][head], n) for n, of_layers in enumerate(looks, 1)]
        for head in range(heads)
    ]
    return {
        "tokens": [opened.asked.vocabulary.token(i) for i in ids[skipped:]],
        "skipped": skipped,
        "weights": [[row.round(4).tolist() for row in own] for own in rows],
        "earlier": [[max(1 - float(row.sum()), 0.0) for row in own] for own in rows],
        "fitting": [opened.fits(force) for force in forces],
        "unknown": opened.asked.encoder.unknown_tokens(text),
    }


def _shown(seen: Array, number: int) -> Array:
    """Give the weights of the last tokens, zero for those out of reach."""
    last = seen[-number:].astype(np.float64)
    return np.concatenate([np.zeros(number - len(last)), last])


def intervene(
    opened: Heads, text: str, forces: Sequence[Force], top: int = TOP
) -> dict[str, Any]:
    """Give the next token's distribution with all heads, and with some held.

    See `before_and_after`.
    """
    ids = opened.ids(text)
    before, after = (opened.read(ids, len(ids) - 1, f)[0] for f in ((), forces))
    told = before_and_after(opened.asked, ids, before, after, top)
    return {**told, "fitting": [opened.fits(force) for force in forces]}


def ablate(
    opened: Heads,
    text: str,
    start: int | None = None,
    first: int = 0,
    seconds: float | None = SECONDS,
) -> dict[str, Any]:
    """Give what each head's silence changes: at the last token, or from one on.

    `bits` has the heads from number `first` on, layer by layer from the bottom; the
    `missing` last ones were not reached in the time. There are no other interventions.
    Units: bits, KL(before || after)
    """
    ids = opened.ids(text)
    start = len(ids) - 1 if start is None else min(start, len(ids) - 1)
    state = opened.state_before(ids, start)
    number = int(np.prod(opened.shape))
    begun, found = time.perf_counter(), [np.zeros(0)]
    for low in range(first, number, ROWS):
        late = seconds is not None and time.perf_counter() - begun > seconds
        if late and low > first:
            break
        silent = np.arange(low, min(low + ROWS, number))
        found.append(_changes(opened, ids[start:], state, silent))
    bits = np.concatenate(found)
    missing = max(number - first - len(bits), 0)
    return {"start": start, "first": first, "bits": bits.tolist(), "missing": missing}


def _changes(opened: Heads, ids: Sequence[int], state: State, silent: Array) -> Array:
    """Give the changes of some heads, a row each; the row before them silences none."""
    rows = len(silent) + 1
    of_all = np.ones((rows, int(np.prod(opened.shape))), np.float32)
    of_all[np.arange(1, rows), silent] = 0
    shares = of_all.reshape(rows, *opened.shape)
    state = _repeated(state, rows)
    for token in ids:
        logits, state, _ = opened.network.read(np.full(rows, token), state, shares)
    return measures.bits(divergences(logits[0], logits[1:]))


def _repeated(state: State, rows: int) -> State:
    """Give a text's state once for each row."""
    position, caches = state

    def spread(x: Array) -> Array:
        return np.broadcast_to(x, (rows, *np.shape(x)))

    return spread(position), [(spread(k), spread(v)) for k, v in caches]
