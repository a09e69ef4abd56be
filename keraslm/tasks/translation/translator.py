"""A translator: a source in, the most probable targets out."""

import dataclasses
import importlib.util
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from keraslm.sampling.beam import Beams, Hypothesis, beam_search
from keraslm.tasks.pair_card import TranslationCard
from keraslm.tasks.pairs import PairedText, read_paired
from keraslm.tasks.reading import of_one_length
from keraslm.tasks.translation.reading import Reader, read_targets, write_best
from keraslm.tasks.translation.shape import TranslatorShape
from keraslm.tasks.translation.stream import TargetStream
from keraslm.tasks.translation.vocabulary import NAMES, PairVocabulary
from keraslm.text.text import Text

END = 0  # of a target, and what stands before it
BEAMS = 4
Groups = Callable[[Iterable[tuple[str, str]]], Sequence[str]]
AT_MOST = 2  # times the longest target of the training, a target is written


@dataclasses.dataclass(frozen=True)
class Translation:
    """A target with its log P in nats, and where each of its tokens was read.

    `unknown` are the words of the source that the model does not know. `is_finished`
    says that the target came to its end before it was as long as may be.

    Shapes: attention (tokens of the target, its end too, tokens of the source), each
            row a distribution; None without attention
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    text: str
    log_probability: float
    unknown: tuple[str, ...]
    is_finished: bool
    attention: np.ndarray | None


class Translator:
    """A network of `keraslm.tasks.translation.networks` with its tokens.

    translator = keraslm.load("runs/dates-seq2seq-lstm")
    translator.translate("the third of May, 1994").text
    """

    def __init__(
        self,
        reader: Reader,
        shape: TranslatorShape,
        vocabulary: PairVocabulary,
        metadata: dict[str, Any],
    ) -> None:
        self.reader, self.shape = reader, shape
        self.vocabulary, self.metadata = vocabulary, metadata

    @property
    def name(self) -> str:
        """The model, and what attends."""
        return self.shape.name

    @property
    def length(self) -> int:
        """How many tokens are written at most."""
        return AT_MOST * int(self.metadata.get("longest", 50))

    def translate(
        self, text: str, beams: int = BEAMS, length_penalty: float = 1.0
    ) -> Translation:
        """Give the best target that a beam search finds; with one beam it is greedy.

        Raises: as `translations`.
        """
        return self.translations(text, beams, length_penalty)[0]

    def translations(
        self, text: str, beams: int = BEAMS, length_penalty: float = 1.0
    ) -> list[Translation]:
        """Give the best targets, as many as there are beams, the best first.

        Raises: UsageError for a text that has no token, too many, or a character that
            the model does not know; for no beam.
        """
        tokens = self.vocabulary.check_source(text)
        ids = self.vocabulary.source.ids(tokens)
        stream = TargetStream(self.reader, ids)
        settings = Beams(beams, length_penalty, END)
        forbidden = self.vocabulary.target.unknown_id
        found = beam_search(stream, [END], settings, self.length, forbidden)
        return [self._translation(tokens, ids, hypothesis) for hypothesis in found]

    def _translation(
        self, tokens: list[str], ids: np.ndarray, found: Hypothesis
    ) -> Translation:
        target = self.vocabulary.target
        before = np.array([[END, *found.tokens[: len(found.tokens) - 1]]], np.int32)
        _, weights = read_targets(self.reader, ids[None], before)
        written = found.tokens[: -1 if found.is_finished else None]
        words = tuple(target.tokens[k] for k in written)
        is_known = self.vocabulary.source.is_known
        return Translation(
            tuple(tokens),
            words,
            target.join(words),
            found.log_probability,
            tuple(token for token in tokens if not is_known(token)),
            found.is_finished,
            None if weights is None else weights[0],
        )

    def greedy(self, sources: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        """Write to each source the most probable token at each step; fast for many."""
        source, target = self.vocabulary
        ids = [source.ids(tokens) for tokens in sources]
        given = END, target.unknown_id, self.length
        found: list[tuple[str, ...]] = [()] * len(ids)
        for numbers in of_one_length(ids):
            alike = np.stack([ids[k] for k in numbers])
            for k, row in zip(
                numbers, write_best(self.reader, alike, *given), strict=True
            ):
                found[k] = tuple(target.tokens[token] for token in row)
        return found

    def evaluate(
        self,
        text: Text | PairedText,
        command: str = "",
        groups: Groups | None = None,
    ) -> TranslationCard:
        """Measure how many sources of paired text get exactly their target, greedily.

        `groups` names the group of each (source, target), such as the format of a date.
        BLEU is measured of words, where sacreBLEU is installed.
        Raises: CorpusError if the text is not of pairs, or a side is too long.
        """
        told = text if isinstance(text, PairedText) else read_paired(text)
        self.vocabulary.check_lengths(told)
        source, target = self.vocabulary
        sources = [source.split(pair.source) for pair in told.pairs]
        targets = [target.split(pair.target) for pair in told.pairs]
        start = time.perf_counter()
        outputs = self.greedy(sources)
        seconds = time.perf_counter() - start
        pairs = [(pair.source, pair.target) for pair in told.pairs]
        return TranslationCard.of(
            self.name,
            told,
            sources,
            targets,
            outputs,
            seconds,
            unit=NAMES[target.level],
            source_unit=NAMES[source.level],
            groups=groups(pairs) if groups else (),
            bleu=target.level == "word" and has_sacrebleu(),
            part=self.metadata.get("texts", {}).get(told.sha256, ""),
            command=command,
        )


def has_sacrebleu() -> bool:
    """Say whether BLEU can be measured here."""
    return importlib.util.find_spec("sacrebleu") is not None
