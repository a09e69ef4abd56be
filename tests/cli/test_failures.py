"""An error is one line on standard error, and a status that scripts can tell apart."""

import errno
import os
import pathlib
import subprocess
import sys
from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner, Result

from keraslm.errors import CorpusError, MissingExtra, UsageError
from keraslm_cli.main import program

FULL = pathlib.Path("/dev/full")  # every write to it fails


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the program with a command `fail` that raises the given error."""

    def run(error: BaseException, debug: str = "0") -> Result:
        @click.command
        def fail() -> None:
            raise error

        get = program.get_command
        monkeypatch.setattr(program, "names", ("fail",))
        monkeypatch.setattr(
            program, "get_command", lambda c, n: fail if n == "fail" else get(c, n)
        )
        return CliRunner().invoke(program, ["fail"], env={"KERASLM_DEBUG": debug})

    return run


@pytest.mark.parametrize(
    ("error", "line", "status"),
    [
        (CorpusError("no words in it"), "Error: no words in it", 1),
        (UsageError("there is a run\nalready"), "Error: there is a run already", 2),
        (
            MissingExtra("ONNX", "export"),
            "Error: ONNX needs the extra 'export': pip install 'keraslm[export]'",
            2,
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "run/model.keras"),
            "Error: Permission denied: run/model.keras",
            1,
        ),
        (OSError(errno.ENOSPC, "No space left"), "Error: No space left", 1),
        (KeyboardInterrupt(), "Interrupted.", 130),
    ],
)
def test_an_error_is_one_line(
    run: Callable[..., Result], error: BaseException, line: str, status: int
) -> None:
    result = run(error)
    assert result.stderr.strip() == line
    assert result.exit_code == status


def test_used_up_memory_is_said_with_a_way_out(run: Callable[..., Result]) -> None:
    result = run(MemoryError())
    assert "smaller batch" in result.stderr
    assert result.exit_code == 1


def test_debugging_keeps_the_traceback(run: Callable[..., Result]) -> None:
    error = CorpusError("no words in it")
    assert run(error, debug="1").exception is error


def test_a_mistake_of_the_program_is_not_hidden(run: Callable[..., Result]) -> None:
    error = ZeroDivisionError()
    assert run(error).exception is error


def test_an_unknown_command_suggests_a_near_one() -> None:
    result = CliRunner().invoke(program, ["dataset"])
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: No such command 'dataset'. Did you mean 'datasets'? "
        "See program --help.\n"
    )


def test_an_unknown_option_is_one_line() -> None:
    result = CliRunner().invoke(program, ["--unknown"])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def process(code: str, **settings: object) -> subprocess.CompletedProcess[bytes]:
    """Run a command that does `code`, as the shell would."""
    script = (
        "import click, sys; from keraslm_cli import main as m\n"
        "@click.command\n"
        f"def act():\n    {code}\n"
        "m.program.get_command = lambda ctx, name: act\n"
        "m.program.names = ('act',)\n"
        "m.main()"
    )
    path = os.pathsep.join(filter(None, sys.path))
    environment = {**os.environ, "PYTHONPATH": path, **settings.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-c", script, "act"],
        stderr=subprocess.PIPE,
        env=environment,
        check=False,
        **settings,
    )


@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_closed_pipe_ends_quietly(lines: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        result = process(f"print('line\\n' * {lines})", stdout=writer)
    finally:
        os.close(writer)
    assert result.stderr == b""
    assert result.returncode == 1


def in_shell(
    command: str, folder: pathlib.Path
) -> tuple[subprocess.CompletedProcess[bytes], int]:
    """Run a line of a shell in which `keraslm` is the program; give its status too."""
    define = f'keraslm() {{ "{sys.executable}" -m keraslm_cli "$@"; }}'
    # the status goes through a file, since the streams may be closed
    script = f"{define}; {command}; echo ${{PIPESTATUS[0]}} > status"
    path = os.pathsep.join(filter(None, sys.path))
    result = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=folder,
        check=False,
    )
    return result, int((folder / "status").read_text())


@pytest.mark.parametrize(
    ("command", "status", "error"),
    [
        ("keraslm counts text.txt >&-", 0, b""),
        ("keraslm counts text.txt >/dev/null 2>&-", 0, b""),
        ("keraslm counts text.txt >&- 2>&- <&-", 0, b""),
        ("keraslm --help >&-", 0, b""),
        ("keraslm train text.txt --model ngram --out run >&- 2>&- <&-", 0, b""),
        ("keraslm counts none >&-", 2, b"Error: there is no file or folder none\n"),
        ("keraslm counts none 2>&-", 2, b""),
        ("keraslm counts none 2>/dev/full", 2, b""),
        ("keraslm counts - <&-", 2, b"standard input is closed\n"),
        ("keraslm --help | true", 1, b""),
        ("keraslm datasets list | true", 1, b""),
        ("keraslm counts none 2>&1 | true", 2, b""),
    ],
)
def test_a_stream_that_is_closed_is_no_traceback(
    tmp_path: pathlib.Path, command: str, status: int, error: bytes
) -> None:
    (tmp_path / "text.txt").write_text("the dog barks\nthe cat sleeps\n" * 20)
    result, found = in_shell(command, tmp_path)
    assert found == status, result.stderr
    assert result.stderr.endswith(error)
    assert result.stderr.count(b"\n") == bool(error)


def test_what_is_printed_never_gets_into_a_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / "text.txt").write_text("the dog barks\n")
    in_shell("keraslm counts text.txt --csv a.csv", tmp_path)
    in_shell("keraslm counts text.txt --csv b.csv >&- 2>&- <&-", tmp_path)
    whole = (tmp_path / "a.csv").read_bytes()
    assert whole.startswith(b"history,")
    assert (tmp_path / "b.csv").read_bytes() == whole


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_line() -> None:
    with FULL.open("wb") as full:
        result = process("print('line')", stdout=full)
    assert result.stderr == b"Error: No space left on device\n"
    assert result.returncode == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_pipe_gets_utf_8_whatever_the_locale(encoding: str) -> None:
    result = process(
        r"print('\u732b caf\xe9'); print('\u732b', file=sys.stderr)",
        stdout=subprocess.PIPE,
        env={"PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0"},
    )
    assert result.stdout.decode("utf-8") == "猫 café\n"
    assert result.stderr.decode("utf-8") == "猫\n"


def test_broken_characters_do_not_end_the_run() -> None:
    result = process(r"print('a\udcff')", stdout=subprocess.PIPE)
    assert result.stdout == b"a?\n"
    assert result.returncode == 0


@pytest.mark.parametrize(
    "command",
    [
        "evaluate {} village",
        "compare {} {} --text village",
        "generate {}",
        "score {} word",
        "export {} {}.arpa --format arpa",
        "train village --model lstm --init-from {} --out {}.run",
    ],
)
def test_a_damaged_model_is_one_line_everywhere(
    tmp_path: pathlib.Path, command: str
) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(b"PK no model")
    result = CliRunner().invoke(program, command.format(*[path] * 2).split())
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1), result.stderr
    assert "is not a whole model file" in result.stderr
