"""What the commands show in a real terminal, from 40 to 200 columns wide."""

import ast
import os
import pathlib
import re
import subprocess
import sys

import pytest
from rich.cells import cell_len

import keraslm_cli
from keraslm.counts.additive import Additive
from keraslm.counts.model import NgramModel
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm.vectors.text_format import write_vectors
from keraslm.vectors.word_vectors import WordVectors
from keraslm_cli import console

WIDTHS = (40, 60, 70, 80, 200)
GERMAN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter"
HOSTILE = ("\x1b[31mred", "\x9b2J", "a\u202eb", "\u2067c", "\x07")
STEERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
WORDS = (GERMAN, "春眠不觉晓处处闻啼鸟", "שלום", "naïve", *HOSTILE)


@pytest.fixture
def words(tmp_path):
    """A bigram of long, wide and hostile words, each the more frequent the earlier."""
    tokenizer = tokenizer_named("word")
    counts = {word: 100_000 - n for n, word in enumerate(WORDS)}
    vocabulary = Vocabulary.build(counts, "word")
    encoder = TextEncoder(tokenizer, vocabulary)
    import numpy as np

    ids = np.array([*range(2, len(vocabulary)), 1] * 3)
    path = tmp_path / f"{GERMAN}.keras"
    NgramModel.train(encoder, ids, 2, Additive(0.1)).save(path)
    return path


@pytest.fixture
def vectors(tmp_path):
    import numpy as np

    path = tmp_path / "words.vec"
    rows = np.eye(len(WORDS), 4, dtype=np.float32) + 0.1
    write_vectors(path, WordVectors(WORDS[:5], rows[:5]))
    return path


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / f"{GERMAN}.txt"
    line = f"{GERMAN} 春眠不觉晓 naïve Haus Maus Laus aus Strauß Schmaus Graus Klaus\n"
    path.write_text(line * 300, encoding="utf-8")
    return path


@pytest.fixture
def fits(terminal):
    """Run a command at every width and check that it fits; gives what 80 columns show.

    Only a path or a file's name, which is one word, may be wider than the terminal.
    """

    def check(*arguments):
        for columns in WIDTHS:
            shown = terminal(columns, *arguments)
            wide = [
                line
                for line in shown
                if cell_len(line) > columns
                and max(map(cell_len, line.split())) <= columns
            ]
            assert not wide, (columns, wide)
            assert not [line for line in shown if STEERS.search(line)], columns
            if columns == 80:
                at_80 = "\n".join(shown)
        return at_80

    return check


def test_counts(fits, corpus):
    shown = fits("counts", corpus, "--order", 3)
    # 300 lines of 11 words and their ends; the n-grams of two words are 300 x 12
    assert "3,600" in shown
    assert "left out at 80 columns" in shown


def test_evaluate(fits, words, tmp_path):
    (tmp_path / "text.txt").write_text(f"naïve שלום\n{GERMAN} Haus\n" * 900, "utf-8")
    shown = fits("evaluate", words, tmp_path / "text.txt")
    assert "5,400" in shown  # 900 x (2 + 2 words, and 2 ends)


def test_compare(fits, train, text, tmp_path):
    models = [train(f"{GERMAN}-{n}.keras", delta=n) for n in (1, 2)]
    shown = fits("compare", *models, "--text", text)
    assert shown.count("bigram") == 0
    assert shown.count("…") >= 2
    assert "left out at 80 columns: " in shown


def test_score(fits, words):
    shown = fits("score", words, f"{GERMAN} Haus \u202e naïve")
    assert r"\u202e" in shown
    assert "not in the" in shown
    ranked = ["naïve", GERMAN, "春眠不觉晓处处闻啼鸟 שלום naïve", "\x1b[31mred a"]
    shown = fits("score", words, *ranked)
    assert r"\x1b[31mred a" in shown


def test_audit(fits, model):
    assert "sums to one" in fits("audit", model)


def test_classes(fits, corpus):
    assert "classes" in fits("classes", corpus, "--number", 3)


def test_embeddings(fits, vectors):
    shown = fits("embeddings", "neighbours", vectors, GERMAN, "naïve", "--number", 3)
    assert "left out" not in shown
    fits("embeddings", "odd-one-out", vectors, *WORDS[:4])
    fits("embeddings", "analogy", vectors, *WORDS[:3])


def test_datasets(fits):
    shown = fits("datasets", "list")
    assert {"862,182,613", "100,000,000", "1,085,779"} <= {*shown.split()}
    fits("datasets", "show", "ptb")


