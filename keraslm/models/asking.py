"""What a Keras model is asked as a language model: to write, to score, to be saved."""

import contextlib
import functools
import json
import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

from keraslm.errors import UsageError
from keraslm.files import archive
from keraslm.files.writing import write_atomically
from keraslm.models.architecture import Architecture
from keraslm.models.causal import CausalModel
from keraslm.models.language_model import KerasLanguageModel
from keraslm.models.saving import check_not_quantized, check_opens
from keraslm.score import Score
from keraslm.text.encoder import TextEncoder


class _Description:
    """What is stored beside a model; Keras would copy what it tracks."""

    tokens: TextEncoder | None = None
    title: str = ""
    architecture: Architecture | None = None
    language_model: KerasLanguageModel | None = None
    """Made when first asked for, as what it compiles is kept."""

    def __init__(self) -> None:
        self.metadata: dict[str, Any] = {}


class Asked(CausalModel):
    """The part of a language model that knows its tokens."""

    @functools.cached_property
    def _description(self) -> _Description:
        return _Description()

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep what is stored beside the model as it is: Keras would copy it."""
        if name in ("metadata", "tokens", "title"):
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    @property
    def tokens(self) -> TextEncoder | None:
        """The TextEncoder whose ids the model reads, or None."""
        return self._description.tokens

    @tokens.setter
    def tokens(self, tokens: TextEncoder | None) -> None:
        self._description.tokens = tokens

    @property
    def title(self) -> str:
        """The name on cards and in tables; the model's own unless another was set."""
        return self._description.title or self.name  # type: ignore[attr-defined]

    @title.setter
    def title(self, title: str) -> None:
        self._description.title = title

    @property
    def metadata(self) -> dict[str, Any]:
        """What is stored with the model: its configuration, history and card."""
        return self._description.metadata

    @metadata.setter
    def metadata(self, metadata: dict[str, Any]) -> None:
        self._description.metadata = metadata

    @property
    def language_model(self) -> KerasLanguageModel:
        """The model as a `LanguageModel`, with the present weights.

        Raises: UsageError if it has no vocabulary.
        """
        if self.tokens is None:
            raise UsageError(
                f"{self.name} has no vocabulary, so its ids have no words; build it "  # type: ignore[attr-defined]
                "with a TextEncoder: keraslm.CausalLM(network, tokens)"
            )
        known = self._description.language_model
        if known is None or known.encoder is not self.tokens:
            known = KerasLanguageModel(self, self.tokens, self.title, self.metadata)
            self._description.language_model = known
        return known

    def generate(
        self,
        prompts: str | Sequence[str] = "",
        length: int = 100,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        typical_p: float | None = None,
        seed: int | None = None,
        strip_prompt: bool = False,
        stream: bool = False,
    ) -> Any:
        """Write `length` tokens after each prompt.

        One prompt gives a text, several a list of texts, the k-th written with the
        random numbers of seed + k. The prompt stands before what was written, unless
        `strip_prompt`. With `stream` the text of one prompt comes piece by piece.
        Raises: UsageError for a setting out of range, a prompt with unknown tokens,
            several prompts to stream, or a model without a vocabulary.
        """
        how: dict[str, Any] = {"temperature": temperature, "top_k": top_k}
        how |= {"top_p": top_p, "min_p": min_p, "typical_p": typical_p}
        model = self.language_model

        def pieces(prompt: str, number: int) -> Iterator[str]:
            own = None if seed is None else seed + number
            written = model.generate(prompt, length, seed=own, **how)
            return written if strip_prompt else _after(prompt, written)

        if isinstance(prompts, str):
            return pieces(prompts, 0) if stream else "".join(pieces(prompts, 0))
        if stream:
            raise UsageError(
                f"one text is streamed at a time; received {len(prompts)} prompts"
            )
        return ["".join(pieces(prompt, k)) for k, prompt in enumerate(prompts)]

    def score(self, text: str) -> Score:
        """Give the probability of each token of a text; see `LanguageModel.score`."""
        return self.language_model.score(text)

    def perplexity(self, text: str) -> float:
        """Measure the perplexity of a text: every token once, the state carried.

        Math:   exp(-1/N sum_t log P(y_t | history))
        """
        return self.language_model.perplexity(text)

    def save(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        zipped: bool | None = None,
        include_optimizer: bool = True,
        **more: Any,
    ) -> None:
        """Write the model as one Keras file with its vocabulary, atomically.

        Any program with Keras and keraslm opens it, and so do keraslm's commands. A
        loss that Keras cannot store is left out, with a warning.
        Raises: UsageError if it would not open again; nothing is written then.
        """
        path = pathlib.Path(filepath)
        if path.suffix != ".keras" or zipped is False:  # of Keras's other formats
            super().save(filepath, overwrite, zipped, **more)  # type: ignore[misc]
            return
        if path.exists() and not overwrite:
            raise UsageError(f"{path} exists already; give `overwrite=True`")
        check_not_quantized(self)
        with write_atomically(path) as temporary:
            with contextlib.ExitStack() as stack:
                if not include_optimizer:
                    stack.enter_context(self._without_optimizer())
                super().save(temporary, True, zipped, **more)  # type: ignore[misc]
            check_opens(temporary, path)

    @contextlib.contextmanager
    def _without_optimizer(self) -> Iterator[None]:
        """Hide what `compile` was given from Keras, which would store it."""
        compiled, optimizer = self.compiled, getattr(self, "optimizer", None)  # type: ignore[has-type]
        self.compiled, self.optimizer = False, None
        try:
            yield
        finally:
            self.compiled, self.optimizer = compiled, optimizer

    def save_assets(self, dir_path: str) -> None:
        """Write the vocabulary into the file that Keras is writing."""
        if self.tokens is None:
            return
        described = {
            "kind": "keras",
            "name": self.title,
            "encoder": self.tokens.to_dict(),
            "metadata": self.metadata,
        }
        path = pathlib.Path(dir_path, archive.ASSET)
        path.write_bytes(archive.describe(described))

    def load_assets(self, dir_path: str) -> None:
        """Read the vocabulary from the file that Keras is opening."""
        path = pathlib.Path(dir_path, archive.ASSET)
        if path.exists():
            described = json.loads(path.read_bytes())
            self.tokens = TextEncoder.from_dict(described["encoder"])
            self.title = described["name"]
            self.metadata.update(described["metadata"])


def _after(prompt: str, pieces: Iterator[str]) -> Iterator[str]:
    yield prompt
    yield from pieces
