"""How a run ends: at a loss that is no number, at Ctrl-C, with its minutes."""

import dataclasses
import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import keraslm
from keraslm.callbacks import Clock
from keraslm.errors import TrainingError
from keraslm.training.run import train

ROOT = pathlib.Path(__file__).parents[2]
WILD = {
    "learning_rate": 1e38,
    "optimizer": "sgd",
    "clip_norm": 0,
    "schedule": "constant",
}


def best_row(folder):
    history = pd.read_csv(folder / "history.csv")
    valid = history[history["split"] == "valid"]
    return valid.loc[valid["nats"].idxmin()]


def test_a_loss_that_is_no_number_ends_the_run(small, corpus, tmp_path):
    out = tmp_path / "run"
    with pytest.raises(TrainingError) as caught:
        train(small("lstm", out, **WILD), corpus)
    line = str(caught.value)
    assert "\n" not in line
    for words in (
        " became ",
        "at step ",
        "gradient norm ",
        "`learning_rate`",
        "1e+38",
    ):
        assert words in line
    assert "no model was kept" in line
    assert not out.exists()  # it came to nothing, and is not in the next try's way


def test_patience_ends_a_run_that_gets_no_better(small, corpus, tmp_path, notes):
    # a rate so small that float32 weights do not move: no validation is ever better
    still = {"learning_rate": 1e-30, "optimizer": "sgd", "steps": 100}
    c = small("bigram", tmp_path / "run", valid_steps=2, patience=3, **still)
    train(c, corpus, reporter=notes)
    history = pd.read_csv(tmp_path / "run/history.csv")
    valid = history[history["split"] == "valid"]
    assert valid["step"].tolist() == [2, 4, 6, 8]  # the first and three no better
    assert "no better validation in 3: ends at step 8" in notes.lines


def test_the_last_validated_models_are_kept(small, corpus, tmp_path):
    out = tmp_path / "run"
    c = small("lstm", out, valid_steps=1, keep_last=2, steps=4)
    run = train(c, corpus)
    kept = sorted(path.name for path in (out / "checkpoints").iterdir())
    assert kept == ["step-000000003.keras", "step-000000004.keras"]
    history = pd.read_csv(out / "history.csv")
    valid = history[history["split"] == "valid"].set_index("step")["nats"]
    for step in (3, 4):
        model = keraslm.load(out / f"checkpoints/step-{step:09}.keras")
        assert model.evaluate(corpus.valid).nats_per_token == pytest.approx(valid[step])
    train(dataclasses.replace(c, keep_last=0), corpus, True)
    assert not list((out / "checkpoints").iterdir())  # the old run's are gone
    assert run.folder.model.is_file()


def test_the_kept_model_has_the_mean_of_the_weights(small, corpus, tmp_path):
    c = small("lstm", tmp_path / "run", average_steps=100, valid_steps=2, steps=4)
    run = train(c, corpus)
    history = pd.read_csv(tmp_path / "run/history.csv")
    best = history[history["split"] == "valid"]["nats"].min()
    kept = keraslm.load(tmp_path / "run").evaluate(corpus.valid)
    assert kept.nats_per_token == pytest.approx(best, rel=1e-6)
    plain = train(small("lstm", tmp_path / "plain", valid_steps=2, steps=4), corpus)
    assert plain.model.evaluate(corpus.valid).nats_per_token != kept.nats_per_token
    assert run.model.parameters == plain.model.parameters


def test_what_was_good_before_it_went_wrong_is_kept(small, corpus, tmp_path):
    out = tmp_path / "run"
    # Without a bound E and W of the logits E W enlarge each other, step by step.
    growing = WILD | {"learning_rate": 1e3, "hidden": "none", "steps": 200}
    with pytest.raises(TrainingError, match="holds the model of step "):
        train(small("bigram", out, valid_steps=1, **growing), corpus)
    kept = keraslm.load(out)
    nats = kept.evaluate(corpus.valid).nats_per_token
    assert nats == pytest.approx(best_row(out)["nats"], rel=1e-6)


def earlier_run(small, corpus, out):
    """Leave a run of counts in a folder; gives the bytes of its files."""
    train(small("ngram", out), corpus)
    return {path.name: path.read_bytes() for path in out.iterdir()}


