"""The model that a run continues: --init-from."""

import dataclasses

from keraslm.errors import UsageError
from keraslm.language_model import LanguageModel
from keraslm.loading import load
from keraslm.training.options import OPTIONS, OWN_VECTORS, UNSET, Configuration, resolve
from keraslm.training.pretrained import with_width


def open_initial(c: Configuration) -> LanguageModel | None:
    """Open the model whose weights a run starts from, if it names one.

    Raises: UsageError if it is a model of another kind or level; ModelFileError if it
        is damaged.
    """
    if c.init_from is None:
        return None
    model = load(c.init_from)
    tokenizer = "word-marks" if c.tokenize else c.level
    if model.name != c.model or c.model == "ngram":
        raise UsageError(
            "init_from continues a neural model of the same kind; "
            f"received a {model.name} for the model {c.model}"
        )
    if model.encoder.tokenizer.name != tokenizer:
        raise UsageError(
            "init_from continues a model of the same level and tokenizer; received "
            f"one of {model.encoder.tokenizer.name} for a run of {tokenizer}"
        )
    return model


def complete(c: Configuration) -> tuple[Configuration, LanguageModel | None]:
    """Fill what a run was not told: from the model that it continues, then by default.

    Gives that model too. The width of pretrained vectors is their file's.
    Raises: as `open_initial`, `initial_options`, `resolve`, `with_width`.
    """
    initial = open_initial(c)
    c = initial_options(c, initial) if initial else c
    return with_width(resolve(c), c), initial


def initial_options(c: Configuration, model: LanguageModel) -> Configuration:
    """Give a run the shape of the model that it continues.

    Raises: UsageError if another shape was asked for.
    """
    had = {"freeze": False} | model.metadata.get("configuration", {})
    shape = (name for name, option in OPTIONS.items() if option.is_shape)
    taken = {name: had[name] for name in shape if name in had}
    softmax = had.get("softmax", UNSET.softmax)
    if softmax in OWN_VECTORS or c.softmax in OWN_VECTORS:
        taken["softmax"] = softmax
    for name, value in taken.items():
        asked = getattr(c, name)
        if asked not in (getattr(UNSET, name), value):
            raise UsageError(
                f"the model of init_from has {name} {value}; received {asked}: "
                "leave it out, or train a new model"
            )
    for name, what in (
        ("direct_order", "direct features"),
        ("input_order", "vectors of n-grams"),
    ):
        if getattr(c, name) is not None and name not in had:
            raise UsageError(
                f"the model of init_from has no {what}; received {name} "
                f"{getattr(c, name)}: leave it out, or train a new model"
            )
    return dataclasses.replace(c, **taken)
