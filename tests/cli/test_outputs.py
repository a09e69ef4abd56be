"""Every file that a command writes: links, pipes and devices, and what is refused."""

import os
import pathlib
import re
import stat
import subprocess
import sys
import threading

import keras
import pytest

PNG = b"\x89PNG"
# What a command is given, the ending of its file, what the file begins with.
FILES = {
    "counts-csv": ("counts text.txt --csv {}", ".csv", b"history,"),
    "counts-heatmap": ("counts text.txt --heatmap {}", ".png", PNG),
    "counts-zipf": ("counts text.txt --zipf {}", ".png", PNG),
    "classes": ("classes text.txt --number 2 --out {}", ".txt", b"0"),
    "compare": ("compare run --text text.txt --out {}", ".png", PNG),
    "vectors": (
        "embeddings train text.txt --method glove --min-count 1 --epochs 1 --width 2 "
        "--out {} --overwrite",
        ".txt",
        b"7 2\n",
    ),
    "plot": ("embeddings plot vectors.txt --out {}", ".png", PNG),
    "arpa": ("export run {} --format arpa --overwrite", ".arpa", b"\\data\\"),
    "counts": ("export run {} --format keraslm --overwrite", ".keras", b"PK"),
    "stock": ("export network.keras {} --format keras --overwrite", ".keras", b"PK"),
    "page": ("export run {} --format html --overwrite", ".html", b"<!doctype html>"),
    "adopted": (
        "adopt foreign.keras --vocabulary words.json --out {} --overwrite",
        ".keras",
        b"PK",
    ),
}
FOLDERS = {
    "run": ("train text.txt --model ngram --out {}", "model.keras"),
    "rate": (
        "train text.txt --model bigram --find-rate --steps 50 --out {}",
        "learning_rate.csv",
    ),
    "ladder": ("ladder text.txt --minutes 1 --rungs uniform --out {}", "ladder.md"),
    "projector": ("embeddings projector vectors.txt --out {}", "vectors.tsv"),
    "dataset": ("datasets export village {} --size 1000", "train.txt"),
    "savedmodel": ("export network.keras {} --format savedmodel", "model.json"),
}
SENTENCES = "the dog barks\nthe cat sleeps\na dog sees the cat\n" * 20
quick = pytest.mark.parametrize("what", FILES)
folders = pytest.mark.parametrize("what", FOLDERS)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """What the commands read."""
    from click.testing import CliRunner

    from keraslm_cli.main import program

    place = tmp_path_factory.mktemp("inputs")
    (place / "text.txt").write_text(SENTENCES)
    (place / "vectors.txt").write_text("dog 1 0\ncat 1 1\nman 0 1\n")
    (place / "words.json").write_text('["<unk>", "\\n", "a", "b"]')
    for name, options in (("run", "ngram"), ("network", "bigram --dry-run")):
        train = f"train {place}/text.txt --out {place}/{name} --model {options}"
        result = CliRunner().invoke(program, train.split())
        assert result.exit_code == 0, result.output
    (place / "network.keras").write_bytes((place / "network/model.keras").read_bytes())
    foreign = keras.Sequential(
        [keras.Input((None,)), keras.layers.Embedding(4, 3), keras.layers.Dense(4)]
    )
    foreign.save(place / "foreign.keras")
    return place


@pytest.fixture
def run(keraslm, inputs, tmp_path, monkeypatch):
    """Run a command on what lies in the folder; its output goes to the given name."""
    for path in inputs.iterdir():
        (tmp_path / path.name).symlink_to(path)
    monkeypatch.chdir(tmp_path)

    def run(command, out):
        return keraslm(*(word.format(out) for word in command.split()))

    return run


@pytest.fixture
def out(what, tmp_path):
    (tmp_path / "o").mkdir()
    return pathlib.Path("o", f"out{FILES[what][1]}")


def expect_success(result):
    assert result.exit_code == 0, result.output


