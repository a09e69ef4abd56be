"""keraslm train: what is wrong is one clear line, and leaves nothing behind."""

import json

import pytest


@pytest.fixture
def trained(keraslm, text, tmp_path):
    """Count n-grams into a RUN; gives its folder."""
    run = tmp_path / "run"
    result = keraslm("train", text, "--model", "ngram", "--out", run)
    assert result.exit_code == 0, result.output
    return run


def test_training_says_the_perplexity_and_where_the_model_is(keraslm, trained, text):
    shown = keraslm("train", text, "--model", "ngram", "--out", trained, "--overwrite")
    card = json.loads((trained / "card.json").read_text())
    assert str(trained) in shown.stdout
    assert f"{card['perplexity']:,.2f}" in shown.stdout


def test_json_is_the_card(keraslm_json, text, tmp_path):
    run = tmp_path / "run"
    card = keraslm_json("train", text, "--model", "ngram", "--out", run)
    assert card == json.loads((run / "card.json").read_text())


def test_standard_input_and_windows_line_ends(keraslm, trained, text, tmp_path):
    run = tmp_path / "piped"
    piped = text.read_text().replace("\n", "\r\n")
    keraslm("train", "-", "--model", "ngram", "--out", run, stdin=piped)
    one, two = (json.loads((r / "card.json").read_text()) for r in (trained, run))
    assert one["text_sha256"] == two["text_sha256"]
    assert one["perplexity"] == two["perplexity"]


