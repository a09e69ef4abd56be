"""A language model as a page holds it, and the same model with the page's numbers."""

import dataclasses
from typing import Any, NoReturn

from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.export.page.counts import pack_counts
from keraslm.export.page.networks import pack_network
from keraslm.export.page.numbers import Packer
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.language_model import LanguageModel

TOKENIZERS = ("char", "word")
LARGEST = 50_000_000  # weights, a page of some 130 megabytes in float16


@dataclasses.dataclass(frozen=True)
class PageModel:
    """What a page holds of a model, and the model that computes with these numbers."""

    model: LanguageModel
    rounded: LanguageModel
    described: dict[str, Any]
    base64: str
    precision: str


def pack(model: LanguageModel, precision: str, name: str = "") -> PageModel:
    """Give a model as a page holds it, called by its own name unless another is given.

    Raises: UsageError for a model, a tokenizer or a size that a page does not hold.
    """
    _check_tokenizer(model)
    packer = Packer(precision)
    rounded, network = _pack(model, packer)
    vocabulary = model.vocabulary
    described = {
        "name": name or model.name,
        "facts": _facts(model),
        "tokenizer": model.encoder.tokenizer.name,
        "network": network,
        "arrays": packer.arrays,
        "tokens": list(vocabulary.tokens),
    }
    exact = isinstance(model, NgramModel)
    stored = "float32" if exact else precision
    return PageModel(model, rounded, described, packer.base64, stored)


def _pack(model: LanguageModel, packer: Packer) -> tuple[LanguageModel, dict[str, Any]]:
    if isinstance(model, NgramModel):
        return model, pack_counts(model.table, packer)
    if not isinstance(model, NetworkLanguageModel):
        raise UsageError(f"{model.name} cannot be a page; export each of its models")
    if model.parameters > LARGEST:
        raise UsageError(
            f"a page holds at most {LARGEST:,} weights, and {model.name} has "
            f"{model.parameters:,}; train a smaller model"
        )
    described, network = pack_network(model.network, packer)
    rounded = NetworkLanguageModel(
        network,
        model.encoder,
        model.name,
        model.metadata,
        (model.parameters, 0),
        _no_keras,
    )
    return rounded, described


def _no_keras() -> NoReturn:
    raise UsageError("a model with rounded weights has no Keras model")


def _check_tokenizer(model: LanguageModel) -> None:
    name = model.encoder.tokenizer.name
    if name not in TOKENIZERS:
        raise UsageError(
            f"a page cuts text into characters, or words between spaces, and "
            f"{model.name} has the tokenizer {name!r}; train without `tokenize`"
        )


def _facts(model: LanguageModel) -> str:
    """Say in a line what the model is."""
    learnt = "n-grams" if isinstance(model, NgramModel) else "weights"
    unit = {"char": "characters", "word": "words"}[model.vocabulary.level]
    return (
        f"{model.parameters:,} {learnt}, {len(model.vocabulary):,} {unit}; "
        f"sees {_sees(model)}"
    )


def _sees(model: LanguageModel) -> str:
    if model.state_rule.startswith("state carried"):
        return "all of the text before"
    return model.state_rule.partition(";")[0].partition(",")[0]
