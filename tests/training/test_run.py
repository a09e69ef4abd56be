"""What a run leaves behind, for every model at both levels."""

import json
import math

import numpy as np
import pandas as pd
import pytest

import keraslm
from keraslm.history import COLUMNS
from keraslm.loading import load
from keraslm.text.corpus import Corpus, Text, open_corpus
from keraslm.text.encoder import TextEncoder
from keraslm.text.split import cut, parse_split
from keraslm.training.folder import RunFolder
from keraslm.training.options import MODELS, Configuration, read_toml, resolve
from keraslm.training.run import train

NEURAL = [model for model in MODELS if model != "ngram"]
FILES = (
    "card.json config.toml history.csv model.keras perplexity.png samples.txt"
).split()


@pytest.mark.parametrize("level", ["char", "word"])
@pytest.mark.parametrize("model", MODELS)
def test_a_run_leaves_its_files(runs, model, level):
    run, _ = runs(model, level)
    files = [".keraslm", *FILES]
    files = files if model == "ngram" else sorted([*files, "checkpoint.zip"])
    assert sorted(path.name for path in run.folder.path.iterdir()) == files
    card = json.loads(run.folder.card.read_text(encoding="utf-8"))
    assert card == run.card.to_dict()
    assert card["model"].startswith(model)
    assert (card["level"], card["command"]) == (level, "a test")
    assert card["perplexity"] == pytest.approx(math.exp(card["nats_per_token"]))
    assert run.folder.picture.read_bytes().startswith(b"\x89PNG")
    assert run.folder.samples.read_text(encoding="utf-8").startswith("--- ")
    table = pd.read_csv(run.folder.history)
    assert tuple(table.columns) == COLUMNS
    assert {"train", "valid"} <= set(table["split"])


@pytest.mark.parametrize("level", ["char", "word"])
@pytest.mark.parametrize("model", MODELS)
def test_the_configuration_reads_back_as_the_same(runs, model, level):
    run, _ = runs(model, level)
    c = Configuration(**read_toml(run.folder.configuration))
    assert resolve(c) == c
    assert (c.model, c.level, c.out) == (model, level, str(run.folder.path))


@pytest.mark.parametrize(
    ("model", "level"), [("ngram", "word"), ("trigram", "char"), ("lstm", "word")]
)
def test_the_kept_model_gives_the_figure_of_the_card(runs, corpus, model, level):
    run, _ = runs(model, level)
    kept = keraslm.load(run.folder.path)
    card = kept.evaluate(corpus.test).to_dict()
    same = set(card) - {"seconds", "tokens_per_second", "command"}
    told = run.card.to_dict()
    assert {key: card[key] for key in same} == {
        key: pytest.approx(told[key], rel=1e-6)
        if isinstance(told[key], float)
        else told[key]
        for key in same
    }
    valid = kept.evaluate(corpus.valid).nats_per_token
    history = pd.read_csv(run.folder.history)
    best = history[history["split"] == "valid"]["nats"].min()
    assert best == pytest.approx(valid, abs=1e-6)
    assert kept.metadata["card"]["perplexity"] == pytest.approx(card["perplexity"])
    assert len(kept.metadata["history"]) == len(history)


@pytest.mark.parametrize("model", NEURAL)
def test_training_lowers_the_perplexity(runs, model):
    rows = runs(model, "word")[1].rows
    train_rows = [row for row in rows if row["split"] == "train"]
    assert train_rows[-1]["nats"] < train_rows[0]["nats"]
    assert [row["step"] for row in train_rows] == [2, 3, 4]  # 3: an epoch's end
    assert all(row["gradient_norm"] > 0 for row in train_rows)
    assert all(row["tokens_per_second"] > 0 for row in train_rows)


def test_the_figures_of_the_text_count_all_of_it(runs, corpus):
    notes = runs("lstm", "word")[1]
    valid = next(row for row in notes.rows if row["split"] == "valid")
    # 2 lines of 3 words and their ends: 8 tokens in 27 characters
    bits = valid["nats"] * 8 / (27 * math.log(2))
    assert valid["bits_per_character"] == pytest.approx(bits)
    assert corpus.valid.characters == 27
    assert notes.fractions[-1] == 1.0


