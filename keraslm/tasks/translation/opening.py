"""From the arrays of a file to what translates on NumPy."""

from keraslm.inference.weights import Arrays, Weights
from keraslm.tasks.translation.reading import Reader
from keraslm.tasks.translation.recurrent_reader import RecurrentReader
from keraslm.tasks.translation.shape import TRANSFORMER, TranslatorShape
from keraslm.tasks.translation.transformer_reader import TransformerReader


def new_reader(
    shape: TranslatorShape, arrays: Arrays, sources: int, targets: int, where: str
) -> Reader:
    """Take the arrays of a network by name, each of the shape that it must have.

    Raises: ModelFileError naming the file `where`, if one is missing or left over.
    """
    kinds = {TRANSFORMER: TransformerReader}
    weights = Weights(arrays, where)
    kind = kinds.get(shape.model, RecurrentReader)
    reader: Reader = kind(shape, weights, sources, targets)
    weights.end()
    return reader
