"""Models of a small text, one of each kind, that are asked the same."""

import keras
import pytest

import keraslm
from keraslm.answers.place import Asked
from keraslm.counts.model import NgramModel
from keraslm.mixture import Mixture
from keraslm.text.text import Text

TEXT = "the dog barks\nthe cat sleeps\na dog sleeps\nthe cats sleep\n" * 3


@pytest.fixture(scope="session")
def tokens():
    return keraslm.TextEncoder.fit(Text.from_string(TEXT), level="word")


@pytest.fixture(scope="session")
def models(tokens):
    keras.utils.set_random_seed(0)
    ids = tokens.encode(TEXT)
    counts = NgramModel.train(tokens, ids, order=3)
    networks = {
        "gru": keraslm.models.gru(tokens, embedding=3, units=5, layers=2),
        "trigram": keraslm.models.trigram(tokens, embedding=3, hidden=(4,)),
        "maxent": keraslm.models.maxent(tokens),
    }
    found = {"counts": counts, "katz": NgramModel.train(tokens, ids, 3, "katz")}
    found |= {name: network.language_model for name, network in networks.items()}
    found["mixture"] = Mixture([counts, found["gru"]], [0.3, 0.7])
    return found


@pytest.fixture(
    params=["counts", "katz", "gru", "trigram", "maxent", "mixture"], scope="session"
)
def asked(request, models):
    return Asked(models[request.param])
