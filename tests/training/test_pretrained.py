"""Models that start from a file of vectors, trained on or frozen."""

import dataclasses

import keras
import numpy as np
import pytest

import keraslm
from keraslm.errors import UsageError, VectorFileError
from keraslm.training.fit import compile_model, new_windows
from keraslm.training.initial import complete
from keraslm.training.network import new_network
from keraslm.training.options import Configuration, read_toml
from keraslm.training.pretrained import read_pretrained
from keraslm.training.run import train
from keraslm.training.texts import read_texts

ROWS = {"the": [1, 2, 3], "dog": [-1, 0.5, 4], "cat": [2, 2, -2]}
NEURAL = ["bigram", "trigram", "neural-ngram", "rnn", "gru", "lstm"]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("vectors") / "v.txt"
    lines = (" ".join([word, *map(str, row)]) for word, row in ROWS.items())
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return str(path)


@pytest.fixture
def pretrained(small, file, tmp_path):
    """Make the configuration of a run from the file."""

    def make(model, name="run", **more):
        given = {"embedding": None, "embeddings": file}
        return small(model, tmp_path / name, **(given | more))

    return make


def table_of(model):
    return np.asarray(model.keras_model.embed.get_weights()[0])


def rows_of(model):
    return table_of(model)[[model.vocabulary[word] for word in ROWS]].tolist()


@pytest.fixture
def started(corpus, notes):
    """Build the network of a configuration as a run does, and train it for a step."""

    def start(c, steps=1):
        c, _ = complete(c)
        encoder, texts = read_texts(c, corpus, None, notes)
        rows = read_pretrained(c, encoder.vocabulary, notes)
        model = new_network(c, encoder, notes, pretrained=rows)
        windows = new_windows(c, texts["train"], encoder)
        compile_model(model, c, windows)
        model.run_eagerly, model.jit_compile = True, False
        for number in range(steps):
            model.train_on_batch(*windows[number])
        return model.language_model

    return start


@pytest.mark.backends
@pytest.mark.parametrize("model", NEURAL)
def test_rows_start_at_the_file_and_move_unless_frozen(
    pretrained, started, model, tmp_path
):
    c = pretrained(model, optimizer="adamw")
    assert rows_of(started(c, steps=0)) == [*ROWS.values()]
    tuned = started(c)
    assert np.not_equal(rows_of(tuned), [*ROWS.values()]).any(axis=1).all()
    frozen = started(dataclasses.replace(c, freeze=True))
    assert rows_of(frozen) == [*ROWS.values()]
    size = 3 * len(frozen.vocabulary)
    assert frozen.parameters == tuned.parameters - size
    assert (frozen.details, tuned.details) == ({"frozen_parameters": size}, {})
    frozen.save(tmp_path / "model.keras")
    loaded = keraslm.load(tmp_path / "model.keras")
    assert loaded.parameters == frozen.parameters
    assert np.array_equal(table_of(loaded), table_of(frozen))


@pytest.mark.backends
@pytest.mark.parametrize("tied", [False, True])
def test_a_transformer_s_units_are_those_of_the_vectors(
    pretrained, started, tmp_path, tied
):
    path = tmp_path / "six.txt"
    lines = (" ".join([word, *map(str, row * 2)]) for word, row in ROWS.items())
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    given = {"embeddings": str(path), "tied": tied, "units": None, "heads": None}
    c = pretrained("transformer", context=4, layers=1, **given)
    full, _ = complete(c)
    assert (full.units, full.heads, full.embedding) == (6, 3, None)
    assert complete(full)[0] == full
    rows = [row * 2 for row in ROWS.values()]
    assert rows_of(started(c, steps=0)) == rows
    assert np.not_equal(rows_of(started(c)), rows).any(axis=1).all()
    if not tied:
        frozen = started(dataclasses.replace(c, freeze=True))
        assert rows_of(frozen) == rows
        frozen.save(tmp_path / "model.keras")
        loaded = keraslm.load(tmp_path / "model.keras")
        size = 6 * len(frozen.vocabulary)
        assert loaded.details == {"frozen_parameters": size}
        assert loaded.parameters == frozen.parameters
    with pytest.raises(UsageError, match="have 6 numbers; received units 8"):
        complete(dataclasses.replace(c, units=8))
    with pytest.raises(UsageError, match="twice the heads; received 6 units and 2"):
        started(dataclasses.replace(c, heads=2))


