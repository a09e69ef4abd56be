"""The softmax of a run: its bands and classes, and what is refused."""

import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.models.softmaxes import choose_cutoffs, shares_of
from keraslm.training.options import Configuration, resolve
from keraslm.training.run import train

TEXT = "the dog barks\nthe cat sleeps\nthe dog sleeps\na cat sees the dog\n"


def test_the_bands_cover_what_they_should():
    # of 100 tokens: 60, 70, 80, 90 after four words; 85% after four, 95% after seven
    counts = np.array([60, 10, 10, 10, 2, 2, 2, 2, 1, 1])
    assert choose_cutoffs(counts) == [4, 7]
    assert shares_of(counts, [4, 7]) == pytest.approx([0.9, 0.06, 0.04])


@pytest.mark.parametrize("counts", [[1, 1, 1], [0, 9, 1], [0, 5, 90, 1, 1]])
def test_a_small_vocabulary_has_a_head_and_a_band(counts):
    cutoffs = choose_cutoffs(np.array(counts))
    assert 2 <= cutoffs[0] < len(counts)
    assert cutoffs == sorted({*cutoffs})


@pytest.mark.parametrize(
    ("model", "softmax"),
    [
        ("gru", "adaptive"),
        pytest.param("gru", "classes", marks=pytest.mark.long),
        ("maxent", "classes"),
    ],
)
def test_a_run_keeps_its_softmax_and_so_does_one_that_continues_it(
    tmp_path, model, softmax, small, texts
):
    c = small(model, tmp_path / "one", softmax=softmax)
    first = train(c, texts(TEXT))
    kept = first.model.keras_model.architecture.arguments["softmax"]
    assert kept is not None
    again = small(model, tmp_path / "two", init_from=str(tmp_path / "one"))
    second = train(again, texts(TEXT))
    learnt_on = second.model.keras_model.architecture.arguments["softmax"]
    assert learnt_on["class_name"] == kept["class_name"]
    names = [name for name in kept["config"] if name != "name"]
    assert all(learnt_on["config"][name] == kept["config"][name] for name in names)
    assert second.card.nats_per_token < np.log(len(second.model.vocabulary)) + 0.2
    asked = {"adaptive": "classes", "classes": "sampled"}[softmax]
    other = small(model, tmp_path / "x", init_from=str(tmp_path / "one"), softmax=asked)
    with pytest.raises(UsageError, match=f"has softmax {softmax}; received {asked}"):
        train(other, texts(TEXT))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"softmax": "adaptive", "tied": True}, "vectors of its own"),
        ({"softmax": "classes", "tied": True}, "vectors of its own"),
        ({"classes": "9"}, "`softmax='classes'`"),
    ],
)
def test_what_does_not_go_together_is_refused(options, words):
    with pytest.raises(UsageError, match=words):
        resolve(Configuration(model="lstm", **options))


@pytest.mark.parametrize("classes", ["0", "999", "no-such-file"])
def test_classes_that_cannot_be_had_are_refused_before_anything_is_written(
    tmp_path, classes, small, texts
):
    c = small("gru", tmp_path / "run", softmax="classes", classes=classes)
    with pytest.raises(UsageError):
        train(c, texts(TEXT))
    assert not (tmp_path / "run").exists()


def test_features_that_do_not_reach_for_classes_are_refused_first(
    tmp_path, small, texts
):
    # 7 words, <unk> and the line's end, and 8 classes: more than 2^4
    many = {"features": "hashed:4", "softmax": "classes", "classes": "9"}
    c = small("maxent", tmp_path / "run", **many)
    with pytest.raises(UsageError, match="each of 17 words or classes"):
        train(c, texts(TEXT))
    assert not (tmp_path / "run").exists()
