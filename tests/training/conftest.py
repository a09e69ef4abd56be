"""What the tests of training share: a tiny corpus, and runs of a few steps."""

import functools
import signal

import numpy as np
import pytest

from keraslm.text.corpus import Corpus, Text
from keraslm.training.options import RECURRENT, Configuration
from keraslm.training.reporter import Reporter
from keraslm.training.run import train
from tests.training.interrupted import OFTEN, At, what_came_of

SENTENCES = "the dog barks\nthe cat sleeps\nthe dog sleeps\na cat sees the dog\n"


def corpus_of(train_text, valid=None, test=None):
    parts = (text and Text.from_string(text) for text in (valid, test))
    return Corpus("tiny", Text.from_string(train_text), *parts)


def configuration(model, out, **more):
    """A run of a second or two."""
    small = {"embedding": 4, "dropout": 0.0, "batch_size": 4, "time": 8, "steps": 4}
    if model in RECURRENT:
        small |= {"units": 5, "layers": 1}
    elif model == "ngram":
        small = {}
    elif model == "maxent":
        small = {"features": "hashed:10", "batch_size": 4, "time": 8, "steps": 4}
    elif model == "transformer":
        small = {"dropout": 0.0, "batch_size": 4, "time": 8, "steps": 4}
        small |= {"units": 8, "layers": 2, "heads": 2, "context": 5}
    else:
        small["hidden"] = "6"
    return Configuration(model=model, out=str(out), **(small | more))


class Notes(Reporter):
    """Keeps what a run said."""

    def __init__(self):
        self.lines, self.rows, self.fractions, self.texts = [], [], [], []

    def note(self, line):
        self.lines.append(line)

    def training(self, fraction, row):
        self.fractions.append(fraction)
        self.rows.append(row)

    def sample(self, heading, text):
        self.texts.append((heading, text))


class Impatient(Notes):
    """Presses Ctrl-C at a number of steps, once."""

    def __init__(self, step, split):
        super().__init__()
        self.when = (step, split)

    def training(self, fraction, row):
        super().training(fraction, row)
        if (row["step"], row["split"]) == self.when:
            self.when = None
            signal.raise_signal(signal.SIGINT)


@pytest.fixture(scope="session")
def corpus():
    valid = "the dog sleeps\na cat barks\n"
    return corpus_of(SENTENCES * 5, valid, "the cat sees a dog\n")


@pytest.fixture(scope="session")
def runs(tmp_path_factory, corpus):
    """Train a model at a level, once; gives the run and what it said."""
    kept = {}

    def run_of(model, level="word", **more):
        key = (model, level, *more.items())
        if key not in kept:
            out = tmp_path_factory.mktemp("run") / model
            c = configuration(model, out, level=level, log_steps=2, **more)
            notes = Notes()
            kept[key] = train(c, corpus, reporter=notes, command="a test"), notes
        return kept[key]

    return run_of


@pytest.fixture(scope="session")
def small():
    """Make the configuration of a short run."""
    return configuration


@pytest.fixture(scope="session")
def texts():
    """Make a corpus of up to three texts."""
    return corpus_of


@pytest.fixture
def notes():
    return Notes()


@pytest.fixture(scope="session")
def impatient():
    return Impatient


@pytest.fixture
def quick_measures(monkeypatch):
    """Measure a text by the size of the weights, which compiles nothing."""
    from keraslm.models.language_model import KerasLanguageModel

    def cost(model, ids):
        weights = model.keras_model.get_weights()
        return np.full(len(ids), -sum(float(np.abs(w).mean()) for w in weights))

    monkeypatch.setattr(KerasLanguageModel, "log_probabilities", cost)


@pytest.fixture
def quick_steps(monkeypatch):
    """Compile no step, which takes longer than the steps of a tiny run."""
    from keraslm.models import CausalLM

    eager = functools.partialmethod(CausalLM.compile, run_eagerly=True)
    monkeypatch.setattr(CausalLM, "compile", eager)


@pytest.fixture(scope="module")
def story(texts):
    sentences = "the dog barks\nthe cat sleeps\na cat sees the dog\n"
    return texts(sentences * 12, "the dog sleeps\na cat barks\n")


@pytest.fixture
def whole(quick_steps, quick_measures, small, story, tmp_path):
    """A run in one go: its configuration, and what came of it."""
    c = small("trigram", tmp_path / "whole", **OFTEN)
    train(c, story)
    return c, what_came_of(c)


@pytest.fixture
def interrupted(small, story, tmp_path, quick_measures, quick_steps):
    """Begin the same run elsewhere, and interrupt it."""

    def run(step, act, error):
        c = small("trigram", tmp_path / "run", **OFTEN)
        with pytest.raises(error) as caught:
            train(c, story, reporter=At(step, act))
        return c, str(caught.value)

    return run
