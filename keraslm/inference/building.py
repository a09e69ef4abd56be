"""From a configuration and named arrays to a network on NumPy.

The shapes of the arrays must be exactly those that the configuration asks for, so the
sizes in a file are never larger than the file.
"""

from typing import Any

import numpy as np

from keraslm.cells import registry
from keraslm.cells.cell import Cell
from keraslm.errors import ModelFileError, UsageError
from keraslm.inference import arguments
from keraslm.inference.maxent import MaxEntNetwork
from keraslm.inference.network import Array, Network
from keraslm.inference.ngram_vectors import NgramVectors
from keraslm.inference.output import Features, FullOutput, StructuredOutput, TiedOutput
from keraslm.inference.recurrent import RecurrentNetwork
from keraslm.inference.transformer import (
    Block,
    TransformerNetwork,
    block_name,
    shapes_of_block,
)
from keraslm.inference.weights import Arrays, Weights
from keraslm.inference.window import WindowNetwork
from keraslm.outputs.adaptive import AdaptiveOutput
from keraslm.outputs.classes import ClassOutput
from keraslm.outputs.history_features import HistoryFeatures
from keraslm.outputs.ngram_rows import NgramRows

LAYER_NAMES = {"rnn": "simple_rnn", "gru": "gru", "lstm": "lstm"}


def build(where: str, kind: str, config: dict[str, Any], arrays: Arrays) -> Network:
    """Build the network of a kind of `arguments.KINDS`.

    Raises: ModelFileError if the arguments and the arrays do not make a network.
    """
    builders = {
        "recurrent": _recurrent,
        "window": _window,
        "maxent": _maxent,
        "transformer": _transformer,
    }
    weights = Weights(arrays, where)
    try:
        network = builders[kind](where, config, weights)
    except UsageError as error:  # of a cell, a softmax or features
        raise ModelFileError(f"{where} is damaged: {error}") from error
    weights.end()
    return network


def trained_and_frozen(config: dict[str, Any], arrays: Arrays) -> tuple[int, int]:
    """Count the numbers that training moves, and those that it leaves as they are."""
    numbers = sum(array.size for array in arrays.values())
    embedding = arrays.get("embed/vars/0")
    trained = config.get("trainable_embedding", True) or embedding is None
    frozen = 0 if trained else embedding.size  # type: ignore[union-attr]
    return numbers - frozen, frozen


def _recurrent(where: str, c: dict[str, Any], weights: Weights) -> RecurrentNetwork:
    size, width = c["vocabulary_size"], c.get("embedding", 64)
    units = c.get("units", 256)
    embedding = weights.take("embed/vars/0", size, width)
    cells = [_cell(where, c) for _ in range(c.get("layers", 2))]
    name = LAYER_NAMES.get(c.get("cell", "lstm"), "recurrent")
    of_cells = [
        [
            weights.take(f"{numbered(name, number)}/vars/{k}", *weight.shape)
            for k, weight in enumerate(cell.weights(units if number else width))
        ]
        for number, cell in enumerate(cells)
    ]
    output = _output(where, c, weights, units, embedding)
    order = c.get("direct_order")
    features = None if order is None else _features(where, c, weights, order, output)
    residual, of_input = c.get("residual", False), c.get("input_order")
    ngrams = None if of_input is None else _ngrams(c, weights, of_input, width)
    given = (embedding, cells, of_cells, output, residual, features, ngrams)
    return RecurrentNetwork(*given)


def _cell(where: str, c: dict[str, Any]) -> Cell:
    name = c.get("cell", "lstm")
    arguments.cell_named(where, name)
    given = {"units": c.get("units", 256)}
    activation = c.get("activation", "tanh")
    if name == "rnn":
        given["activation"] = activation
    elif activation != "tanh":
        raise UsageError(f"the activation {activation!r} is for the cell rnn")
    return registry.new_cell(name, **given)


def _output(
    where: str, c: dict[str, Any], weights: Weights, width: int, embedding: Array
) -> FullOutput | StructuredOutput:
    size, tied = c["vocabulary_size"], c.get("tied", False)
    if c.get("softmax") is not None:
        if tied:
            raise UsageError("tied weights go with the full softmax")
        return _softmax(where, c["softmax"], weights, width, size)
    return _full(c, weights, width, embedding)


