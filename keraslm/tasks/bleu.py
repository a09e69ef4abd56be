"""BLEU: how many of the word sequences of an output stand in its reference too.

Math:   BLEU = 100 BP (p_1 p_2 p_3 p_4)^(1/4)
        p_n = sequences of n tokens of the outputs that are in the reference, each as
              often as it is there / all of them, summed over the text
        BP = min(1, exp(1 - reference tokens / output tokens))
A p_n of 0 is smoothed, as sacreBLEU does by default.

References: Papineni, Roukos, Ward & Zhu (2002); Post (2018), sacreBLEU, which counts.
"""

import dataclasses
from collections.abc import Sequence

from keraslm.errors import MissingExtra


@dataclasses.dataclass(frozen=True)
class Bleu:
    """A figure from 0 to 100, and sacreBLEU's signature: what was counted and how."""

    score: float
    signature: str


def bleu_of(outputs: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> Bleu:
    """Measure tokens as they are, one reference for each output.

    Raises: MissingExtra without sacreBLEU.
    """
    try:
        from sacrebleu.metrics import BLEU
    except ImportError as error:
        raise MissingExtra("BLEU", "translation") from error
    measure = BLEU(tokenize="none", force=True)
    found = measure.corpus_score(_joined(outputs), [_joined(targets)])
    return Bleu(float(found.score), str(measure.get_signature()))


def _joined(texts: Sequence[Sequence[str]]) -> list[str]:
    return [" ".join(tokens) for tokens in texts]
