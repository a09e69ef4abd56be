"""A run is read while it is written, and its models are asked step by step."""

import math
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from keraslm.answers.comparison import NO_MODELS, NO_TEXT, Comparison, stages
from keraslm.answers.learning import Learning, StepModels, closest
from keraslm.answers.references import (
    References,
    count_models,
    mean_bits,
    prefixes_of,
)
from keraslm.answers.run_files import RunFiles, rows_of, samples_of, thinned
from keraslm.counts.additive import Additive
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.history import History, new_row
from keraslm.sampling.sampler import Sampler
from keraslm.text.corpus import Corpus, Text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm.training.lock import locked

SENTENCES = "the dog barks\nthe cat sleeps\nthe dog sleeps\na cat sees the dog\n" * 3


@pytest.fixture
def encoder():
    tokenizer = tokenizer_named("word")
    return TextEncoder(
        tokenizer, Vocabulary.build(tokenizer.count([SENTENCES]), "word")
    )


@pytest.fixture
def run(tmp_path, encoder):
    """A folder RUN whose "network" at step n is a count model of another order."""
    text = tmp_path / "text.txt"
    text.write_text(SENTENCES * 20)
    folder = tmp_path / "run"
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "config.toml").write_text(f'corpus = "{text.as_posix()}"\n')
    ids = encoder.encode(SENTENCES)
    for order, step in ((1, 40), (2, 300), (3, 2000)):
        file = folder / "checkpoints" / f"step-{step:09}.keras"
        NgramModel.train(encoder, ids, order, Additive(0.01)).save(file)
    return folder


def test_a_history_is_read_while_it_is_written(tmp_path):
    path = tmp_path / "history.csv"
    history = History(path)
    counts = []
    done = threading.Event()

    def read():
        while not done.is_set():
            rows, damaged = rows_of(path.read_text())
            counts.append((len(rows), damaged))

    reader = threading.Thread(target=read)
    reader.start()
    for step in range(1, 301):
        history.add(new_row("train", 2.0, None, step, 1, step / 10))
    done.set()
    reader.join()
    rows, _ = rows_of(path.read_text())
    assert [row["step"] for row in rows] == [*range(1, 301)]
    assert rows[-1]["perplexity"] == pytest.approx(math.exp(2.0))
    assert [n for n, _ in counts] == sorted(n for n, _ in counts)
    assert {damaged for _, damaged in counts} == {0}


def test_half_a_line_waits_and_a_damaged_one_is_counted(tmp_path):
    history = History(tmp_path / "history.csv")
    history.add(new_row("valid", 1.0, None, 5, 1, 2.0))
    whole = (tmp_path / "history.csv").read_text()
    assert rows_of(whole + "10,1,2.5,tra") == rows_of(whole)
    rows, damaged = rows_of(whole + "10,1,2.5\n\0\0\0\nx,1,2,valid,1,2,,,,,\n")
    assert ([row["step"] for row in rows], damaged) == ([5], 3)
    assert rows_of("") == ([], 0)
    infinite = "7,1,3.5,valid,800.0,inf,,,,,\n"
    assert rows_of(whole + infinite)[0][-1]["perplexity"] is None


def test_samples_come_with_their_steps():
    first, second = "--- step 0, epoch 0\nthe the\n\n", "--- step 40, epoch 2\na dog\n"
    text = f"{first}{second}--- no heading\n\n"
    assert samples_of(text) == [
        {"step": 0, "text": "the the"},
        {"step": 40, "text": "a dog\n--- no heading"},
    ]
    assert samples_of("--- counted\na cat\n") == [{"step": 0, "text": "a cat"}]


def test_a_long_history_is_thinned_and_keeps_its_end():
    rows = [{"step": step, "split": "train"} for step in range(1, 1001)]
    rows.append({"step": 7, "split": "valid"})
    found = thinned(rows, 100)
    assert len(found) == 101
    assert found[-1]["step"] == 1000
    assert {"step": 7, "split": "valid"} in found


def test_divergence_by_hand():
    # KL((1/2, 1/2) || (1/4, 3/4)) = 1/2 log2 2 + 1/2 log2 2/3 = 0.2075 bits
    p, q = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    assert mean_bits([p], [q]) == pytest.approx(0.5 + 0.5 * math.log2(2 / 3))
    assert mean_bits([p, q], [p, q]) == 0
    assert mean_bits([p, q], [q, q]) == pytest.approx(mean_bits([p], [q]) / 2)
    # what the reference excludes costs nothing; what the model excludes is infinite
    sure = np.array([1.0, 0.0])
    assert mean_bits([sure], [p]) == pytest.approx(1)
    assert mean_bits([p], [sure]) is None
    assert mean_bits([None, p], [q, p]) == 0
    assert mean_bits([None], [q]) is None


def test_each_count_model_is_nearest_to_itself(encoder):
    text = Text.from_string(SENTENCES)
    references = References(encoder, Corpus("text", text, text), prefixes=16)
    for name, model in count_models(encoder, text):
        bits = references.bits(model)
        assert bits[name] == 0
        others = [value for other, value in bits.items() if other != name]
        assert all(value is None or value > 0 for value in others)


def test_the_truth_is_one_of_the_references(encoder):
    class Language:
        """Known to have a grammar."""

    text = Text.from_string(SENTENCES, language=Language())
    truth = NgramModel.train(encoder, encoder.encode(SENTENCES), 2, Additive(1.0))
    corpus = Corpus("text", text, text)
    references = References(encoder, corpus, lambda encoder: truth, prefixes=8)
    assert references.names == ["unigram", "bigram", "trigram", "truth"]
    assert references.bits(truth)["truth"] == 0


