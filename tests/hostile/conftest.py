"""Two small models as the members of their files, and a way to see one refused."""

import json
import time
import tracemalloc
import zipfile

import pytest

import keraslm
from keraslm.counts.model import NgramModel
from keraslm.errors import ModelFileError
from keraslm.files.members import write_members
from keraslm.models import lstm
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named

TEXT = "a b a b\na c\n"
SECONDS, MEGABYTES = 5, 200


@pytest.fixture(scope="module")
def encoded():
    return TextEncoder.learn(tokenizer_named("char"), TEXT)


@pytest.fixture(scope="module")
def network(encoded, tmp_path_factory):
    """The members of a network's file."""
    encoder, _ = encoded
    path = tmp_path_factory.mktemp("network") / "model.keras"
    lstm(encoder, embedding=2, units=3).save(path)
    return members_of(path)


@pytest.fixture(scope="module")
def counts(encoded, tmp_path_factory):
    """The members of a count model's file."""
    path = tmp_path_factory.mktemp("counts") / "model.keras"
    NgramModel.train(*encoded, order=2).save(path)
    return members_of(path)


def members_of(path):
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.fixture
def refused():
    """See a file refused: in one line, soon, and with little memory."""

    def refused(path, words, opening=keraslm.load):
        tracemalloc.start()
        start = time.process_time()
        with pytest.raises(ModelFileError, match=words) as caught:
            opening(path)
        seconds = time.process_time() - start
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < len(str(path)) + 400
        assert seconds < SECONDS
        assert peak < MEGABYTES * 10**6

    return refused


@pytest.fixture
def rewritten():
    """Write members, of which some are changed or, with None, left out."""

    def rewritten(path, members, changes=()):
        kept = {**members, **dict(changes)}
        write_members(path, {k: v for k, v in kept.items() if v is not None})
        return path

    return rewritten


@pytest.fixture
def changed():
    """Give JSON with some entries of a table changed."""

    def changed(data, **changes):
        return json.dumps({**json.loads(data), **changes}).encode()

    return changed
