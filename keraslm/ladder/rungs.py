"""The rungs of the ladder: what each model is, from a uniform guess to a mixture."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from keraslm.errors import UsageError

UNIFORM, RUN, MIXTURE = "uniform", "run", "mixture"
KNESER_NEY, LSTM = "kneser-ney-5", "lstm"


@dataclasses.dataclass(frozen=True)
class Rung:
    """A model of the ladder, by name, in words, and by the options of its run."""

    name: str
    title: str
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    kind: str = RUN
    parts: tuple[str, ...] = ()
    pretrained: bool = False
    note: str = ""

    @property
    def family(self) -> str:
        """What kind of model it is: counts, features, network or mixture."""
        if self.kind != RUN:
            return "counts" if self.kind == UNIFORM else "mixture"
        if self.options["model"] == "maxent" or "direct_order" in self.options:
            return "features"
        return "network" if self.takes_minutes else "counts"

    @property
    def takes_minutes(self) -> bool:
        """Whether its run learns for as long as it is given."""
        return self.kind == RUN and self.options["model"] != "ngram"


def _counts(name: str, title: str, order: int, smoothing: str, note: str = "") -> Rung:
    options = {"model": "ngram", "order": order, "smoothing": smoothing}
    return Rung(name, title, options, note=note)


def _network(name: str, title: str, model: str, **options: Any) -> Rung:
    return Rung(name, title, {"model": model, **options})


RUNGS = (
    Rung("uniform", "uniform", kind=UNIFORM),
    _counts("unigram", "unigram", 1, "additive"),
    _counts("additive-3", "trigram, additive", 3, "additive"),
    _counts("katz-3", "trigram, Katz", 3, "katz"),
    _counts(
        "stupid-backoff-5",
        "5-gram, stupid backoff",
        5,
        "stupid-backoff",
        note="scores, not probabilities: measured divided by their sum",
    ),
    _counts(KNESER_NEY, "5-gram, Kneser-Ney", 5, "modified-kneser-ney"),
    _network("maxent", "MaxEnt", "maxent"),
    _network("maxent-classes", "MaxEnt, classes", "maxent", softmax="classes"),
    _network("bigram", "bigram, one matrix", "bigram"),
    _network(
        "neural-bigram",
        "neural bigram, one-hot",
        "bigram",
        input="one-hot",
        hidden="128",
    ),
    _network("trigram-bag", "neural trigram, bag", "trigram", input="bag-of-words"),
    _network("trigram", "neural trigram, one-hot", "trigram", input="one-hot"),
    _network("window", "window, embedding", "neural-ngram"),
    Rung(
        "window-pretrained",
        "window, pretrained",
        {"model": "neural-ngram"},
        pretrained=True,
    ),
    _network("rnn", "RNN", "rnn"),
    _network("gru", "GRU", "gru"),
    _network(LSTM, "LSTM", "lstm"),
    _network("lstm-maxent", "LSTM + MaxEnt", "lstm", direct_order=3),
    _network("transformer", "transformer", "transformer"),
    Rung(
        "lstm-kneser-ney",
        "LSTM with Kneser-Ney",
        kind=MIXTURE,
        parts=(LSTM, KNESER_NEY),
        note="a mixture, its weights chosen on the validation text; seconds, bytes and "
        "parameters are the sums of its parts'",
    ),
)
NAMES = tuple(rung.name for rung in RUNGS)
FAMILIES = {rung.name: rung.family for rung in RUNGS}
LEARNERS = tuple(rung.name for rung in RUNGS if rung.takes_minutes)


def chosen(names: Sequence[str] | None) -> tuple[Rung, ...]:
    """Give the rungs of these names, from the lowest to the highest; None is all.

    What a mixture is made of belongs to it.
    Raises: UsageError for an unknown name.
    """
    if names is None:
        return RUNGS
    for name in names:
        if name not in NAMES:
            raise UsageError(f"a rung is one of {', '.join(NAMES)}; received {name!r}")
    parts = {part for r in RUNGS if r.name in names for part in r.parts}
    return tuple(rung for rung in RUNGS if rung.name in {*names, *parts})