def test_prefixes_are_the_line_before_evenly_spaced_places():
    ids, end = [5, 6, 1, 7, 8, 9, 1, 4], 1
    # places 0, 2, 4, 6 of 8 tokens
    assert prefixes_of(ids, end, 4) == [[], [5, 6], [7], [7, 8, 9]]
    assert prefixes_of([5, 1], end, 4) == [[], [5]]
    assert len(prefixes_of([5] * 1000, end, 2)[1]) == 64
    assert prefixes_of([], end, 4) == []


def test_the_stages_of_a_run():
    rows = [
        {"step": 10, "unigram": 0.1, "bigram": 0.5, "trigram": 0.9, "truth": 0.01},
        {"step": 20, "unigram": 0.3, "bigram": 0.2, "trigram": 0.9, "truth": 0.01},
        {"step": 30, "unigram": 0.3, "bigram": 0.1, "trigram": None, "truth": 0.01},
    ]
    assert stages(rows) == [
        {"name": "unigram", "from": 10, "to": 10},
        {"name": "bigram", "from": 20, "to": 30},
    ]


def test_models_of_steps_are_found_in_order_and_few_stay_open(run):
    files = RunFiles(run)
    (run / "checkpoints" / "step-000000xyz.keras").write_text("no model")
    assert list(files.steps()) == [40, 300, 2000]
    models = StepModels(files, most=2)
    orders = [models.of(step).model.order for step in files.steps()]
    assert orders == [1, 2, 3]
    assert len(models) == 2
    assert models.of(2000) is models.of(2000)
    assert [closest([40, 300], s) for s in (0, 40, 299, 9999)] == [40, 40, 40, 300]
    with pytest.raises(UsageError, match="step 41 is gone"):
        models.of(41)


def test_the_bars_of_a_step_are_those_of_its_model(run):
    learning = Learning(run)
    found = learning.next("the", 300, Sampler(1.0, None, None, seed=0), 0.5)
    assert (found["step"], found["newest"]) == (300, 2000)
    model = StepModels(RunFiles(run)).of(300).model
    expected = model.next_token_probabilities("the")
    for token, p in zip(found["tokens"], found["columns"][0]["p"], strict=True):
        assert p == pytest.approx(expected[token["id"]], rel=1e-12)


def test_the_comparison_says_when_the_run_was_which_counts(run):
    learning = Learning(run)
    learning.comparison.work()
    told = learning.told()
    assert [row["step"] for row in told["comparison"]["rows"]] == [40, 300, 2000]
    names = [stage["name"] for stage in told["comparison"]["stages"]]
    assert names == ["unigram", "bigram", "trigram"]
    assert learning.told(told["version"])["same"]
    (run / "checkpoints" / "step-000000040.keras").unlink()  # as keep_last does
    learning.comparison.work()
    assert len(learning.comparison.rows()) == 3
    os.utime(run / "config.toml", ns=(1, 1))  # another run in the same folder
    learning.comparison.work()
    assert [row["step"] for row in learning.comparison.rows()] == [300, 2000]


@pytest.mark.parametrize("config", ['corpus = "gone.txt"', 'corpus = "-"', "no = ["])
def test_a_text_that_is_gone_is_one_line(run, config):
    (run / "config.toml").write_text(config)
    comparison = Comparison(RunFiles(run))
    comparison.work()
    assert comparison.told()["message"] == NO_TEXT
    assert comparison.rows() == []


def test_a_damaged_model_is_left_out(run):
    (run / "checkpoints" / "step-000000300.keras").write_bytes(b"half")
    comparison = Comparison(RunFiles(run))
    comparison.work()
    assert [row["step"] for row in comparison.rows()] == [40, 2000]
    sampler = Sampler(1.0, None, None, seed=0)
    with pytest.raises(UsageError, match="step 300"):
        Learning(run).next("the", 300, sampler, 0.5)


KILLED = """
import pathlib, sys, time
from keraslm.training.lock import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_run_that_was_killed_has_stopped_at_once(tmp_path):
    (tmp_path / "config.toml").write_text("")
    lock = tmp_path / ".lock"
    trains = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(lock)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    learning = Learning(tmp_path)
    assert trains.stdout.readline() == "held\n"
    assert "training" in learning.told()["situation"]
    with pytest.raises(UsageError, match="another process"), locked(lock):
        pass
    trains.kill()
    trains.communicate()
    assert "its process was killed" in learning.told()["situation"]
    with locked(lock):  # what only looked holds nothing
        assert "training" in learning.told()["situation"]


def test_every_situation_has_a_line(tmp_path):
    folder = tmp_path / "run"
    learning = Learning(folder)
    told = learning.told()
    assert "no run has begun" in told["situation"]
    assert told["comparison"]["message"] == NO_MODELS
    folder.mkdir()
    (folder / "config.toml").write_text("")
    assert "was interrupted" in learning.told()["situation"]
    with locked(folder / ".lock"):
        assert learning.told()["situation"] == "run: training."
    assert "was interrupted" in learning.told()["situation"]
    (folder / "card.json").write_text("{}")
    assert "has ended" in learning.told()["situation"]
    with pytest.raises(UsageError, match="is a file"):
        Learning(folder / "card.json")
