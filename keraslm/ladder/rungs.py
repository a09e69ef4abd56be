"""The rungs of the ladder: what each model is, from a uniform guess to a mixture."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from keraslm.errors import UsageError
from keraslm.ladder import kinds
from keraslm.ladder.kinds import Kind

UNIFORM, RUN, MIXTURE = "uniform", "run", "mixture"
KNESER_NEY, LSTM = "kneser-ney-5", "lstm"
PRUNE = "0,10,30"
PRUNED = (
    "without pairs that occur 10 times or less, and longer n-grams that occur 30 times "
    "or less"
)


@dataclasses.dataclass(frozen=True)
class Rung:
    """A model of the ladder, by name, in words, and by the options of its run."""

    name: str
    title: str
    kind: Kind
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    how: str = RUN
    parts: tuple[str, ...] = ()
    pretrained: bool = False
    note: str = ""

    @property
    def takes_minutes(self) -> bool:
        """Whether its run learns for as long as it is given."""
        return self.how == RUN and self.options["model"] != "ngram"


def _counts(
    name: str, title: str, order: int, smoothing: str, note: str = "", **more: Any
) -> Rung:
    options = {"model": "ngram", "order": order, "smoothing": smoothing, **more}
    return Rung(name, title, kinds.COUNTS, options, note=note)


def _pruned(name: str, title: str, smoothing: str) -> Rung:
    return _counts(name, f"{title}, pruned", 5, smoothing, PRUNED, prune=PRUNE)


def _maxent(name: str, title: str, order: int, skip: int, **more: Any) -> Rung:
    options = {"model": "maxent", "order": order, "skip": skip, "l1": 3e-6, **more}
    return Rung(name, title, kinds.MAXENT, options)


def _network(name: str, title: str, model: str, **options: Any) -> Rung:
    return Rung(name, title, kinds.NEURAL, {"model": model, **options})


def _both(name: str, title: str, model: str, order: int, **options: Any) -> Rung:
    options = {"model": model, "direct_order": order, **options}
    return Rung(name, title, kinds.NEURAL_MAXENT, options)


RUNGS = (
    Rung("uniform", "uniform", kinds.NONE, how=UNIFORM),
    _counts("unigram", "unigram", 1, "additive"),
    _counts("additive-3", "trigram, additive", 3, "additive"),
    _counts("katz-3", "trigram, Katz", 3, "katz"),
    _counts("katz-5", "5-gram, Katz", 5, "katz"),
    _pruned("katz-5-pruned", "5-gram, Katz", "katz"),
    _counts(
        "stupid-backoff-5",
        "5-gram, stupid backoff",
        5,
        "stupid-backoff",
        note="scores, not probabilities, so they have no perplexity: measured divided "
        "by their sum",
    ),
    _counts(KNESER_NEY, "5-gram, Kneser-Ney", 5, "modified-kneser-ney"),
    _pruned("kneser-ney-5-pruned", "5-gram, Kneser-Ney", "modified-kneser-ney"),
    _maxent("maxent-5", "MaxEnt 5-gram", 5, skip=0),
    _maxent("maxent-5-skip", "MaxEnt 5-gram and skips", 5, skip=1),
    _maxent(
        "maxent-4-classes", "MaxEnt 4-gram, class softmax", 4, 0, softmax="classes"
    ),
    Rung("bigram", "bigram, one matrix", kinds.MAXENT, {"model": "bigram"}),
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
        kinds.NEURAL,
        {"model": "neural-ngram"},
        pretrained=True,
    ),
    _network("rnn", "RNN", "rnn"),
    _network("gru", "GRU", "gru"),
    _network(LSTM, "LSTM", "lstm"),
    _both("rnn-64-maxent", "RNN 64 + MaxEnt", "rnn", 3, units=64),
    _both("rnn-128-maxent", "RNN 128 + MaxEnt", "rnn", 3, units=128),
    _both("rnn-256-maxent", "RNN 256 + MaxEnt", "rnn", 3, units=256),
    _both("lstm-maxent", "LSTM + MaxEnt", "lstm", 3),
    _network(
        "transformer", "transformer", "transformer", layers=2, learning_rate=0.005
    ),
    Rung(
        "lstm-kneser-ney",
        "LSTM with Kneser-Ney",
        kinds.MIXED,
        how=MIXTURE,
        parts=(LSTM, KNESER_NEY),
        note="a mixture, its weights chosen on the validation text; seconds, bytes and "
        "parameters are the sums of its parts'",
    ),
)
NAMES = tuple(rung.name for rung in RUNGS)
KINDS = {rung.name: rung.kind for rung in RUNGS}
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
