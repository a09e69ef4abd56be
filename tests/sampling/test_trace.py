import json

import numpy as np
import pytest

from keraslm.counts.model import NgramModel
from keraslm.models import recurrent
from keraslm.sampling.trace import Step
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named

TEXT = "the dog barks\nthe cat sleeps\nthe dog sleeps\na cat sees the dog\n" * 3
SETTINGS = [
    {},
    {"temperature": 0},
    {"temperature": 0.7, "top_k": 5},
    {"top_p": 0.9, "min_p": 0.05},
    {"temperature": 1.5, "top_k": 7, "top_p": 0.95, "min_p": 0.02, "typical_p": 0.9},
]


def counts(smoothing="modified-kneser-ney", order=3) -> NgramModel:
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), TEXT)
    return NgramModel.train(encoder, ids, order, smoothing)


@pytest.fixture(params=["counts", "network"])
def model(request, network):
    return counts() if request.param == "counts" else network


@pytest.fixture(scope="module")
def network():
    encoder, _ = TextEncoder.learn(tokenizer_named("word"), TEXT)
    return recurrent(encoder, "gru", embedding=4, units=8).language_model


@pytest.mark.parametrize("how", SETTINGS)
def test_the_text_explained_is_the_text_generated(model, how):
    written = "".join(model.generate("the", 60, seed=5, **how))
    explained = "".join(piece for piece, _ in model.explain("the", 60, seed=5, **how))
    assert explained == written


def test_a_step_comes_as_soon_as_it_is_drawn():
    steps = counts().explain(length=10**9, seed=0)
    assert isinstance(next(steps)[1], Step)


@pytest.mark.parametrize("how", SETTINGS)
def test_every_stage_is_a_distribution_and_says_what_it_kept(model, how):
    for _, step in model.explain("the", 8, seed=2, **how):
        for column in step.columns:
            assert column.sum() == pytest.approx(1)
        before = step.raw
        for stage in step.stages:
            kept = before[stage.distribution > 0].sum()
            if stage.name != "temperature":
                assert stage.kept == pytest.approx(kept)
            assert stage.tokens == np.count_nonzero(stage.distribution)
            before = stage.distribution
        assert step.stages[0].distribution[0] == 0  # <unk>


@pytest.mark.parametrize("how", SETTINGS)
def test_the_random_number_falls_on_the_tokens_interval(model, how):
    points = np.random.default_rng(4).random(20)  # one a token
    for point, (_, step) in zip(
        points, model.explain("the", 20, seed=4, **how), strict=True
    ):
        assert step.point == point
        assert step.low - 1e-12 <= point < step.high + 1e-12
        assert step.high - step.low == pytest.approx(step.final[step.token])
        assert step.low == pytest.approx(step.final[: step.token].sum())


def test_the_stages_of_a_step_by_hand():
    # maximum likelihood after "the": dog 3 / 4, cat 1 / 4
    how = {"temperature": 0.5, "top_p": 0.5}
    ((_, step),) = counts("mle", order=2).explain("the", 1, seed=0, **how)
    allowed, tempered, nucleus = step.stages
    dog = int(np.argmax(step.raw))
    assert step.raw[dog] == pytest.approx(3 / 4)
    assert (allowed.kept, allowed.tokens) == (pytest.approx(1), 2)
    # squares 9 and 1
    assert tempered.distribution[dog] == pytest.approx(9 / 10)
    assert (nucleus.kept, nucleus.tokens) == (pytest.approx(9 / 10), 1)
    assert (step.token, step.low, step.high) == (dog, 0, 1)


@pytest.mark.parametrize("top", [1, 3, None])
def test_what_json_shows_sums_to_one(top):
    model = counts()
    for _, step in model.explain("the", 5, seed=1, temperature=0.8, top_k=4):
        found = json.loads(json.dumps(step.to_dict(model.vocabulary.tokens, top)))
        for name in ("model", "allowed", "temperature", "top_k"):
            shown = sum(row[name] for row in found["tokens"])
            assert shown + found["others"][name] == pytest.approx(1, abs=1e-12)
        size = len(found["tokens"]) + found["others"]["tokens"]
        assert size == len(model.vocabulary)
        assert found["id"] in [row["id"] for row in found["tokens"]]
