"""Descriptions and vocabularies that are none."""

import pytest

from keraslm.files.archive import DESCRIPTIONS

ASSET = DESCRIPTIONS[1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format_version": 4}, "format version 4; this keraslm reads versions 1 to 3"),
        ({"format_version": 0}, "format version 0"),
        ({"format_version": True}, "format version True"),
        ({"metadata": []}, "'metadata' in keraslm/model.json is no table"),
        (
            {"metadata": {"configuration": None}},
            "'configuration' in keraslm",
        ),
        ({"metadata": {"card": [1]}}, "'card' in keraslm/model.json is no table"),
        ({"name": 3}, "'name' in keraslm/model.json is no text"),
        ({"name": "\x1b[2J"}, "is no plain text"),
        ({"encoder": "char"}, "'encoder' in keraslm/model.json is no table"),
        ({"order": 10**9}, "ngrams must be 1000000000 whole numbers"),
        ({"ngrams": [6, 1 << 60]}, "ngrams must be"),
        ({"ngrams": [6, 9]}, "not the 9 numbers"),
        ({"quantized": {"bits": 8}}, "not the"),
        ({"order": 0}, "order must be 1 or more"),
        ({"order": 1e308}, "order must be 1 or more"),
        ({"smoothing": {"name": "additive", "delta": -1}}, "delta must be 0 or more"),
        ({"smoothing": {"name": "additive", "delta": "nan"}}, "delta must be"),
        ({"smoothing": 3}, "damaged description"),
    ],
)
def test_a_description_of_wrong_values(
    tmp_path, counts, changes, words, refused, rewritten, changed
):
    data = changed(counts["keraslm/model.json"], **changes)
    path = tmp_path / "model.keras"
    refused(rewritten(path, counts, {"keraslm/model.json": data}), words)


@pytest.mark.parametrize(
    ("encoder", "words"),
    [
        ({}, "names no tokenizer"),
        ({"tokenizer": "pickle"}, "vocabulary is damaged"),
        ({"tokenizer": "char"}, "vocabulary is damaged: it is not a table"),
        ({"tokens": ["<unk>", "\n", "a", "a"]}, "occurs twice"),
        ({"tokens": ["<unk>", "\n", 3]}, "not a list of text"),
        ({"tokens": ["<unk>", "\n", "ab"]}, "must be one character"),
        ({"tokens": [], "counts": []}, "token 0 must be"),
        ({"tokens": ["<unk>", "\n"], "counts": [1]}, "need 2 counts"),
        ({"tokens": ["<unk>", "\n"], "counts": [1, -1]}, "counts of 0 or more"),
        ({"tokens": ["<unk>", "\n"], "counts": [1, 10**30]}, "vocabulary is damaged"),
        ({"tokens": ["<unk>", "\n", "a"]}, "must be equal"),
    ],
)
def test_a_vocabulary_that_is_none(
    tmp_path, network, encoder, words, refused, rewritten, changed
):
    if "tokens" in encoder:
        encoder = {"tokenizer": "char", "vocabulary": encoder}
    data = changed(network[ASSET], encoder=encoder)
    path = tmp_path / "model.keras"
    refused(rewritten(path, network, {ASSET: data}), words)
