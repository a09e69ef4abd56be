"""keraslm generate: text as it is written, the same for the same seed."""

import os
import pathlib
import signal
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


def test_the_prompt_comes_first_and_is_not_counted(keraslm, model):
    shown = keraslm(
        "generate", model, "--prompt", "the dog", "--length", 1, "--temperature", 0
    ).stdout
    assert shown in ("the dog sleeps\n", "the dog barks\n", "the dog\n\n")


def test_the_same_seed_gives_the_same_text(keraslm, model):
    arguments = ("generate", model, "--length", 50, "--seed")
    assert keraslm(*arguments, 7).stdout == keraslm(*arguments, 7).stdout
    assert keraslm(*arguments, 7).stdout != keraslm(*arguments, 8).stdout


def test_the_first_of_several_samples_is_the_only_one(keraslm, keraslm_json, model):
    arguments = ("generate", model, "--length", 40, "--seed", 3)
    one = keraslm_json(*arguments)
    three = keraslm_json(*arguments, "--samples", 3)
    assert three["samples"][:1] == one["samples"]
    assert len(set(three["samples"])) == 3
    second = keraslm_json(
        "generate", model, "--length", 40, "--seed", three["seeds"][1]
    )
    assert second["samples"][0] == three["samples"][1]
    shown = keraslm(*arguments, "--samples", 3).stdout
    assert [shown.count(sample) for sample in three["samples"]] == [1, 1, 1]
    assert shown.count("--- sample") == 3


def test_json_says_what_was_asked(keraslm_json, chinese):
    found = keraslm_json(
        "generate", chinese, "--prompt", "春眠", "--length", 9, "--top-k", 2
    )
    assert found["prompt"] == "春眠"
    assert len(found["samples"][0]) == 9
    assert (found["length"], found["top_k"], found["top_p"]) == (9, 2, None)
    again = keraslm_json(
        "generate", chinese, "--prompt", "春眠", "--length", 9, "--top-k", 2,
        "--seed", found["seed"],
    )  # fmt: skip
    assert again == found


def test_a_seed_that_was_not_given_is_told(keraslm, model):
    first = keraslm("generate", model, "--length", 30)
    seed = first.stderr.split()[-1]
    assert keraslm("generate", model, "--length", 30, "--seed", seed).stderr == ""
    assert (
        keraslm("generate", model, "--length", 30, "--seed", seed).stdout
        == first.stdout
    )


def test_length_zero_is_the_prompt(keraslm, chinese):
    result = keraslm("generate", chinese, "--prompt", "春", "--length", 0, "--seed", 1)
    assert result.stdout == "春\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--prompt", "the zyx and qux"), ("'zyx'", "'qux'")),
        (("--temperature", "-1"), ("temperature", "-1")),
        (("--top-k", "0"), ("top-k", "0")),
        (("--top-p", "1.5"), ("top-p", "1.5")),
        (("--length", "-1"), ("-1",)),
        (("--length", "many"), ("many",)),
        (("--samples", "0"), ("0",)),
        (("--seed", "-3"), ("-3",)),
    ],
)
def test_bad_settings_are_refused_in_one_line(
    keraslm, refused, model, arguments, words
):
    refused(keraslm("generate", model, *arguments), 2, *words)


@pytest.fixture
def endless(model):
    """Start a generation that goes on until it is stopped; gives its process."""
    program = "from keraslm_cli.main import main; main()"
    arguments = ["generate", str(model), "--length", "100000000", "--seed", "1"]
    places = [str(ROOT / place) for place in ("", "cli", "datasets")]
    folders = os.pathsep.join([*places, os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": folders},
    )
    with process:
        yield process
        process.kill()


def test_ctrl_c_ends_the_line(endless):
    endless.stdout.read(100)  # it streams: the text comes long before its end
    endless.send_signal(signal.SIGINT)
    out, err = endless.communicate(timeout=60)
    assert out.endswith(b"\n")
    assert b"Traceback" not in err
    assert endless.returncode == 130


def test_a_closed_pipe_ends_it(endless):
    endless.stdout.read(100)
    endless.stdout.close()
    assert endless.stderr.read() == b""
    assert endless.wait(timeout=60) == 1
