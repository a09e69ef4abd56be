"""keraslm train --task classify, keraslm classify, and keraslm evaluate of it."""

import json

import pytest


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A table of which a word tells the label."""
    path = tmp_path_factory.mktemp("corpus") / "small.csv"
    rows = (f"good film {k},pos\nbad film {k},neg\n" for k in range(30))
    path.write_text("text,label\n" + "".join(rows))
    return path


@pytest.fixture(scope="module")
def bag(corpus, tmp_path_factory):
    """A bag of words, trained by the command."""
    from click.testing import CliRunner

    from keraslm_cli.main import program

    out = tmp_path_factory.mktemp("runs") / "run"
    how = ["--task", "classify", "--model", "bag-of-words", "--out", str(out)]
    sizes = ["--epochs", "20", "--learning-rate", "0.1", "--units", "4"]
    given = ["train", str(corpus), *how, *sizes, "--split", "80/10/10"]
    result = CliRunner().invoke(program, given)
    assert result.exit_code == 0, result.output
    assert "100.00%  of 6 texts are right" in result.stdout
    return out


def test_the_same_figures_are_written_and_measured_again(
    keraslm, keraslm_json, bag, tmp_path
):
    table = tmp_path / "t.tsv"
    table.write_text("text\tlabel\ngood film\tpos\nbad film\tneg\nbad film\tpos\n")
    found = keraslm_json("evaluate", bag, table)
    assert found["confusion"] == [[1, 0], [1, 1]]
    assert found["by_label"]["pos"] == {"n": 2, "right": 1, "f1": pytest.approx(2 / 3)}
    written = json.loads((bag / "card.json").read_text())
    assert (written["n"], written["right"], written["part"]) == (6, 6, "test")
    assert "macro F1" in keraslm("evaluate", bag, table).stdout


def test_a_text_with_the_probability_of_each_label(keraslm, keraslm_json, bag):
    (found,) = keraslm_json("classify", bag, "good film")["texts"]
    assert list(found["labels"]) == ["pos", "neg"]
    assert sum(found["labels"].values()) == pytest.approx(1)
    shown = keraslm("classify", bag, "good film").stdout.splitlines()
    assert shown[2].split() == ["pos", f"{found['labels']['pos']:.4f}"]


def test_what_does_not_fit_is_refused(keraslm, refused, bag, corpus, tmp_path):
    train = ("train", corpus, "--task", "classify")
    refused(keraslm(*train, "--model", "bilstm"), 2, "one of last-state")
    layers = ("--model", "bag-of-words", "--layers", 2)
    refused(keraslm(*train, *layers), 2, "has no recurrent --layers")
    refused(keraslm("tag", bag, "good"), 2, "is a classifier and no tagger")
    refused(keraslm("next", bag, "good"), 2, "no language model")
    config = bag / "config.toml"
    refused(keraslm("train", "--config", config), 2, "add --task classify")
    told = ("train", "--task", "tag", "--config", config)
    refused(keraslm(*told), 2, "is not of --task tag")
