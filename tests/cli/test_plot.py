"""keraslm plot: the numbers of --csv are the library's; mistakes are one line."""

import numpy as np
import pandas as pd
import pytest

import keraslm as library
from keraslm.counts.continuations import continuation_table
from keraslm.probes import (
    activations,
    attention_weights,
    contributions,
    gates,
    gradient_norms,
)
from keraslm.surprisal import surprisals
from keraslm.text.corpus import Text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm_cli.commands.plot import KINDS
from keraslm_cli.pictures import passage
from keraslm_datasets import village

LINE = "the dog sleeps"
HISTORY = """step,epoch,seconds,split,nats,perplexity,tokens
10,1,1,train,2,7.389,640
20,1,2,train,1,2.718,640
20,1,2,valid,1.5,4.48,
"""


@pytest.fixture
def drawn(keraslm, tmp_path):
    """Draw a kind; gives the picture's path and the table of its CSV."""

    def draw(*arguments, name="figure.png"):
        out, csv = tmp_path / name, tmp_path / "figure.csv"
        result = keraslm("plot", *arguments, "--out", out, "--csv", csv)
        assert result.exit_code == 0, result.output
        return out, pd.read_csv(csv, keep_default_na=False, na_values=["nan"])

    return draw


@pytest.fixture
def network(tmp_path):
    """A small LSTM of characters, not trained."""
    encoder = TextEncoder.fit(Text.from_string(village.text("valid", "small")), "char")
    model = library.models.lstm(encoder, embedding=3, units=4, layers=1)
    path = tmp_path / "lstm.keras"
    model.save(path)
    return path


@pytest.mark.parametrize("name", ["figure.png", "figure.svg", "figure.html"])
def test_surprisal_is_minus_the_log_of_the_score(drawn, model, name):
    out, table = drawn("surprisal", model, LINE, name=name)
    score = library.load(model).score(LINE)
    bits = -score.log_probabilities / np.log(2)
    assert table["bits"].to_numpy() == pytest.approx(bits)
    assert table["token"].tolist() == [*LINE.split(), "</s>"]
    assert out.stat().st_size > 1000


def test_a_difference_is_that_of_the_library(drawn, train):
    one, two = train("one.keras"), train("two.keras", delta=3)
    _, table = drawn("surprisal", one, LINE, "--minus", two)
    found = surprisals(library.load(one), library.load(two), LINE)
    assert table["difference"].to_numpy() == pytest.approx(found.difference)


def test_a_named_text_is_cut_at_a_line(drawn, model):
    _, table = drawn("surprisal", model, "--text", "village:valid", "--length", 100)
    assert table["token"].iloc[-1] == "</s>"
    assert 5 < len(table) < 40


def test_history_reads_a_run_and_its_file(drawn, tmp_path):
    for run in ("a", "b"):
        (tmp_path / run).mkdir()
        (tmp_path / run / "history.csv").write_text(HISTORY)
    paths = (tmp_path / "a", tmp_path / "b" / "history.csv")
    _, table = drawn("history", *paths, "--x", "tokens", "--split", "train")
    assert table["run"].tolist() == ["a", "a", "b", "b"]
    assert table["tokens"].tolist() == [640, 1280, 640, 1280]
    assert table["perplexity"].tolist() == pytest.approx([7.389, 2.718] * 2)


def test_a_cell_s_text_has_the_unit_s_values(drawn, network):
    _, table = drawn("cell", network, "a dog .", "--unit", 2, "--state", "c")
    held = activations(library.load(network), "a dog .", unit=2, state="c")
    assert table["unit 2"].to_numpy() == pytest.approx(held.values[:, 0])


def test_cell_finds_a_unit_and_says_how_well_it_follows(keraslm, network, tmp_path):
    text = ("--text", "village:valid", "--length", 600)
    out = ("--out", tmp_path / "cell.html")
    result = keraslm("plot", "cell", network, *text, "--find", "space", *out)
    assert result.exit_code == 0, result.output
    assert "correlation with space" in result.stdout
    best = result.stdout.splitlines()[1].split()[0]
    assert f"Unit {best}: h of layer 1" in (tmp_path / "cell.html").read_text("utf-8")


def test_gates_and_contributions_and_gradients(drawn, network):
    model = library.load(network)
    _, table = drawn("gates", network, "a dog .", "--unit", 1)
    expected = gates(model, "a dog .", unit=1).table()
    assert table["f"].to_numpy() == pytest.approx(expected["f"].to_numpy())
    _, table = drawn("contributions", network, "a dog .")
    (layer,) = contributions(model, "a dog .")
    assert table.to_numpy()[:, 1:] == pytest.approx(layer.norms().to_numpy())
    few = ("--lags", 3, "--windows", 4, "--length", 200)
    _, table = drawn("gradients", network, "--text", "village:valid", *few)
    text, _ = passage(None, "village:valid", 200, "utf-8")
    norms = gradient_norms(model, text, 3, 4)
    assert table["lag"].tolist() == [0, 1, 2, 3]
    assert table["joint"].to_numpy() == pytest.approx(norms.joint)


def test_attention_is_that_of_the_library(drawn, tmp_path):
    encoder = TextEncoder.fit(Text.from_string("a dog .\n"), "char")
    model = library.models.transformer(encoder, layers=2, heads=2, units=4)
    model.save(tmp_path / "transformer.keras")
    given = "attention", tmp_path / "transformer.keras", "a dog .", "--layer", 2
    out, table = drawn(*given, name="figure.html")
    expected = attention_weights(model, "a dog .").only(layer=2)
    assert table["weight"].to_numpy() == pytest.approx(expected.table()["weight"])
    sums = table.groupby(["head", "place"])["weight"].sum()
    assert sums.to_numpy() == pytest.approx(1)
    assert "<svg" in out.read_text("utf-8")