def test_flags_win_over_the_file(keraslm, text, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text('model = "ngram"\norder = 4\nmin-count = 1\nlevel = "char"\n')
    run = tmp_path / "run"
    keraslm("train", text, "--config", config, "--order", 2, "--out", run)
    written = (run / "config.toml").read_text()
    assert "order = 2\n" in written
    assert 'level = "char"\n' in written


def test_the_written_configuration_trains_it_again(keraslm, trained, tmp_path):
    again = tmp_path / "again"
    result = keraslm("train", "--config", trained / "config.toml", "--out", again)
    assert result.exit_code == 0, result.output
    one, two = (json.loads((r / "card.json").read_text()) for r in (trained, again))
    assert one["perplexity"] == two["perplexity"]


def test_a_run_is_not_replaced_unasked(keraslm, refused, trained, text):
    before = {path: path.read_bytes() for path in trained.iterdir()}
    arguments = ("train", text, "--model", "ngram", "--out", trained)
    refused(keraslm(*arguments), 2, "holds a run already", "--overwrite")
    assert {path: path.read_bytes() for path in trained.iterdir()} == before


SEARCH = "--find-rate --model bigram --embedding 4 --hidden 6 --steps 50".split()


def test_the_learning_rate_is_searched(keraslm, text, tmp_path):
    run = tmp_path / "run"
    result = keraslm("train", text, "--split", "100", "--out", run, *SEARCH)
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    assert line.startswith(f"{run}: try --learning-rate 0.")
    assert line.endswith(")")
    files = sorted(path.name for path in run.iterdir())
    assert files == [".keraslm", "learning_rate.csv", "learning_rate.png"]


def test_a_search_says_as_json_what_it_found(keraslm_json, text, tmp_path):
    run = tmp_path / "run"
    found = keraslm_json("train", text, "--split", "100", "--out", run, *SEARCH)
    assert found["learning_rate"] == pytest.approx(found["rises_at"] / 10)
    assert found["picture"] == str(run / "learning_rate.png")
    lines = (run / "learning_rate.csv").read_text().splitlines()
    assert found["steps"] == len(lines) - 1


def test_counts_have_no_learning_rate(keraslm, refused, text, tmp_path):
    run = tmp_path / "run"
    arguments = ("train", text, "--model", "ngram", "--find-rate", "--out", run)
    refused(keraslm(*arguments), 2, "no learning rate", "--model lstm")
    assert list(tmp_path.iterdir()) == [text]


TEXTS = [
    (b"", "char", "100", ("is empty",)),
    (b"\xef\xbb\xbf", "word", "100", ("is empty",)),
    (b"a", "char", "100", ("at least 2 tokens", "has 1")),
    (b"ab", "char", "90/5/5", ("too few", "--split 100")),
    (b"\n\n\n\n", "char", "100", ("no tokens",)),
    (b"\n\n\n\n", "word", "100", ("no tokens",)),
    (b"\x03\x00\x01\x02" * 9, "word", "100", ("binary",)),
    ("für alle\n".encode("latin-1") * 9, "word", "100", ("offset", "--encoding")),
    (b"\x1f\x8b broken", "word", "100", ("gzip",)),
]


@pytest.mark.parametrize("model", ["ngram", "lstm"])
@pytest.mark.parametrize(("data", "level", "split", "words"), TEXTS)
def test_a_text_that_is_none(
    keraslm, refused, tmp_path, model, data, level, split, words
):
    path, run = tmp_path / "bad.txt", tmp_path / "run"
    path.write_bytes(data)
    options = ("--model", model, "--level", level, "--split", split, "--out", run)
    refused(keraslm("train", path, *options), 1, *words)
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_without_text(keraslm, refused, tmp_path):
    empty, run = tmp_path / "empty", tmp_path / "run"
    empty.mkdir()
    refused(keraslm("train", empty, "--out", run), 1, "no text files")
    refused(keraslm("train", tmp_path / "none.txt", "--out", run), 2, "none.txt")
    assert list(tmp_path.iterdir()) == [empty]


OPTIONS = [
    ("--model markov", "lstm"),
    ("--level byte", "char, word"),
    ("--units -5", "units"),
    ("--units many", "many"),
    ("--units 2000000000", "GB"),
    ("--layers 0", "layers"),
    ("--embedding 0", "embedding"),
    ("--batch-size 0", "--batch-size must"),
    ("--time -1", "time"),
    ("--steps 0", "steps"),
    ("--epochs -2", "epochs"),
    ("--minutes 0", "minutes"),
    ("--minutes nan", "minutes"),
    ("--learning-rate inf", "--learning-rate must"),
    ("--dropout 1", "dropout"),
    ("--seed -1", "seed"),
    ("--seed 99999999999", "seed"),
    ("--vocabulary-size 2", "--vocabulary-size must"),
    ("--min-count 0", "--min-count must"),
    ("--model ngram --min-count 999", "--min-count"),
    ("--model bigram --hidden 10,,5", "200,100"),
    ("--model bigram --hidden -3", "200,100"),
    ("--model bigram --context 3", "neural-ngram"),
    ("--model ngram --units 5", "units"),
    ("--model ngram --order 0", "order"),
    ("--model maxent --features hashed:99", "hashed:22"),
    ("--model ngram --delta -1", "delta"),
    ("--model ngram --smoothing laplace", "modified-kneser-ney"),
    ("--model ngram --smoothing katz --delta 1", "additive"),
    ("--model ngram --smoothing additive --prune 0,1", "cannot be pruned"),
    ("--model ngram --smoothing jelinek-mercer --split 100", "validation text"),
    ("--model ngram --smoothing additive --quantize 8", "is not quantised"),
    ("--model ngram --delta 1 --quantize 8", "is not quantised"),
    ("--model ngram --quantize 1", "--quantize must be a whole number, 2 or more"),
    ("--model ngram --quantize 17", "--quantize must be 16 or less"),
    ("--model ngram --prune 0,2,1", "never falls"),
    ("--model ngram --prune 1,1", "--min-count"),
    ("--model ngram --prune few", "one limit an order"),
    ("--split 90/20", "sum to 100"),
    ("--split ninety", "sum to 100"),
    ("--encoding klingon", "klingon"),
    ("--schedule often", "schedule"),
    ("--optimizer lion", "adamw"),
    ("--level char --tokenize", "--level word"),
    ("--config none.toml", "none.toml"),
    ("--init-from none.keras", "none.keras"),
    ("--frobnicate", "--frobnicate"),
]


@pytest.mark.parametrize(("options", "word"), OPTIONS)
def test_an_option_that_is_none(keraslm, refused, text, tmp_path, options, word):
    run = tmp_path / "run"
    refused(keraslm("train", text, "--out", run, *options.split()), 2, word)
    assert list(tmp_path.iterdir()) == [text]


@pytest.mark.parametrize(
    "written", ["order = ", "ordre = 3", "order = '3'", "order = true", "hidden = 5"]
)
def test_a_mistake_in_the_file_of_options(keraslm, refused, text, tmp_path, written):
    config, run = tmp_path / "c.toml", tmp_path / "run"
    config.write_text(written)
    refused(keraslm("train", text, "--config", config, "--out", run), 2)
    assert not run.exists()


@pytest.mark.parametrize("place", ["file", "file/run", "file/deep/run"])
def test_a_place_that_cannot_be_written(keraslm, refused, text, tmp_path, place):
    (tmp_path / "file").write_text("mine")
    run = tmp_path / place
    result = keraslm("train", text, "--model", "ngram", "--out", run)
    refused(result, 2, str(run), "; give ")
    assert (tmp_path / "file").read_text() == "mine"


def test_half_a_model_file(keraslm, refused, trained, text, tmp_path):
    half = tmp_path / "half.keras"
    data = (trained / "model.keras").read_bytes()
    half.write_bytes(data[: len(data) // 2])
    run = tmp_path / "more"
    start = ("train", text, "--init-from", half, "--out", run)
    refused(keraslm(*start), 1, "half.keras", "cut short")
    refused(keraslm("evaluate", half, text), 1, "half.keras", "cut short")
    assert not run.exists()


UNIQUE = " ".join(f"w{number}" for number in range(300)) + "\n"  # no word twice


def test_a_test_part_of_unknown_words_has_no_figure(keraslm, keraslm_json, tmp_path):
    text, run = tmp_path / "unique.txt", tmp_path / "run"
    text.write_text(UNIQUE)
    options = ("--model", "ngram", "--out", run)
    result = keraslm("train", text, *options)
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    name = "ngram-3 modified-kneser-ney"
    assert line.startswith(f"{run}: {name}, no figure: no token of unique.txt (test)")
    assert "perplexity" not in line
    card = keraslm_json("train", text, *options, "--overwrite")
    assert card["perplexity"] is card["bits_per_character"] is None
    assert card["unmeasured"] in line


def test_a_figure_of_the_training_text_is_called_so(keraslm, keraslm_json, tmp_path):
    text, run = tmp_path / "unique.txt", tmp_path / "run"
    text.write_text(UNIQUE)
    options = ("--model", "ngram", "--split", "100", "--out", run)
    line = keraslm("train", text, *options).stdout
    assert line.endswith(" on unique.txt, the training text\n")
    assert keraslm_json("evaluate", run, text)["part"] == "train"
    shown = keraslm("evaluate", run, text).stdout.splitlines()
    assert shown[0] == "ngram-3 modified-kneser-ney on unique.txt, the training text"
