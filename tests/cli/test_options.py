"""The flags, the help, the page of the docs and the shell's words, from one table."""

import os
import pathlib
import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from keraslm.training.options import GROUPS, OPTIONS, Configuration
from keraslm_cli import several
from keraslm_cli.commands.train import SEQ2SEQ
from keraslm_cli.main import program
from keraslm_cli.options_page import page

ROOT = pathlib.Path(__file__).parent.parent.parent


def help_of_train(columns: int) -> str:
    command = ["train", "--help"]
    result = CliRunner().invoke(program, command, terminal_width=columns)
    assert result.exit_code == 0
    return result.output


def test_the_page_of_the_docs_is_that_of_the_table():
    written = (ROOT / "docs/options.md").read_text("utf-8")
    assert page() == written, "`make options` writes it anew"


@pytest.mark.parametrize("columns", [60, 80])
def test_the_help_has_groups_and_fits(columns):
    lines = help_of_train(columns).splitlines()
    assert max(map(len, lines)) <= columns
    titles = [line[:-1] for line in lines if re.fullmatch(r"[A-Z].*:", line)]
    known = [group.heading for group in (*GROUPS, SEQ2SEQ)]
    assert titles == [*known, several.HEADING]


@pytest.mark.parametrize("name", sorted(OPTIONS.keys() - {"corpus"}))
def test_every_option_is_a_flag_with_a_sentence_and_its_default(name):
    train = program.get_command(click.Context(program), "train")
    (flag,) = (each for each in train.params if each.name == name)
    assert re.fullmatch(r"[A-Z][^\[]*\.  \[default: .+\]", flag.help)
    assert "`" not in flag.help.replace("`keraslm classes`", "")


@pytest.mark.parametrize("columns", [60, 80])
def test_no_flag_is_cut_at_the_end_of_a_line(columns):
    lines = help_of_train(columns).splitlines()
    assert [line for line in lines if re.search(r"[a-z]-$", line)] == []


def test_a_flag_reaches_the_run_as_the_table_names_it():
    train = program.get_command(click.Context(program), "train")
    for name, value in {"units": 5, "tied": True, "time": 7, "freeze": False}.items():
        flag = {"time": "--bptt", "freeze": "--fine-tune"}.get(name, f"--{name}")
        words = [flag] if isinstance(value, bool) else [flag, str(value)]
        parsed = train.make_context("train", words).params
        assert parsed[name] == value
        assert getattr(Configuration(**{name: value}), name) == value


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("train --model n", {"ngram", "neural-ngram"}),
        ("train --smoothing k", {"katz", "kneser-ney"}),
        ("train --level ", {"char", "word"}),
        (
            "train --recipe zaremba-",
            {f"zaremba-{s}" for s in ("small", "medium", "large")},
        ),
        ("recipes awd", {"awd-lstm"}),
        # the last one leaves files to the shell
        ("train vil", {"village", "village-translated", "vil"}),
        ("train --embeddings gl", {"gl"}),
        ("train --embedding", {"--embedding", "--embeddings", "--embedding-dropout"}),
        ("evaluate m.keras pt", {"ptb", "pt"}),
        ("datasets show ptb", {"ptb"}),
        ("embeddings train --softmax f", {"full"}),
    ],
)
def test_the_shell_completes(typed, offered):
    words = f"keraslm {typed}"
    shell = {
        "_KERASLM_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    path = os.pathsep.join(filter(None, sys.path))
    result = subprocess.run(
        [sys.executable, "-m", "keraslm_cli"],
        env={**os.environ, "PYTHONPATH": path, **shell},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert {line.split(",")[1] for line in result.stdout.splitlines()} == offered
