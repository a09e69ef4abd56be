"""From the command line: word classes, and models with their softmaxes."""

import pytest

SMALL = ("--model", "gru", "--units", 4, "--embedding", 3, "--steps", 3)
SMALL += ("--batch-size", 2, "--time", 4, "--split", "100")


@pytest.fixture
def classes(keraslm_json, text, tmp_path):
    """Cluster the words; gives the file, and the words by their bits."""
    out = tmp_path / "classes.txt"
    told = keraslm_json("classes", text, "--number", 3, "--out", out)
    return out, told["classes"]


def test_the_file_holds_the_classes_that_are_told(classes):
    path, told = classes
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    assert [(bits, word) for bits, word, _ in rows] == [
        (bits, word) for bits, words in told.items() for word in words
    ]
    # three leaves of a binary tree: one beside the root, two below it
    assert sorted(map(len, told)) == [1, 2, 2]
    counts = {word: int(count) for _, word, count in rows}
    assert (counts["the"], counts["sees"]) == (12, 3)


def test_the_classes_are_shown_with_their_words(keraslm, classes, text):
    shown = keraslm("classes", text, "--number", 3).stdout
    assert all(" ".join(words) in shown for words in classes[1].values())
    assert "3 classes" in shown


def test_classes_without_a_folder_are_refused(keraslm, refused, text, tmp_path):
    result = keraslm("classes", text, "--out", tmp_path / "none" / "classes.txt")
    refused(result, 2, "there is no folder")


@pytest.mark.parametrize(
    "softmax",
    [
        pytest.param("adaptive", marks=pytest.mark.long),
        "classes",
        pytest.param("sampled", marks=pytest.mark.long),
    ],
)
def test_a_model_is_trained_evaluated_scored_and_writes(
    keraslm, keraslm_json, classes, text, tmp_path, softmax
):
    run, sentence = tmp_path / "run", "the dog barks"
    given = ("--softmax", softmax, "--out", run)
    given += ("--classes", classes[0]) if softmax == "classes" else ()
    card = keraslm_json("train", text, *SMALL, *given)
    again = keraslm_json("evaluate", run, text)
    assert again["perplexity"] == pytest.approx(card["perplexity"], rel=1e-6)
    own = keraslm_json("evaluate", run, "-", stdin=f"{sentence}\n")
    (scored,) = keraslm_json("score", run, sentence)["sentences"]
    # four tokens: the dog barks </s>
    expected = -4 * own["nats_per_token"]
    assert scored["log_probability"] == pytest.approx(expected, rel=1e-5)
    written = keraslm("generate", run, "--length", 6, "--seed", 1).stdout
    assert {*written.split()} <= {*text.read_text().split()}
    assert keraslm("generate", run, "--length", 6, "--seed", 1).stdout == written
