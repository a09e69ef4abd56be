"""From models to a page: `keraslm export MODEL --format html page.html`."""

import dataclasses
import pathlib
from collections.abc import Sequence

from keraslm.errors import UsageError
from keraslm.export.page.cost import Cost, cost_of
from keraslm.export.page.document import document
from keraslm.export.page.model import pack
from keraslm.files.writing import write_atomically
from keraslm.language_model import LanguageModel
from keraslm.text.corpus import Text
from keraslm.version import __version__

MOST_MODELS = 2


@dataclasses.dataclass(frozen=True)
class Page:
    """A page that was written, and what rounding costs each of its models."""

    path: pathlib.Path
    bytes: int
    costs: list[Cost]


def export_page(
    models: Sequence[LanguageModel],
    out: pathlib.Path,
    weights: str = "float16",
    text: Text | None = None,
    names: Sequence[str] = (),
) -> Page:
    """Write one HTML file that shows and writes text with a model, or compares two.

    Weights are rounded to "float16" or "int8"; what that costs is measured on `text`,
    by default on the valid part of the training corpus, and shown on the page.
    Raises: UsageError for more than two models, models of different tokens, or what
        `pack` refuses; CorpusError as `cost_of`.
    """
    _check_models(models)
    names = _told_apart(list(names) or [model.name for model in models])
    pairs = zip(models, names, strict=True)
    packed = [pack(model, weights, name) for model, name in pairs]
    costs = [cost_of(page, text) for page in packed]
    data = []
    for page, cost in zip(packed, costs, strict=True):
        own = {"rounding": cost.sentence, "version": __version__}
        data.append(({**page.described, **own}, page.base64))
    written = document(" and ".join(names), data).encode("utf-8")
    with write_atomically(out) as temporary:
        temporary.write_bytes(written)
    return Page(pathlib.Path(out), len(written), costs)


def _check_models(models: Sequence[LanguageModel]) -> None:
    if not 1 <= len(models) <= MOST_MODELS:
        raise UsageError(f"a page shows one model or two; received {len(models)}")
    tokenizers = {model.encoder.tokenizer.name for model in models}
    if len(tokenizers) > 1:
        raise UsageError(
            "two models on a page must cut text alike; received the tokenizers "
            f"{' and '.join(sorted(tokenizers))}"
        )


def _told_apart(names: Sequence[str]) -> list[str]:
    """Number names that are the same."""
    if len(set(names)) == len(names):
        return list(names)
    return [f"{name} ({number})" for number, name in enumerate(names, start=1)]