def test_recipes(fits):
    assert "zaremba-medium" in fits("recipes")


@pytest.mark.long
def test_ladder(fits, corpus, tmp_path):
    rungs = ("--rungs", "uniform,unigram,additive-3,kneser-ney-5", "--minutes", 0.1)
    shown = fits("ladder", corpus, *rungs, "--out", tmp_path / "ladder")
    assert "uniform" in shown


def test_verify_resume(fits, monkeypatch):
    """The table alone: what is compared has tests of its own."""
    found = {"steps": 40, "killed after": 20, "rows": 53, "arrays": 31}
    found |= {"numbers": 83_647, "resumed": "identical"}
    monkeypatch.setattr(
        "keraslm_cli.killed_run.compare_with_killed", lambda c, step: found
    )
    assert "83647" in fits("verify-resume", "village")


def test_generated_text_cannot_steer_the_terminal(terminal, words):
    shown = "\n".join(terminal(80, "generate", words, "--length", 200, "--seed", 1))
    assert not STEERS.search(shown)
    assert r"\x1b[31mred" in shown
    assert r"a\u202eb" in shown


def test_a_pipe_gets_the_text_as_the_model_wrote_it(keraslm, words):
    assert "a\u202eb" in keraslm("generate", words, "--length", 99, "--seed", 1).stdout


def test_generated_lines_stay_lines(terminal, train):
    model = train("tab.keras", "a\tb\n" * 9, "char", 2, 1e-9)
    shown = terminal(80, "generate", model, "--length", 12, "--seed", 1)
    assert shown[0].startswith("a\tb") or shown[0].startswith("\tb")
    assert len(shown) >= 3


@pytest.mark.parametrize("name", ["no\x1b[31mfile", "\u202efile", "two\nlines"])
def test_an_error_that_names_a_file_cannot_steer_the_terminal(terminal, keraslm, name):
    shown = "\n".join(terminal(80, "evaluate", name, "village"))
    assert shown.startswith("Error: ")
    assert not STEERS.search(shown)
    error = keraslm("evaluate", name, "village").stderr
    assert error.count("\n") == 1
    assert not STEERS.search(error)


def test_a_warning_is_one_line_that_cannot_steer_the_terminal(capsys):
    import warnings

    from keraslm_cli.failures import warnings_as_notes

    with warnings.catch_warnings():
        warnings_as_notes()
        warnings.simplefilter("always")
        warnings.warn("look\x1b[31m\nhere", stacklevel=1)
    assert capsys.readouterr().err == "Warning: look\\x1b[31m here\n"


def test_the_progress_line_has_the_time_left_and_fits(terminal, text, tmp_path):
    text.write_text(text.read_text() * 20)
    small = ("--model", "bigram", "--embedding", 4, "--batch-size", 4, "--time", 8)
    # so many steps that the bar, drawn ten times a second, is drawn between two of them
    small += ("--steps", 300, "--log-steps", 5, "--valid-steps", 200)
    for columns in (40, 80):
        out = ("--out", tmp_path / str(columns))
        shown = terminal(columns, "train", text, *small, *out)
        told = [line for line in shown if "%" in line or "perplexity" in line]
        assert any("compiling the first step" in line for line in shown), shown
        assert any(re.search(r"%, \d:\d\d left", line) for line in told), shown
        assert max(map(cell_len, told)) <= columns


def test_columns_is_believed_as_everywhere(monkeypatch):
    class Terminal:
        def isatty(self):
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "61")
    assert console.terminal_width(Terminal()) == 61


def test_a_terminal_of_another_process(open_screen):
    """As a user has it: a shell, stty, and the program."""
    screen = open_screen(80)
    around = {name: os.environ[name] for name in os.environ if name != "COLUMNS"}
    command = f"stty cols 40; {sys.executable} -m keraslm_cli datasets list"
    subprocess.run(
        ["sh", "-c", command],
        stdin=screen.stream,
        stdout=screen.stream,
        stderr=screen.stream,
        env={**around, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=True,
    )
    shown = screen.close()
    assert max(map(cell_len, shown)) <= 40
    assert any("100,000,000" in line for line in shown)


def test_commands_print_through_the_console_only():
    """What prints otherwise can steer the terminal."""
    folder = pathlib.Path(keraslm_cli.__file__).parent
    for path in folder.rglob("*.py"):
        if path.name != "console.py":
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                named = isinstance(node, ast.Attribute) and node.attr == "echo"
                assert not named, (path, node.lineno)