@quick
def test_a_link_is_followed(run, what, out):
    # out -> chain -> there, with permissions that are not those of a new file
    there = pathlib.Path("there")
    there.write_bytes(b"old")
    there.chmod(0o604)
    pathlib.Path("o/chain").symlink_to("../there")
    out.symlink_to("chain")
    expect_success(run(FILES[what][0], out))
    assert there.read_bytes().startswith(FILES[what][2])
    assert stat.S_IMODE(there.stat().st_mode) == 0o604
    assert out.is_symlink()


@quick
def test_a_link_that_dangles_is_followed(run, what, out):
    out.symlink_to("../there")
    expect_success(run(FILES[what][0], out))
    assert pathlib.Path("there").read_bytes().startswith(FILES[what][2])
    assert out.is_symlink()


@quick
def test_a_pipe_is_written_to(run, what, out):
    os.mkfifo(out)
    found = []
    reader = threading.Thread(target=lambda: found.append(out.read_bytes()))
    reader.start()
    result = run(FILES[what][0], out)
    if result.exit_code:
        out.write_bytes(b"")  # lets the reader go
    reader.join(20)
    expect_success(result)
    assert found[0].startswith(FILES[what][2])
    assert stat.S_ISFIFO(out.stat().st_mode)


@quick
def test_a_device_survives(run, what, out):
    try:
        os.mknod(out, 0o666 | stat.S_IFCHR, os.makedev(1, 3))  # as /dev/null
        out.open("wb").close()
    except OSError as error:
        pytest.skip(f"no device can be made here: {error}")
    expect_success(run(FILES[what][0], out))
    assert stat.S_ISCHR(out.lstat().st_mode)


@quick
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("nowhere", "there is no folder 'none' to write"),
        ("folder", "is a folder; give the name of a file"),
        ("circle", "cannot write {}: its symbolic links lead in a circle"),
        ("lost", "there is no folder 'o/none' to write"),
    ],
)
def test_what_cannot_be_written_is_told_before_the_work(
    run, refused, monkeypatch, what, out, kind, reason
):
    def work(*_arguments, **_settings):
        raise AssertionError("the work has begun")

    monkeypatch.setattr("keraslm.load", work)
    monkeypatch.setattr("keraslm.adoption.adopt", work)
    monkeypatch.setattr("keraslm_cli.texts.open_named_corpus", work)
    monkeypatch.setattr("keraslm_cli.commands.embeddings.open_vectors", work)
    if kind == "nowhere":
        out = pathlib.Path("none", out.name)
    elif kind == "folder":
        out.mkdir()
    else:
        out.symlink_to(out.name if kind == "circle" else "none/there")
    refused(run(FILES[what][0], out), 2, reason.format(out))


@pytest.mark.parametrize("what", ["counts-csv", "classes", "vectors", "plot"])
def test_what_is_read_is_not_replaced(run, refused, what):
    read = "vectors.txt" if what == "plot" else "text.txt"
    own = pathlib.Path("own.png")
    own.write_text("precious")
    pathlib.Path("link.png").symlink_to(own)
    command = FILES[what][0].replace(read, "own.png")
    refused(run(command, "link.png"), 2, "link.png is what is read")
    assert own.read_text() == "precious"


def test_no_output_is_written_over_another(run, refused):
    pathlib.Path("link.png").symlink_to("out.png")
    command = "counts text.txt --heatmap {} --zipf link.png"
    refused(run(command, "out.png"), 2, "link.png is named twice")
    expect_success(run("counts text.txt --csv {} --heatmap {}", "/dev/null"))


@pytest.mark.parametrize(
    "command",
    ["counts text.txt --csv", "classes text.txt --out", "train text.txt --out"],
)
def test_an_empty_name_is_refused(keraslm, run, refused, command):
    refused(keraslm(*command.split(), ""), 2, "it is empty")


@pytest.mark.parametrize("what", ["vectors", "arpa", "stock", "adopted"])
def test_only_a_regular_file_needs_to_be_overwritten(run, refused, what, out):
    command = FILES[what][0].replace("--overwrite", "")
    there = pathlib.Path("there")
    there.write_text("precious")
    out.symlink_to("../there")
    refused(run(command, out), 2, f"{out} exists", "--overwrite")
    assert there.read_text() == "precious"
    there.unlink()
    expect_success(run(command, out))
    assert there.read_bytes().startswith(FILES[what][2])


