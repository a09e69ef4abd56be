"""Features of the history with classes, from training to scores, by command."""

import pytest

OPTIONS = {
    "maxent": "--model maxent",
    "lstm": "--model lstm --direct-order 3 --embedding 4 --units 6",
}


@pytest.mark.long
@pytest.mark.parametrize("model", ["maxent", "lstm"])
def test_classes_and_features_are_trained_and_asked(
    tmp_path, keraslm, keraslm_json, model
):
    options = [*OPTIONS[model].split(), "--features", "hashed:12", "--steps", "6"]
    softmax = ["--softmax", "classes", "--classes", "5", "--log-steps", "2"]
    run = tmp_path / "run"
    trained = keraslm("train", "village", *options, *softmax, "--out", run)
    assert trained.exit_code == 0, trained.output
    found = keraslm_json("evaluate", run, "village")
    assert f"perplexity {found['perplexity']:.2f}" in trained.output
    written = keraslm("generate", run, "--length", 8, "--seed", 1)
    assert written.exit_code == 0
    assert len(written.stdout.split()) > 3
    scored = keraslm("score", run, "the old dog sees the cat")
    assert scored.exit_code == 0, scored.output
