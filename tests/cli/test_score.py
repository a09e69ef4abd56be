"""keraslm score: the worked table of a sentence, and ranked alternatives."""

import math

import pytest

from keraslm_datasets import village


def test_the_worked_table_by_hand(keraslm, train):
    # Vocabulary <unk> </s> a b: V = 4. count(<s> a)=2, count(a b)=1, count(a </s>)=1,
    # count(b </s>)=1; delta 1: (2+1)/(2+4), (1+1)/(2+4), (1+1)/(1+4)
    model = train("ab.keras", "a b\na\n", delta=1.0)
    lines = keraslm("score", model, "a b").stdout.splitlines()
    rows = [line.split()[:3] for line in lines]
    assert rows[:4] == [
        ["token", "probability", "loss"],
        ["a", "0.500000", "0.6931"],
        ["b", "0.333333", "1.0986"],
        ["</s>", "0.400000", "0.9163"],
    ]
    product = 3 / 6 * 2 / 6 * 2 / 5
    assert rows[4] == ["sum", f"{product:.6f}", f"{-math.log(product):.4f}"]
    assert rows[5][:2] == ["mean", f"{-math.log(product) / 3:.4f}"]
    assert rows[6][:2] == ["perplexity", f"{product ** (-1 / 3):.4f}"]


def test_alternatives_are_ranked_and_share_their_probability(keraslm_json, model):
    found = keraslm_json("score", model, "barks dog the", "the dog barks")["sentences"]
    assert [s["text"] for s in found] == ["the dog barks", "barks dog the"]
    assert [s["rank"] for s in found] == [1, 2]
    assert sum(s["share"] for s in found) == pytest.approx(1)
    odds = found[0]["share"] / found[1]["share"]
    difference = found[0]["log_probability"] - found[1]["log_probability"]
    assert math.log(odds) == pytest.approx(difference)


def test_ranked_lines_come_from_standard_input(keraslm, model):
    shown = keraslm("score", model, stdin="barks dog the\n\nthe dog barks\n").stdout
    lines = shown.splitlines()
    assert len(lines) == 3
    assert lines[1].endswith("the dog barks")
    assert lines[2].endswith("barks dog the")
    assert "probability" not in shown


def test_every_table_if_asked(keraslm, model):
    shown = keraslm("score", model, "--tokens", "the dog", "the cat").stdout
    assert shown.count("probability") == 2
    assert shown.count("rank") == 1


def test_an_unknown_word_is_shown_and_marked(keraslm, keraslm_json, model):
    line = keraslm("score", model, "the zyx").stdout.splitlines()[2]
    assert line.startswith("zyx")
    assert "scored as <unk>" in line
    tokens = keraslm_json("score", model, "the zyx")["sentences"][0]["tokens"]
    assert [t["token"] for t in tokens] == ["the", "zyx", "</s>"]
    assert [t["oov"] for t in tokens] == [False, True, False]


def test_chinese_and_invisible_characters(keraslm, chinese):
    shown = keraslm("score", chinese, "春眠\n处").stdout.splitlines()
    assert [line.split()[0] for line in shown[1:5]] == ["春", "眠", r"'\n'", "处"]


def test_probability_zero_is_said_and_is_null(keraslm, keraslm_json, train):
    unsmoothed = train(delta=0.0)
    assert "infinite" in keraslm("score", unsmoothed, "barks the").stdout
    found = keraslm_json("score", unsmoothed, "barks the", "dog the")["sentences"]
    assert [s["log_probability"] for s in found] == [None, None]
    assert [s["share"] for s in found] == [None, None]
    assert "undefined" in keraslm("score", unsmoothed, "barks the", "dog the").stdout


@pytest.mark.parametrize("sentences", [[""], ["the dog", ""]])
def test_an_empty_sentence(keraslm, refused, model, sentences):
    refused(keraslm("score", model, *sentences), 1, "at least one token")


def test_no_sentence_on_standard_input(keraslm, refused, model):
    refused(keraslm("score", model, stdin="\n \n"), 1, "no sentence")


@pytest.fixture
def two_models(train):
    """Bigrams of one vocabulary: the first knows what follows, the second does not."""
    return train("one.keras", "a b\na\n", delta=1.0), train(
        "two.keras", "a b\na\n", delta=1e9
    )