def test_a_run_that_keeps_no_model_leaves_the_earlier_one(small, corpus, tmp_path):
    out = tmp_path / "run"
    before = earlier_run(small, corpus, out)
    with pytest.raises(TrainingError, match=r"no model was kept.*of an earlier run"):
        train(small("lstm", out, **WILD), corpus, overwrite=True)
    for name in ("model.keras", "card.json", "perplexity.png"):
        assert (out / name).read_bytes() == before[name]
    assert keraslm.load(out).name.startswith("ngram")
    assert "lstm" in (out / "config.toml").read_text()


def test_a_kept_model_takes_the_earlier_ones_card_away(small, corpus, tmp_path):
    out = tmp_path / "run"
    earlier_run(small, corpus, out)
    growing = WILD | {"learning_rate": 1e3, "hidden": "none", "steps": 200}
    with pytest.raises(TrainingError, match="holds the model of step "):
        train(small("bigram", out, valid_steps=1, **growing), corpus, overwrite=True)
    assert keraslm.load(out).name == "bigram"
    assert not (out / "card.json").exists()
    assert not (out / "perplexity.png").exists()


@pytest.fixture(scope="module")
def unsteady(tmp_path_factory, small, corpus, impatient):
    """A run whose perplexity rises and falls, ended by Ctrl-C at step 9."""
    out = tmp_path_factory.mktemp("unsteady") / "run"
    rate = {"learning_rate": 20.0, "optimizer": "sgd", "schedule": "constant"}
    often = {"valid_steps": 1, "log_steps": 3, "steps": 500}
    notes = impatient(9, "train")
    return train(small("bigram", out, **rate, **often), corpus, reporter=notes), notes


def test_ctrl_c_ends_a_run_cleanly(unsteady):
    run, notes = unsteady
    assert max(row["step"] for row in notes.rows) == 9
    assert any("Interrupted after step 9" in line for line in notes.lines)
    assert (run.folder.path / "perplexity.png").exists()
    assert run.card.perplexity > 1


def test_the_best_model_by_validation_is_kept(unsteady, corpus):
    run, notes = unsteady
    best = best_row(run.folder.path)
    history = pd.read_csv(run.folder.history)
    last = history[history["split"] == "valid"].iloc[-1]
    assert last["nats"] > best["nats"]  # or nothing is tested here
    kept = keraslm.load(run.folder.path)
    nats = kept.evaluate(corpus.valid).nats_per_token
    assert nats == pytest.approx(best["nats"], abs=1e-6)
    assert f"the model of step {best['step']}" in notes.lines[-1]


def test_ctrl_c_keeps_the_model_where_there_is_nothing_to_validate_on(
    small, texts, tmp_path, impatient
):
    c = small("bigram", tmp_path / "run", steps=500, log_steps=1)
    run = train(c, texts("a b c\n" * 40), reporter=impatient(3, "train"))
    assert keraslm.load(run.folder.path).perplexity("a b c\n") > 1


def test_minutes_end_a_run_and_its_schedule(
    small, corpus, tmp_path, notes, monkeypatch
):
    # A clock on which every step takes 0.125 seconds: 3 seconds are 24 steps.
    monkeypatch.setattr(Clock, "seconds", property(lambda clock: clock.step / 8))
    c = small("bigram", tmp_path / "run", steps=None, minutes=0.05, log_steps=1)
    train(c, corpus, reporter=notes)
    rows = [row for row in notes.rows if row["split"] == "train"]
    assert [row["step"] for row in rows] == list(range(1, 25))
    rates = np.array([row["learning_rate"] for row in rows])
    assert rates[-1] < 0.05 * rates[0]
    assert (np.diff(rates) <= 0).all()
    assert notes.rows[-1]["split"] == "valid"


LONG = """
import sys
from keraslm.text.corpus import Corpus, Text
from keraslm.training import Configuration, Reporter, train

class Told(Reporter):
    def note(self, line):
        print(line, flush=True)
    def training(self, fraction, row):
        print("row", flush=True)

text = Text.from_string("the dog barks\\n" * 200)
c = Configuration(model="bigram", out=sys.argv[1], epochs=10**6, log_steps=1)
train(c, Corpus("long", text, Text.from_string("the dog\\n")), reporter=Told())
"""


def test_a_real_ctrl_c_leaves_a_whole_run(tmp_path):
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", LONG, str(tmp_path / "run")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    with process:
        while process.stdout.readline() not in ("row\n", ""):
            pass
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in err) == (0, False), err
    assert "Interrupted after step" in out
    assert "holds the model of step" in out.splitlines()[-1]
    files = {file.name for file in (tmp_path / "run").iterdir()}
    assert {"model.keras", "card.json", "perplexity.png"} <= files
    assert [name for name in files if name.startswith(".")] == [".keraslm"]
