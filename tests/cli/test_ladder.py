"""keraslm ladder."""

import pytest

from keraslm.ladder.rungs import NAMES
from keraslm_cli.commands.ladder import RUNGS

LINES = "the cat sees the dog\na dog sees a cat\nthe dog sleeps\n"
COUNTED = "uniform,unigram,stupid-backoff-5"


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "pets.txt"
    path.write_text(LINES * 40)
    return path


def test_the_help_names_every_rung():
    assert RUNGS == NAMES


def test_a_table_a_page_and_a_picture(keraslm, corpus, tmp_path):
    out = tmp_path / "ladder"
    options = ("--minutes", 1, "--rungs", COUNTED, "--out", out)
    result = keraslm("ladder", corpus, *options)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    # 3 lines of 5, 5 and 3 words and their ends: 16 tokens; 120 lines are 640 tokens
    assert "vocabulary of 8" in lines[0]
    assert "ranked by perplexity, lowest first" in lines[0]
    assert lines[1].split()[:5] == ["model", "kind", "classes", "rank", "perplexity"]
    assert any("count-based  class-specific" in line for line in lines)
    assert lines[2].split()[0] == "uniform"
    assert "8.00" in lines[2]
    assert any(line.startswith("* 5-gram, stupid backoff: scores") for line in lines)
    assert {"ladder.md", "ladder.json"} <= {p.name for p in out.iterdir()}
    for name in ("ladder.png", "ladder-size.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG")
    again = keraslm("ladder", corpus, *options)
    assert again.stdout == result.stdout  # nothing was run again


def test_json_has_every_result(keraslm_json, corpus, tmp_path):
    options = ("--minutes", 1, "--rungs", "uniform", "--out", tmp_path / "l")
    (result,) = keraslm_json("ladder", corpus, *options)
    assert result["name"] == "uniform"
    assert result["card"]["perplexity"] == pytest.approx(8)
    assert (result["rank"], result["hardly_trained"]) == (1, False)
    assert (result["kind"], result["classes"]) == ("", "")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--minutes", 0], "minutes must be more than 0"),
        (["--minutes", 1, "--rungs", "lstn"], "received 'lstn'"),
        (["--minutes", 1, "--level", "letter"], "level must be one of"),
        ([], "Missing option '--minutes'"),
    ],
)
def test_a_mistake_is_one_line(keraslm, corpus, tmp_path, options, reason):
    result = keraslm("ladder", corpus, "--out", tmp_path / "l", *options)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "l").exists()


def test_an_interrupted_ladder_says_how_it_goes_on(
    keraslm, corpus, tmp_path, monkeypatch
):
    def interrupt(self):
        raise KeyboardInterrupt

    monkeypatch.setattr("keraslm.ladder.climb.Ladder.climb", interrupt)
    result = keraslm("ladder", corpus, "--minutes", 1, "--out", tmp_path / "l")
    assert result.exit_code == 130
    assert f"{tmp_path / 'l'}: the same command goes on from here" in result.stderr


def test_a_ladder_without_a_figure_fails(keraslm, corpus, tmp_path):
    options = ("--minutes", 1, "--rungs", "window-pretrained", "--out", tmp_path / "l")
    vectors = tmp_path / "v.vec"
    vectors.write_text("other 1 2\nwords 1\n")
    given = ("--embeddings", vectors)
    result = keraslm("ladder", corpus, *options, *given)
    assert result.exit_code == 1
    assert "line 2" in result.stdout
    result = keraslm("ladder", corpus, *options, "--skip-bad-lines")
    assert result.exit_code == 2
    assert "--embeddings FILE" in result.stderr


def test_a_text_of_which_nothing_can_be_measured(keraslm, tmp_path):
    path = tmp_path / "unique.txt"
    path.write_text(" ".join(f"w{number}" for number in range(300)))
    options = ("--minutes", 1, "--rungs", COUNTED, "--out", tmp_path / "ladder")
    result = keraslm("ladder", path, *options)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(
        "Error: a ladder has nothing to compare: no token of unique.txt (test)"
    )
    shown = keraslm("ladder", path, *options, "--split", "100").stdout.splitlines()
    assert shown[0].startswith("unique.txt, the training text: 301 tokens")