def _full(
    c: dict[str, Any], weights: Weights, width: int, embedding: Array
) -> FullOutput:
    size, narrow = embedding.shape
    if not c.get("tied", False):
        kernel = weights.take("layers/dense/vars/0", width, size)
        return FullOutput(kernel, weights.take("layers/dense/vars/1", size))
    if narrow == width:
        return TiedOutput(embedding)
    return TiedOutput(embedding, weights.take("layers/dense/vars/0", width, narrow))


def _softmax(
    where: str, stored: Any, weights: Weights, width: int, size: int
) -> StructuredOutput:
    known = tuple(arguments.SOFTMAXES)
    name = arguments.class_of(where, stored, known, "layer")
    given = arguments.arguments(where, name, arguments.SOFTMAXES[name], stored)
    output: AdaptiveOutput | ClassOutput
    if name == "AdaptiveSoftmax":
        output = AdaptiveOutput(size, given.get("cutoffs", []))
        layer = "layers/adaptive_softmax"
    else:
        output, layer = ClassOutput(given.get("classes", [])), "layers/class_softmax"
        if len(output.classes) != size:
            raise UsageError(f"{len(output.classes)} words have classes, of {size}")
    shapes = enumerate(output.shapes(width))
    arrays = [weights.take(f"{layer}/vars/{k}", *shape) for k, shape in shapes]
    return StructuredOutput(output, arrays)


def _features(
    where: str,
    c: dict[str, Any],
    weights: Weights,
    order: int,
    output: FullOutput | StructuredOutput | None,
) -> Features:
    outputs, bits = c["vocabulary_size"], c.get("bits", 22)
    if isinstance(output, StructuredOutput):
        if isinstance(output.output, AdaptiveOutput):
            raise UsageError("an adaptive softmax takes no features of the history")
        outputs += output.output.number
    histories = HistoryFeatures(outputs, order, c.get("skip", 0), bits)
    return Features(histories, weights.take("direct/vars/0", 2**bits))


def _ngrams(
    c: dict[str, Any], weights: Weights, order: int, width: int
) -> NgramVectors:
    ngrams = NgramRows(order, c.get("input_bits", 13))
    return NgramVectors(
        ngrams, weights.take("layers/ngram_embedding/vars/0", ngrams.size, width)
    )


def _window(where: str, c: dict[str, Any], weights: Weights) -> WindowNetwork:
    size, context = c["vocabulary_size"], c.get("context", 2)
    kind, width = c.get("input_kind", "embedding"), c.get("embedding", 64)
    widths = [*c.get("hidden", [128]), size]
    embedded = kind == "embedding"
    embedding = weights.take("embed/vars/0", size, width) if embedded else None
    rows = {"embedding": context * width, "one-hot": context * size}.get(kind, size)
    names = ["first", *(numbered("dense", k + embedded) for k in range(len(widths)))]
    layers = []
    for name, columns in zip(names, widths, strict=False):
        kernel = weights.take(f"{name}/vars/0", rows, columns)
        layers.append((kernel, weights.take(f"{name}/vars/1", columns)))
        rows = columns
    return WindowNetwork(kind, context, size, layers, embedding)


def _maxent(where: str, c: dict[str, Any], weights: Weights) -> MaxEntNetwork:
    size = c["vocabulary_size"]
    output: FullOutput | StructuredOutput
    if c.get("softmax") is None:
        nothing = np.zeros((0, size), np.float32)
        output = FullOutput(nothing, weights.take("bias/vars/0", size))
    else:
        output = _softmax(where, c["softmax"], weights, 0, size)
    features = _features(where, c, weights, c.get("order", 3), output)
    return MaxEntNetwork(size, features, output)


def _transformer(where: str, c: dict[str, Any], weights: Weights) -> TransformerNetwork:
    size, width, heads = c["vocabulary_size"], c.get("units", 128), c.get("heads", 4)
    if width % (2 * heads):
        raise UsageError(f"{width} units are no multiple of twice {heads} heads")
    embedding = weights.take("embed/vars/0", size, width)
    shapes = shapes_of_block(width)
    blocks = []
    for k in range(c.get("layers", 4)):
        named = (weights.take(f"{block_name(k)}/{n}", *s) for n, s in shapes.items())
        blocks.append(Block(*named))
    norm = weights.take("last_norm/vars/0", width)
    output = _full(c, weights, width, embedding)
    given = (embedding, blocks, norm, output, heads)
    return TransformerNetwork(*given, c.get("context", 64))


def numbered(name: str, number: int) -> str:
    """Name a layer as Keras does: dense, dense_1, dense_2."""
    return f"layers/{name}" + (f"_{number}" if number else "")
