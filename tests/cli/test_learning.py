"""keraslm learning: the models of a run's steps beside counts of its text."""

import pytest


@pytest.fixture
def run(tmp_path, train, text):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "config.toml").write_text(f'corpus = "{text.as_posix()}"\n')
    for order, step in ((1, 40), (3, 300)):
        train(f"run/checkpoints/step-{step:09}.keras", order=order, delta=0.01)
    return folder


def test_a_row_a_step_and_what_it_is_nearest_to(keraslm, keraslm_json, run):
    told = keraslm_json("learning", run, "--prefixes", 8)
    assert [row["step"] for row in told["rows"]] == [40, 300]
    assert [stage["name"] for stage in told["stages"]] == ["unigram", "trigram"]
    assert told["names"] == ["unigram", "bigram", "trigram"]
    first = keraslm("learning", run, "--prefixes", 8).stdout.splitlines()[1].split()
    unigram = f"{told['rows'][0]['unigram']:.3f}"
    assert (first[0], first[1], first[-1]) == ("40", unigram, "unigram")


def test_a_run_without_models_of_steps_is_told(keraslm, refused, tmp_path):
    refused(keraslm("learning", tmp_path), 2, "no model of a step", "--keep-last")