def test_the_configuration_repeats_the_run(runs, corpus, tmp_path):
    run, _ = runs("trigram", "char")
    options = read_toml(run.folder.configuration)
    again = train(Configuration(**(options | {"out": str(tmp_path / "again")})), corpus)
    pairs = zip(
        run.model.keras_model.get_weights(),
        again.model.keras_model.get_weights(),
        strict=True,
    )
    assert all(np.array_equal(one, two) for one, two in pairs)
    assert again.folder.samples.read_text() == run.folder.samples.read_text()


@pytest.mark.parametrize("model", ["trigram", "gru", "lstm"])
def test_validation_is_one_reading_token_after_token(runs, corpus, model):
    run, _ = runs(model, "word")
    stream, losses = run.model.stream(), []
    for token in run.model.encoder.encode(corpus.valid):
        losses.append(-stream.next_log_probabilities()[token])
        stream.push(token)
    history = pd.read_csv(run.folder.history)
    best = history[history["split"] == "valid"]["nats"].min()
    assert best == pytest.approx(np.mean(losses), abs=1e-6)


def test_a_run_is_never_overwritten_unasked(runs, corpus):
    run, _ = runs("bigram", "word")
    before = {path: path.read_bytes() for path in run.folder.path.iterdir()}
    c = Configuration(**read_toml(run.folder.configuration))
    with pytest.raises(
        keraslm.errors.UsageError, match=r"holds a run.*`overwrite=True`"
    ):
        train(c, corpus)
    assert {path: path.read_bytes() for path in run.folder.path.iterdir()} == before


def test_overwriting_replaces_every_file(small, corpus, tmp_path):
    kept = tmp_path / "run" / "notes.txt"
    train(small("ngram", kept.parent), corpus)
    kept.write_text("mine")
    (kept.parent / "samples.txt").write_text("of an earlier run")
    run = train(small("ngram", kept.parent, order=2), corpus, overwrite=True)
    assert read_toml(run.folder.configuration)["order"] == 2
    assert "earlier" not in run.folder.samples.read_text()
    assert kept.read_text() == "mine"


def test_a_run_that_goes_on_starts_from_the_models_weights(
    runs, small, corpus, tmp_path
):
    run, _ = runs("trigram", "char")
    c = Configuration(
        level="char",
        model="trigram",
        init_from=str(run.folder.path),
        steps=1,
        learning_rate=1e-9,
        out=str(tmp_path / "more"),
    )
    more = train(c, corpus)
    assert more.card.nats_per_token == pytest.approx(run.card.nats_per_token, abs=1e-4)
    taken = read_toml(more.folder.configuration)
    assert (taken["embedding"], taken["hidden"]) == (4, "6")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "bigram"}, "same kind; received a trigram"),
        ({"level": "word"}, "same level"),
        ({"hidden": "7"}, "has hidden 6; received 7"),
        ({"init_from": "nowhere"}, "no model file nowhere"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(runs, corpus, tmp_path, options, words):
    run, _ = runs("trigram", "char")
    given = {"level": "char", "model": "trigram", "init_from": str(run.folder.path)}
    out = tmp_path / "run"
    with pytest.raises(keraslm.errors.UsageError, match=words):
        train(Configuration(**(given | options), out=str(out)), corpus)
    assert not out.exists()


def test_counts_are_not_continued(runs, small, corpus, tmp_path):
    run, _ = runs("ngram", "word")
    c = small("ngram", tmp_path / "run", init_from=str(run.folder.path))
    with pytest.raises(keraslm.errors.UsageError, match="neural model"):
        train(c, corpus)


def test_a_text_of_another_language_is_refused_before_it_is_learnt(
    runs, texts, tmp_path
):
    run, _ = runs("trigram", "char")
    c = Configuration(
        level="char",
        model="trigram",
        init_from=str(run.folder.path),
        out=str(tmp_path / "run"),
    )
    with pytest.raises(keraslm.errors.CorpusError, match="in the vocabulary"):
        train(c, texts("春眠不觉晓\n处处闻啼鸟\n"))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("model", ["ngram", "bigram"])
@pytest.mark.parametrize(
    ("level", "text"), [("char", "a"), ("char", "\n\n"), ("word", "\n"), ("word", "")]
)
def test_too_little_text_leaves_nothing_behind(
    small, texts, tmp_path, model, level, text
):
    with pytest.raises(keraslm.errors.CorpusError):
        train(small(model, tmp_path / "run", level=level), texts(text))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["file", "file/run", "file/a/run"])
