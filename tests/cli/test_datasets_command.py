"""keraslm datasets, as it is typed."""

import hashlib
import json
import os
import pathlib
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from keraslm.errors import DownloadError, KeraslmError, UsageError
from keraslm_cli.commands.datasets import command

TEXT = "".join(f"line {number}\n" for number in range(500)).encode()
CATALOGUE = f"""
[one]
title = "One"
kind = "text"
level = "word"
licence = "none"
source = "nowhere"
split = "none"
citation = "nobody"
unit = "words"
tokens = 1000
[[one.file]]
name = "one.txt"
sha256 = "{hashlib.sha256(TEXT).hexdigest()}"
urls = ["http://127.0.0.1:1/one.txt"]
"""


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASLM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def one(monkeypatch, tmp_path, home):
    """Let the catalogue hold one dataset, whose file is not here; return its place."""
    path = tmp_path / "catalogue.toml"
    path.write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr("keraslm_datasets.cards.CATALOGUE_FILE", path)
    place = home / "datasets" / "one" / "one.txt"
    place.parent.mkdir(parents=True)
    return place


def keraslm_datasets(*words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])


def failure(*words: object) -> KeraslmError:
    error = keraslm_datasets(*words).exception
    assert isinstance(error, KeraslmError)
    assert "\n" not in str(error)
    return error


def test_list_shows_each_dataset_and_whether_it_is_here():
    result = keraslm_datasets("list")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0][:3] == ["name", "here", "level"]
    assert [line[:2] for line in lines[1:8]] == [
        ["village", "yes"],
        ["crossroads", "yes"],
        ["reviews", "yes"],
        ["dates", "yes"],
        ["village-translated", "yes"],
        ["tiny-shakespeare", "no"],
        ["ptb", "no"],
    ]


def test_list_is_a_table_on_a_terminal(terminal):
    shown = terminal(80, "datasets", "list")
    assert shown[1] == "─" * 80
    begun = {line.split()[0] for line in shown}
    assert {"name", "village", "tiny-shakespeare", "ptb", "glove-6b"} <= begun


def test_list_as_json():
    rows = {
        row["name"]: row
        for row in json.loads(keraslm_datasets("list", "--json").stdout)
    }
    assert rows["ptb"]["here"] is False
    assert rows["text8"]["bytes"] == 100_000_000


def test_show_prints_the_card(home):
    shown = keraslm_datasets("show", "ptb").stdout
    assert "Linguistic Data Consortium" in shown
    assert "f26c4b92c5fdc7b3f8c7cdcb991d8420" in shown
    assert str(home / "datasets" / "ptb" / "train.txt") in shown


def test_show_as_json():
    card = json.loads(keraslm_datasets("show", "text8", "--json").stdout)
    assert card["here"] is False
    assert card["files"][0]["name"] == "text8.zip"
    assert [pathlib.Path(path).name for path in card["paths"]] == [
        "train.txt",
        "valid.txt",
        "test.txt",
    ]


@pytest.mark.parametrize("words", [("show",), ("fetch",), ("export", "out")])
def test_an_unknown_name_is_a_usage_error(words):
    error = failure(words[0], "pbt", *words[1:])
    assert isinstance(error, UsageError)
    assert error.exit_code == 2
    assert "did you mean ptb?" in str(error)


def test_fetch_prints_the_path_alone_on_standard_output(one):
    one.write_bytes(TEXT)
    result = keraslm_datasets("fetch", "one")
    assert result.stdout == f"{one}\n"
    assert hashlib.sha256(TEXT).hexdigest() in result.stderr


def test_fetch_without_a_network_fails_with_one_line(one):
    error = failure("fetch", "one")
    assert isinstance(error, DownloadError)
    assert error.exit_code == 1
    assert "http://127.0.0.1:1/one.txt" in str(error)
    assert str(one) in str(error)


def test_fetch_of_village_says_that_there_is_nothing_to_do():
    result = keraslm_datasets("fetch", "village")
    assert result.exit_code == 0
    assert "built in" in result.stderr


@pytest.fixture
def slow_download(monkeypatch):
    def download(file, path, progress):
        for done in range(0, len(TEXT), 500):
            progress(done, len(TEXT))
        progress(len(TEXT), len(TEXT))
        path.write_bytes(TEXT)

    monkeypatch.setattr("keraslm_datasets.fetching.download", download)


def test_a_download_shows_its_progress(one, slow_download):
    result = keraslm_datasets("fetch", "one")
    assert result.stdout == f"{one}\n"
    lines = [line for line in result.stderr.splitlines() if line.startswith("one: ")]
    assert 5 <= len(lines) <= 12


def test_a_download_has_one_line_in_a_terminal(one, slow_download, terminal):
    shown = terminal(40, "datasets", "fetch", "one")
    assert any(line.startswith("fetching one, ") for line in shown)
    assert not any(line.startswith("one: ") for line in shown)
    assert shown[-1] == str(one)


def test_export_writes_a_folder_to_train_on(one, tmp_path):
    one.write_bytes(TEXT)
    result = keraslm_datasets("export", "one", tmp_path / "out")
    paths = [pathlib.Path(line) for line in result.stdout.splitlines()]
    assert b"".join(path.read_bytes() for path in paths) == TEXT
    assert "`overwrite=True`" in str(failure("export", "one", tmp_path / "out"))
    again = keraslm_datasets("export", "one", tmp_path / "out", "--overwrite")
    assert again.exit_code == 0


def test_export_of_village_takes_a_size_and_a_seed(tmp_path):
    words = ("export", "village", tmp_path, "--size", 2000, "--seed", 1)
    result = keraslm_datasets(*words)
    assert result.exit_code == 0
    assert (tmp_path / "train.txt").stat().st_size > 5000
    for wrong in (("--size", "huge"), ("--seed", -1)):
        assert isinstance(failure(*words[:2], tmp_path / "b", *wrong), UsageError)
        assert not (tmp_path / "b" / "train.txt").exists()


def test_the_command_imports_nothing_heavy():
    code = (
        "import sys, keraslm_cli.commands.datasets;"
        "print({'keraslm_datasets', 'numpy', 'rich', 'tensorflow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"