def test_tied_vectors_predict_too(pretrained, started):
    """With the projection P, the logits of h = 1 are E (1 P)."""
    model = started(pretrained("lstm", tied=True), steps=0)
    network = model.keras_model
    assert rows_of(model) == [*ROWS.values()]
    features = network.project.get_weights()[0].sum(axis=0)
    ones = np.ones((1, 1, network.project.kernel.shape[0]), np.float32)
    logits = network.embed(network.project(ones), reverse=True)
    logits = np.ravel(keras.ops.convert_to_numpy(logits))
    assert logits == pytest.approx(table_of(model) @ features, abs=1e-4)


def test_frozen_vectors_stay_frozen_when_a_run_continues(
    corpus, pretrained, small, notes, file
):
    c = pretrained("gru", freeze=True, average_steps=2)
    first = train(c, corpus, reporter=notes)
    table = table_of(keraslm.load(first.folder.path))
    assert rows_of(first.model) == [*ROWS.values()]
    assert first.card.details == {"frozen_parameters": table.size}
    _check_report(first, notes, file)
    path = first.folder.path
    more = small("gru", path.with_name("more"), embedding=None, init_from=str(path))
    run = train(more, corpus)
    assert np.array_equal(table_of(run.model), table)
    assert run.model.parameters == first.model.parameters
    again = Configuration(**read_toml(run.folder.configuration))
    assert again.freeze
    assert complete(again)[0] == again


def _check_report(run, notes, file):
    said = "\n".join(notes.lines)
    assert f"{file}: GloVe text, 3 words x 3" in said
    # five times: the 4, dog 3, cat 2 of 14 words; sleeps 2, a, barks, sees
    assert "42.9% of 7 words and 64.3% of 70 tokens have a vector" in said
    assert "without a vector, the most frequent first: 'sleeps' 10, 'a' 5" in said
    assert "the spread of the vectors found; none of them is trained" in said
    source = keraslm.load(run.folder.path).metadata["embeddings"]
    assert (source["file"], source["format"]) == (file, "GloVe text")
    assert source["coverage"]["found"] == {"types": 3, "tokens": 45}
    again = Configuration(**read_toml(run.folder.configuration))
    assert (again.embeddings, again.embedding, again.freeze) == (file, 3, True)
    assert complete(again)[0] == again


def test_a_model_that_was_not_frozen_is_not_frozen_later(runs, small, tmp_path):
    path = str(runs("gru")[0].folder.path)
    c = small("gru", tmp_path / "run", init_from=path, freeze=True)
    with pytest.raises(UsageError, match="init_from has freeze False; received True"):
        complete(c)


@pytest.mark.parametrize(
    ("model", "more", "reason"),
    [
        ("lstm", {"embedding": 4}, "have 3 numbers; received embedding 4"),
        ("lstm", {"level": "char"}, "need `level='word'`"),
        ("bigram", {"input": "one-hot"}, "received them with one-hot"),
        ("lstm", {"tied": True, "freeze": True}, "leave out `freeze` or `tied`"),
        ("lstm", {"embeddings": "none.txt"}, "there is no file of vectors none.txt"),
        ("lstm", {"embeddings": None, "freeze": True}, "`freeze` is an option of `emb"),
        (
            "lstm",
            {"embeddings": None, "skip_bad_lines": True},
            "`skip_bad_lines` is an option of `emb",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(pretrained, model, more, reason):
    with pytest.raises(UsageError, match=reason):
        complete(pretrained(model, **more))


def test_counts_and_continued_models_take_no_vectors(file, runs):
    with pytest.raises(UsageError, match="`embeddings` is an option of bigram"):
        complete(Configuration(model="ngram", embeddings=file))
    path = str(runs("gru")[0].folder.path)
    with pytest.raises(UsageError, match="brings its own vectors"):
        complete(Configuration(model="gru", init_from=path, embeddings=file))


def test_a_malformed_file_is_refused_before_anything_is_written(
    corpus, pretrained, notes, tmp_path
):
    bad = tmp_path / "bad.txt"
    bad.write_text("the 1 2\ndog 3\ncat 5 6\n", encoding="utf-8")
    c = pretrained("bigram", embeddings=str(bad))
    with pytest.raises(VectorFileError, match=r"bad\.txt, line 2: a word and 2"):
        train(c, corpus)
    assert not (tmp_path / "run").exists()
    vocabulary = read_texts(c, corpus, None, notes)[0].vocabulary
    skipping = dataclasses.replace(c, skip_bad_lines=True)
    assert read_pretrained(skipping, vocabulary, notes).source["bad_lines"] == 1
    assert any("bad lines left out: 1 (line 2: " in line for line in notes.lines)