def test_a_recurrent_network_has_no_attention(keraslm, refused, network, tmp_path):
    out = tmp_path / "figure.png"
    told = keraslm("plot", "attention", network, "a dog .", "--out", out)
    refused(told, 2, "no heads of attention", "--model transformer")
    assert not out.exists()


def test_one_history_is_smoothed_on_the_validation_part(drawn):
    _, table = drawn("smoothing", "village:small", "on the")
    assert table.columns[1:3].tolist() == ["count", "mle"]
    encoder, ids = TextEncoder.learn(
        tokenizer_named("word"), village.text("train", "small")
    )
    valid = encoder.encode(village.text("valid", "small"))
    expected = continuation_table(encoder, ids, "on the", 3, valid)
    assert table["katz"].to_numpy() == pytest.approx(expected["katz"].to_numpy())


def test_counted_figures(drawn, text):
    _, ranks = drawn("zipf", text, "--order", 1)
    assert ranks["count"].max() == 12  # the, or the end of a line: 4 lines 3 times
    _, counts = drawn("counts", text, "--words", "the,dog")
    assert counts.set_index("history").loc["the", "dog"] == 9
    text.write_text(text.read_text() * 20)
    _, limits = drawn("vocabulary", text, "--limits", "4,6", "--order", 1)
    assert limits["vocabulary"].tolist() == [4, 6]


def test_embeddings_have_groups(drawn, tmp_path):
    vectors = tmp_path / "v.txt"
    vectors.write_text("3 2\ncat 1 0\ndog 0.9 0.1\nbarn 0 1\n")
    _, table = drawn("embeddings", vectors, "--group", "animals=cat,dog", "barn")
    assert table["word"].tolist() == ["cat", "dog", "barn"]
    assert table["group"].tolist() == ["animals", "animals", ""]


def test_embeddings_have_arrows(drawn, keraslm, tmp_path):
    vectors = tmp_path / "v.txt"
    vectors.write_text("4 2\ncat 1 0\ncats 0 1\ndog 0.9 0.1\ndogs 0 0.9\n")
    arrows = ("--arrows", "plural=cat:cats,dog:dogs")
    out, table = drawn("embeddings", vectors, *arrows, name="v.svg")
    assert table["word"].tolist() == ["cat", "cats", "dog", "dogs"]
    assert set(table["group"]) == {"plural"}
    assert "arrows: mean cosine 1.00" in out.read_text("utf-8")
    more = ("--arrows", "kind=cat:dog,cats:dogs,dog:cat")  # of the same words
    drawn("embeddings", vectors, *arrows, *more, name="w.svg")
    for wrong in ("plural", "=a:b", "p=a", "p=a:b:c", "p=:b"):
        found = keraslm("plot", "embeddings", vectors, "--arrows", wrong, "--out", out)
        assert found.exit_code == 2
        assert "as in plural=dog:dogs,cat:cats" in found.stderr


def test_evolution_shows_a_run_s_samples(drawn, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/samples.txt").write_text("--- step 20, epoch 1\n<b>x\n\n")
    (tmp_path / "run/history.csv").write_text(HISTORY)
    out, table = drawn("evolution", tmp_path / "run", name="page.html")
    assert table["perplexity"].tolist() == [4.48]
    assert "&lt;b&gt;x" in out.read_text("utf-8")


def test_agreement_is_that_of_the_command(drawn, keraslm_json, train):
    path = train("v.keras", village.text("train", "small")[:20000])
    text = ("--text", "village:valid:small", "--sentences", "60")
    _, table = drawn("agreement", path, *text)
    found = keraslm_json("agreement", path, *text)["models"][0]
    assert table[table["by"] == "all"]["accuracy"].astype(float).tolist() == [
        pytest.approx(found["accuracy"])
    ]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["surprisal", "m.keras", "a", "--out", "x.txt"], "a figure's name ends with"),
        (["surprisal", "m.keras", "--out", "x.png"], "give the text to show"),
        (["cell", "m.keras", "a", "--out", "x.png"], "either --unit, or --find"),
        (["history", "nowhere", "--out", "x.png"], "there is no history in nowhere"),
        (["evolution", "nowhere", "--out", "x.png"], "there is no samples.txt"),
        (["ladder", "nowhere", "--out", "x.png"], "there is no ladder.json"),
        (["vocabulary", "--limits", "a", "--out", "x.png"], "takes whole numbers"),
        (["zipf", "--out", "x.png", "--csv", "x.png"], "named twice"),
        (["graph", "--out", "x.png"], "No such command 'graph'"),
    ],
)
def test_a_mistake_is_one_line(keraslm, refused, train, monkeypatch, tmp_path,
                               arguments, reason):  # fmt: skip
    train()
    monkeypatch.chdir(tmp_path)
    refused(keraslm("plot", *arguments), 2, reason)
    assert not (tmp_path / "x.png").exists()


def test_a_file_that_is_no_history_is_refused(keraslm, refused, text, tmp_path):
    refused(keraslm("plot", "history", text, "--out", tmp_path / "x.png"), 2, "history")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_what_it_draws(keraslm, kind):
    shown = keraslm("plot", kind, "--help").output
    assert "--out" in shown
    assert "--csv" in shown
