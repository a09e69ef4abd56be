"""keraslm export: what is refused before any work, and in which words."""

import pytest


def test_counts_have_no_layers(keraslm, refused, model, tmp_path):
    out = tmp_path / "out.keras"
    result = keraslm("export", model, out, "--format", "keras")
    refused(result, 2, "counts", "no Keras layers")
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
