"""keraslm export: what is refused before any work, and in which words."""

import pathlib
import shutil

import pytest

PROC = pathlib.Path("/proc")


def test_counts_have_no_layers(keraslm, refused, model, tmp_path):
    out = tmp_path / "out.keras"
    result = keraslm("export", model, out, "--format", "keras")
    refused(result, 2, "counts", "no Keras layers", "--format arpa")
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("out.h5", "can hold code"),
        ("out.onnx", ".keras"),
        ("none/out.keras", "no folder"),
        ("other.keras", "--overwrite"),
    ],
)
def test_a_place_that_cannot_be_written(keraslm, refused, model, tmp_path, name, words):
    other = tmp_path / "other.keras"
    other.write_bytes(b"precious")
    result = keraslm("export", model, tmp_path / name, "--format", "keras")
    refused(result, 2, words)
    assert other.read_bytes() == b"precious"


@pytest.mark.parametrize("file_format", ["savedmodel", "onnx", "litert"])
def test_counts_are_no_graph(keraslm, refused, model, tmp_path, file_format):
    result = keraslm("export", model, tmp_path / "out", "--format", file_format)
    refused(result, 2, "counts", "--format arpa")
    assert not (tmp_path / "out").exists()


def test_a_folder_has_no_ending_of_a_file(keraslm, refused, model, tmp_path):
    result = keraslm("export", model, tmp_path / "out.onnx", "--format", "onnx")
    refused(result, 2, "writes a folder", "without .onnx")


def test_the_model_itself_is_never_overwritten(keraslm, refused, train):
    model = train("run/model.keras")
    before = model.read_bytes()
    for named in (model, model.parent):
        result = keraslm("export", named, model, "--format", "keras", "--overwrite")
        refused(result, 2, "the model itself")
    assert model.read_bytes() == before


def test_the_format_is_named(keraslm, refused, model, tmp_path):
    out = tmp_path / "out.keras"
    refused(keraslm("export", model, out), 2, "--format", "keras")
    refused(keraslm("export", model, out, "--format", "h5"), 2, "'h5'", "keras")


@pytest.mark.parametrize("file_format", ["keras", "arpa"])
def test_a_file_that_can_hold_code_is_named_as_the_format_asks(
    keraslm, refused, model, tmp_path, file_format
):
    result = keraslm("export", model, tmp_path / "out.h5", "--format", file_format)
    refused(result, 2, f"give a name that ends with .{file_format};")


@pytest.fixture
def counts(keraslm, tmp_path):
    """A run of counts that back off."""
    text = tmp_path / "text.txt"
    text.write_text("the dog barks\nthe cat sleeps\n" * 20)
    keraslm("train", text, "--model", "ngram", "--out", tmp_path / "run")
    return tmp_path / "run"


def test_a_folder_in_the_place_of_the_file_is_said(keraslm, refused, counts, tmp_path):
    out = tmp_path / "out.arpa"
    out.mkdir()
    result = keraslm("export", counts, out, "--format", "arpa", "--overwrite")
    refused(result, 2, f"{out} is a folder; give the name of a file")
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.skipif(not PROC.exists(), reason="this system has no /proc")
def test_a_place_where_no_file_can_be_made_is_said(keraslm, refused, counts):
    result = keraslm("export", counts, PROC / "out.arpa", "--format", "arpa")
    refused(result, 2, f"cannot write {PROC / 'out.arpa'}: No such file or directory")


def test_counts_become_an_arpa_file_that_is_a_model(
    keraslm, keraslm_json, counts, tmp_path
):
    text, out = tmp_path / "text.txt", tmp_path / "out.arpa"
    assert keraslm("export", counts, out, "--format", "arpa").output.strip() == str(out)
    ours, again = (
        keraslm_json("evaluate", counts, text),
        keraslm_json("evaluate", out, text),
    )
    assert again["perplexity"] == pytest.approx(ours["perplexity"], rel=1e-7)
    assert keraslm("generate", out, "--length", "3").exit_code == 0
    assert keraslm("score", out, stdin="the dog\n").exit_code == 0


