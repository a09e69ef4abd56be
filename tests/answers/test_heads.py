"""Weights of heads, and what their silence changes, on a small random transformer."""

import numpy as np
import pytest

from keraslm.answers import heads
from keraslm.answers.heads import Heads
from keraslm.answers.place import Asked
from keraslm.answers.reading import Force
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.inference.building import build
from keraslm.inference.heads import head_weights
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.inference.transformer import block_name, shapes_of_block
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text

ENCODER = TextEncoder.fit(Text.from_string("a b c d e\na c"), level="word")
SIZE, WIDTH, CONTEXT = len(ENCODER.vocabulary), 8, 4
CONFIG = {
    "vocabulary_size": SIZE,
    "layers": 2,
    "heads": 2,
    "units": WIDTH,
    "context": CONTEXT,
}
TEXT = "a c a b d e"
LAST = 6  # its last token; number 0 is the line boundary
EVERY = [(layer, head) for layer in (1, 2) for head in (0, 1)]


def arrays():
    shapes = {"embed/vars/0": (SIZE, WIDTH), "last_norm/vars/0": (WIDTH,)}
    shapes |= {"layers/dense/vars/0": (WIDTH, SIZE), "layers/dense/vars/1": (SIZE,)}
    for number in range(2):
        own = shapes_of_block(WIDTH).items()
        shapes |= {f"{block_name(number)}/{name}": shape for name, shape in own}
    rng = np.random.default_rng(0)
    return {n: rng.normal(0, 0.7, s).astype(np.float32) for n, s in shapes.items()}


def opened(given):
    network = build("a test", "transformer", CONFIG, given)
    model = NetworkLanguageModel(network, ENCODER, "some", {}, (1, 0), None)
    return Heads(Asked(model))


@pytest.fixture(scope="module")
def given():
    return opened(arrays())


def held(layer, head, start, share=0.0):
    return Force(layer, heads.WHAT, head, share, start)


def test_the_weights_are_those_of_the_whole_text(given, monkeypatch):
    whole = head_weights(given.network, given.ids(TEXT))
    for most in (48, 4):
        monkeypatch.setattr(heads, "SHOWN", most)
        for layer, head in EVERY:
            told = heads.weights(given, TEXT, layer)
            skipped = told["skipped"]
            assert skipped == max(LAST + 1 - most, 0)
            expected = whole[layer - 1, head, skipped:]
            for row, own in enumerate(told["weights"][head]):
                assert len(own) == row + 1
                found = expected[row, skipped : skipped + row + 1]
                assert own == pytest.approx(found.tolist(), abs=1e-4)
                earlier = expected[row, :skipped].sum()
                assert told["earlier"][head][row] == pytest.approx(earlier, abs=1e-6)


def test_a_head_held_below_changes_weights_above_from_its_token_on(given):
    before = heads.weights(given, TEXT, 2)["weights"][0]
    after = heads.weights(given, TEXT, 2, [held(1, 0, 3)])["weights"][0]
    assert before[:3] == after[:3]
    assert before[3:] != after[3:]
    same = heads.weights(given, TEXT, 1, [held(1, 0, 3)])["weights"]
    assert same == heads.weights(given, TEXT, 1)["weights"]  # of the layer itself not


@pytest.mark.parametrize(("layer", "head"), EVERY)
def test_a_silent_head_is_one_without_its_rows_of_o(given, layer, head):
    told = heads.intervene(given, TEXT, [held(layer, head, 0)], top=SIZE)
    other = arrays()
    rows = slice(head * WIDTH // 2, (head + 1) * WIDTH // 2)
    other[f"{block_name(layer - 1)}/attention/output_project/vars/0"][rows] = 0
    tokens = [ENCODER.vocabulary[t["token"]] for t in told["tokens"]]
    for column, each in (("before", given), ("after", opened(other))):
        p = each.asked.place(TEXT).distribution()
        assert told[column]["p"] == pytest.approx(p[tokens], abs=1e-6)
    p, q = (np.array(told[column]["p"]) for column in ("before", "after"))
    assert told["bits"] == pytest.approx((p * np.log2(p / q)).sum(), abs=1e-6)
    assert told["bits"] > 0


@pytest.mark.parametrize("start", [0, 2, LAST])
def test_the_ablations_are_those_of_each_head_alone(given, start, monkeypatch):
    alone = [
        heads.intervene(given, TEXT, [held(*each, start)])["bits"] for each in EVERY
    ]
    told = heads.ablate(given, TEXT, start, seconds=None)
    assert told["bits"] == pytest.approx(alone, rel=1e-3, abs=1e-5)
    assert told["missing"] == 0
    monkeypatch.setattr(heads, "ROWS", 3)
    some = heads.ablate(given, TEXT, start, seconds=0)
    assert (len(some["bits"]), some["missing"]) == (3, 1)
    rest = heads.ablate(given, TEXT, start, first=3, seconds=0)
    assert rest["missing"] == 0
    both = some["bits"] + rest["bits"]
    assert both == pytest.approx(told["bits"], rel=1e-3, abs=1e-5)


def test_without_a_start_a_head_is_silent_at_the_last_token(given):
    told = heads.ablate(given, TEXT, seconds=None)
    assert told["start"] == LAST
    assert told["bits"] == heads.ablate(given, TEXT, LAST, seconds=None)["bits"]


def test_a_share_of_one_changes_nothing(given):
    told = heads.intervene(given, TEXT, [held(2, 1, 0, share=1.0)])
    assert told["bits"] == 0


def test_a_force_that_is_not_a_head_s_is_told_and_left_out(given):
    forces = [
        held(3, 0, 0),
        held(1, 2, 0),
        held(1, 1, 0, share=None),
        Force(1, "h", 0, 0.0, 0),
    ]
    told = heads.intervene(given, TEXT, forces)
    assert told["fitting"] == [False] * 4
    assert told["bits"] == 0
    assert heads.weights(given, TEXT, 1, forces)["fitting"] == [False] * 4


def test_what_is_not_there_is_refused(given):
    with pytest.raises(UsageError, match="`layer` must lie from 1 to 2; received 3"):
        heads.weights(given, TEXT, 3)
    counts = NgramModel.train(ENCODER, ENCODER.encode("a b c"), 2)
    with pytest.raises(UsageError, match="no heads of attention"):
        Heads(Asked(counts))