def test_the_difference_of_two_models_by_hand(keraslm, two_models):
    # P(a | <s>) = (2 + 1) / (2 + 4), and 1/4 of four tokens where delta is large
    lines = keraslm("score", "--difference", *two_models, "a b").stdout.splitlines()
    assert lines[0].startswith("surprisal in bits; difference: ")
    rows = [line.split() for line in lines[2:]]
    assert rows[0] == ["a", "1.0000", "2.0000", "-1.0000"]
    # P(b | a) = (1 + 1) / (2 + 4)
    assert rows[1] == ["b", "1.5850", "2.0000", "-0.4150"]
    assert [row[0] for row in rows] == ["a", "b", "</s>", "sum", "mean"]
    assert rows[3][2] == "6.0000"


def test_the_option_may_stand_anywhere(keraslm_json, two_models):
    one, two = two_models
    found = keraslm_json("score", "--difference", one, two, "a b", "a")
    assert [each["text"] for each in found["sentences"]] == ["a b", "a"]
    assert found["sentences"][0]["totals"]["second"] == pytest.approx(6)
    assert found == keraslm_json("score", one, "--difference", two, "a b", "a")
    stdin = "a b\na\n"
    assert found == keraslm_json("score", one, two, "--difference", stdin=stdin)


def test_the_truth_stands_beside_what_is_of_village(keraslm_json, train):
    sentence = "helen wore her shoe ."
    models = [train(f"{d}.keras", f"{sentence}\n", delta=d) for d in (0.1, 2)]
    (found,) = keraslm_json("score", "--difference", *models, sentence)["sentences"]
    nats = -village.token_log_probabilities(sentence)
    truth = [token["truth"] for token in found["tokens"]]
    assert truth == pytest.approx((nats / math.log(2)).tolist())
    assert found["totals"]["truth"] == pytest.approx(sum(truth))
    (other,) = keraslm_json("score", "--difference", *models, "her helen")["sentences"]
    assert "truth" not in other["totals"]


def test_two_models_that_cannot_be_compared(keraslm, refused, model, chinese):
    said = "models are compared token by token"
    refused(keraslm("score", "--difference", model, chinese, "the dog"), 2, said)
    refused(keraslm("score", "--difference", model), 2, "two models", str(model))
    refused(keraslm("score", "--difference", model, model, "the"), 2, "twice")


PAIRS = "good\tbad\n# of number\nthe dog barks\tdog the barks\n\nthe\tthe\n"


def test_minimal_pairs(keraslm, keraslm_json, model, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text(PAIRS)
    found = keraslm_json("score", model, "--pairs", path)
    assert [found[name] for name in ("n", "right", "ties")] == [2, 1, 1]
    assert found["accuracy"] == 0.75
    first, second = found["pairs"]
    assert (first["preferred"], second["preferred"]) == ("good", "tie")
    texts = ("the dog barks", "dog the barks")
    scored = keraslm_json("score", model, *texts)["sentences"]
    nats = scored[0]["log_probability"] - scored[1]["log_probability"]
    assert first["margin_bits"] == pytest.approx(nats / math.log(2))
    shown = keraslm("score", model, "--pairs", path).stdout
    assert "good is preferred in 1 of 2 pairs (1 tie counted as half): 75.0%" in shown
    assert keraslm("score", model, "--pairs", "-", stdin=PAIRS).stdout == shown


@pytest.mark.parametrize(
    ("text", "words"),
    [("a\tb\nthe dog\n", ["line 2 has no tab"]), ("# nothing\n", ["no pair"])],
)
def test_a_file_without_pairs(keraslm, refused, model, tmp_path, text, words):
    path = tmp_path / "pairs.tsv"
    path.write_text(text)
    refused(keraslm("score", model, "--pairs", path), 1, str(path), *words)


@pytest.mark.parametrize("other", ["the", "--tokens", "--difference"])
def test_pairs_take_nothing_else(keraslm, refused, model, other):
    refused(keraslm("score", model, "--pairs", "pairs.tsv", other), 2, "--pairs asks")