def test_a_place_that_cannot_be_written_is_said_first(small, corpus, tmp_path, place):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(keraslm.errors.UsageError, match=r"is a file|Not a directory"):
        train(small("ngram", tmp_path / place), corpus)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("name", [*FILES, "checkpoint.zip"])
def test_a_folder_in_the_place_of_a_file_is_said_first(small, corpus, tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(keraslm.errors.UsageError, match=f"{name} is a folder"):
        train(small("ngram", tmp_path), corpus, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_chinese_without_a_last_newline_and_nothing_to_validate_on(
    small, texts, tmp_path, notes
):
    corpus = texts("春眠不觉晓\n处处闻啼鸟\n夜来风雨声\n花落知多少")
    run = train(small("bigram", tmp_path / "run", level="char"), corpus, reporter=notes)
    assert run.card.tokens == 23  # 20 characters, 3 line ends
    assert run.card.text_sha256 == corpus.train.sha256
    assert set(pd.read_csv(run.folder.history)["split"]) == {"train", "epoch"}
    assert "step 4" in notes.lines[-1]
    assert run.model.perplexity("春眠") > 1
    assert set(notes.texts[-1][1]) <= set(run.model.vocabulary.tokens)


@pytest.mark.parametrize("model", ["ngram", "bigram"])
def test_a_test_text_of_unknown_words_only_is_not_what_is_measured(
    small, texts, tmp_path, notes, model
):
    corpus = texts("the dog barks\n", "the dog\n", "春眠 不觉晓\n")
    run = train(small(model, tmp_path / "run"), corpus, reporter=notes)
    assert run.card.text_sha256 == corpus.valid.sha256
    assert run.card.part == "valid"
    assert any("instead of the test: no token" in line for line in notes.lines)


@pytest.mark.parametrize("model", ["ngram", "bigram"])
def test_where_no_held_out_token_is_known_there_is_no_figure(
    small, tmp_path, notes, model
):
    # no word twice: none of the held out ones was ever read
    text = Text.from_string(" ".join(f"w{k}" for k in range(300)), "unique")
    corpus = Corpus("unique", **cut(text, parse_split("90/5/5"), "90/5/5"))
    run = train(small(model, tmp_path / "run"), corpus, reporter=notes)
    card = run.card
    assert math.isnan(card.perplexity)
    assert math.isnan(card.bits_per_character)
    assert card.text_sha256 == corpus.test.sha256
    assert card.oov_tokens == card.tokens - 1  # but for the end of the line
    assert "no token of unique (test) is in the vocabulary" in card.unmeasured
    told = json.loads(run.folder.card.read_text(encoding="utf-8"))
    assert (told["perplexity"], told["unmeasured"]) == (None, card.unmeasured)
    assert "valid" not in set(pd.read_csv(run.folder.history)["split"])
    assert any("nothing is validated: no token" in line for line in notes.lines)
    again = train(small(model, tmp_path / "run"), corpus, resume=True)
    assert again.card.unmeasured == card.unmeasured


def test_a_card_says_which_part_of_the_corpus_a_text_is(small, tmp_path):
    (tmp_path / "text").write_text("the dog barks\nthe cat\n" * 9, encoding="utf-8")
    corpus = open_corpus(tmp_path / "text")
    run = train(small("ngram", tmp_path / "cut"), corpus)
    for part in ("train", "valid", "test", "whole"):
        assert run.model.evaluate(getattr(corpus, part)).part == part
    assert run.card.part == "test"
    assert run.model.evaluate(Text.from_string("the dog\n")).part == ""
    all_of_it = open_corpus(tmp_path / "text", split="100")
    run = train(small("ngram", tmp_path / "whole"), all_of_it)
    assert run.card.part == "train"
    assert load(run.folder.model).evaluate(corpus.whole).part == "train"


def test_what_a_model_learnt_from_before_it_was_continued_is_no_test(
    small, texts, tmp_path
):
    first, second = texts("the dog barks\n" * 9), texts("the cat sleeps\n" * 9)
    run = train(small("bigram", tmp_path / "one"), first)
    options = {"init_from": str(run.folder.model)}
    run = train(small("bigram", tmp_path / "two", **options), second)
    assert run.model.evaluate(first.train).part == "train"


@pytest.mark.parametrize("test", ["a dog\n", "春眠 不觉晓\n", None])
def test_no_text_is_encoded_twice(small, texts, tmp_path, monkeypatch, test):
    encoded, encode = [], TextEncoder.encode

    def watched(encoder, text, *more, **settings):
        encoded.append(text)
        return encode(encoder, text, *more, **settings)

    monkeypatch.setattr(TextEncoder, "encode", watched)
    corpus = texts("the dog barks\n", "the dog\n", test)
    train(small("ngram", tmp_path / "run"), corpus)
    rest = [text for text in (corpus.valid, corpus.test) if text is not None]
    assert encoded == rest  # the training text is, while its vocabulary is learnt


def test_counting_says_what_it_does_not_need(small, corpus, tmp_path, notes):
    c = small("ngram", tmp_path / "run", epochs=3, beta_1=0.5)
    train(c, corpus, reporter=notes)
    assert "`beta_1` changes nothing" in notes.lines[0]
    assert "`epochs` changes nothing" in notes.lines[1]


def test_samples_come_at_the_steps_that_were_asked(small, corpus, tmp_path, notes):
    c = small("bigram", tmp_path / "run", sample_steps=2, steps=5)
    train(c, corpus, reporter=notes)
    headings = [heading.split(",")[0] for heading, _ in notes.texts]
    assert headings == ["step 0", "step 2", "step 4", "step 5"]
    written = (tmp_path / "run" / "samples.txt").read_text()
    assert all(text in written for _, text in notes.texts)


def test_a_dry_run_of_a_batch_larger_than_the_text(small, texts, tmp_path, notes):
    huge = {"batch_size": 2**31 - 1, "time": 2**31 - 1}
    c = small("bigram", tmp_path / "run", dry_run=True, steps=900, **huge)
    run = train(c, texts("one word\n", "word one\n"), reporter=notes)
    assert notes.rows[-1]["step"] == 2
    assert run.card.tokens == 3


def test_a_figure_that_is_no_number_is_null_on_the_card(tmp_path):
    folder = RunFolder(tmp_path)
    folder.write_card({"perplexity": math.inf, "text": "春", "bits": math.nan})
    written = folder.card.read_text(encoding="utf-8")
    assert json.loads(written) == {"perplexity": None, "text": "春", "bits": None}
    assert "春" in written


def test_a_run_of_counts_says_how_it_was_smoothed(corpus, tmp_path, notes):
    options = {"model": "ngram", "smoothing": "jelinek-mercer", "prune": "0,0,1"}
    run = train(
        Configuration(**options, out=str(tmp_path / "run")), corpus, reporter=notes
    )
    smoothing = json.loads(run.folder.card.read_text("utf-8"))["details"]["smoothing"]
    assert smoothing["prune"] == [0, 0, 1]
    assert len(smoothing["lambdas"]) == 3
    assert keraslm.load(run.folder.path).smoothing == smoothing


def test_a_quantised_run_says_what_that_costs(corpus, tmp_path, notes):
    options = {"model": "ngram", "quantize": 3, "out": str(tmp_path / "run")}
    run = train(Configuration(**options), corpus, reporter=notes)
    lost = json.loads(run.folder.card.read_text("utf-8"))["details"]["quantized"]
    assert lost["bits"] == 3
    assert lost["perplexity"] == pytest.approx(
        run.model.metadata["history"][-1]["perplexity"]
    )
    assert any("quantised to 3 bits: perplexity" in note for note in notes.lines)
    exact = Configuration(model="ngram", out=str(tmp_path / "exact"))
    before = train(exact, corpus).card.perplexity
    assert lost["perplexity_before"] != lost["perplexity"]
    assert run.card.perplexity / before == pytest.approx(1, abs=0.5)
    assert keraslm.load(run.folder.path).details["quantized"] == lost
