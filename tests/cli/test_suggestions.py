"""A mistyped option or command suggests the one that was meant."""

import pytest

from keraslm.suggestions import nearest_option


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        # as other programs call it
        ("train --lr 1", "--learning-rate"),
        ("train --hidden-size 3", "--units"),
        ("train --rnn_size 3", "--units"),
        ("train --num_layers 2", "--layers"),
        ("train --n-epochs 2", "--epochs"),
        ("train --max-length 3", "--time"),
        ("train --seq_length=3", "--time"),
        ("train --output x", "--out"),
        ("train --vocab-size 9", "--vocabulary-size"),
        ("train --grad_clip 5", "--clip-norm"),
        ("generate m --temp 1", "--temperature"),
        ("generate m --max-length 3", "--length"),
        ("generate m --max-new-tokens 3", "--length"),
        ("generate m --primetext a", "--prompt"),
        ("embeddings train --vector_size 3 --out x", "--width"),
        ("embeddings train --negative 3 --out x", "--negatives"),
        ("counts --ngram 3", "--order"),
        # as char-rnn's users type: one dash
        ("train -lr 3", "--learning-rate"),
        ("train -batch_size 3", "--batch-size"),
        # mistyped
        ("train --batch_size 3", "--batch-size"),
        ("train --Learning-Rate 3", "--learning-rate"),
        ("train --learnig-rate 3", "--learning-rate"),
        ("train --hiden_size 3", "--units"),
        ("train --vocab 9", "--vocabulary-size"),
        ("generate m --seeed 3", "--seed"),
        ("compare a b --test c", "--text"),
        ("ladder --rung uniform", "--rungs"),
    ],
)
def test_an_option_that_does_not_exist(keraslm, refused, call, meant):
    refused(keraslm(*call.split()), 2, "No such option", f"Did you mean {meant}?")


@pytest.mark.parametrize(
    ("call", "usage"),
    [
        ("train --corpus x", "keraslm train [CORPUS]"),
        ("train --data_dir x", "keraslm train [CORPUS]"),
        ("generate --model x", "keraslm generate MODEL"),
        ("export m --output x --format arpa", "keraslm export MODEL [MODEL2] OUT"),
    ],
)
def test_what_is_an_argument_here(keraslm, refused, call, usage):
    result = keraslm(*call.split())
    refused(result, 2, "is an argument")
    assert usage.replace("keraslm", "") in result.stderr


def test_a_name_like_no_other_suggests_nothing(keraslm, refused):
    result = keraslm("train", "--xyzzy")
    refused(result, 2, "No such option '--xyzzy'. See")


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        ("trian", "train"),
        ("sample m", "generate"),
        ("eval m", "evaluate"),
        ("ppl m", "evaluate"),
        ("fit x", "train"),
        ("datasets ls", "list"),
        ("embeddings neighbors v a", "neighbours"),
        ("embeddings most-similar v a", "neighbours"),
    ],
)
def test_a_command_that_does_not_exist(keraslm, refused, call, meant):
    refused(keraslm(*call.split()), 2, f"Did you mean '{meant}'?")


def test_a_file_of_options_suggests_too(keraslm, refused, tmp_path):
    file = tmp_path / "options.toml"
    file.write_text("lr = 0.1\n")
    result = keraslm("train", "village", "--config", file)
    refused(result, 2, "'lr'", "did you mean learning_rate?")


def test_the_same_name_is_never_another_one():
    assert nearest_option("--Batch-Size", ["batch-size", "units"]) == "batch-size"
    assert nearest_option("window", ["context", "window"]) == "window"
