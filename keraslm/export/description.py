"""What a program must know of an exported model, as JSON.

vocabulary      the tokens, the ids of <unk> and of the line boundary, the tokenizer
sequence, step  inputs and outputs: names, types and shapes
states          of the step: what each is called, its first value and its next
"""

import json
import pathlib
from typing import Any

from keraslm.export.step import states_of
from keraslm.inference.language_model import NetworkLanguageModel

Table = dict[str, Any]

FORMAT = "keraslm vocabulary"
SEQUENCE = (
    "The model's first input is the boundary id; position t predicts the token at "
    "t + 1. Its outputs are logits: their softmax gives the probabilities."
)
STEP = (
    "The step reads one token of a text and predicts the next. Its first input is the "
    "boundary id and, for each state, its initial value everywhere; afterwards a state "
    "is what the step before gave as its next."
)


def of_sequence(
    language_model: NetworkLanguageModel, batch: int | str = "batch"
) -> Table:
    """Describe the vocabulary, and the model of ids (batch, time)."""
    words = language_model.vocabulary
    return {
        "format": FORMAT,
        "model": language_model.name,
        "level": words.level,
        "tokenizer": language_model.encoder.tokenizer.name,
        "unknown_id": words.unknown_id,
        "boundary_id": words.boundary_id,
        "use": SEQUENCE,
        "sequence": {
            "inputs": [_tensor("ids", "int32", batch, "time")],
            "outputs": [_tensor("logits", "float32", batch, "time", len(words))],
        },
        "tokens": list(words.tokens),
    }


def of_step(language_model: NetworkLanguageModel, batch: int | str = "batch") -> Table:
    """Describe the step and its states too."""
    size = len(language_model.vocabulary)
    states = states_of(language_model.keras_model)
    before = [_tensor(s.name, s.dtype, batch, *s.shape) for s in states]
    after = [_tensor(s.next_name, s.dtype, batch, *s.shape) for s in states]
    return {
        **of_sequence(language_model, batch),
        "use": f"{SEQUENCE} {STEP}",
        "step": {
            "inputs": [_tensor("ids", "int32", batch), *before],
            "outputs": [_tensor("logits", "float32", batch, size), *after],
        },
        "states": [
            {**tensor, "initial": state.initial, "next": state.next_name}
            for state, tensor in zip(states, before, strict=True)
        ],
    }


def write(table: Table, path: pathlib.Path) -> None:
    """Write a description."""
    text = json.dumps(table, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def is_one(path: pathlib.Path) -> bool:
    """Say whether a file is a description."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("format") == FORMAT


def _tensor(name: str, dtype: str, *shape: int | str) -> Table:
    return {"name": name, "dtype": dtype, "shape": list(shape)}