@pytest.mark.parametrize("what", ["counts-heatmap", "compare", "plot"])
def test_a_pipe_needs_no_ending_and_gets_a_png(run, what):
    reader, writer = os.pipe()
    found = []
    with os.fdopen(reader, "rb") as pipe:
        thread = threading.Thread(target=lambda: found.append(pipe.read()))
        thread.start()
        result = run(FILES[what][0], f"/dev/fd/{writer}")
        os.close(writer)
        thread.join(20)
    expect_success(result)
    assert found[0].startswith(PNG)


@folders
def test_a_folder_s_link_is_followed(run, what):
    pathlib.Path("store").mkdir()
    pathlib.Path("o").symlink_to("store/there")
    result = run(FOLDERS[what][0], "o")
    assert result.exit_code == 0 or what == "rate", result.output
    assert pathlib.Path("o").is_symlink()
    assert pathlib.Path("store/there", FOLDERS[what][1]).is_file()
    assert [path.name for path in pathlib.Path("store").iterdir()] == ["there"]


@folders
@pytest.mark.parametrize(
    ("kind", "reason"),
    [("file", "o is a file; give the name of a folder"), ("circle", "in a circle")],
)
def test_a_folder_that_cannot_be_made_is_told_before_the_work(
    run, refused, monkeypatch, what, kind, reason
):
    def work(*_arguments, **_settings):
        raise AssertionError("the work has begun")

    monkeypatch.setattr("keraslm.load", work)
    monkeypatch.setattr("keraslm_cli.texts.open_named_corpus", work)
    monkeypatch.setattr("keraslm_cli.commands.embeddings.open_vectors", work)
    if kind == "file":
        pathlib.Path("o").write_text("precious")
    else:
        pathlib.Path("o").symlink_to("o")
    refused(run(FOLDERS[what][0], "o"), 2, reason)


def test_the_files_of_a_run_that_are_links_stay_links(keraslm, run, tmp_path):
    (tmp_path / "o").mkdir()
    (tmp_path / "store").mkdir()
    files = ("model.keras", "history.csv", "samples.txt", "card.json", "config.toml")
    for name in files:
        (tmp_path / "o" / name).symlink_to(f"../store/{name}")
    expect_success(run(FOLDERS["run"][0], "o"))
    again = "train text.txt --model ngram --order 2 --out o --overwrite"
    expect_success(keraslm(*again.split()))
    assert all((tmp_path / "o" / name).is_symlink() for name in files)
    assert {path.name for path in (tmp_path / "store").iterdir()} == set(files)
    assert re.search("order = 2", (tmp_path / "store/config.toml").read_text())


def test_an_earlier_export_is_replaced_where_its_link_leads(keraslm, run, tmp_path):
    pathlib.Path("o").symlink_to("there")
    expect_success(run(FOLDERS["savedmodel"][0], "o"))
    pathlib.Path("there").chmod(0o750)
    (tmp_path / "there/generate.py").unlink()
    export = "export network.keras o --format savedmodel --overwrite"
    expect_success(keraslm(*export.split()))
    assert pathlib.Path("o").is_symlink()
    assert (tmp_path / "there/generate.py").is_file()
    assert stat.S_IMODE(pathlib.Path("there").stat().st_mode) == 0o750


@pytest.mark.parametrize(
    ("command", "start", "end"),
    [
        ("counts text.txt --csv {}", "history,", "0\n"),
        ("classes text.txt --number 2 --out {}", "0\t", "\n"),
        ("export run {} --format arpa", "\\data\\\n", "\\end\\\n"),
    ],
)
def test_standard_output_holds_the_file_alone(run, tmp_path, command, start, end):
    path = os.pathsep.join(filter(None, sys.path))
    result = subprocess.run(
        [sys.executable, "-m", "keraslm_cli", *command.format("/dev/stdout").split()],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    name = "file.arpa" if "arpa" in command else "file"
    expect_success(run(command, name))
    assert pathlib.Path(name).read_text("utf-8") == result.stdout
    assert result.stdout.startswith(start)
    assert result.stdout.endswith(end)
    assert result.stderr != ""  # what the command prints beside
