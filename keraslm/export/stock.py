"""The same model of stock Keras layers only, for programs without keraslm.

Math:   delay_d(v)_t = v_{t-d}, zero before the first step: padding, then cropping.
        A table less its boundary's row, E' = E - E[b], gives zero for a boundary, so
        that zero before the first step is a boundary; E[b] goes into the bias.
"""

import pathlib
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keraslm.errors import UsageError
from keraslm.export import description
from keraslm.export.stock_transformer import stock_transformer
from keraslm.export.weighted import dense, weighted
from keraslm.files.writing import write_atomically
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.models.adopted import AdoptedModel
from keraslm.models.architecture import kind_of
from keraslm.models.numpy_network import array
from keraslm.text.vocabulary import Vocabulary

Array = npt.NDArray[Any]

LARGEST_BAG = 20_000  # words; the bag needs a table of vocabulary x vocabulary


def export_stock(
    language_model: NetworkLanguageModel, out: pathlib.Path
) -> list[pathlib.Path]:
    """Write a model that plain Keras opens, and its vocabulary beside it as JSON.

    Gives the paths of the two. An earlier export is replaced; a vocabulary file that
    keraslm did not write is not.
    Raises: UsageError if OUT is no .keras, the vocabulary's place is taken, a bag of
        words is too large, the model was adopted, or has no stock layers.
    """
    out = pathlib.Path(out)
    if out.suffix != ".keras":
        raise UsageError(f"the file must end with .keras; received {str(out)!r}")
    if isinstance(language_model.keras_model, AdoptedModel):
        raise UsageError(
            f"{language_model.name} was made of a file of stock layers, which still "
            "serves other programs; use that file"
        )
    beside = out.with_suffix(".vocabulary.json")
    _check_place(beside)
    model = stock_model(language_model.keras_model, language_model.name)
    with write_atomically(out) as temporary:
        keras.saving.save_model(model, temporary)
    with write_atomically(beside) as temporary:
        description.write(description.of_sequence(language_model), temporary)
    return [out, beside]


def stock_model(model: Any, name: str = "language_model") -> Any:
    """Build a functional Keras model of stock layers with the same weights.

    Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
    Raises: UsageError if a bag of words is too large, the model is a foreign one, or
        its features or its softmax are no stock layer.
    """
    if getattr(model, "direct", None) is not None:
        raise UsageError(
            "hashed features of the history have no stock Keras layer, so a model of "
            "`model='maxent'` or with `direct_order` cannot be exported to plain Keras"
        )
    if getattr(model, "ngrams", None) is not None:
        raise UsageError(
            "hashed vectors of n-grams have no stock Keras layer, so a model with "
            "`input_order` cannot be exported to plain Keras"
        )
    ids = keras.Input((None,), dtype="int32", name="ids")
    kind = kind_of(model)
    if kind == "recurrent":
        logits = _recurrent(model, ids)
    elif kind == "window":
        logits = _window(model, ids)
    elif kind == "transformer":
        logits = stock_transformer(model.to_numpy(), ids)
    else:
        raise UsageError(
            f"{name} is not of keraslm's own layers, for which alone there are stock "
            "ones; give the Keras model itself to the other program"
        )
    return keras.Model(ids, logits, name=name)


def _recurrent(model: Any, ids: Any) -> Any:
    arguments = model.architecture.arguments
    if arguments["softmax"] is not None:
        raise UsageError(
            f"Keras has no stock layer for {type(model.predict_next).__name__}; "
            "export a model trained with `softmax='full'` or `softmax='sampled'`"
        )
    output = model.to_numpy().output
    hidden = _embedded(array(model.embed.embeddings), ids)
    for layer in model.recurrent:
        weights = map(array, layer.cell_weights)
        shown = weighted(_stock_cell(arguments), hidden, *weights)
        added = arguments["residual"] and hidden.shape == shown.shape
        hidden = keras.layers.add([hidden, shown]) if added else shown
    return dense(hidden, output.kernel, output.bias)


