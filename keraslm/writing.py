"""What every model writes: texts that are drawn from its predictions, or searched."""

import abc
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from keraslm.errors import UsageError
from keraslm.sampling import loop
from keraslm.sampling.beam import Beams, Hypothesis, beam_search
from keraslm.sampling.sampler import Sampler
from keraslm.sampling.stream import TokenStream
from keraslm.sampling.together import TokenStreams, generate_together
from keraslm.sampling.trace import Step, explain
from keraslm.text.encoder import TextEncoder

TOGETHER = 64  # texts that are written side by side


class Writer(abc.ABC):
    """What a language model writes, token by token."""

    encoder: TextEncoder

    @abc.abstractmethod
    def stream(self) -> TokenStream:
        """Start a stream at the beginning of a line."""

    def streams(self, texts: int) -> TokenStreams | None:
        """Start so many streams at once; None if the model has no quicker way."""
        return None

    def generate(
        self,
        prompt: str = "",
        length: int = 100,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        typical_p: float | None = None,
        seed: int | None = None,
    ) -> Iterator[str]:
        """Write `length` tokens after `prompt`, yielded piece by piece as text.

        Joined, the pieces continue the prompt; the prompt is not repeated. The same
        seed gives the same text; `<unk>` is never written.
        Raises: UsageError for a setting out of range or a prompt with unknown tokens.
        """
        how = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
        how |= {"min_p": min_p, "typical_p": typical_p, "seed": seed}
        written = self.generate_ids(prompt, length, **how)
        return self.encoder.continuation(self.prompt_ids(prompt), written)

    def generate_ids(
        self, prompt: str = "", length: int = 100, **how: Any
    ) -> Iterator[int]:
        """Write as `generate` does with the same settings; yield the tokens' ids."""
        sampler = Sampler(**how)
        _check_length(length)
        ids, unknown = self.prompt_ids(prompt), self.encoder.vocabulary.unknown_id
        return loop.generate_ids(self.stream(), ids, sampler, length, unknown)

    def generate_many(
        self, seeds: Sequence[int], prompt: str = "", length: int = 100, **how: Any
    ) -> list[str]:
        """Write a text for each seed, as `generate` does for one, with its settings.

        A recurrent model writes them side by side, which is many times as fast; its
        texts are those of `generate` up to the rounding of floating-point numbers.
        Raises: UsageError as `generate` does.
        """
        texts: list[str] = []
        for k in range(0, len(seeds), TOGETHER):
            some = seeds[k : k + TOGETHER]
            streams = self.streams(len(some)) if len(some) > 1 and length > 0 else None
            if streams is None:
                alone = (self.generate(prompt, length, seed=s, **how) for s in some)
                texts += map("".join, alone)
            else:
                texts += self._together(streams, some, prompt, length, Sampler(**how))
        return texts

    def explain(
        self, prompt: str = "", length: int = 100, **how: Any
    ) -> Iterator[tuple[str, Step]]:
        """Write as `generate` does with the same settings; say how each token is drawn.

        Yields each piece of text with its `keraslm.sampling.trace.Step`.
        Raises: UsageError as `generate` does.
        """
        sampler = Sampler(**how)
        _check_length(length)
        ids, unknown = self.prompt_ids(prompt), self.encoder.vocabulary.unknown_id
        steps, again = itertools.tee(
            explain(self.stream(), ids, sampler, length, unknown)
        )
        pieces = self.encoder.continuation(ids, (step.token for step in steps))
        return zip(pieces, again, strict=True)

    def beam_search(
        self,
        prompt: str = "",
        length: int = 100,
        beams: int = 5,
        length_penalty: float = 1.0,
        until_line_end: bool = False,
    ) -> list[tuple[str, Hypothesis]]:
        """Find the most probable continuations of a prompt, best first, as texts.

        They have `length` tokens, or end with the line if `until_line_end`. See
        `keraslm.sampling.beam`.
        Raises: UsageError for a setting out of range or a prompt with unknown tokens.
        """
        last = self.encoder.vocabulary.boundary_id if until_line_end else None
        settings = Beams(beams, length_penalty, last)
        _check_length(length)
        ids, unknown = self.prompt_ids(prompt), self.encoder.vocabulary.unknown_id
        found = beam_search(self.stream(), ids, settings, length, unknown)
        return [("".join(self.encoder.continuation(ids, h.tokens)), h) for h in found]

    def _together(
        self,
        streams: TokenStreams,
        seeds: Sequence[int],
        prompt: str,
        length: int,
        sampler: Sampler,
    ) -> Iterator[str]:
        ids = self.prompt_ids(prompt)
        unknown = self.encoder.vocabulary.unknown_id
        written = generate_together(streams, ids, sampler, seeds, length, unknown)
        return (
            "".join(self.encoder.continuation(ids, row)) for row in written.tolist()
        )

    def prompt_ids(self, prompt: str) -> list[int]:
        """Give the ids of a prompt.

        Raises: UsageError if it has tokens that the vocabulary lacks.
        """
        unknown = self.encoder.unknown_tokens(prompt)
        if unknown:
            shown = ", ".join(repr(token) for token in unknown[:8])
            raise UsageError(
                f"a prompt may only use the model's vocabulary; unknown: {shown}"
            )
        return self.encoder.encode_prompt(prompt)


def _check_length(length: int) -> None:
    if length < 0:
        raise UsageError(f"length counts tokens, 0 or more; received {length}")