def test_an_arpa_file_becomes_a_model_file_and_a_small_one(
    keraslm, keraslm_json, counts, tmp_path
):
    text, arpa = tmp_path / "text.txt", tmp_path / "out.arpa"
    keraslm("export", counts, arpa, "--format", "arpa")
    own, small = tmp_path / "own.keras", tmp_path / "small.keras"
    written = keraslm("export", arpa, own, "--format", "keraslm")
    assert written.stdout.strip() == str(own)
    before, after = (keraslm_json("evaluate", m, text) for m in (arpa, own))
    assert after["perplexity"] == before["perplexity"]
    given = ("--format", "keraslm", "--quantize", 2)
    told = keraslm("export", arpa, small, *given).stderr
    assert "was not measured: the model does not name a corpus" in told
    small.unlink()
    told = keraslm("export", arpa, small, *given, "--text", text).stderr
    assert "quantised to 2 bits: perplexity" in told
    lost = keraslm_json("evaluate", small, text)
    assert lost["details"]["quantized"]["perplexity"] == pytest.approx(
        lost["perplexity"]
    )


def test_counts_alone_are_quantised(keraslm, refused, model, tmp_path):
    given = ("--format", "keraslm", "--quantize")
    out = tmp_path / "out.keras"
    refused(keraslm("export", model, out, *given, 8), 2, "additive smoothing keeps")
    refused(keraslm("export", model, out, *given, 99), 2, "2 to 16 bits", "--quantize")
    assert not out.exists()


def test_additive_smoothing_has_no_arpa_file(keraslm, refused, model, tmp_path):
    result = keraslm("export", model, tmp_path / "out.arpa", "--format", "arpa")
    refused(result, 2, "additive smoothing does not")
    assert not (tmp_path / "out.arpa").exists()


def test_two_models_become_a_page_that_says_what_rounding_costs(
    keraslm, counts, tmp_path
):
    text, out = tmp_path / "text.txt", tmp_path / "page.html"
    run = tmp_path / "net"
    trained = keraslm(
        *("train", text, "--model", "bigram", "--hidden", 4, "--out", run),
        *("--level", "word", "--epochs", 1),
    )
    assert trained.exit_code == 0, trained.output
    options = ("--format", "html", "--weights", "int8")
    result = keraslm("export", run, counts, out, *options)
    assert result.stdout.strip() == str(out)
    of_network, of_counts = result.stderr.splitlines()
    assert of_network.startswith(f"{run}: Weights are rounded to int8: perplexity ")
    assert " on text.txt (valid), " in of_network
    assert of_counts.endswith("Numbers are kept to seven digits (float32).")
    assert out.read_text("utf-8").count('class="model"') == 2
    again = keraslm("export", run, out, *options, "--overwrite", "--text", text)
    assert " on text.txt, training text included, 160 tokens." in again.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("m", "m", "x.arpa", "--format", "arpa"), "compared with --format html"),
        (("m", "x.arpa", "--format", "arpa", "--weights", "int8"), "--weights is for"),
        (("m", "x.arpa", "--format", "arpa", "--text", "t"), "--text is for"),
        (("m", "x.arpa", "--format", "arpa", "--quantize", "8"), "--quantize is for"),
        (("m", "x.keras", "--format", "keraslm", "--text", "t"), "give both"),
        (("m", "x.arpa", "--format", "keraslm"), "ends with .keras"),
        (("m", "x.txt", "--format", "html"), "ends with .html"),
        (("none", "m", "x.html", "--format", "html"), "none"),
    ],
)
def test_what_is_no_page_is_refused_first(keraslm, refused, model, arguments, words):
    named = [model if name == "m" else name for name in arguments]
    refused(keraslm("export", *named), 2, words)
    assert not list(model.parent.glob("x.*"))


def test_two_models_of_one_name_are_told_apart(keraslm, counts, tmp_path):
    shutil.copytree(counts, tmp_path / "second")
    out = tmp_path / "page.html"
    result = keraslm("export", counts, tmp_path / "second", out, "--format", "html")
    assert result.exit_code == 0, result.output
    page = out.read_text("utf-8")
    assert "kneser-ney (run)" in page
    assert "kneser-ney (second)" in page
