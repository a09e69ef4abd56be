"""keraslm compare --interpolate: one more row, its weights chosen on another text."""

import collections

import pytest

from keraslm.counts.model import NgramModel
from keraslm.loading import load
from keraslm.mixture import Mixture
from keraslm.text.corpus import open_text
from keraslm_datasets import village

TEXT = "the dog sleeps\na cat barks\n"
VALID = "the cat sees a dog\nthe dog barks\n"


@pytest.fixture
def paths(train):
    return [train(f"{n}.keras", order=n) for n in (1, 2)]


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT, "utf-8")
    return path


@pytest.fixture
def valid(tmp_path):
    path = tmp_path / "valid.txt"
    path.write_text(VALID, "utf-8")
    return path


def row_of(found):
    (row,) = [model for model in found["models"] if model["path"] is None]
    return row


def test_the_mixture_is_one_more_row(keraslm, keraslm_json, paths, text, valid):
    arguments = ("compare", *paths, "--text", text, "--interpolate", "--valid", valid)
    found = keraslm_json(*arguments)
    row, chosen_on = row_of(found), open_text(valid)
    mixture = Mixture.fit([load(path) for path in paths], chosen_on)
    assert row["nats_per_token"] == mixture.evaluate(open_text(text)).nats_per_token
    assert row["name"] == mixture.name
    assert row["parameters"] == sum(
        model["parameters"] for model in found["models"] if model["path"]
    )
    weights = {part["model"]: part["weight"] for part in row["details"]["parts"]}
    assert weights == dict(
        zip(["ngram-1 additive", "ngram-2 additive"], mixture.weights, strict=True)
    )
    assert row["details"]["weights_chosen_on"] == {
        "text": "valid.txt",
        "text_sha256": chosen_on.sha256,
    }
    assert row["command"].endswith(f"--interpolate --valid {valid}")
    perplexities = [model["perplexity"] for model in found["models"]]
    assert perplexities == sorted(perplexities)
    assert mixture.name in keraslm(*arguments).stdout


def test_on_the_validation_text_no_model_is_better(keraslm_json, train, tmp_path):
    written = village.text("train", 5_000)
    paths = [train(f"{n}.keras", written, order=n, delta=0.02) for n in (1, 2, 3)]
    copy = tmp_path / "copy.txt"  # one line more is another text
    copy.write_text(village.text("valid", 2_000) + "\n", "utf-8")
    options = ("--text", copy, "--interpolate", "--valid", "village:valid:20000")
    rows = keraslm_json("compare", *paths, *options)["models"]
    assert rows[0]["path"] is None
    assert rows[0]["perplexity"] < 0.95 * rows[1]["perplexity"]


def test_every_model_reads_each_text_once(
    keraslm_json, monkeypatch, paths, text, valid
):
    reads, once = collections.Counter(), NgramModel.log_probabilities

    def counting(model, ids):
        reads[model.name, len(ids)] += 1
        return once(model, ids)

    monkeypatch.setattr(NgramModel, "log_probabilities", counting)
    keraslm_json("compare", *paths, "--text", text, "--interpolate", "--valid", valid)
    # the text has 8 tokens, the validation text 10
    assert reads == {
        (f"ngram-{n} additive", size): 1 for n in (1, 2) for size in (8, 10)
    }


def test_a_dataset_brings_its_validation_part(keraslm_json, train):
    written = village.text("train", 20_000)
    paths = [train(f"{n}.keras", written, order=n) for n in (1, 2)]
    found = keraslm_json(
        "compare", *paths, "--text", "village:test:5000", "--interpolate"
    )
    chosen_on = row_of(found)["details"]["weights_chosen_on"]
    assert chosen_on["text"] == "village:valid:5000"
    assert "--valid" not in row_of(found)["command"]
    entropy = found["floor"]["entropy"]["perplexity"]
    assert entropy == pytest.approx(village.lowest_perplexity())


def test_equal_names_are_told_apart_in_the_sum(keraslm_json, train, text, valid):
    paths = [train("a/model.keras", delta=1.0), train("b/model.keras", delta=0.1)]
    options = ("--text", text, "--interpolate", "--valid", valid)
    name = row_of(keraslm_json("compare", *paths, *options))["name"]
    assert all(f"ngram-2 additive ({path.parent})" in name for path in paths)


def test_the_picture_has_it(keraslm, paths, text, valid, tmp_path):
    out = tmp_path / "c.svg"
    options = ("--interpolate", "--valid", valid, "--out", out)
    assert keraslm("compare", *paths, "--text", text, *options).exit_code == 0
    alone = tmp_path / "alone.svg"
    keraslm("compare", *paths, "--text", text, "--out", alone)
    assert " + " in out.read_text("utf-8")
    assert " + " not in alone.read_text("utf-8")


def test_a_text_without_a_validation_part_is_refused(keraslm, refused, paths, text):
    result = keraslm("compare", *paths, "--text", text, "--interpolate")
    refused(result, 2, "give --valid FILE")


@pytest.mark.parametrize("name", ["copy", "same", "dataset"])
def test_weights_are_never_chosen_on_the_text_measured(
    keraslm, refused, paths, text, tmp_path, name
):
    copy = tmp_path / "copy.txt"
    copy.write_text(TEXT, "utf-8")
    options = {
        "copy": ("--text", text, "--valid", copy),
        "same": ("--text", "-", "--valid", "-"),
        "dataset": ("--text", "village:valid"),
    }[name]
    result = keraslm("compare", *paths, "--interpolate", *options, stdin=TEXT)
    refused(result, 2, "never chosen on the text that is measured")


def test_valid_without_interpolate_is_refused(keraslm, refused, paths, text, valid):
    result = keraslm("compare", *paths, "--text", text, "--valid", valid)
    refused(result, 2, "--valid", "--interpolate")


def test_one_model_is_no_mixture(keraslm, refused, model, text, valid):
    options = ("--text", text, "--interpolate", "--valid", valid)
    refused(keraslm("compare", model, *options), 2, "two models", "received 1")
