"""keraslm score: the worked table of a sentence, and ranked alternatives."""

import math

import pytest


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
