"""A count model as a model file of keraslm's own, with fewer bits if asked."""

import os
import pathlib

from keraslm.counts.model import NgramModel
from keraslm.errors import KeraslmError, UsageError
from keraslm.export.page.cost import training_valid
from keraslm.language_model import LanguageModel
from keraslm.text.corpus import Text


def export_counts(
    model: LanguageModel,
    path: str | os.PathLike[str],
    bits: int | None = None,
    text: Text | None = None,
) -> tuple[pathlib.Path, str]:
    """Write a count model, of an ARPA file too, and say what quantising it costs.

    The cost is measured on a text, by default the valid part of the training corpus.
    Raises: UsageError if it is no count model, or cannot be quantised.
    """
    if not isinstance(model, NgramModel):
        raise UsageError(
            f"{model.name} is no count model, and its file is one of keraslm's own "
            "already; export a count model, or choose another format"
        )
    if bits is None:
        model.save(path)
        return pathlib.Path(path), ""
    why_not = ""
    if text is None:
        try:
            text = training_valid(model)
        except (KeraslmError, OSError) as error:
            why_not = f"quantised to {bits} bits; what that costs was not measured: "
            why_not += str(error)
    ids = None if text is None else model.encoder.encode(text)
    small = model.quantized(bits, ids)
    small.save(path)
    return pathlib.Path(path), why_not or small.quantizing_cost