def _stock_cell(arguments: dict[str, Any]) -> Any:
    """Make Keras's layer; what is traced of it runs without a GPU too.

    Raises: UsageError for a cell that Keras does not have.
    """
    cell = arguments["cell"]
    named: dict[str, Any] = {"units": arguments["units"], "return_sequences": True}
    if cell == "lstm":
        return keras.layers.LSTM(**named, use_cudnn=False)
    if cell == "gru":
        return keras.layers.GRU(**named, use_cudnn=False, reset_after=True)
    if cell == "rnn":
        return keras.layers.SimpleRNN(**named, activation=arguments["activation"])
    raise UsageError(f"Keras has no stock layer for the cell {cell!r}")


def _window(model: Any, ids: Any) -> Any:
    kernel, bias = array(model.first.kernel), array(model.first.bias)
    first = {
        "one-hot": _one_hot,
        "bag-of-words": _bag_of_words,
        "embedding": _embedding,
    }[model.architecture.arguments["input_kind"]]
    hidden = first(model, ids, kernel, bias)
    for layer in getattr(model, "rest", []):
        hidden = keras.layers.Activation("tanh")(hidden)
        hidden = dense(hidden, array(layer.kernel), array(layer.bias))
    return hidden


def _one_hot(model: Any, ids: Any, kernel: Array, bias: Array) -> Any:
    """Look up a row a place: sum_k W'_k[x_k], + b + sum_k W_k[boundary]."""
    blocks = np.split(kernel, model.window.context)  # context x (vocabulary, units)
    # A constant for all words is added once, in the newest word's own table.
    constant = bias + sum(block[Vocabulary.boundary_id] for block in blocks[:-1])
    tables = [*map(_less_boundary, blocks[:-1]), blocks[-1] + constant]
    places = [_embedded(table, ids) for table in tables]
    return _sum(_delayed(places))


def _embedding(model: Any, ids: Any, kernel: Array, bias: Array) -> Any:
    """Lay the window's embeddings side by side: v' W, + b + [E[boundary]; ..] W."""
    table = array(model.embed.embeddings)
    boundary = np.tile(table[Vocabulary.boundary_id], model.window.context)
    places = _delayed([_embedded(_less_boundary(table), ids)] * model.window.context)
    joined = keras.layers.concatenate(places) if len(places) > 1 else places[0]
    return dense(joined, kernel, bias + boundary @ kernel)


def _bag_of_words(model: Any, ids: Any, kernel: Array, bias: Array) -> Any:
    """Take the largest of the one-hot vectors: one at each word of the window."""
    size = model.vocabulary_size
    if size > LARGEST_BAG:
        raise UsageError(
            f"a bag of words is exported through a table of vocabulary x vocabulary, "
            f"so for at most {LARGEST_BAG} words; this model has {size}: train it with "
            "a smaller `vocabulary_size`, or with `input='one-hot'`"
        )
    vectors = _embedded(_less_boundary(np.eye(size, dtype=np.float32)), ids)
    places = _delayed([vectors] * model.window.context)
    bag = keras.layers.maximum(places) if len(places) > 1 else places[0]
    return dense(bag, kernel, bias + kernel[Vocabulary.boundary_id])


def _delayed(places: list[Any]) -> list[Any]:
    """Delay the window's places, oldest first: the newest, the last, stays.

    Shapes: (batch, time, units) each, before and after
    """
    delays = range(len(places) - 1, -1, -1)
    return [_delay(place, d) for place, d in zip(places, delays, strict=True)]


def _delay(vectors: Any, steps: int) -> Any:
    if not steps:
        return vectors
    padded = keras.layers.ZeroPadding1D((steps, 0))(vectors)
    return keras.layers.Cropping1D((0, steps))(padded)


def _sum(places: list[Any]) -> Any:
    return keras.layers.add(places) if len(places) > 1 else places[0]


def _less_boundary(table: Array) -> Array:
    return table - table[Vocabulary.boundary_id]


def _embedded(table: Array, ids: Any) -> Any:
    return weighted(keras.layers.Embedding(*table.shape), ids, table)


def _check_place(path: pathlib.Path) -> None:
    """Refuse to replace a file that is not an earlier export's vocabulary."""
    if path.exists() and not description.is_one(path):
        raise UsageError(
            f"the vocabulary belongs in {path}, which holds something else; "
            "move it away, or choose another name"
        )
